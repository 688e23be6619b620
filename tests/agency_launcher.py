"""The agency's real processes on a clock that a test holds: `python -m tests.agency_launcher serve|worker`."""

import os
import sys
from pathlib import Path

from breather.agency.expire import expire
from breather.bootstrap import agency_app, agency_database, running_agency
from breather.serve import serve
from breather.settings import read_agency_settings
from breather.worker import work
from tests.launcher import CLOCK, FileClock


def main(process: str) -> None:
    settings = read_agency_settings(os.environ)
    if settings.host != "127.0.0.1":
        raise SystemExit(f"tests listen on 127.0.0.1 only, not on {settings.host}")
    clock = FileClock(Path(os.environ[CLOCK]))
    if process == "serve":
        serve(agency_app(settings, running_agency(settings, clock)), settings)
    elif process == "worker":
        work(agency_database(settings, clock), settings.worker_seconds, expire)
    else:
        raise SystemExit(f"serve or worker, not {process}")


if __name__ == "__main__":
    main(sys.argv[1])
