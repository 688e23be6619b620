"""docs/addresses.md says which networks, assets and memos there are; so does the code, and they agree."""

import re
from pathlib import Path

from breather.domain.asset import DECIMALS, Network
from breather.intelligence.bad_address import AddressFault
from breather.intelligence.memo import LONGEST, WITH_MEMO, MemoFault

DOCUMENT = Path(__file__).parents[2] / "docs" / "addresses.md"


def rows() -> list[list[str]]:
    table = DOCUMENT.read_text("utf-8").partition("<!-- table: networks -->")[2].partition("<!-- /table -->")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.strip().splitlines()[2:]]


def networks_of(row: list[str]) -> list[Network]:
    return [Network(name) for name in re.findall(r"`(\w+)`", row[0])]


def test_every_network_has_its_row() -> None:
    assert sorted(network for row in rows() for network in networks_of(row)) == sorted(Network)


def test_each_row_names_the_assets_that_are_there() -> None:
    for row in rows():
        there = {asset for asset, places in DECIMALS.items() if places.keys() & set(networks_of(row))}
        assert {name.strip() for name in row[1].split(",")} == there, row[0]


def test_each_row_says_whether_there_is_a_memo() -> None:
    for row in rows():
        for network in networks_of(row):
            assert (row[5] != "none") == (network in WITH_MEMO), network


def test_every_code_of_a_refusal_is_named() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert not [code for code in (*AddressFault, *MemoFault) if f"`{code}`" not in text]
    assert f"at most {LONGEST} characters" in text
