"""The officers' pages over HTTP: inbox, destinations, one referral, status. All of this only reads."""

import secrets
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from breather.agency.subject import sealed_file
from breather.storage.agency.portal_reader import NEWEST, PortalReader
from breather.storage.agency.portal_record import ReferralFile, Standing
from breather.web.agency.officer import Officers, to_the_door
from breather.web.agency.portal_lines import referral_view, status_view
from breather.web.agency.portal_pages import (
    render_destinations,
    render_inbox,
    render_missing,
    render_referral,
    render_status,
)
from breather.web.agency.portal_view import DestinationsView, Draft, Frame, InboxView
from breather.web.agency.site import Site
from breather.web.pages import page_headers

ON_A_PAGE = 50
DESTINATIONS_ON_A_PAGE = 20
ABOUT_EACH = 10


class PortalRoutes:
    """The handlers, bound to one running agency."""

    def __init__(self, site: Site) -> None:
        self._officers = Officers(site)
        self._agency = site.agency
        self._headers = page_headers()

    def routes(self) -> list[Route]:
        one = "/portal/referrals/{number}"
        return [
            Route("/portal", self.inbox, methods=["GET"]),
            Route("/portal/latest", self.latest, methods=["GET"]),
            Route("/portal/destinations", self.destinations, methods=["GET"]),
            Route("/portal/status", self.status, methods=["GET"]),
            Route(one, self.referral, methods=["GET"]),
            Route(f"{one}/subject.age", self.subject, methods=["GET"]),
        ]

    async def inbox(self, request: Request) -> Response:
        standing, before = _standing(request), _before(request)

        def page(frame: Frame, reader: PortalReader) -> str:
            found = reader.inbox(standing, before, ON_A_PAGE)
            view = InboxView(frame, found, reader.counts(), standing, before == NEWEST, reader.latest())
            return render_inbox(view)

        return await self._show(request, page)

    async def destinations(self, request: Request) -> Response:
        before = _before(request)

        def page(frame: Frame, reader: PortalReader) -> str:
            found = reader.destinations(before, DESTINATIONS_ON_A_PAGE)
            about = {row.key: reader.about(row.key, ABOUT_EACH) for row in found.rows}
            return render_destinations(DestinationsView(frame, found, about, before == NEWEST, reader.latest()))

        return await self._show(request, page)

    async def referral(self, request: Request) -> Response:
        number = number_of(request)

        def page(frame: Frame, reader: PortalReader) -> tuple[str, int]:
            return referral_page(frame, number, reader.referral(number), Draft(), "")

        found = await self._officers.ask(request, page)
        return to_the_door() if found is None else Response(found[0], found[1], self._headers)

    async def subject(self, request: Request) -> Response:
        """The sealed file as it came: what only an officer's key opens may be carried to the machine that has it."""
        number = number_of(request)

        def question(frame: Frame, reader: PortalReader) -> tuple[bytes | None, str]:
            file = reader.referral(number)
            missing = render_missing(frame, f"{number} with a sealed subject")
            return (None if file is None else sealed_file(file.body)), missing

        found = await self._officers.ask(request, question)
        if found is None:
            return to_the_door()
        if found[0] is None:
            return Response(found[1], 404, self._headers)
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": "attachment",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(found[0], 200, headers, "application/octet-stream")

    async def status(self, request: Request) -> Response:
        snapshot = self._agency.snapshot

        def page(frame: Frame, reader: PortalReader) -> str:
            return render_status(status_view(frame, snapshot, reader.heartbeats(), reader.received()))

        return await self._show(request, page)

    async def latest(self, request: Request) -> Response:
        """For the script: a number that rises with every act on a referral. 401 once the session is over."""
        found = await self._officers.ask(request, lambda frame, reader: reader.latest())
        body = msgspec.json.encode({"latest": found})
        return Response(body, 401 if found is None else 200, {"Cache-Control": "no-store"}, "application/json")

    async def _show(self, request: Request, page: Callable[[Frame, PortalReader], str]) -> Response:
        body = await self._officers.ask(request, page)
        return to_the_door() if body is None else Response(body, 200, self._headers)


def referral_page(frame: Frame, number: int, file: ReferralFile | None, draft: Draft, problem: str) -> tuple[str, int]:
    """The page and its status. The form's id is new with every page: pressing twice on one page decides once."""
    if file is None:
        return render_missing(frame, str(number)), 404
    view = referral_view(frame, file, secrets.token_urlsafe(16), draft, problem)
    return render_referral(view), 200


def number_of(request: Request) -> int:
    """The number in the address; 0, which no referral has, for what is none."""
    return _number(request.path_params["number"])


def _standing(request: Request) -> Standing | None:
    """A word that is none of the inbox's shows everything, and no tab is marked as chosen but *all*."""
    word = request.query_params.get("standing", "")
    return Standing(word) if word in tuple(Standing) else None


def _before(request: Request) -> int:
    return _number(request.query_params.get("before", "")) or NEWEST


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
