"""Who asks for help: consent, the sealed subject, and taking it back (tier identified, guarantee H3)."""

import base64
import hashlib
from dataclasses import replace

import msgspec
import pytest

from breather.client.sealing import Carrier, Subject, seal_subject
from breather.domain.event import Actor, Event, EventKind
from breather.domain.instant import HOUR, MINUTE
from breather.domain.referral import Tier
from breather.domain.refusal import (
    ChangedRetry,
    NoConsent,
    NoSealingKey,
    NotOffered,
    NotSealed,
    OtherReferral,
    SubjectTaken,
    UnknownWithdrawal,
    Watched,
)
from breather.domain.ruling import Rulebook
from breather.domain.withdrawal import Session
from breather.exchange.relay import CONSENT_WITHDRAWN, Claimed, Delivered, Failed, claim, replay, settle
from breather.exchange.subject import SealedSubject, SubjectWanted
from breather.protocol.peer_folder import PinnedPeer
from breather.protocol.trust import keys_for
from breather.storage.exchange.referrals import Delivery, ReferralRow
from tests.unit.exchange.world import World, asked_for, event
from tests.unit.protocol.samples import AGENCY

NAME = "Chan Tai Man of the Rua da Felicidade"
HELP, LISTENING = event(EventKind.HELP, "help"), event(EventKind.LISTENING, "heard")


def consent(name: str = "yes") -> Event:
    return event(EventKind.CONSENT, name, consent_text="consent.en.1")


def revoke(name: str = "no") -> Event:
    return event(EventKind.REVOKE, name)


def sealed(wanted: SubjectWanted, name: str = "s1", said: str = NAME) -> SealedSubject:
    """By the client, as the VASP does it."""
    carrier = Carrier(mode=wanted.mode, sender=wanted.sender, recipient=wanted.recipient, referral=wanted.referral)
    keys = {kid: base64.b64encode(raw).decode() for kid, raw in wanted.keys.items()}
    ciphertext = base64.b64decode(seal_subject(Subject(name=said), carrier, keys))
    return SealedSubject(name, wanted.referral, ciphertext, tuple(keys))


def asked_for_help(world: World, name: str = "w1") -> None:
    world.relay()
    world.assess(asked_for(name, 5000))
    world.respond(name, HELP)


def agreed(world: World, name: str = "w1") -> SubjectWanted:
    asked_for_help(world, name)
    world.respond(name, consent())
    found = world.wanted(name)
    assert found is not None
    return found


def identified(world: World, name: str = "w1") -> ReferralRow:
    (found,) = (one for one in world.referrals(name) if one.tier == Tier.IDENTIFIED.word)
    return found


def taken_up(world: World) -> Claimed:
    """The worker has both referrals; this is the identified one."""
    world.write(lambda tx: claim(tx, AGENCY))
    found = world.write(lambda tx: claim(tx, AGENCY))
    assert found is not None
    assert found.referral == identified(world).id
    return found


def test_from_yes_to_a_promise_on_both_engines(world: World) -> None:
    wanted = agreed(world)
    at = world.now
    assert (wanted.mode, wanted.sender, wanted.recipient, wanted.consented_at) == ("test", "vasp-1", AGENCY, at)
    changed = world.row("w1").changed
    world.wait(MINUTE)
    subject = sealed(wanted)
    assert world.accept("w1", subject).created
    found = identified(world)
    assert (found.id, found.basis, found.delivery) == (wanted.referral, "customer-asked", Delivery.PENDING)
    said = msgspec.json.decode(found.body)
    assert base64.b64decode(said["sealed"]["ciphertext"]) == subject.ciphertext
    assert said["sealed"]["consent"]["text"] == "consent.en.1"
    assert said["sealed"]["consent"]["id"] == f"consent-{world.row('w1').consent_number}"
    assert said["follows"] == world.referrals("w1")[0].id
    assert (said["tier"], said["sequence"]) == ("identified", 2)
    assert NAME.encode() not in found.body
    assert world.wanted("w1") is None, "it is not asked for twice"
    assert world.row("w1").changed > changed, "whoever polls is told"


