"""The serving process: an event loop and the writer's thread, and nothing else that computes."""

import structlog
import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from breather.settings import AgencySettings, Settings

GRACE_SECONDS = 10
LONGEST_HEAD = 64 * 1024


class BoundedHead(HttpToolsProtocol):
    """Ends a connection whose request line and headers do not end within LONGEST_HEAD bytes.

    The parser itself takes any number, and appending to one header again and again takes quadratic time: one stranger
    with a header of some megabytes would stop the event loop for everybody.
    """

    _head: int | None = None

    def data_received(self, data: bytes) -> None:
        before = self._head
        super().data_received(data)
        if before is None or self._head is None:
            return
        self._head += len(data)
        if self._head > LONGEST_HEAD:
            self.transport.close()

    def on_message_begin(self) -> None:
        self._head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head = None
        super().on_headers_complete()


def serve(app: Starlette, settings: Settings | AgencySettings) -> None:
    """Returns after a graceful stop: what was accepted has been answered."""
    structlog.get_logger("breather.serve").info("serving", address=settings.public_url, mode=settings.mode)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=BoundedHead,
        log_level="warning",
        # Access lines would hold the tokens of links, which are never logged (guarantee G2).
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
