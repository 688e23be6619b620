"""The OpenAPI document of the exchange's API, made from the types that decode its bodies."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from breather.exchange.view import MOST_CHANGES
from breather.web.exchange.bodies import EVENT_BODIES, ClearanceBody, LinkBody, SubjectBody, WithdrawalBody
from breather.web.exchange.reply_shapes import (
    ChangesReply,
    ClearanceReply,
    DecisionReply,
    LinkReply,
    ProblemReply,
    StateReply,
    WithdrawalReply,
)

REFERENCE = "#/components/schemas/{name}"
_SHAPES = (
    WithdrawalBody,
    *EVENT_BODIES,
    SubjectBody,
    LinkBody,
    ClearanceBody,
    DecisionReply,
    StateReply,
    WithdrawalReply,
    ChangesReply,
    LinkReply,
    ClearanceReply,
    ProblemReply,
)

_ID: Mapping[str, Any] = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The VASP's own id of the withdrawal",
    "schema": {"type": "string", "minLength": 1, "maxLength": 64},
}
_DEADLINE: Mapping[str, Any] = {
    "name": "Breather-Deadline-Ms",
    "in": "header",
    "required": False,
    "description": "How long the caller waits for a decision; left out, the service's setting holds",
    "schema": {"type": "integer", "minimum": 1, "maximum": 60000},
}


@cache
def openapi_bytes() -> bytes:
    return msgspec.json.format(msgspec.json.encode(openapi()), indent=2)


def openapi() -> dict[str, Any]:
    _, components = msgspec.json.schema_components(_SHAPES, ref_template=REFERENCE)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Breather: the exchange's API",
            "version": "1",
            "description": "Ask before a withdrawal leaves, report what became of it, fetch the clearance for payout.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"key": []}],
        "paths": _paths(),
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "brk_test_... or brk_live_..."}
            },
        },
    }


def _paths() -> dict[str, Any]:
    one = "/v1/withdrawals/{id}"
    return {
        "/v1/withdrawals": {"post": _assess(), "get": _changes()},
        one: {
            "get": {
                "operationId": "look_up",
                "summary": "Where one withdrawal stands (scope read)",
                "parameters": [_ID],
                "responses": {"200": _reply("Now", WithdrawalReply), **_problems(401, 403, 404, 410, 503)},
            }
        },
        f"{one}/events": {"post": _report()},
        f"{one}/subject": {"post": _subject()},
        f"{one}/links": {
            "post": {
                "operationId": "link",
                "summary": "Mint a link to the customer's page (scope respond)",
                "parameters": [_ID],
                "requestBody": _content(_reference(LinkBody)),
                "responses": {
                    "201": _reply("One use, 15 minutes", LinkReply),
                    **_problems(400, 401, 403, 404, 410, 413, 422, 503),
                },
            }
        },
        f"{one}/clearance": {
            "post": {
                "operationId": "clearance",
                "summary": "Fetch the clearance that payout needs (scope clear)",
                "parameters": [_ID],
                "requestBody": _content(_reference(ClearanceBody)),
                "responses": {
                    "200": _reply("Valid for two minutes", ClearanceReply),
                    **_problems(400, 401, 403, 404, 409, 410, 413, 422, 503),
                },
            }
        },
    }


def _assess() -> dict[str, Any]:
    return {
        "operationId": "assess",
        "summary": "Ask for a decision (scope assess). The same id again gives the same bytes",
        "parameters": [_DEADLINE],
        "requestBody": _content(_reference(WithdrawalBody)),
        "responses": {
            "201": _reply("The decision, or the stand-in for it", DecisionReply),
            "200": _reply("The original decision, again", DecisionReply),
            **_problems(400, 401, 403, 409, 410, 413, 422, 503),
        },
    }


def _changes() -> dict[str, Any]:
    return {
        "operationId": "changes",
        "summary": "What changed since (scope read)",
        "parameters": [
            _query("changed_after", "`next` of the page before", 0, 2**62),
            _query("limit", "How many at most; 100 if left out", 1, MOST_CHANGES),
        ],
        "responses": {"200": _reply("In the order of the journal", ChangesReply), **_problems(401, 403, 422, 503)},
    }


def _report() -> dict[str, Any]:
    by_word = {str(body.__struct_config__.tag): REFERENCE.format(name=body.__name__) for body in EVENT_BODIES}
    events = {
        "oneOf": [_reference(body) for body in EVENT_BODIES],
        "discriminator": {"propertyName": "event", "mapping": by_word},
    }
    return {
        "operationId": "report",
        "summary": "Report an event (scope respond; desk for held and lifted)",
        "parameters": [_ID],
        "requestBody": _content(events),
        "responses": {
            "201": _reply("The state after it", StateReply),
            "200": _reply("A repeat: the state now", StateReply),
            **_problems(400, 401, 403, 404, 409, 410, 413, 422, 503),
        },
    }


def _subject() -> dict[str, Any]:
    return {
        "operationId": "subject",
        "summary": "Send who asks for help, sealed, for the referral that `subject_wanted` names (scope respond)",
        "description": "One subject for each referral; a second is `subject-taken`. Nobody but an officer can see "
        "whether the file is sealed to the keys that it is labelled with. If they cannot open it: report the event "
        "`revoke-consent`, and let the customer agree anew on her page; `subject_wanted` then names a new referral.",
        "parameters": [_ID],
        "requestBody": _content(_reference(SubjectBody)),
        "responses": {
            "201": _reply("Promised to the agency: the state after it", StateReply),
            "200": _reply("A repeat with the same bytes: the state now", StateReply),
            **_problems(400, 401, 403, 404, 409, 410, 413, 422, 503),
        },
    }


def _reference(shape: type) -> dict[str, str]:
    return {"$ref": REFERENCE.format(name=shape.__name__)}


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _reply(description: str, shape: type) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": _reference(shape)}}}


def _query(name: str, description: str, least: int, most: int) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": least, "maximum": most}
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _problems(*statuses: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": _reference(ProblemReply)}}
    return {str(status): {"description": "A problem document", "content": content} for status in statuses}
