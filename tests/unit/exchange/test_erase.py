"""What is left of a withdrawal that was erased, and what may be erased at all (guarantees A1 and I)."""

from pathlib import Path

import pytest

from breather.domain.asset import Network
from breather.domain.disposition import Disposition
from breather.domain.event import EventKind
from breather.domain.instant import DAY, HOUR
from breather.domain.profile import CustomerProfile
from breather.domain.refusal import ErasedWithdrawal
from breather.domain.withdrawal import CustomerRef, Destination
from breather.exchange.erase import erase_withdrawal
from breather.exchange.link import mint
from breather.exchange.relay import CONSENT_WITHDRAWN, Delivered, Refused, claim, settle
from breather.exchange.retain import Why, retain, would_go
from breather.storage.erasure_journal import ErasureJournal
from breather.storage.exchange.profiles import read_profiles
from breather.storage.exchange.referrals import Delivery
from breather.storage.recovery import begin_recovery
from breather.storage.schema import parse_schema
from tests.past_the_service import everything, execute
from tests.unit.exchange.test_relay import AGENCY
from tests.unit.exchange.test_subject import asked_for_help
from tests.unit.exchange.world import ADDRESSES, ANSWERS, STORAGE, World, asked_for, event, released

KEEP = 30
SERVICE = "exchange"
SCHEMA = parse_schema(STORAGE.joinpath("schema.sql").read_text("utf-8"), SERVICE)
OTHER = Destination(Network.TRON, ADDRESSES[1])


def erase(world: World, withdrawal: str) -> bool:
    return world.write(lambda tx: erase_withdrawal(tx, withdrawal, "retention", "retention", tx.now))


def journal(folder: Path) -> ErasureJournal:
    return ErasureJournal(folder, SERVICE)


def read(world: World, customer: str) -> CustomerProfile:
    return world.read(lambda reader: read_profiles(reader, CustomerRef(customer), OTHER.key)).customer


def kept(world: World) -> tuple[int, dict[Why, int]]:
    free, why = world.read(lambda reader: would_go(reader, world.now, KEEP))
    return free, dict(why)


def erased(world: World, folder: Path) -> int:
    return world.write(lambda tx: retain(tx, journal(folder), 0, KEEP))[0]


def test_an_erased_id_is_gone_for_good(world: World) -> None:
    world.assess(asked_for("w-1", 100))
    assert erase(world, "w-1")
    at = world.now
    world.wait(DAY)
    for again in (asked_for("w-1", 100), asked_for("w-1", 200)):
        with pytest.raises(ErasedWithdrawal) as caught:
            world.assess(again)
        assert caught.value.members == {"erased_at": at}
    for act in (
        lambda: world.clear("w-1"),
        lambda: world.respond("w-1", event(EventKind.HELP, "h")),
        lambda: world.view("w-1"),
        lambda: world.write(lambda tx: mint(tx, "w-1", "token", None, "key:shop")),
    ):
        with pytest.raises(ErasedWithdrawal):
            act()
    assert not erase(world, "w-1"), "twice is once"


def test_in_one_batch_only_the_erased_one_is_refused(world: World) -> None:
    world.assess(asked_for("w-1", 100))
    erase(world, "w-1")
    assert world.assess(asked_for("w-2", 100)).created


def test_nothing_says_who_how_much_and_where_to_any_more(world: World, database_url: str) -> None:
    world.relay()
    world.assess(asked_for("w-1", 5173, customer="maria-of-the-third-floor", to=OTHER))
    world.respond("w-1", event(EventKind.HELP, "h"))
    released(world, "w-1")
    world.write(lambda tx: mint(tx, "w-1", "token", None, "key:shop"))
    entries = len(world.journal())
    before = " ".join(everything(database_url, SCHEMA).values())
    assert all(word in before for word in ("maria-of", "5173", "h"))
    erase(world, "w-1")
    assert len(world.journal()) == entries + 1, "no gap, and one entry that names it"
    after = everything(database_url, SCHEMA)
    assert not any("maria-of" in said or "5173" in said for said in after.values())
    left = {table for table, said in after.items() if "w-1" in said}
    assert left == {"journal", "erased", "referral"}, "that there was one, and what became of its referral"
    bodies = execute(database_url, "SELECT kind FROM journal WHERE withdrawal = 'w-1' AND length(body) > 0")
    assert bodies == [("erased",)]


def test_what_others_share_with_it_goes_with_the_last_of_them(world: World) -> None:
    """The pause, the customer's profile; a payee that is somebody else's is left alone."""
    for name in ("w-1", "w-2"):
        world.assess(asked_for(name, 900))
    world.assess(asked_for("w-3", 900, customer="ben"))
    erase(world, "w-1")
    assert world.view("w-2").standing.pause == world.standing("w-2").pause
    customers = [read(world, "ana").count, read(world, "ben").count]
    assert customers == [2, 1]
    erase(world, "w-2")
    assert [read(world, "ana").count, read(world, "ben").count] == [0, 1]


def test_an_id_that_the_database_never_knew_is_remembered(world: World) -> None:
    """A backup may be older than the withdrawal that was erased."""
    assert erase(world, "never-seen")
    with pytest.raises(ErasedWithdrawal):
        world.assess(asked_for("never-seen", 100))


