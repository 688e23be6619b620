"""`breather history export` and `breather replay`: what was served as a file, and a file through the fold again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from breather.bootstrap import exchange_database
from breather.clock import Clock
from breather.domain.campaign import Campaign
from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Phase
from breather.domain.finding import Finding, Refused
from breather.exchange.campaign_file import CAMPAIGN, read_campaign
from breather.exchange.export import export
from breather.history.cells import feature_columns, joined, table_of, undetermined_cells
from breather.history.comparison import Comparison
from breather.history.reading import History
from breather.history.replay import Decided, Decides, Replay, Replayed, decided_by, no_campaign
from breather.history.schema import (
    decided_schema,
    exported_schema,
    feature_column,
    replayed_schema,
    unknown_column,
)
from breather.history.writing import HistoryWriter, refuse_target
from breather.operate import campaign_folder
from breather.protocol.pack import read_folder
from breather.settings import Settings
from breather.storage.exchange.history import history_extent


def export_history(settings: Settings, clock: Clock, target: Path, console: Console) -> int:
    """How many withdrawals were written. Raises Refused where there is none, FileExistsError, FileNotFoundError and
    StorageFailure; then nothing is left behind.
    """
    refuse_target(target)
    database = exchange_database(settings, clock, creates=False)
    try:
        with database.reading() as reader:
            extent = history_extent(reader)
        if not extent.withdrawals:
            empty = Finding(database.place, "empty", "no withdrawal was ever decided here")
            raise Refused("there is nothing to export", [empty])
        with HistoryWriter(target, exported_schema()) as writer, _progress(console) as progress:
            task = progress.add_task("exporting", total=extent.withdrawals)
            for table in export(database, extent):
                writer.write(table)
                progress.advance(task, len(table))
    finally:
        database.close()
    return extent.withdrawals


def campaign_of(settings: Settings, folder: Path) -> Campaign:
    """Without its examples and its pack: what the rules ask for is all that replay wants to know."""
    files = read_folder(campaign_folder(settings, folder), "campaign")
    return read_campaign({name: files[name] for name in (CAMPAIGN,) if name in files})


def replay_history(place: Path, target: Path | None, campaign: Campaign | None, console: Console) -> Comparison | None:
    """Compare with the features that the history holds, if it holds any, and write to `target`, if it is given and
    nothing differs. None where there was nothing to compare. Raises Refused, FileExistsError and FileNotFoundError;
    then nothing is left behind.
    """
    if target is not None:
        refuse_target(target)
    history = History(place)
    if not history.features and target is None:
        message = "holds no features to compare with; name by --features a file to write them to"
        raise Refused(f"{place} cannot be compared", [Finding(str(place), "no-features", message)])
    if history.has_decided and campaign is not None:
        message = "says what was decided, which no other campaign can change; leave --campaign out"
        raise Refused(f"{place} cannot be decided again", [Finding(str(place), "decided", message)])
    decides = no_campaign if campaign is None else decided_by(campaign)
    found = Comparison()
    with _progress(console) as progress:
        task = progress.add_task("replaying", total=history.rows)
        try:
            with _writer(history, target) as writer:
                for table, replayed in _replayed(history, decides):
                    if history.features:
                        found.take(table, [each.features for each in replayed], history.features)
                    if writer is not None:
                        writer.write(_written(history, table, replayed))
                    progress.advance(task, len(table))
                if found.differing and writer is not None:
                    raise _Differs
        except _Differs:
            pass
    return found if history.features else None


class _Differs(Exception):
    """What was computed is not what was recorded: nobody should go on with either."""


@contextmanager
def _writer(history: History, target: Path | None) -> Iterator[HistoryWriter | None]:
    if target is None:
        yield None
        return
    with HistoryWriter(target, exported_schema() if history.has_order else replayed_schema()) as writer:
        yield writer


def _replayed(history: History, decides: Decides) -> Iterator[tuple[Any, list[Replayed]]]:
    replay = Replay(decides)
    for table, rows in history.batches():
        yield table, [replay.submit(served) for served in rows]


def _written(history: History, table: Any, replayed: Sequence[Replayed]) -> Any:
    """What the file has stays as it is, but for the features of submission, which are computed anew."""
    schema = exported_schema() if history.has_order else replayed_schema()
    columns = feature_columns([each.features for each in replayed])
    if not history.has_decided:
        decided = table_of(decided_schema(), [_decided(each.decided) for each in replayed])
        columns |= dict(zip(decided.column_names, decided.columns, strict=True))
    answers = {name for name in history.features if CATALOGUE[name].phase is not Phase.SUBMIT}
    given = {column for name in answers for column in (feature_column(name), unknown_column(name))}
    for name in table.column_names:
        if name in given or (name in schema.names and name not in columns):
            columns[name] = table.column(name).cast(schema.field(name).type)
    return joined(schema, columns, len(table))


def _decided(decided: Decided | None) -> dict[str, object]:
    assert decided is not None, "the history says nothing of decisions"
    word, campaign, ruling = decided.friction.word, decided.campaign, decided.ruling
    return {
        "friction": word,
        "asked": word,
        "campaign": None if campaign is None else campaign.id,
        "campaign_version": None if campaign is None else campaign.version,
        "hits": [rule.id for rule in ruling.hits],
        "undetermined": undetermined_cells(ruling.undetermined),
    }


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *times)
    with Progress(*columns, console=console) as progress:
        yield progress
