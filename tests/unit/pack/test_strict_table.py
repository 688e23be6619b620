"""Strict tables: the right type or a finding at the right place, and nothing read in silence."""

from datetime import date

import pytest

from breather.domain.finding import Finding
from breather.domain.instant import parse_instant
from breather.protocol.strict_table import ENTRIES_LIMIT, LATEST_DAY, StrictTable, parse_toml


def table(text: str) -> StrictTable:
    parsed = parse_toml("f.toml", text.encode(), [])
    assert parsed is not None
    return parsed


def said(read: StrictTable) -> list[tuple[str, str]]:
    return [(finding.pointer, finding.code) for finding in read.findings]


def test_every_type_is_read() -> None:
    read = table(
        """
        word = "one"
        number = 7
        yes = true
        maybe = "unknown"
        day = 2026-01-31
        at = 2026-01-31T09:30:00+08:00
        list = ["a", "b"]
        inner.key = "x"
        [[row]]
        n = 1
        [[row]]
        n = 2
        """
    )
    assert read.text("word") == "one"
    assert read.integer("number", 0, 9) == 7
    assert read.boolean("yes") is True
    assert (read.known_boolean("yes"), read.known_boolean("maybe")) == (True, None)
    assert read.day("day") == date(2026, 1, 31)
    assert read.instant("at") == parse_instant("2026-01-31T01:30:00Z")
    assert read.texts("list") == ("a", "b")
    assert read.word("word", ["one", "two"]) == "one"
    assert read.table("inner").text("key") == "x"
    assert [row.integer("n", 0, 9) for row in read.tables("row")] == [1, 2]
    read.close()
    assert said(read) == []


WRONG = """
text: 1, true, [], {}
integer: "1", true, 1.0, -1, 10, []
boolean: "true", 1, 0
known_boolean: "maybe", 1
day: "2026-01-31", 2026-01-31T00:00:00Z, 1999-12-31, 3000-01-01
instant: "2026-01-31T00:00:00Z", 2026-01-31, 2026-01-31T00:00:00, 1969-01-01T00:00:00Z, 1
texts: "a", [], [1], ["a"; 1]
table: "a", [], 1
tables: {}, [], [1], "a"
"""
CASES = [
    (line.split(": ", 1)[0], value.replace(";", ","))
    for line in WRONG.strip().splitlines()
    for value in line.split(": ", 1)[1].split(", ")
]


def ask(read: StrictTable, type_name: str) -> object:
    return read.integer("key", 0, 9) if type_name == "integer" else getattr(read, type_name)("key")


@pytest.mark.parametrize(("type_name", "value"), CASES)
def test_a_wrong_type_is_one_finding_that_says_what_would_be_right(type_name: str, value: str) -> None:
    read = table(f"key = {value}")
    ask(read, type_name)
    assert said(read) == [("f.toml:key", "wrong-type")]
    assert read.findings[0].message.startswith("must be ")


@pytest.mark.parametrize("type_name", sorted({type_name for type_name, _ in CASES}))
def test_a_missing_key_is_one_finding_and_a_stand_in_of_the_same_type(type_name: str) -> None:
    read = table("")
    stand_in = ask(read, type_name)
    assert said(read) == [("f.toml:key", "missing-key")]
    if type_name == "day":
        assert stand_in == LATEST_DAY
    elif isinstance(stand_in, StrictTable):
        assert stand_in.names() == ()
    else:
        assert not stand_in


def test_pointers_name_the_table_and_the_row() -> None:
    read = table("[[a.rows]]\nx = 1\n[[a.rows]]\nx = 'no'")
    for row in read.table("a").tables("rows"):
        row.integer("x", 0, 9)
    assert said(read) == [("f.toml:a.rows[2].x", "wrong-type")]


def test_what_nobody_asked_for_is_a_finding_with_the_nearest_wanted_key() -> None:
    read = table("heading = 'a'\nheadng = 'b'\nfooter = 'c'")
    read.text("heading")
    read.has("fotter")
    read.close()
    assert [finding.pointer for finding in read.findings] == ["f.toml:headng", "f.toml:footer"]
    assert read.findings[0].suggestion == "heading"


def test_the_suggestion_prefers_what_is_still_missing() -> None:
    read = table("title = 'a'\ntitel2 = 'b'")
    read.text("title")
    read.text("title2")
    read.close()
    assert read.findings[-1].suggestion == "title2"


def test_unknown_keys_are_named_up_to_a_limit() -> None:
    read = table("\n".join(f"k{n} = 1" for n in range(1000)))
    read.close()
    assert len(read.findings) == 40


def test_a_word_outside_its_list_is_reported_once_with_a_suggestion() -> None:
    read = table("key = 'blak'")
    assert read.word("key", ["black", "white"]) == ""
    [finding] = read.findings
    assert finding == Finding("f.toml:key", "unknown-word", "'blak' is none of: black, white", "black")


def test_a_word_of_the_wrong_type_is_not_also_an_unknown_word() -> None:
    read = table("key = 1")
    read.word("key", ["black"])
    assert said(read) == [("f.toml:key", "wrong-type")]


@pytest.mark.parametrize("count", [ENTRIES_LIMIT, ENTRIES_LIMIT + 1])
def test_entries_are_limited(count: int) -> None:
    keys = table("\n".join(f"k{n} = 1" for n in range(count)))
    texts = table("key = [" + '"a",' * count + "]")
    rows = table("[[key]]\n" * count)
    assert len(keys.names()) == ENTRIES_LIMIT
    texts.texts("key")
    rows.tables("key")
    over = count > ENTRIES_LIMIT
    assert said(keys) == ([("f.toml:", "too-many")] if over else [])
    assert said(texts) == said(rows) == ([("f.toml:key", "wrong-type")] if over else [])


def test_no_toml_gives_no_table_and_says_where() -> None:
    findings: list[Finding] = []
    assert parse_toml("f.toml", b"a = 1\nb = \n", findings) is None
    assert "line 2" in findings[0].message
    assert parse_toml("f.toml", b"a = '\xff'", findings) is None
    assert findings[1].message == "is not UTF-8 at byte 5"


def test_a_repeated_key_is_no_toml() -> None:
    findings: list[Finding] = []
    assert parse_toml("f.toml", b"a = 1\na = 2\n", findings) is None
    assert findings[0].code == "not-toml"
