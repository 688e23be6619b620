"""Step 1: a body of the right shape into a withdrawal, or every finding about its values."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.amount import format_units
from breather.domain.asset import DECIMALS, Asset, Network
from breather.domain.instant import parse_instant
from breather.domain.withdrawal import DepositKind, Kind, Residence, Withdrawal
from breather.web.exchange.bodies import WithdrawalBody
from breather.web.exchange.submission import read_withdrawal
from breather.web.problems import Problem
from tests.addresses import ADDRESSES

TRON = ADDRESSES[Network.TRON]
PAIRS = [(asset, network, decimals) for asset, found in DECIMALS.items() for network, decimals in found.items()]


def read(**changed: Any) -> Withdrawal:
    body = {
        "id": "wd-1",
        "customer": {"ref": "c"},
        "asset": "USDT",
        "network": "TRON",
        "amount": "5000",
        "destination": {"address": TRON},
    }
    return read_withdrawal(msgspec.convert({**body, **changed}, WithdrawalBody))


def pointers(**changed: Any) -> list[str]:
    with pytest.raises(Problem) as caught:
        read(**changed)
    assert caught.value.status == 422
    return [finding.pointer for finding in caught.value.errors]


def test_what_is_left_out_is_unknown_and_not_no() -> None:
    asked = read()
    assert (asked.amount_usd, asked.locale, asked.kind) == (None, None, Kind.INTERACTIVE)
    assert asked.residence == Residence()
    session, account = asked.session, asked.account
    assert {session.new_device, session.remote_access, session.screen_shared, session.on_call} == {None}
    assert {account.opened_at, account.balance_usd, account.last_deposit_kind} == {None}


def test_everything_that_is_said_arrives() -> None:
    asked = read(
        amount_usd="5000.25",
        kind="api",
        locale="zh-Hant-MO",
        residence={"kyc": "MO", "ip": "HK"},
        account={"opened_at": "2026-01-01T08:00:00+08:00", "balance_usd": "6100", "last_deposit_kind": "card"},
        session={"on_call": False, "security_changed_at": "2026-01-02T00:00:00Z"},
        destination={"address": TRON, "memo": None},
    )
    assert asked.amount == 5_000_000_000
    assert asked.amount_usd == 5_000_250_000
    assert (asked.residence.kyc, asked.residence.ip, asked.residence.document) == ("MO", "HK", None)
    assert asked.account.opened_at == parse_instant("2026-01-01T00:00:00Z")
    assert asked.account.last_deposit_kind is DepositKind.CARD
    assert (asked.session.on_call, asked.session.remote_access) == (False, None)
    assert asked.destination.memo is None


@pytest.mark.parametrize(("asset", "network", "decimals"), PAIRS)
def test_every_asset_on_every_network_of_its_own(asset: Asset, network: Network, decimals: int) -> None:
    address = ADDRESSES[network]
    least = format_units(1, decimals)
    assert read(asset=asset, network=network, amount=least, destination={"address": address}).amount == 1
    assert pointers(asset=asset, network=network, amount=f"{least}1", destination={"address": address}) == ["/amount"]


@pytest.mark.parametrize("asset", list(Asset))
def test_no_asset_on_a_network_where_it_does_not_exist(asset: Asset) -> None:
    for network in set(Network) - set(DECIMALS[asset]):
        assert "/network" in pointers(asset=asset, network=network, destination={"address": ADDRESSES[network]})


@given(st.integers(1, 10**15 * 10**6), st.integers(0, 6))
@settings(max_examples=200)
def test_an_amount_is_exact(units: int, zeros: int) -> None:
    text = format_units(units, 6)
    padded = text + ("" if "." in text or not zeros else "." + "0" * zeros)
    assert read(amount=padded).amount == units


@given(st.text(max_size=30))
@settings(max_examples=200)
def test_any_text_is_an_amount_or_a_finding(text: str) -> None:
    try:
        amount = read(amount=text or "x").amount
    except Problem as problem:
        assert [finding.pointer for finding in problem.errors] == ["/amount"]
    else:
        assert amount > 0


@pytest.mark.parametrize("mark", ["\x00", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u2066"])
@pytest.mark.parametrize("place", ["customer", "destination"])
def test_control_characters_are_named(mark: str, place: str) -> None:
    changed = {"customer": {"ref": f"a{mark}b"}} if place == "customer" else {
        "destination": {"address": TRON, "memo": f"a{mark}b"}
    }  # fmt: skip
    assert pointers(**changed) == ["/customer/ref" if place == "customer" else "/destination/memo"]


X_ADDRESS = "X7F4jRwCNTgVsnHgHKizaVCNK64ZKFNmpJ2SBjuNM217NV2"


@pytest.mark.parametrize(
    ("address", "memo"), [(ADDRESSES[Network.XRP], "0104233"), (X_ADDRESS, None), (X_ADDRESS, "104233")]
)
def test_all_spellings_of_a_payee_are_one_destination(address: str, memo: str | None) -> None:
    asked = read(asset="XRP", network="XRP", destination={"address": address, "memo": memo})
    assert asked.destination.key == f"XRP:{ADDRESSES[Network.XRP]}:104233"


@pytest.mark.parametrize(
    ("address", "memo", "expected"),
    [
        (X_ADDRESS, "7", ["/destination/memo memo-differs"]),
        (ADDRESSES[Network.XRP], "seven", ["/destination/memo memo-form"]),
        ("X", "seven", ["/destination/address address_form", "/destination/memo memo-form"]),
        (TRON, "7", ["/destination/address address_network"]),
        (ADDRESSES[Network.XRP], "7\u202e", ["/destination/memo memo-character"]),
    ],
)
def test_what_is_wrong_with_address_and_memo_is_said_of_each(address: str, memo: str, expected: list[str]) -> None:
    with pytest.raises(Problem) as caught:
        read(asset="XRP", network="XRP", destination={"address": address, "memo": memo})
    assert [f"{finding.pointer} {finding.code}" for finding in caught.value.errors] == expected


@pytest.mark.parametrize("tag", ["pt", "zh-Hant", "en-GB-oxendict", "x-klingon", "EN"])
def test_locales_that_can_be(tag: str) -> None:
    if tag == "x-klingon":
        assert pointers(locale=tag) == ["/locale"]
    else:
        assert read(locale=tag).locale == tag


@pytest.mark.parametrize("place", ["kyc", "document", "phone", "ip"])
@pytest.mark.parametrize("code", ["XX", "mo", "MAC", "ZZ", "M0", " MO"])
def test_places_that_do_not_exist(place: str, code: str) -> None:
    assert pointers(residence={place: code}) == [f"/residence/{place}"]


def test_findings_are_collected() -> None:
    found = pointers(amount="0", residence={"kyc": "XX"}, account={"opened_at": "then"}, destination={"address": "T"})
    assert set(found) == {"/amount", "/residence/kyc", "/account/opened_at", "/destination/address"}
