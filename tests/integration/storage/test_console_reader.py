"""The console's reader on both engines: order, paging, filters, and states that are the domain's own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from breather.domain.cooling_off import State
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE, Millis
from breather.storage.database import Database, open_database
from breather.storage.exchange import console_reader as module
from breather.storage.exchange.console_reader import NEWEST, ConsoleReader
from breather.storage.exchange.console_record import DecisionFilter, DecisionPage
from breather.storage.exchange.withdrawals import find_withdrawal, standing_of
from breather.storage.transaction import Transaction
from tests.integration.storage.decided import QUERIES, SCHEMA, decide, hold, pause
from tests.integration.storage.ledger import START, Clock


@pytest.fixture
def store(database_url: str, clock: Clock) -> Iterator[Database]:
    found = open_database(database_url, QUERIES, clock, checkpoints=True)
    found.create(SCHEMA, "epoch-1")
    yield found
    found.close()


def listed(store: Database, wanted: DecisionFilter | None = None, **options: Any) -> DecisionPage:
    with store.reading() as reader:
        return ConsoleReader(reader, options.pop("now", START)).decisions(wanted or DecisionFilter(), **options)


def ids(page: DecisionPage) -> list[str]:
    return [decided.row.id for decided in page.decided]


def test_an_empty_database_has_an_empty_first_and_last_page(store: Database) -> None:
    assert listed(store) == DecisionPage((), None, 0)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_hold_every_decision_once_newest_first(store: Database, limit: int) -> None:
    with store.writing() as tx:
        for number in range(7):
            tx.journal(7, "shown", None, "key", b"{}")  # the numbers of decisions have gaps
            decide(tx, f"wd-{number}")
    found: list[str] = []
    before: int | None = NEWEST
    for _ in range(8):  # more pages than there can be: a cursor that stands still must fail, not hang
        if before is None:
            break
        page = listed(store, before=before, limit=limit)
        assert len(page.decided) == limit or page.older is None
        found += ids(page)
        before = page.older
    assert found == [f"wd-{number}" for number in range(6, -1, -1)]


def test_decisions_that_arrive_meanwhile_do_not_shift_the_next_page(store: Database) -> None:
    with store.writing() as tx:
        for number in range(4):
            decide(tx, f"wd-{number}")
    first = listed(store, limit=2)
    with store.writing() as tx:
        decide(tx, "wd-new")
    assert first.older is not None
    assert ids(listed(store, before=first.older, limit=2)) == ["wd-1", "wd-0"]


FRICTIONS = {f"wd-{friction.word}": friction for friction in Friction}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (DecisionFilter(friction=Friction.QUESTIONS), ["wd-questions"]),
        (DecisionFilter(decision="proceed"), ["wd-none"]),
        (DecisionFilter(decision="intervene"), ["wd-cooling_off", "wd-questions", "wd-notice"]),
        (DecisionFilter(decision="hold"), ["wd-hold"]),
        (DecisionFilter(decision="intervene", friction=Friction.NOTICE), ["wd-notice"]),
        (DecisionFilter(decision="hold", friction=Friction.NOTICE), []),
        (DecisionFilter(customer="c-2"), ["wd-other"]),
        (DecisionFilter(customer="C-2"), []),
        (DecisionFilter(customer="c-%"), []),
        (DecisionFilter(customer="c-2", friction=Friction.HOLD), []),
        (DecisionFilter(withdrawal="wd-hold"), ["wd-hold"]),
        (DecisionFilter(withdrawal="wd-hold", customer="c-1", decision="hold"), ["wd-hold"]),
        (DecisionFilter(withdrawal="wd-hold", customer="c-2"), []),
        (DecisionFilter(withdrawal="wd-hold", friction=Friction.NONE), []),
        (DecisionFilter(withdrawal="wd-"), []),
    ],
)
def test_every_part_of_a_filter_must_be_so(store: Database, wanted: DecisionFilter, expected: list[str]) -> None:
    with store.writing() as tx:
        for withdrawal, friction in FRICTIONS.items():
            decide(tx, withdrawal, friction)
        decide(tx, "wd-other", Friction.NONE, customer="c-2")
    if wanted.decision == "proceed":
        expected = ["wd-other", *expected]
    assert ids(listed(store, wanted)) == expected
    assert ids(listed(store, wanted, limit=1)) == expected[:1]


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_has_a_bound(store: Database, limit: int) -> None:
    with pytest.raises(ValueError, match="1 to 200"):
        listed(store, limit=limit)


def test_a_decision_that_does_not_exist_is_named(store: Database) -> None:
    with pytest.raises(ValueError, match="proceed, intervene, hold"):
        listed(store, DecisionFilter(decision="freeze"))


Make = Callable[[Transaction], object]


def _stopped(tx: Transaction) -> None:
    pause(tx, "p", started_at=tx.now, resolution="stop", resolved_at=tx.now)
    decide(tx, "wd-0", Friction.COOLING_OFF, pause="p", stopped_at=tx.now, stopped_by="ev-1")


def _paused(**changes: Any) -> Make:
    def make(tx: Transaction) -> None:
        pause(tx, "p", **changes)
        decide(tx, "wd-0", Friction.COOLING_OFF, pause="p")

    return make


def _held(**changes: Any) -> Make:
    def make(tx: Transaction) -> None:
        _paused(started_at=START)(tx)
        hold(tx, "h", **changes)

    return make


STATES: dict[str, tuple[Make, int, State]] = {
    "clear": (lambda tx: decide(tx, "wd-0"), 0, State.CLEAR),
    "offered": (_paused(), 0, State.OFFERED),
    "running": (_paused(started_at=START), 59 * MINUTE, State.RUNNING),
    "elapsed": (_paused(started_at=START), HOUR, State.ELAPSED),
    "lapsed": (_paused(started_at=START), HOUR + DAY, State.LAPSED),
    "released": (_paused(started_at=START, resolution="confirm", resolved_at=START + HOUR), 9 * DAY, State.RELEASED),
    "stopped": (_stopped, 9 * DAY, State.STOPPED),
    "held": (_held(), 2 * HOUR, State.HELD),
    "lifted": (_held(lifted_at=START + HOUR), 2 * HOUR, State.ELAPSED),
    "hold postpones the lapse": (_held(), HOUR + DAY + 2 * DAY, State.ELAPSED),
    "lapsed a day after the hold": (_held(), 4 * DAY, State.LAPSED),
}


@pytest.mark.parametrize("case", STATES)
def test_states_are_those_of_the_domain(store: Database, case: str) -> None:
    """The list reads one row where the use cases read five; both must come to the same state."""
    make, after, state = STATES[case]
    with store.writing() as tx:
        make(tx)
    now = Millis(START + after)
    with store.reading() as reader:
        whole = find_withdrawal(reader, "wd-0")
        assert whole is not None
        assert standing_of(reader, whole).state(now) is state
        console = ConsoleReader(reader, now)
        assert [decided.state for decided in console.decisions(DecisionFilter()).decided] == [state.value]
        for other in State:
            expected = ["wd-0"] if other is state else []
            assert ids(console.decisions(DecisionFilter(state=other.value))) == expected


def test_outcomes_are_those_of_the_domain(store: Database) -> None:
    with store.writing() as tx:
        _stopped(tx)
        decide(tx, "wd-1", amount="7", broadcast_at=tx.now)
    found = {decided.row.id: decided.outcome for decided in listed(store).decided}
    assert found == {"wd-0": "reduced", "wd-1": "proceeded"}


def test_the_search_for_a_rare_state_ends_and_goes_on(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEARCHED_AT_MOST", 4)
    monkeypatch.setattr(module, "_CHUNK", 3)
    with store.writing() as tx:
        _paused()(tx)
        for number in range(1, 10):
            decide(tx, f"wd-{number}")
    wanted = DecisionFilter(state="offered")
    first = listed(store, wanted)
    assert (ids(first), first.searched) == ([], 4)
    second = listed(store, wanted, before=first.older)
    third = listed(store, wanted, before=second.older)
    assert (ids(third), third.older) == (["wd-0"], None)


def test_a_withdrawal_comes_with_all_that_hangs_on_it(store: Database) -> None:
    with store.writing() as tx:
        pause(tx, "p", started_at=tx.now)
        decide(tx, "wd-0", Friction.COOLING_OFF, pause="p")
        decide(tx, "wd-1", Friction.COOLING_OFF, pause="p")
        decide(tx, "wd-elsewhere", destination="TRON:Ttwo")
        hold(tx, "h-old", lifted_at=tx.now)
        hold(tx, "h-new", placed_at=tx.now + 1)
        hold(tx, "h-other", destination="TRON:Ttwo")
    with store.reading() as reader:
        found = ConsoleReader(reader, START).withdrawal("wd-1")
    assert found is not None
    assert (found.decided.row.id, found.decided.state) == ("wd-1", "held")
    assert found.joined == ("wd-0", "wd-1")
    assert [hold.id for hold in found.holds] == ["h-new", "h-old"]
    cooling_off = found.decided.row.cooling_off()
    assert cooling_off is not None
    assert cooling_off.elapses_at() == START + HOUR


def test_an_unknown_id_is_none(store: Database) -> None:
    with store.reading() as reader:
        console = ConsoleReader(reader, START)
        assert console.withdrawal("wd-0") is None
        assert console.timeline("wd-0") == ()


def test_the_timeline_is_the_journal_of_one_withdrawal_in_order(store: Database) -> None:
    with store.writing() as tx:
        decide(tx, "wd-0")
        decide(tx, "wd-1")
        tx.journal(7, "shown", "wd-0", "customer link", b'{"screen":"alert"}')
    with store.reading() as reader:
        entries = ConsoleReader(reader, START).timeline("wd-0")
    assert [(entry.number, entry.step, entry.kind) for entry in entries] == [(1, 6, "decided"), (3, 7, "shown")]
    assert entries[1].body == b'{"screen":"alert"}'
    assert (entries[1].actor, entries[1].at) == ("customer link", START)


def test_counts_begin_at_their_instant_and_name_every_friction(store: Database) -> None:
    with store.writing() as tx:
        decide(tx, "wd-yesterday", Friction.HOLD, decided_at=START - 1)
        decide(tx, "wd-0", Friction.HOLD)
        decide(tx, "wd-1", Friction.NOTICE)
        decide(tx, "wd-2", Friction.NOTICE, decided_at=START + HOUR)
    with store.reading() as reader:
        counts = ConsoleReader(reader, START).counts(START)
    assert counts == dict(zip(Friction, (0, 2, 0, 0, 1), strict=True))


def test_heartbeats_and_campaigns(store: Database) -> None:
    span = {"ends_at": START + DAY, "files": b"", "retired_at": None}
    with store.writing() as tx:
        tx.run("test_heartbeat", process="worker", at=START)
        tx.run("test_heartbeat", process="serve", at=START)
        tx.run("test_pack", hash="aa", files=b"", at=START)
        tx.run("test_campaign", id="a", version=1, pack="aa", starts_at=START, **span | {"retired_at": START})
        tx.run("test_campaign", id="a", version=2, pack="aa", starts_at=START - 5, **span)
        tx.run("test_campaign", id="b", version=1, pack="lost", starts_at=START, **span)
    with store.reading() as reader:
        console = ConsoleReader(reader, START)
        assert [beat.process for beat in console.heartbeats()] == ["serve", "worker"]
        campaigns = console.campaigns()
    assert [(row.id, row.version, row.pack) for row in campaigns] == [
        ("b", 1, None),
        ("a", 2, "macau-pj"),
        ("a", 1, "macau-pj"),
    ]
    assert campaigns[0].pack_hash == "lost"


def test_the_reader_cannot_write(store: Database) -> None:
    """Power is visible in the type: what a page is given has no way to change a row."""
    with store.reading() as reader:
        assert not hasattr(reader, "run")
