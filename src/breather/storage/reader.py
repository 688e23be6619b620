"""Reading by query name. Pages are given a `Reader`: what they hold cannot write."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, cycle, repeat
from typing import Any, TypeVar

from breather.storage.failure import QueryMistake, RowRefused
from breather.storage.query import Query, find_query, parameter_mistake, repeated
from breather.storage.session import Session

Row = dict[str, Any]  # column name to int, str, bytes or None
T = TypeVar("T")

# Exactly these need no thought; everything else is looked at by `_plain`.
PLAIN = frozenset({int, str, bytes, type(None)})
MOST_TOGETHER = 64


class Reader:
    """Named queries within one snapshot. Raises QueryMistake when used after its transaction has ended."""

    def __init__(self, session: Session, queries: Mapping[str, Query]) -> None:
        self._session = session
        self._queries = queries
        self._ended = False

    def one(self, name: str, /, **parameters: Any) -> Row | None:
        """The only row, or None. Two rows are a mistake, never a choice."""
        columns, rows = self._session.rows(*self._bound(name, parameters))
        return dict(zip(columns, _only(name, rows), strict=True)) if rows else None

    def all(self, name: str, /, **parameters: Any) -> list[Row]:
        """Every row, in the order of the query."""
        columns, rows = self._session.rows(*self._bound(name, parameters))
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def one_as(self, cls: type[T], name: str, /, **parameters: Any) -> T | None:
        """Like `one`, built as `cls(**row)`: a dataclass or struct whose fields are the query's columns."""
        row = self.one(name, **parameters)
        return None if row is None else _built(cls, name, row)

    def all_as(self, cls: type[T], name: str, /, **parameters: Any) -> list[T]:
        """Like `all`, each row built as `cls(**row)`."""
        return [_built(cls, name, row) for row in self.all(name, **parameters)]

    def each(self, name: str, rows: Sequence[Mapping[str, Any]], /) -> list[Row]:
        """What the query gives for `rows` of parameters, asked together; in order within what was asked together."""
        found: list[Row] = []
        for query, values in self._repeated(name, rows):
            columns, given = self._session.rows(query, values)
            found += [dict(zip(columns, row, strict=True)) for row in given]
        return found

    def end(self) -> None:
        """After this, whoever kept the object gets a mistake instead of somebody else's transaction."""
        self._ended = True

    def _bound(self, name: str, parameters: dict[str, Any]) -> tuple[Query, dict[str, Any]]:
        query = self._asked(name)
        if query.is_for_rows:
            raise QueryMistake(f"query {name} is asked for many rows: use each() or run_each()")
        if parameters.keys() != query.parameters:
            raise parameter_mistake(query, parameters)
        return query, {key: _storable(query, key, value) for key, value in parameters.items()}

    def _repeated(self, name: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Query, tuple[Any, ...]]]:
        """As a whole where the engine takes arrays. Otherwise in pieces of which there are few lengths: each length is
        a statement that the engine keeps prepared.
        """
        query = self._asked(name)
        given = _in_order(query, rows)
        if query.arrays:
            if given:
                yield (
                    query,
                    tuple(
                        list(column) if _all_plain(column) else [_storable(query, key, value) for value in column]
                        for key, column in zip(query.order, zip(*given, strict=True), strict=True)
                    ),
                )
            return
        first = 0
        while left := len(rows) - first:
            times = min(1 << (left.bit_length() - 1), MOST_TOGETHER)
            values = tuple(chain.from_iterable(given[first : first + times]))
            if not _all_plain(values):
                values = tuple(map(_storable, repeat(query), cycle(query.order), values))
            yield repeated(query, times), values
            first += times

    def _storable_row(self, name: str, row: Mapping[str, Any]) -> dict[str, Any]:
        query = self._asked(name)
        return {key: _storable(query, key, value) for key, value in row.items()}

    def _asked(self, name: str) -> Query:
        if self._ended:
            raise QueryMistake(f"query {name!r} was asked after its transaction had ended")
        return self._queries.get(name) or find_query(self._queries, name)


def _in_order(query: Query, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """The values of each row as the statement takes them. Raises QueryMistake for a row with other names."""
    if not query.is_for_rows:
        raise QueryMistake(f"query {query.name} has no row that is repeated: write VALUES (:name), ...")
    wanted, picked = len(query.parameters), query.picker()
    try:
        given = [picked(row) for row in rows if len(row) == wanted]
    except KeyError:
        given = []
    if len(given) < len(rows):
        raise parameter_mistake(query, next(row for row in rows if row.keys() != query.parameters))
    return given


def _all_plain(values: Sequence[Any]) -> bool:
    """Whether nothing in it needs a second look: for a thousand values in some microseconds."""
    kinds = set(map(type, values))
    if not kinds <= PLAIN:
        return False
    return str not in kinds or "\0" not in "".join([value for value in values if type(value) is str])


def _storable(query: Query, key: str, value: Any) -> Any:
    kind = type(value)
    if kind not in PLAIN:
        return _plain(query, key, value)
    if kind is str and "\0" in value:
        raise RowRefused(f"query {query.name}: parameter {key} contains U+0000, which PostgreSQL cannot store")
    return value


def _plain(query: Query, key: str, value: object) -> int | str | bytes:
    """Enum members and booleans as what they are underneath; a float never, because money and instants are
    exact."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    kind = type(value).__name__
    raise RowRefused(f"query {query.name}: parameter {key} is {kind}; int, str, bytes or None is right")


def _only(name: str, rows: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    if len(rows) > 1:
        raise QueryMistake(f"query {name} gave {len(rows)} rows where one was asked for; use all(), or LIMIT 1")
    return rows[0]


def _built(cls: type[T], name: str, row: Row) -> T:
    try:
        return cls(**row)
    except TypeError as error:
        columns = ", ".join(row)
        raise QueryMistake(f"query {name} gives {columns}, which is not what {cls.__name__} takes: {error}") from error
