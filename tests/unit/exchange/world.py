"""The exchange's use cases as a test drives them: one act, one transaction, a clock that stands until moved."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.resources import files
from itertools import count
from typing import Any, TypeVar

from breather.domain.amount import BaseUnits, MicroUsd
from breather.domain.asset import Asset, Network
from breather.domain.campaign import Campaign, Period, Relay
from breather.domain.catalogue import CATALOGUE
from breather.domain.clearance import Clearance
from breather.domain.cooling_off import State
from breather.domain.event import MAY, Actor, Event, EventKind
from breather.domain.friction import Friction
from breather.domain.instant import LATEST, MINUTE, Millis
from breather.domain.referral import Tier
from breather.domain.relay_terms import FIELDS
from breather.domain.rules import read_expression
from breather.domain.ruling import Rule, Rulebook
from breather.domain.standing import Standing
from breather.domain.typology import Typology
from breather.domain.withdrawal import CustomerRef, Destination, Kind, Residence, Session, Withdrawal, WithdrawalId
from breather.exchange.assess import Assessed, assess
from breather.exchange.campaign_file import read_campaign
from breather.exchange.clear import clear
from breather.exchange.reconsider import hold_confirmed
from breather.exchange.respond import Responded, respond
from breather.exchange.snapshot import Activated, Identity, Snapshot
from breather.exchange.subject import (
    Accepted,
    SealedSubject,
    SubjectWanted,
    accept_subject,
    subject_wanted,
)
from breather.exchange.view import Changes, WithdrawalView, changed_after, view
from breather.protocol.pack import pack_hash, read_folder, read_pack
from breather.protocol.peer_folder import PinnedPeer
from breather.protocol.trust import accept_key_list
from breather.samples import sample_campaign, sample_pack, sample_relay
from breather.storage.database import open_database
from breather.storage.exchange.referrals import ReferralRow, referrals_of
from breather.storage.exchange.withdrawals import WithdrawalRow, find_withdrawal, standing_of
from breather.storage.query import read_queries
from breather.storage.reader import Reader
from breather.storage.schema import parse_schema
from breather.storage.transaction import Transaction
from tests.unit.protocol.samples import AGENCY, key_list, pinned, signed_list

START = Millis(1_800_000_000_000)
STORAGE = files("breather.storage.exchange")
ADDRESSES = ("TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")
T = TypeVar("T")


def rule_of(name: str, when: str, friction: Friction) -> Rule:
    return Rule(name, read_expression(when, CATALOGUE), friction, Typology.GENERAL, "desk-review", "for the tests")


def sample_activated() -> Activated:
    """The sample campaign for ever, with two rules more: a very large amount and one answer are held for the desk."""
    pack_files = read_folder(sample_pack("macau-pj"))
    campaign = read_campaign({"campaign.toml": (sample_campaign("macau-pj-trial") / "campaign.toml").read_bytes()})
    more = (
        rule_of("very-large", "amount_usd >= 50000", Friction.HOLD),
        rule_of("once-got-it-back", "answer_withdrew_profit_before", Friction.HOLD),
    )
    campaign = replace(campaign, rules=Rulebook((*campaign.rules, *more)))
    return Activated(campaign, Period(Millis(0), LATEST), pack_hash(pack_files), read_pack(pack_files))


def sample_terms() -> Relay:
    """The relay terms of the demonstration."""
    text = (sample_campaign("macau-pj-trial") / "campaign.toml").read_text("utf-8") + sample_relay("macau-pj-demo")
    relay = read_campaign({"campaign.toml": text.encode()}).relay
    assert relay is not None
    return relay


def pinned_agency() -> PinnedPeer:
    """With a key list that is good at START, and one key for sealing in it."""
    keys = key_list(AGENCY)
    rows = tuple(replace(key, valid_until=LATEST) for key in keys.keys)
    body, signature = signed_list(replace(keys, expires_at=LATEST, keys=rows))
    return PinnedPeer(accept_key_list(pinned(AGENCY), body, signature, START))


class World:
    """`snapshot` may be replaced; `acts` counts what was acknowledged or promised, and is to be in the journal."""

    def __init__(self, url: str) -> None:
        self.now = START
        self.acts = 0
        self.database = open_database(url, read_queries(STORAGE), lambda: self.now)
        self.database.create(parse_schema(STORAGE.joinpath("schema.sql").read_text("utf-8"), "exchange"), "epoch")
        active = sample_activated()
        self.active = active
        key = (active.campaign.id, active.campaign.version)
        identity = Identity("vasp-1", "test", {1: b"k" * 32})
        self.snapshot = Snapshot(1, identity, {key: active}, {active.pack_hash: active.pack}, {})
        self._names = count(1)

    def close(self) -> None:
        self.database.close()

    def relay(self, tier: Tier = Tier.IDENTIFIED, relay: Relay | None = None) -> None:
        """From now on the campaign has relay terms, and the agency is pinned. OFF takes the terms away again."""
        found = relay or sample_terms()
        rows = {name: basis for name, basis in found.terms.fields.items() if FIELDS[name] <= tier}
        found = replace(found, terms=replace(found.terms, tier=tier, fields=rows))
        self.use(replace(self.active.campaign, relay=None if tier is Tier.OFF else found))
        identity = replace(self.snapshot.identity, peers={AGENCY: pinned_agency()})
        self.snapshot = replace(self.snapshot, identity=identity)

    def use(self, campaign: Campaign) -> None:
        """Another content under the same name, as nobody could activate it."""
        self.active = replace(self.active, campaign=campaign)
        self.snapshot = replace(self.snapshot, campaigns={(campaign.id, campaign.version): self.active})

    def confirm(self, destination: str, *, back: bool = False) -> None:
        """An agency confirms a destination as a scam, or takes that back."""
        named = f"of {destination}"
        if back:
            self.write(lambda tx: tx.run("withdraw_listing", referral=named, now=tx.now))
            return
        said = {"destination": destination, "referral": named, "agency": AGENCY}
        self.write(lambda tx: tx.run("list_destination", now=tx.now, **said))
        self.acts += self.write(lambda tx: hold_confirmed(tx, self.snapshot, destination, AGENCY, named))

    def referrals(self, withdrawal: str) -> list[ReferralRow]:
        return self.read(lambda reader: referrals_of(reader, withdrawal))

    def wanted(self, withdrawal: str) -> SubjectWanted | None:
        return self.read(lambda reader: subject_wanted(reader, self.snapshot, self._row(reader, withdrawal), self.now))

    def accept(self, withdrawal: str, sealed: SealedSubject) -> Accepted:
        found = self.write(lambda tx: accept_subject(tx, self.snapshot, withdrawal, sealed, "key:shop"))
        self.acts += 2 * found.created  # the subject, and the promise that carries it
        return found

    def name(self, prefix: str = "id") -> str:
        return f"{prefix}-{next(self._names)}"

    def wait(self, milliseconds: int) -> None:
        self.now = Millis(self.now + milliseconds)

    def write(self, act: Callable[[Transaction], T]) -> T:
        with self.database.writing() as tx:
            return act(tx)

    def read(self, question: Callable[[Reader], T]) -> T:
        with self.database.reading() as reader:
            return question(reader)

    def assess(self, asked: Withdrawal) -> Assessed:
        found = self.write(lambda tx: assess(tx, self.snapshot, asked, "key:shop"))
        self.acts += found.created and 1 + len(self.referrals(asked.id))
        return found

    def respond(self, withdrawal: str, event: Event, *, suspect: bool = False) -> Responded:
        before = len(self.referrals(withdrawal))
        found = self.write(lambda tx: respond(tx, self.snapshot, withdrawal, event, suspect))
        self.acts += found.created + len(self.referrals(withdrawal)) - before
        return found

    def clear(self, withdrawal: str, *, suspect: bool = False) -> Clearance:
        found = self.write(lambda tx: clear(tx, self.snapshot, withdrawal, "key:shop", suspect))
        self.acts += 1
        return found

    def row(self, withdrawal: str) -> WithdrawalRow:
        found = self.read(lambda reader: find_withdrawal(reader, withdrawal))
        assert found is not None
        return found

    def standing(self, withdrawal: str) -> Standing:
        return self.read(lambda reader: standing_of(reader, self._row(reader, withdrawal)))

    def state(self, withdrawal: str) -> State:
        return self.standing(withdrawal).state(self.now)

    def view(self, withdrawal: str) -> WithdrawalView:
        return self.read(lambda reader: view(reader, self.snapshot, withdrawal, self.now))

    def changes(self, after: int, limit: int) -> Changes:
        return self.read(lambda reader: changed_after(reader, self.snapshot, after, limit, self.now))

    def journal(self) -> Sequence[int]:
        head = self.read(lambda reader: reader.one("journal_head"))
        return range(1, head["number"] + 1) if head else ()

    @staticmethod
    def _row(reader: Reader, withdrawal: str) -> WithdrawalRow:
        row = find_withdrawal(reader, withdrawal)
        assert row is not None
        return row


def asked_for(
    withdrawal: str,
    units: int,
    *,
    usd: int | None = None,
    customer: str = "ana",
    to: Destination | None = None,
    asset: Asset = Asset.USDT,
    **said: Any,
) -> Withdrawal:
    """`units` whole units of `asset` on TRON, worth `usd` dollars (or as many as units), by a customer in Macau."""
    asked = Withdrawal(
        id=WithdrawalId(withdrawal),
        customer=CustomerRef(customer),
        asset=asset,
        amount=BaseUnits(units * 10**6),
        destination=to or Destination(Network.TRON, ADDRESSES[0]),
        amount_usd=MicroUsd((units if usd is None else usd) * 10**6),
        kind=Kind.INTERACTIVE,
        residence=Residence(kyc="MO"),
    )
    return replace(asked, **said)


def event(kind: EventKind, name: str, **said: Any) -> Event:
    """By whoever may do it first: the customer for what is hers, else the VASP or its desk."""
    actor = next(actor for actor in Actor if actor in MAY[kind])
    return replace(Event(name, kind, actor, "" if actor is Actor.CUSTOMER else "shop"), **said)


def confirmation(name: str, at: Millis, session: Session | None = None) -> Event:
    """In a session that began at `at`, authenticated in it."""
    fresh = session or Session(remote_access=False, screen_shared=False, on_call=False)
    return event(EventKind.CONFIRM, name, session_started_at=at, authenticated_at=at, session=fresh)


ANSWERS = {
    "answer_someone_listening": False,
    "answer_told_what_to_say": False,
    "answer_told_to_keep_secret": False,
    "answer_holds_key": True,
}


def released(world: World, withdrawal: str) -> None:
    """Answered, waited for, confirmed."""
    world.respond(withdrawal, event(EventKind.ANSWER, world.name(), answers=ANSWERS))
    elapses_at = world.standing(withdrawal).pause
    assert elapses_at is not None
    world.wait(elapses_at.duration + MINUTE)
    world.respond(withdrawal, confirmation(world.name(), world.now))
