"""What this exchange decided, as a history: submitted facts, the features as they were recorded, and what came of it.

In the order of the journal, which is the order in which the decisions met each other's traces.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from breather.domain.catalogue import NOT_YET
from breather.domain.event import EventKind
from breather.domain.feature import FeatureValue
from breather.exchange.record import decode_record
from breather.exchange.recorded import features_in
from breather.history.cells import Cells, feature_columns, joined, submitted_cells, table_of, undetermined_cells
from breather.history.schema import decided_schema, exported_schema, feature_schema, order_schema, submitted_schema
from breather.storage.database import Database
from breather.storage.exchange.encoding import decode_withdrawal
from breather.storage.exchange.history import ActRow, DecidedRow, Extent, history_page

PAGE = 2_000
_DISPOSED = "disposed"


class _Said(msgspec.Struct, frozen=True):
    """What is read of an entry's body: an answer's, or that of a disposition."""

    answers: dict[str, bool | str] = {}
    referral: str = ""
    disposition: str = ""


_said = msgspec.json.Decoder(_Said)


def export(database: Database, extent: Extent, page: int = PAGE) -> Iterator[Any]:
    """Arrow tables of `exported_schema`, at most `page` rows each; each is read in a short snapshot of its own."""
    after = 0
    while True:
        with database.reading() as reader:
            rows, acts = history_page(reader, extent, after, page)
        if not rows:
            return
        yield _table(rows, [acts.get(row.id, []) for row in rows], extent)
        after = rows[-1].number


def _table(rows: Sequence[DecidedRow], acts: Sequence[Sequence[ActRow]], extent: Extent) -> Any:
    cells: list[Cells] = []
    features: list[dict[str, FeatureValue]] = []
    for row, happened in zip(rows, acts, strict=True):
        record = decode_record(row.decision)
        asked = decode_withdrawal(row.submitted)
        values = submitted_cells(asked, row.decided_at) | _order(row, happened, extent)
        values["friction"] = record.friction
        values["asked"] = record.asked or record.friction
        values["campaign"], values["campaign_version"] = record.campaign or (None, None)
        values["hits"] = record.hits
        values["undetermined"] = undetermined_cells(record.undetermined)
        cells.append(values)
        features.append({**features_in(record.features), **NOT_YET, **_answers(happened)})
    columns = feature_columns(features)
    for schema in (submitted_schema(), order_schema(), decided_schema()):
        table = table_of(schema, cells)
        columns |= dict(zip(table.column_names, table.columns, strict=True))
    assert len(columns) == len(exported_schema().names) > len(feature_schema().names)
    return joined(exported_schema(), columns, len(rows))


def _order(row: DecidedRow, happened: Sequence[ActRow], extent: Extent) -> Cells:
    """When it left or was stopped, and the entries of that. A stop that came with another's has no entry of its own."""
    cells: Cells = {"number": row.number, "dispositions": _dispositions(happened)}
    if row.stopped_at is not None and row.stopped_at <= extent.at:
        cells["stopped_at"] = row.stopped_at
    for act in happened:
        if act.kind == EventKind.STOP:
            cells["stop_number"], cells["stopped_at"] = act.number, act.at
        elif act.kind == EventKind.BROADCAST:
            cells["broadcast_number"], cells["broadcast_at"] = act.number, act.at
    return cells


def _dispositions(happened: Sequence[ActRow]) -> list[Cells]:
    found = [(act.number, _said.decode(act.body)) for act in happened if act.kind == _DISPOSED]
    return [{"number": number, "referral": said.referral, "disposition": said.disposition} for number, said in found]


def _answers(happened: Sequence[ActRow]) -> dict[str, bool | str]:
    answers: dict[str, bool | str] = {}
    for act in happened:
        if act.kind == EventKind.ANSWER:
            answers |= _said.decode(act.body).answers
    return answers
