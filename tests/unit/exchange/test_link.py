"""Links and page sessions: used once, short-lived, alike when they are no good, stored as hashes (guarantee G2)."""

import pytest

from breather.domain.instant import DAY, MINUTE, Millis
from breather.domain.refusal import UnknownWithdrawal
from breather.exchange.expire import expire
from breather.exchange.link import LINK_LIVES, PageSession, digest, find_session, mint, redeem
from tests.unit.exchange.world import World, asked_for


def minted(world: World, token: str = "token") -> Millis:
    world.assess(asked_for("w1", 80))
    return world.write(lambda tx: mint(tx, "w1", token, "pt", "key:shop"))


def redeemed(world: World, session: str, token: str = "token") -> str | None:
    return world.write(lambda tx: redeem(tx, token, session, "csrf"))


def found(world: World, session: str) -> PageSession | None:
    return world.read(lambda reader: find_session(reader, session, world.now))


def test_a_link_opens_one_page_once_on_both_engines(world: World) -> None:
    assert minted(world) == world.now + 15 * MINUTE
    assert redeemed(world, "session") == "w1"
    assert redeemed(world, "another") is None
    assert found(world, "session") == PageSession("w1", "pt", "csrf")
    assert found(world, "another") is None


def test_expired_and_unknown_look_alike(sqlite_world: World) -> None:
    minted(sqlite_world)
    assert redeemed(sqlite_world, "s", "guessed") is None
    sqlite_world.wait(LINK_LIVES)
    acts = len(sqlite_world.journal())
    assert redeemed(sqlite_world, "s") is None
    assert len(sqlite_world.journal()) == acts, "what changes nothing is no act"


def test_a_link_is_good_to_its_last_millisecond(sqlite_world: World) -> None:
    minted(sqlite_world)
    sqlite_world.wait(LINK_LIVES - 1)
    assert redeemed(sqlite_world, "s") == "w1"


def test_a_page_closes_after_a_day(sqlite_world: World) -> None:
    minted(sqlite_world)
    redeemed(sqlite_world, "session")
    sqlite_world.wait(DAY - 1)
    assert found(sqlite_world, "session") is not None
    sqlite_world.wait(1)
    assert found(sqlite_world, "session") is None


def test_there_is_no_link_to_an_unknown_withdrawal(sqlite_world: World) -> None:
    with pytest.raises(UnknownWithdrawal):
        sqlite_world.write(lambda tx: mint(tx, "w9", "token", None, "key:shop"))


def test_only_hashes_are_stored(sqlite_world: World) -> None:
    minted(sqlite_world)
    redeemed(sqlite_world, "session")
    assert sqlite_world.read(lambda reader: reader.one("find_link", hash="token")) is None
    link = sqlite_world.read(lambda reader: reader.one("find_link", hash=digest("token")))
    assert link is not None
    assert "token" not in {str(value) for value in link.values()}
    assert sqlite_world.read(lambda reader: reader.one("find_page_session", hash="session")) is None


def test_the_worker_puts_away_what_is_over_and_leaves_its_heartbeat(world: World) -> None:
    minted(world)
    redeemed(world, "session")
    assert world.write(expire) == 0
    world.wait(LINK_LIVES)
    assert world.write(expire) == 1
    world.wait(DAY)
    assert world.write(expire) == 1
    beat = world.read(lambda reader: reader.one("find_heartbeat", process="worker"))
    assert beat == {"at": world.now, "detail": "expired 1"}
