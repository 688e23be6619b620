"""Each format, read from a small made-up sample: what is claimed, of what, and what is not taken."""

import json
from pathlib import Path

import pytest

from breather.domain.asset import Network
from breather.domain.entry import ACTOR, HOST, Category, Claim, Confidence
from breather.domain.instant import parse_instant
from breather.domain.typology import Typology
from breather.intelligence.importers.finding import NotThisFormat, Terms
from breather.intelligence.list_format import ListFormat
from tests.lists import btc, claims, dated, eth, read, rejected, rows, tagpack, tron, written


def test_a_tag_inherits_the_header_and_may_say_otherwise(tmp_path: Path) -> None:
    header = "abuse: scam\ncurrency: ETH\nconfidence: web_crawl\nlabel: the header's\nlastmod: 2023-08-16 12:18:52.6\n"
    tags = (
        f"- address: '{eth(1)}'\n"
        f"- address: {tron(2)}\n  currency: TRX\n  label: its own\n  confidence: ownership\n  actor: somebody\n"
    )
    found = read(ListFormat.TAGPACK, written(tmp_path, "a.yaml", tagpack(tags, header)))
    seen = parse_instant("2023-08-16T12:18:52.600Z")
    assert claims(found) == [
        Claim("ETH", eth(1), Category.SCAM, "the header's", confidence=Confidence.LOW, first_seen=seen),
        Claim("TRON", tron(2), Category.SCAM, "its own", None, "somebody", Confidence.HIGH, seen),
    ]
    assert rows(found) == 2
    assert max(dated(found)) == seen


def test_a_header_after_the_tags_counts_and_their_indentation_does_not(tmp_path: Path) -> None:
    text = (
        f"title: x\ntags:\n  - address: {btc(1)}\n    label: a\n\n  # a remark\n  - address: {btc(2)}\ncurrency: BTC\n"
    )
    found = read(ListFormat.TAGPACK, written(tmp_path, "a.yaml", text + "category: exchange\n"))
    assert [(claim.value, claim.category) for claim in claims(found)] == [
        (btc(1), Category.EXCHANGE),
        (btc(2), Category.EXCHANGE),
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("  category: mixing_service\n", [(Category.MIXER, None)]),
        ("  concepts:\n  - exchange\n", [(Category.EXCHANGE, None)]),
        ("  abuse: ponzi_scheme\n", [(Category.SCAM, Typology.INVESTMENT)]),
        ("  abuse: something_new\n", [(Category.ABUSE, None)]),
        ("  category: user\n", [(Category.OTHER, None)]),
        ("  category: exchange\n  abuse: sanction\n", [(Category.SANCTIONED, None), (Category.EXCHANGE, None)]),
        ("", [(Category.OTHER, None)]),
    ],
)
def test_category_and_abuse_of_a_tag(
    tmp_path: Path, said: str, expected: list[tuple[Category, Typology | None]]
) -> None:
    tags = f"- address: {eth(1)}\n  currency: ETH\n{said}"
    found = claims(read(ListFormat.TAGPACK, written(tmp_path, "a.yaml", tagpack(tags))))
    assert [(claim.category, claim.typology) for claim in found] == expected


def test_the_operator_says_what_a_list_leaves_open_and_no_more(tmp_path: Path) -> None:
    tags = f"- address: {eth(1)}\n  currency: ETH\n- address: {eth(2)}\n  currency: ETH\n  category: mixer\n"
    terms = Terms(category=Category.SANCTIONED, confidence=Confidence.HIGH)
    found = claims(read(ListFormat.TAGPACK, written(tmp_path, "a.yaml", tagpack(tags)), terms))
    assert [claim.category for claim in found] == [Category.SANCTIONED, Category.MIXER]
    assert {claim.confidence for claim in found} == {Confidence.HIGH}


