"""`/healthz` and `/readyz`: what a process supervisor and a load balancer ask, without a key and without a query.

They tell two things apart on purpose. A process whose database is away is alive, and starting it again would help
nobody; it is only not ready.
"""

from collections.abc import Callable, Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

NO_STORE: Mapping[str, str] = {"Cache-Control": "no-store"}


def health_routes(
    unready: Callable[[], Mapping[str, str]],
    noted: Callable[[], Mapping[str, str]] = dict[str, str],
    stands_by: Callable[[], bool] = lambda: False,
) -> list[Route]:
    """`unready` says by code what stands in the way, from memory: it is asked on the event loop.

    `noted` are by code what a load balancer must not act upon, because decisions go on, and an operator must.

    `stands_by`: requests are answered all the same. Whoever took the process out of service then would turn a stand-in
    into an error page: its replicas have the same database.
    """

    async def alive(request: Request) -> Response:
        return Response(b'{"alive":true}', 200, NO_STORE, "application/json")

    async def ready(request: Request) -> Response:
        reasons, notes = _said(unready()), _said(noted())
        answers = not reasons or stands_by()
        body = msgspec.json.encode({"ready": answers, "reasons": reasons} | ({"notes": notes} if notes else {}))
        return Response(body, 200 if answers else 503, NO_STORE, "application/json")

    return [Route("/healthz", alive, methods=["GET"]), Route("/readyz", ready, methods=["GET"])]


def _said(found: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"code": code, "message": message} for code, message in found.items()]
