"""History enters features only here: three rows, folded one withdrawal at a time.

Serving, replay and simulation call the same fold, so a decision costs the same after ten million withdrawals as after
ten, and what an analyst tries offline is what customers meet online. Medians and windows look at the last 64; counts
saturate at one million. *Asked* is every withdrawal submitted, whatever became of it; *sent* only what was broadcast.
Habit (medians, dormancy, familiar destinations) is what was sent: a stopped or lapsed attempt makes neither an amount
nor a destination look usual, or whoever coaches a victim would only have to make her try twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from breather.domain.amount import MicroUsd, dollars
from breather.domain.asset import STABLECOINS
from breather.domain.feature import FeatureValue, Unknown
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, Millis
from breather.domain.withdrawal import DepositKind, Residence, Withdrawal

WINDOW = 64
BEFORE = WINDOW - 1  # what stays of a full window when something new enters
MOST = 1_000_000

Asked = tuple[Millis, MicroUsd | None]


@dataclass(frozen=True, slots=True)
class CustomerProfile:
    """`asked` is oldest first; `sent` the last 64 values that left, where known; `interventions` the instants of the
    last 64 of at least questions. `paid` has the last 64 different addresses that she sent to, the latest last, each as
    `NETWORK:address` and a space, 0x in small letters (capitals are a checksum): what a destination is compared with
    that may be made to look like one of them. One text, because it is searched as one, and read with every decision.
    """

    count: int = 0
    asked: tuple[Asked, ...] = ()
    sent: tuple[MicroUsd, ...] = ()
    last_sent_at: Millis | None = None
    exposures: int = 0
    last_alert_at: Millis | None = None
    interventions: tuple[Millis, ...] = ()
    last_stop_at: Millis | None = None
    last_stopped: str | None = None
    paid: str = ""


@dataclass(frozen=True, slots=True)
class DestinationProfile:
    """Over all customers of this VASP."""

    customers: int = 0
    sent: int = 0
    interventions: int = 0
    stops: int = 0


@dataclass(frozen=True, slots=True)
class PayeeProfile:
    """One customer and one destination."""

    asked: tuple[Asked, ...] = ()
    sent: int = 0
    first_sent_at: Millis | None = None
    stops: int = 0


@dataclass(frozen=True, slots=True)
class Profiles:
    customer: CustomerProfile = CustomerProfile()
    destination: DestinationProfile = DestinationProfile()
    payee: PayeeProfile = PayeeProfile()


def fold(profiles: Profiles, withdrawal: Withdrawal, now: Millis) -> tuple[dict[str, FeatureValue], Profiles]:
    """Step 3: the submit features, and the profiles as they are after this withdrawal was asked for."""
    values = {
        **_amounts(profiles.customer, withdrawal),
        **_pace(profiles.customer, withdrawal, now),
        **_destination(profiles, withdrawal, now),
        **_patterns(profiles.payee, withdrawal, now),
        **_before(profiles.customer, now),
        **_session(withdrawal, now),
        **_facts(withdrawal),
    }
    return values, _asked(profiles, withdrawal, now)


def _asked(profiles: Profiles, withdrawal: Withdrawal, now: Millis) -> Profiles:
    """Every decision comes through here, and most through the two that follow: these three write a customer's fields
    out in their order, which takes a third of the time of `replace`.
    """
    customer, destination, payee = profiles.customer, profiles.destination, profiles.payee
    entry: Asked = (now, withdrawal.amount_usd)
    if not payee.asked:
        known = min(destination.customers + 1, MOST)
        destination = DestinationProfile(known, destination.sent, destination.interventions, destination.stops)
    return Profiles(
        CustomerProfile(
            min(customer.count + 1, MOST),
            (*customer.asked[-BEFORE:], entry),
            customer.sent,
            customer.last_sent_at,
            customer.exposures,
            customer.last_alert_at,
            customer.interventions,
            customer.last_stop_at,
            customer.last_stopped,
            customer.paid,
        ),
        destination,
        PayeeProfile((*payee.asked[-BEFORE:], entry), payee.sent, payee.first_sent_at, payee.stops),
    )


def after_decision(profiles: Profiles, friction: Friction, now: Millis) -> Profiles:
    """What the decision itself adds: an alert was due to be seen, questions or more were put in the way."""
    if friction is Friction.NONE:
        return profiles
    customer, destination = profiles.customer, profiles.destination
    asks = friction >= Friction.QUESTIONS
    customer = CustomerProfile(
        customer.count,
        customer.asked,
        customer.sent,
        customer.last_sent_at,
        min(customer.exposures + 1, MOST),
        now,
        (*customer.interventions[-BEFORE:], now) if asks else customer.interventions,
        customer.last_stop_at,
        customer.last_stopped,
        customer.paid,
    )
    if asks:
        destination = replace(destination, interventions=min(destination.interventions + 1, MOST))
    return Profiles(customer, destination, profiles.payee)


def after_stop(profiles: Profiles, withdrawal_id: str, now: Millis) -> Profiles:
    customer, destination, payee = profiles.customer, profiles.destination, profiles.payee
    return Profiles(
        replace(customer, last_stop_at=now, last_stopped=withdrawal_id),
        replace(destination, stops=min(destination.stops + 1, MOST)),
        replace(payee, stops=min(payee.stops + 1, MOST)),
    )


def after_broadcast(profiles: Profiles, withdrawal: Withdrawal, now: Millis) -> Profiles:
    """Its value is what it was worth when it was asked for, if that is known."""
    customer, destination, payee = profiles.customer, profiles.destination, profiles.payee
    micro, to = withdrawal.amount_usd, withdrawal.destination
    return Profiles(
        CustomerProfile(
            customer.count,
            customer.asked,
            customer.sent if micro is None else (*customer.sent[-BEFORE:], micro),
            now,
            customer.exposures,
            customer.last_alert_at,
            customer.interventions,
            customer.last_stop_at,
            customer.last_stopped,
            _with(customer.paid, to.network, to.address),
        ),
        DestinationProfile(
            destination.customers, min(destination.sent + 1, MOST), destination.interventions, destination.stops
        ),
        PayeeProfile(payee.asked, min(payee.sent + 1, MOST), payee.first_sent_at or now, payee.stops),
    )


def _with(paid: str, network: str, address: str) -> str:
    """The latest last, each once."""
    entry = f"{network}:{address.lower() if address.startswith('0x') else address}"
    return " ".join([*[each for each in paid.split() if each != entry][-BEFORE:], entry, ""])


def _amounts(customer: CustomerProfile, withdrawal: Withdrawal) -> dict[str, FeatureValue]:
    micro, balance = withdrawal.amount_usd, withdrawal.account.balance_usd
    if micro is None:
        names = ("amount_usd", "amount_over_median", "amount_over_largest", "balance_share")
        return dict.fromkeys(names, Unknown.NOT_PROVIDED)
    value, known = dollars(micro), sorted(customer.sent)
    return {
        "amount_usd": value,
        "amount_over_median": value / _median(known) if known else Unknown.NO_HISTORY,
        "amount_over_largest": value / dollars(known[-1]) if known else Unknown.NO_HISTORY,
        "balance_share": Unknown.NOT_PROVIDED if balance is None else min(value / dollars(balance), 1.0),
    }


def _pace(customer: CustomerProfile, withdrawal: Withdrawal, now: Millis) -> dict[str, FeatureValue]:
    account, micro = withdrawal.account, withdrawal.amount_usd
    week = _since(customer.asked, now - 7 * DAY)
    day = _since(week, now - DAY)
    return {
        "sum_usd_24h": _sum(day, micro),
        "sum_usd_7d": _sum(week, micro),
        "withdrawals_before": float(customer.count),
        "withdrawals_1h": len(_since(day, now - HOUR)) + 1.0,
        "withdrawals_24h": len(day) + 1.0,
        "withdrawals_7d": len(week) + 1.0,
        "days_since_last_withdrawal": _elapsed(customer.last_sent_at, now, DAY, Unknown.NO_HISTORY),
        "account_age_days": _elapsed(account.opened_at, now, DAY, Unknown.NOT_PROVIDED),
        "hours_since_deposit": _elapsed(account.last_deposit_at, now, HOUR, Unknown.NOT_PROVIDED),
    }


def _destination(profiles: Profiles, withdrawal: Withdrawal, now: Millis) -> dict[str, FeatureValue]:
    destination, payee = profiles.destination, profiles.payee
    others = destination.customers - (1 if payee.asked else 0)
    day = _since(payee.asked, now - DAY)
    return {
        "destination_is_new": payee.sent == 0,
        "destination_new_to_platform": destination.sent == 0,
        "destination_customers": float(max(others, 0)),
        "destination_stops": float(destination.stops),
        "destination_interventions": float(destination.interventions),
        "payee_withdrawals": float(payee.sent),
        "payee_stops": float(payee.stops),
        "days_since_first_to_destination": _elapsed(payee.first_sent_at, now, DAY, Unknown.NO_HISTORY),
        "payee_sum_usd_24h": _sum(day, withdrawal.amount_usd),
        "payee_withdrawals_24h": len(day) + 1.0,
        "payee_rising_steps": float(_rising_steps(payee.asked, withdrawal.amount_usd)),
    }


def _patterns(payee: PayeeProfile, withdrawal: Withdrawal, now: Millis) -> dict[str, FeatureValue]:
    """Two indicators that no single fact is. Each is false as soon as one part is, whatever else was not sent."""
    account = withdrawal.account
    came_in, kind = account.last_deposit_at, account.last_deposit_kind
    first = payee.first_sent_at
    return {
        "fiat_to_stablecoin_to_new": _all_of(
            payee.sent == 0,
            withdrawal.asset in STABLECOINS,
            None if kind is None else kind in (DepositKind.FIAT, DepositKind.CARD),
            None if came_in is None else now - came_in <= DAY,
        ),
        # Most payees were never sent to: their past is not looked through.
        "larger_send_after_crypto_in": first is not None
        and _all_of(
            None if kind is None else kind is DepositKind.CRYPTO,
            None if came_in is None else came_in > first,
            _larger_than_all(payee.asked, withdrawal.amount_usd),
        ),
    }


def _before(customer: CustomerProfile, now: Millis) -> dict[str, FeatureValue]:
    month = now - 30 * DAY
    return {
        "days_since_notice": _elapsed(customer.last_alert_at, now, DAY, Unknown.NO_HISTORY),
        "interventions_30d": float(len([at for at in customer.interventions if at > month])),
        "days_since_stop": _elapsed(customer.last_stop_at, now, DAY, Unknown.NO_HISTORY),
    }


def _session(withdrawal: Withdrawal, now: Millis) -> dict[str, FeatureValue]:
    session = withdrawal.session
    return {
        "new_device": _known(session.new_device),
        "remote_access": _known(session.remote_access),
        "screen_shared": _known(session.screen_shared),
        "on_call": _known(session.on_call),
        "ip_differs_from_residence": _ip_differs(withdrawal.residence),
        "hours_since_security_change": _elapsed(session.security_changed_at, now, HOUR, Unknown.NOT_PROVIDED),
    }


def _facts(withdrawal: Withdrawal) -> dict[str, FeatureValue]:
    return {
        "asset": withdrawal.asset.value,
        "network": withdrawal.destination.network.value,
        "asset_is_stablecoin": withdrawal.asset in STABLECOINS,
        "kind": withdrawal.kind.value,
        "deposit_kind": _word(withdrawal.account.last_deposit_kind),
    }


def _ip_differs(residence: Residence) -> FeatureValue:
    home = residence.kyc or residence.document
    if home is None or residence.ip is None:
        return Unknown.NOT_PROVIDED
    return residence.ip != home


def _known(value: bool | None) -> FeatureValue:
    return Unknown.NOT_PROVIDED if value is None else value


def _word(value: str | None) -> FeatureValue:
    return Unknown.NOT_PROVIDED if value is None else str(value)


def _elapsed(since: Millis | None, now: Millis, unit: int, absent: Unknown) -> FeatureValue:
    """Time since, never negative: an instant that lies a little ahead is a clock difference, not the future."""
    return absent if since is None else max(now - since, 0) / unit


def _all_of(*parts: bool | None) -> FeatureValue:
    """As the rules' AND: one false part decides it, else one that was not sent leaves it open."""
    if False in parts:
        return False
    return Unknown.NOT_PROVIDED if None in parts else True


