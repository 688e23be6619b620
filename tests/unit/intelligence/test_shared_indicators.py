"""What STIX and MISP say beside the address itself: who, since when, how sure, and what was taken back."""

import json
from pathlib import Path
from typing import Any

import pytest

from breather.domain.entry import HOST, Category, Claim, Confidence
from breather.domain.instant import SECOND, parse_instant
from breather.domain.typology import Typology
from breather.intelligence.importers.finding import NotThisFormat, Rejected
from breather.intelligence.list_format import Found, ListFormat
from tests.lists import btc, claims, dated, read, rejected, rows, tron, written

ADDRESS = f"[x-wallet:address = '{tron(1)}']"
SITE = "[domain-name:value = 'bad.example']"


def bundle(folder: Path, *objects: dict[str, Any]) -> list[Found]:
    text = json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects})
    return read(ListFormat.STIX, written(folder, "bundle.json", text))


def indicator(**more: Any) -> dict[str, Any]:
    return {"type": "indicator", "id": "indicator--7", "pattern_type": "stix", "pattern": ADDRESS, **more}


def event(folder: Path, *attributes: dict[str, Any], **more: Any) -> list[Found]:
    text = json.dumps({"Event": {"info": "A case", "uuid": "e-1", "Attribute": attributes, **more}})
    return read(ListFormat.MISP, written(folder, "event.json", text))


def attribute(**more: Any) -> dict[str, Any]:
    return {"type": "btc", "value": btc(1), **more}


