"""An import killed at any call: the previous snapshot serves throughout, or the new one, each as a whole.

Here in a short form; `make chaos` kills 50 times.
"""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from breather.exchange.running import RunningExchange
from breather.exchange.take_list import Accept
from tests.list_store import OFAC, ListStore
from tests.lists import ETH, addresses_text, eth, written
from tests.tidy.source import ROOT

KILLS = int(os.environ.get("BREATHER_TEST_KILLS", "6"))
SEED = int(os.environ.get("BREATHER_TEST_SEED", "1"))
# Overlapping, so that neither one nor the other is what a mixture would look like.
ONE, OTHER = range(60), range(30, 110)
NUMBERS = range(120)
NEVER = 0
# Most calls read lines. What is dangerous begins when the claims are sorted, and the rows are changed near the end.
READ, SORTED, NAMED = "read_list", "sorted_into", "_put_into_force"
ACCEPT = (Accept.OLDER, Accept.SIZE)


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[ListStore]:
    found = ListStore(database_url, tmp_path)
    yield found
    found.close()


@pytest.fixture(scope="module")
def importer() -> Iterator["subprocess.Popen[str]"]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "tests.list_importer"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True) as found:
        yield found
        assert found.stdin is not None
        found.stdin.close()


def test_killed_at_any_call_one_whole_snapshot_serves(store: ListStore, importer: "subprocess.Popen[str]") -> None:
    chance = random.Random(SEED)
    store.take_addresses(ONE)
    exchange = store.running()
    calls = {
        begin: imported(store, importer, numbers, begin, NEVER)[1]
        for begin, numbers in ((READ, OTHER), (SORTED, ONE), (NAMED, OTHER))
    }
    in_force, waiting, kills = OTHER, ONE, 0
    while kills < KILLS:
        begin = chance.choice([READ, SORTED, NAMED, NAMED])
        last_call = chance.randrange(1, calls[begin])
        killed, _ = imported(store, importer, waiting, begin, last_call)
        kills += killed
        exchange.refresh()
        if served(exchange) == set(waiting):
            in_force, waiting = waiting, in_force  # it had committed
        for found in (served(exchange), opened_anew(store)):
            assert found == set(in_force), f"kill {kills}, call {last_call} of {calls[begin]} from {begin}"
        assert exchange.lists_problem == ""
        assert store.journal()[-1][1]["summary"]["claims"] == store.in_force().lists[0].claims == len(in_force)
        if chance.random() < 0.2:
            store.take_addresses(waiting, accept=ACCEPT)
            exchange.refresh()
            in_force, waiting = waiting, in_force
            assert served(exchange) == set(in_force)
    exchange.close()
    store.take_addresses(waiting, accept=ACCEPT)
    left = [path.name for path in store.folder.path.iterdir()]
    assert not [name for name in left if name.endswith(".aside") or name.startswith("import-")], (
        "nothing is left behind"
    )
    assert len([name for name in left if name.endswith(".list")]) <= 2


def imported(
    store: ListStore, importer: "subprocess.Popen[str]", numbers: range, begin: str, last_call: int
) -> tuple[bool, int]:
    """Whether it was killed; and if it was not, how many calls it took."""
    path = written(store.files, OFAC, addresses_text(numbers))
    assert importer.stdin is not None
    assert importer.stdout is not None
    told = [store.settings.database, str(store.folder.path), str(path), begin, str(last_call)]
    print(*told, sep="\t", file=importer.stdin, flush=True)
    calls, line = 0, importer.stdout.readline()
    if not line.startswith("ended"):
        calls, line = int(line), importer.stdout.readline()
    status = int(line.split()[1])
    assert status in (0, -signal.SIGKILL), "what went wrong stands in the importer's errors"
    return status != 0, calls


def served(exchange: RunningExchange) -> set[int]:
    """Which of all numbers are listed for the process that has served throughout."""
    intelligence = exchange.snapshot.intelligence
    assert intelligence is not None
    return {number for number in NUMBERS if intelligence.find(ETH, eth(number), exchange.clock.now())}


def opened_anew(store: ListStore) -> set[int]:
    """Which of them are listed for a process that starts now."""
    return {number for number in NUMBERS if store.find(eth(number))}
