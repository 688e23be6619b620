"""A sheet reads for many what one would read for each: the same rows, and what the batch itself has staged (both
engines).
"""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breather.domain.amount import BaseUnits
from breather.domain.asset import Asset, Network
from breather.domain.cooling_off import Hold, Pause
from breather.domain.event import EventKind
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE, Millis
from breather.domain.profile import Profiles
from breather.domain.withdrawal import CustomerRef, Destination, Withdrawal
from breather.storage.exchange.profiles import profile_keys, read_profiles, save_profiles, stored_profiles
from breather.storage.exchange.sheet import Pair, Sheet
from breather.storage.exchange.withdrawals import (
    ENOUGH,
    Decided,
    find_withdrawal,
    holds_of_pair,
    joined_amounts,
    pauses_of_pair,
)
from breather.storage.transaction import Transaction
from tests.unit.exchange.world import ADDRESSES, START, World, asked_for, event, released

HERE, THERE = (Destination(Network.TRON, address) for address in ADDRESSES)
SINCE = Millis(START - DAY)
CUSTOMERS = ("ana", "bea", "eve")
KEYS = (CustomerRef("ana"), HERE.key)
EMPTY = Profiles()


def pair(customer: str = "ana", to: Destination = HERE) -> Pair:
    return customer, to.key


def pause(name: str, offered_at: Millis = START) -> Pause:
    return Pause(name, Asset.USDT, Friction.COOLING_OFF, BaseUnits(1200), HOUR, DAY, offered_at)


def hold(name: str, on: str = "w", placed_at: Millis = START) -> Hold:
    return Hold(name, on, "checked", placed_at, Millis(placed_at + HOUR), "desk")


def everyone() -> list[Withdrawal]:
    """One withdrawal of every pair that these tests speak of."""
    return [
        asked_for(f"new-{customer}-{place}", 10, customer=customer, to=to)
        for customer in CUSTOMERS
        for place, to in enumerate((HERE, THERE))
    ]


@pytest.fixture
def busy(world: World) -> World:
    """Ana has a pause that runs, one that was released, and a stopped one; bea is held; eve has done nothing."""
    world.assess(asked_for("a1", 5000))
    world.respond("a1", event(EventKind.STOP, "stop-a1"))
    world.wait(MINUTE)
    world.assess(asked_for("a2", 5000, to=THERE))
    released(world, "a2")
    world.assess(asked_for("a3", 9000))
    world.assess(asked_for("b1", 60000, customer="bea"))
    world.assess(asked_for("b2", 5000, customer="bea", to=THERE))
    world.confirm(HERE.key)
    return world


def reading(world: World) -> list[tuple[Pair, Sequence[object], Sequence[object]]]:
    """For every pair: what a sheet of all of them says, and what is said when each is asked for alone."""

    def read(tx: Transaction) -> list[tuple[Pair, Sequence[object], Sequence[object]]]:
        sheet = Sheet(tx, everyone(), SINCE)
        found: list[tuple[Pair, Sequence[object], Sequence[object]]] = []
        for asked in everyone():
            customer, key = asked.customer, asked.destination.key
            holds = holds_of_pair(tx, customer, key)
            alone: list[object] = [holds, tuple(pauses_of_pair(tx, (customer, key), holds, tx.now, SINCE))]
            alone += [read_profiles(tx, customer, key)]
            seen = [sheet.holds((customer, key)), tuple(sheet.pauses((customer, key))), sheet.profiles(customer, key)]
            found.append(((customer, key), seen, alone))
        return found

    return world.write(read)


def test_together_one_reads_what_one_reads_alone(busy: World) -> None:
    found = reading(busy)
    for who, together, alone in found:
        assert together == alone, who
    assert sum(len(together[0]) for _, together, _ in found) >= 1, "somebody is held"  # type: ignore[arg-type, misc]
    assert sum(len(together[1]) for _, together, _ in found) >= 3, "and there are pauses"  # type: ignore[arg-type, misc]


@pytest.mark.parametrize("later", [0, HOUR, 2 * HOUR, DAY, 2 * DAY, 5 * DAY])
def test_at_any_time_after(busy: World, later: int) -> None:
    busy.wait(later)
    for who, together, alone in reading(busy):
        assert together == alone, who


