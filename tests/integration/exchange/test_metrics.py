"""The metrics of a running service: what happened is counted, on a port of its own, without a word about anybody."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from tests.engines import empty_postgresql
from tests.exchange_process import ExchangeProcess, free_port, running_exchange_process
from tests.integration.exchange.withdrawals import withdrawal

NAMES = {
    "breather_ready",
    "breather_time_suspect",
    "breather_recovering",
    "breather_witness_missing",
    "breather_queue_depth",
    "breather_batch_size",
    "breather_database_bytes",
    "breather_decisions",
    "breather_repeats",
    "breather_degraded_decisions",
    "breather_undecided",
    "breather_stand_ins",
    "breather_spool_depth",
    "breather_spool_free",
    "breather_guard_pairs",
    "breather_known_payees",
    "breather_guard_age_seconds",
    "breather_stand_in_conflicts",
    "breather_stand_ins_aside",
    "breather_step_seconds",
    "breather_oldest_promise_seconds",
    "breather_relay_pending",
    "breather_relay_lag_seconds",
    "breather_list_age_seconds",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def watched(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ExchangeProcess]:
    url = f"sqlite:///{tmp_path / 'exchange.db'}"
    if request.param == "postgresql":
        url = next(empty_postgresql(request.getfixturevalue("postgresql_server")))
    with running_exchange_process(tmp_path, url, metrics=f"127.0.0.1:{free_port()}") as found:
        yield found


def scraped(exchange: ExchangeProcess) -> str:
    return exchange.client.get(f"http://{exchange.settings.metrics}/metrics").text


def test_what_happened_is_counted_and_nobody_is_named(watched: ExchangeProcess) -> None:
    for number in range(3):
        assert watched.post("/v1/withdrawals", withdrawal(f"counted-{number}")).status_code == 201
    assert watched.post("/v1/withdrawals", withdrawal("counted-0")).status_code == 200
    text = scraped(watched)
    found = {family.name: family for family in families(text)}
    assert set(found) == NAMES
    assert sum(sample.value for sample in found["breather_decisions"].samples) == 3
    assert [sample.value for sample in found["breather_repeats"].samples] == [1]
    counts = {s.labels["step"]: s.value for s in found["breather_step_seconds"].samples if s.name.endswith("_count")}
    assert counts == dict.fromkeys(("read", "wait", "decide", "commit", "render"), 4.0)
    assert found["breather_ready"].samples[0].value == 1
    assert found["breather_database_bytes"].samples[0].value > 10_000
    for secret in ("counted-", "c-counted", str(withdrawal("x")["destination"]["address"]), watched.key):
        assert secret not in text


def test_they_are_not_where_the_world_can_ask(watched: ExchangeProcess) -> None:
    assert watched.client.get(f"{watched.url}/metrics").status_code == 404
    assert watched.settings.metrics.startswith("127.0.0.1:")
    watched.stop()
    with pytest.raises(httpx.ConnectError):
        scraped(watched)