def test_the_vasp_is_told_of_the_yes_and_of_its_end(sqlite_world: World) -> None:
    asked_for_help(sqlite_world)
    before = sqlite_world.row("w1").changed
    sqlite_world.respond("w1", consent())
    (view,) = sqlite_world.changes(before, 10).views
    assert view.row.subject_referral is not None
    sqlite_world.respond("w1", revoke())
    row = sqlite_world.row("w1")
    assert row.changed > view.row.changed
    assert (row.consented_at, row.consent_text, row.consent_number, row.subject_referral) == (None,) * 4
    assert sqlite_world.wanted("w1") is None


def test_she_is_asked_only_after_help_and_only_where_somebody_could_read_it(sqlite_world: World) -> None:
    sqlite_world.relay()
    sqlite_world.assess(asked_for("w1", 5000))
    assert not sqlite_world.view("w1").consent_offered
    sqlite_world.respond("w1", HELP)
    assert sqlite_world.view("w1").consent_offered
    known = sqlite_world.snapshot
    peer = known.identity.peers[AGENCY].peer
    nobody = replace(known.identity, peers={AGENCY: PinnedPeer(replace(peer, key_list=None))})
    for identity in (nobody, replace(nobody, peers={})):
        sqlite_world.snapshot = replace(known, identity=identity)
        assert not sqlite_world.view("w1").consent_offered
    sqlite_world.snapshot = known
    sqlite_world.respond("w1", consent())
    assert not sqlite_world.view("w1").consent_offered, "once is enough"


@pytest.mark.parametrize("tier", [Tier.OFF, Tier.PSEUDONYMOUS])
def test_where_the_terms_identify_nobody_nothing_is_agreed(sqlite_world: World, tier: Tier) -> None:
    sqlite_world.relay(tier)
    sqlite_world.assess(asked_for("w1", 5000))
    sqlite_world.respond("w1", HELP)
    assert not sqlite_world.view("w1").consent_offered
    with pytest.raises(NotOffered):
        sqlite_world.respond("w1", consent())


def test_never_in_a_watched_session_or_withdrawal(sqlite_world: World) -> None:
    asked_for_help(sqlite_world)
    sqlite_world.respond("w1", LISTENING)
    sqlite_world.assess(asked_for("w2", 10, customer="eva", session=Session(on_call=True)))
    sqlite_world.respond("w2", HELP)
    for name in ("w1", "w2"):
        assert not sqlite_world.view(name).consent_offered
        with pytest.raises(Watched):
            sqlite_world.respond(name, consent())


def test_a_session_that_was_watched_while_nothing_was_asked_is_watched_all_the_same(sqlite_world: World) -> None:
    """Nothing was put in the way, so nothing marks the withdrawal; what was submitted still says it."""
    sqlite_world.relay()
    sqlite_world.use(replace(sqlite_world.active.campaign, rules=Rulebook(())))
    sqlite_world.assess(asked_for("w1", 10, session=Session(screen_shared=True)))
    sqlite_world.respond("w1", HELP)
    assert not sqlite_world.standing("w1").watched
    assert not sqlite_world.view("w1").consent_offered
    with pytest.raises(Watched):
        sqlite_world.respond("w1", consent())


def test_said_again_it_stays_the_first_yes(sqlite_world: World) -> None:
    wanted = agreed(sqlite_world)
    sqlite_world.wait(HOUR)
    sqlite_world.respond("w1", replace(consent("again"), consent_text="consent.pt.1"))
    row = sqlite_world.row("w1")
    assert (row.subject_referral, row.consented_at) == (wanted.referral, wanted.consented_at)
    assert row.consent_text == "consent.en.1"


def test_the_same_bytes_again_change_nothing_and_others_are_refused(world: World) -> None:
    wanted = agreed(world)
    subject = sealed(wanted)
    world.accept("w1", subject)
    before = (world.row("w1"), world.referrals("w1"), len(world.journal()))
    assert not world.accept("w1", subject).created
    assert not world.accept("w1", replace(subject, id="s2")).created
    other = sealed(wanted)
    with pytest.raises(ChangedRetry) as refusal:
        world.accept("w1", other)
    assert refusal.value.pointers == ("/ciphertext",)
    with pytest.raises(SubjectTaken, match="was taken already"):
        world.accept("w1", replace(other, id="s2"))
    assert (world.row("w1"), world.referrals("w1"), len(world.journal())) == before


