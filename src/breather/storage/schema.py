"""One `schema.sql` per service in the common subset, rendered for each engine.

SQLite: STRICT alone is not strict enough, because it still coerces: '12' becomes 12, 2.0 becomes 2, and 5 in
a text column becomes '5'. So columns are ANY (which never converts) in STRICT tables, each with a generated
`typeof` check: what is bound is stored, or refused. Arithmetic that overflows 64 bits becomes a REAL and is
refused the same way. The exception is an inline BIGINT PRIMARY KEY, rendered as INTEGER PRIMARY KEY: that is
SQLite's own row number, and spares the journal a second tree.

PostgreSQL: text is compared byte by byte (COLLATE "C"), as SQLite does, whatever the locale of the cluster.

Every schema declares `meta (name, value)`, which records the service, the schema's hash and the epoch
(guarantee D5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from breather.storage.dialect import Dialect
from breather.storage.failure import QueryMistake, WrongDatabase
from breather.storage.query import Query
from breather.storage.reader import Reader
from breather.storage.session import Session
from breather.storage.table import Table, parse_table
from breather.storage.token import Token, statements, text_of, tokens
from breather.storage.transaction import Changer

PASSED_ON = (("CREATE", "INDEX"), ("CREATE", "UNIQUE", "INDEX"), ("INSERT", "INTO"))


@dataclass(frozen=True, slots=True)
class Schema:
    """`parts` in the order of the file: tables, and statements that both engines take as they are.

    `hash` is over the statements without comments and white space: a better comment is not another schema.
    """

    service: str
    parts: tuple[Table | str, ...]
    hash: str

    def rendered(self, dialect: Dialect) -> tuple[str, ...]:
        return tuple(part.rendered(dialect) if isinstance(part, Table) else part for part in self.parts)


def parse_schema(text: str, service: str) -> Schema:
    """Raises QueryMistake, naming table and column, for what is not in the common subset."""
    origin = f"the schema of {service}"
    found = list(statements(tokens(text, origin)))
    parts = tuple(_part(statement, origin) for statement in found)
    if not any(isinstance(part, Table) and part.name == "meta" for part in parts):
        raise QueryMistake(f"{origin} lacks the table meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    canonical = "\n".join(text_of(statement) for statement in found)
    return Schema(service, parts, sha256(canonical.encode()).hexdigest())


def create(session: Session, queries: Mapping[str, Query], schema: Schema, epoch: str) -> str:
    """Create the tables of an empty database; leave a matching one alone. Returns the epoch in force.

    `session` has the write lock, so that two processes starting together make one database. Commits, or
    raises WrongDatabase for any other database.
    """
    try:
        changer = Changer(session, queries)
        if not changer.all("table_names"):
            for statement in schema.rendered(session.dialect):
                session.define(statement)
            for name, value in (("service", schema.service), ("schema", schema.hash), ("epoch", epoch)):
                changer.run("insert_meta", name=name, value=value)
        found = check(changer, schema)
    except BaseException:
        session.rollback()
        raise
    session.commit()
    return found


def check(reader: Reader, schema: Schema) -> str:
    """The epoch of a database that must already be there. Raises WrongDatabase for an empty one or
    another's."""
    tables = {row["name"] for row in reader.all("table_names")}
    if not tables:
        raise WrongDatabase(f"the database is empty; start the {schema.service} service once to create it")
    if "meta" not in tables:
        raise WrongDatabase("the database holds tables, but none of ours; give this service a database of its own")
    try:
        facts = {row["name"]: row["value"] for row in reader.all("meta")}
    except QueryMistake as mistake:
        raise WrongDatabase(f"the database has a table meta, but not ours ({mistake})") from mistake
    if facts.get("service") != schema.service:
        owner = facts.get("service", "an unknown service")
        raise WrongDatabase(f"the database belongs to {owner!r}, not to {schema.service!r}; each has its own")
    if facts.get("schema") != schema.hash:
        raise WrongDatabase(
            f"the database has schema {str(facts.get('schema'))[:12]}, this version of {schema.service} has "
            f"{schema.hash[:12]}; use the version that created it, or an empty database"
        )
    return str(facts["epoch"])


def _part(statement: tuple[Token, ...], origin: str) -> Table | str:
    text = text_of(statement)
    words = tuple(text.upper().split())
    if words[:2] == ("CREATE", "TABLE"):
        return parse_table(statement, origin)
    if any(words[: len(start)] == start for start in PASSED_ON):
        return text
    raise QueryMistake(f"{origin}: {text[:60]!r} is not in the common subset; it has CREATE TABLE and CREATE INDEX")
