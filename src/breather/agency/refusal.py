"""Why the agency refuses an act on a referral. One tree, mapped to the outside in `web/agency/refusals.py`.

Refusal
|-- ChangedReferral    this id was received before, with other bytes
|-- NotAllowed         the relay terms agreed with this exchange do not allow it; findings name each field
|-- UnknownReferral    no referral has this number
|-- ClaimedByAnother   a colleague is at it; names who and since when
|-- NotClaimed         only who claimed a referral decides it
|-- AlreadyDecided     it has its disposition; a later one may replace it, handing back may not
|-- ChangedMeanwhile   somebody acted on it after the page was shown
`-- BadDisposition     it cannot be told to the exchange so: findings

Why a message is not believed at all is another tree: `protocol/refusal.py`.
"""

from collections.abc import Iterable

from breather.domain.finding import Finding
from breather.domain.instant import Millis, format_instant


class Refusal(Exception):
    """`code` is stable and for programs; the text is for people and says what would be right."""

    code = "refused"

    def __init__(self, message: str, findings: Iterable[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class ChangedReferral(Refusal):
    code = "changed-referral"

    def __init__(self, referral: str) -> None:
        super().__init__(
            f"The referral {referral!r} was received before with other bytes. Another one needs another id."
        )


class NotAllowed(Refusal):
    code = "not-allowed"

    def __init__(self, findings: Iterable[Finding]) -> None:
        super().__init__("The relay terms agreed with this exchange do not allow this referral.", findings)


class UnknownReferral(Refusal):
    code = "unknown-referral"

    def __init__(self, number: int) -> None:
        super().__init__(f"No referral has the number {number}.")


class ClaimedByAnother(Refusal):
    code = "claimed"

    def __init__(self, officer: str, at: Millis) -> None:
        self.officer, self.at = officer, at
        super().__init__(f"{officer} claimed this referral at {format_instant(at)}.")


class NotClaimed(Refusal):
    code = "not-claimed"

    def __init__(self) -> None:
        super().__init__("Claim this referral first, so that colleagues see that you are at it.")


class AlreadyDecided(Refusal):
    code = "decided"

    def __init__(self) -> None:
        super().__init__("This referral has its disposition. Make another one if it was wrong.")


class ChangedMeanwhile(Refusal):
    code = "changed-meanwhile"

    def __init__(self) -> None:
        super().__init__("Somebody acted on this referral after this page was shown. Look at it again, then decide.")


class BadDisposition(Refusal):
    code = "bad-disposition"

    def __init__(self, findings: Iterable[Finding]) -> None:
        found = tuple(findings)
        super().__init__("; ".join(f"{finding.pointer.strip('/')} {finding.message}" for finding in found), found)
