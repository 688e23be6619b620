"""The portal's door: one password for all officers, and the name that each of them gives."""

import asyncio
import secrets

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from breather.agency.session import SESSION_LIVES, begin, end, officer_name
from breather.domain.instant import MINUTE, Millis
from breather.people.password import password_matches
from breather.storage.reader import Reader
from breather.web.agency.caller import Allowance, caller_of
from breather.web.agency.officer import COOKIE, Officers, to_the_door
from breather.web.agency.portal_pages import render_login
from breather.web.agency.portal_view import LoginView
from breather.web.agency.site import Site
from breather.web.forms import Form, read_form
from breather.web.pages import page_headers

DOOR_COOKIE = "breather-agency-door"
WRONG = "That is not the password."
TOO_OLD = "This page had been open for too long. Please try again."
TOO_OFTEN = "Too many tries from this address. Please wait a few minutes."
TRIES = 20


class PortalDoor:
    """The handlers, bound to one running agency."""

    def __init__(self, site: Site) -> None:
        self._officers = Officers(site)
        self._site = site
        self._headers = page_headers()
        self._tries = Allowance(TRIES, 10 * MINUTE)
        # Each check of a password takes 64 MiB and 0.1 s: one at a time, away from the event loop. Who waits for it
        # holds no thread, or a crowd at the door would keep referrals out.
        self._one_check = asyncio.Lock()

    def routes(self) -> list[Route]:
        return [
            Route("/portal/login", self.door, methods=["GET"]),
            Route("/portal/login", self.enter, methods=["POST"]),
            Route("/portal/logout", self.leave, methods=["POST"]),
        ]

    async def door(self, request: Request) -> Response:
        return self._page({}, "", 200)

    async def enter(self, request: Request) -> Response:
        form = await read_form(request)
        mark = self._officers.cookie_of(request, DOOR_COOKIE)
        if not mark or not secrets.compare_digest(mark.encode(), form.get("csrf", "").encode()):
            return self._page(form, TOO_OLD, 403)
        if self._tries.take(caller_of(request, self._site.proxies), self._site.agency.clock.now()):
            return self._page(form, TOO_OFTEN, 429)
        try:
            officer = officer_name(form.get("officer", ""))
        except ValueError as problem:
            return self._page({}, f"{str(problem)[:1].upper()}{str(problem)[1:]}.", 422)
        async with self._one_check:
            right = await run_in_threadpool(self._is_password, form.get("password", ""))
        if not right:
            return self._page(form, WRONG, 403)
        session = secrets.token_urlsafe(32)
        await self._officers.act(lambda tx: begin(tx, session, officer))
        response = RedirectResponse("/portal", 303, {"Cache-Control": "no-store"})
        cookie = self._officers.cookie
        response.headers.append("set-cookie", cookie(COOKIE, session, SESSION_LIVES // 1000))
        response.headers.append("set-cookie", cookie(DOOR_COOKIE, "", 0))
        return response

    async def leave(self, request: Request) -> Response:
        form, session = await read_form(request), self._officers.cookie_of(request, COOKIE)
        if await self._officers.session(request, form) is None:
            # A form of somebody else's page: it may not even take the cookie away.
            return to_the_door()
        await self._officers.act(lambda tx: end(tx, session))
        response = to_the_door()
        response.headers.append("set-cookie", self._officers.cookie(COOKIE, "", 0))
        return response

    def _is_password(self, text: str) -> bool:
        return password_matches(self._site.agency.read(_stored_password), text)

    def _page(self, form: Form, message: str, status: int) -> Response:
        mark = secrets.token_urlsafe(16)
        mode = self._site.agency.snapshot.mode
        view = LoginView(self._site.name, mode, mark, message, form.get("officer", "")[:64])
        response = Response(render_login(view), status, self._headers)
        response.headers.append("set-cookie", self._officers.cookie(DOOR_COOKIE, mark, 3600))
        return response


def _stored_password(reader: Reader, now: Millis) -> str | None:
    row = reader.one("find_portal_password")
    return None if row is None else str(row["argon2"])
