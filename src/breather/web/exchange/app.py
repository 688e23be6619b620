"""The exchange service's web application: routes, static files, errors, and the poll that keeps the snapshot new."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from itertools import count

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from breather.domain.refusal import Refusal
from breather.exchange.running import RunningExchange
from breather.storage.failure import StorageFailure
from breather.web.exchange.alert import AlertRoutes
from breather.web.exchange.api import Api
from breather.web.exchange.console import ConsoleRoutes
from breather.web.exchange.decisions_first import DecisionsFirst
from breather.web.exchange.site import Site
from breather.web.health import health_routes
from breather.web.problems import Problem, problem_of
from breather.web.static_files import static_route

POLL_SECONDS = 1.0
POLLS_A_BEAT = 10

_log = structlog.get_logger("breather.exchange")


def create_app(site: Site) -> Starlette:
    api = Api(site)
    routes = [
        *api.routes(),
        *AlertRoutes(site).routes(),
        *ConsoleRoutes(site).routes(),
        *health_routes(site.exchange.unready, lambda: site.exchange.noted, site.exchange.stands_by),
        static_route(),
    ]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        poll = asyncio.create_task(_poll(site.exchange))
        try:
            yield
        finally:
            poll.cancel()
            with suppress(asyncio.CancelledError):
                await poll
            await run_in_threadpool(site.exchange.close)

    app = DecisionsFirst(
        api.submit,
        _refuse,
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


async def _poll(exchange: RunningExchange) -> None:
    """A campaign, a pack or a key changed elsewhere is in force here within a second, and a pause or a hold is a guard.
    What the spool holds goes to the database when that is back.
    """
    for polled in count():
        await asyncio.sleep(POLL_SECONDS)
        try:
            if polled % POLLS_A_BEAT == 0:
                exchange.beat()
            if await run_in_threadpool(exchange.refresh):
                _log.info("snapshot", generation=exchange.snapshot.generation)
            await run_in_threadpool(exchange.refresh_guards)
            if (drained := await run_in_threadpool(exchange.drain)) is not None:
                _log.info("drained", **asdict(drained))
        except StorageFailure as failure:
            _log.warning("snapshot kept", reason=str(failure))
        except Exception as fault:  # noqa: BLE001 - a poll that ends would leave revoked keys in force for ever
            _log.error("snapshot kept", error=type(fault).__name__, exc_info=fault)


async def _gone(request: Request, error: Exception) -> Response:
    """Whoever asked has hung up in the middle: no fault of ours, and writing down each would be work for strangers."""
    return Response(status_code=400)


async def _refuse(request: Request, error: Exception) -> Response:
    """What the handlers below answer, for a request that did not come by the routes."""
    return await (_gone if isinstance(error, ClientDisconnect) else _answer)(request, error)


async def _answer(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem.status == 500:
        # The path may hold a link's token, so only what raised is logged.
        _log.error("fault", error=type(error).__name__, exc_info=error)
    return problem.response()


async def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not-found", 405: "method"}
    problem = Problem(error.status_code, codes.get(error.status_code, "http"), str(error.detail))
    response = problem.response()
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response