def tagged(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def test_an_indicator_keeps_its_name_dates_and_own_id(tmp_path: Path) -> None:
    given = indicator(
        name="A trap",
        description="where they wait",
        labels=["unheard of", "fake-police", "task-job"],
        confidence=30,
        valid_from="2026-01-31T00:00:00Z",
        valid_until="2027-01-31T00:00:00Z",
    )
    assert claims(bundle(tmp_path, given)) == [
        Claim(
            "TRON",
            tron(1),
            Category.OTHER,
            "A trap",
            Typology.FAKE_POLICE,
            confidence=Confidence.MEDIUM,
            first_seen=parse_instant("2026-01-31T00:00:00Z"),
            expires_at=parse_instant("2027-01-31T00:00:00Z"),
            reference="indicator--7",
        )
    ]


def test_an_indicator_without_a_name_is_called_by_its_description(tmp_path: Path) -> None:
    assert [claim.label for claim in claims(bundle(tmp_path, indicator(description="where they wait")))] == [
        "where they wait"
    ]


@pytest.mark.parametrize(
    ("labels", "types", "category"),
    [
        ([], [], Category.OTHER),
        ([], ["malicious-activity"], Category.ABUSE),
        ([], ["compromised"], Category.ABUSE),
        ([], ["attribution"], Category.ABUSE),
        ([], ["benign"], Category.SERVICE),
        ([], ["anomalous-activity"], Category.OTHER),
        ([], ["benign", "malicious-activity"], Category.SERVICE),
        (["ransomware"], ["malicious-activity"], Category.RANSOMWARE),
        (["unheard of", "phishing", "scam"], [], Category.PHISHING),
        (["exchange"], ["malicious-activity"], Category.EXCHANGE),
        ([], ["unheard of", "theft"], Category.THEFT),
    ],
)
def test_a_label_names_the_category_and_else_the_type_of_the_indicator(
    tmp_path: Path, labels: list[str], types: list[str], category: Category
) -> None:
    (claim,) = claims(bundle(tmp_path, indicator(labels=labels, indicator_types=types)))
    assert claim.category is category


def test_each_alternative_of_a_pattern_is_a_claim_with_the_same_words(tmp_path: Path) -> None:
    found = claims(bundle(tmp_path, indicator(pattern=f"{ADDRESS} OR {SITE}", labels=["scam"])))
    assert [(claim.scope, claim.value, claim.category) for claim in found] == [
        ("TRON", tron(1), Category.SCAM),
        (HOST, "bad.example", Category.SCAM),
    ]


def test_a_pattern_of_which_part_cannot_be_read_claims_nothing(tmp_path: Path) -> None:
    """Half of what somebody published is not what they published."""
    found = bundle(tmp_path, indicator(pattern=f"{ADDRESS} OR [file:name = 'x']"))
    assert (claims(found), rejected(found)) == ([], [("combined-pattern", 1)])


def test_what_was_revoked_is_refused_before_its_pattern_is_read(tmp_path: Path) -> None:
    given = [indicator(revoked=True, pattern=SITE), indicator(revoked=True, pattern="[", pattern_type="yara")]
    assert rejected(bundle(tmp_path, *given)) == [("taken-back", 1), ("taken-back", 2)]


def test_a_refused_object_names_its_place_and_what_stood_there(tmp_path: Path) -> None:
    found = bundle(tmp_path, {"type": "report"}, indicator(pattern="rule x {}", pattern_type="yara"))
    (refused,) = [each for each in found if isinstance(each, Rejected)]
    assert (refused.line, refused.text) == (2, "rule x {}")
    assert "'yara'; only 'stix' is read" in refused.message
    assert rows(found) == 1, "what is no indicator is no row"


def test_the_latest_change_dates_the_bundle_and_a_bundle_of_another_type_is_none(tmp_path: Path) -> None:
    found = bundle(
        tmp_path, indicator(modified="2026-02-01T00:00:00Z"), indicator(modified="2026-01-01T00:00:00Z"), indicator()
    )
    assert dated(found) == [parse_instant("2026-02-01T00:00:00Z"), parse_instant("2026-01-01T00:00:00Z")]
    with pytest.raises(NotThisFormat, match="has the type 'grouping'; that of a STIX bundle is 'bundle'"):
        read(ListFormat.STIX, written(tmp_path, "g.json", '{"type": "grouping", "objects": []}'))


def test_an_attribute_keeps_its_comment_instant_and_own_id(tmp_path: Path) -> None:
    given = attribute(
        comment="their till", timestamp="1767225600", uuid="a-1", Tag=tagged("tlp:clear", "x:fake-police")
    )
    assert claims(event(tmp_path, given)) == [
        Claim(
            "BTC",
            btc(1),
            Category.ABUSE,
            "their till",
            Typology.FAKE_POLICE,
            first_seen=parse_instant("2026-01-01T00:00:00Z"),
            reference="a-1",
        )
    ]


def test_an_attribute_without_words_of_its_own_has_those_of_its_event(tmp_path: Path) -> None:
    (claim,) = claims(event(tmp_path, attribute(), Tag=tagged("tlp:clear", 'rsit:fraud="phishing"')))
    assert (claim.label, claim.reference, claim.category) == ("A case", "e-1", Category.PHISHING)
    assert claim.first_seen is None


def test_its_own_tags_come_before_those_of_its_event(tmp_path: Path) -> None:
    found = claims(event(tmp_path, attribute(Tag=tagged("x:ransomware")), Tag=tagged("x:phishing", "x:task-job")))
    assert [(claim.category, claim.typology) for claim in found] == [(Category.RANSOMWARE, None)]


@pytest.mark.parametrize(
    ("kind", "relation", "value", "scope"),
    [
        ("btc", None, btc(1), "BTC"),
        ("text", "address", btc(1), "BTC"),
        ("btc", "address-crypto", tron(1), "TRON"),
        ("text", "address-crypto", tron(1), "TRON"),
    ],
)
def test_the_relation_in_an_object_says_more_than_the_type(
    tmp_path: Path, kind: str, relation: str | None, value: str, scope: str
) -> None:
    parts = [
        {"type": "text", "object_relation": "symbol", "value": "TRX"},
        {"type": "text", "object_relation": "text", "value": "BTC"},
        {"type": kind, "object_relation": relation, "value": value},
    ]
    found = event(tmp_path, Object=[{"name": "coin-address", "Attribute": parts}])
    assert [(claim.scope, claim.value) for claim in claims(found)] == [(scope, value)]
    assert rows(found) == 1


def test_a_symbol_counts_within_its_object_only(tmp_path: Path) -> None:
    symbol = {"type": "text", "object_relation": "symbol", "value": "ETH"}
    crypto = {"type": "text", "object_relation": "address-crypto", "value": tron(1)}
    found = event(tmp_path, symbol, Object=[{"Attribute": [symbol]}, {"Attribute": [crypto]}])
    assert [claim.scope for claim in claims(found)] == ["TRON"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"deleted": True}, "taken-back"),
        ({"to_ids": False}, "not-used"),
        ({"deleted": True, "to_ids": False}, "taken-back"),
    ],
)
def test_what_was_deleted_or_is_context_claims_nothing(tmp_path: Path, more: dict[str, bool], reason: str) -> None:
    found = event(tmp_path, attribute(), attribute(**more))
    assert (len(claims(found)), rejected(found), rows(found)) == (1, [(reason, 2)], 2)


@pytest.mark.parametrize("kind", ["dash", "xmr"])
def test_a_coin_that_is_not_served_is_refused_by_its_network(tmp_path: Path, kind: str) -> None:
    found = event(tmp_path, attribute(type=kind))
    assert rejected(found)[0][0] in {"unknown-network", "other-network", "bad-address"}
    assert claims(found) == []


@pytest.mark.parametrize(
    ("written_as", "seen"),
    [("1767225600", 1_767_225_600), (1_767_225_600, 1_767_225_600), ("1", 1), ("0", None), (0, None)]
    + [(text, None) for text in ("", "-5", "1.5", "soon", "٣", "1" * 12, "9" * 60)],
)
def test_an_instant_is_seconds_within_reason_or_nothing(
    tmp_path: Path, written_as: str | int, seen: int | None
) -> None:
    (claim,) = claims(event(tmp_path, attribute(timestamp=written_as)))
    assert claim.first_seen == (None if seen is None else seen * SECOND)
