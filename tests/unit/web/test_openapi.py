"""The published document: valid, made from the types that decode, and naming every route that there is."""

import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from breather.web.exchange.api import Api
from breather.web.exchange.bodies import EVENT_BODIES, ID_PATTERN
from breather.web.exchange.openapi import openapi, openapi_bytes
from breather.web.exchange.site import Site
from breather.web.problems import REFUSALS


def test_it_is_valid() -> None:
    validate(msgspec.json.decode(openapi_bytes()))


def test_it_names_every_route_and_no_other() -> None:
    api = Api.__new__(Api)
    made = {(route.path, method) for route in Api.routes(api) for method in route.methods or () if method != "HEAD"}
    documented = {(path, method.upper()) for path, operations in openapi()["paths"].items() for method in operations}
    assert made - {("/openapi.json", "GET")} == documented
    assert Site.__dataclass_fields__, "the routes need nothing of the site"


def test_every_reference_leads_somewhere() -> None:
    text = openapi_bytes().decode()
    names = set(openapi()["components"]["schemas"])
    for part in text.split('"#/components/schemas/')[1:]:
        assert part.partition('"')[0] in names


def test_an_event_is_told_apart_by_its_word() -> None:
    content = openapi()["paths"]["/v1/withdrawals/{id}/events"]["post"]["requestBody"]["content"]
    mapping = content["application/json"]["schema"]["discriminator"]["mapping"]
    assert mapping == {
        str(body.__struct_config__.tag): f"#/components/schemas/{body.__name__}" for body in EVENT_BODIES
    }


def test_every_refusals_status_is_documented() -> None:
    responses = [
        set(operation["responses"]) for operations in openapi()["paths"].values() for operation in operations.values()
    ]
    documented = set().union(*responses)
    assert {str(status) for status, _ in REFUSALS.values()} <= documented
    assert all({"401", "403", "503"} <= statuses for statuses in responses)


@pytest.mark.parametrize(
    ("id", "fits"), [("wd-1001", True), ("a" * 64, True), ("a" * 65, False), ("", False), ("a b", False)]
)
def test_the_schema_takes_the_ids_that_the_service_takes(id: str, fits: bool) -> None:  # noqa: A002  # the API's word
    schema = openapi()["components"]["schemas"]["StopBody"]
    assert Draft202012Validator(schema).is_valid({"id": id, "event": "stop"}) is fits
    assert schema["properties"]["id"]["pattern"] == ID_PATTERN