def test_actors_with_their_places_and_hosts(tmp_path: Path) -> None:
    text = """%YAML 1.1
---
title: Actors
lastmod: '2023-02-17'
actors:
- id: northern
  label: Northern Exchange
  uri: https://northern.example/
  categories:
  - exchange
  jurisdictions:
  - NO
  - HK
- id: page
  label: A page
  categories: []
  uri: wallets.example/of/somebody
"""
    found = read(ListFormat.ACTORPACK, written(tmp_path, "actors.yaml", text))
    assert claims(found) == [
        Claim(ACTOR, "northern", Category.EXCHANGE, "Northern Exchange", actor="northern", jurisdictions=("NO", "HK")),
        Claim(HOST, "northern.example", Category.EXCHANGE, "Northern Exchange", actor="northern"),
        Claim(ACTOR, "page", Category.OTHER, "A page", actor="page"),
    ]
    assert rejected(found) == [("page-of-a-host", 14)]
    assert dated(found) == [parse_instant("2023-02-17T00:00:00Z")]


def test_sanctioned_addresses_by_the_name_of_the_file(tmp_path: Path) -> None:
    def read_file(name: str, text: str) -> list[tuple[str, str]]:
        found = claims(read(ListFormat.OFAC, written(tmp_path, name, text)))
        assert {claim.category for claim in found} <= {Category.SANCTIONED}
        return [(claim.scope, claim.value) for claim in found]

    assert read_file("sanctioned_addresses_XBT.txt", f"{btc(1)}\n\n{tron(2)}\n") == [("BTC", btc(1)), ("TRON", tron(2))]
    both = [("ETH", eth(3)), ("TRON", tron(4)), ("BTC", btc(5))]
    assert read_file("sanctioned_addresses_USDT.txt", f"{eth(3).lower()}\n{tron(4)} \n{btc(5)}") == both
    assert read_file("sanctioned_addresses_BSC.txt", eth(6)) == [("BSC", eth(6))]
    with pytest.raises(NotThisFormat, match="sanctioned_addresses_ETH"):
        read_file("list.txt", eth(7))


def test_an_asset_without_a_network_here_is_rejected_by_its_name(tmp_path: Path) -> None:
    found = read(ListFormat.OFAC, written(tmp_path, "sanctioned_addresses_ZEC.txt", "t1Something\n"))
    assert rejected(found) == [("unknown-network", 1)]


def test_a_site_with_its_addresses(tmp_path: Path) -> None:
    text = f"""---
- name: Free-Coins.example
  url: https://free-coins.example/now
  category: Fake ICO
  subcategory: Coins
  addresses:
    ETH:
    - "{eth(1)}"
    - '0x12'
    UNKNOWN:
    - whatever
- name: social.example/somebody
  category: Scamming
  addresses:
    BTC: [{btc(2)}]
"""
    found = read(ListFormat.CRYPTOSCAMDB, written(tmp_path, "urls.yaml", text))
    assert [(claim.scope, claim.value, claim.category) for claim in claims(found)] == [
        (HOST, "free-coins.example", Category.SCAM),
        ("ETH", eth(1), Category.SCAM),
        ("BTC", btc(2), Category.SCAM),
    ]
    assert {claim.typology for claim in claims(found)[:2]} == {Typology.INVESTMENT}
    assert rejected(found) == [("bad-address", 2), ("unknown-network", 2), ("page-of-a-host", 12)]
    assert rows(found) == 2


def test_an_item_indented_wrongly_costs_itself_and_not_its_neighbours(tmp_path: Path) -> None:
    text = "- name: a.example\n  category: Scam\n  - name: b.example\n  category: Scam\n- name: c.example\n"
    found = read(ListFormat.CRYPTOSCAMDB, written(tmp_path, "uris.yaml", text))
    assert [claim.value for claim in claims(found)] == ["a.example", "c.example"]
    assert rejected(found) == [("unreadable", 3)]


