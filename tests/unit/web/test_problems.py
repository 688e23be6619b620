"""The one table of errors: total, and without a word about the inside of the service."""

import inspect

import msgspec
import pytest

from breather.domain import refusal as refusals
from breather.domain.cooling_off import Resolution
from breather.domain.finding import Finding
from breather.domain.instant import Millis, parse_instant
from breather.domain.refusal import Refusal
from breather.storage import failure as failures
from breather.storage.failure import StorageFailure
from breather.web.problems import MEDIA_TYPE, REFUSALS, Problem, problem_of, syntax

AT = Millis(parse_instant("2026-11-22T10:43:00Z"))


def every_refusal() -> list[type[Refusal]]:
    found = [kind for _, kind in inspect.getmembers(refusals, inspect.isclass) if issubclass(kind, Refusal)]
    return [kind for kind in found if kind is not Refusal]


def every_failure() -> list[type[StorageFailure]]:
    return [kind for _, kind in inspect.getmembers(failures, inspect.isclass) if issubclass(kind, StorageFailure)]


def made(kind: type[Refusal]) -> Refusal:
    """One of that kind, with something in every argument."""
    values = {
        "str": "x",
        "str | None": None,
        "int": 2,
        "int | None": None,
        "Millis": AT,
        "tuple[str, ...]": ("/amount",),
        "Resolution": Resolution.STOP,
    }
    names = list(inspect.signature(kind.__init__).parameters.values())[1:]
    if any(name.kind is inspect.Parameter.VAR_POSITIONAL for name in names):
        return kind("x")
    return kind(*(values[inspect.formatannotation(name.annotation).rpartition("instant.")[2]] for name in names))


def test_every_refusal_has_its_row_and_every_row_its_refusal() -> None:
    assert {kind.code for kind in every_refusal()} == set(REFUSALS)


@pytest.mark.parametrize("kind", every_refusal(), ids=lambda kind: kind.__name__)
def test_every_refusal_is_a_problem_document(kind: type[Refusal]) -> None:
    problem = problem_of(made(kind))
    document = msgspec.json.decode(problem.response().body)
    assert document["type"] == f"urn:breather:problem:{kind.code}"
    assert document["status"] == problem.status
    assert document["detail"]
    assert str(AT) not in str(document), "instants go out as RFC 3339"


OUR_FAULT = (failures.RowRefused, failures.QueryMistake)


@pytest.mark.parametrize("kind", OUR_FAULT, ids=lambda kind: kind.__name__)
def test_a_row_or_query_of_ours_that_is_refused_is_a_fault_and_no_reason_to_ask_again(
    kind: type[StorageFailure],
) -> None:
    response = problem_of(kind("query insert_withdrawal: UNIQUE constraint failed")).response()
    assert response.status_code == 500
    assert "retry-after" not in response.headers
    assert b"insert_withdrawal" not in response.body


@pytest.mark.parametrize(
    "kind", [kind for kind in every_failure() if kind not in OUR_FAULT], ids=lambda kind: kind.__name__
)
def test_every_storage_failure_is_no_decision(kind: type[StorageFailure]) -> None:
    response = problem_of(kind("query insert_withdrawal: disk I/O error")).response()
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    document = msgspec.json.decode(response.body)
    assert document["type"].rpartition(":")[2] in ("no-decision", "pending")
    assert b"insert_withdrawal" not in response.body


def test_an_unknown_outcome_never_says_that_nothing_was_stored() -> None:
    document = problem_of(failures.OutcomeUnknown("x")).document()
    assert document["type"] == "urn:breather:problem:pending"
    assert "Nothing was stored" not in str(document)


def test_a_fault_of_ours_says_nothing_of_itself() -> None:
    response = problem_of(KeyError("secret-of-the-inside")).response()
    assert response.status_code == 500
    assert b"secret" not in response.body


def test_headers_of_every_problem() -> None:
    response = syntax("Line 1").response()
    assert response.headers["content-type"] == MEDIA_TYPE
    assert response.headers["cache-control"] == "no-store"
    assert "retry-after" not in response.headers
    assert Problem(401, "unauthenticated", "x").response().headers["www-authenticate"].startswith("Bearer")


def test_a_changed_retry_names_each_place() -> None:
    problem = problem_of(refusals.ChangedRetry("withdrawal", ("/amount", "/destination/address")))
    assert [finding.pointer for finding in problem.errors] == ["/amount", "/destination/address"]
    assert "amount, destination.address" in problem.detail


def test_members_stand_beside_the_fixed_ones() -> None:
    problem = problem_of(refusals.NotElapsed(AT))
    assert problem.document()["elapses_at"] == "2026-11-22T10:43:00.000Z"


def test_a_suggestion_is_left_out_where_there_is_none() -> None:
    errors = Problem(422, "invalid", "x", errors=[Finding("/a", "c", "m"), Finding("/b", "c", "m", "s")]).document()[
        "errors"
    ]
    assert errors == [
        {"pointer": "/a", "code": "c", "message": "m"},
        {"pointer": "/b", "code": "c", "message": "m", "suggestion": "s"},
    ]
