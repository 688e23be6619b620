"""Step 9: what is promised to an agency, when, and that nothing else of a withdrawal is in it (guarantee H3)."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breather.domain.amount import BaseUnits, MicroUsd, format_units
from breather.domain.asset import Network
from breather.domain.assignment import Experiment
from breather.domain.campaign import Relay
from breather.domain.catalogue import CATALOGUE
from breather.domain.event import EventKind
from breather.domain.feature import Phase
from breather.domain.instant import HOUR, Millis, format_instant, parse_instant
from breather.domain.referral import Tier
from breather.domain.relay_terms import LegalReview
from breather.domain.ruling import Rulebook
from breather.domain.withdrawal import Destination, Residence
from breather.exchange.local_day import local_day, start_of
from breather.exchange.recorded import features_in
from breather.exchange.refer import NOT_REFERRED, REFERRED
from breather.storage.exchange.referrals import Delivery
from tests.unit.exchange.world import ADDRESSES, ANSWERS, World, asked_for, event, sample_terms
from tests.unit.protocol.samples import AGENCY

HERE = Destination(Network.TRON, ADDRESSES[0])
HELP = event(EventKind.HELP, "help")
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


def entries(world: World, name: str = "w1") -> list[str]:
    return [row["kind"] for row in world.read(lambda reader: reader.all("console_timeline", withdrawal=name))]


def body(world: World, name: str = "w1") -> dict[str, object]:
    (referral,) = world.referrals(name)
    found: dict[str, object] = msgspec.json.decode(referral.body)
    return found


def time_in(referral_id: str) -> int:
    """The 48 bits that an id keeps for milliseconds."""
    value = 0
    for letter in referral_id.partition("_")[2]:
        value = value << 5 | _DIGITS.index(letter)
    return value >> 80


def test_a_cry_for_help_is_referred_once_on_both_engines(world: World) -> None:
    world.relay()
    world.assess(asked_for("w1", 5000))
    assert world.referrals("w1") == []
    world.respond("w1", HELP)
    world.respond("w1", event(EventKind.HELP, "again"))
    assert not world.respond("w1", HELP).created
    (referral,) = world.referrals("w1")
    assert (referral.tier, referral.basis, referral.addressee) == ("pseudonymous", "customer-asked", AGENCY)
    assert (referral.delivery, referral.due_at, referral.promised_at) == (Delivery.PENDING, world.now, world.now)
    assert entries(world) == ["decided", "help", REFERRED, "help"]
    assert [row.id for row in world.view("w1").referrals] == [referral.id]


def test_what_is_said_and_nothing_more(sqlite_world: World) -> None:
    sqlite_world.relay()
    sqlite_world.now = parse_instant("2027-03-04T17:30:00Z")  # already the fifth in Macau
    sqlite_world.assess(asked_for("w1", 5000, usd=4998))
    sqlite_world.respond("w1", HELP)
    found = body(sqlite_world)
    (referral,) = sqlite_world.referrals("w1")
    assert found == {
        "type": "referral",
        "version": 1,
        "mode": "test",
        "sender": "vasp-1",
        "recipient": AGENCY,
        "id": referral.id,
        "sequence": 1,
        "tier": "pseudonymous",
        "basis": "customer-asked",
        "network": "TRON",
        "destination": {"address": ADDRESSES[0], "memo": None},
        "campaign": {"id": "macau-pj-trial", "version": 1},
        "pack": {"id": "macau-pj", "version": 1},
        "typology": "investment",
        "asset": "USDT",
        "amount_band": "1000-10000",
        "date": "2027-03-05",
        "sealed": None,
        "follows": None,
    }
    assert time_in(referral.id) == parse_instant("2027-03-05T00:00:00+08:00"), "the day, and not the time"


def test_a_confirmed_destination_is_held_and_referred_with_the_decision(world: World) -> None:
    world.relay(Tier.PSEUDONYMOUS)
    world.confirm(HERE.key)
    found = world.assess(asked_for("w1", 80)).record
    assert (found.decision, found.typology, found.hits[-1]) == ("hold", "known-address", "confirmed-destination")
    assert found.alert is not None
    assert found.alert.typology == "known-address"
    assert found.why[0] == "known-from-reports"
    (referral,) = world.referrals("w1")
    assert (referral.basis, referral.destination) == ("listed-destination", HERE.key)
    assert body(world)["typology"] == "known-address"
    world.respond("w1", HELP)
    assert len(world.referrals("w1")) == 1, "one of a withdrawal"


def test_what_an_agency_takes_back_is_no_more_held(sqlite_world: World) -> None:
    sqlite_world.relay()
    sqlite_world.confirm(HERE.key)
    sqlite_world.confirm(HERE.key, back=True)
    found = sqlite_world.assess(asked_for("w1", 80)).record
    assert (found.friction, features_in(found.features)["destination_confirmed"]) == ("notice", False)
    assert sqlite_world.referrals("w1") == []


def test_another_memo_is_another_destination(sqlite_world: World) -> None:
    sqlite_world.confirm(replace(HERE, memo="7").key)
    assert features_in(sqlite_world.assess(asked_for("w1", 80)).record.features)["destination_confirmed"] is False
    other = sqlite_world.assess(asked_for("w2", 80, to=replace(HERE, memo="7")))
    assert features_in(other.record.features)["destination_confirmed"] is True


def test_a_listed_destination_without_an_intervention_is_not_referred(sqlite_world: World) -> None:
    sqlite_world.relay()
    campaign = sqlite_world.active.campaign
    sqlite_world.use(replace(campaign, rules=Rulebook(one for one in campaign.rules if "destination" not in one.id)))
    sqlite_world.assess(asked_for("w0", 80))
    sqlite_world.confirm(HERE.key)
    assert sqlite_world.assess(asked_for("w1", 80)).record.friction == "none"
    assert sqlite_world.referrals("w1") == []


def test_every_submit_feature_is_in_the_record(sqlite_world: World) -> None:
    found = features_in(sqlite_world.assess(asked_for("w1", 80)).record.features)
    assert found.keys() == {name for name, feature in CATALOGUE.items() if feature.phase is Phase.SUBMIT}


def test_a_confirmed_destination_is_never_held_out(sqlite_world: World) -> None:
    campaign = sqlite_world.active.campaign
    sqlite_world.use(replace(campaign, experiment=Experiment("trial", 1, 1.0)))
    free = sqlite_world.assess(asked_for("w1", 5000)).record
    sqlite_world.confirm(HERE.key)
    confirmed = sqlite_world.assess(asked_for("w2", 5000, customer="eva")).record
    assert free.assignment is not None
    assert confirmed.assignment is not None
    assert (free.assignment.arm, confirmed.assignment.arm) == ("holdout", "alert")
    assert "confirmed-destination" in confirmed.assignment.excluded


@pytest.mark.parametrize("residence", ["MO", "PT"])
def test_where_nothing_is_agreed_nothing_is_promised(sqlite_world: World, residence: str) -> None:
    """Off by default; and where no campaign applies, its terms do not."""
    if residence == "PT":
        sqlite_world.relay()
    sqlite_world.confirm(HERE.key)
    sqlite_world.assess(asked_for("w1", 5000, residence=Residence(kyc=residence)))
    sqlite_world.respond("w1", HELP)
    assert sqlite_world.referrals("w1") == []
    assert entries(sqlite_world) == ["decided", "help"]


def test_her_answers_say_what_it_is_about(sqlite_world: World) -> None:
    sqlite_world.relay()
    sqlite_world.assess(asked_for("w1", 5000))
    said = {**ANSWERS, "answer_pays_to_release": True}
    campaign = sqlite_world.active.campaign
    sqlite_world.use(
        replace(campaign, rules=Rulebook(one for one in campaign.rules if one.id == "pays-to-release-money"))
    )
    sqlite_world.respond("w1", event(EventKind.ANSWER, "a", answers=said))
    sqlite_world.respond("w1", HELP)
    found = body(sqlite_world)
    assert found["typology"] == "fee-to-unlock"
    assert "answer" not in str(found)


def test_a_field_without_a_row_is_not_sent(sqlite_world: World) -> None:
    relay = sample_terms()
    optional = ("typology", "asset", "amount_band", "date", "destination.memo")
    rows = {name: basis for name, basis in relay.terms.fields.items() if name not in optional}
    sqlite_world.relay(relay=Relay(relay.addressee, replace(relay.terms, fields=MappingProxyType(rows))))
    sqlite_world.assess(asked_for("w1", 5000, to=replace(HERE, memo="7")))
    sqlite_world.respond("w1", HELP)
    found = body(sqlite_world)
    assert [found[name] for name in ("typology", "asset", "amount_band", "date")] == [None] * 4
    assert found["destination"] == {"address": ADDRESSES[0], "memo": None}


def _without(relay: Relay, name: str) -> Relay:
    fields = {row: basis for row, basis in relay.terms.fields.items() if row != name}
    return Relay(relay.addressee, replace(relay.terms, fields=MappingProxyType(fields)))


def _expired(relay: Relay) -> Relay:
    review = relay.terms.review
    assert isinstance(review, LegalReview)
    return Relay(relay.addressee, replace(relay.terms, review=replace(review, expires_on=date(2026, 12, 1))))


@pytest.mark.parametrize(
    ("relay", "because"),
    [
        (_without(sample_terms(), "destination.address"), "destination.address"),
        (_expired(sample_terms()), "reviewed again"),
        (Relay("Not A Name", sample_terms().terms), "recipient"),
    ],
    ids=["a needed field without its row", "a review that has expired", "an addressee that no message can name"],
)
def test_whatever_is_wrong_with_it_the_decision_stands(world: World, relay: Relay, because: str) -> None:
    """Nothing is promised, the journal says why, and no number is taken from the sequence."""
    world.relay(relay=relay)
    world.confirm(HERE.key)
    assert world.assess(asked_for("w1", 80)).record.decision == "hold"
    assert world.respond("w1", HELP).created
    assert world.referrals("w1") == []
    assert entries(world) == ["decided", NOT_REFERRED, "help", NOT_REFERRED]
    last = world.read(lambda reader: reader.all("console_timeline", withdrawal="w1"))[-1]
    assert because in last["body"].decode()
    assert world.read(lambda reader: reader.one("last_counted", peer=relay.addressee, type="referral")) is None


def test_the_sequence_counts_what_is_sent_to_one_agency(sqlite_world: World) -> None:
    sqlite_world.relay()
    for number in (1, 2, 3):
        sqlite_world.assess(asked_for(f"w{number}", 80 * number, customer=f"c{number}"))
        sqlite_world.respond(f"w{number}", HELP)
        assert body(sqlite_world, f"w{number}")["sequence"] == number


def test_a_day_begins_where_the_campaign_applies() -> None:
    late = parse_instant("2026-11-22T16:00:00Z")
    assert local_day(late, "Asia/Macau") == date(2026, 11, 23)
    assert start_of(date(2026, 11, 23), "Asia/Macau") == late
    assert local_day(Millis(late - 1), "Asia/Macau") == date(2026, 11, 22)
    assert local_day(late, "America/New_York") == date(2026, 11, 22)


def spellings_of_time(at: Millis) -> list[str]:
    """The instant as somebody might write it; the day alone is meant to be there."""
    utc = datetime.fromtimestamp(at / 1000, UTC)
    local = utc.astimezone(timezone(timedelta(hours=8)))
    hours = {f"{moment:{form}}" for moment in (utc, local) for form in ("%H:%M", "T%H", "%H%M%S")}
    return [str(int(at)), str(at // 1000), format_instant(at), *hours]


def spellings_of_amount(units: int, usd: int) -> list[str]:
    amount = format_units(BaseUnits(units), 6)
    return [amount, f"{units:d}", f"{usd:d}", f"{usd / 10**6:.2f}", f"{usd // 10**6:,}", f"{units / 10**6:.6f}"]


@dataclass(frozen=True)
class Held:
    """What a withdrawal holds. Amounts of seven digits and more, none of them zero: shorter ones are in every address
    by chance.
    """

    customer: str
    name: str
    units: int
    usd: int
    at: Millis
    listed: bool
    coached: bool


def _digits(zero: str) -> st.SearchStrategy[int]:
    return st.integers(10**12, 10**15).map(lambda amount: int(str(amount).replace("0", zero)))


HELD = st.builds(
    Held,
    customer=st.from_regex(r"\A[!-~]{12,40}\Z"),
    name=st.from_regex(r"\A[A-Za-z0-9_.:-]{12,50}\Z"),
    units=_digits("7"),
    usd=_digits("3"),
    at=st.integers(1_780_000_000_000, 1_860_000_000_000).map(Millis),
    listed=st.booleans(),
    coached=st.booleans(),
)


def gone_through(world: World, held: Held, name: str) -> Millis:
    """Decided, answered, and help asked for; when it was decided."""
    world.now = max(world.now, held.at)
    to = Destination(Network.TRON, ADDRESSES[held.listed])
    asked = asked_for(name, 1, customer=held.customer, to=to)
    decided_at = world.assess(replace(asked, amount=BaseUnits(held.units), amount_usd=MicroUsd(held.usd))).decided_at
    world.wait(HOUR + 7)
    answers = {**ANSWERS, "answer_told_what_to_say": held.coached, "answer_sounds_like": "task-job"}
    if world.row(name).pause is not None:
        world.respond(name, event(EventKind.ANSWER, f"{name}-answer", answers=answers))
    world.respond(name, event(EventKind.HELP, f"{name}-help"))
    return decided_at


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=HELD)
def test_no_trace_of_who_how_much_when_and_what_she_said(sqlite_world: World, held: Held) -> None:
    """Whatever a withdrawal holds, the bytes of its pseudonymous referral hold none of it (guarantee H3)."""
    world = sqlite_world
    world.relay()
    world.confirm(Destination(Network.TRON, ADDRESSES[1]).key)
    name = f"{held.name}-{world.name()}"
    decided_at = gone_through(world, held, name)
    (referral,) = world.referrals(name)
    assert referral.basis == ("listed-destination" if held.listed else "customer-asked")
    day = local_day(decided_at, "Asia/Macau")
    assert time_in(referral.id) == start_of(day, "Asia/Macau")
    # What is left of the id is random, and so are the digits in it.
    text = referral.body.decode().replace(referral.id, "").replace(f'"{day}"', "").replace('"customer-asked"', "")
    for secret in (held.customer, name, *spellings_of_amount(held.units, held.usd)):
        assert secret not in text
        assert msgspec.json.encode(secret)[1:-1].decode() not in text
    for instant in (decided_at, world.now):
        assert not [spelling for spelling in spellings_of_time(instant) if spelling in text]
    assert not re.search(r"answer|coach|friction|customer|help|pause|hold", text)
