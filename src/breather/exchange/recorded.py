"""Features as a decision record stores them: values alone, each at its name's place in one list.

Names would be three quarters of a record. A place is never given to another feature: new ones come at the end, and a
record that ends earlier was made before they were.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter

from breather.domain.feature import Features, FeatureValue, Unknown

PLACES: tuple[str, ...] = (
    "amount_usd",
    "amount_over_median",
    "amount_over_largest",
    "balance_share",
    "sum_usd_24h",
    "sum_usd_7d",
    "withdrawals_before",
    "withdrawals_1h",
    "withdrawals_24h",
    "withdrawals_7d",
    "days_since_last_withdrawal",
    "account_age_days",
    "hours_since_deposit",
    "destination_is_new",
    "destination_new_to_platform",
    "destination_customers",
    "destination_stops",
    "destination_interventions",
    "payee_withdrawals",
    "payee_stops",
    "days_since_first_to_destination",
    "payee_sum_usd_24h",
    "payee_withdrawals_24h",
    "payee_rising_steps",
    "larger_send_after_crypto_in",
    "fiat_to_stablecoin_to_new",
    "days_since_notice",
    "interventions_30d",
    "days_since_stop",
    "new_device",
    "remote_access",
    "screen_shared",
    "on_call",
    "ip_differs_from_residence",
    "hours_since_security_change",
    "destination_confirmed",
    "asset",
    "network",
    "asset_is_stablecoin",
    "kind",
    "deposit_kind",
    "destination_resembles",
    "destination_listed",
    "destination_label",
    "destination_label_place",
)

StoredValue = float | bool | str  # an unknown one is its class behind a question mark, with which no word begins
_UNKNOWN: Mapping[str, Unknown] = {f"?{unknown}": unknown for unknown in Unknown}
_WORDS: Mapping[Unknown, str] = {unknown: word for word, unknown in _UNKNOWN.items()}
_values_in_place = itemgetter(*PLACES)


def features_out(features: Features) -> list[StoredValue]:
    """Raises KeyError where a feature was not computed."""
    return [_WORDS[value] if type(value) is Unknown else value for value in _values_in_place(features)]


def features_in(stored: Sequence[StoredValue]) -> dict[str, FeatureValue]:
    """What was frozen at submission. Features that came later are not in it."""
    # A text is a word of a closed vocabulary, or unknown.
    return {
        name: _UNKNOWN.get(value, value) if isinstance(value, str) else value
        for name, value in zip(PLACES, stored, strict=False)
    }
