"""Named queries: written once in `.sql` files, rendered for each engine.

    -- name: insert_heartbeat
    INSERT INTO heartbeat (process, at) VALUES (:process, :at);

`queries.sql` is shared; `queries.sqlite.sql` and `queries.postgresql.sql` override or add names for one
engine. Both engines must end up with the same names and parameters, or a use case would run on one of them
only.

What is asked about many things at once has a row of parameters that is written once and repeated:

    SELECT state FROM profile WHERE (kind, key) IN (VALUES (:kind, :key), ...);

PostgreSQL may take the columns of these rows as arrays instead, whatever their number: one statement, which the server
plans once, where repeated rows are another statement for each number of them, and for each place of a NULL.

    SELECT state FROM unnest(CAST(:kind AS TEXT[]), CAST(:key AS TEXT[])) AS wanted (kind, key) ...;
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources.abc import Traversable
from operator import itemgetter
from typing import Any

from breather.domain.finding import nearest
from breather.storage.dialect import TYPES, Dialect
from breather.storage.failure import QueryMistake
from breather.storage.token import Kind, Token, statements, tokens

HEADER = re.compile(r"^--[ \t]*name:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
SCHEMA_FILE = "schema.sql"
REPEATED = ", ..."  # no SQL of either engine holds three dots
# Each of these means something else, or nothing, on the other engine; a dialect file may use its own
# engine's.
NOT_COMMON = frozenset({"LIKE", "ILIKE", "GLOB", "REGEXP", "SIMILAR", "BYTEA", "BLOB", "::", "->", "->>", "?", "$"})


@dataclass(frozen=True, slots=True)
class Query:
    """`sql` is in the engine's own form: `:name` for SQLite, `%(name)s` with every other % doubled for
    psycopg. With a `row`, its parameters are bound by position in the order of `order`, row after row. With `arrays`,
    the type of each in that order, a parameter is bound to all its values, one for each row."""

    name: str
    sql: str
    parameters: frozenset[str]
    origin: str
    row: str = ""
    order: tuple[str, ...] = ()
    arrays: tuple[str, ...] = ()

    @property
    def is_for_rows(self) -> bool:
        """Asked for many rows of parameters together, and never for one."""
        return bool(self.order)

    def picker(self) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
        """From a row by name to its values in their order. What it gives raises KeyError."""
        return _picker(self.order)


@lru_cache(maxsize=1024)
def _picker(order: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(order) == 1:
        return lambda given: (given[order[0]],)
    return itemgetter(*order)


@lru_cache(maxsize=1024)
def repeated(query: Query, times: int) -> Query:
    """The query for `times` rows. Raises QueryMistake for one that has no row to repeat."""
    if not query.row:
        raise QueryMistake(f"query {query.name} has no row that is repeated: write VALUES (:name), ...")
    rows = ", ".join([query.row] * times)
    return Query(f"{query.name}({times})", query.sql.replace(REPEATED, rows), query.parameters, query.origin)


@dataclass(frozen=True, slots=True)
class Queries:
    """The same names for both engines."""

    sqlite: Mapping[str, Query]
    postgresql: Mapping[str, Query]

    def of(self, dialect: Dialect) -> Mapping[str, Query]:
        return self.sqlite if dialect is Dialect.SQLITE else self.postgresql

    def joined(self, other: "Queries") -> "Queries":
        """Both sets; a name in both is a mistake."""
        if twice := self.sqlite.keys() & other.sqlite.keys():
            name = min(twice)
            raise QueryMistake(f"query {name} is in {self.sqlite[name].origin} and in {other.sqlite[name].origin}")
        return Queries({**self.sqlite, **other.sqlite}, {**self.postgresql, **other.postgresql})


def read_queries(folder: Traversable) -> Queries:
    """All `.sql` files of one folder except `schema.sql`.

    Raises QueryMistake for a file that cannot be used, and for names or parameters that differ between the
    engines.
    """
    found: dict[str, dict[Dialect, dict[str, Query]]] = {"shared": {}, "own": {}}
    for dialect in Dialect:
        found["shared"][dialect] = {}
        found["own"][dialect] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".sql") or file.name == SCHEMA_FILE:
            continue
        owner = _dialect_of(file.name)
        text = file.read_text(encoding="utf-8")
        for dialect in Dialect if owner is None else (owner,):
            into = found["shared" if owner is None else "own"][dialect]
            for query in parse_queries(text, dialect, file.name, shared=owner is None):
                if query.name in into:
                    raise QueryMistake(f"query {query.name} is in {into[query.name].origin} and in {query.origin}")
                into[query.name] = query
    sqlite, postgresql = ({**found["shared"][dialect], **found["own"][dialect]} for dialect in Dialect)
    _hold_equal(sqlite, postgresql)
    return Queries(sqlite, postgresql)


def parse_queries(text: str, dialect: Dialect, origin: str, *, shared: bool = True) -> Iterator[Query]:
    """The queries of one file as `dialect` wants them. `origin` names the file in messages."""
    pieces = HEADER.split(text)
    if next(statements(tokens(pieces[0], origin)), None):
        raise QueryMistake(f"{origin}: SQL before the first '-- name:' line has no name")
    for name, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if not NAME.fullmatch(name):
            raise QueryMistake(f"{origin}: {name!r} is not a query name; write it like insert_withdrawal")
        found = list(statements(tokens(body, origin)))
        if len(found) != 1:
            raise QueryMistake(f"{origin}: query {name} has {len(found)} statements; exactly one is right")
        if shared:
            _hold_common(found[0], f"{origin}: query {name}")
        yield _rendered(name, found[0], dialect, origin)


def find_query(queries: Mapping[str, Query], name: str) -> Query:
    """Raises QueryMistake with the nearest name."""
    query = queries.get(name)
    if query is None:
        near = nearest(name, queries)
        raise QueryMistake(f"there is no query {name!r}" + (f"; did you mean {near!r}?" if near else ""))
    return query


def parameter_mistake(query: Query, given: Mapping[str, object]) -> QueryMistake:
    """Names what is missing and what is too much."""
    missing = sorted(query.parameters - given.keys())
    extra = sorted(given.keys() - query.parameters)
    parts = [f"{words} {', '.join(names)}" for words, names in (("missing", missing), ("unknown", extra)) if names]
    takes = ", ".join(sorted(query.parameters)) or "no parameters"
    return QueryMistake(f"query {query.name} ({query.origin}): {'; '.join(parts)}; it takes {takes}")


def _dialect_of(file_name: str) -> Dialect | None:
    words = file_name.removesuffix(".sql").split(".")
    if len(words) == 1:
        return None
    try:
        return Dialect(words[-1])
    except ValueError:
        near = nearest(words[-1], [dialect.value for dialect in Dialect])
        hint = f"; did you mean {near!r}?" if near else ""
        raise QueryMistake(f"{file_name}: {words[-1]!r} is no engine{hint}") from None


def _rendered(name: str, source: tuple[Token, ...], dialect: Dialect, origin: str) -> Query:
    if found := _arrays(source):
        return _with_arrays(name, source, found, dialect, origin)
    row = _repeated_row(source, f"{origin}: query {name}")
    order = tuple(token.text[1:] for token in source[row] if token.kind is Kind.PARAMETER)
    parameters = frozenset(token.text[1:] for token in source if token.kind is Kind.PARAMETER)
    if not order:
        return Query(name, "".join(_written(token, dialect) for token in source), parameters, origin)
    mark = "?" if dialect is Dialect.SQLITE else "%s"
    one = "".join(mark if token.kind is Kind.PARAMETER else _written(token, dialect) for token in source[row])
    before, after = source[: row.start], source[row.stop + len(REPEATED) :]
    if any(token.kind is Kind.PARAMETER for token in (*before, *after)):
        raise QueryMistake(f"{origin}: query {name} has parameters beside the row that is repeated; put them into it")
    around = [_written(token, dialect) for token in before], [_written(token, dialect) for token in after]
    return Query(name, "".join((*around[0], REPEATED, *around[1])), parameters, origin, one, order)


def _arrays(source: tuple[Token, ...]) -> tuple[tuple[str, str], ...]:
    """Name and type of each parameter that is written CAST(:name AS TYPE[])."""
    texts = [token.text for token in source]
    return tuple(
        (texts[at][1:], texts[at + 4])
        for at, token in enumerate(source)
        if token.kind is Kind.PARAMETER and texts[at + 5 : at + 7] == ["[", "]"]
    )


def _with_arrays(
    name: str, source: tuple[Token, ...], found: tuple[tuple[str, str], ...], dialect: Dialect, origin: str
) -> Query:
    place = f"{origin}: query {name}"
    if dialect is not Dialect.POSTGRESQL:
        raise QueryMistake(f"{place} has arrays, and {dialect} has none; they belong into a file for postgresql")
    written = [token.text[1:] for token in source if token.kind is Kind.PARAMETER]
    if written != [column for column, _ in found] or len(set(written)) < len(written):
        raise QueryMistake(f"{place} has arrays: each of its parameters is one then, and is written once")
    if wrong := sorted({kind for _, kind in found} - set(TYPES)):
        raise QueryMistake(f"{place} has an array of {wrong[0]}; the types are {', '.join(TYPES)}")
    sql = "".join("%s" if token.kind is Kind.PARAMETER else _written(token, dialect) for token in source)
    return Query(name, sql, frozenset(written), origin, "", tuple(written), tuple(kind for _, kind in found))


def _written(token: Token, dialect: Dialect) -> str:
    if token.kind is Kind.PARAMETER:
        return token.text if dialect is Dialect.SQLITE else f"%({token.text[1:]})s"
    if token.kind is Kind.WORD and token.text == "BYTES":
        return dialect.bytes_word
    return token.text if dialect is Dialect.SQLITE else token.text.replace("%", "%%")


def _repeated_row(source: tuple[Token, ...], place: str) -> slice:
    """Where the row stands that three dots follow, brackets included; empty where there are none."""
    texts = [token.text for token in source]
    dots = [at for at in range(len(texts)) if texts[at : at + len(REPEATED)] == list(REPEATED)]
    if not dots:
        return slice(0, 0)
    depth, end = 0, dots[0]
    for at in range(end - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(texts[at], 0)
        if depth == 0:
            break
    if len(dots) > 1 or depth or texts[end - 1] != ")":
        raise QueryMistake(f"{place}: three dots follow one row in brackets, as in VALUES (:name), ...")
    return slice(at, end)


def _hold_common(source: tuple[Token, ...], place: str) -> None:
    for token in source:
        if token.kind not in (Kind.STRING, Kind.QUOTED) and token.text.upper() in NOT_COMMON:
            raise QueryMistake(f"{place}: {token.text} is not in the common subset; use a dialect file for each engine")


def _hold_equal(sqlite: Mapping[str, Query], postgresql: Mapping[str, Query]) -> None:
    if alone := sqlite.keys() ^ postgresql.keys():
        name = min(alone)
        engine = Dialect.SQLITE if name in sqlite else Dialect.POSTGRESQL
        raise QueryMistake(f"query {name} exists for {engine} only; the other engine needs it too")
    for name, query in sqlite.items():
        if differing := query.parameters ^ postgresql[name].parameters:
            raise QueryMistake(f"query {name}: parameter {min(differing)} exists on one engine only")
        if query.is_for_rows != postgresql[name].is_for_rows:
            raise QueryMistake(f"query {name} is asked for many rows on one engine and for one on the other")
