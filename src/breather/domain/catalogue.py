"""The closed catalogue of features that rules may name. Age, sex, nationality and language are none (guarantee H4).

The published indicators behind them: FATF, Virtual Assets Red Flag Indicators (2020); FinCEN FIN-2023-Alert005.
"""

from collections.abc import Mapping
from types import MappingProxyType

from breather.domain.asset import Asset, Network
from breather.domain.entry import HARMFUL, Category
from breather.domain.feature import Feature, Phase, Unknown, ValueType
from breather.domain.territory import TERRITORIES
from breather.domain.typology import Typology
from breather.domain.withdrawal import DepositKind, Kind

# What a feature says where lists say nothing; where an accusation is questioned or contested; where they say more than
# one thing.
NONE, DISPUTED, SEVERAL = "none", "disputed", "several"
# Where several accuse in different words, the first of these is the feature's.
GRAVEST_FIRST = (
    Category.SANCTIONED,
    Category.TERRORISM,
    Category.RANSOMWARE,
    Category.DARKNET_MARKET,
    Category.THEFT,
    Category.EXTORTION,
    Category.SCAM,
    Category.PHISHING,
    Category.ABUSE,
)
LABELS = tuple(category for category in Category if category not in HARMFUL)

_NUMBER, _BOOLEAN, _TEXT = ValueType.NUMBER, ValueType.BOOLEAN, ValueType.TEXT
_NO_USD = "not_provided: the exchange sent no amount_usd"
_NO_PAST = "no_history: nothing that this customer sent is known"


def _submit(name: str, kind: ValueType, unit: str, meaning: str, unknown_when: str = "never") -> Feature:
    return Feature(name, kind, unit, Phase.SUBMIT, meaning, unknown_when)


def _session(name: str, meaning: str) -> Feature:
    return _submit(name, _BOOLEAN, "", meaning, "not_provided: the exchange did not send it")


def _answer(name: str, meaning: str) -> Feature:
    return Feature(name, _BOOLEAN, "", Phase.ANSWER, meaning, "not_yet: not answered, or not asked")


def _words(name: str, meaning: str, values: tuple[str, ...], unknown_when: str, phase: Phase = Phase.SUBMIT) -> Feature:
    return Feature(name, _TEXT, "", phase, meaning, unknown_when, values)


_AMOUNTS = (
    _submit("amount_usd", _NUMBER, "USD", "Value of this withdrawal, as the exchange states it", _NO_USD),
    _submit(
        "amount_over_median",
        _NUMBER,
        "ratio",
        "This value over the median of the last 64 that this customer sent",
        _NO_PAST,
    ),
    _submit(
        "amount_over_largest",
        _NUMBER,
        "ratio",
        "This value over the largest of the last 64 that this customer sent",
        _NO_PAST,
    ),
    _submit(
        "balance_share",
        _NUMBER,
        "0..1",
        "This value over the customer's whole balance before it",
        "not_provided: amount_usd or balance_usd was not sent",
    ),
    _submit("sum_usd_24h", _NUMBER, "USD", "Withdrawals of 24 hours including this one", _NO_USD),
    _submit("sum_usd_7d", _NUMBER, "USD", "Withdrawals of 7 days including this one", _NO_USD),
)

_PACE = (
    _submit("withdrawals_before", _NUMBER, "count", "Earlier withdrawals of this customer, saturating at 1,000,000"),
    _submit("withdrawals_1h", _NUMBER, "count", "Withdrawals in the last hour including this one, at most 65"),
    _submit("withdrawals_24h", _NUMBER, "count", "Withdrawals in 24 hours including this one, at most 65"),
    _submit("withdrawals_7d", _NUMBER, "count", "Withdrawals in 7 days including this one, at most 65"),
    _submit("days_since_last_withdrawal", _NUMBER, "days", "Dormancy: since the last that was sent", _NO_PAST),
    _submit(
        "account_age_days", _NUMBER, "days", "Since the account was opened", "not_provided: account.opened_at not sent"
    ),
    _submit(
        "hours_since_deposit",
        _NUMBER,
        "hours",
        "Since the customer's last deposit",
        "not_provided: account.last_deposit_at not sent",
    ),
)

_DESTINATION = (
    _submit("destination_is_new", _BOOLEAN, "", "This customer never sent anything to this destination"),
    _submit("destination_new_to_platform", _BOOLEAN, "", "No customer ever sent anything to this destination"),
    _submit("destination_customers", _NUMBER, "count", "Other customers who asked to withdraw here, at most 1,000,000"),
    _submit("destination_stops", _NUMBER, "count", "Withdrawals to this destination that customers stopped"),
    _submit("destination_interventions", _NUMBER, "count", "Questions, pauses and holds on withdrawals to here"),
    _submit(
        "payee_withdrawals", _NUMBER, "count", "This customer's earlier withdrawals to here that were sent, saturating"
    ),
    _submit("payee_stops", _NUMBER, "count", "This customer's stopped withdrawals to here"),
    _submit(
        "days_since_first_to_destination",
        _NUMBER,
        "days",
        "Since this customer first sent something to here",
        "no_history: this destination is new to the customer",
    ),
    _submit("payee_sum_usd_24h", _NUMBER, "USD", "To this destination in 24 hours including this one", _NO_USD),
    _submit("payee_withdrawals_24h", _NUMBER, "count", "To this destination in 24 hours including this one"),
    _submit("payee_rising_steps", _NUMBER, "count", "Successive increases of value to this destination, ending here"),
    _submit(
        "larger_send_after_crypto_in",
        _BOOLEAN,
        "",
        "She sent to here before, coins came in after that, and this is more than all she asked to send here yet",
        "not_provided: amount_usd, an earlier one to here, or the account's last deposit was not sent",
    ),
    _submit(
        "fiat_to_stablecoin_to_new",
        _BOOLEAN,
        "",
        "Bank or card money of the last 24 hours leaves as a stablecoin to a destination new to this customer",
        "not_provided: the account's last deposit was not sent",
    ),
)

