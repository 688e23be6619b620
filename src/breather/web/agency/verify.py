"""The public verify page over HTTP: a code is typed, and the page says whether its alert was shown (guarantee G4).

Every code takes the same way, through the writer and back, whether it is right, wrong or expired. The code is posted:
what stands in an address stands in histories and logs.
"""

import asyncio
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from breather.agency.confirm import confirm
from breather.domain.instant import MINUTE, SECOND
from breather.web.agency.caller import Allowance, caller_of
from breather.web.agency.site import Site
from breather.web.agency.verify_page import ADDRESS, VerifyView, locale_of, render_verify
from breather.web.forms import read_form
from breather.web.pages import page_headers

# A guess is right once in a million: at this rate one address needs two years for one.
LOOK_UPS = 10
WINDOW = 10 * MINUTE
LONGEST_CODE = 64


class VerifyRoutes:
    """The handlers, bound to one running agency."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._agency = site.agency
        self._headers = page_headers()
        self._look_ups = Allowance(LOOK_UPS, WINDOW)

    def routes(self) -> list[Route]:
        return [
            Route(ADDRESS, self.ask, methods=["GET"]),
            Route(ADDRESS, self.answer, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        return Response(render_verify(self._view(request)), 200, self._headers)

    async def answer(self, request: Request) -> Response:
        """Nothing typed is not asked; too many from one address are not looked up."""
        form = await read_form(request)
        typed = form.get("code", "").strip()[:LONGEST_CODE]
        if not typed:
            return Response(render_verify(self._view(request)), 200, self._headers)
        wait = self._look_ups.take(caller_of(request, self._site.proxies), self._agency.clock.now())
        if wait:
            headers = {**self._headers, "Retry-After": str(-(-wait // SECOND))}
            return Response(render_verify(replace(self._view(request), wait=wait)), 429, headers)
        slots = self._agency.snapshot.slots
        found = await asyncio.wrap_future(self._agency.submit(lambda tx: confirm(tx, slots, typed)))
        return Response(render_verify(replace(self._view(request), asked=True, found=found)), 200, self._headers)

    def _view(self, request: Request) -> VerifyView:
        asked = request.query_params.get("locale", "")
        locale = locale_of(asked, request.headers.get("accept-language", ""))
        return VerifyView(self._site.name, self._agency.snapshot.mode, self._site.zone, locale, chosen=locale == asked)
