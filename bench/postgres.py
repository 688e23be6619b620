"""A PostgreSQL for a benchmark: that of `BREATHER_BENCH_POSTGRES`, or one started for the run, as for the tests."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tests.engines import own_database, own_server


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database. The server's settings are as it comes."""
    given = os.environ.get("BREATHER_BENCH_POSTGRES")
    if given:
        with own_database(given) as url:
            yield url
        return
    with own_server() as (_, url):
        yield url
