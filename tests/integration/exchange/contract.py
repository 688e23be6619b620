"""The published OpenAPI document as a judge: what the service answers is what it said it would answer."""

import re
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from breather.web.exchange.openapi import openapi


def hold_to_contract(method: str, path: str, reply: httpx.Response) -> None:
    """Fails for a status that the document does not name, another media type, or a body of another shape."""
    address = path.partition("?")[0]
    if not address.startswith("/v1/"):
        return
    template = re.sub(r"(?<=^/v1/withdrawals/)[^/]+", "{id}", address)
    operations = openapi()["paths"].get(template, {})
    operation = operations.get(method.lower())
    assert operation is not None, f"{method} {address} is not in the document"
    documented = operation["responses"].get(str(reply.status_code))
    assert documented is not None, f"{method} {address} answered {reply.status_code}: {reply.text[:300]}"
    media, content = next(iter(documented["content"].items()))
    assert reply.headers["content-type"] == media
    name = content["schema"]["$ref"].rpartition("/")[2]
    errors = [f"{error.json_path}: {error.message}" for error in judge(name).iter_errors(reply.json())]
    assert not errors, f"{method} {address}: {errors}"


@cache
def judge(name: str) -> Any:
    """The validator of one named schema."""
    document = openapi()
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})
