"""The OpenAPI document of the agency's API, made from the forms that read and write its messages."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import msgspec

from breather.protocol import changes, key_list, manifest, problem, receipt, referral
from breather.protocol.form import Form
from breather.protocol.message import KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER

MESSAGE_HEADER: Final = "Breather-Message"
LONGEST_PULL: Final = 2_000
LINES: Final = "application/x-ndjson"

FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "Referral": referral.FORM,
        "Receipt": receipt.FORM,
        "Manifest": manifest.FORM,
        "Changes": changes.FORM,
        "Refusal": problem.FORM,
        "KeyList": key_list.FORM,
    }
)

_TEXT: Mapping[str, Any] = {"type": "string"}
_SIGNING: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    KEY_HEADER: ("Which key signed: 16 hexadecimal digits", key_list.KEY_ID.schema()),
    TIMESTAMP_HEADER: ("When, in milliseconds since 1970", {"type": "integer", "minimum": 0}),
    SIGNATURE_HEADER: ("64 bytes in base64, over type, mode, timestamp and body", _TEXT),
}
_PROBLEM: Mapping[str, Any] = {
    "description": "RFC 9457. `type` is urn:breather:problem:<code>; docs/protocol lists what refuses a message.",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:breather:problem:[a-z-]+$"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "retryable": {"type": "boolean", "description": "Whether the same body, signed again, may be taken later."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {"pointer": _TEXT, "code": _TEXT, "message": _TEXT, "suggestion": _TEXT},
                "additionalProperties": False,
            },
        },
        "refusal": {
            "description": "The same, signed, for a sender whose own signature held: `body` is a Refusal, as text.",
            "type": "object",
            "required": ["body", *_SIGNING],
            "properties": {"body": _TEXT, **dict.fromkeys(_SIGNING, _TEXT)},
            "additionalProperties": False,
        },
    },
}


@cache
def openapi_bytes() -> bytes:
    return msgspec.json.format(msgspec.json.encode(openapi()), indent=2)


def openapi() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Breather: the agency's API for exchanges",
            "version": "1",
            "description": "Referrals in, receipts and dispositions out; every message signed. docs/protocol says how.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [],
        "paths": {
            "/v1/referrals": {"post": _refer()},
            "/v1/changes": {"get": _changes()},
            "/v1/key-list": {"get": _key_list()},
        },
        "components": {"schemas": {**{name: form.schema() for name, form in FORMS.items()}, "Problem": dict(_PROBLEM)}},
    }


def _refer() -> dict[str, Any]:
    return {
        "operationId": "refer",
        "summary": "Deliver a referral. The same bytes again get the same receipt, signed anew",
        "parameters": _signing_parameters(),
        "requestBody": {"required": True, "content": _json("Referral")},
        "responses": {
            "201": _signed("Durable here", _json("Receipt")),
            "200": _signed("It was here already", _json("Receipt")),
            **_problems(400, 403, 409, 413, 422, 503),
        },
    }


def _changes() -> dict[str, Any]:
    # Two lines of JSON under one signature: the first names the second by its hash, so neither stands alone.
    lines = {LINES: {"schema": {"type": "string", "description": "A Manifest, a line feed, a Changes"}}}
    return {
        "operationId": "pull",
        "summary": "What this exchange is told after a number, under a fresh manifest",
        "parameters": [
            _header(MESSAGE_HEADER, "The signed pull, in base64", {**_TEXT, "maxLength": LONGEST_PULL}),
            *_signing_parameters(),
            {
                "name": "after",
                "in": "query",
                "required": False,
                "description": "For logs of proxies; if it is there, it says what the signed pull says",
                "schema": {"type": "integer", "minimum": 0},
            },
        ],
        "responses": {"200": _signed("The manifest's signature", lines), **_problems(400, 403, 422, 503)},
    }


def _key_list() -> dict[str, Any]:
    headers = {SIGNATURE_HEADER: {"description": "The root's", "schema": dict(_TEXT)}}
    return {
        "operationId": "key_list",
        "summary": "This agency's key list; to be believed only under the pinned root",
        "responses": {"200": {"description": "The latest", "headers": headers, "content": _json("KeyList")}},
    }


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _signed(description: str, content: dict[str, Any]) -> dict[str, Any]:
    headers = {name: {"description": says, "schema": dict(kind)} for name, (says, kind) in _SIGNING.items()}
    return {"description": description, "headers": headers, "content": content}


def _signing_parameters() -> list[dict[str, Any]]:
    return [_header(name, says, kind) for name, (says, kind) in _SIGNING.items()]


def _header(name: str, description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "description": description, "schema": dict(schema)}


def _problems(*statuses: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": "Refused", "content": content} for status in statuses}
