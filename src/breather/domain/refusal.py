"""Why an act on a withdrawal is refused. One tree, mapped to the outside once (`web/problems.py`), and that is tested.

Refusal
|-- UnknownWithdrawal      no withdrawal has this id
|-- ErasedWithdrawal       one had it, and was erased; the id is never used again (guarantee A1)
|-- ChangedRetry           this id is known, and says something else now
|-- SubjectTaken           this referral has its subject, under another id; a new id does not help
|-- Resolved               decided before; names the first resolution
|-- NotOffered             nothing of that kind was asked of this withdrawal
|-- NotAnswered            the questions come first
|-- NotElapsed             the pause is still running
|-- Watched                somebody else sees or steers this session, or she said so
|-- HeldBack               a hold is open
|-- SessionTooOld          confirming needs a session and an authentication begun after the pause elapsed
|-- SessionAhead           its instants lie in the future: a wrong clock or unit would defeat the rule before
|-- AlreadyBroadcast       it has left; nothing can be changed any more
|-- BroadcastDiffers       it was broadcast before, in another transaction
|-- TimeSuspect            wall and monotonic clock disagree: nothing is released or cleared (guarantees E)
|-- Recovering             the database is behind what was acknowledged: nothing is cleared or sealed (guarantee D5)
|-- NotClearable           no clearance in this state
|-- PauseOpen              another pause or hold on this customer and destination is open (guarantee A4)
|-- NoConsent              she has not agreed that the police know who she is, or has taken it back
|-- OtherReferral          a subject sealed for another referral than the one that her consent named
|-- NotSealed              a subject in the clear, or sealed to another number of keys than are named
`-- NoSealingKey           sealed to a key that the agency does not list for sealing now
"""

from breather.domain.instant import Millis


class Refusal(Exception):
    """`code` is stable and for programs; the text is for people and says what would be right."""

    code = "refused"

    @property
    def members(self) -> dict[str, object]:
        """What a program needs to go on; instants in milliseconds."""
        return {}


class UnknownWithdrawal(Refusal):
    code = "unknown-withdrawal"

    def __init__(self, withdrawal: str) -> None:
        super().__init__(f"No withdrawal has the id {withdrawal!r}.")


class ErasedWithdrawal(Refusal):
    code = "erased"

    def __init__(self, erased_at: Millis) -> None:
        self.erased_at = erased_at
        super().__init__(
            "The withdrawal of this id was erased, and the id is not used again; a new one needs a new id."
        )

    @property
    def members(self) -> dict[str, object]:
        return {"erased_at": self.erased_at}


class ChangedRetry(Refusal):
    code = "changed-retry"

    def __init__(self, what: str, pointers: tuple[str, ...]) -> None:
        self.pointers = pointers
        names = ", ".join(pointer.strip("/").replace("/", ".") for pointer in pointers)
        super().__init__(f"This {what} id was used before with another {names}. A new {what} needs a new id.")


class SubjectTaken(Refusal):
    code = "subject-taken"

    def __init__(self) -> None:
        super().__init__(
            "A subject for this referral was taken already; another is taken only after the consent was revoked and "
            "given anew, for the referral that it then names."
        )


class Resolved(Refusal):
    code = "resolved"

    def __init__(self, how: str, event: str | None, at: Millis) -> None:
        self.how, self.event, self.at = how, event, at
        super().__init__(f"This withdrawal was resolved before: {how}.")

    @property
    def members(self) -> dict[str, object]:
        return {"resolution": self.how, "resolution_event": self.event, "resolved_at": self.at}


class NotOffered(Refusal):
    code = "not-offered"


class NotAnswered(Refusal):
    code = "not-answered"

    def __init__(self) -> None:
        super().__init__("The questions have not been answered yet; the customer answers them on the alert page.")


class NotElapsed(Refusal):
    code = "not-elapsed"

    def __init__(self, elapses_at: Millis) -> None:
        self.elapses_at = elapses_at
        super().__init__("The pause is still running; confirm after it has elapsed.")

    @property
    def members(self) -> dict[str, object]:
        return {"elapses_at": self.elapses_at}