def test_the_period_begins_with_the_last_act(world: World, tmp_path: Path) -> None:
    world.assess(asked_for("w-1", 100))
    world.wait(20 * DAY)
    world.respond("w-1", event(EventKind.BROADCAST, "b", transaction_id="t"))
    world.wait(KEEP * DAY - 1)
    assert kept(world) == (0, {Why.RECENT: 1})
    assert erased(world, tmp_path) == 0
    world.wait(1)
    assert kept(world) == (1, {})
    assert erased(world, tmp_path) == 1
    assert [line.id for line in journal(tmp_path).lines()] == ["w-1"]
    assert kept(world) == (0, {})


def test_what_shares_a_pause_waits_for_the_last_of_it(world: World) -> None:
    world.assess(asked_for("w-1", 5000))
    world.respond("w-1", event(EventKind.ANSWER, "a", answers=ANSWERS))
    world.assess(asked_for("w-2", 100))
    assert world.row("w-2").pause == "w-1"
    world.wait(10 * DAY)
    world.respond("w-2", event(EventKind.BROADCAST, "b", transaction_id="t"))
    world.wait(KEEP * DAY - DAY)
    assert kept(world) == (0, {Why.RECENT: 2})


def test_what_is_open_is_never_erased(world: World, tmp_path: Path) -> None:
    """A hold of three months, as a legal demand may ask for."""
    world.assess(asked_for("w-1", 5000))
    world.respond("w-1", event(EventKind.HELD, "hold", lasts=90 * DAY, reason="desk-review"))
    world.wait(80 * DAY)
    assert kept(world) == (0, {Why.OPEN: 1})
    assert erased(world, tmp_path) == 0
    world.wait(60 * DAY)
    assert kept(world) == (1, {})


def test_what_is_promised_or_awaited_is_never_erased(world: World, tmp_path: Path) -> None:
    asked_for_help(world)
    world.wait(100 * DAY)
    assert kept(world) == (0, {Why.PROMISED: 1})
    claimed = world.write(lambda tx: claim(tx, AGENCY))
    assert claimed is not None
    world.write(lambda tx: settle(tx, claimed, Delivered(b"{}", "kid 1 signature"), 0.5))
    world.wait(100 * DAY)
    assert kept(world) == (0, {Why.AWAITED: 1})
    assert erased(world, tmp_path) == 0
    found = {"id": claimed.referral, "disposition": Disposition.NOT_A_SCAM, "duplicate_of": None}
    world.write(lambda tx: tx.run("dispose_referral", disposed_at=tx.now, now=tx.now, **found))
    assert kept(world) == (1, {})
    assert erased(world, tmp_path) == 1
    (referral,) = world.referrals("w1")
    assert (referral.body, referral.delivery) == (b"", Delivery.RECEIPTED), "a later finding still has its row"


@pytest.mark.parametrize(("problem", "free"), [("final: refused", 0), (CONSENT_WITHDRAWN, 1)])
def test_a_dead_letter_is_somebodys_item_and_a_consent_taken_back_is_nobodys(
    world: World, problem: str, free: int
) -> None:
    asked_for_help(world)
    claimed = world.write(lambda tx: claim(tx, AGENCY))
    assert claimed is not None
    world.write(lambda tx: settle(tx, claimed, Refused(problem), 0.5))
    world.wait(100 * DAY)
    assert kept(world)[0] == free


def test_nothing_is_erased_by_a_database_that_is_behind(world: World, tmp_path: Path) -> None:
    world.assess(asked_for("w-1", 100))
    world.wait(100 * DAY)
    world.write(lambda tx: begin_recovery(tx, "for the tests", "witness", None))
    assert erased(world, tmp_path) == 0


def test_what_cannot_be_journalled_outside_is_not_erased(world: World, tmp_path: Path) -> None:
    world.assess(asked_for("w-1", 100))
    world.wait(100 * DAY)
    (tmp_path / "erased").write_text("in the way")
    with pytest.raises(OSError, match=r"exists|directory"):
        erased(world, tmp_path)
    assert world.row("w-1").id == "w-1"


def test_batches_go_on_after_what_is_kept(world: World, tmp_path: Path) -> None:
    names = [f"w-{number}" for number in range(5)]
    for name in names:
        world.assess(asked_for(name, 100, customer=name))
    world.respond("w-1", event(EventKind.HELD, "hold", lasts=90 * DAY, reason="desk-review"))
    world.wait(80 * DAY)

    def batch(after: int) -> tuple[int, int | None]:
        return world.write(lambda tx: retain(tx, journal(tmp_path), after, KEEP, 2))

    batches: list[int] = []
    after: int | None = 0
    while after is not None:
        gone, after = batch(after)
        batches.append(gone)
        assert len(batches) < 9, "it goes on"
    assert batches == [1, 2, 1], "the one that is kept is not looked at again"
    assert world.row("w-1").id == "w-1"


def test_a_hold_stays_while_it_bears_on_another_of_its_pair(world: World) -> None:
    world.assess(asked_for("w-1", 5000))
    world.respond("w-1", event(EventKind.HELD, "hold", lasts=HOUR, reason="desk-review"))
    world.assess(asked_for("w-2", 100))
    before = world.standing("w-2").holds
    erase(world, "w-1")
    assert world.standing("w-2").holds == before != ()
