"""An import in a process of its own that ends by SIGKILL at its nth call: `python -m tests.list_importer`.

Counting calls instead of waiting makes every moment of an import reachable, and the same one again.
"""

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from breather.bootstrap import exchange_database
from breather.clock import SystemClock
from breather.exchange.take_list import Accept, Publication, take_list
from breather.intelligence.importers.finding import Terms
from breather.intelligence.list_folder import ListFolder
from breather.intelligence.list_format import ListFormat
from breather.settings import Settings


def main(database: str, folder: str, published: str, begin: str, last_call: int) -> None:
    """Calls are counted from the first one of the function named `begin`. Prints how many it took, if it ends."""
    opened = exchange_database(Settings(database=database), SystemClock())
    accept = (Accept.OLDER, Accept.SIZE)
    publication = Publication("ofac", ListFormat.OFAC, [Path(published)], Terms(), accept=accept)
    calls = 0

    def count(frame: FrameType, event: str, arg: object) -> None:
        nonlocal calls
        calls += calls > 0 or frame.f_code.co_name == begin
        if 0 < calls == last_call:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    take_list(opened, ListFolder(Path(folder)), publication, "operator", lambda: os.urandom(16))
    sys.setprofile(None)
    print(calls)
    opened.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
