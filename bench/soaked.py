"""The figures of the last `make soak`, for docs/benchmarks.md: an hour is not spent again for a table."""

import json
from datetime import UTC, date, datetime
from typing import Any

from bench.figure import Figure
from bench.rig import Void
from bench.soak import FILE


def run() -> list[Figure]:
    """Raises Void where there was none, or where it failed: what it found then is no figure to publish."""
    told = _told()
    if told["broken"]:
        raise Void("; ".join(told["broken"]))
    return [Figure(**each) for each in told["figures"]]


def measured_on() -> date:
    return datetime.fromtimestamp(_told()["began"], UTC).date()


def _told() -> Any:
    if not FILE.exists():
        raise Void(f"there is no {FILE}: run `make soak`, which takes an hour")
    return json.loads(FILE.read_text("utf-8"))
