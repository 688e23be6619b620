"""`python -m bench NAME [--json]`: one module's figures. `python -m bench all`: all, and docs/benchmarks.md again."""

import argparse
import sys
from collections.abc import Callable, Mapping

from bench import backtest, decisions, relay, rules, simulate
from bench.document import write_document
from bench.figure import Figure, print_lines, print_table

MODULES: Mapping[str, Callable[[], list[Figure]]] = {
    "decisions": decisions.run,
    "rules": rules.run,
    "backtest": backtest.run,
    "relay": relay.run,
    "simulate": simulate.run,
}
ALL = "all"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", choices=[*MODULES, ALL])
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of a table")
    asked = parser.parse_args()
    names = list(MODULES) if asked.name == ALL else [asked.name]
    try:
        figures = [figure for name in names for figure in MODULES[name]()]
    except (decisions.Void, rules.Mismatch, backtest.Mismatch) as void:
        print(f"void: {void}", file=sys.stderr)
        return 1
    if asked.name == ALL:
        write_document(figures)
    (print_lines if asked.json else print_table)(figures)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
