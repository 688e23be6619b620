"""The file of a history, or the folder of its parts, opened and checked, and the questions that a backtest asks of it.

DuckDB reads the Parquet as it goes: what a question does not name is not read, and what does not fit into `MEMORY`
waits in a temporary folder that is gone afterwards. Nothing else is written.
"""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from breather.domain.finding import Finding, Refused, nearest
from breather.domain.withdrawal import Kind
from breather.storage.backtest.columns import other_columns, spelt, wrong_columns
from breather.storage.backtest.version import Version, read

MEMORY = "3GB"
MOST_NAMED = 10
# Milliseconds: nothing was withdrawn before the first block (3 January 2009), and no file knows the year 10,000.
FIRST, LAST = 1_230_940_800_000, 253_402_300_799_999

_HEADER = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_COMMENT = re.compile(r"^--.*\n", re.MULTILINE)
_NOT_THE_FILES = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.InternalException,
    duckdb.OutOfMemoryException,
)


class History(AbstractContextManager["History"]):
    """A history under one or two versions, of which it has every column that they need. Raises Refused, with every
    finding, where it has not, and FileNotFoundError.
    """

    def __init__(self, file: Path, versions: Sequence[Version]) -> None:
        self._file = file
        self._source = _parquet(file)
        self._queries = _read_queries()
        self._spill = tempfile.TemporaryDirectory(prefix="breather-backtest-")
        self._connection = duckdb.connect()
        try:
            self._open(versions)
        except BaseException:
            self.close()
            raise

    def _open(self, versions: Sequence[Version]) -> None:
        for name, value in (
            ("memory_limit", MEMORY),
            ("temp_directory", self._spill.name),
            ("preserve_insertion_order", "false"),
            ("autoinstall_known_extensions", "false"),
            # Each question would read every part's footer again.
            ("parquet_metadata_cache", "true"),
            ("enable_progress_bar", "false"),
        ):
            self._connection.execute(f"SET {name} = '{value.replace(chr(39), chr(39) * 2)}'")
        self._refuse(list(dict.fromkeys(self._wrong_parts(versions))))
        self.withdrawals, self.first, self.last, nameless = self.one("extent", file=self._source)
        self._refuse(self._wrong_rows(nameless))

    def _wrong_parts(self, versions: Sequence[Version]) -> Iterator[Finding]:
        """Every part of a folder by itself: DuckDB takes the first one's columns for all."""
        first, *others = _parts(self._file)
        columns = self._columns(_parquet(first), first)
        yield from wrong_columns(columns, versions)
        for part in others:
            there = self._columns(_parquet(part), part)
            for finding in wrong_columns(there, versions) or other_columns(there, columns, first.name):
                yield replace(finding, pointer=f"{part.name}:{finding.pointer}")

    def refuse_repeated(self) -> None:
        """Raises Refused for a withdrawal that stands there twice: it would be counted twice."""
        if not self.one("hashes_repeated", file=self._source)[0]:
            return
        rows = self.all("repeated", numbered=_parquet(self._file, ", file_row_number = true"), most=MOST_NAMED)
        findings = []
        for withdrawal, places in rows:
            stands = ", ".join(map(str, places[:MOST_NAMED]))
            message = f"{withdrawal!r} stands in rows {stands}; a withdrawal has one row"
            findings.append(Finding(f"{self._file.name}:id", "repeated-id", message))
        self._refuse(findings)

    def close(self) -> None:
        self._connection.close()
        self._spill.cleanup()

    def __exit__(self, *raised: object) -> None:
        self.close()

    def judge(self, versions: Sequence[Version], offsets: Sequence[tuple[int, int]]) -> None:
        """Lays the rows of the first version's jurisdiction out under all versions. `offsets` are, from which instant
        on, what the campaign's clock is ahead of UTC, both in milliseconds.
        """
        needed = {feature.name: feature for version in versions for feature in version.features}
        features = [text for feature in needed.values() for text in read(feature)]
        self._run(
            "recorded",
            file=self._source,
            offset=_offset(offsets),
            features=", ".join(features),
            jurisdiction=versions[0].campaign.jurisdiction,
        )
        truths = [text for version in versions for text in version.truths()]
        frictions = [f"{version.settled()} AS {version.friction}" for version in versions]
        self._run("judged", truths=", ".join(truths) or "0", frictions=", ".join(frictions))

    def label(self, file: Path) -> None:
        """Reads the labels. Raises Refused for what is wrong with them, and FileNotFoundError."""
        csv = _is_csv(file)
        source = _csv(file) if csv else _parquet(file)
        columns = self._columns(source, file)
        name = "id" if "id" in columns and "withdrawal" not in columns else "withdrawal"
        found = [
            Finding(f"{file.name}:{column}", "missing-column", f"is missing; {wanted}", spelt(column, columns))
            for column, wanted in ((name, "it is the withdrawal's id"), ("scam", "it is true or false"))
            if column not in columns
        ]
        if not found and not csv and columns["scam"] != "BOOLEAN":
            message = f"is {columns['scam']}, and has to be BOOLEAN"
            found.append(Finding(f"{file.name}:scam", "mistyped-column", message))
        if found:
            raise Refused(f"{file} cannot be used as labels", found)
        scam = "TRY_CAST(lower(trim(scam)) AS BOOLEAN)" if csv else "scam"
        self._run("labels", file=source, id=f"CAST({name} AS VARCHAR)", scam=scam)
        count, unsaid, repeated, example = self.one("label_faults")
        faults = {
            "has no row": count == 0,
            f"{unsaid} rows lack the id, or true or false": unsaid > 0,
            f"{repeated} rows repeat a withdrawal, such as {example!r}": repeated > 0,
        }
        if wrong := [Finding(file.name, "bad-labels", message) for message, fault in faults.items() if fault]:
            raise Refused(f"{file} cannot be used as labels", wrong)
        if not self.one("any_labelled")[0]:
            label, withdrawal = self.one("examples")
            if withdrawal is None:
                return  # nobody there: that is said by whoever counts
            message = f"is about other withdrawals: it says {label!r}, and the history says {withdrawal!r}"
            raise Refused(f"{file} cannot be used as labels", [Finding(file.name, "bad-labels", message)])

    def one(self, query: str, **slots: object) -> tuple[Any, ...]:
        return self._run(query, **slots).fetchone() or ()

    def all(self, query: str, **slots: object) -> list[tuple[Any, ...]]:
        return self._run(query, **slots).fetchall()

    def _run(self, query: str, **slots: object) -> "duckdb.DuckDBPyConnection":
        try:
            return self._connection.execute(self._queries[query].format(**slots))
        except RuntimeError as error:
            if "interrupted" in str(error):  # so it is called when Ctrl-C is pressed
                raise KeyboardInterrupt from None
            raise
        except _NOT_THE_FILES:
            raise
        except duckdb.Error as error:
            # Damage in the middle of a file is met when its rows are read, and has no class of its own.
            raise _unreadable(self._file, error) from None

    def _columns(self, source: str, file: Path) -> dict[str, str]:
        try:
            query = self._queries["described"].format(file=source)
            return {name: kind for name, kind, *_ in self._connection.execute(query).fetchall()}
        except duckdb.Error as error:
            raise _unreadable(file, error) from None

    def _refuse(self, findings: Sequence[Finding]) -> None:
        if findings:
            raise Refused(f"{self._file} cannot be used as a history", findings)

    def _wrong_rows(self, nameless: int) -> list[Finding]:
        name = self._file.name
        if self.withdrawals == 0:
            return [Finding(name, "empty-history", "has no withdrawal; a backtest needs some past")]
        found = []
        if nameless:
            found.append(Finding(name, "nameless-row", f"lacks {nameless} values of id, customer_ref and at"))
        elif not FIRST <= self.first <= self.last <= LAST:
            message = f"has instants from {self.first} to {self.last}; they are milliseconds since 1970"
            found.append(Finding(f"{name}:at", "bad-instant", message))
        for (kind,) in self.all("kinds", file=self._source):
            if kind not in set(Kind):
                message = f"holds {kind!r}; a kind is one of {', '.join(Kind)}"
                found.append(
                    Finding(
                        f"{name}:feature_kind", "bad-kind", message, nearest(str(kind), [known.value for known in Kind])
                    )
                )
        return found