@pytest.mark.parametrize("held", [False, True])
def test_of_very_many_pauses_the_newest_are_read_and_all_where_there_was_a_hold(world: World, held: bool) -> None:
    def fill(tx: Transaction) -> None:
        sheet = Sheet(tx, everyone(), SINCE)
        for number in range(ENOUGH + 5):
            sheet.add_pause(pause(f"p{number:02d}", Millis(START + number)), pair())
        sheet.add_pause(pause("other"), pair("bea"))
        if held:
            sheet.add_hold(hold("h"), pair())
        sheet.flush()

    world.write(fill)
    ana, *_ = reading(world)
    assert ana[1] == ana[2]
    count = ENOUGH + 5 if held else ENOUGH
    names = [each.id for each in ana[1][1]]  # type: ignore[attr-defined]
    assert names == [f"p{number:02d}" for number in reversed(range(ENOUGH + 5))][:count]


def test_known_is_what_was_there_before_the_batch(busy: World) -> None:
    def read(tx: Transaction) -> None:
        sheet = Sheet(tx, [asked_for("a1", 1), asked_for("w-new", 1), asked_for("a1", 1)], SINCE)
        assert sheet.known("a1") == find_withdrawal(tx, "a1")
        assert sheet.known("w-new") is None
        sheet.add_withdrawal(asked_for("w-new", 1), Decided(Friction.NONE, None, None, b"{}"), 99)
        assert sheet.known("w-new") is None
        assert sheet.decision_of("w-new") == b"{}"
        stored = find_withdrawal(tx, "a1")
        assert stored is not None
        assert sheet.decision_of("a1") == stored.decision
        assert sheet.decision_of("nobody") is None
        assert find_withdrawal(tx, "w-new") is None, "staged only"
        found = sheet.find("w-new")
        assert found is not None
        assert (found.id, found.number, found.decided_at) == ("w-new", 99, tx.now)

    busy.write(read)


def test_a_listed_destination_is_known_for_everybody_until_it_is_taken_back(world: World) -> None:
    def listed() -> list[bool]:
        return world.write(lambda tx: [Sheet(tx, everyone(), SINCE).is_listed(to.key) for to in (HERE, THERE)])

    assert listed() == [False, False]
    world.confirm(THERE.key)
    assert listed() == [False, True]
    world.confirm(THERE.key, back=True)
    assert listed() == [False, False]


def test_what_was_staged_is_found_at_once_and_written_once(world: World) -> None:
    asked = asked_for("w1", 1000)

    def act(tx: Transaction) -> None:
        sheet = Sheet(tx, [asked], SINCE)
        opened = pause("w1")
        sheet.add_pause(opened, pair())
        sheet.add_pause(replace(opened, id="w2"), pair())
        sheet.add_withdrawal(asked, Decided(Friction.COOLING_OFF, None, "w1", b"{}"), 1)
        assert [each.id for each in sheet.pauses(pair())] == ["w2", "w1"], "the newest first"
        amounts = sheet.joined_amounts("w1")
        assert amounts == [(1000 * 10**6, False)]
        assert sheet.joined_amounts("w2") == []
        sheet.flush()
        assert sheet.joined_amounts("w1") == amounts == joined_amounts(tx, "w1"), "not counted twice"
        sheet.flush()

    world.write(act)
    assert world.row("w1").pause == "w1"


def test_a_hold_of_the_batch_is_on_its_pair_alone_and_shows_the_older_pauses(world: World) -> None:
    old = pause("old", Millis(START - 3 * DAY))

    def act(tx: Transaction) -> None:
        first = Sheet(tx, everyone(), SINCE)
        first.add_pause(old, pair())
        first.flush()
        sheet = Sheet(tx, everyone(), SINCE)
        assert sheet.pauses(pair()) == (), "it has lapsed, and no longer matters"
        sheet.add_pause(pause("new"), pair())
        sheet.add_hold(hold("h", "new"), pair())
        assert sheet.holds(pair()) == (hold("h", "new"),)
        assert [each.id for each in sheet.pauses(pair())] == ["new", "old"]
        for other in (pair("bea"), pair(to=THERE)):
            assert (sheet.holds(other), sheet.pauses(other)) == ((), ())

    world.write(act)


