"""On a network with tags: every spelling of a payee is one withdrawal, and the clearance names the canonical one."""

import pytest

from breather.client import Breather, ClearanceRefused, Cleared, Destination, Residence, Withdrawal, verify_clearance
from breather.domain.instant import SECOND
from tests.exchange_process import VASP, ExchangeProcess
from tests.integration.exchange.withdrawals import elsewhere

CLASSIC = "rfP6ngm8yA8HMCzMy14hNs1XHHDm515E7k"
EXTENDED = "X7F4jRwCNTgVsnHgHKizaVCNK64ZKFNmpJ2SBjuNM217NV2"


def test_an_x_address_is_decided_and_cleared_as_its_account_with_its_tag(exchange: ExchangeProcess) -> None:
    body = elsewhere("tagged", asset="XRP", network="XRP", amount="25.5", destination={"address": EXTENDED})
    asked = exchange.post("/v1/withdrawals", body)
    assert (asked.status_code, asked.json()["decision"]) == (201, "proceed"), asked.text

    again = exchange.post("/v1/withdrawals", {**body, "destination": {"address": CLASSIC, "memo": "0104233"}})
    assert (again.status_code, again.content) == (200, asked.content)
    other = exchange.post("/v1/withdrawals", {**body, "destination": {"address": CLASSIC, "memo": "104234"}})
    assert other.status_code == 409
    assert [error["pointer"] for error in other.json()["errors"]] == ["/destination/memo"]

    cleared = exchange.post("/v1/withdrawals/tagged/clearance", {})
    assert cleared.status_code == 200, cleared.text
    payout = Cleared(
        vasp=VASP,
        mode="test",
        withdrawal="tagged",
        customer="c-tagged",
        asset="XRP",
        network="XRP",
        amount_units=25_500_000,
        address=CLASSIC,
        memo="104233",
    )
    token = cleared.json()["clearance"]
    assert verify_clearance(token, exchange.clearance_keys, payout, exchange.now // SECOND).jti == "tagged"


def test_what_was_typed_is_cleared_and_verified_by_the_spelling_that_was_answered(exchange: ExchangeProcess) -> None:
    """With the client alone, as an exchange does it: it never reads an X-address itself."""
    asked = Withdrawal(
        id="typed", customer="c-typed", asset="XRP", network="XRP", amount="25.5", address=EXTENDED,
        residence=Residence(kyc="PT"),
    )  # fmt: skip
    with Breather(exchange.url, exchange.key, vasp=VASP, clearance_keys=exchange.clearance_keys) as breather:
        destination = breather.assess(asked, deadline=20).destination
        assert destination == Destination("XRP", CLASSIC, "104233")
        assert breather.withdrawal("typed").body["decision"]["destination"] == {
            "network": "XRP", "address": CLASSIC, "memo": "104233",
        }  # fmt: skip
        token, now_s = breather.clearance("typed"), exchange.now // SECOND
        payout = breather.payout(asked, destination, 25_500_000)
        assert breather.verify(token, payout, now_s).jti == "typed"
        as_typed = breather.payout(asked, Destination("XRP", EXTENDED), 25_500_000)
        with pytest.raises(ClearanceRefused, match="address"):
            breather.verify(token, as_typed, now_s)