def _larger_than_all(asked: Sequence[Asked], micro: MicroUsd | None) -> bool | None:
    if micro is None:
        return None
    earlier = [usd for _, usd in asked]
    if any(usd is not None and usd >= micro for usd in earlier):
        return False
    return None if None in earlier else True


def _median(ordered: Sequence[MicroUsd]) -> float:
    """In dollars, of at least one value: the middle one, or the mean of the two."""
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return dollars(ordered[middle])
    return (dollars(ordered[middle - 1]) + dollars(ordered[middle])) / 2


def _since(asked: Sequence[Asked], since: int) -> Sequence[Asked]:
    """Every one is looked at: an instant may lie before that of an entry before it, where a clock was set back."""
    return [entry for entry in asked if entry[0] > since]


def _sum(window: Sequence[Asked], micro: MicroUsd | None) -> FeatureValue:
    """Unknown if any value in the window is: a sum without one of its parts would look smaller than it is."""
    if micro is None:
        return Unknown.NOT_PROVIDED
    total: int = micro
    for _, usd in window:
        if usd is None:
            return Unknown.NOT_PROVIDED
        total += usd
    return dollars(total)


def _rising_steps(asked: Sequence[Asked], micro: MicroUsd | None) -> int:
    """How many times in a row, up to and including this one, the value grew."""
    steps, later = 0, micro
    for _, earlier in reversed(asked):
        if later is None or earlier is None or later <= earlier:
            break
        steps, later = steps + 1, earlier
    return steps
