"""`python -m bench lists --data FOLDER`: every list of a folder of real data, imported by the command as shipped.

Each import is a process of its own, so that its seconds (with the start of Python) and its memory are its own. The rows
that its summary counts stand against what the folder's README says. Parquet files are written out as JSON lines before
the clock runs, because lists are not published as Parquet. What was seen during development is no evidence of quality.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import duckdb

from bench.figure import Figure
from breather.bootstrap import exchange_database
from breather.clock import SystemClock
from breather.settings import read_settings
from breather.storage.exchange.intelligence import ListRow, lists_in_force

ALLOWED_SECONDS, ALLOWED_MEGABYTES = 60, 500


@dataclass(frozen=True, slots=True)
class Published:
    """One list: where it lies, how it is imported, how many rows its README counts. `query` makes lines of Parquet."""

    name: str
    format: str
    path: str
    rows: int
    mapped: tuple[str, ...] = ()
    query: str = ""


LISTS = (
    Published("ofac", "ofac", "scamlists/ofac", 654),
    Published("forta", "forta", "scamlists/forta_phishing_scams.csv", 6_726),
    Published("cryptoscamdb", "cryptoscamdb", "scamlists/cryptoscamdb/urls.yaml", 9_889),
    Published("cryptoscamdb-uris", "cryptoscamdb", "scamlists/cryptoscamdb/uris.yaml", 17),
    Published("metamask", "metamask", "scamlists/eth-phishing-detect/config.json", 13_752 + 1_138 + 15),
    Published("actors", "actorpack", "labels/graphsense/actors/graphsense.actorpack.yaml", 3_813),
    Published("tagpacks", "tagpack", "labels/graphsense/packs", 0),
    Published(
        "scamsniffer",
        "jsonl",
        "scamlists/scamsniffer_domains_to_2024.parquet",
        289_607,
        ("host=domain", "first_seen=first_seen", "category:=phishing"),
        "SELECT domain, CAST(first_seen AS VARCHAR) AS first_seen FROM '{}'",
    ),
    Published(
        "graphsense-tags",
        "jsonl",
        "labels/graphsense_tags.parquet",
        64_224,
        ("address=address", "network=currency", "label=label", "category=what", "actor=actor", "confidence=confidence"),
        "SELECT address, currency, label, coalesce(abuse, category) AS what, actor, confidence FROM '{}'",
    ),
    Published(
        "etherscan",
        "jsonl",
        "labels/etherscan_labels.parquet",
        34_946,
        ("address=address", "network=chain", "category=label", "label=name_tag"),
        "SELECT address, chain, label, name_tag FROM '{}'",
    ),
)


@dataclass(frozen=True, slots=True)
class Measured:
    published: Published
    seconds: float
    cpu_seconds: float
    megabytes: float
    row: ListRow


def run(data: Path) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        settings = {"BREATHER_DATABASE": f"sqlite:///{work / 'lists.db'}", "BREATHER_INTELLIGENCE": str(work / "lists")}
        measured = [_measure(each, data, work, settings) for each in LISTS]
        longest = max(measured, key=lambda each: each.seconds)
        hardest = max(measured, key=lambda each: each.cpu_seconds)
        largest = max(measured, key=lambda each: each.megabytes)
        figures = [
            _bound("import_s", round(longest.seconds, 1), f"s, {longest.published.name}", ALLOWED_SECONDS),
            _bound("import_cpu_s", round(hardest.cpu_seconds, 1), f"s, {hardest.published.name}", ALLOWED_SECONDS),
            _bound("import_mb", round(largest.megabytes), f"MB, {largest.published.name}", ALLOWED_MEGABYTES),
        ]
        for each in measured:
            figures += _rows(each)
        return figures


def _measure(published: Published, data: Path, work: Path, settings: Mapping[str, str]) -> Measured:
    path = data / published.path
    if published.query:
        lines = work / f"{published.name}.jsonl"
        duckdb.sql(f"COPY ({published.query.format(path)}) TO '{lines}' (FORMAT json)")
        path = lines
    command = ["intel", "import", published.format, str(path), "--source", published.name]
    for each in published.mapped:
        command += ["--map", each]
    started = perf_counter()
    cpu_seconds, kibibytes = _child(command, settings, work)
    seconds = perf_counter() - started
    with closing(exchange_database(read_settings(settings), SystemClock())) as database, database.reading() as reader:
        row = lists_in_force(reader).list_named(published.name)
    assert row is not None, "the import has ended well"
    return Measured(published, seconds, cpu_seconds, kibibytes / 1024, row)


def _child(command: Sequence[str], settings: Mapping[str, str], work: Path) -> tuple[float, int]:
    """Runs it to its end. Returns its seconds on a processor, and the most memory that it had, in KiB."""
    environment = {**os.environ, **settings, "COLUMNS": "200"}
    with (work / "said.txt").open("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "breather", *command], env=environment, stdout=said, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)}: {said.read()[-2000:]}")
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def _bound(name: str, value: float, unit: str, allowed: float) -> Figure:
    return Figure(name, value, unit, "allowed", allowed, round(value / allowed, 3), 0)


def _rows(measured: Measured) -> list[Figure]:
    """`ratio` is 1 where the summary counts what the README does; a folder that it does not count has 0 there."""
    summary = json.loads(measured.row.summary)
    published, name = measured.published, measured.published.name.replace("-", "_")
    rejected = ", ".join(f"{count} {reason}" for reason, count in summary["rejected"].items()) or "none rejected"
    ratio = round(summary["rows"] / published.rows, 6) if published.rows else 0
    return [
        Figure(f"rows_{name}", summary["rows"], "rows", "README", published.rows, ratio, 0),
        Figure(f"entries_{name}", summary["claims"], f"entries; {rejected}", "said before", summary["repeated"], 0, 0),
    ]
