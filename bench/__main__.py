"""`python -m bench NAME [--json]`: one module's figures. `python -m bench all`: all, and docs/benchmarks.md again.

Modules that measure on real data take its folder, `python -m bench lists --data FOLDER`, and are not part of `all`.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import backtest, decisions, intelligence, lists, relay, rules, simulate
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
ON_DATA: Mapping[str, Callable[[Path], list[Figure]]] = {"lists": lists.run}
ALL = "all"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", choices=[*MODULES, *ON_DATA, ALL])
    parser.add_argument("--data", type=Path, help="the folder of real data, for modules that measure on it")
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of a table")
    asked = parser.parse_args()
    names = list(MODULES) if asked.name == ALL else [asked.name]
    if (asked.name in ON_DATA) != (asked.data is not None):
        parser.error(f"--data is for {', '.join(ON_DATA)}, which needs it")
    try:
        if asked.name in ON_DATA:
            figures = ON_DATA[asked.name](asked.data)
        else:
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
