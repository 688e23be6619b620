"""Claims, leases and settlements on both engines, and what doctor and console are told (step 10)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from breather.couriers.peer_address import DeliverTo
from breather.domain.instant import DAY, HOUR, MINUTE, SECOND, Millis
from breather.domain.referral import ReferralBasis, Tier
from breather.domain.sign import Sign
from breather.exchange.examine_relay import examine_relay
from breather.exchange.relay import (
    CONSENT_WITHDRAWN,
    LEASE,
    Attempt,
    Claimed,
    Delivered,
    Failed,
    Refused,
    claim,
    claim_batch,
    is_due,
    is_still_ours,
    relay_state,
    release,
    replay,
    settle,
)
from breather.protocol.identity_folder import create_identity
from breather.protocol.peer_folder import PinnedPeer
from breather.protocol.trust import Peer, Role, accept_key_list
from breather.storage.exchange.referrals import Delivery, Promise, find_referral, promise
from breather.storage.transaction import Transaction
from tests.unit.exchange.world import World

AGENCY = "macau-pj"
GOT = Delivered(b"receipt", "kid 1 sig")


def promised(world: World, count: int = 1, agency: str = AGENCY) -> list[str]:
    names = [world.name("ref") for _ in range(count)]

    def act(tx: Transaction) -> None:
        for name in names:
            row = Promise(name, "wd-1", agency, Tier.PSEUDONYMOUS, ReferralBasis.CUSTOMER_ASKED, "TRON:x", b"body")
            promise(tx, row, tx.journal(9, "referred", "wd-1", "key:shop", b"{}"))

    world.write(act)
    return names


def one_claim(world: World) -> Claimed:
    found = world.write(lambda tx: claim(tx, AGENCY))
    assert found is not None
    return found


def state(world: World, referral: str) -> tuple[Delivery, int, str | None]:
    row = world.read(lambda reader: find_referral(reader, referral))
    assert row is not None
    return row.delivery, row.attempts, row.problem


def test_a_claim_is_exclusive_until_its_lease_runs_out(world: World) -> None:
    (referral,) = promised(world)
    first = one_claim(world)
    assert (first.referral, first.lease, first.attempts, first.body) == (referral, 1, 0, b"body")
    assert world.write(lambda tx: claim(tx, AGENCY)) is None
    assert not world.read(lambda reader: is_due(reader, AGENCY, world.now))
    world.wait(LEASE - 1)
    assert world.write(lambda tx: claim(tx, AGENCY)) is None
    world.wait(1)
    second = one_claim(world)
    assert second.lease == 2
    assert not world.write(lambda tx: settle(tx, first, GOT, 0.5)), "its lease has passed on"
    assert not world.write(lambda tx: settle(tx, first, Failed("x: y"), 0.5))
    assert not world.write(lambda tx: settle(tx, first, Refused("x: y"), 0.5))
    assert not world.write(lambda tx: release(tx, first))
    assert state(world, referral) == (Delivery.PENDING, 0, None)
    assert world.write(lambda tx: settle(tx, second, GOT, 0.5))
    assert state(world, referral) == (Delivery.RECEIPTED, 0, None)


def test_settling_twice_is_settling_once(world: World) -> None:
    promised(world)
    claimed = one_claim(world)
    assert world.write(lambda tx: settle(tx, claimed, GOT, 0.5))
    entries = len(world.journal())
    for attempt in (GOT, Failed("x: y"), Refused("x: y")):
        assert not world.write(settling(attempt, claimed))
    assert len(world.journal()) == entries


def test_one_agency_is_not_held_up_by_another_and_the_longest_waiting_go_first(world: World) -> None:
    ours = promised(world, 3)
    promised(world, 2, "hong-kong-adcc")
    world.wait(SECOND)
    later = promised(world, 2)
    batch = world.write(lambda tx: claim_batch(tx, AGENCY, 4))
    assert [each.referral for each in batch] == [*ours, later[0]]
    assert world.read(lambda reader: is_due(reader, "hong-kong-adcc", world.now))


def test_what_is_given_back_is_due_as_before(world: World) -> None:
    (referral,) = promised(world)
    claimed = one_claim(world)
    assert world.read(lambda reader: is_still_ours(reader, claimed))
    assert world.write(lambda tx: release(tx, claimed))
    assert one_claim(world).lease == 2
    assert not world.read(lambda reader: is_still_ours(reader, claimed))
    assert state(world, referral)[1] == 0


def test_a_failure_waits_and_is_counted(world: World) -> None:
    (referral,) = promised(world)
    assert world.write(lambda tx: settle(tx, one_claim_in(tx), Failed("unreachable: nobody"), 0.5))
    assert state(world, referral) == (Delivery.PENDING, 1, "unreachable: nobody")
    world.wait(SECOND - 1)
    assert world.write(lambda tx: claim(tx, AGENCY)) is None
    world.wait(1)
    assert one_claim(world).attempts == 1


def one_claim_in(tx: Transaction) -> Claimed:
    found = claim(tx, AGENCY)
    assert found is not None
    return found


def settling(attempt: Attempt, claimed: Claimed | None = None) -> Callable[[Transaction], bool]:
    """Of what was claimed, or of the next."""
    return lambda tx: settle(tx, claimed or one_claim_in(tx), attempt, 0.5)


def test_promised_is_receipted_and_pending_and_dead(world: World) -> None:
    promised(world, 6)
    for attempt in (GOT, GOT, Refused("not-allowed: no"), Failed("unreachable: nobody")):
        world.write(settling(attempt))
    found = world.read(lambda reader: relay_state(reader, Millis(world.now + HOUR)))
    counts = {Delivery.RECEIPTED: 2, Delivery.PENDING: 3, Delivery.DEAD: 1}
    assert (dict(found.counts), found.dead, found.oldest_pending) == (counts, 1, HOUR)
    assert (dict(found.waiting), dict(found.failures)) == ({AGENCY: 3}, {AGENCY: "unreachable: nobody"})


def test_only_a_dead_letter_is_replayed_and_it_begins_again(world: World) -> None:
    (referral,) = promised(world)
    assert not world.write(lambda tx: replay(tx, referral, "console"))
    assert not world.write(lambda tx: replay(tx, "unknown", "console"))
    world.write(lambda tx: settle(tx, one_claim_in(tx), Refused("not-allowed: no"), 0.5))
    assert world.write(lambda tx: replay(tx, referral, "console"))
    assert state(world, referral) == (Delivery.PENDING, 0, None)
    assert one_claim(world).referral == referral
    world.write(lambda tx: tx.run("settle_dead", referral=referral, lease=2, now=tx.now, problem=CONSENT_WITHDRAWN))
    assert state(world, referral)[0] is Delivery.DEAD
    assert not world.write(lambda tx: replay(tx, referral, "console"))


def signs(world: World, *, peers: dict[str, PinnedPeer], later: int = 0) -> list[Sign]:
    snapshot = replace(world.snapshot, identity=replace(world.snapshot.identity, peers=peers))
    return world.read(lambda reader: list(examine_relay(reader, snapshot, Millis(world.now + later))))


def a_peer(folder: Path, now: Millis, courier: DeliverTo | None) -> dict[str, PinnedPeer]:
    made = create_identity(folder, AGENCY, Role.AGENCY, "test", now)
    pin = Peer(AGENCY, Role.AGENCY, "test", made.fingerprint)
    peer = accept_key_list(pin, made.signed.body, made.signed.signature, now)
    return {AGENCY: PinnedPeer(peer, courier=courier)}


def said(found: list[Sign]) -> str:
    return "\n".join(f"{'wrong' if sign.wrong else 'fine'}: {sign.what} | {sign.remedy}" for sign in found)


@pytest.mark.parametrize(
    ("problem", "later", "expected"),
    [
        (None, 0, "fine: the changes of macau-pj were taken"),
        (None, 2 * MINUTE, "wrong: the changes of macau-pj were last taken"),
        ("older-manifest: 3 after 4", 0, "older-manifest: 3 after 4"),
        ("outside-replay-window: our clock is 600 s behind", 0, "set the clock"),
        (None, 80 * DAY, "wrong: the key list of macau-pj expires"),
    ],
)
def test_the_doctor_names_what_is_wrong_with_the_stream(
    sqlite_world: World, tmp_path: Path, problem: str | None, later: int, expected: str
) -> None:
    world = sqlite_world
    peers = a_peer(tmp_path, world.now, DeliverTo("https://relay.police.example"))
    world.write(lambda tx: tx.run("begin_stream", agency=AGENCY, now=tx.now))
    world.write(lambda tx: tx.run("advance_stream", agency=AGENCY, through=0, manifest=1, now=tx.now))
    if problem is not None:
        world.write(lambda tx: tx.run("fail_stream", agency=AGENCY, problem=problem, now=tx.now))
    assert expected in said(signs(world, peers=peers, later=later))


def test_the_doctor_names_what_waits_for_a_person(sqlite_world: World, tmp_path: Path) -> None:
    world = sqlite_world
    assert not [
        sign for sign in signs(world, peers=a_peer(tmp_path / "a", world.now, None)) if "referrals" in sign.what
    ]
    promised(world, 3)
    world.write(lambda tx: settle(tx, one_claim_in(tx), Refused("not-allowed: no"), 0.5))
    world.write(
        lambda tx: settle(tx, one_claim_in(tx), Failed("outside-replay-window: our clock is 600 s behind"), 0.5)
    )
    aside = {"agency": AGENCY, "number": 4, "kind": "disposition", "problem": "unknown-referral: x", "body": b"{}"}
    world.write(lambda tx: tx.run("set_change_aside", **aside, at=tx.now))
    text = said(signs(world, peers=a_peer(tmp_path / "b", world.now, None), later=2 * HOUR))
    for expected in (
        "wrong: macau-pj is pinned without an address to deliver to | run `breather peer add macau-pj",
        "fine: 3 referrals were promised: 2 pending, 0 receipted, 1 dead",
        "wrong: a referral has waited for 2 h",
        "600 s behind | set the clock",
        "wrong: 1 referrals could not be delivered | replay them",
        "wrong: 1 changes were set aside; the newest, macau-pj's 4: unknown-referral: x",
    ):
        assert expected in text, text
    assert "no agency macau-pj is pinned" in said(signs(world, peers={}))


def test_the_doctor_is_silent_where_nothing_is_ever_sent(sqlite_world: World) -> None:
    campaigns = {
        key: replace(one, campaign=replace(one.campaign, relay=None))
        for key, one in sqlite_world.snapshot.campaigns.items()
    }
    sqlite_world.snapshot = replace(sqlite_world.snapshot, campaigns=campaigns)
    assert signs(sqlite_world, peers={}) == []
