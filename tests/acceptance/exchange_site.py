"""The demo exchange as a real process on a clock that a test holds: `python -m tests.acceptance.exchange_site`.

Everything but the clock is what `breather demo` starts. It also keeps a copy of each clearance that it was given, so
that a test can verify offline the very token that was spent.
"""

import os
from pathlib import Path

import uvicorn

from breather.client import Breather
from breather.demo.process import DemoSettings
from breather.demo.site import create_site
from tests.launcher import CLOCK, FileClock

TOKENS = "BREATHER_TEST_TOKENS"


class Witnessed(Breather):
    """The client as it is; every token goes into a file on its way, one a line."""

    def clearance(self, withdrawal: str) -> str:
        token = super().clearance(withdrawal)
        with Path(os.environ[TOKENS]).open("a", encoding="ascii") as kept:
            kept.write(f"{token}\n")
        return token


def main() -> None:
    settings = DemoSettings.read(os.environ)
    clock = FileClock(Path(os.environ[CLOCK]))
    with Witnessed(
        settings.service_url,
        settings.api_key,
        vasp=settings.vasp,
        mode="test",
        clearance_keys=settings.clearance_keys,
        timeout=10.0,
    ) as breather:
        site = create_site(breather, settings.database, settings.service_url, clock.now, settings.secret)
        uvicorn.run(site, host="127.0.0.1", port=settings.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
