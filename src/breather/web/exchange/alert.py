"""The customer's page over HTTP: a link exchanged once for a cookie, then show, acknowledge, answer, stop, help.

Nothing here can confirm anything (guarantee G1). Every act is a plain form, so the page works without scripts.
"""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from breather.domain.event import Actor, Event, EventKind
from breather.domain.instant import Millis, format_instant
from breather.domain.refusal import Refusal
from breather.exchange.link import PageSession, find_session, redeem
from breather.exchange.respond import respond
from breather.exchange.view import view
from breather.storage.reader import Reader
from breather.web.exchange.alert_page import AlertView, Screen, render_alert
from breather.web.exchange.alert_told import Naming, consent_text
from breather.web.exchange.alert_view import Page, Wish, alert_view, expired_view, locale_of, read_answers
from breather.web.exchange.shown_code import shown_code
from breather.web.exchange.site import Site
from breather.web.forms import Form, read_form
from breather.web.pages import page_headers

# One cookie for each opened link, named in the page's addresses: two alerts in one browser must not become one, or the
# *Stop* of the older would no longer be its own.
COOKIE = "__Host-breather-alert-"
_TAG = re.compile(r"[0-9a-f]{8}")
# The slash cannot stand in an id of the VASP: no event of its own takes the place of what she says here.
PAGE_EVENT = "page/"
SHOWN = frozenset({Screen.NOTICE, Screen.ALERT, Screen.RUNNING, Screen.ELAPSED, Screen.HELD, Screen.WATCHED})

_ACTS: Mapping[str, EventKind] = {
    "acknowledge": EventKind.ACKNOWLEDGE,
    "stop": EventKind.STOP,
    "help": EventKind.HELP,
    "listening": EventKind.LISTENING,
    "consent": EventKind.CONSENT,
    "revoke-consent": EventKind.REVOKE,
}
# What may be said, taken back and said again, and where that changes anything.
_NAMING: Mapping[EventKind, Naming] = {EventKind.CONSENT: Naming.OFFERED, EventKind.REVOKE: Naming.AGREED}


class AlertRoutes:
    """The handlers, bound to one running exchange."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._exchange = site.exchange
        self._headers = page_headers(site.frame_ancestors)

    def routes(self) -> list[Route]:
        return [
            _only_get("/a/{token}", self.open),
            Route("/alert", self.show, methods=["GET"]),
            Route("/alert/state", self.state, methods=["GET"]),
            Route("/alert/leave", self.leave, methods=["GET"]),
            Route("/alert/answers", self.answer, methods=["POST"]),
            Route("/alert/{act}", self.act, methods=["POST"]),
        ]

    async def open(self, request: Request) -> Response:
        """Once. A second opening, from a history or a link preview, finds the link used."""
        token, session, csrf = request.path_params["token"], secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        tag = secrets.token_hex(4)
        withdrawal = await asyncio.wrap_future(self._exchange.submit(lambda tx: redeem(tx, token, session, csrf)))
        if withdrawal is None:
            return self._expired(request, 410)
        response = RedirectResponse(_with_query("/alert", request, page=tag), 303, {"Cache-Control": "no-store"})
        # Starlette's set_cookie knows Partitioned only from Python 3.14 on; the header is short enough to write.
        cookie = f"{COOKIE}{tag}={session}; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
        response.headers.append("set-cookie", cookie)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    async def show(self, request: Request) -> Response:
        page = await self._page(request)
        if page is None:
            return self._expired(request, 410)
        wish = _wish(request)
        shown = alert_view(page, wish, {}, missing=False)
        await self._remember_shown(page, shown)
        return self._html(render_alert(shown))

    async def act(self, request: Request) -> Response:
        kind = _ACTS.get(request.path_params["act"])
        form = await read_form(request)
        page = await self._page(request)
        if kind is None or page is None or not _genuine(form, page):
            return self._expired(request, 410 if kind is not None else 404)
        event = _event_of(kind, page)
        if event is not None:
            await self._apply(page, event)
        return RedirectResponse(_with_query("/alert", request), 303, {"Cache-Control": "no-store"})

    async def answer(self, request: Request) -> Response:
        """Every question, or none of it counts: what is missing is asked again with what was chosen kept."""
        form = await read_form(request)
        page = await self._page(request)
        if page is None or not _genuine(form, page):
            return self._expired(request, 410)
        chosen, features = read_answers(page, form)
        if len(chosen) < len(page.questions):
            again = alert_view(page, replace(_wish(request), screen=Screen.QUESTIONS), chosen, missing=True)
            return self._html(render_alert(again), 422)
        await self._apply(page, Event(f"{PAGE_EVENT}answer", EventKind.ANSWER, Actor.CUSTOMER, answers=features))
        return RedirectResponse(_with_query("/alert", request), 303, {"Cache-Control": "no-store"})

    async def state(self, request: Request) -> Response:
        """For the page's own clock: the state, the server's now, and whether what is told about the relay changed."""
        page = await self._page(request)
        if page is None:
            return Response(
                msgspec.json.encode({"state": "expired"}), 410, {"Cache-Control": "no-store"}, "application/json"
            )
        pause = page.seen.standing.pause
        elapses_at = None if pause is None else pause.elapses_at()
        body = {
            "state": page.seen.state.value,
            "elapses_at": None if elapses_at is None else format_instant(elapses_at),
            "now": format_instant(page.seen.now),
            "version": page.version,
        }
        return Response(msgspec.json.encode(body), 200, {"Cache-Control": "no-store"}, "application/json")

    async def leave(self, request: Request) -> Response:
        """Quick exit: to the exchange's home page. The pause goes on."""
        return RedirectResponse(
            self._site.exchange_home, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        )

    async def _page(self, request: Request) -> Page | None:
        cookie = _session_of(request)
        if cookie is None:
            return None
        snapshot, wanted = self._exchange.snapshot, request.query_params.get("locale")

        def question(reader: Reader, now: Millis) -> Page | None:
            session: PageSession | None = find_session(reader, cookie, now)
            if session is None:
                return None
            seen = view(reader, snapshot, session.withdrawal, now)
            active = snapshot.frozen(seen.row.campaign_key)
            pack = None if active is None else active.pack
            locale = locale_of(pack, wanted, session.locale, seen.record.locale)
            return Page(seen, active, locale, session.csrf, shown_code(snapshot.identity, active, seen))

        return await run_in_threadpool(self._exchange.read, question)

    async def _apply(self, page: Page, event: Event) -> None:
        """A refusal is no error here: the page she is sent to says where the withdrawal stands."""
        snapshot, suspect = self._exchange.snapshot, self._exchange.clock.suspect()
        withdrawal = page.seen.row.id
        try:
            await asyncio.wrap_future(
                self._exchange.submit(lambda tx: respond(tx, snapshot, withdrawal, event, suspect))
            )
        except Refusal:
            return

    async def _remember_shown(self, page: Page, shown: AlertView) -> None:
        """What she saw, once per screen and language: with pack, variant and reasons it can be rendered again."""
        if shown.screen not in SHOWN:
            return
        choice = page.choice
        body = {
            "screen": shown.screen.value,
            "locale": shown.locale,
            "by": "breather",
            "pack": None if choice is None or page.active is None else page.active.pack_hash,
            "typology": page.typology.value,
            "variant": None if choice is None else choice.variant,
            "why": page.why,
            "code": shown.code or None,
        }
        event = Event(
            f"{PAGE_EVENT}shown:{shown.screen.value}:{shown.locale}", EventKind.SHOWN, Actor.CUSTOMER, shown=body
        )

        def known(reader: Reader, now: Millis) -> bool:
            return reader.one("find_event", withdrawal=page.seen.row.id, id=event.id) is not None

        if not await run_in_threadpool(self._exchange.read, known):
            await self._apply(page, event)

    def _expired(self, request: Request, status: int) -> Response:
        return self._html(render_alert(expired_view(_wish(request), self._exchange.clock.now())), status)

    def _html(self, body: str, status: int = 200) -> Response:
        return Response(body, status, self._headers)