def of(customer: str, to: Destination, profiles: Profiles, sheet: Sheet) -> None:
    sheet.keep_profiles(CustomerRef(customer), to.key, sheet.profiles(CustomerRef(customer), to.key), profiles)


def test_profiles_of_a_batch_follow_one_another_and_meet_where_they_are_shared(world: World) -> None:
    """Two withdrawals of one customer share her row, two customers of one destination its row, and no others."""

    def act(tx: Transaction) -> None:
        sheet = Sheet(tx, everyone(), SINCE)
        ana = Profiles(
            replace(EMPTY.customer, count=7), replace(EMPTY.destination, stops=3), replace(EMPTY.payee, sent=2)
        )
        of("ana", HERE, ana, sheet)
        expected = {
            ("ana", HERE.key): ana,
            ("ana", THERE.key): replace(EMPTY, customer=ana.customer),
            ("bea", HERE.key): replace(EMPTY, destination=ana.destination),
            ("bea", THERE.key): EMPTY,
        }
        for (customer, key), profiles in expected.items():
            assert sheet.profiles(CustomerRef(customer), key) == profiles
            assert read_profiles(tx, CustomerRef(customer), key) == EMPTY, "staged only"
        sheet.flush()
        for (customer, key), profiles in expected.items():
            assert sheet.profiles(CustomerRef(customer), key) == profiles
            assert read_profiles(tx, CustomerRef(customer), key) == profiles

    world.write(act)


def test_the_last_of_several_changes_is_what_is_written(world: World) -> None:
    def act(tx: Transaction) -> None:
        sheet = Sheet(tx, everyone(), SINCE)
        for count in (1, 2, 3):
            of("ana", HERE, replace(sheet.profiles(*KEYS), customer=replace(EMPTY.customer, count=count)), sheet)
        sheet.flush()
        of("ana", HERE, replace(sheet.profiles(*KEYS), payee=replace(EMPTY.payee, stops=9)), sheet)
        assert read_profiles(tx, *KEYS).customer.count == 3
        sheet.flush()
        found = read_profiles(tx, *KEYS)
        assert (found.customer.count, found.payee.stops, found.destination) == (3, 9, EMPTY.destination)

    world.write(act)


def test_only_rows_that_changed_are_written(world: World) -> None:
    def act(tx: Transaction) -> None:
        before = read_profiles(tx, *KEYS)
        save_profiles(tx, *KEYS, before, before)
        assert stored_profiles(tx, profile_keys(*KEYS)) == {}
        save_profiles(tx, *KEYS, before, replace(before, destination=replace(EMPTY.destination, stops=1)))
        assert [kind for kind, _ in stored_profiles(tx, profile_keys(*KEYS))] == ["destination"]
        save_profiles(tx, *KEYS, before, replace(before, destination=replace(EMPTY.destination, stops=2)))
        assert read_profiles(tx, *KEYS).destination.stops == 2, "the row that was there is written over"

    world.write(act)


@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_no_two_pairs_of_customer_and_destination_share_a_payee(one: str, to: str, other: str, too: str) -> None:
    first, second = profile_keys(CustomerRef(one), to), profile_keys(CustomerRef(other), too)
    assert (first[2] == second[2]) == ((one, to) == (other, too))
    assert (first[0] == second[0]) == (one == other)
    assert (first[1] == second[1]) == (to == too)
    assert len(set(first)) == 3


def test_references_that_look_like_the_key_of_another_keep_their_own_payee(world: World) -> None:
    """Her reference may contain anything, also what stands between reference and destination."""
    ones = [("a", f"b:{HERE.key}"), ("a:b", HERE.key), ("1:a", f"b:{HERE.key}")]

    def act(tx: Transaction) -> None:
        for number, (customer, key) in enumerate(ones, start=1):
            after = replace(EMPTY, payee=replace(EMPTY.payee, sent=number))
            save_profiles(tx, CustomerRef(customer), key, EMPTY, after)
        assert [read_profiles(tx, CustomerRef(customer), key).payee.sent for customer, key in ones] == [1, 2, 3]

    world.write(act)
