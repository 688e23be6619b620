"""The agency's published OpenAPI document as a judge: what the service answers is what it said it would answer."""

import json
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from breather.web.agency.openapi import LINES, openapi


def hold_to_contract(reply: httpx.Response) -> None:
    """Fails for a status, a header, a media type or a body that the document does not have."""
    method, path = reply.request.method.lower(), reply.request.url.path
    documented = openapi()["paths"][path][method]["responses"].get(str(reply.status_code))
    assert documented is not None, f"{method} {path} answered {reply.status_code}: {reply.text[:300]}"
    assert [name for name in documented.get("headers", {}) if name not in reply.headers] == []
    [(media, content)] = documented["content"].items()
    assert reply.headers["content-type"].partition(";")[0] == media
    if media == LINES:
        manifest, page = reply.content.split(b"\n")
        assert errors_of("Manifest", json.loads(manifest)) + errors_of("Changes", json.loads(page)) == []
    else:
        assert errors_of(content["schema"]["$ref"].rpartition("/")[2], reply.json()) == []


def errors_of(name: str, value: Any) -> list[str]:
    schemas = openapi()["components"]["schemas"]
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schemas[name]).iter_errors(value)]
