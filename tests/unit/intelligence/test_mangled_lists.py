"""Good lists, cut off and mangled at random: importers end in claims, rejections or a named refusal, not in a fault."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from breather.domain.entry import Claim
from breather.intelligence.claim_record import read_claim, write_claim
from breather.intelligence.claim_sorter import SCOPES
from breather.intelligence.importers.finding import NotThisFormat, Rejected, Terms
from breather.intelligence.list_format import ListFormat
from tests.lists import btc, eth, read, tagpack, tron, written

INDICATORS = [
    {"type": "indicator", "pattern": f"[x-wallet:address = '{btc(1)}']", "labels": ["scam"], "modified": "2026-01-01"},
    {"type": "indicator", "pattern": "[domain-name:value = 'bad.example' OR url:value = 'https://b.example']"},
]
GOOD = {
    ListFormat.TAGPACK: tagpack(
        f"- address: '{eth(1)}'\n  currency: ETH\n  abuse: scam\n- address: {tron(2)}\n  concepts:\n  - exchange\n",
        "lastmod: 2026-01-31 10:00:00\n",
    ),
    ListFormat.ACTORPACK: "title: x\nactors:\n- id: a\n  uri: a.example\n  categories:\n  - exchange\n",
    ListFormat.CRYPTOSCAMDB: f'- name: a.example\n  category: Scam\n  addresses:\n    ETH:\n    - "{eth(1)}"\n',
    ListFormat.FORTA: f"address,etherscan_tag,etherscan_labels,is_contract\n{eth(1)},tag,phish-hack,False\n",
    ListFormat.STIX: json.dumps({"type": "bundle", "objects": INDICATORS}),
    ListFormat.MISP: json.dumps({"Event": {"Attribute": [{"type": "btc", "value": btc(1)}], "timestamp": "1"}}),
    ListFormat.METAMASK: json.dumps({"blacklist": ["a.example"], "whitelist": ["b.example"]}),
    ListFormat.JSON_LINES: json.dumps({"address": eth(1), "network": "ETH", "host": "a.example"}) + "\n" * 2,
    ListFormat.CSV: f"address,network,host\n{eth(1)},ETH,a.example\n",
    ListFormat.OFAC: f"{eth(1)}\n{tron(2)}\n",
    ListFormat.FEED: "breather-feed-signature a 1 b\n{}\n"
    + json.dumps({"network": "TRON", "address": tron(2), "confirmed_at": "2026-01-01", "expires_at": "2027-01-01"}),
}
TERMS = Terms(columns={"address": "address", "network": "network", "host": "host"})
PIECES = (
    b"",
    b"\0",
    b"\xff",
    b"'",
    b'"',
    b"\n",
    b"- ",
    b": ",
    b"[",
    b"{",
    b"&a *a",
    b"\xe2\x80\xae",
    b"9" * 400,
    b"\\",
)

Mangle = tuple[int, int, bytes]  # from, how many bytes go, what comes


def mangled(content: bytes, mangles: list[Mangle]) -> bytes:
    for start, gone, come in mangles:
        place = start % (len(content) + 1)
        content = content[:place] + come + content[place + gone :]
    return content


@pytest.mark.parametrize("wanted", ListFormat)
def test_the_good_ones_are_good(tmp_path: Path, wanted: ListFormat) -> None:
    found = read(wanted, written(tmp_path, "sanctioned_addresses_ETH.txt", GOOD[wanted]), TERMS)
    assert any(isinstance(each, Claim) for each in found)


@pytest.mark.parametrize("wanted", ListFormat)
@given(
    mangles=st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 60), st.sampled_from(PIECES) | st.binary(max_size=8)), max_size=4
    )
)
@example(mangles=[(0, 10_000, b"")])
@example(mangles=[(30, 10_000, b"")])
@example(mangles=[(65, 0, b"\xff")])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mangled_ones_do_no_harm(tmp_path: Path, wanted: ListFormat, mangles: list[Mangle]) -> None:
    path = tmp_path / "sanctioned_addresses_ETH.txt"
    path.write_bytes(mangled(GOOD[wanted].encode(), mangles))
    try:
        found = read(wanted, path, TERMS)
    except NotThisFormat:
        return
    for each in found:
        if isinstance(each, Claim):
            assert each.scope in SCOPES
            assert read_claim(write_claim(each)) == each
            assert all(text.isprintable() for text in (each.value, each.label, each.reference, each.actor or ""))
        elif isinstance(each, Rejected):
            assert each.text.isprintable()
            assert len(each.text) <= 81
            assert each.line >= 1
