"""Named queries: what a file may say, what each engine gets, and what is refused with which words."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breather.storage.dialect import Dialect
from breather.storage.failure import QueryMistake
from breather.storage.query import Queries, find_query, parse_queries, read_queries, repeated


def rendered(body: str, dialect: Dialect, *, shared: bool = True) -> str:
    (query,) = parse_queries(f"-- name: it\n{body}", dialect, "queries.sql", shared=shared)
    return query.sql


@pytest.mark.parametrize(
    ("source", "sqlite", "postgresql"),
    [
        ("SELECT :a", "SELECT :a", "SELECT %(a)s"),
        ("SELECT :a + :a, :a_b2", "SELECT :a + :a, :a_b2", "SELECT %(a)s + %(a)s, %(a_b2)s"),
        ("SELECT x % 2", "SELECT x % 2", "SELECT x %% 2"),
        ("SELECT '100%'", "SELECT '100%'", "SELECT '100%%'"),
        ("SELECT ':a', 'it''s :b'", "SELECT ':a', 'it''s :b'", "SELECT ':a', 'it''s :b'"),
        ('SELECT ":a"', 'SELECT ":a"', 'SELECT ":a"'),
        ("SELECT '%(a)s'", "SELECT '%(a)s'", "SELECT '%%(a)s'"),
        ("SELECT CAST(:a AS BYTES)", "SELECT CAST(:a AS BLOB)", "SELECT CAST(%(a)s AS BYTEA)"),
        ("SELECT 'BYTES' AS bytes", "SELECT 'BYTES' AS bytes", "SELECT 'BYTES' AS bytes"),
        ("SELECT 1 -- :no ; 'quote\n , 2", "SELECT 1 , 2", "SELECT 1 , 2"),
        ("SELECT /* :no ; \n ' */ 1", "SELECT 1", "SELECT 1"),
        ("SELECT\n   1\n;\n", "SELECT 1", "SELECT 1"),
        ("SELECT 'a\n  b;'", "SELECT 'a\n  b;'", "SELECT 'a\n  b;'"),
        ("SELECT 12:a", "SELECT 12:a", "SELECT 12%(a)s"),
    ],
)
def test_each_engine_gets_its_own_form(source: str, sqlite: str, postgresql: str) -> None:
    assert rendered(source, Dialect.SQLITE) == sqlite
    assert rendered(source, Dialect.POSTGRESQL) == postgresql


def test_casts_of_a_dialect_file_are_not_parameters() -> None:
    (query,) = parse_queries("-- name: it\nSELECT :a::bigint, x::text", Dialect.POSTGRESQL, "f", shared=False)
    assert query.sql == "SELECT %(a)s::bigint, x::text"
    assert query.parameters == {"a"}


def test_parameters_are_collected_once_each() -> None:
    (query,) = parse_queries("-- name: it\nSELECT :b, :a, ':c', :b", Dialect.SQLITE, "f")
    assert query.parameters == {"a", "b"}


@given(text=st.text(st.characters(exclude_characters="'", exclude_categories=["Cs"]), max_size=40))
def test_whatever_a_string_holds_arrives_unchanged(text: str) -> None:
    assert rendered(f"SELECT '{text}', :p", Dialect.SQLITE) == f"SELECT '{text}', :p"
    # What psycopg makes of the template: %% becomes %.
    template = rendered(f"SELECT '{text}', :p", Dialect.POSTGRESQL)
    assert template % {"p": "$1"} == f"SELECT '{text}', $1"


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("SELECT 1;\n-- name: a\nSELECT 2", "SQL before the first"),
        ("-- name: Insert-It\nSELECT 1", "'Insert-It' is not a query name"),
        ("-- name:\nSELECT 1", "'' is not a query name"),
        ("-- name: a\n-- only a comment\n", "query a has 0 statements"),
        ("-- name: a\nSELECT 1; SELECT 2;", "query a has 2 statements"),
        ("-- name: a\nSELECT 'open", "line 2: what begins with ' has no end"),
        ("-- name: a\nSELECT 1 /* open", r"line 2: what begins with / has no end"),
        ("-- name: a\nSELECT :a::bigint", ":: is not in the common subset"),
        ("-- name: a\nSELECT a like 'b'", "like is not in the common subset"),
        ("-- name: a\nSELECT a->>'b'", "->> is not in the common subset"),
        ("-- name: a\nSELECT ?", r"\? is not in the common subset"),
        ("-- name: a\nSELECT CAST(:a AS BYTEA)", "BYTEA is not in the common subset"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_why(file: str, told: str) -> None:
    with pytest.raises(QueryMistake, match=told) as caught:
        list(parse_queries(file, Dialect.SQLITE, "queries.sql"))
    assert "queries.sql" in str(caught.value)


REPEATING = "INSERT INTO x (a, b) VALUES (:b, CAST(:a AS BYTES)), ... ON CONFLICT (a) DO NOTHING"


@pytest.mark.parametrize(
    ("dialect", "row"), [(Dialect.SQLITE, "(?, CAST(? AS BLOB))"), (Dialect.POSTGRESQL, "(%s, CAST(%s AS BYTEA))")]
)
def test_a_row_that_three_dots_follow_is_written_as_often_as_there_are_rows(dialect: Dialect, row: str) -> None:
    (query,) = parse_queries(f"-- name: it\n{REPEATING}", dialect, "f")
    assert query.parameters == {"a", "b"}
    assert query.order == ("b", "a")
    assert repeated(query, 1).sql == f"INSERT INTO x (a, b) VALUES {row} ON CONFLICT (a) DO NOTHING"
    assert repeated(query, 3).sql == f"INSERT INTO x (a, b) VALUES {row}, {row}, {row} ON CONFLICT (a) DO NOTHING"
    assert repeated(query, 3).name == "it(3)"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("SELECT :c WHERE a IN (VALUES (:a), ...)", "put them into it"),
        ("SELECT a IN (VALUES (:a), ...) OR b IN (VALUES (:b), ...)", "three dots follow one row"),
        ("SELECT :a, ...", "three dots follow one row"),
        ("SELECT a), ...", "three dots follow one row"),
    ],
)
def test_what_cannot_be_repeated_says_so(body: str, told: str) -> None:
    with pytest.raises(QueryMistake, match=told):
        list(parse_queries(f"-- name: it\n{body}", Dialect.SQLITE, "f"))


COLUMNS = "INSERT INTO x (a, b) SELECT b, a FROM unnest(CAST(:b AS BIGINT[]), CAST(:a AS BYTES[])) AS one (a, b)"


def test_postgresql_may_take_columns_as_arrays_of_a_type() -> None:
    (query,) = parse_queries(f"-- name: it\n{COLUMNS}", Dialect.POSTGRESQL, "f", shared=False)
    assert query.parameters == {"a", "b"}
    assert (query.order, query.arrays) == (("b", "a"), ("BIGINT", "BYTES"))
    assert "unnest(CAST(%s AS BIGINT[]), CAST(%s AS BYTEA[]))" in query.sql
    assert query.is_for_rows


@pytest.mark.parametrize(
    ("dialect", "body", "told"),
    [
        (Dialect.SQLITE, COLUMNS, "they belong into a file for postgresql"),
        (Dialect.POSTGRESQL, "SELECT CAST(:a AS TEXT[]), :b", "each of its parameters is one"),
        (Dialect.POSTGRESQL, "SELECT CAST(:a AS TEXT[]), CAST(:a AS TEXT[])", "is written once"),
        (Dialect.POSTGRESQL, "SELECT CAST(:a AS NUMERIC[])", "array of NUMERIC; the types are TEXT, BIGINT, BYTES"),
    ],
)
def test_arrays_that_cannot_be_bound_say_so(dialect: Dialect, body: str, told: str) -> None:
    with pytest.raises(QueryMistake, match=told):
        list(parse_queries(f"-- name: it\n{body}", dialect, "f", shared=False))


def test_what_is_asked_for_many_rows_is_so_on_both_engines(tmp_path: Path) -> None:
    single = "-- name: a\nSELECT :x"
    rows = "-- name: a\nSELECT * FROM unnest(CAST(:x AS TEXT[]))"
    with pytest.raises(QueryMistake, match="for many rows on one engine and for one on the other"):
        folder(tmp_path, queries=single, queries__postgresql=rows)


def test_a_query_without_a_row_cannot_be_repeated() -> None:
    (query,) = parse_queries("-- name: it\nSELECT :a", Dialect.SQLITE, "f")
    with pytest.raises(QueryMistake, match="no row that is repeated"):
        repeated(query, 2)


def folder(path: Path, **files: str) -> Queries:
    for name, text in files.items():
        (path / f"{name.replace('__', '.')}.sql").write_text(text, encoding="utf-8")
    return read_queries(path)


def test_a_dialect_file_overrides_and_adds(tmp_path: Path) -> None:
    queries = folder(
        tmp_path,
        schema="CREATE TABLE x (id TEXT)",
        queries="-- name: a\nSELECT 1\n-- name: b\nSELECT 2",
        queries__sqlite="-- name: a\nSELECT 10\n-- name: c\nSELECT 3",
        queries__postgresql="-- name: c\nSELECT 30",
    )
    assert {name: query.sql for name, query in queries.of(Dialect.SQLITE).items()} == {
        "a": "SELECT 10",
        "b": "SELECT 2",
        "c": "SELECT 3",
    }
    assert {name: query.sql for name, query in queries.of(Dialect.POSTGRESQL).items()} == {
        "a": "SELECT 1",
        "b": "SELECT 2",
        "c": "SELECT 30",
    }
    assert queries.sqlite["a"].origin == "queries.sqlite.sql"


def test_both_engines_need_every_name(tmp_path: Path) -> None:
    with pytest.raises(QueryMistake, match="query c exists for sqlite only"):
        folder(tmp_path, queries="-- name: a\nSELECT 1", queries__sqlite="-- name: c\nSELECT 3")


def test_both_engines_need_the_same_parameters(tmp_path: Path) -> None:
    with pytest.raises(QueryMistake, match="query a: parameter y exists on one engine only"):
        folder(tmp_path, queries="-- name: a\nSELECT :x", queries__sqlite="-- name: a\nSELECT :x, :y")


def test_a_name_is_used_once(tmp_path: Path) -> None:
    with pytest.raises(QueryMistake, match=r"query a is in more\.sql and in queries\.sql"):
        folder(tmp_path, queries="-- name: a\nSELECT 1", more="-- name: a\nSELECT 2")


def test_a_misspelt_engine_is_suggested(tmp_path: Path) -> None:
    with pytest.raises(QueryMistake, match="'postgres' is no engine; did you mean 'postgresql'"):
        folder(tmp_path, queries__postgres="-- name: a\nSELECT 1")


def test_joined_sets_share_no_name(tmp_path: Path) -> None:
    one = folder(tmp_path, queries="-- name: a\nSELECT 1")
    with pytest.raises(QueryMistake, match="query a is in"):
        one.joined(one)


def test_finding_suggests_the_nearest_name_only_when_there_is_one(tmp_path: Path) -> None:
    queries = folder(tmp_path, queries="-- name: insert_withdrawal\nSELECT 1").sqlite
    assert find_query(queries, "insert_withdrawal").name == "insert_withdrawal"
    with pytest.raises(QueryMistake, match="did you mean 'insert_withdrawal'"):
        find_query(queries, "insert_withdrawl")
    with pytest.raises(QueryMistake, match=r"there is no query 'zzz'$"):
        find_query(queries, "zzz")
