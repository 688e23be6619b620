"""The agency service's web application: routes, static files, errors, and the poll that keeps the snapshot new."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from breather.agency.refusal import Refusal
from breather.agency.running import RunningAgency
from breather.storage.failure import StorageFailure
from breather.web.agency.api import Api
from breather.web.agency.portal import PortalRoutes
from breather.web.agency.portal_acts import PortalActs
from breather.web.agency.portal_door import PortalDoor
from breather.web.agency.portal_pages import render_trouble
from breather.web.agency.refusals import problem_of_act
from breather.web.agency.site import Site
from breather.web.agency.verify import VerifyRoutes
from breather.web.health import health_routes
from breather.web.pages import page_headers
from breather.web.problems import Problem, problem_of
from breather.web.static_files import static_route

POLL_SECONDS = 1.0
POLLS_A_BEAT = 10

_log = structlog.get_logger("breather.agency")


def create_app(site: Site) -> Starlette:
    routes = [
        *Api(site).routes(),
        *VerifyRoutes(site).routes(),
        *PortalDoor(site).routes(),
        *PortalActs(site).routes(),
        *PortalRoutes(site).routes(),
        Route("/", _home, methods=["GET"]),
        *health_routes(site.agency.unready, lambda: site.agency.noted),
        static_route(),
    ]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        poll = asyncio.create_task(_poll(site.agency))
        try:
            yield
        finally:
            poll.cancel()
            with suppress(asyncio.CancelledError):
                await poll
            await run_in_threadpool(site.agency.close)

    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={
            HTTPException: _answer_http,
            # By name: what Starlette answers for `Exception` it raises again, and the server then cuts the connection.
            ClientDisconnect: _gone,
            Problem: _answer,
            Refusal: _answer,
            StorageFailure: _answer,
            Exception: _answer,
        },
    )
    # Its redirections name the host and the scheme that the request claims; a wrong address is not found instead.
    app.router.redirect_slashes = False
    return app


async def _poll(agency: RunningAgency) -> None:
    """A peer, a key list or a slot changed elsewhere is in force here within a second."""
    for polled in count():
        await asyncio.sleep(POLL_SECONDS)
        try:
            if polled % POLLS_A_BEAT == 0:
                agency.beat()
            if await run_in_threadpool(agency.refresh):
                _log.info("snapshot", generation=agency.snapshot.generation)
        except StorageFailure as failure:
            _log.warning("snapshot kept", reason=str(failure))
        except Exception as fault:  # noqa: BLE001 - a poll that ends would leave revoked keys in force for ever
            _log.error("snapshot kept", error=type(fault).__name__, exc_info=fault)


async def _home(request: Request) -> Response:
    """The public comes for the verify page; officers know the portal's address."""
    return RedirectResponse("/verify", 303)


async def _gone(request: Request, error: Exception) -> Response:
    """Whoever asked has hung up in the middle: no fault of ours, and writing down each would be work for strangers."""
    return Response(status_code=400)


async def _answer(request: Request, error: Exception) -> Response:
    problem = problem_of_act(error) if isinstance(error, Refusal) else problem_of(error)
    if problem.status == 500:
        # What was typed or sent is never logged, only what raised.
        _log.error("fault", error=type(error).__name__, exc_info=error)
    return _said(request, problem)


async def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not-found", 405: "method"}
    response = _said(request, Problem(error.status_code, codes.get(error.status_code, "http"), str(error.detail)))
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


def _said(request: Request, problem: Problem) -> Response:
    """A document for programs; under /portal a page, for an officer is looking at it."""
    if not request.url.path.startswith("/portal"):
        return problem.response()
    return Response(render_trouble(problem.title, problem.detail), problem.status, page_headers())
