"""`breather simulate`: an invented population as files, as lines, or sent to a running service, with progress shown."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from breather.simulation.load import Load
from breather.simulation.parameters import Parameters, read_parameters
from breather.simulation.parquet import refuse_taken, write_folder
from breather.simulation.rows import Simulation
from breather.simulation.sending import Sender, Sent, service
from breather.simulation.simulate import STAGES, simulate

LINES = Path("-")
# Connections of `--service`.
HANDS = 8


def parameters_from(file: Path | None, more: Mapping[str, object]) -> Parameters:
    """`more` goes before the file. Raises Refused with everything that is wrong, OSError where there is no such file,
    UnicodeDecodeError where it is not text.
    """
    return read_parameters("" if file is None else file.read_text(encoding="utf-8"), more)


def to_folder(parameters: Parameters, seed: int, folder: Path) -> None:
    """Raises FileExistsError and FileNotFoundError before anything is computed."""
    refuse_taken(folder)
    console = Console(stderr=True)
    with _progress(console) as progress:
        made = _made(parameters, seed, progress)
        # Each row is written twice: in its exchange's history, and in the truth.
        task = progress.add_task("writing rows", total=2 * len(made.history))
        write_folder(parameters, made, folder, lambda rows: progress.advance(task, rows))
    victims = len(set(made.truth.case[made.truth.case >= 0].tolist()))
    console.print(f"{len(made.history)} withdrawals of {parameters.customers} customers, {victims} cases: {folder}")


def to_lines(parameters: Parameters, seed: int, out: TextIO) -> None:
    """What exchange 1 posts, one JSON object a line, each as soon as it is made."""
    load = Load(parameters, simulate(parameters, seed))
    out.writelines(json.dumps({"at": each.at, "body": each.body}, ensure_ascii=False) + "\n" for each in load)


def to_service(parameters: Parameters, seed: int, url: str, api_key: str) -> Sent:
    """What exchange 1 and its customers do, to a running service in mode test. Raises ValueError for a live one, and
    Problem.
    """
    breather = service(url, api_key)
    console = Console(stderr=True)
    with breather, _progress(console) as progress:
        load = Load(parameters, _made(parameters, seed, progress))
        task = progress.add_task("sending", total=len(load))
        sent = Sender(breather, load).send(HANDS, advanced=lambda: progress.advance(task))
    console.print(_table(sent))
    return sent


def _made(parameters: Parameters, seed: int, progress: Progress) -> Simulation:
    task = progress.add_task("simulating", total=len(STAGES))

    def begun(stage: str) -> None:
        progress.update(task, description=f"simulating {stage}", completed=STAGES.index(stage))

    made = simulate(parameters, seed, begun)
    progress.update(task, description="simulated", completed=len(STAGES))
    return made


def _table(sent: Sent) -> Table:
    table = Table("what the service did", "withdrawals", box=None, pad_edge=False)
    rows: dict[str, int] = {"submitted": sent.submitted, "of these second tries": sent.returned}
    rows |= {f"friction {word}": sent.frictions[word] for word in sorted(sent.frictions)}
    rows |= {"no decision in time": sent.unanswered, "pages opened": sent.pages}
    rows |= {word: sent.acts[word] for word in sorted(sent.acts)}
    rows |= {"answered with a lie": sent.lied, "friction raised by answers": sent.raised}
    rows |= {"not offered by the page": sent.not_offered, "in a pause that outlasts this": sent.waiting}
    rows |= {f"refused: {word}": sent.refused[word] for word in sorted(sent.refused)}
    for name, count in rows.items():
        table.add_row(name, str(count))
    return table


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        yield progress
