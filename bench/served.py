"""`make served`: simulated withdrawals served over HTTP, exported, and replayed: is every value the same?

A real exchange service in a process of its own, with the sample campaign, gets BREATHER_SERVED withdrawals (200,000 if
left out), and the customers act on their own pages. Only its clock is the simulation's: 30 days would be long to wait.
Then `breather history export` and `breather replay`, as anybody runs them. Exits with 1 if any value differs.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from breather.bootstrap import exchange_database
from breather.domain.instant import Millis
from breather.simulation.load import Load
from breather.simulation.parameters import Parameters
from breather.simulation.sending import Sender, Sent, ServiceTime, service
from breather.simulation.simulate import simulate
from breather.storage.exchange.history import history_extent
from tests.exchange_process import ExchangeProcess, running_exchange_process

WITHDRAWALS = 200_000
HANDS = 16
# Nearly daily: customers of the simulator's usual habits come twice a year, and would fill no profile in a month.
EACH_COMES = 25
SEED = 4
_COMPARED = re.compile(r"(\d+) withdrawals, (\d+) values compared, (\d+) differ")


def parameters_for(withdrawals: int) -> Parameters:
    """Somewhat more than so many in the days of the sample campaign, which begins on the first; one in 25 a victim.

    Few stop unprompted, and few send to services: to wherever one has stopped, the sample campaign puts a pause before
    all that follow, and what is sent daily would be paused daily.
    """
    return Parameters(
        customers=max(withdrawals // EACH_COMES, 20),
        begins="2026-11-23",
        days=30,
        yearly_withdrawals=400,
        yearly_spread=400,
        most_yearly=5_000,
        victims_per_100000=50_000,
        stops_unprompted=4,
        service_address=40,
    )


@dataclass
class SimulatedTime:
    """The service's clock, set to the load's time and never back."""

    exchange: ExchangeProcess
    moves: bool = True

    def now(self) -> int:
        return self.exchange.now

    def reach(self, at: int) -> None:
        if at > self.exchange.now:
            self.exchange.set_time(Millis(at))


@dataclass(frozen=True, slots=True)
class Ran:
    """A command, its seconds, and what it said."""

    seconds: float
    status: int
    said: str


@dataclass(slots=True)
class Served:
    """Times in seconds; `sender` and `service` are of processor time."""

    sent: Sent
    sending: float
    sender: float
    service: float
    exported: Ran
    replayed: Ran
    entries: int

    @property
    def compared(self) -> tuple[int, int, int]:
        """Rows and values that were compared, and values that differ. Raises ValueError where replay did not say."""
        found = _COMPARED.search(self.replayed.said)
        if found is None:
            raise ValueError(f"replay ended with {self.replayed.status} and said: {self.replayed.said}")
        rows, values, differing = map(int, found.groups())
        return rows, values, differing


def serve_and_replay(
    exchange: ExchangeProcess, folder: Path, load: Load, clock: ServiceTime, most: int, hands: int = HANDS
) -> Served:
    """The first `most` of the load. `exchange` is running. Whether values differ is the last command's to say."""
    began, used, before = time.monotonic(), time.process_time(), _processor(exchange)
    with service(exchange.url, exchange.key) as breather:
        sent = Sender(breather, load, clock, deadline=20.0).send(hands, most, _progress(most))
    sending, mine, theirs = time.monotonic() - began, time.process_time() - used, _processor(exchange) - before
    history = folder / "history.parquet"
    environment = exchange.environment()
    exported = _run(["history", "export", str(history)], environment)
    replayed = _run(["replay", str(history)], environment)
    database = exchange_database(exchange.settings, exchange.clock, creates=False)
    with database.reading() as reader:
        entries = history_extent(reader).number
    database.close()
    return Served(sent, sending, mine, theirs, exported, replayed, entries)


def _run(arguments: Sequence[str], environment: Mapping[str, str]) -> Ran:
    began = time.monotonic()
    command = [sys.executable, "-m", "breather", *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    return Ran(time.monotonic() - began, done.returncode, done.stdout.strip())


def _processor(exchange: ExchangeProcess) -> float:
    """Seconds of processor time that the service has used, where the system tells."""
    assert exchange.process is not None
    try:
        fields = Path(f"/proc/{exchange.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _progress(withdrawals: int) -> Callable[[], None]:
    began, numbers = time.monotonic(), count(1)

    def advanced() -> None:
        number = next(numbers)
        if number % 5_000 == 0:
            rate = number / (time.monotonic() - began)
            print(f"{number} of {withdrawals}, {rate:.0f}/s", file=sys.stderr, flush=True)

    return advanced


def _lines(served: Served) -> Iterator[str]:
    sent, out, again = served.sent, served.exported, served.replayed
    rows, values, differing = served.compared
    yield f"{sent.submitted} withdrawals, {sent.returned} of them second tries, over {HANDS} connections"
    yield f"  {served.sending:.0f} s, {sent.submitted / served.sending:.0f}/s"
    yield f"  processor time of the service {served.service:.0f} s, of the sender {served.sender:.0f} s"
    yield f"  friction {dict(sent.frictions)}"
    yield f"  {sent.pages} pages opened; {sum(sent.acts.values())} acts {dict(sent.acts)}"
    yield f"  {sent.lied} answered with a lie, {sent.raised} raised by answers, {sent.not_offered} not offered"
    yield f"  refused {dict(sent.refused)}, no decision in time {sent.unanswered}; {served.entries} journal entries"
    yield f"exported: {rows} rows, {out.seconds:.1f} s, {rows / out.seconds:.0f} rows/s"
    yield f"replayed: {rows} rows, {again.seconds:.1f} s, {rows / again.seconds:.0f} rows/s, its start included"
    yield f"compared: {rows} rows, {values} values, {differing} unequal"
    if again.status:
        yield again.said


def main() -> int:
    withdrawals = int(os.environ.get("BREATHER_SERVED", WITHDRAWALS))
    parameters = parameters_for(withdrawals)
    load = Load(parameters, simulate(parameters, SEED))
    assert len(load) >= withdrawals, f"the simulation has only {len(load)}"
    with tempfile.TemporaryDirectory(prefix="breather-bench-") as name:
        folder = Path(name)
        with running_exchange_process(folder, f"sqlite:///{folder / 'exchange.db'}") as exchange:
            served = serve_and_replay(exchange, folder, load, SimulatedTime(exchange), withdrawals)
    print("\n".join(_lines(served)))
    return served.replayed.status or int(served.compared[0] != served.sent.submitted)


if __name__ == "__main__":
    raise SystemExit(main())
