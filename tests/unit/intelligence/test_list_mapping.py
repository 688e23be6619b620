"""What the operator says about a list: columns, values, and every mistake at once with what would be right."""

import pytest

from breather.domain.asset import Network
from breather.domain.entry import Category, Confidence
from breather.domain.finding import Refused
from breather.domain.instant import parse_instant
from breather.domain.typology import Typology
from breather.intelligence.importers.finding import Terms
from breather.intelligence.list_format import ListFormat
from breather.intelligence.list_mapping import read_mapping

CSV = ListFormat.CSV


def test_columns_and_values() -> None:
    given = ["address=wallet", "label=a=b", "network:=erc20", "category:=scam", "typology:=task-job", "confidence:=low"]
    terms, dated = read_mapping([*given, "allow:=yes", "dated:=2026-01-31"], CSV)
    columns = {"address": "wallet", "label": "a=b"}
    assert terms == Terms(Network.ETHEREUM, Category.SCAM, Typology.TASK_JOB, Confidence.LOW, True, columns)
    assert dated == parse_instant("2026-01-31T00:00:00Z")
    assert read_mapping([], ListFormat.OFAC) == (Terms(), None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("adress=x", "did you mean 'address'"),
        ("address", "address=COLUMN, or address:=VALUE"),
        ("=x", "is not known"),
        ("netwrk:=ETH", "did you mean 'network'"),
        ("network:=Certik", "none of our networks"),
        ("category:=scams", "did you mean 'scam'"),
        ("confidence:=7", "the words are low, medium, high"),
        ("allow:=maybe", "allow:=yes"),
        ("dated:=soon", "is not an instant"),
        ("label:=x", "is not known"),
    ],
)
def test_a_mistake_is_named_with_what_would_be_right(given: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_mapping([given], CSV)


def test_columns_are_for_tables_and_every_mistake_is_said() -> None:
    with pytest.raises(Refused) as refused:
        read_mapping(["label=x", "allow:=no"], ListFormat.STIX)
    assert len(refused.value.findings) == 2
    assert "for csv and jsonl" in str(refused.value)
