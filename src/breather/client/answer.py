"""What an answer of the service means: a body, a refusal that explains itself, or nothing usable."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from breather.client.connection import Answer
from breather.client.failure import Conflict, FieldError, Problem, Unavailable, Why
from breather.client.strictjson import read_object

_BUSY = frozenset({408, 425, 429})
_USUAL = frozenset({"type", "title", "status", "detail", "errors", "instance"})
_Read = TypeVar("_Read")


def understand(answer: Answer, reader: Callable[[dict[str, Any]], _Read]) -> _Read:
    """What `reader` makes of a success. Raises Problem for a refusal, Unavailable for everything else.

    A page of some proxy, a redirect, a decision about another withdrawal: none of them may pass for an
    answer.
    """
    body = _object(answer)
    try:
        return reader(body)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unavailable(Why.GARBLED, f"the service's answer cannot be understood: {error!r}") from error


def _object(answer: Answer) -> dict[str, Any]:
    """The body of a success. Raises Problem for a refusal that explains itself, otherwise Unavailable."""
    status = answer.status
    if status >= 500 or status in _BUSY:
        raise Unavailable(Why.NO_DECISION, f"the service answered {status}")
    wanted = "application/json" if 200 <= status < 300 else "application/problem+json"
    if not 200 <= status < 300 and not 400 <= status < 500:
        raise Unavailable(Why.GARBLED, f"the service answered {status}, which Breather never does")
    if answer.content_type != wanted:
        raise Unavailable(Why.GARBLED, f"the service answered {status} with {answer.content_type}, not {wanted}")
    try:
        body = read_object(answer.body)
    except ValueError as error:
        raise Unavailable(
            Why.GARBLED, f"the service answered {status} with a body that is not JSON: {error}"
        ) from error
    if status >= 400:
        raise _problem(status, body)
    return body


def _problem(status: int, body: Mapping[str, Any]) -> Problem:
    code = str(body.get("type", "")).rpartition(":")[2]
    kind = Conflict if status == 409 else Problem
    problem = kind(status, code, str(body.get("title", "")), str(body.get("detail", "")))
    found = body.get("errors")
    problem.errors = tuple(
        FieldError(*(str(one.get(name, "")) for name in ("pointer", "code", "message", "suggestion")))
        for one in (found if isinstance(found, list) else [])
        if isinstance(one, dict)
    )
    problem.members = {name: value for name, value in body.items() if name not in _USUAL}
    return problem
