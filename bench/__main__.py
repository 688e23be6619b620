"""`python -m bench NAME [--json] [--document]`: one module's figures; --document writes its part of docs/benchmarks.md.

`python -m bench all` runs all of them, and writes each part once it is measured. `soak` measures nothing: it takes in
what `make soak` found. `lookalike`, `addresses` and `lists` measure on the development data, which is no part of the
project: `--data FOLDER`.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path

from bench import addresses, backtest, decisions, growth, intelligence, lists, lookalike, relay, rules, simulate, soaked
from bench.document import write_part
from bench.figure import Figure, print_lines, print_table
from bench.rig import Void
from bench.soak import FILE

Run = Callable[[], list[Figure]]
MODULES: Mapping[str, Run] = {
    "decisions": decisions.run,
    "growth": growth.run,
    "soak": soaked.run,
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
VOID = (Void, rules.Mismatch, backtest.Mismatch, lookalike.NoData)


def main() -> int:
    """1 where any of what was asked for is void; the others' parts are written all the same."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", choices=[*MODULES, *ON_DATA, ALL])
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of a table")
    parser.add_argument("--document", action="store_true", help="write its part of docs/benchmarks.md, as `all` does")
    parser.add_argument("--data", type=Path, help="the development data's folder, for: " + ", ".join(ON_DATA))
    asked = parser.parse_args()
    if asked.name in ON_DATA and asked.data is None:
        parser.error(f"{asked.name} needs --data FOLDER")
    runs = _runs(asked.data)
    failed = 0
    for name in _all(runs) if asked.name == ALL else [asked.name]:
        try:
            figures = runs[name]()
        except VOID as void:
            print(f"{name} is void: {void}", file=sys.stderr)
            failed = 1
            continue
        (print_lines if asked.json else print_table)(figures)
        if asked.document or asked.name == ALL:
            write_part(name, figures, day=_day(name))
    return failed


def _runs(data: Path | None) -> Mapping[str, Run]:
    """Without what is measured on data that is not there."""
    return {**MODULES, **({name: partial(run, data) for name, run in ON_DATA.items()} if data else {})}


def _all(runs: Mapping[str, Run]) -> list[str]:
    """Without the soak where there was none: its part stays as it is."""
    return [name for name in runs if name != "soak" or FILE.exists()]


def _day(name: str) -> date | None:
    """None is today."""
    return soaked.measured_on() if name == "soak" else None


if __name__ == "__main__":
    raise SystemExit(main())
