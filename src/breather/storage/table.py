"""CREATE TABLE of the common subset, read so that each engine can be given its own types and checks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from breather.domain.finding import nearest
from breather.storage.dialect import TYPES, Dialect
from breather.storage.failure import QueryMistake
from breather.storage.token import Kind, Token, text_of

CONSTRAINTS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})
STORED_AS: Mapping[str, str] = {"TEXT": "text", "BIGINT": "integer", "BYTES": "blob"}


@dataclass(frozen=True, slots=True)
class Column:
    """`rest` is what follows the type, as written: NOT NULL, DEFAULT, REFERENCES ..."""

    name: str
    type: str
    rest: str

    @property
    def is_key(self) -> bool:
        return "PRIMARY KEY" in self.rest.upper()

    def rendered(self, dialect: Dialect, *, required: bool) -> str:
        """`required`: NULL is refused. SQLite, unlike PostgreSQL, would let NULL into a primary key."""
        if dialect is Dialect.POSTGRESQL:
            words = {"TEXT": 'TEXT COLLATE "C"', "BYTES": dialect.bytes_word}.get(self.type, self.type)
            return f"{self.name} {words} {self.rest}".rstrip()
        if self.is_key and self.type == "BIGINT":
            return f"{self.name} INTEGER {self.rest}".rstrip()
        kinds = f"= '{STORED_AS[self.type]}'" if required else f"IN ('{STORED_AS[self.type]}', 'null')"
        return f"{self.name} ANY {self.rest}".rstrip() + f" CHECK (typeof({self.name}) {kinds})"


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    constraints: tuple[str, ...]
    key: frozenset[str]

    def rendered(self, dialect: Dialect) -> str:
        columns = [
            column.rendered(dialect, required=column.name in self.key or "NOT NULL" in column.rest.upper())
            for column in self.columns
        ]
        # A key of several columns is then the table's own order, and not a second tree beside it.
        several = any(constraint.upper().startswith("PRIMARY") for constraint in self.constraints)
        rowless = ", WITHOUT ROWID" if several else ""
        strict = f" STRICT{rowless}" if dialect is Dialect.SQLITE else ""
        return f"CREATE TABLE {self.name} ({', '.join([*columns, *self.constraints])}){strict}"


def parse_table(statement: tuple[Token, ...], origin: str) -> Table:
    """Raises QueryMistake for anything but `CREATE TABLE name (columns, constraints)`."""
    words = [token for token in statement if token.kind is not Kind.SPACE]
    shape = [token.text.upper() for token in (*words[:2], *words[3:4], *words[-1:])]
    if shape != ["CREATE", "TABLE", "(", ")"] or words[2].kind is not Kind.WORD:
        raise QueryMistake(f"{origin}: {text_of(statement)[:60]!r} is not CREATE TABLE name (columns)")
    name = words[2].text
    start = next(place for place, token in enumerate(statement) if token.text == "(")
    columns: list[Column] = []
    constraints: list[str] = []
    key: set[str] = set()
    for item in _items(statement[start + 1 : -1]):
        first = next((token.text for token in item), "")
        if first.upper() in CONSTRAINTS:
            constraints.append(text_of(item))
            key |= _key_of(item)
        else:
            column = _column(item, f"{origin}: table {name}")
            columns.append(column)
            key |= {column.name} if column.is_key else set()
    return Table(name, tuple(columns), tuple(constraints), frozenset(key))


def _items(body: tuple[Token, ...]) -> Iterator[tuple[Token, ...]]:
    depth = 0
    current: list[Token] = []
    for token in (*body, Token(Kind.SYMBOL, ",")):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "," and depth == 0:
            yield tuple(_trimmed(current))
            current = []
        else:
            current.append(token)


def _trimmed(item: list[Token]) -> list[Token]:
    start = 1 if item and item[0].kind is Kind.SPACE else 0
    end = len(item) - 1 if item and item[-1].kind is Kind.SPACE else len(item)
    return item[start:end]


def _column(item: tuple[Token, ...], place: str) -> Column:
    words = [token.text for token in item if token.kind is not Kind.SPACE]
    if len(words) < 2:
        raise QueryMistake(f"{place}: {text_of(item)!r} is not a column; one is: decided_at BIGINT NOT NULL")
    name, kind = words[:2]
    if kind not in TYPES:
        near = nearest(kind.upper(), TYPES)
        hint = f"; did you mean {near}?" if near else f"; the types are {', '.join(TYPES)}"
        raise QueryMistake(f"{place}: column {name} has type {kind!r}{hint}")
    return Column(name, kind, text_of(item[3:]).strip())


def _key_of(item: tuple[Token, ...]) -> set[str]:
    words = [token.text for token in item if token.kind is not Kind.SPACE]
    if [word.upper() for word in words[:3]] != ["PRIMARY", "KEY", "("]:
        return set()
    return {word for word in words[3:-1] if word != ","}
