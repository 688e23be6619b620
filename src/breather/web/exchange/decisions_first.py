"""The application, which answers the one call that every withdrawal makes before it searches its routes.

On its way through the middlewares and the table of routes a request passes eight functions, and each wraps what it
sends: twice the time of reading and rendering. The handler here is the very one that stands in the table, and what it
raises is answered by the same function; so nothing but the way is shorter.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PATH = "/v1/withdrawals"


class DecisionsFirst(Starlette):
    """`submit` is the handler of `POST /v1/withdrawals`; `refuse` makes the answer of what it raises."""

    def __init__(
        self,
        submit: Callable[[Request], Awaitable[Response]],
        refuse: Callable[[Request, Exception], Awaitable[Response]],
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        self._submit = submit
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._submit(request)
        except Exception as error:  # noqa: BLE001 - what is no refusal is a fault of ours, and is answered as one
            response = await self._refuse(request, error)
        await response(scope, receive, send)
