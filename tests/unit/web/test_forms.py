"""Posted forms: one value a field, of a modest size; what is refused is told the limit that holds for a form."""

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from breather.web.forms import LARGEST, MOST_FIELDS, Form, read_form
from breather.web.problems import Problem


def posted(body: bytes) -> Form:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return asyncio.run(read_form(Request({"type": "http", "method": "POST", "headers": []}, receive)))


def test_fields_and_empty_values_are_read() -> None:
    assert posted(b"csrf=a%20b&q.one=yes&note=") == {"csrf": "a b", "q.one": "yes", "note": ""}


def test_the_limit_that_is_named_is_the_one_that_holds() -> None:
    assert len(posted(b"a=" + b"x" * (LARGEST - 2))["a"]) == LARGEST - 2
    with pytest.raises(Problem) as refused:
        posted(b"a=" + b"x" * (LARGEST - 1))
    assert refused.value.status == 413
    assert str(LARGEST) in refused.value.detail


@pytest.mark.parametrize(
    "body", [b"a=1&a=2", b"a=%00", b"%00=1", b"a=\xe9", b"&".join(b"a%d=1" % n for n in range(MOST_FIELDS + 1))]
)
def test_what_is_no_such_form_is_refused(body: bytes) -> None:
    with pytest.raises(Problem) as refused:
        posted(body)
    assert refused.value.status == 400
