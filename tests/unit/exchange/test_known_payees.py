"""Who is known for how long: never longer than it is true, whoever reads when; and what stand-ins make of it."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breather.domain.amount import MicroUsd
from breather.domain.asset import Network
from breather.domain.event import EventKind
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, Millis
from breather.domain.refusal import Refusal
from breather.domain.stand_in import KNOWN_FOR, StandInLimits
from breather.domain.withdrawal import CustomerRef, Destination
from breather.exchange.known_payees import PAGES_AT_ONCE, KnownPayees
from breather.storage.exchange.open_pairs import demands
from breather.storage.exchange.payees import Since, payee_key
from breather.storage.exchange.profiles import read_profiles
from tests.unit.exchange.test_standby import Process
from tests.unit.exchange.world import ADDRESSES, World, asked_for, event

HERE = asked_for("x", 1).destination.key


def sent(world: World, customer: str = "ana", address: str = ADDRESSES[0]) -> None:
    name = world.name()
    world.assess(asked_for(name, 20, customer=customer, to=Destination(Network.TRON, address)))
    world.respond(name, event(EventKind.BROADCAST, world.name(), transaction_id=f"t-{name}"))


def read_on(world: World, known: KnownPayees) -> None:
    world.read(known.read_on)


def really(world: World, customer: str, destination: str = HERE) -> int | None:
    found = world.read(lambda reader: read_profiles(reader, CustomerRef(customer), destination)).payee.first_sent_at
    return None if found is None else world.now - found


def test_what_was_sent_before_the_start_is_read_a_few_pages_at_a_time(world: World) -> None:
    names = [f"c-{number}" for number in range(7)]
    for name in names:
        sent(world, name)
    world.assess(asked_for("asked", 20, customer="never-sent"))
    world.wait(40 * DAY)
    known = KnownPayees(page=1)
    read_on(world, known)
    assert (len(known), known.whole) == (PAGES_AT_ONCE - 1, False), "the first page has who was never sent to"
    while not known.whole:
        read_on(world, known)
    assert {known.known_for(name, HERE, world.now) is not None for name in names} == {True}
    assert known.known_for("never-sent", HERE, world.now) is None
    assert known.known_for(names[0], "TRON:elsewhere", world.now) is None


def test_what_is_sent_later_follows_by_the_numbers_of_the_journal(world: World) -> None:
    known = KnownPayees()
    read_on(world, known)
    sent(world)
    assert known.known_for("ana", HERE, world.now) is None
    read_on(world, known)
    assert known.known_for("ana", HERE, world.now) == 0
    world.wait(KNOWN_FOR)
    sent(world)
    read_on(world, known)
    assert known.known_for("ana", HERE, world.now) in range(KNOWN_FOR - DAY, KNOWN_FOR + 1), "since the first time"


def test_the_earlier_of_two_instants_stands_whichever_comes_first() -> None:
    key, now = payee_key("ana", HERE), Millis(100 * DAY)
    for days in ([50, 20], [20, 50]):
        known = KnownPayees()
        for day in days:
            known.add(Since(key, Millis(day * DAY)))
        assert (len(known), known.known_for("ana", HERE, now)) == (1, 79 * DAY)


def test_a_full_memory_takes_nothing_new_and_keeps_what_it_knows() -> None:
    known = KnownPayees(most=2)
    for name in ("ana", "bea", "eva"):
        known.add(Since(payee_key(name, HERE), Millis(0)))
    known.add(Since(payee_key("ana", HERE), Millis(0)))
    found = [known.known_for(name, HERE, Millis(99 * DAY)) is not None for name in ("ana", "bea", "eva")]
    assert (len(known), found) == (2, [True, True, False])


def test_a_customers_reference_cannot_run_into_the_destination() -> None:
    known = KnownPayees()
    known.add(Since(payee_key("ana:TRON", "X"), Millis(0)))
    assert known.known_for("ana", "TRON:X", Millis(99 * DAY)) is None


@given(st.dictionaries(st.tuples(st.text(max_size=4), st.text(max_size=4)), st.integers(0, 30_000), max_size=60))
@settings(max_examples=50, deadline=None)
def test_it_remembers_each_pair_and_no_other(days: dict[tuple[str, str], int]) -> None:
    known = KnownPayees()
    for (customer, destination), day in days.items():
        known.add(Since(payee_key(customer, destination), Millis(day * DAY + 5)))
    now = Millis(40_000 * DAY)
    for (customer, destination), day in days.items():
        assert known.known_for(customer, destination, now) == now - (day + 1) * DAY
    assert known.known_for("somebody else", "X", now) is None


acts = st.lists(
    st.tuples(
        st.sampled_from(("sent", "asks", "hold", "lift", "stop", "month", "hours", "read", "restart", "stands-in")),
        st.sampled_from(("ana", "bea")),
    ),
    max_size=16,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(acts)
def test_nothing_is_let_go_below_the_guards_or_to_whom_she_has_not_paid_for_a_month(
    sqlite_world: World, acts: list[tuple[str, str]]
) -> None:
    world = sqlite_world
    world.wait(400 * DAY)
    limits = StandInLimits(MicroUsd(50 * 10**6), MicroUsd(10**10), MicroUsd(10**10))
    world.use(replace(world.active.campaign, stand_in=limits))
    with TemporaryDirectory() as folder:
        process = Process(world, Path(folder) / "spool")
        last: dict[str, str] = {}
        for act, who in [*acts, ("read", "ana"), ("stands-in", "ana"), ("stands-in", "bea")]:
            customer = f"{who}-{id(acts)}"
            if act == "restart":
                process.end()
                process = Process(world, Path(folder) / "spool")
            elif act == "stands-in":
                held_to_the_truth(process, customer)
            else:
                done(process, act, customer, last)
        process.end()


def held_to_the_truth(process: Process, customer: str) -> None:
    world = process.world
    stood, _ = process.stand_in(asked_for(world.name(), 20, customer=customer))
    open_now = world.read(lambda reader: list(demands(reader, [(customer, HERE)], world.now)))
    demanded = open_now[0].friction if open_now else Friction.NONE
    known = process.standby.payees.known_for(customer, HERE, world.now)
    true = really(world, customer)
    assert stood.friction >= demanded
    assert known is None or (true is not None and known <= true)
    if stood.friction is Friction.NONE:
        assert true is not None
        assert true >= KNOWN_FOR
    if demanded is Friction.NONE and true is not None and known is not None and known >= KNOWN_FOR:
        assert stood.record.stand_in in (["within-limits"], ["pause-open"], ["hold-open"])


def done(process: Process, act: str, customer: str, last: dict[str, str]) -> None:
    """What this process commits, it learns; a drained stand-in it reads like everybody else."""
    world = process.world
    if act == "read":
        process.refresh()
    elif act in ("month", "hours"):
        world.wait(31 * DAY if act == "month" else 9 * HOUR)
    elif act == "sent":
        sent(world, customer)
    elif act == "asks":
        last[customer] = world.name()
        process.standby.guards.learn(world.assess(asked_for(last[customer], 5_000, customer=customer)))
    elif customer in last:
        said = {
            "hold": event(EventKind.HELD, world.name(), reason="desk-review", lasts=2 * HOUR),
            "lift": event(EventKind.LIFTED, world.name(), reason="desk-review"),
            "stop": event(EventKind.STOP, world.name()),
        }
        try:
            process.standby.guards.learn(world.respond(last[customer], said[act]))
        except Refusal:
            return
