"""Who is logged in to the portal: the cookie, and what every page and every act of an officer begins with."""

import asyncio
import secrets
from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from breather.agency.session import OfficerSession, find
from breather.domain.instant import Millis
from breather.storage.agency.portal_reader import PortalReader
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction
from breather.web.agency.portal_view import Frame
from breather.web.agency.site import Site
from breather.web.forms import Form

T = TypeVar("T")

COOKIE = "breather-agency-portal"


class Officers:
    """Reads for officers, and only for them."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.agency = site.agency
        self._secure = site.public_url.startswith("https://")

    async def ask(self, request: Request, question: Callable[[Frame, PortalReader], T]) -> T | None:
        """The answer for whoever is logged in, from one snapshot; None for everybody else."""
        cookie = self.cookie_of(request, COOKIE)

        def asked(reader: Reader, now: Millis) -> T | None:
            session = find(reader, cookie, now)
            return None if session is None else question(self.frame(session, now), PortalReader(reader))

        return await run_in_threadpool(self.agency.read, asked)

    async def session(self, request: Request, form: Form) -> OfficerSession | None:
        """Who sent this form; None unless it came from a page of this session."""
        cookie = self.cookie_of(request, COOKIE)
        found = await run_in_threadpool(self.agency.read, lambda reader, now: find(reader, cookie, now))
        if found is None or not secrets.compare_digest(found.csrf.encode(), form.get("csrf", "").encode()):
            return None
        return found

    async def act(self, command: Callable[[Transaction], T]) -> T:
        return await asyncio.wrap_future(self.agency.submit(command))

    def frame(self, session: OfficerSession, now: Millis) -> Frame:
        return Frame(self.site.name, self.agency.snapshot.mode, session.officer, now, self.site.zone, session.csrf)

    def cookie(self, name: str, value: str, seconds: int) -> str:
        """The header that sets it."""
        secure = "; Secure" if self._secure else ""
        return f"{self._own(name)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"

    def cookie_of(self, request: Request, name: str) -> str:
        return request.cookies.get(self._own(name), "")

    def _own(self, name: str) -> str:
        """Over https no other host of the domain can set this cookie: `__Host-` forbids it (and wants Path=/)."""
        return f"__Host-{name}" if self._secure else name


def to_the_door() -> Response:
    return RedirectResponse("/portal/login", 303, {"Cache-Control": "no-store"})
