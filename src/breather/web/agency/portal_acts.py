"""What officers do, over HTTP: claim, hand back, dispose. Plain forms, answered with the page that shows the result."""

import secrets
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from breather.agency.letterhead import ENTROPY_BYTES, Letterhead
from breather.agency.refusal import Refusal
from breather.agency.session import OfficerSession
from breather.agency.triage import Judgement, claim, dispose, hand_back
from breather.domain.disposition import Disposition
from breather.storage.agency.portal_reader import PortalReader
from breather.storage.failure import StorageFailure
from breather.storage.transaction import Transaction
from breather.web.agency.officer import Officers, to_the_door
from breather.web.agency.portal import number_of, referral_page
from breather.web.agency.portal_pages import referral_address
from breather.web.agency.portal_view import Draft, Frame
from breather.web.agency.site import Site
from breather.web.forms import Form, read_form
from breather.web.pages import page_headers

LONGEST_FORM_ID = 64
# A note of LONGEST_NOTE characters of four bytes, each byte as %XX, and the fields beside it.
LARGEST_FORM = 64 * 1024
NO_CHOICE = "Choose what you found."
NOT_STORED = "It could not be stored just now. What you typed is still here: look what stands above, and press again."

Act = Callable[[Transaction], bool]


class PortalActs:
    """The handlers, bound to one running agency."""

    def __init__(self, site: Site) -> None:
        self._officers = Officers(site)
        self._agency = site.agency
        self._headers = page_headers()

    def routes(self) -> list[Route]:
        one = "/portal/referrals/{number}"
        return [
            Route(f"{one}/claim", self.claim, methods=["POST"]),
            Route(f"{one}/hand-back", self.hand_back, methods=["POST"]),
            Route(f"{one}/dispose", self.dispose, methods=["POST"]),
        ]

    async def claim(self, request: Request) -> Response:
        number = number_of(request)
        return await self._act(request, lambda officer, form: lambda tx: claim(tx, number, officer.officer))

    async def hand_back(self, request: Request) -> Response:
        number = number_of(request)
        return await self._act(request, lambda officer, form: lambda tx: hand_back(tx, number, officer.officer))

    async def dispose(self, request: Request) -> Response:
        number, snapshot = number_of(request), self._agency.snapshot
        letterhead = Letterhead(snapshot.identity.organisation, snapshot.mode)

        def act(officer: OfficerSession, form: Form) -> Act | None:
            judgement = _judgement(officer, form)
            return None if judgement is None else lambda tx: dispose(tx, letterhead, number, judgement)

        return await self._act(request, act)

    async def _act(self, request: Request, act: Callable[[OfficerSession, Form], Act | None]) -> Response:
        """Done: see it on the page. Refused: the same page says why, and keeps what was typed."""
        form = await read_form(request, LARGEST_FORM)
        officer = await self._officers.session(request, form)
        if officer is None:
            return to_the_door()
        command = act(officer, form)
        if command is None:
            return await self._again(request, form, NO_CHOICE, 422)
        try:
            await self._officers.act(command)
        except Refusal as refusal:
            return await self._again(request, form, str(refusal), 409)
        except StorageFailure:
            # Perhaps it was stored: then the page shows it, and its new form cannot decide unseen.
            return await self._again(request, form, NOT_STORED, 503)
        return RedirectResponse(referral_address(number_of(request)), 303, {"Cache-Control": "no-store"})

    async def _again(self, request: Request, form: Form, problem: str, status: int) -> Response:
        number = number_of(request)
        draft = Draft(form.get("disposition", ""), form.get("duplicate_of", ""), form.get("note", ""))

        def page(frame: Frame, reader: PortalReader) -> tuple[str, int]:
            return referral_page(frame, number, reader.referral(number), draft, problem)

        found = await self._officers.ask(request, page)
        if found is None:
            return to_the_door()
        return Response(found[0], status if found[1] == 200 else found[1], self._headers)


def _judgement(officer: OfficerSession, form: Form) -> Judgement | None:
    """None where nothing was chosen, or the form is not one of ours."""
    word, form_id, seen = form.get("disposition", ""), form.get("form", ""), form.get("seen", "")
    if word not in tuple(Disposition) or not 1 <= len(form_id) <= LONGEST_FORM_ID:
        return None
    chosen = Disposition(word)
    return Judgement(
        id=form_id,
        entropy=secrets.token_bytes(ENTROPY_BYTES),
        disposition=chosen,
        officer=officer.officer,
        note=form.get("note", "").replace("\r\n", "\n").strip(),
        # The field is on the page whatever is chosen; it counts only for a duplicate.
        duplicate_of=(form.get("duplicate_of", "").strip() or None) if chosen is Disposition.DUPLICATE else None,
        seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= 18 else 0,
    )
