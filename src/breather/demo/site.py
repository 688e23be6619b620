"""The demo exchange as an ASGI application: routes, what every answer carries, and the work between
requests.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib import resources
from pathlib import Path

import jinja2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from breather.client import Breather, BreatherError
from breather.demo import account, withdrawing
from breather.demo.books import Books
from breather.demo.invented import customers_of
from breather.demo.promise import deliver, follow
from breather.demo.session import Sessions
from breather.demo.subject import seal_wanted, send_sealed
from breather.demo.texts import texts_of
from breather.demo.visit import Site, Unreadable, Visit, carry, read_form

BETWEEN_SECONDS = 2.0
_Page = Callable[[Visit], Response]
_STATIC = (
    ("site.css", "text/css; charset=utf-8"),
    ("site.js", "text/javascript; charset=utf-8"),
    ("icon.svg", "image/svg+xml"),
)

# path, method, page, whether one must be signed in
_ROUTES: tuple[tuple[str, str, _Page, bool], ...] = (
    ("/sign-in", "GET", account.show_sign_in, False),
    ("/sign-in", "POST", account.sign_in, False),
    ("/", "GET", account.show_account, True),
    ("/sign-out", "POST", account.sign_out, True),
    ("/authenticate", "POST", account.authenticate, True),
    ("/withdrawals", "POST", account.withdraw, True),
    ("/withdrawals/{withdrawal}", "GET", withdrawing.show_withdrawal, True),
    ("/withdrawals/{withdrawal}/stop", "POST", withdrawing.stop_withdrawal, True),
    ("/withdrawals/{withdrawal}/ask", "POST", withdrawing.ask_again, True),
    ("/withdrawals/{withdrawal}/sign-in-again", "POST", withdrawing.sign_in_again, True),
    ("/withdrawals/{withdrawal}/confirm", "POST", withdrawing.confirm, True),
    ("/withdrawals/{withdrawal}/payout", "POST", withdrawing.send, True),
)


def create_site(
    client: Breather, database_path: Path, breather_origin: str, clock: Callable[[], int], secret: bytes
) -> Starlette:
    """The site over its own database. `breather_origin`: where the browser finds Breather, such as
    `http://127.0.0.1:8000`; `clock` gives milliseconds UTC; `secret` keys cookies and form tokens."""
    books = Books(database_path)
    books.invent(customers_of(client.vasp), clock())
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("breather.demo"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts = texts_of(client.vasp)
    site = Site(client, books, Sessions(books, secret), clock, breather_origin.rstrip("/"), templates, texts)
    routes = [
        Route(path, _endpoint(site, page, signed_in), methods=[method]) for path, method, page, signed_in in _ROUTES
    ]
    routes += [Route(f"/static/{name}", _static(name, kind)) for name, kind in _STATIC]

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        over = asyncio.Event()
        between = asyncio.create_task(_between(site, over))
        yield
        # Not cancelled: the thread that is delivering would go on, with a client that is closed under it.
        over.set()
        await between

    application = Starlette(routes=routes, lifespan=lifespan)
    application.state.site = site
    return application


def _headers(site: Site) -> dict[str, str]:
    framed = site.breather_origin
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; script-src 'self' {framed}; frame-src {framed}"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }


def _endpoint(site: Site, page: _Page, signed_in: bool) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        cookie = request.cookies.get(site.vasp, "")
        fresh = cookie or site.sessions.new_cookie()
        try:
            form = await read_form(request) if request.method == "POST" else {}
        except Unreadable as unreadable:
            visit = Visit(site, fresh, None, site.clock(), "", {}, {})
            response = visit.error(unreadable.error, unreadable.status)
        else:
            response = await run_in_threadpool(_answer, site, request, page, (fresh, signed_in, form))
        if not cookie and "set-cookie" not in response.headers:
            carry(site, response, fresh)
        response.headers.update(_headers(site))
        return response

    return endpoint


def _answer(site: Site, request: Request, page: _Page, given: tuple[str, bool, dict[str, str]]) -> Response:
    """Who is asking, whether the form is ours, and only then the page. Runs in a thread: books and client
    block.
    """
    cookie, signed_in, form = given
    session = site.sessions.of(cookie)
    withdrawal = str(request.path_params.get("withdrawal", ""))
    visit = Visit(site, cookie, session, site.clock(), withdrawal, form, request.query_params)
    if request.method == "POST" and not _ours(site, request, cookie, form):
        return visit.error("stale-form", 403)
    if signed_in and session is None:
        return visit.go("/sign-in")
    return page(visit)


def _ours(site: Site, request: Request, cookie: str, form: dict[str, str]) -> bool:
    """The form was given to this cookie, and the browser does not say that it was sent from elsewhere."""
    origin = request.headers.get("origin")
    elsewhere = origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host', '')}"
    return not elsewhere and site.sessions.csrf_is(cookie, form.get("csrf", ""))


def _static(name: str, kind: str) -> Callable[[Request], Awaitable[Response]]:
    data = resources.files("breather.demo").joinpath("static", name).read_bytes()

    async def endpoint(_: Request) -> Response:
        return Response(data, media_type=kind, headers={"X-Content-Type-Options": "nosniff"})

    return endpoint


async def _between(site: Site, over: asyncio.Event) -> None:
    """Deliver what is promised, follow what changed and seal what is wanted, every two seconds, whether or
    not somebody looks.
    """
    while not over.is_set():
        await run_in_threadpool(catch_up, site)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), BETWEEN_SECONDS)


def catch_up(site: Site) -> None:
    """One round of it. Breather being away is no error: the promises stay."""
    with contextlib.suppress(BreatherError):
        deliver(site.books, site.breather, site.clock())
        follow(site.books, site.breather)
        seal_wanted(site.books, site.breather, site.clock())
        send_sealed(site.books, site.breather, site.clock())
