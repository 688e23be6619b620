"""A history file as rows for replay: its columns checked before anything is read, its values while it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from breather.domain.catalogue import CATALOGUE
from breather.domain.finding import Finding, Refused, nearest
from breather.history.rows import Rows
from breather.history.schema import (
    decided_schema,
    exported_schema,
    feature_column,
    order_schema,
    submitted_schema,
    unknown_column,
)
from breather.history.served import Served
from breather.history.writing import PARTS

ROWS_A_BATCH = 8_192
MOST_NAMED = 10
_SCHEMA = exported_schema()


class History:
    """One file, or a folder of parts. `features` are those that it holds; `has_order` and `has_decided` say which
    groups of columns it has. Raises Refused, naming everything wrong with its columns, and FileNotFoundError.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self.files = sorted(place.glob(PARTS)) if place.is_dir() else [place]
        if not self.files:
            raise Refused(f"{place} is no history", [Finding(str(place), "no-parts", f"holds no {PARTS}")])
        opened = [_open(file) for file in self.files]
        schema = opened[0].schema_arrow
        findings = list(_wrong_columns(self.files[0], schema))
        findings += [
            Finding(str(file), "other-columns", f"has other columns than {self.files[0].name}")
            for file, each in zip(self.files, opened, strict=True)
            if not each.schema_arrow.equals(schema)
        ]
        self.rows = sum(each.metadata.num_rows for each in opened)
        if not findings and not self.rows:
            findings.append(Finding(str(place), "empty", "holds no withdrawal"))
        if findings:
            raise Refused(f"{place} cannot be replayed", findings)
        self.schema = schema
        self.has_order = "number" in schema.names
        self.has_decided = "friction" in schema.names
        self.features = tuple(name for name in CATALOGUE if feature_column(name) in schema.names)

    def batches(self, size: int = ROWS_A_BATCH) -> Iterator[tuple[Any, list[Served]]]:
        """Tables as they are in the file, each with its rows. Raises Refused for a withdrawal that stands there twice,
        before any, and for the first row that cannot be one.
        """
        self._refuse_repeated()
        rows = Rows(has_order=self.has_order, has_decided=self.has_decided, features=self.features)
        for file in self.files:
            try:
                with pq.ParquetFile(file) as opened:
                    for batch in opened.iter_batches(batch_size=size):
                        yield pa.Table.from_batches([batch]), rows.read(file, batch)
            except pa.ArrowException as broken:
                raise Refused(f"{file} cannot be read", [Finding(str(file), "broken", str(broken))]) from None

    def _refuse_repeated(self) -> None:
        """Two rows of one withdrawal would be two in every sum and median."""
        try:
            ids = pq.ParquetDataset(self.files).read(columns=["id"]).column("id")
        except pa.ArrowException as broken:
            raise Refused(f"{self.place} cannot be read", [Finding(str(self.place), "broken", str(broken))]) from None
        if pc.count_distinct(ids, mode="only_valid").as_py() == len(ids) - ids.null_count:
            return
        counted = pc.value_counts(ids.drop_null())
        repeated = counted.filter(pc.greater(pc.struct_field(counted, "counts"), 1))
        findings = []
        for one in repeated.slice(0, MOST_NAMED).to_pylist():
            rows = [str(row + 1) for row in pc.indices_nonzero(pc.equal(ids, one["values"])).to_pylist()]
            message = f"{one['values']!r} stands in rows {', '.join(rows[:MOST_NAMED])}; a withdrawal has one row"
            findings.append(Finding(f"{self.place.name}:id", "repeated-id", message))
        raise Refused(f"{self.place} has {len(repeated)} withdrawals twice or more", findings)


def _open(file: Path) -> Any:
    if not file.is_file():
        raise FileNotFoundError(f"there is no file {file}")
    try:
        return pq.ParquetFile(file)
    except pa.ArrowException as broken:
        message = f"is no Parquet file: {str(broken).splitlines()[0]}"
        raise Refused(f"{file} is no history", [Finding(str(file), "not-parquet", message)]) from None


def _wrong_columns(file: Path, schema: Any) -> Iterator[Finding]:
    names = schema.names
    wanted = list(submitted_schema().names)
    for group in (order_schema(), decided_schema()):
        # A group is there as a whole or not at all: half of one would be read as something it is not.
        if any(name in names for name in group.names):
            wanted += group.names
    for feature in CATALOGUE:
        pair = (feature_column(feature), unknown_column(feature))
        if any(name in names for name in pair):
            wanted += pair
    for name in wanted:
        pointer = f"{file.name}:{name}"
        right = _SCHEMA.field(name).type
        if name not in names:
            near = nearest(name, [other for other in names if other not in wanted])
            yield Finding(pointer, "missing-column", f"there is no such column; it holds {right}", near)
        elif names.count(name) > 1:
            yield Finding(pointer, "column-twice", "there are several columns of this name")
        elif not _as_good(schema.field(name).type, right):
            yield Finding(pointer, "mistyped-column", f"holds {schema.field(name).type}; {right} is right")


def _as_good(found: Any, right: Any) -> bool:
    """Lists may name their element otherwise, and long texts are texts."""
    if pa.types.is_list(right) or pa.types.is_struct(right):
        return _plain(str(found)) == _plain(str(right))
    return bool(found == right or (right == pa.string() and pa.types.is_large_string(found)))


def _plain(written: str) -> str:
    return written.replace("element: ", "item: ").replace(" not null", "")