def _only_get(path: str, handler: Callable[[Request], Awaitable[Response]]) -> Route:
    """Without the HEAD that Starlette adds to every GET: what only asks whether a link is there must not use it up."""
    route = Route(path, handler, methods=["GET"])
    route.methods = {"GET"}
    return route


def _session_of(request: Request) -> str | None:
    """The cookie that the address names; without a name, the only one there is."""
    tag = request.query_params.get("page")
    if tag is not None:
        return request.cookies.get(COOKIE + tag) if _TAG.fullmatch(tag) else None
    found = [value for name, value in request.cookies.items() if name.startswith(COOKIE)]
    return found[0] if len(found) == 1 else None


def _event_of(kind: EventKind, page: Page) -> Event | None:
    """None where it would say what is known, or what was not asked: consent is never taken in a watched session."""
    if kind in _NAMING and page.naming is not _NAMING[kind]:
        return None
    read = consent_text(page.locale) if kind is EventKind.CONSENT else ""
    return Event(_event_id(kind, page), kind, Actor.CUSTOMER, consent_text=read)


def _event_id(kind: EventKind, page: Page) -> str:
    """Pressing twice is one act. After a hold an acknowledgement is asked for anew, and is another act; so is agreeing
    again after taking it back.
    """
    if kind in _NAMING:
        return f"{PAGE_EVENT}{kind.value}/{page.seen.row.changed}"
    again = f"/{len(page.seen.standing.holds)}" if kind is EventKind.ACKNOWLEDGE else ""
    return f"{PAGE_EVENT}{kind.value}{again}"


def _genuine(form: Form, page: Page) -> bool:
    """The cookie travels in a cross-site frame, so it proves nothing about who wrote the form; this value does."""
    return secrets.compare_digest(form.get("csrf", "").encode(), page.csrf.encode())


def _wish(request: Request) -> Wish:
    query = request.query_params
    tag = query.get("page", "")
    return Wish(
        screen=query.get("screen", "")[:20],
        locale=query.get("locale", "")[:35],
        larger=query.get("size") == "larger",
        page=tag if _TAG.fullmatch(tag) else "",
    )


def _with_query(path: str, request: Request, page: str = "") -> str:
    """The page's own name, language and size go along; nothing else of the query does."""
    kept = {name: value for name in ("page", "locale", "size") if (value := request.query_params.get(name))}
    if page:
        kept = {**kept, "page": page}
    return f"{path}?{urlencode(kept)}" if kept else path
