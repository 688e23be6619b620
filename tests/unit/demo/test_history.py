"""The invented past: the same every time, in order, of the contract's form, about invented people only."""

from collections import Counter

import base58
import pytest

from breather.client.instant import parse_instant
from breather.demo.history import DAYS, history
from breather.demo.invented import (
    CUSTOMERS,
    DAY,
    OTHER_CUSTOMERS,
    OTHER_EXCHANGE,
    Dice,
    customer_named,
    customers_of,
    ethereum_address,
    tron_address,
)
from breather.demo.referred import REFERRED
from breather.demo.step import PastEvent, PastWithdrawal

NOW = 1_795_000_000_000
PAST = list(history(NOW))
WITHDRAWALS = [step for step in PAST if isinstance(step, PastWithdrawal)]
EVENTS = [step for step in PAST if isinstance(step, PastEvent)]
# Written down once: the same on every machine and version of Python.
FALLEN = [733, 399, 589, 65]


def test_the_same_seed_gives_the_same_past_and_another_another() -> None:
    assert list(history(NOW)) == PAST
    assert list(history(NOW, seed=2)) != PAST


def test_it_is_in_order_and_within_sixty_days() -> None:
    assert [step.at for step in PAST] == sorted(step.at for step in PAST)
    assert PAST[0].at >= NOW - DAYS * DAY
    assert PAST[-1].at <= NOW


def test_there_are_as_many_as_asked_for_each_with_its_own_id() -> None:
    past = [step for step in WITHDRAWALS if step.withdrawal.startswith("past-1-")]
    assert len(past) == 400
    ids = [step.withdrawal for step in WITHDRAWALS] + [event.body["id"] for event in EVENTS]
    assert len(set(ids)) == len(ids)
    assert all(len(name) <= 64 for name in ids)


def test_an_event_comes_after_its_withdrawal() -> None:
    at = {step.withdrawal: step.at for step in WITHDRAWALS}
    assert all(event.at > at[event.withdrawal] for event in EVENTS)
    assert {(event.by, event.body["event"]) for event in EVENTS} == {
        ("vasp", "stop"),
        ("vasp", "broadcast"),
        ("vasp", "help"),
        ("link", "acknowledge"),
    }


def test_a_broadcast_names_a_transaction_of_its_own() -> None:
    named = [event.body["transaction_id"] for event in EVENTS if event.body["event"] == "broadcast"]
    assert len(set(named)) == len(named) > 200
    assert all(len(one) == 64 and int(one, 16) for one in named)


def test_it_has_what_the_demo_needs() -> None:
    places = Counter(step.body["residence"]["kyc"] for step in WITHDRAWALS)
    assert places["MO"] > 100
    assert places["HK"] > 40
    to = Counter((step.body["customer"]["ref"], step.body["destination"]["address"]) for step in WITHDRAWALS)
    assert sum(count > 1 for count in to.values()) > 40, "repeated destinations"
    senders: dict[str, set[str]] = {}
    for ref, address in to:
        senders.setdefault(address, set()).add(ref)
    assert sum(len(refs) >= 3 for refs in senders.values()) == 3, "collectors"
    assert len({step.body["customer"]["ref"] for step in WITHDRAWALS}) >= 55
    assert {step.body["locale"] for step in WITHDRAWALS if "locale" in step.body} == {
        "zh-Hant",
        "zh-Hans",
        "pt",
        "en",
    }


def test_the_demos_own_customers_know_one_address_unless_their_account_is_new() -> None:
    known = {step.body["customer"]["ref"]: step.body["destination"]["address"] for step in WITHDRAWALS}
    for customer in CUSTOMERS:
        assert known.get(customer.ref) == (None if customer.ref == "c-mei" else customer.saved)


def test_nobody_withdraws_before_the_account_was_opened() -> None:
    for step in WITHDRAWALS:
        account = step.body.get("account", {})
        if account:
            assert parse_instant(account["opened_at"]) < parse_instant(account["last_deposit_at"]) < step.at


@pytest.mark.parametrize("label", ["a", "b", "collector 0"])
def test_invented_addresses_have_valid_checksums(label: str) -> None:
    from eth_utils.address import is_checksum_address

    tron = tron_address(label)
    assert (tron[0], len(tron), base58.b58decode_check(tron)[0]) == ("T", 34, 0x41)
    assert is_checksum_address(ethereum_address(label))
    assert tron_address(label) != tron_address(label + "'")


def test_every_address_in_the_past_is_of_its_network() -> None:
    for step in WITHDRAWALS:
        address = step.body["destination"]["address"]
        assert address.startswith("T" if step.body["network"] == "TRON" else "0x")


def test_dice_fall_alike_everywhere_and_on_every_side() -> None:
    dice = Dice(1)
    assert [dice.below(1000) for _ in range(4)] == FALLEN
    assert {Dice(seed).below(6) for seed in range(100)} == set(range(6))
    assert not any(Dice(seed).chance(0) for seed in range(50))
    assert all(Dice(seed).chance(100) for seed in range(50))


def test_each_exchange_refers_its_own_customers_about_an_address_that_both_know() -> None:
    asked = {}
    for vasp in ("demo-exchange", OTHER_EXCHANGE):
        steps = list(history(NOW, vasp=vasp))
        helped = {step.withdrawal for step in steps if isinstance(step, PastEvent) and step.body["event"] == "help"}
        bodies = [step.body for step in steps if isinstance(step, PastWithdrawal) and step.withdrawal in helped]
        assert {body["residence"]["kyc"] for body in bodies} == {"MO"}, (
            "a campaign has to apply, or nothing is referred"
        )
        asked[vasp] = Counter(body["destination"]["address"] for body in bodies)
    first, second = asked.values()
    assert first[REFERRED] == 2, "one to be confirmed, and a later one that repeats it"
    assert first.keys() & second.keys() == {REFERRED}


def test_nobody_is_a_customer_of_both_exchanges() -> None:
    assert not {one.ref for one in CUSTOMERS} & {one.ref for one in OTHER_CUSTOMERS}
    assert customers_of(OTHER_EXCHANGE) == OTHER_CUSTOMERS
    assert customers_of("demo-exchange") == CUSTOMERS
    assert all(customer_named(one.ref) is one for one in (*CUSTOMERS, *OTHER_CUSTOMERS))
    assert customer_named("c-nobody") is None


def test_nobody_can_be_reached_where_the_invented_customers_are() -> None:
    for one in (*CUSTOMERS, *OTHER_CUSTOMERS):
        assert one.mail.endswith("@customer.example"), "a domain that is nobody's"
        assert one.telephone.split(maxsplit=1)[1].startswith("0"), "no number begins so there"


def test_the_main_story_is_there() -> None:
    mei = CUSTOMERS[0]
    assert (mei.locale, mei.residence.kyc, dict(mei.holdings)["USDT"]) == ("zh-Hant", "MO", "6100")
    assert mei.account_days < 30
    assert {one.locale for one in CUSTOMERS} == {"zh-Hant", "zh-Hans", "pt", "en"}
    assert "HK" in {one.residence.kyc for one in CUSTOMERS}
