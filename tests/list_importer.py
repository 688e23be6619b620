"""Imports in processes of their own that end by SIGKILL at their nth call: `python -m tests.list_importer`.

Counting calls instead of waiting makes every moment of an import reachable, and the same one again. One process loads
the program and forks for each import that it is told of on a line of its input: what it is told is how that ended.
"""

import os
import signal
import sys
import traceback
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
    print(calls, flush=True)
    opened.close()


def forked(database: str, folder: str, published: str, begin: str, last_call: str) -> int:
    """The exit status of an import; below zero the signal that ended it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        main(database, folder, published, begin, int(last_call))
    except BaseException:  # noqa: BLE001 - the child must not go on as its parent would
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    for line in sys.stdin:
        print("ended", forked(*line.rstrip("\n").split("\t")), flush=True)