def test_an_id_that_was_used_for_something_else_is_refused(sqlite_world: World) -> None:
    wanted = agreed(sqlite_world)
    with pytest.raises(ChangedRetry):
        sqlite_world.accept("w1", sealed(wanted, "help"))
    sqlite_world.accept("w1", sealed(wanted))
    with pytest.raises(ChangedRetry):
        sqlite_world.respond("w1", event(EventKind.STOP, "s1"))


def test_each_thing_that_is_wrong_is_refused_and_nothing_is_kept(sqlite_world: World) -> None:
    wanted = agreed(sqlite_world)
    good = sealed(wanted)
    (kid,) = good.keys
    wrong: list[tuple[SealedSubject, type[Exception]]] = [
        (replace(good, referral=sqlite_world.referrals("w1")[0].id), OtherReferral),
        (replace(good, ciphertext=NAME.encode()), NotSealed),
        (replace(good, ciphertext=b"age-encryption.org/v1\n" + NAME.encode()), NotSealed),
        (replace(good, ciphertext=b""), NotSealed),
        (replace(good, ciphertext=good.ciphertext + bytes(17_000)), NotSealed),
        (replace(good, keys=()), NotSealed),
        (replace(good, keys=(kid, kid)), NotSealed),
        (replace(good, keys=(kid, "0123456789abcdef")), NoSealingKey),
        (replace(good, keys=("0123456789abcdef",)), NoSealingKey),
    ]
    entries = len(sqlite_world.journal())
    for subject, refusal in wrong:
        with pytest.raises(refusal):
            sqlite_world.accept("w1", subject)
    with pytest.raises(UnknownWithdrawal):
        sqlite_world.accept("w9", good)
    assert len(sqlite_world.referrals("w1")) == 1
    assert len(sqlite_world.journal()) == entries
    assert sqlite_world.accept("w1", good).created, "what was wrong does not spoil what is right"


def test_a_key_that_was_taken_back_meanwhile_is_refused(sqlite_world: World) -> None:
    subject = sealed(agreed(sqlite_world))
    known = sqlite_world.snapshot
    peer = known.identity.peers[AGENCY].peer
    assert peer.key_list is not None
    rows = tuple(replace(key, revoked_at=sqlite_world.now) for key in peer.key_list.keys)
    lost = PinnedPeer(replace(peer, key_list=replace(peer.key_list, keys=rows)))
    assert not keys_for(lost.peer, peer.key_list.keys[0].purpose, sqlite_world.now)
    sqlite_world.snapshot = replace(known, identity=replace(known.identity, peers={AGENCY: lost}))
    assert sqlite_world.wanted("w1") is None
    with pytest.raises(NoSealingKey):
        sqlite_world.accept("w1", subject)


def test_taken_back_before_it_was_sealed_nothing_happened(sqlite_world: World) -> None:
    subject = sealed(agreed(sqlite_world))
    sqlite_world.respond("w1", replace(revoke(), actor=Actor.VASP, by="desk"))
    with pytest.raises(NoConsent):
        sqlite_world.accept("w1", subject)
    assert [one.tier for one in sqlite_world.referrals("w1")] == ["pseudonymous"]


def test_a_second_yes_is_carried_by_another_referral(sqlite_world: World) -> None:
    first = agreed(sqlite_world)
    old = sealed(first)
    sqlite_world.respond("w1", revoke())
    sqlite_world.respond("w1", consent("yes again"))
    second = sqlite_world.wanted("w1")
    assert second is not None
    assert second.referral != first.referral
    with pytest.raises(OtherReferral) as refusal:
        sqlite_world.accept("w1", old)
    assert refusal.value.members == {"referral": second.referral}
    assert sqlite_world.accept("w1", sealed(second)).created


def test_a_key_that_is_not_listed_is_named_also_where_a_subject_was_taken(sqlite_world: World) -> None:
    subject = sealed(agreed(sqlite_world))
    sqlite_world.accept("w1", subject)
    for name in ("s1", "s2"):
        with pytest.raises(NoSealingKey, match="0123456789abcdef"):
            sqlite_world.accept("w1", replace(subject, id=name, keys=("0123456789abcdef",)))


