"""The agency answers as its OpenAPI document says, and the document names every route that there is."""

import json

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from breather.protocol.problem import FORM
from breather.web.agency.api import Api
from breather.web.agency.openapi import openapi, openapi_bytes
from tests.agency_process import AgencyProcess
from tests.integration.agency.contract import errors_of, hold_to_contract
from tests.integration.agency.test_refused import REFUSALS


def test_the_document_is_valid_and_served(service: AgencyProcess) -> None:
    validate(json.loads(openapi_bytes()))
    for schema in openapi()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert service.client.get(f"{service.url}/openapi.json").json() == openapi()


def test_it_names_every_route_and_no_other() -> None:
    api = Api.__new__(Api)
    made = {(route.path, method) for route in Api.routes(api) for method in route.methods or () if method != "HEAD"}
    documented = {(path, method.upper()) for path, operations in openapi()["paths"].items() for method in operations}
    assert made - {("/openapi.json", "GET")} == documented


def test_what_is_taken_is_answered_as_documented(service: AgencyProcess) -> None:
    sent = service.demo.referral()
    assert errors_of("Referral", json.loads(sent.body)) == []
    for status in (201, 200):
        reply = service.demo.post(sent)
        assert reply.status_code == status
        hold_to_contract(reply)
    officer = service.officer()
    number = officer.number_of(sent.envelope.id)
    officer.claim(number)
    officer.dispose(number, "insufficient")
    told = service.demo.ask_changes(0)
    assert b'"kind":"disposition"' in told.content
    hold_to_contract(told)
    hold_to_contract(service.client.get(f"{service.url}/v1/key-list"))


@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_refused_is_answered_as_documented(service: AgencyProcess, name: str) -> None:
    reply = REFUSALS[name].attempt(service)
    hold_to_contract(reply)
    problem = reply.json()
    if "refusal" in problem:
        assert [member.name for member in FORM.members] == list(json.loads(problem["refusal"]["body"]))


def test_a_conflict_a_large_body_and_a_bad_pull_are_documented_too(service: AgencyProcess) -> None:
    sent = service.demo.send()
    conflict = service.demo.post(service.demo.referral(id=sent.envelope.id))
    large = service.demo.post(sent, body=sent.body + b" " * 100_000)
    unsigned = service.demo.ask_changes(0, {})
    assert [reply.status_code for reply in (conflict, large, unsigned)] == [409, 413, 400]
    for reply in (conflict, large, unsigned):
        hold_to_contract(reply)


def test_the_judge_condemns() -> None:
    request = httpx.Request("GET", "http://agency.example/v1/key-list")
    wrong = httpx.Response(200, json={"keys": []}, headers={"Breather-Signature": "x"}, request=request)
    with pytest.raises(AssertionError):
        hold_to_contract(wrong)
