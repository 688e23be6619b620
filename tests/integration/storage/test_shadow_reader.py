"""What is read of shadows, on both engines: in order, page by page, and by an index that holds only what matters."""

import sqlite3
from pathlib import Path

from breather.domain.asset import Network
from breather.domain.event import EventKind
from breather.domain.friction import Friction
from breather.domain.ruling import Rulebook
from breather.domain.shadow import Change
from breather.domain.withdrawal import Destination
from breather.storage.dialect import Dialect
from breather.storage.exchange.console_reader import NEWEST
from breather.storage.exchange.shadow_reader import Outcomes, changed, find_words, outcomes, words_of
from breather.storage.query import read_queries
from tests.engines import database_url, postgresql_server  # noqa: F401 - fixtures
from tests.unit.exchange.conftest import sqlite_world, world  # noqa: F401 - fixtures
from tests.unit.exchange.shadowed import NUMBER, begin
from tests.unit.exchange.world import ADDRESSES, STORAGE, World, asked_for, event, rule_of

SMALL = Rulebook([rule_of("small", "amount_usd < 600", Friction.QUESTIONS)])


def fill(world: World) -> None:  # noqa: F811
    """Three newly interrupted, two no longer, two by neither."""
    begin(world, SMALL)
    for number, amount in enumerate((300, 1000, 700, 200, 5000, 800, 100)):
        to = Destination(Network.TRON, ADDRESSES[0], f"memo-{number}")
        world.assess(asked_for(f"w{number}", amount, customer=f"c{number}", to=to))


def ids(world: World, change: Change, before: int = NEWEST, limit: int = 2) -> tuple[list[str], bool]:  # noqa: F811
    rows, more = world.read(lambda reader: changed(reader, NUMBER, change, before, limit))
    return [row.id for row in rows], more


def test_pages_hold_each_change_once_newest_first(world: World) -> None:  # noqa: F811
    fill(world)
    newly, more = ids(world, Change.NEWLY)
    assert more
    rest, last = ids(world, Change.NEWLY, world.row(newly[-1]).number)
    asked = [name for name in (f"w{number}" for number in range(7)) if world.row(name).shadow_change == Change.NEWLY]
    assert [*newly, *rest] == asked[::-1]
    assert not last


def test_outcomes_are_of_the_newest_and_of_their_change(world: World) -> None:  # noqa: F811
    fill(world)
    names, _ = ids(world, Change.NO_LONGER, limit=100)
    assert len(names) >= 2
    world.respond(names[0], event(EventKind.STOP, "e1"))
    world.respond(names[1], event(EventKind.BROADCAST, "e2", transaction_id="0xa"))
    found = world.read(lambda reader: outcomes(reader, NUMBER))
    assert found[Change.NO_LONGER] == Outcomes(len(names), 1, 1)
    assert found[Change.BOTH].withdrawals == len(ids(world, Change.BOTH, limit=100)[0])


def test_another_shadow_has_words_and_lists_of_its_own(world: World) -> None:  # noqa: F811
    fill(world)
    assert world.read(lambda reader: words_of(reader, NUMBER + 1)) == ([], True)
    assert world.read(lambda reader: changed(reader, NUMBER + 1, Change.NEWLY, NEWEST, 5)) == ([], False)
    assert world.read(lambda reader: find_words(reader, None, "submit", None)) is None


def test_no_question_scans_the_withdrawals(sqlite_world: World, tmp_path: Path) -> None:  # noqa: F811
    fill(sqlite_world)
    queries = read_queries(STORAGE).of(Dialect.SQLITE)
    connection = sqlite3.connect(tmp_path / "world.db")
    try:
        for name in ("shadow_changed", "shadow_outcomes", "shadow_words", "find_shadow_word", "find_shadow"):
            given = {"shadow": 7, "change": 2, "before": 9, "rows": 2, "most": 5, "phase": "", "said": "", "number": 1}
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {queries[name].sql}", given)]
            assert not [step for step in plan if re_scans(step)], (name, plan)
    finally:
        connection.close()


def re_scans(step: str) -> bool:
    """A scan of a table; the few rows of a subselect may be scanned."""
    return step.startswith("SCAN") and "newest" not in step


def test_withdrawals_without_a_change_are_not_in_the_index(sqlite_world: World, tmp_path: Path) -> None:  # noqa: F811
    connection = sqlite3.connect(tmp_path / "world.db")
    try:
        ((sql,),) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'withdrawal_of_change'").fetchall()
        assert "WHERE shadow_change IS NOT NULL" in sql
    finally:
        connection.close()
