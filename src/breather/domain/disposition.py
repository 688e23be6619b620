"""What an agency found about one referral. The finding travels; officers' notes never do (guarantees H2 and F6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from breather.domain.finding import Finding
from breather.domain.instant import Millis


class Disposition(StrEnum):
    """The closed list. INSUFFICIENT is *cannot be decided*, which is not NOT_A_SCAM."""

    CONFIRMED_SCAM = "confirmed-scam"
    NOT_A_SCAM = "not-a-scam"
    INSUFFICIENT = "insufficient"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Disposed:
    """`referral` is the sender's own id. `duplicate_of`, another of the same sender's, exactly if it is a duplicate.

    A later one about the same referral replaces an earlier one: officers may be wrong first.
    """

    referral: str
    disposition: Disposition
    at: Millis
    duplicate_of: str | None = None


def check_disposed(disposed: Disposed, referrals: Mapping[str, str]) -> list[Finding]:
    """Everything wrong with it, given who sent which referral (id to sender); empty if it may be told or believed.

    Used on both sides: by the agency before it tells an exchange, by the exchange (whose mapping holds only its own
    referrals) before it believes. A duplicate of somebody else's referral would reveal that one.
    """
    findings = []
    if disposed.referral not in referrals:
        message = "is about no referral that was received from this sender"
        findings.append(Finding("/about", "unknown-referral", message))
    duplicate = disposed.disposition is Disposition.DUPLICATE
    if duplicate != (disposed.duplicate_of is not None):
        message = "names the earlier referral exactly if the finding is 'duplicate'"
        findings.append(Finding("/duplicate_of", "duplicate-of", message))
    elif duplicate and disposed.duplicate_of == disposed.referral:
        findings.append(Finding("/duplicate_of", "duplicate-of", "is the referral itself; name the earlier one"))
    elif duplicate and not _same_sender(disposed, referrals):
        message = "is not a referral of the same sender; use another finding, for this would reveal it"
        findings.append(Finding("/duplicate_of", "foreign-referral", message))
    return findings


def _same_sender(disposed: Disposed, referrals: Mapping[str, str]) -> bool:
    sender = referrals.get(disposed.referral)
    return sender is not None and referrals.get(disposed.duplicate_of or "") == sender
