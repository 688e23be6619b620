"""The published indicators behind the features: who wrote that this is a sign of a scam, and in which words.

An indicator alone proves nothing, as those who publish them say. A feature without an entry measures what an
indicator is compared with, or rests on our own reading of published cases.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Source(StrEnum):
    FATF = "FATF, Virtual Assets Red Flag Indicators (2020)"
    FINCEN = "FinCEN, FIN-2023-Alert005"
    MACAU = "Macau Judiciary Police, warning of January 2026"
    SINGAPORE = "Singapore banks, 24-hour pause"
    UK = "UK Finance, on coached victims"


_STRUCTURING = (Source.FATF, "amounts split so that each is small")
_MANY_IN_A_DAY = (Source.FATF, "many transfers of high value within 24 hours")
_NEW_OR_IDLE = (Source.FATF, "a new or long-idle account")
_AT_ONCE_OUT = (Source.FATF, "exit to a self-hosted address as soon as money is in")
_WHOLE_BALANCE = (Source.FATF, "the whole balance moved")
_OUT_OF_PROFILE = (Source.FATF, "an amount out of the customer's profile")
_RETURN = (Source.FINCEN, "a small return, slightly above an earlier send, then bigger sends")
_DRAINED = (Source.FINCEN, "a dormant account drained")
_FIAT_IN = (Source.FINCEN, "no crypto history, then large fiat in")
_CONTACT = (Source.FINCEN, "talk of returns from a new contact")
_CALLER = (Source.MACAU, "callers pose as an authority, then ask for the screen to be shared")
_HALF = (Source.SINGAPORE, "more than half of the balance within 24 hours")
_COACHED = (Source.UK, "victims are told beforehand what to answer")

BEHIND: Mapping[str, tuple[tuple[Source, str], ...]] = MappingProxyType(
    {
        "amount_over_median": (_OUT_OF_PROFILE,),
        "amount_over_largest": (_OUT_OF_PROFILE,),
        "balance_share": (_WHOLE_BALANCE, _HALF),
        "sum_usd_24h": (_MANY_IN_A_DAY, _HALF),
        "sum_usd_7d": (_STRUCTURING,),
        "withdrawals_before": (_FIAT_IN,),
        "withdrawals_1h": (_STRUCTURING,),
        "withdrawals_24h": (_MANY_IN_A_DAY,),
        "withdrawals_7d": (_STRUCTURING,),
        "days_since_last_withdrawal": (_NEW_OR_IDLE, _DRAINED),
        "account_age_days": (_NEW_OR_IDLE,),
        "hours_since_deposit": (_AT_ONCE_OUT,),
        "deposit_kind": (_FIAT_IN,),
        "destination_is_new": (_AT_ONCE_OUT,),
        "destination_new_to_platform": (_AT_ONCE_OUT,),
        "payee_sum_usd_24h": (_STRUCTURING, _MANY_IN_A_DAY),
        "payee_withdrawals_24h": (_STRUCTURING,),
        "payee_rising_steps": (_RETURN,),
        "larger_send_after_crypto_in": (_RETURN,),
        "fiat_to_stablecoin_to_new": (_AT_ONCE_OUT, _FIAT_IN),
        "remote_access": (_CALLER,),
        "screen_shared": (_CALLER,),
        "on_call": (_CALLER,),
        "answer_told_what_to_say": (_COACHED,),
        "answer_told_to_keep_secret": (_COACHED,),
        "answer_someone_listening": (_CALLER, _COACHED),
        "answer_met_online": (_CONTACT,),
        "answer_withdrew_profit_before": (_RETURN,),
        "answer_police_or_bank_called": (_CALLER,),
    }
)
