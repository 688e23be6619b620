"""docs/benchmarks.md: a part for each module, with the machine and the day of its figures, and what they mean.

A part is rewritten by itself, so that what takes an hour need not run for what takes a minute.
"""

import os
import platform
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from bench.figure import Figure

DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
MEANINGS = Path(__file__).with_name("meaning")
# In this order. Each has its figures' meaning in `meaning/`, but for `lists`, whose figures say it themselves.
PARTS = (
    "decisions",
    "growth",
    "soak",
    "rules",
    "backtest",
    "relay",
    "intelligence",
    "lookalike",
    "addresses",
    "lists",
    "simulate",
)

ABOUT = """# Benchmarks

Written by `make bench`, or part by part by `python -m bench NAME --document`; do not edit. Client and server on one
machine. The figures say more beside each other than alone: what is compared ran in the same run, alternating, and
every value is the median of its rounds. `spread` is the distance between the highest and the lowest round by the
median. `ratio` is ours by theirs.
"""
TABLE = """
| figure | value | unit | against | its value | ratio | spread |
|---|---:|---|---|---:|---:|---:|
"""
_PART = re.compile(r"^## (\w+)$", re.MULTILINE)


def write_part(name: str, figures: Iterable[Figure], document: Path = DOCUMENT, day: date | None = None) -> None:
    """Replaces the part of one module, and leaves every other as it was. `day` is when it was measured; today."""
    parts = _parts(document.read_text("utf-8")) if document.exists() else {}
    parts[name] = _part(name, figures, day or datetime.now(UTC).date())
    ordered = (f"\n## {part}\n\n{parts[part]}" for part in PARTS if part in parts)
    document.write_text(ABOUT + "".join(ordered), "utf-8")


def _parts(text: str) -> dict[str, str]:
    _, *found = _PART.split(text)
    return {name: words.lstrip("\n").rstrip() + "\n" for name, words in zip(found[::2], found[1::2], strict=True)}


def _part(name: str, figures: Iterable[Figure], day: date) -> str:
    rows = "".join(
        f"| `{one.figure}` | {one.value} | {one.unit} "
        f"| {one.against} | {one.against_value} | {one.ratio} | {one.spread} |\n"
        for one in figures
    )
    where = f"Measured on {day} with {_machine()} and Python {platform.python_version()}.\n"
    meaning = MEANINGS / f"{name}.md"
    return where + TABLE + rows + ("\n" + meaning.read_text("utf-8") if meaning.exists() else "")


def _machine() -> str:
    """How many cores of what kind, where the system tells."""
    cores = f"{os.cpu_count()} cores"
    try:
        said = Path("/proc/cpuinfo").read_text("ascii", errors="replace")
    except OSError:
        return cores
    kind = re.search(r"^model name\s*:\s*(.+)$", said, re.MULTILINE)
    return f"{cores} ({kind[1].strip()})" if kind else cores
