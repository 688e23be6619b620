"""docs/benchmarks.md: each part by itself, so that a figure of a minute does not cost an hour."""

from datetime import date
from pathlib import Path

import pytest

from bench.__main__ import MODULES, ON_DATA
from bench.document import DOCUMENT, MEANINGS, PARTS, write_part
from bench.figure import Figure

DAY = date(2026, 11, 22)


def figure(name: str, value: float) -> Figure:
    return Figure(name, value, "ms", "echo", 2.0, value / 2, 0.1)


def test_one_part_is_replaced_and_every_other_stays_as_it_was(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    write_part("rules", [figure("policy_us", 1.0)], document, DAY)
    write_part("decisions", [figure("decisions_sqlite_c64", 2.0)], document, DAY)
    before = document.read_text("utf-8")
    write_part("rules", [figure("policy_us", 3.0)], document, DAY)
    after = document.read_text("utf-8")
    assert before.replace(
        "| `policy_us` | 1.0 | ms | echo | 2.0 | 0.5 |", "| `policy_us` | 3.0 | ms | echo | 2.0 | 1.5 |"
    ) == (after)
    assert after.index("## decisions") < after.index("## rules"), "in the order of the design, whichever came first"


def test_writing_a_part_again_with_the_same_figures_changes_nothing(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    for name in PARTS:
        write_part(name, [figure(f"{name}_ms", 1.0)], document, DAY)
    before = document.read_text("utf-8")
    for name in reversed(PARTS):
        write_part(name, [figure(f"{name}_ms", 1.0)], document, DAY)
    assert document.read_text("utf-8") == before


def test_each_part_says_when_it_was_measured_and_on_what(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    write_part("rules", [figure("policy_us", 1.0)], document, date(2026, 1, 2))
    write_part("growth", [figure("decisions_after_10m", 1.0)], document, date(2026, 3, 4))
    text = document.read_text("utf-8")
    assert "Measured on 2026-01-02 with" in text.partition("## rules")[2]
    assert "Measured on 2026-03-04 with" in text.partition("## growth")[2].partition("## rules")[0]


def test_every_module_has_a_part_with_its_meaning() -> None:
    assert set(PARTS) == {*MODULES, *ON_DATA}
    assert {file.stem for file in MEANINGS.glob("*.md")} >= set(PARTS) - {"lists"}


@pytest.mark.parametrize("name", ["decisions", "growth", "soak"])
def test_no_part_begins_a_heading_that_would_be_taken_for_another(name: str) -> None:
    assert "\n#" not in (MEANINGS / f"{name}.md").read_text("utf-8")


def test_the_committed_document_is_one_that_parts_can_be_written_into() -> None:
    headings = [line[3:] for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("## ")]
    assert headings == [part for part in PARTS if part in headings]