def test_forta_is_of_ethereum_and_accuses(tmp_path: Path) -> None:
    text = f"address,etherscan_tag,etherscan_labels,is_contract\n{eth(1).lower()},Fake_Phishing1,phish-hack,False\n"
    text += f'{eth(2)},"Somebody, a thief","unheard-of,heist",True\n{eth(3)},,mystery,False\n'
    found = claims(read(ListFormat.FORTA, written(tmp_path, "forta.csv", text)))
    assert [(claim.value, claim.category, claim.label) for claim in found] == [
        (eth(1), Category.PHISHING, "Fake_Phishing1"),
        (eth(2), Category.THEFT, "Somebody, a thief"),
        (eth(3), Category.ABUSE, ""),
    ]
    assert {claim.scope for claim in found} == {"ETH"}


def test_black_and_white_and_fuzzy(tmp_path: Path) -> None:
    config = {"version": 2, "tolerance": 2, "fuzzylist": ["wallet.example"], "whitelist": ["good.example"]}
    path = written(tmp_path, "config.json", json.dumps({**config, "blacklist": ["bad.example.", "x"]}))
    found = read(ListFormat.METAMASK, path)
    assert claims(found) == [
        Claim(HOST, "bad.example", Category.PHISHING, "blacklist"),
        Claim(HOST, "good.example", Category.SERVICE, "whitelist", allows=True),
    ]
    assert rejected(found) == [("not-a-host", 2), ("not-used", 1)]
    assert rows(found) == 4


COLUMNS = {"address": "wallet", "network": "chain", "category": "kind", "label": "who", "expires": "until"}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_table_by_its_mapping(tmp_path: Path, separator: str) -> None:
    lines = [
        ("wallet", "chain", "kind", "who", "until"),
        (eth(1), "polygon", "phishing", '"Ann; or, who"', "2027-01-31"),
        (tron(2), "TRC20", "", "", ""),
    ]
    path = written(tmp_path, "a.csv", "\r\n".join(separator.join(line) for line in lines))
    found = claims(read(ListFormat.CSV, path, Terms(columns=COLUMNS)))
    until = parse_instant("2027-01-31T00:00:00Z")
    assert found == [
        Claim("POLYGON", eth(1), Category.PHISHING, "Ann; or, who", expires_at=until),
        Claim("TRON", tron(2), Category.OTHER),
    ]


def test_a_row_of_another_length_is_rejected_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", f'wallet,chain\n{eth(1)},ETH\n{eth(2)}\n"{eth(3)},ETH\n{eth(4)},ETH,more\n,\n')
    found = read(ListFormat.CSV, path, Terms(columns={"address": "wallet", "network": "chain"}))
    assert [claim.value for claim in claims(found)] == [eth(1)]
    assert rejected(found) == [("unreadable", 3), ("unreadable", 4), ("unreadable", 5), ("nothing-to-find", 6)]


def test_json_lines_by_their_mapping(tmp_path: Path) -> None:
    lines = [
        json.dumps({"wallet": eth(1), "chain": "ETH", "who": None, "more": {"deep": [1]}}),
        json.dumps({"wallet": eth(2), "chain": "ETH", "kind": "exchange", "who": 7}),
        "{",
        json.dumps({"wallet": [eth(3)], "chain": "ETH"}),
    ]
    found = read(ListFormat.JSON_LINES, written(tmp_path, "a.jsonl", "\n".join(lines)), Terms(columns=COLUMNS))
    assert [(claim.value, claim.category, claim.label) for claim in claims(found)] == [
        (eth(1), Category.OTHER, ""),
        (eth(2), Category.EXCHANGE, "7"),
    ]
    assert rejected(found) == [("unreadable", 3), ("nothing-to-find", 4)]


def test_a_column_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "wallets,chain\n")
    with pytest.raises(NotThisFormat, match=r"--map address=wallet: .* did you mean 'wallets'"):
        read(
            ListFormat.CSV, written(tmp_path, "b.csv", path.read_text() + "a,b\n"), Terms(columns={"address": "wallet"})
        )
    with pytest.raises(NotThisFormat, match="--map address=COLUMN"):
        read(ListFormat.JSON_LINES, written(tmp_path, "a.jsonl", "{}\n{}\n"))


