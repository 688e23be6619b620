"""The serving process: an event loop and the writer's thread, and nothing else that computes."""

import structlog
import uvicorn
from starlette.applications import Starlette

from breather.settings import AgencySettings, Settings

GRACE_SECONDS = 10


def serve(app: Starlette, settings: Settings | AgencySettings) -> None:
    """Returns after a graceful stop: what was accepted has been answered."""
    structlog.get_logger("breather.serve").info("serving", address=settings.public_url, mode=settings.mode)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        log_level="warning",
        # Access lines would hold the tokens of links, which are never logged (guarantee G2).
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