_BEFORE = (
    _submit(
        "days_since_notice",
        _NUMBER,
        "days",
        "Since this customer was last shown an agency's alert",
        "no_history: never shown one",
    ),
    _submit("interventions_30d", _NUMBER, "count", "Questions, pauses and holds for this customer in 30 days"),
    _submit(
        "days_since_stop",
        _NUMBER,
        "days",
        "Since this customer last stopped a withdrawal",
        "no_history: never stopped one",
    ),
)

_SESSION = (
    _session("new_device", "The device was not seen before for this account"),
    _session("remote_access", "Remote-control software was seen in the session"),
    _session("screen_shared", "The screen is being shared"),
    _session("on_call", "A call is going on"),
    _session("ip_differs_from_residence", "The address of the session lies in another country than the residence"),
    _submit(
        "hours_since_security_change",
        _NUMBER,
        "hours",
        "Since password, second factor or device were changed",
        "not_provided: session.security_changed_at not sent",
    ),
)

# From outside, about the destination. `exchange/assess.py` adds them to what the fold computes.
_INTELLIGENCE = (
    _submit(
        "destination_confirmed",
        _BOOLEAN,
        "",
        "An agency confirmed a referral of this exchange about this destination, and has not taken it back",
    ),
    _words(
        "destination_resembles",
        "How much this address, new to her, looks like one of the last 64 that she paid",
        ("none", "weak", "strong"),
        "no_history: nothing that this customer sent is known",
    ),
)

# What published lists say of it. Lists change and their past is not kept, so a replay takes these as recorded.
_LISTS = (
    _words(
        "destination_listed",
        "Of what lists in force accuse this address: the gravest that stands; disputed, if none does",
        (NONE, DISPUTED, *(category.value for category in GRAVEST_FIRST)),
        "not_provided: no list is in force",
    ),
    _words(
        "destination_label",
        "What lists in force say that this address is, accusations aside; several, if they do not agree",
        (NONE, SEVERAL, *(category.value for category in LABELS)),
        "not_provided: no list is in force",
    ),
    _words(
        "destination_label_place",
        "The jurisdiction (ISO 3166) of whoever lists in force say has this address; none, if they name nobody",
        (NONE, SEVERAL, *TERRITORIES),
        "not_provided: no list is in force, or none says where they are",
    ),
)

_FACTS = (
    _words("asset", "What is withdrawn", tuple(Asset), "never"),
    _words("network", "On which network", tuple(Network), "never"),
    _submit("asset_is_stablecoin", _BOOLEAN, "", "The asset is pegged to a currency"),
    _words("kind", "How the withdrawal was ordered", tuple(Kind), "never"),
    _words("deposit_kind", "How the last deposit came in", tuple(DepositKind), "not_provided: not sent"),
)

_ANSWERS = (
    _answer("answer_told_what_to_say", "Somebody told her how to answer, or that this would appear"),
    _answer("answer_told_to_keep_secret", "Somebody asked her to keep this secret"),
    _answer("answer_someone_listening", "Somebody is on the phone or watching the screen now"),
    _answer("answer_pays_to_release", "The money is a tax, deposit or fee that is to release other money"),
    _answer("answer_met_online", "She knows whoever proposed this only from the internet"),
    _answer("answer_holds_key", "She alone holds the private key of the destination"),
    _answer("answer_withdrew_profit_before", "She once got everything back to her own bank"),
    _answer(
        "answer_police_or_bank_called", "A caller said that she or her account is under investigation or in danger"
    ),
    _answer("answer_paid_tasks", "She is paid for tasks, or tops up to go on with them"),
    _words(
        "answer_sounds_like",
        "Which typology she recognised",
        (*Typology, "none"),
        "not_yet: not answered, or not asked",
        Phase.ANSWER,
    ),
)

CATALOGUE: Mapping[str, Feature] = MappingProxyType(
    {
        feature.name: feature
        for group in (_AMOUNTS, _PACE, _DESTINATION, _BEFORE, _SESSION, _INTELLIGENCE, _LISTS, _FACTS, _ANSWERS)
        for feature in group
    }
)

INTELLIGENCE = frozenset(feature.name for feature in (*_INTELLIGENCE, *_LISTS))
FROM_LISTS = tuple(feature.name for feature in _LISTS)

# What nobody can know of a customer at her first withdrawal: `campaign check` warns of rules that need it.
NEWCOMER_UNKNOWN = frozenset(
    feature.name for feature in CATALOGUE.values() if feature.unknown_when.startswith("no_history")
)

# What every later phase adds, before it has come.
NOT_YET: Mapping[str, Unknown] = MappingProxyType(
    {name: Unknown.NOT_YET for name, feature in CATALOGUE.items() if feature.phase is not Phase.SUBMIT}
)
