"""What a serving process keeps in memory is never less than what the database says is open."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breather.domain.amount import MicroUsd
from breather.domain.asset import Network
from breather.domain.event import EventKind
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE, Millis
from breather.domain.refusal import Refusal
from breather.domain.stand_in import Guards, Spent
from breather.domain.withdrawal import Destination
from breather.exchange.guards import STALE_AFTER_SECONDS, KeptGuards, SpentByStandIns
from breather.storage.exchange.open_pairs import demands
from tests.unit.exchange.world import ADDRESSES, ANSWERS, World, asked_for, event, released

HOLD_FOR = 2 * HOUR


class Process:
    """One serving process's guards, with a monotonic clock of its own."""

    def __init__(self, world: World, most: int = 1_000) -> None:
        self.world = world
        self.seconds = 100.0
        self.kept = KeptGuards(lambda: self.seconds, most)

    def refresh(self) -> None:
        self.seconds += 1
        self.world.read(lambda reader: self.kept.refresh(reader, self.world.now))

    def of(self, customer: str = "ana", address: str = ADDRESSES[0]) -> Guards:
        asked = asked_for("x", 1, customer=customer, to=Destination(Network.TRON, address))
        return self.kept.of(asked, self.world.now, None, False)


def opened(world: World, name: str, customer: str = "ana", units: int = 5_000) -> None:
    found = world.assess(asked_for(name, units, customer=customer))
    assert found.record.friction in ("cooling_off", "hold")


def hold(world: World, name: str) -> None:
    world.respond(name, event(EventKind.HELD, world.name(), reason="desk-review", lasts=HOLD_FOR))


def test_before_they_are_loaded_they_are_not_fresh(world: World) -> None:
    process = Process(world)
    assert not process.of().fresh
    assert process.of().demand() is Friction.HOLD
    process.refresh()
    assert process.of() == Guards(fresh=True)


def test_they_go_stale_by_the_monotonic_clock(sqlite_world: World) -> None:
    process = Process(sqlite_world)
    process.refresh()
    process.seconds += STALE_AFTER_SECONDS
    assert process.of().fresh
    process.seconds += 0.001
    assert not process.of().fresh
    process.refresh()
    assert process.of().fresh


def test_what_was_open_before_the_start_is_loaded(world: World) -> None:
    opened(world, "a")
    opened(world, "b", "bea", 60_000)
    process = Process(world)
    process.refresh()
    assert process.of("ana").friction is Friction.COOLING_OFF
    assert process.of("bea").friction is Friction.HOLD
    assert process.of("eva").friction is Friction.NONE
    assert process.of("ana", ADDRESSES[1]).friction is Friction.NONE, "a guard is on the pair"


def test_what_others_open_and_end_is_read_by_the_numbers_of_the_journal(world: World) -> None:
    process = Process(world)
    process.refresh()
    opened(world, "a")
    assert process.of().friction is Friction.NONE, "not read yet: another process did it"
    process.refresh()
    assert process.of().friction is Friction.COOLING_OFF
    hold(world, "a")
    process.refresh()
    assert process.of().friction is Friction.HOLD
    world.respond("a", event(EventKind.LIFTED, "l", reason="desk-review"))
    process.refresh()
    assert process.of().friction is Friction.COOLING_OFF, "lifting gives back what the clock says"
    released(world, "a")
    process.refresh()
    assert process.of().friction is Friction.NONE
    assert len(process.kept) == 0


def test_what_this_process_commits_is_known_at_once(world: World) -> None:
    process = Process(world)
    process.refresh()
    process.kept.learn(world.assess(asked_for("a", 5_000)))
    assert process.of().friction is Friction.COOLING_OFF
    process.kept.learn(world.respond("a", event(EventKind.STOP, "s")))
    assert process.of().friction is Friction.COOLING_OFF, "only reading lowers"
    process.refresh()
    assert process.of().friction is Friction.NONE
    opened(world, "b")
    held = world.respond("b", event(EventKind.HELD, "h", reason="desk-review", lasts=HOLD_FOR))
    process.kept.learn((held, "whatever else the command returned"))
    assert process.of().friction is Friction.HOLD
    process.refresh()
    assert process.of().friction is Friction.HOLD


