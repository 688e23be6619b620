"""What a published row says, as text: its words, one by one, and whole rows, in both forms of a table."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from breather.domain.entry import Claim
from breather.domain.instant import format_instant
from breather.intelligence.importers.finding import Rejected, Terms
from breather.intelligence.importers.said import published_instant
from breather.intelligence.importers.table import WORDS
from breather.intelligence.list_format import Found, ListFormat
from breather.intelligence.vocabulary import accusation_of, category_of, confidence_of, typology_of
from tests.lists import btc, eth, read, rows, tron, written

HERE = Path(__file__).parent
MADE: dict[str, Callable[[int], str]] = {"ETH": eth, "TRX": tron, "BTC": btc}
# A column for each of our words, under another name than ours.
COLUMNS = {word: f"their {word}" for word in WORDS}


def lines(name: str) -> list[list[str]]:
    found = HERE.joinpath(name).read_text("utf-8").splitlines()
    return [line.split("|") for line in found if line and not line.startswith("#")]


def ours(of: str, word: str) -> str:
    if of == "instant":
        at = published_instant(word)
        return "-" if at is None else format_instant(at)
    readers: dict[str, Callable[[str], str | None]] = {
        "category": category_of,
        "accusation": accusation_of,
        "typology": typology_of,
        "confidence": confidence_of,
    }
    return readers[of](word) or "-"


def test_each_word_is_what_the_table_says() -> None:
    wrong = []
    for of, word, expected in lines("words.txt"):
        found = ours(of.strip(), word.removeprefix(" ").rstrip(" "))
        if found != expected.strip():
            wrong.append((of.strip(), word.strip(), expected.strip(), found))
    assert not wrong


def cells(text: str) -> dict[str, str]:
    found = dict(each.split("=", 1) for each in text.strip().split("; "))
    return {COLUMNS[word]: named(value) for word, value in found.items()}


def named(text: str) -> str:
    """With each invented address in the place of its name."""
    return re.sub(r"\b(ETH|TRX|BTC)([0-9])\b", lambda match: MADE[match[1]](int(match[2])), text)


def said(found: Found) -> str | None:
    """One claim or refusal in the words of the table; None for what is neither."""
    if isinstance(found, Rejected):
        return found.reason.value
    if not isinstance(found, Claim):
        return None
    days = {"first_seen": found.first_seen, "expires": found.expires_at}
    more: dict[str, str | None] = {
        "label": found.label and repr(found.label),
        "typology": found.typology,
        "actor": found.actor,
    }
    more |= {"confidence": found.confidence} | {
        name: None if at is None else format_instant(at)[:10] for name, at in days.items()
    }
    more |= {"reference": found.reference and repr(found.reference)}
    return " ".join([found.scope, found.value, found.category, *(f"{name}={it}" for name, it in more.items() if it)])


def as_csv(row: dict[str, str]) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, list(COLUMNS.values()), lineterminator="\n")
    table.writeheader()
    table.writerow(row)
    return text.getvalue()


def as_json(row: dict[str, str]) -> str:
    return json.dumps(row)


ROWS = lines("rows.txt")
WRITERS = {ListFormat.CSV: as_csv, ListFormat.JSON_LINES: as_json}


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize(("row", "says"), ROWS, ids=[row.strip() for row, _ in ROWS])
def test_a_row_says_the_same_in_either_form_of_a_table(tmp_path: Path, form: ListFormat, row: str, says: str) -> None:
    path = written(tmp_path, "list", WRITERS[form](cells(row)))
    found = read(form, path, Terms(columns=COLUMNS))
    assert [each for each in map(said, found) if each is not None] == named(says.strip()).split(", ")
    assert rows(found) == 1


def test_the_rows_use_every_word_of_the_mapping() -> None:
    assert {each.split("=")[0] for row, _ in ROWS for each in row.strip().split("; ")} == set(WORDS)
