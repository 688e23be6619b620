"""Twenty rules as an analyst would write them, and seeded rows over the whole catalogue, a tenth of it unknown."""

from collections.abc import Callable, Mapping
from random import Random

from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Feature, FeatureValue, Unknown, ValueType

UNKNOWN_SHARE = 0.1

RULES: Mapping[str, str] = {
    "first-in-seven-days": "days_since_notice IS NULL OR days_since_notice >= 7",
    "first-large-to-new-address": "destination_is_new AND amount_usd >= 1000"
    " AND (amount_over_median IS NULL OR amount_over_median > 3)",
    "much-larger-than-usual": "amount_over_largest > 5 AND amount_usd >= 500 AND NOT destination_is_new",
    "most-of-balance": "balance_share >= 0.5 AND amount_usd >= 2000 AND destination_is_new",
    "new-account-empties": "account_age_days <= 30 AND balance_share >= 0.8 AND amount_usd >= 300",
    "fiat-to-stablecoin-out": "asset_is_stablecoin AND deposit_kind IN ('fiat', 'card') AND hours_since_deposit <= 24"
    " AND destination_is_new AND amount_usd >= 500",
    "rising-steps": "payee_rising_steps >= 2 AND payee_sum_usd_24h >= 1000",
    "split-to-one-address": "payee_withdrawals_24h >= 3 AND payee_sum_usd_24h >= 2000",
    "many-people-send-here": "destination_customers >= 3 AND destination_is_new"
    " AND (destination_stops >= 1 OR amount_usd >= 200)",
    "stopped-before": "payee_stops >= 1 OR destination_stops >= 2",
    "after-security-change": "hours_since_security_change <= 48 AND destination_is_new AND amount_usd >= 300",
    "someone-in-the-session": "remote_access OR screen_shared OR on_call",
    "idle-account-wakes": "days_since_last_withdrawal >= 180 AND balance_share >= 0.5 AND amount_usd >= 500",
    "pace-of-the-day": "withdrawals_24h BETWEEN 5 AND 64 AND sum_usd_24h >= 5000",
    "share-of-the-week": "ratio(amount_usd, sum_usd_7d) > 0.9 AND sum_usd_7d >= 3000 AND NOT (withdrawals_7d = 1)",
    "abroad-on-new-device": "new_device AND ip_differs_from_residence AND NOT kind IN ('internal', 'fiat')",
    "cheap-network-out": "network IN ('TRON', 'BSC') AND destination_new_to_platform AND amount_usd >= 800",
    "coached": "answer_told_what_to_say OR answer_told_to_keep_secret",
    "caller": "answer_police_or_bank_called OR answer_sounds_like = 'fake-police'",
    "stranger-and-no-key": "answer_met_online AND NOT answer_holds_key",
}


def rows(count: int, seed: int) -> list[dict[str, FeatureValue]]:
    random = Random(seed)
    return [{name: _value(feature, random) for name, feature in CATALOGUE.items()} for _ in range(count)]


def _value(feature: Feature, random: Random) -> FeatureValue:
    if random.random() < UNKNOWN_SHARE:
        return random.choice((Unknown.NOT_PROVIDED, Unknown.NO_HISTORY, Unknown.NOT_YET))
    match feature.type:
        case ValueType.BOOLEAN:
            return random.random() < 0.2
        case ValueType.TEXT:
            return random.choice(feature.values)
        case ValueType.NUMBER:
            return _NUMBERS[feature.unit](random)


_NUMBERS: Mapping[str, Callable[[Random], float]] = {
    "USD": lambda random: round(random.lognormvariate(5.5, 1.5), 2),
    "ratio": lambda random: random.lognormvariate(0, 1),
    "0..1": lambda random: random.random(),
    "count": lambda random: float(int(random.expovariate(0.8))),
    "days": lambda random: random.expovariate(1 / 90),
    "hours": lambda random: random.expovariate(1 / 60),
}
