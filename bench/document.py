"""docs/benchmarks.md: the figures of the last `make bench`, with what one has to know to read them."""

import os
import platform
from collections.abc import Iterable
from pathlib import Path

from bench.figure import Figure

DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"

ABOUT = """# Benchmarks

Written by `make bench`; do not edit. Measured with {cores} cores and Python {python}, client and server on the same
machine. The figures say more beside each other than alone: what is compared ran in the same run, alternating, and
every value is the median of its rounds. `spread` is the distance between the highest and the lowest round by the
median. `ratio` is ours by theirs.

| figure | value | unit | against | its value | ratio | spread |
|---|---:|---|---|---:|---:|---:|
"""

MEANING = """
## What they mean

- `decisions_sqlite_c16`: decisions a second over real HTTP with 16 connections, each with one request under way: the
  service as it is shipped, SQLite with FULL sync, the sample campaign, new ids, customers by a Zipf-like law, a
  database that begins empty. Each answer is a durable decision with its journal entry. `_p99_ms` is the 99th percentile
  of the time from sending a request to having its whole answer. Requests carry a deadline of 10 s, so that each is
  decided; with the shipped default of 100 ms, those that take longer are answered 503. By Zipf's law a few customers
  come very often to a few addresses and meet their own open pauses again: these cost more than others.
- `echo` is the same HTTP server with the same settings. It decodes the same body and answers as many bytes, and does
  nothing else: the most that this server could do here.
- `policy_us`: from one plain dictionary of features to all hits, misses and undetermined rules: twenty rules over the
  whole catalogue, a tenth of the values unknown, microseconds a row. `common-expression-language` and `zen-engine`
  (both Rust) get the same rules compiled once, as one expression that makes a list, from a dictionary with null for
  what is unknown; they give only the hits, since they have no third answer. One expression a rule takes both more than
  ten times as long. `fastest_engine` is the faster of the two; here `ratio` is theirs by ours, and `spread` the
  distance between the quartiles. Every engine's hits are compared with a plain interpreter's before the clock runs.
- `policy_mismatches`: answers of ours (hit, miss or undetermined) that differ from the plain interpreter's.
- `backtest_s`: seconds to hits by rule and day, twenty rules over ten million withdrawals of a year in one Parquet
  file, from opening and checking the file to the counts. `handwritten_sql` is one query in DuckDB that reads the same
  file and counts the same, without casts, and without a thought for what is not finite; their counts are compared in
  every round. `backtest_report_s` is the whole report, once, `backtest_peak_gb` the most memory that the process had.
- `replay_per_s`: rows a second of `breather replay` over a simulated history of 35,000 withdrawals with features and
  decisions: read, fed through the fold in one thread, and every value compared. `reading_rows` only reads the same file
  into the same rows.
- `inbox_p99_ms`: from sending a customer's *help* over HTTP until her referral is durable in the agency's inbox,
  through the exchange's decision, its promise, the worker that finds it due, and the agency's receipt. One at a time,
  services as they are shipped.
- `drain_10000_s`: 10,000 referrals were promised while the agency was away; from its start until all are receipted.
- `direct` is the same agency, given the same referrals by as many connections, by a caller who promises and keeps
  nothing.
- `lookup_us`: microseconds to ask the index of ten million listed addresses for one that is not listed, as nearly
  always in life; `lookup_listed_us` for one that is, with the whole entry. `sqlite` is a table with the address as its
  key, over an open connection with the file mapped; `set` is a Python set, which no other process can share. `index_mb`
  is what all processes map and share; `entries_mb` lies on the disk and is read for hits.
- `simulate_1m_s`: seconds in which `breather simulate` invents a year of a million customers, some three million
  withdrawals, and writes history and truth. `a_minute` is what it may take; it was not measured.
- `recall_eth`, `recall_bsc`, `recall_grid`: the share of look-alikes that is found: published pairs of address
  poisoning, and a generated grid of all splits of 6 to 14 digits. Beside it, the share graded strong.
  `collisions_per_1e8`: pairs of random addresses that the rule takes for look-alikes, by a hundred million.
  `collisions_labelled`: among real labelled addresses, beside what chance makes. `resembles_us`: one destination
  against 64 of hers, without fetching these.
- `address_agreement`: answers that agree with published vectors as their README reads them; `_verbatim`: with the
  file's own word. `address_us_...`: one address to its canonical spelling. These and the look-alikes are measured only
  where the development data is (`--data`).

A run of `decisions` is void, and writes nothing, if the load's own process used more than nine tenths of a core or if
any request was refused. Client and server share the machine, so with two cores the figures err on the low side.
"""


def write_document(figures: Iterable[Figure]) -> None:
    rows = "".join(
        f"| `{one.figure}` | {one.value} | {one.unit} "
        f"| {one.against} | {one.against_value} | {one.ratio} | {one.spread} |\n"
        for one in figures
    )
    about = ABOUT.format(cores=os.cpu_count(), python=platform.python_version())
    DOCUMENT.write_text(about + rows + MEANING, "utf-8")
