"""A history on its way to disk: under a temporary name, renamed when it is complete, and never written over another.

A name that ends in `.parquet` is one file; any other is a new folder of `part-00001.parquet` and so on.
"""

import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_A_GROUP = 65_536
ROWS_A_PART = 5_000_000
SUFFIX = ".parquet"
PART = "part-{:05d}" + SUFFIX
PARTS = "part-*" + SUFFIX


def refuse_target(target: Path) -> None:
    """Raises FileExistsError, and FileNotFoundError where there is nothing to write into."""
    if target.exists() or target.is_symlink():  # a link that leads nowhere is somebody's, too
        raise FileExistsError(f"{target} exists already; nothing is ever written over")
    if not target.absolute().parent.is_dir():
        raise FileNotFoundError(f"there is no folder {target.absolute().parent} to write into")


class HistoryWriter:
    """`with HistoryWriter(target, schema) as writer: writer.write(table)`. If the block raises, nothing is left."""

    def __init__(self, target: Path, schema: Any, rows_a_part: int = ROWS_A_PART) -> None:
        refuse_target(target)
        self._target = target
        self._schema = schema
        self._one_file = target.suffix == SUFFIX
        self._rows_a_part = rows_a_part
        self._unfinished = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.absolute().parent))
        self._waiting: list[Any] = []
        self._part: Any = None
        self._parts = 0
        self._rows_of_part = 0

    def __enter__(self) -> "HistoryWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
            elif self._part is not None:
                self._part.close()
        finally:
            shutil.rmtree(self._unfinished, ignore_errors=True)

    def write(self, table: Any) -> None:
        """Of the schema. Small tables are gathered into one row group: whoever reads it wants few."""
        self._waiting.append(table)
        if sum(map(len, self._waiting)) >= ROWS_A_GROUP:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting and self._part is not None:
            return
        table = pa.concat_tables(self._waiting) if self._waiting else self._schema.empty_table()
        self._waiting = []
        if self._part is None or (not self._one_file and self._rows_of_part + len(table) > self._rows_a_part):
            self._begin_part()
        self._part.write_table(table, row_group_size=ROWS_A_GROUP)
        self._rows_of_part += len(table)

    def _begin_part(self) -> None:
        if self._part is not None:
            self._part.close()
        self._parts += 1
        self._rows_of_part = 0
        path = self._unfinished / PART.format(self._parts)
        self._part = pq.ParquetWriter(path, self._schema, compression="zstd", store_schema=False)

    def _finish(self) -> None:
        self._flush()
        self._part.close()
        refuse_target(self._target)  # somebody may have been quicker
        if self._one_file:
            (self._unfinished / PART.format(1)).rename(self._target)
            return
        # A temporary folder is its maker's alone; what comes out is an ordinary one.
        self._unfinished.chmod(0o755)
        self._unfinished.rename(self._target)
