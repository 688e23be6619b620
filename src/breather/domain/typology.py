"""Recognised patterns of scam. The ids stay stable: packs, campaigns, referrals and trials are keyed by them.

There is deliberately no `mule`: a suspicion against the customer is not an alert to a victim, and nothing that the
customer or the police see through Breather may reveal one (guarantees H2).
"""

from enum import StrEnum


class Typology(StrEnum):
    INVESTMENT = "investment"
    FEE_TO_UNLOCK = "fee-to-unlock"
    FAKE_POLICE = "fake-police"
    EXCHANGE_IMPERSONATION = "exchange-impersonation"
    TASK_JOB = "task-job"
    ADDRESS_POISONING = "address-poisoning"
    CHIP_EXCHANGE = "chip-exchange"
    GENERAL = "general"
    KNOWN_ADDRESS = "known-address"


REFUSED = "mule"
