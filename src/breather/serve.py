"""The serving process: an event loop and the writer's thread, and nothing else that computes."""

import gc

import structlog
import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from breather.settings import AgencySettings, Settings

GRACE_SECONDS = 10
LAST_SECONDS = 1.0
LONGEST_HEAD = 64 * 1024
# What is made for one batch of decisions is some ten thousand objects, and nearly all of them go by themselves.
YOUNG_OBJECTS = 20_000


class BoundedProtocol(HttpToolsProtocol):
    """Lets no stranger hold up the service, neither while it runs nor when it stops.

    Ends a connection whose request line and headers do not end within LONGEST_HEAD bytes.

    The parser itself takes any number, and appending to one header again and again takes quadratic time: one stranger
    with a header of some megabytes would stop the event loop for everybody.

    At the stop a request that has come whole is answered. What waits for a body, or for a reader who does not read,
    gets LAST_SECONDS and no more: the server would wait GRACE_SECONDS for a single open line.
    """

    _head: int | None = None
    _stopping = False

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

    def shutdown(self) -> None:
        """Asked once, when the service begins to stop."""
        self._stopping = True
        super().shutdown()
        if not self._answering():
            self.loop.call_later(LAST_SECONDS, self._end)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._stopping:
            self.loop.call_later(LAST_SECONDS, self.transport.abort)

    def _end(self) -> None:
        """Unless the rest of the body came meanwhile: then it is answered like every other."""
        if not self._answering():
            self.transport.abort()

    def _answering(self) -> bool:
        """A request has come whole and is not answered yet."""
        cycle: RequestResponseCycle | None = self.cycle  # None until the first head is read
        return cycle is not None and not cycle.response_complete and not cycle.more_body


def serve(app: Starlette, settings: Settings | AgencySettings) -> None:
    """Returns after a graceful stop: what was accepted has been answered."""
    structlog.get_logger("breather.serve").info("serving", address=settings.public_url, mode=settings.mode)
    _set_apart_what_stays()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=BoundedProtocol,
        log_level="warning",
        # Access lines would hold the tokens of links, which are never logged (guarantee G2).
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _set_apart_what_stays() -> None:
    """Cycles are looked for among what requests leave behind, and not among modules, packs and campaigns.

    Those are some hundred thousand objects, and going over them again and again took a fifth of the service's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