@pytest.mark.parametrize("receipted", [True, False])
def test_sealed_to_another_key_than_it_is_labelled_with_a_new_consent_is_the_way_out(
    world: World, receipted: bool
) -> None:
    """Nobody here can see it. Officers say that they cannot open it; a second file is taken for a new referral."""
    wanted = agreed(world)
    stranger = bytes(range(1, 33))
    file = sealed(replace(wanted, keys={hashlib.sha256(stranger).hexdigest()[:16]: stranger}))
    assert world.accept("w1", replace(file, keys=tuple(wanted.keys))).created
    if receipted:
        under_way = taken_up(world)
        world.write(lambda tx: settle(tx, under_way, Delivered(b"{}", "key 1 signature"), 0.5))
    with pytest.raises(SubjectTaken):
        world.accept("w1", sealed(wanted, "s2"))
    world.respond("w1", replace(revoke(), actor=Actor.VASP, by="desk"))
    world.respond("w1", consent("yes again"))
    again = world.wanted("w1")
    assert again is not None
    assert again.referral != wanted.referral
    assert world.accept("w1", sealed(again, "s3")).created
    states = [one.delivery for one in world.referrals("w1") if one.tier == Tier.IDENTIFIED.word]
    assert states == [Delivery.RECEIPTED if receipted else Delivery.DEAD, Delivery.PENDING]


def test_taken_back_before_it_was_sent_it_is_dead_and_its_bytes_are_gone(world: World) -> None:
    subject = sealed(agreed(world))
    world.accept("w1", subject)
    world.wait(MINUTE)
    world.respond("w1", revoke())
    found = identified(world)
    assert (found.delivery, found.problem, found.settled_at) == (Delivery.DEAD, CONSENT_WITHDRAWN, world.now)
    assert found.body == b""
    assert world.referrals("w1")[0].delivery is Delivery.PENDING, "the one that says nothing of her is sent"
    assert not world.write(lambda tx: replay(tx, found.id, "desk"))
    due = [world.write(lambda tx: claim(tx, AGENCY)) for _ in range(2)]
    assert [one and one.referral for one in due] == [world.referrals("w1")[0].id, None]
    assert not world.accept("w1", subject).created, "a retry is answered, and sends nothing"
    assert identified(world).body == b""


@pytest.mark.parametrize("receipted", [True, False])
def test_taken_back_while_it_is_being_sent_the_truth_wins(world: World, receipted: bool) -> None:
    """What the agency gave a receipt for has arrived; what failed is never tried again."""
    world.accept("w1", sealed(agreed(world)))
    under_way = taken_up(world)
    world.respond("w1", revoke())
    attempt = Delivered(b"{}", "key 1 signature") if receipted else Failed("timeout: no answer")
    assert world.write(lambda tx: settle(tx, under_way, attempt, 0.5)) == receipted
    found = identified(world)
    assert found.delivery is (Delivery.RECEIPTED if receipted else Delivery.DEAD)
    assert found.body == b""


def test_what_was_receipted_cannot_be_unsent(sqlite_world: World) -> None:
    world = sqlite_world
    world.accept("w1", sealed(agreed(world)))
    claimed = taken_up(world)
    world.write(lambda tx: settle(tx, claimed, Delivered(b"{}", "key 1 signature"), 0.5))
    before = identified(world)
    world.respond("w1", revoke())
    assert identified(world) == before
    assert before.delivery is Delivery.RECEIPTED
    assert world.row("w1").consented_at is None


def test_no_plaintext_of_hers_is_stored(sqlite_world: World) -> None:
    """Neither her name nor any part of it is in a table: what came here was sealed already."""
    sqlite_world.accept("w1", sealed(agreed(sqlite_world)))
    found = identified(sqlite_world)
    journal = sqlite_world.read(lambda reader: reader.all("console_timeline", withdrawal="w1"))
    events = sqlite_world.read(lambda reader: reader.all("events_of", withdrawal="w1"))
    stored = repr((found, journal, events, sqlite_world.row("w1")))
    assert "Felicidade" not in stored
    assert base64.b64encode(b"Felicidade").decode()[:12] not in stored
