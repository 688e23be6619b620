"""The agency is away, or hangs, while customers go on: every decision is made, and all referrals arrive once.

Here for a second each; `make chaos` keeps it away for a minute.
"""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from breather.demo.invented import tron_address
from breather.domain.instant import SECOND
from tests.acceptance.relay_stage import FIRST, Pair, raised_pair
from tests.integration.exchange.withdrawals import query

SECONDS_AWAY = int(os.environ.get("BREATHER_TEST_REAL_SECONDS_AWAY", "1"))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with raised_pair(tmp_path_factory.mktemp("away")) as found:
        yield found


def arrived(pair: Pair) -> list[str]:
    sql = f"SELECT id FROM referral WHERE sender = '{FIRST}' ORDER BY number"
    return [row[0] for row in query(pair.agency.settings.database, sql)]


@pytest.mark.parametrize("how", ["gone", "hangs"])
def test_decisions_go_on_and_every_referral_arrives_once(pair: Pair, how: str) -> None:
    breather, process = pair.exchange, pair.agency.process
    assert process is not None
    before = arrived(pair)
    if how == "gone":
        pair.agency.kill()
    else:
        process.send_signal(signal.SIGSTOP)
    began, promised = time.monotonic(), list[str]()
    while time.monotonic() - began < SECONDS_AWAY:
        name = f"wd-{how}-{len(promised)}"
        body = {
            "id": name, "customer": {"ref": f"c-{name}"}, "asset": "USDT", "network": "TRON", "amount": "4000",
            "amount_usd": "4000", "destination": {"address": tron_address(name)}, "residence": {"kyc": "MO"},
        }  # fmt: skip
        decided = breather.post("/v1/withdrawals", body)
        assert (decided.status_code, decided.json()["decision"]) == (201, "intervene")
        assert breather.event(name, {"id": "help", "event": "help"}).status_code == 201
        promised.append(breather.state(name)["referrals"][0]["id"])
        pair.advance(SECOND // 10)
    assert promised
    assert arrived(pair) == before, "it was away"
    if how == "gone":
        pair.agency.start()
    else:
        process.send_signal(signal.SIGCONT)

    def all_receipted() -> bool:
        pair.advance(SECOND)
        return not query(breather.settings.database, "SELECT referral FROM delivery WHERE state <> 'receipted'")

    pair.agency.until(all_receipted)
    assert sorted(arrived(pair)) == sorted([*before, *promised]), "all of them, and each once"