def test_what_is_learned_while_the_database_is_read_stays(sqlite_world: World) -> None:
    world = sqlite_world
    process = Process(world)
    process.refresh()
    process.seconds += 1
    with world.database.reading() as reader:
        assert reader.one("journal_head") is None
        found = world.assess(asked_for("a", 5_000))
        process.seconds += 1
        process.kept.learn(found)
        process.seconds -= 1
        process.kept.refresh(reader, world.now)
    assert process.of().friction is Friction.COOLING_OFF, "the snapshot was older than the act"
    process.seconds += 2
    process.refresh()
    assert process.of().friction is Friction.COOLING_OFF


def test_nothing_is_kept_for_what_asks_for_less_than_questions(sqlite_world: World) -> None:
    process = Process(sqlite_world)
    process.refresh()
    found = sqlite_world.assess(asked_for("a", 20))
    assert found.record.friction == "notice"
    process.kept.learn(found)
    process.refresh()
    assert process.of().friction is Friction.NONE


def test_a_confirmed_address_is_a_guard_for_everybody_until_it_is_withdrawn(world: World) -> None:
    opened(world, "a")
    process = Process(world)
    process.refresh()
    key = asked_for("x", 1).destination.key

    def disposed(back: bool) -> None:
        world.confirm(key, back=back)
        world.write(lambda tx: tx.journal(11, "disposed", "a", "agency:pj", b"{}"))
        process.refresh()

    disposed(back=False)
    assert process.of("eva").confirmed
    assert process.of("eva").demand() is Friction.HOLD
    assert not process.of("eva", ADDRESSES[1]).confirmed
    disposed(back=True)
    assert not process.of("eva").confirmed
    world.confirm(key)
    later = Process(world)
    later.refresh()
    assert later.of("eva").confirmed, "and it is loaded at the start"


def test_more_than_there_is_memory_for_is_not_known(sqlite_world: World) -> None:
    process = Process(sqlite_world, most=2)
    for customer in ("ana", "bea", "eva"):
        opened(sqlite_world, customer, customer)
    process.refresh()
    assert not process.of().fresh


steps = st.lists(
    st.tuples(
        st.sampled_from(("assess", "answer", "hold", "lift", "stop", "wait", "refresh")),
        st.sampled_from(("ana", "bea")),
    ),
    max_size=14,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps)
def test_after_any_acts_they_are_never_below_the_database(sqlite_world: World, acts: list[tuple[str, str]]) -> None:
    """This process commits ana's acts, another one bea's."""
    world = sqlite_world
    world.wait(200 * DAY)
    process = Process(world)
    process.refresh()
    last: dict[str, str] = {}
    for act, customer in acts:
        result = done(world, process, act, customer, last)
        if customer == "ana":
            process.kept.learn(result)
            assert process.of("ana").friction >= demanded(world, "ana")
    process.refresh()
    for customer in ("ana", "bea"):
        assert process.of(customer).friction == demanded(world, customer)
    anew = Process(world)
    anew.refresh()
    assert anew.of("ana") == process.of("ana")
    assert anew.of("bea") == process.of("bea")


def done(world: World, process: Process, act: str, customer: str, last: dict[str, str]) -> object:
    try:
        if act == "assess":
            last[customer] = world.name()
            return world.assess(asked_for(last[customer], 5_000, customer=customer))
        if act == "wait":
            world.wait(9 * HOUR + MINUTE)
        elif act == "refresh":
            process.refresh()
        elif customer in last:
            return world.respond(last[customer], EVENTS[act](world.name()))
    except Refusal:
        pass
    return None


EVENTS = {
    "answer": lambda name: event(EventKind.ANSWER, name, answers=ANSWERS),
    "hold": lambda name: event(EventKind.HELD, name, reason="desk-review", lasts=HOLD_FOR),
    "lift": lambda name: event(EventKind.LIFTED, name, reason="desk-review"),
    "stop": lambda name: event(EventKind.STOP, name),
}


def demanded(world: World, customer: str) -> Friction:
    pair = (customer, asked_for("x", 1).destination.key)
    found = world.read(lambda reader: list(demands(reader, [pair], world.now)))
    return found[0].friction if found else Friction.NONE


def test_what_was_let_go_is_summed_by_customer_and_day_and_by_hour() -> None:
    spent = SpentByStandIns()
    now = 10 * DAY
    for customer, amount, at in (("ana", 5, now - DAY), ("ana", 7, now - DAY + 1), ("ana", 11, now), ("bea", 13, now)):
        spent.add(customer, MicroUsd(amount), Millis(at))
    assert spent.so_far("ana", Millis(now)) == Spent(MicroUsd(18), MicroUsd(24))
    assert spent.so_far("bea", Millis(now)).customer_day == 13