class Watched(Refusal):
    code = "watched"

    def __init__(self) -> None:
        super().__init__(
            "Somebody else may be watching or listening; this cannot be confirmed from such a session. "
            "If the customer herself said so, this withdrawal can never be confirmed."
        )


class HeldBack(Refusal):
    code = "held"

    def __init__(self, ends_at: Millis) -> None:
        self.ends_at = ends_at
        super().__init__("A hold is open on this customer and destination.")

    @property
    def members(self) -> dict[str, object]:
        return {"held_until": self.ends_at}


class SessionTooOld(Refusal):
    code = "session-too-old"

    def __init__(self, field: str, since: Millis) -> None:
        self.field, self.since = field, since
        super().__init__(f"{field} lies before the pause elapsed; the customer signs in again and confirms then.")

    @property
    def members(self) -> dict[str, object]:
        return {"field": self.field, "not_before": self.since}


class SessionAhead(Refusal):
    code = "session-ahead"

    def __init__(self, field: str, now: Millis) -> None:
        self.field, self.now = field, now
        super().__init__(f"{field} lies in the future; check the clock and the unit of whoever says so.")

    @property
    def members(self) -> dict[str, object]:
        return {"field": self.field, "now": self.now}


class AlreadyBroadcast(Refusal):
    code = "already-broadcast"

    def __init__(self, transaction_id: str) -> None:
        self.transaction_id = transaction_id
        super().__init__("This withdrawal was broadcast; nothing can be changed any more.")

    @property
    def members(self) -> dict[str, object]:
        return {"transaction_id": self.transaction_id}


class BroadcastDiffers(AlreadyBroadcast):
    code = "broadcast-differs"


class TimeSuspect(Refusal):
    code = "time-suspect"

    def __init__(self) -> None:
        super().__init__(
            "The service's clock was changed by more than 2 s; nothing is released until its operator has confirmed "
            "what time it is."
        )


class Recovering(Refusal):
    code = "recovering"

    def __init__(self) -> None:
        super().__init__(
            "The database is behind what was acknowledged before; nothing is cleared or sealed until its operator has "
            "reconciled it. Tell every withdrawal again, with its stops and its broadcast, then ask again."
        )


class NotClearable(Refusal):
    code = "not-clearable"

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(f"No clearance is issued while the withdrawal is {state}.")

    @property
    def members(self) -> dict[str, object]:
        return {"state": self.state}


class PauseOpen(Refusal):
    code = "pause-open"

    def __init__(self, withdrawal: str) -> None:
        self.withdrawal = withdrawal
        super().__init__("Another pause or hold on this customer and destination is open; it comes first.")

    @property
    def members(self) -> dict[str, object]:
        return {"withdrawal": self.withdrawal}


class NoConsent(Refusal):
    code = "no-consent"

    def __init__(self) -> None:
        super().__init__("The customer has not agreed that the police know who she is, or has taken that back.")


class OtherReferral(Refusal):
    code = "other-referral"

    def __init__(self, referral: str) -> None:
        self.referral = referral
        super().__init__("This subject was sealed for another referral; ask again which one is wanted, and seal anew.")

    @property
    def members(self) -> dict[str, object]:
        return {"referral": self.referral}


class NotSealed(Refusal):
    code = "not-sealed"

    def __init__(self, named: int, found: int | None) -> None:
        what = "no age v1 file" if found is None else f"sealed to {found} keys where {named} are named"
        super().__init__(f"This is {what}; `breather.client` seals a subject as it has to be, and nothing was kept.")


class NoSealingKey(Refusal):
    code = "no-sealing-key"

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        super().__init__(f"The agency does not list {', '.join(keys)} for sealing now; ask again, and seal anew.")

    @property
    def members(self) -> dict[str, object]:
        return {"keys": list(self.keys)}
