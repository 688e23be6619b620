"""Every error as the outside sees it: RFC 9457 problem documents, mapped here and nowhere else.

`type` is `urn:breather:problem:<code>`. `errors` names each wrong place of a body: pointer, code, message, suggestion.
A test proves that every refusal and every storage failure has its row.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from starlette.responses import Response

from breather.domain.finding import Finding
from breather.domain.instant import Millis, format_instant
from breather.domain.refusal import ChangedRetry, Refusal
from breather.storage.failure import (
    DeadlineTaken,
    OutcomeUnknown,
    Overloaded,
    QueryMistake,
    RowRefused,
    StorageFailure,
)

MEDIA_TYPE: Final = "application/problem+json"

REFUSALS: Final[Mapping[str, tuple[int, str]]] = MappingProxyType(
    {
        "unknown-withdrawal": (404, "No such withdrawal"),
        "erased": (410, "This withdrawal was erased"),
        "changed-retry": (409, "This id was used for something else"),
        "subject-taken": (409, "This referral has its subject"),
        "resolved": (409, "Resolved before"),
        "not-offered": (409, "Nothing of that kind was asked"),
        "not-answered": (409, "The questions come first"),
        "not-elapsed": (409, "The pause is still running"),
        "watched": (409, "Somebody else may be watching"),
        "held": (409, "A hold is open"),
        "session-too-old": (409, "The session began before the pause elapsed"),
        "session-ahead": (409, "The session began in the future"),
        "already-broadcast": (409, "It has been broadcast"),
        "broadcast-differs": (409, "It was broadcast in another transaction"),
        "not-clearable": (409, "No clearance in this state"),
        "pause-open": (409, "Another pause comes first"),
        "no-consent": (409, "The customer has not agreed"),
        "other-referral": (409, "Sealed for another referral"),
        "not-sealed": (422, "Not sealed as it has to be"),
        "no-sealing-key": (409, "Sealed to a key that is not listed"),
        "recovering": (503, "The database is being reconciled"),
        "time-suspect": (503, "The service's clock cannot be trusted"),
    }
)


class Problem(Exception):
    """An answer that is not the one asked for. `members` are added to the document."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        errors: Iterable[Finding] = (),
        members: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        super().__init__(detail or title)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = tuple(errors)
        self.members = members

    def document(self) -> dict[str, object]:
        found: dict[str, object] = {
            "type": f"urn:breather:problem:{self.code}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            found["detail"] = self.detail
        if self.errors:
            found["errors"] = [_error(finding) for finding in self.errors]
        return {**found, **self.members}

    def response(self) -> Response:
        headers = {"Cache-Control": "no-store"}
        if self.status == 503:
            headers["Retry-After"] = "1"
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="breather"'
        return Response(msgspec.json.encode(self.document()), self.status, headers, MEDIA_TYPE)


def syntax(message: str) -> Problem:
    return Problem(400, "syntax", "The body is not JSON that can be read", message)


def invalid(findings: Iterable[Finding]) -> Problem:
    return Problem(422, "invalid", "The body says something that cannot be right", errors=findings)


def problem_of(error: Exception) -> Problem:
    """The problem of a refusal or a storage failure; anything else is a fault of ours and says nothing of itself."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refusal):
        return _of_refusal(error)
    if isinstance(error, StorageFailure):
        return _of_storage(error)
    return Problem(500, "fault", "A fault of the service", "Nothing is known to have been changed; look it up.")


def _of_refusal(refusal: Refusal) -> Problem:
    status, title = REFUSALS[refusal.code]
    members = {
        name: format_instant(Millis(value)) if isinstance(value, int) else value
        for name, value in refusal.members.items()
    }
    errors = []
    if isinstance(refusal, ChangedRetry):
        errors = [Finding(pointer, "changed", "differs from what was sent first") for pointer in refusal.pointers]
    return Problem(status, refusal.code, title, str(refusal), errors, members)


def _of_storage(failure: StorageFailure) -> Problem:
    """Whatever happened in storage, the answer is *no decision*; the client waits, and asks again (guarantee A2).

    But a row or a query that is refused is our own fault, and would be refused again.
    """
    if isinstance(failure, RowRefused | QueryMistake):
        return Problem(500, "fault", "A fault of the service", "Nothing was stored.")
    if isinstance(failure, OutcomeUnknown):
        return Problem(503, "pending", "Taken, and not yet known", "Ask again with the same id.")
    if isinstance(failure, Overloaded | DeadlineTaken):
        return Problem(503, "no-decision", "No decision in time", "Nothing was stored. Ask again with the same id.")
    return Problem(503, "no-decision", "No decision", "Storage cannot be reached. Ask again with the same id.")


def _error(finding: Finding) -> dict[str, str]:
    found = {"pointer": finding.pointer, "code": finding.code, "message": finding.message}
    if finding.suggestion:
        found["suggestion"] = finding.suggestion
    return found
