"""The fold against a naive recomputation from everything that ever happened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.amount import MicroUsd
from breather.domain.asset import Asset, Network
from breather.domain.catalogue import CATALOGUE, INTELLIGENCE
from breather.domain.feature import FeatureValue, Phase, Unknown
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE, Millis
from breather.domain.profile import (
    MOST,
    WINDOW,
    CustomerProfile,
    DestinationProfile,
    PayeeProfile,
    Profiles,
    after_broadcast,
    after_decision,
    after_stop,
    fold,
)
from breather.domain.withdrawal import Account, DepositKind, Destination, Residence, Session
from tests.unit.domain.strategies import withdrawal

AT = 1_800_000_000_000


@dataclass(frozen=True, slots=True)
class Past:
    """One withdrawal of one of two customers to one of two destinations, and what became of it."""

    at: Millis
    customer: str
    to: str
    usd: int | None
    friction: Friction
    fate: str


PAST = st.builds(
    Past,
    st.integers(0, 40 * DAY // MINUTE).map(lambda minutes: Millis(AT + minutes * MINUTE)),
    st.sampled_from("ab"),
    st.sampled_from("xy"),
    st.one_of(st.integers(1, 5000), st.integers(1, 5000), st.none()),
    st.sampled_from(Friction),
    st.sampled_from(["stopped", "sent", "lapsed", "sent"]),
)
PASTS = st.lists(PAST, max_size=12).map(lambda found: sorted(found, key=lambda past: past.at))
# Enough of one customer's to fill and overflow the window.
MANY = st.lists(st.tuples(st.integers(0, 6 * HOUR), st.integers(1, 900)), min_size=62, max_size=72)


def micro(usd: int | None) -> MicroUsd | None:
    return None if usd is None else MicroUsd(usd * 10**6)


def folded(history: Sequence[Past], customer: str, to: str) -> Profiles:
    """As serving does it: one row for each customer, destination and pair, changed by each act in its order."""
    customers: dict[str, CustomerProfile] = {}
    destinations: dict[str, DestinationProfile] = {}
    payees: dict[tuple[str, str], PayeeProfile] = {}

    def read(customer: str, to: str) -> Profiles:
        return Profiles(
            customers.get(customer, CustomerProfile()),
            destinations.get(to, DestinationProfile()),
            payees.get((customer, to), PayeeProfile()),
        )

    for number, past in enumerate(history):
        _, profiles = fold(read(past.customer, past.to), withdrawal(number, past.usd), past.at)
        profiles = after_decision(profiles, past.friction, past.at)
        if past.fate == "stopped":
            profiles = after_stop(profiles, f"wd-{number}", past.at)
        if past.fate == "sent":
            profiles = after_broadcast(profiles, withdrawal(number, past.usd), past.at)
        customers[past.customer], destinations[past.to] = profiles.customer, profiles.destination
        payees[past.customer, past.to] = profiles.payee
    return read(customer, to)


def naive(history: Sequence[Past], usd: int | None, now: Millis) -> dict[str, FeatureValue]:
    """The same features of customer `a` to `x`, from the whole past, window by window."""
    hers = [past for past in history if past.customer == "a"]
    here = [past for past in history if past.to == "x"]
    both = [past for past in hers if past.to == "x"]
    sent = [past for past in both if past.fate == "sent"]
    left = [past for past in hers if past.fate == "sent"]
    known = [past.usd for past in left if past.usd is not None][-WINDOW:]

    def days(pasts: Sequence[Past]) -> FeatureValue:
        return (now - pasts[-1].at) / DAY if pasts else Unknown.NO_HISTORY

    def within(pasts: Sequence[Past], span: int) -> list[Past]:
        return [past for past in pasts[-WINDOW:] if past.at > now - span]

    def total(pasts: Sequence[Past]) -> FeatureValue:
        values = [usd, *(past.usd for past in pasts)]
        return Unknown.NOT_PROVIDED if None in values else float(sum(value or 0 for value in values))

    def share(of: float | None) -> FeatureValue:
        if usd is None:
            return Unknown.NOT_PROVIDED
        return Unknown.NO_HISTORY if of is None else usd / of

    return {
        "amount_usd": Unknown.NOT_PROVIDED if usd is None else float(usd),
        "amount_over_median": share(median(known) if known else None),
        "amount_over_largest": share(max(known) if known else None),
        "sum_usd_24h": total(within(hers, DAY)),
        "sum_usd_7d": total(within(hers, 7 * DAY)),
        "withdrawals_before": float(len(hers)),
        "withdrawals_1h": float(len(within(hers, HOUR)) + 1),
        "withdrawals_24h": float(len(within(hers, DAY)) + 1),
        "withdrawals_7d": float(len(within(hers, 7 * DAY)) + 1),
        "days_since_last_withdrawal": days(left),
        "destination_is_new": not sent,
        "destination_new_to_platform": not any(past.fate == "sent" for past in here),
        "destination_customers": float(any(past.customer == "b" for past in here)),
        "destination_stops": float(sum(past.fate == "stopped" for past in here)),
        "destination_interventions": float(sum(past.friction >= Friction.QUESTIONS for past in here)),
        "payee_withdrawals": float(len(sent)),
        "payee_stops": float(sum(past.fate == "stopped" for past in both)),
        "days_since_first_to_destination": days(sent[:1]),
        "payee_sum_usd_24h": total(within(both, DAY)),
        "payee_withdrawals_24h": float(len(within(both, DAY)) + 1),
        "payee_rising_steps": rising([past.usd for past in both[-WINDOW:]] + [usd]),
        "days_since_notice": days([past for past in hers if past.friction]),
        "interventions_30d": float(
            sum(past.friction >= Friction.QUESTIONS and past.at > now - 30 * DAY for past in hers)
        ),
        "days_since_stop": days([past for past in hers if past.fate == "stopped"]),
    }


def rising(values: list[int | None]) -> float:
    """The longest run of increases at the end."""
    steps = 0
    while steps + 1 < len(values):
        earlier, later = values[-2 - steps], values[-1 - steps]
        if earlier is None or later is None or later <= earlier:
            break
        steps += 1
    return float(steps)


@given(PASTS, st.one_of(st.none(), st.integers(1, 5000)), st.integers(0, 9 * DAY))
def test_the_fold_is_what_the_whole_past_says(history: list[Past], usd: int | None, after: int) -> None:
    now = Millis((history[-1].at if history else AT) + after)
    found, _ = fold(folded(history, "a", "x"), withdrawal(99, usd), now)
    expected = naive(history, usd, now)
    assert {name: found[name] for name in expected} == expected


@given(MANY, st.integers(1, 900))
@settings(max_examples=15)
def test_medians_and_windows_look_at_the_last_64(many: list[tuple[int, int]], usd: int) -> None:
    at, history = AT, []
    for gap, past in many:
        at += gap
        history.append(Past(Millis(at), "a", "x", past, Friction.QUESTIONS, "sent"))
    profiles = folded(history, "a", "x")
    found, _ = fold(profiles, withdrawal(99, usd), Millis(at))
    expected = naive(history, usd, Millis(at)) | {"interventions_30d": float(min(len(history), WINDOW))}
    assert {name: found[name] for name in expected} == expected
    assert len(profiles.customer.asked) == len(profiles.payee.asked) == min(len(history), WINDOW)


def test_a_window_ends_to_the_millisecond() -> None:
    """What happened exactly a day ago is not within the last 24 hours."""
    profiles = folded([Past(Millis(AT), "a", "x", 100, Friction.QUESTIONS, "sent")], "a", "x")
    for after, expected in ((DAY - 1, 2), (DAY, 1)):
        found, _ = fold(profiles, withdrawal(usd=1), Millis(AT + after))
        assert found["withdrawals_24h"] == found["payee_withdrawals_24h"] == expected
        assert found["sum_usd_24h"] == found["payee_sum_usd_24h"] == 1 + 100 * (expected - 1)


def test_the_last_64_different_addresses_that_she_paid_are_kept_the_latest_last() -> None:
    profiles = Profiles()
    for number in [*range(70), 69, 10]:
        to = Destination(Network.TRON, f"T{number}", memo=None)
        profiles = after_broadcast(profiles, withdrawal(to=to), Millis(AT))
    paid = [int(each.removeprefix("TRON:T")) for each in profiles.customer.paid.split()]
    assert paid == [6, 7, 8, 9, *range(11, 70), 10]
    assert len(paid) == WINDOW


def test_what_she_only_asked_for_was_not_paid() -> None:
    _, profiles = fold(Profiles(), withdrawal(), Millis(AT))
    stopped = after_stop(after_decision(profiles, Friction.HOLD, Millis(AT)), "w", Millis(AT))
    sent = after_broadcast(stopped, withdrawal(), Millis(AT))
    to = withdrawal().destination
    assert (stopped.customer.paid, sent.customer.paid) == ("", f"{to.network}:{to.address} ")
    _, again = fold(sent, withdrawal(2), Millis(AT))
    assert after_decision(again, Friction.NOTICE, Millis(AT)).customer.paid == sent.customer.paid


def test_every_submit_feature_of_the_catalogue_is_computed_and_no_other() -> None:
    """What comes from outside is added to them by `assess` (tests/unit/exchange/test_refer.py)."""
    found, _ = fold(Profiles(), withdrawal(), Millis(AT))
    submit = {name for name, feature in CATALOGUE.items() if feature.phase is Phase.SUBMIT}
    assert found.keys() == submit - INTELLIGENCE
    assert submit >= INTELLIGENCE


def test_counts_saturate() -> None:
    full = Profiles(
        CustomerProfile(count=MOST, exposures=MOST),
        DestinationProfile(MOST, MOST, MOST, MOST),
        PayeeProfile(sent=MOST, stops=MOST),
    )
    found, after = fold(full, withdrawal(), Millis(AT))
    after = after_stop(after_decision(after, Friction.HOLD, Millis(AT)), "w", Millis(AT))
    after = after_broadcast(after, withdrawal(usd=80), Millis(AT))
    assert after.customer.count == after.customer.exposures == MOST
    assert after.destination == full.destination
    assert (after.payee.sent, after.payee.stops) == (MOST, MOST)
    assert found["withdrawals_before"] == found["payee_withdrawals"] == float(MOST)


@given(st.lists(st.sampled_from(["stopped", "lapsed"]), min_size=1, max_size=9), st.sampled_from(Friction))
def test_what_never_left_makes_no_destination_familiar(fates: list[str], friction: Friction) -> None:
    history = [Past(Millis(AT + n * HOUR), "a", "x", 100, friction, fate) for n, fate in enumerate(fates)]
    found, _ = fold(folded(history, "a", "x"), withdrawal(), Millis(AT + DAY))
    assert found["destination_is_new"] is found["destination_new_to_platform"] is True
    assert found["days_since_first_to_destination"] is Unknown.NO_HISTORY
    assert found["payee_withdrawals"] == 0


@given(st.lists(st.sampled_from(["stopped", "lapsed"]), min_size=1, max_size=9))
def test_what_never_left_makes_no_amount_usual(fates: list[str]) -> None:
    """Whoever coaches her would only have to make her try twice."""
    history = [Past(Millis(AT + n * HOUR), "a", "x", 5000, Friction.QUESTIONS, fate) for n, fate in enumerate(fates)]
    found, _ = fold(folded(history, "a", "x"), withdrawal(usd=5000), Millis(AT + DAY))
    for name in ("amount_over_median", "amount_over_largest", "days_since_last_withdrawal"):
        assert found[name] is Unknown.NO_HISTORY
    assert found["withdrawals_before"] == len(fates)


def test_what_is_absent_has_its_class() -> None:
    found, _ = fold(Profiles(), withdrawal(usd=None), Millis(AT))
    absent = {name: value for name, value in found.items() if isinstance(value, Unknown)}
    for name, value in absent.items():
        assert CATALOGUE[name].unknown_when.startswith(("no_history", "not_provided")), value
    assert absent["amount_over_median"] is absent["on_call"] is absent["deposit_kind"] is Unknown.NOT_PROVIDED
    assert absent["days_since_stop"] is absent["days_since_notice"] is Unknown.NO_HISTORY
    known = {"asset", "network", "kind", "asset_is_stablecoin", "destination_is_new", "withdrawals_before"}
    assert not known & absent.keys()


def test_what_never_is_unknown_never_is() -> None:
    never = {name for name, feature in CATALOGUE.items() if feature.unknown_when == "never"}
    never -= INTELLIGENCE
    found, _ = fold(Profiles(), withdrawal(usd=None), Millis(AT))
    assert not [name for name in never if isinstance(found[name], Unknown)]


def test_the_facts_of_session_account_and_residence_are_passed_on() -> None:
    asked = replace(
        withdrawal(usd=100),
        residence=Residence(kyc="MO", ip="KH"),
        session=Session(new_device=True, on_call=False, security_changed_at=Millis(AT - 5 * HOUR)),
        account=Account(Millis(AT - 9 * DAY), MicroUsd(400_000_000), Millis(AT - HOUR), DepositKind.CARD),
    )
    found, _ = fold(Profiles(), asked, Millis(AT))
    assert (found["new_device"], found["on_call"], found["remote_access"]) == (True, False, Unknown.NOT_PROVIDED)
    assert (found["hours_since_security_change"], found["account_age_days"], found["hours_since_deposit"]) == (5, 9, 1)
    assert (found["balance_share"], found["deposit_kind"], found["ip_differs_from_residence"]) == (0.25, "card", True)


def test_an_instant_a_little_ahead_is_no_future_and_more_than_everything_is_everything() -> None:
    account = Account(opened_at=Millis(AT + HOUR), balance_usd=MicroUsd(1))
    found, _ = fold(Profiles(), replace(withdrawal(), account=account), Millis(AT))
    assert (found["account_age_days"], found["balance_share"]) == (0, 1.0)


H, D = HOUR, DAY
NEW, KNOWN = PayeeProfile(), PayeeProfile(((Millis(AT), micro(100)),), 1, Millis(AT))
CARD, COINS = DepositKind.CARD, DepositKind.CRYPTO


@pytest.mark.parametrize(
    ("payee", "asset", "kind", "ago", "expected"),
    [
        (NEW, Asset.USDT, CARD, H, True),
        (NEW, Asset.USDC, DepositKind.FIAT, D, True),
        (NEW, Asset.USDT, CARD, D + 1, False),
        (NEW, Asset.USDT, COINS, H, False),
        (NEW, Asset.TRX, CARD, H, False),
        (KNOWN, Asset.USDT, CARD, H, False),
        (NEW, Asset.USDT, None, H, Unknown.NOT_PROVIDED),
        (NEW, Asset.USDT, CARD, None, Unknown.NOT_PROVIDED),
        (NEW, Asset.TRX, None, None, False),
        (KNOWN, Asset.USDT, None, None, False),
    ],
)
def test_bank_money_that_leaves_as_a_stablecoin_to_a_new_address(
    payee: PayeeProfile, asset: Asset, kind: DepositKind | None, ago: int | None, expected: FeatureValue
) -> None:
    now = Millis(AT + 9 * DAY)
    account = Account(None, None, None if ago is None else Millis(now - ago), kind)
    asked = replace(withdrawal(usd=100), asset=asset, account=account)
    found, _ = fold(Profiles(payee=payee), asked, now)
    assert found["fiat_to_stablecoin_to_new"] is expected


@pytest.mark.parametrize(
    ("payee", "kind", "after", "usd", "expected"),
    [
        (KNOWN, COINS, H, 101, True),
        (KNOWN, COINS, H, 100, False),
        (KNOWN, CARD, H, 500, False),
        (KNOWN, COINS, 0, 500, False),
        (KNOWN, COINS, None, 500, Unknown.NOT_PROVIDED),
        (KNOWN, None, H, 500, Unknown.NOT_PROVIDED),
        (KNOWN, None, H, 50, False),
        (KNOWN, COINS, H, None, Unknown.NOT_PROVIDED),
        (NEW, COINS, H, 500, False),
        (replace(KNOWN, sent=0, first_sent_at=None), None, None, None, False),
        (replace(KNOWN, asked=((Millis(AT), None), *KNOWN.asked)), COINS, H, 500, Unknown.NOT_PROVIDED),
        (replace(KNOWN, asked=((Millis(AT), None), *KNOWN.asked)), COINS, H, 100, False),
    ],
)
def test_coins_come_in_and_then_she_sends_more_to_where_she_sent_before(
    payee: PayeeProfile, kind: DepositKind | None, after: int | None, usd: int | None, expected: FeatureValue
) -> None:
    account = Account(None, None, None if after is None else Millis(AT + after), kind)
    found, _ = fold(Profiles(payee=payee), replace(withdrawal(usd=usd), account=account), Millis(AT + 2 * DAY))
    assert found["larger_send_after_crypto_in"] is expected