def _unreadable(file: Path, error: duckdb.Error) -> Refused:
    """What DuckDB says first, without where in the query, and what would be right."""
    said = " ".join(line for line in str(error).split("\n\n")[0].splitlines() if not line.startswith("Original Line"))
    said = said.removeprefix("Invalid Input Error: ").removeprefix("IO Error: ")
    right = "CSV has commas, a heading, and UTF-8" if _is_csv(file) else "it has to be whole, and Parquet"
    if not _is_csv(file) and file.suffix != ".parquet":
        right += "; the name of a CSV of labels ends in .csv"
    return Refused(f"{file} cannot be read", [Finding(file.name, "unreadable", f"{said}; {right}")])


def _offset(offsets: Sequence[tuple[int, int]]) -> str:
    """The clock's lead as an expression of the instant."""
    cases = " ".join(f'WHEN "at" >= {start} THEN {lead}' for start, lead in reversed(offsets[1:]))
    return f"CASE {cases} ELSE {offsets[0][1]} END" if cases else str(offsets[0][1])


def _parquet(file: Path, options: str = "") -> str:
    """What a folder is called is no column of the files in it, whatever DuckDB makes of `at=5/`."""
    return f"read_parquet({_named(file)}, hive_partitioning = false{options})"


def _csv(file: Path) -> str:
    return f"read_csv({_named(file)}, header = true, all_varchar = true)"


def _is_csv(file: Path) -> bool:
    return file.suffix.lower() == ".csv"


def _parts(file: Path) -> list[Path]:
    """The file, or the parts in the folder. Raises FileNotFoundError."""
    parts = sorted(file.glob("*.parquet")) if file.is_dir() else [file]
    if not parts or not file.exists():
        what = f"no *.parquet in {file}" if file.is_dir() else f"no file {file}"
        raise FileNotFoundError(f"there is {what}")
    return parts


def _named(file: Path) -> str:
    """One file, whatever its name, or the parts in a folder: brackets keep DuckDB from reading * ? [ as a pattern.

    Raises FileNotFoundError.
    """
    _parts(file)
    name = re.sub(r"([*?\[])", r"[\1]", str(file.absolute())) + ("/*.parquet" if file.is_dir() else "")
    return "'" + name.replace("'", "''") + "'"


def _read_queries() -> dict[str, str]:
    text = files(__package__).joinpath("queries.sql").read_text("utf-8")
    _, *parts = _HEADER.split(text)
    return {name: _COMMENT.sub("", sql).strip() for name, sql in zip(parts[::2], parts[1::2], strict=True)}
