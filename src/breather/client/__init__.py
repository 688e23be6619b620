"""What an exchange's developer imports. Standard library and `cryptography` only; nothing else of Breather.

    breather = Breather("https://breather.internal", key, vasp="my-exchange", clearance_keys=keys)

    assessment = breather.assess(withdrawal)            # if Breather is away, its word is `wait`
    link = breather.link(withdrawal.id)                 # for <breather-alert link="...">
    breather.confirm(withdrawal.id, event_id, ...)      # after a fresh sign-in, once the pause has elapsed

    cleared = breather.payout(withdrawal, assessment.destination, units)  # kept in the exchange's own rows
    token = breather.clearance(withdrawal.id)           # just before the broadcast
    clearance = breather.verify(token, cleared, now_s)  # offline: this token is for exactly that payout
    spend(cursor, clearance.jti, now)                   # in the transaction that pays out
    breather.broadcast(withdrawal.id, event_id, transaction_id)

    wanted = breather.subject_wanted(withdrawal.id)     # she agreed that officers may know who she is
    sealed = wanted.seal(Subject(name=...))             # in this process; kept until it is taken
    breather.send_subject(withdrawal.id, event_id, referral=wanted.referral, ciphertext=sealed, keys=[*wanted.keys])

What may be repeated: everything, with the same ids. What clears: nothing but a verified, unspent clearance.
"""

from breather.client.assessment import Assessment, Changes, Destination, Friction, Link, Standing, State, Word
from breather.client.breather import Breather
from breather.client.clearance import Clearance, Cleared, verify_clearance
from breather.client.failure import (
    AlreadySpent,
    BreatherError,
    ClearanceRefused,
    Conflict,
    FieldError,
    Problem,
    Unavailable,
    Why,
)
from breather.client.sealing import Carrier, Subject, seal_subject
from breather.client.spent import SPENT_SCHEMA, spend
from breather.client.subject import SubjectWanted
from breather.client.withdrawal import Account, Residence, SessionEvidence, Withdrawal

__all__ = [
    "SPENT_SCHEMA",
    "Account",
    "AlreadySpent",
    "Assessment",
    "Breather",
    "BreatherError",
    "Carrier",
    "Changes",
    "Clearance",
    "ClearanceRefused",
    "Cleared",
    "Conflict",
    "Destination",
    "FieldError",
    "Friction",
    "Link",
    "Problem",
    "Residence",
    "SessionEvidence",
    "Standing",
    "State",
    "Subject",
    "SubjectWanted",
    "Unavailable",
    "Why",
    "Withdrawal",
    "Word",
    "seal_subject",
    "spend",
    "verify_clearance",
]
