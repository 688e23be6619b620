"""No query of the exchange goes over a table that grows, on either engine; and the batch's are answered by these keys.

The engines are asked how they would, with the settings of whoever writes. What may be read whole is named, and why.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files

import psycopg
import pytest

from bench.store import fill
from breather.settings import Settings
from breather.storage.dialect import Dialect
from breather.storage.query import parse_queries, read_queries
from breather.storage.reader import MOST_TOGETHER
from tests.engines import empty_postgresql
from tests.integration.storage.plans import Planner, PostgresqlPlanner, SqlitePlanner, Step

QUERIES = read_queries(files("breather.storage.exchange")).joined(read_queries(files("breather.storage")))
TOWNS, EACH = 40, 5
GROWING = frozenset(
    "journal withdrawal pause hold event profile referral delivery listing link page_session set_aside".split()
)
WHOLE: Mapping[str, str] = {
    "journal_head": "the last entry alone, from the end of its key",
    "last_entry": "the last entry alone, from the end of its key",
    "count_deliveries": "a count for the doctor and the metrics, from an index, outside of the writer's transactions",
    "count_set_aside": "a count for the doctor, of what a person has to look at",
    "all_set_aside": "a list of what a person has to look at",
    "oldest_withdrawal": "the first row alone, from the beginning of its key",
    "pairs_held": "once, when a process begins to serve: what it has to hold back is loaded into memory",
    "every_destination_listed": "likewise",
}
# What one batch of decisions asks and writes, and by which keys. Inserts that ask for nothing are not here.
BATCH: Mapping[Dialect, Mapping[str, tuple[str, str, str]]] = {
    Dialect.SQLITE: {
        "withdrawals_named": ("withdrawal", "sqlite_autoindex_withdrawal_1", "id=?"),
        "destinations_listed": ("listing", "PRIMARY KEY", "destination=?"),
        "profiles_of": ("profile", "PRIMARY KEY", "kind=? AND key=?"),
        "holds_of_pairs": ("hold", "hold_of_pair", "customer=? AND destination=?"),
        "pauses_of_pairs": ("pause", "pause_of_pair", "customer=? AND destination=?"),
        "amounts_of_pause": ("withdrawal", "withdrawal_of_pause", "pause=?"),
        "find_withdrawal": ("withdrawal", "sqlite_autoindex_withdrawal_1", "id=?"),
        "touch_withdrawal": ("withdrawal", "sqlite_autoindex_withdrawal_1", "id=?"),
    },
    Dialect.POSTGRESQL: {
        "withdrawals_named": ("withdrawal", "withdrawal_id_key", "id = named.id"),
        "destinations_listed": ("listing", "listing_pkey", "destination = wanted.destination"),
        "profiles_of": ("profile", "profile_pkey", "kind = wanted.kind AND key = wanted.key"),
        "holds_of_pairs": (
            "hold",
            "hold_of_pair",
            "customer = pair.customer AND destination = pair.destination",
        ),
        "pauses_of_pairs": (
            "pause",
            "pause_of_pair",
            "customer = pair.customer AND destination = pair.destination",
        ),
        "amounts_of_pause": ("withdrawal", "withdrawal_of_pause", "pause = $1"),
        "find_withdrawal": ("withdrawal", "withdrawal_id_key", "id = $1"),
        "touch_withdrawal": ("withdrawal", "withdrawal_id_key", "id = $2"),
    },
}
# Some hundred rows where the past leaves none, and half of all pauses on the way to one address, as to a service's.
MORE = """
INSERT INTO hold (id, customer, destination, withdrawal, reason, placed_at, ends_at, actor)
SELECT n, n, n, n, 'asked', n, n, 'desk' FROM generate_series(1, 400) AS n;
INSERT INTO listing (destination, referral, agency, confirmed_at) SELECT n, n, 'a', n FROM generate_series(1, 400) AS n;
INSERT INTO referral (id, number, withdrawal, addressee, tier, basis, destination, body, promised_at)
SELECT n, n, n, 'a', 't', 'b', n, '', n FROM generate_series(1, 400) AS n;
INSERT INTO delivery (referral, addressee, state, attempts, due_at, lease, leased_until)
SELECT n, 'a', CASE WHEN n < 380 THEN 'receipted' ELSE 'pending' END, 0, n, 0, 0 FROM generate_series(1, 400) AS n;
INSERT INTO link (hash, withdrawal, created_at, expires_at) SELECT n, n, n, n FROM generate_series(1, 400) AS n;
INSERT INTO page_session (hash, withdrawal, csrf, created_at, expires_at)
SELECT n, n, 'c', n, n FROM generate_series(1, 400) AS n;
UPDATE pause SET destination = 'TRON:service' WHERE right(customer, 1) < '5';
ANALYZE;
"""


@pytest.fixture(scope="module", params=list(Dialect))
def planner(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Dialect, Planner]]:
    """Each engine with a past."""
    folder = tmp_path_factory.mktemp("plans")
    dialect: Dialect = request.param
    if dialect is Dialect.SQLITE:
        fill(Settings(database=f"sqlite:///{folder / 'exchange.db'}", keys=folder / "keys"), EACH, TOWNS)
        yield dialect, SqlitePlanner(folder / "exchange.db")
        return
    for url in empty_postgresql(request.getfixturevalue("postgresql_server")):
        fill(Settings(database=url, keys=folder / "keys"), EACH, TOWNS)
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(MORE.encode())
        yield dialect, PostgresqlPlanner(url)


@pytest.mark.parametrize("name", sorted(QUERIES.sqlite))
def test_no_query_goes_over_a_table_that_grows(planner: tuple[Dialect, Planner], name: str) -> None:
    dialect, asked = planner
    steps = asked.steps(QUERIES.of(dialect)[name], 3)
    whole = [step for step in steps if step.whole and step.table in GROWING]
    assert not whole or name in WHOLE, whole


@pytest.mark.parametrize("rows", [1, 2, MOST_TOGETHER])
@pytest.mark.parametrize("name", sorted(BATCH[Dialect.SQLITE]))
def test_a_batch_is_answered_by_these_keys(planner: tuple[Dialect, Planner], name: str, rows: int) -> None:
    """However many rows are asked for together."""
    dialect, asked = planner
    table, index, condition = BATCH[dialect][name]
    found = [step for step in asked.steps(QUERIES.of(dialect)[name], rows) if step.table in GROWING]
    assert found == [Step(table, index, condition)]


def test_a_plan_that_goes_over_a_table_is_seen(planner: tuple[Dialect, Planner]) -> None:
    """Or the tests above would hold whatever the queries do. Two columns IN VALUES is what SQLite cannot look up."""
    dialect, asked = planner
    text = "-- name: scans\nSELECT id FROM withdrawal WHERE amount = :amount"
    (scans,) = parse_queries(text, dialect, "here")
    assert [step for step in asked.steps(scans, 1) if step.whole and step.table == "withdrawal"]
    if dialect is Dialect.SQLITE:
        text = "-- name: pairs\nSELECT state FROM profile WHERE (kind, key) IN (VALUES (:kind, :key), ...)"
        (pairs,) = parse_queries(text, dialect, "here")
        assert [step for step in asked.steps(pairs, 3) if step.whole and step.table == "profile"]


def test_whatever_may_be_read_as_a_whole_still_is_a_query() -> None:
    assert WHOLE.keys() <= QUERIES.sqlite.keys()
