"""Why what another organisation sent is not believed. One tree, mapped to the outside once; a test holds the drawing.

Refusal
|-- Malformed              no message of this kind: findings say what is wrong where
|-- UnsupportedVersion     a version of the protocol that is not spoken here
|-- WrongType              a good message of a kind that has no business here
|-- WrongMode              a test message at a live service, or the reverse
|-- WrongRecipient         for another organisation
|-- UnknownSender          no peer of that name is pinned
|-- WrongRole              an exchange says what only an agency may say, or the reverse
|-- KeyRefused             the key that signed is not good for this
|   |-- StaleKeyList       the sender's key list has expired, or never came: revocations may be missing
|   |-- UnknownKey         not in the sender's key list
|   |-- WrongPurpose       a key for something else
|   |-- NotYetValid        its time has not come
|   |-- ExpiredKey         its time was over when it signed
|   `-- RevokedKey         taken back, with the reason
|-- Altered                not the bytes that were signed
|-- OutsideReplayWindow    signed too long ago or ahead of time; says what time it is here
|-- KeyListRefused         a key list that is not the next one of this peer
|   |-- WrongRoot          its root is not the pinned one
|   |-- WrongOrganisation  of somebody else
|   |-- ExpiredKeyList     over before it arrived
|   |-- OlderKeyList       lists never go back
|   `-- ForkedKeyList      two different lists under one number
|-- ManifestRefused        changes that do not hang from a fresh manifest
|   |-- OlderManifest      manifests never go back
|   |-- ExpiredManifest    over, or not begun
|   |-- AlteredPage        not the page that the manifest names
|   `-- OtherPage          a page that was not asked for
`-- SealRefused            a sealed subject that is not opened
    |-- NotOurKey          not sealed to this key, or altered: age does not say which
    `-- SealedForAnother   belongs to another referral: it was moved

`retryable`: the same body, signed again, may be taken later, once a clock is set or a newer key list has come.
"""

from collections.abc import Iterable

from breather.domain.finding import Finding
from breather.domain.instant import MINUTE, Millis, format_instant


class Refusal(Exception):
    """`code` is stable and for programs; the text is for people and says what would be right."""

    code = "refused"
    retryable = False

    @property
    def members(self) -> dict[str, object]:
        """What a program needs to go on; instants in milliseconds."""
        return {}


class Malformed(Refusal):
    code = "malformed"

    def __init__(self, what: str, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join([f"This is no {what}.", *(f"  {finding}" for finding in self.findings)]))


class UnsupportedVersion(Refusal):
    code = "unsupported-version"


class WrongType(Refusal):
    code = "wrong-type"


class WrongMode(Refusal):
    code = "wrong-mode"


class WrongRecipient(Refusal):
    code = "wrong-recipient"


class UnknownSender(Refusal):
    code = "unknown-sender"


class WrongRole(Refusal):
    code = "wrong-role"


class KeyRefused(Refusal):
    code = "key-refused"


class StaleKeyList(KeyRefused):
    code = "stale-key-list"
    retryable = True


class UnknownKey(KeyRefused):
    """Retryable: a key that was added a minute ago is not known here yet."""

    code = "unknown-key"
    retryable = True


class WrongPurpose(KeyRefused):
    code = "wrong-purpose"


class NotYetValid(KeyRefused):
    code = "not-yet-valid"
    retryable = True


class ExpiredKey(KeyRefused):
    code = "expired-key"


class RevokedKey(KeyRefused):
    code = "revoked-key"

    def __init__(self, kid: str, at: Millis, because: str) -> None:
        self.at, self.because = at, because
        super().__init__(f"The key {kid} was revoked at {format_instant(at)}: {because}.")

    @property
    def members(self) -> dict[str, object]:
        return {"revoked_at": self.at, "revoked_because": self.because}


class Altered(Refusal):
    code = "altered"


class OutsideReplayWindow(Refusal):
    code = "outside-replay-window"
    retryable = True

    def __init__(self, timestamp: Millis, now: Millis, window: int) -> None:
        self.now, self.timestamp = now, timestamp
        super().__init__(
            f"This was signed at {format_instant(timestamp)} and here it is {format_instant(now)}: more than "
            f"{window / MINUTE:g} minutes apart. Set the clock, then sign the same body again."
        )

    @property
    def members(self) -> dict[str, object]:
        return {"now": self.now}


class KeyListRefused(Refusal):
    code = "key-list-refused"


class WrongRoot(KeyListRefused):
    code = "wrong-root"


class WrongOrganisation(KeyListRefused):
    code = "wrong-organisation"


class ExpiredKeyList(KeyListRefused):
    code = "expired-key-list"


class OlderKeyList(KeyListRefused):
    code = "older-key-list"


class ForkedKeyList(KeyListRefused):
    code = "forked-key-list"


class ManifestRefused(Refusal):
    code = "manifest-refused"


class OlderManifest(ManifestRefused):
    code = "older-manifest"


class ExpiredManifest(ManifestRefused):
    code = "expired-manifest"


class AlteredPage(ManifestRefused):
    code = "altered-page"


class OtherPage(ManifestRefused):
    code = "other-page"


class SealRefused(Refusal):
    code = "seal-refused"


class NotOurKey(SealRefused):
    code = "not-our-key"


class SealedForAnother(SealRefused):
    code = "sealed-for-another"
