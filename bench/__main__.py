"""`python -m bench NAME [--json]`: one module's figures. `python -m bench all`: all, and docs/benchmarks.md again.

`lookalike` and `addresses` measure on the development data, which is no part of the project: `--data FOLDER`.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from bench import addresses, backtest, decisions, intelligence, lists, lookalike, relay, rules, simulate
from bench.document import write_document
from bench.figure import Figure, print_lines, print_table

MODULES: Mapping[str, Callable[[], list[Figure]]] = {
    "decisions": decisions.run,
    "rules": rules.run,
    "backtest": backtest.run,
    "relay": relay.run,
    "simulate": simulate.run,
    "intelligence": intelligence.run,
}
ON_DATA: Mapping[str, Callable[[Path], list[Figure]]] = {
    "lookalike": lookalike.run,
    "addresses": addresses.run,
    "lists": lists.run,
}
ALL = "all"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", choices=[*MODULES, *ON_DATA, ALL])
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of a table")
    parser.add_argument("--data", type=Path, help="the development data's folder, for: " + ", ".join(ON_DATA))
    asked = parser.parse_args()
    if asked.name in ON_DATA and asked.data is None:
        parser.error(f"{asked.name} needs --data FOLDER")
    try:
        figures = _figures(asked.name, asked.data)
    except (decisions.Void, rules.Mismatch, backtest.Mismatch, lookalike.NoData) as void:
        print(f"void: {void}", file=sys.stderr)
        return 1
    if asked.name == ALL:
        write_document(figures)
    (print_lines if asked.json else print_table)(figures)
    return 0


def _figures(name: str, data: Path | None) -> list[Figure]:
    """`all` leaves out what is measured on data that is not there."""
    names = [*MODULES, *(ON_DATA if data else ())] if name == ALL else [name]
    on_data = {each: partial(run, data) for each, run in ON_DATA.items()} if data else {}
    runs: dict[str, Callable[[], list[Figure]]] = {**MODULES, **on_data}
    return [figure for each in names for figure in runs[each]()]


if __name__ == "__main__":
    raise SystemExit(main())
