"""How an engine means to answer a query: by keys of an index, or by going over a whole table."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg

from breather.storage.postgresql import BY_KEY
from breather.storage.query import Query, repeated

_SQLITE = re.compile(r"(SCAN|SEARCH) (\w+)(?: USING (?:COVERING )?(?:INDEX (\w+)|(\w+ ?PRIMARY KEY|PRIMARY KEY)))?(.*)")


@dataclass(frozen=True, slots=True)
class Step:
    """One way into one table. `condition` is what the index is searched by; "" where the whole of it is read."""

    table: str
    index: str
    condition: str

    @property
    def whole(self) -> bool:
        return not self.condition


class Planner(Protocol):
    def steps(self, query: Query, rows: int) -> list[Step]: ...


class SqlitePlanner:
    """SQLite plans by the schema alone: the service never takes statistics."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def steps(self, query: Query, rows: int) -> list[Step]:
        """`rows` of parameters, where it is asked for many."""
        asked = repeated(query, rows) if query.row else query
        values: Any = [None] * (len(query.order) * rows) if query.row else dict.fromkeys(query.parameters)
        with closing(sqlite3.connect(self._file)) as database:
            names = _aliases(query.sql)
            found = []
            for *_, detail in database.execute(f"EXPLAIN QUERY PLAN {asked.sql}", values):
                if match := _SQLITE.fullmatch(detail):
                    how, name, index, key, rest = match.groups()
                    condition = rest.strip(" ()") if how == "SEARCH" else ""
                    found.append(Step(names.get(name, name), index or key or "", condition))
            return found


class PostgresqlPlanner:
    """The plan that a prepared statement keeps, with the settings of whoever writes."""

    def __init__(self, url: str) -> None:
        self._url = url

    def steps(self, query: Query, rows: int) -> list[Step]:
        asked = repeated(query, rows) if query.row else query
        named: dict[str, int] = {}
        count = 0

        def numbered(match: re.Match[str]) -> str:
            nonlocal count
            if match[1] is None:
                count += 1
                return f"${count}"
            return f"${named.setdefault(match[1], len(named) + 1)}"

        sql = re.sub(r"%(?:\((\w+)\)s|s)", numbered, asked.sql).replace("%%", "%")
        nothing = ", ".join(["NULL"] * (count or len(named)))
        with psycopg.connect(self._url, autocommit=True) as server:
            for name, value in {**BY_KEY, "plan_cache_mode": "force_generic_plan"}.items():
                server.execute("SELECT set_config(%s, %s, false)", (name, value))
            server.execute(f"PREPARE asked AS {sql}".encode())
            execute = f"EXECUTE asked ({nothing})" if nothing else "EXECUTE asked"
            row = server.execute(f"EXPLAIN (FORMAT JSON) {execute}".encode()).fetchone()
        assert row is not None
        plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
        return list(_steps(plan[0]["Plan"]))


def _steps(node: dict[str, Any]) -> Iterator[Step]:
    for below in node.get("Plans", ()):
        yield from _steps(below)
    if node["Node Type"] == "Bitmap Heap Scan":
        (index,) = node["Plans"]
        yield Step(node["Relation Name"], index.get("Index Name", ""), _plain(index.get("Index Cond", "")))
    elif "Relation Name" in node and node["Node Type"].endswith("Scan"):
        yield Step(node["Relation Name"], node.get("Index Name", ""), _plain(node.get("Index Cond", "")))


def _plain(condition: str) -> str:
    return re.sub(r"::text|[()]", "", condition)


def _aliases(sql: str) -> dict[str, str]:
    """From the names that SQLite calls tables by to the tables."""
    return {alias: table for table, alias in re.findall(r"(?:FROM|JOIN)\s+(\w+)\s+(?:AS\s+)?(\w+)\b", sql)}