def indicator(pattern: str, **more: object) -> dict[str, object]:
    return {"type": "indicator", "id": "indicator--1", "pattern_type": "stix", "pattern": pattern, **more}


def test_indicators_of_a_bundle(tmp_path: Path) -> None:
    objects = [
        {"type": "identity", "name": "Nobody"},
        indicator(f"[x-wallet:address = '{tron(1)}']", labels=["phishing"], confidence=85, name="a trap"),
        indicator("[domain-name:value = 'bad.example']", indicator_types=["malicious-activity"]),
        indicator(f"[x-wallet:address = '{btc(2)}']", revoked=True),
        indicator("[file:hashes.MD5 = 'abc']", modified="2026-01-31T00:00:00.000Z"),
        indicator("[x-wallet:address = 7]", pattern_type="yara"),
        {"type": "indicator"},
    ]
    path = written(tmp_path, "bundle.json", json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}))
    found = read(ListFormat.STIX, path)
    assert [(claim.scope, claim.value, claim.category, claim.confidence) for claim in claims(found)] == [
        ("TRON", tron(1), Category.PHISHING, Confidence.HIGH),
        (HOST, "bad.example", Category.ABUSE, None),
    ]
    reasons = ["taken-back", "combined-pattern", "combined-pattern", "unreadable"]
    assert rejected(found) == list(zip(reasons, [4, 5, 6, 7], strict=True))
    assert dated(found) == [parse_instant("2026-01-31T00:00:00Z")]
    assert rows(found) == 6


def test_attributes_of_an_event_and_of_its_objects(tmp_path: Path) -> None:
    event = {
        "info": "A case",
        "timestamp": "1767225600",
        "Attribute": [
            {"type": "btc", "value": btc(1), "Tag": [{"name": 'rsit:fraud="phishing"'}]},
            {"type": "domain", "value": "bad.example", "comment": "their site"},
            {"type": "domain", "value": "exchange.example", "to_ids": False},
            {"type": "ip-dst", "value": "192.0.2.1"},
            {"type": "url", "value": "https://pages.example/of/somebody"},
        ],
        "Object": [
            {
                "name": "coin-address",
                "Attribute": [
                    {"type": "text", "object_relation": "symbol", "value": "TRX"},
                    {"type": "text", "object_relation": "address-crypto", "value": tron(2)},
                ],
            },
            {"name": "coin-address", "deleted": True, "Attribute": [{"type": "btc", "value": btc(3)}]},
        ],
    }
    expected = [("BTC", btc(1), "phishing"), (HOST, "bad.example", "abuse"), ("TRON", tron(2), "abuse")]
    for name, document in (("event.json", {"Event": event}), ("answer.json", {"response": [{"Event": event}]})):
        found = read(ListFormat.MISP, written(tmp_path, name, json.dumps(document)))
        assert [(claim.scope, claim.value, claim.category.value) for claim in claims(found)] == expected
        assert rejected(found) == [("not-used", 3), ("page-of-a-host", 4)]
        assert dated(found) == [parse_instant("2026-01-01T00:00:00Z")]


def test_a_0x_address_without_a_network_is_nobody_s(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", f"wallet\n{eth(1)}\n{tron(2)}\n")
    found = read(ListFormat.CSV, path, Terms(columns={"address": "wallet"}))
    assert [(claim.scope, claim.value) for claim in claims(found)] == [("TRON", tron(2))]
    assert rejected(found) == [("unknown-network", 2)]
    found = read(ListFormat.CSV, path, Terms(Network.BSC, columns={"address": "wallet"}))
    assert [(claim.scope, claim.value) for claim in claims(found)] == [("BSC", eth(1))]
    assert rejected(found) == [("other-network", 3)]
