"""One schema, two renderings; and what the common subset refuses."""

import sqlite3

import pytest

from breather.storage.dialect import Dialect
from breather.storage.failure import QueryMistake
from breather.storage.schema import Schema, parse_schema

META = "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);\n"


def schema(text: str) -> Schema:
    return parse_schema(META + text, "ledger")


def test_columns_get_each_engines_types_and_checks() -> None:
    text = """
        CREATE TABLE pause (   -- what; is 'this'
            id TEXT PRIMARY KEY,
            at BIGINT NOT NULL DEFAULT 0 CHECK (at >= 0 AND at IN (0, 1)),
            seal BYTES,
            number BIGINT NOT NULL REFERENCES journal (number),
            UNIQUE (at, number)
        );
    """
    assert schema(text).rendered(Dialect.SQLITE)[1] == (
        "CREATE TABLE pause ("
        "id ANY PRIMARY KEY CHECK (typeof(id) = 'text'), "
        "at ANY NOT NULL DEFAULT 0 CHECK (at >= 0 AND at IN (0, 1)) CHECK (typeof(at) = 'integer'), "
        "seal ANY CHECK (typeof(seal) IN ('blob', 'null')), "
        "number ANY NOT NULL REFERENCES journal (number) CHECK (typeof(number) = 'integer'), "
        "UNIQUE (at, number)) STRICT"
    )
    assert schema(text).rendered(Dialect.POSTGRESQL)[1] == (
        'CREATE TABLE pause (id TEXT COLLATE "C" PRIMARY KEY, '
        "at BIGINT NOT NULL DEFAULT 0 CHECK (at >= 0 AND at IN (0, 1)), "
        "seal BYTEA, "
        "number BIGINT NOT NULL REFERENCES journal (number), "
        "UNIQUE (at, number))"
    )


def test_the_journals_key_is_sqlites_own_row_number() -> None:
    text = "CREATE TABLE journal (number BIGINT PRIMARY KEY, at BIGINT NOT NULL)"
    assert schema(text).rendered(Dialect.SQLITE)[1].startswith("CREATE TABLE journal (number INTEGER PRIMARY KEY, ")


def test_null_is_refused_in_every_column_of_a_key() -> None:
    """SQLite allows it where PostgreSQL does not."""
    text = "CREATE TABLE pair (a TEXT, b TEXT, PRIMARY KEY (a, b))"
    rendering = schema(text).rendered(Dialect.SQLITE)[1]
    assert "typeof(a) = 'text'" in rendering
    assert "typeof(b) = 'text'" in rendering
    connection = sqlite3.connect(":memory:")
    connection.execute(rendering)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO pair VALUES ('x', NULL)")
    connection.close()


def test_indexes_pass_unchanged_and_in_order() -> None:
    text = "CREATE UNIQUE INDEX one ON meta (value) WHERE name <> ';'; CREATE INDEX two ON meta (value)"
    for dialect in Dialect:
        assert schema(text).rendered(dialect)[1:] == (
            "CREATE UNIQUE INDEX one ON meta (value) WHERE name <> ';'",
            "CREATE INDEX two ON meta (value)",
        )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("CREATE TABLE a (id TXT)", "table a: column id has type 'TXT'; did you mean TEXT"),
        ("CREATE TABLE a (id BIGNIT)", "did you mean BIGINT"),
        ("CREATE TABLE a (id bigint)", "did you mean BIGINT"),
        ("CREATE TABLE a (mean REAL)", "the types are TEXT, BIGINT, BYTES"),
        ("CREATE TABLE a (id)", "'id' is not a column"),
        ("CREATE TABLE a (id TEXT,)", "'' is not a column"),
        ("CREATE TABLE a AS SELECT 1", "is not CREATE TABLE name"),
        ("CREATE TABLE a (id TEXT) WITHOUT ROWID", "is not CREATE TABLE name"),
        ("CREATE VIEW a AS SELECT 1", "is not in the common subset"),
        ("CREATE TABLE a (id TEXT DEFAULT 'x)", "has no end"),
    ],
)
def test_what_is_not_common_is_refused_by_name(text: str, told: str) -> None:
    with pytest.raises(QueryMistake, match=told):
        schema(text)


def test_a_schema_without_meta_is_refused() -> None:
    with pytest.raises(QueryMistake, match="the schema of ledger lacks the table meta"):
        parse_schema("CREATE TABLE a (id TEXT)", "ledger")


def test_the_hash_is_of_the_statements_and_not_of_their_layout() -> None:
    one = schema("CREATE TABLE a (id TEXT, at BIGINT);")
    assert schema("\n\n-- comment\nCREATE TABLE  a (id TEXT, /* why */ at BIGINT)").hash == one.hash
    assert schema("CREATE TABLE a (id TEXT, at BIGINT NOT NULL);").hash != one.hash
    assert schema("CREATE TABLE a (id TEXT, at BIGINT DEFAULT 1)").hash != one.hash
