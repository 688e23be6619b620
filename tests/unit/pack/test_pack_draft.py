"""A draft has every key and says nothing yet; filling in every place makes it a pack."""

import tomllib
from datetime import UTC, date, datetime

import pytest

from breather.domain.finding import Refused
from breather.protocol.pack import read_pack
from breather.protocol.pack_draft import draft_pack, only_zone
from breather.protocol.strict_table import UNFILLED
from breather.protocol.toml_text import toml_text
from tests.unit.pack.builders import findings_of, sample_files

DRAFT = draft_pack(sample_files(), "hk-police", "HK", ["zh-Hant", "en"])


def test_a_draft_lacks_nothing_but_what_is_to_be_filled_in() -> None:
    findings = findings_of(DRAFT)
    assert {finding.code for finding in findings} == {"to-fill-in"}
    assert len(findings) > 250
    assert len({finding.pointer for finding in findings}) == len(findings)


def test_it_is_gone_through_from_top_to_bottom() -> None:
    """The order of the findings is the order in which the places stand in the files."""
    findings = findings_of(DRAFT)
    files = list(dict.fromkeys(finding.pointer.partition(":")[0] for finding in findings))
    assert files == ["pack.toml", "contacts.toml", "texts/zh-Hant.toml", "texts/en.toml"]
    for file in ("pack.toml", "contacts.toml", "texts/en.toml"):
        content = tomllib.loads(DRAFT[file].decode())
        words = [finding.message.partition(": ")[2] for finding in findings if finding.pointer.startswith(f"{file}:")]
        assert words == [text.removeprefix(UNFILLED) for text in _marked(content)]


def _marked(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if value.startswith(UNFILLED) else []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in _marked(each)]


def test_the_examples_are_in_the_locale_where_the_pack_has_it_and_in_english_otherwise() -> None:
    draft = draft_pack(sample_files(), "my-police", "MY", ["ms", "pt"])
    assert "? Stop for a moment before you send" in draft["texts/ms.toml"].decode()
    assert "? Pare um momento antes de enviar" in draft["texts/pt.toml"].decode()


def test_no_number_no_source_and_no_mark_of_the_sample_goes_along() -> None:
    """A number of another agency, kept by mistake, would be the worst that a draft could do."""
    everything = b"".join(DRAFT.values()).decode()
    assert "8800 7777" not in everything
    assert "993" not in everything
    assert "N26ANCNIC7" not in everything
    assert "sample_mark" not in everything


def test_a_draft_that_is_filled_in_is_a_pack() -> None:
    filled = {file: content.replace(UNFILLED.encode(), b"") for file, content in DRAFT.items()}
    head = filled["pack.toml"].decode().splitlines()
    head = [line for line in head if not line.startswith(("agency", "valid_from", "expires"))]
    head += ['agency = "hk-police"', "valid_from = 2026-02-01T00:00:00+08:00", "expires = 2027-02-01T00:00:00+08:00"]
    filled["pack.toml"] = "\n".join(head).encode()
    contact = {
        "id": "enquiry",
        "number": "18222",
        "source": "the police",
        "timezone": "Asia/Hong_Kong",
        "takes_reports": False,
        "hours_24": True,
        "from_abroad": "unknown",
    }
    days = "as_of = 2026-01-01\nexpires = 2027-03-01\n"
    filled["contacts.toml"] = (toml_text({"contact": [contact]}) + days).encode()
    pack = read_pack(filled)
    assert (pack.jurisdiction, pack.locales, pack.sample) == ("HK", ("zh-Hant", "en"), False)
    assert pack.contacts[0].as_of == date(2026, 1, 1)
    assert pack.expires == int(datetime(2027, 1, 31, 16, tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(("place", "zone"), [("HK", "Asia/Hong_Kong"), ("MO", "Asia/Macau"), ("MY", ""), ("XX", "")])
def test_a_time_zone_is_known_where_there_is_one_only(place: str, zone: str) -> None:
    assert only_zone(place) == zone


def test_what_was_written_is_what_is_read() -> None:
    table = {
        "a": 'quoted "words" and \\ more',
        "n": 1,
        "yes": True,
        "few": ["x", "y"],
        "many": ["停" * 60, "b" * 60],
        "t": {"inner": {"deep": "é"}},
        "rows": [{"id": "1", "texts": {"k": "v"}}, {"id": "2"}],
    }
    assert tomllib.loads(toml_text(table, "first\nsecond")) == table
    with pytest.raises(TypeError, match="no value of a pack"):
        toml_text({"a": 1.5})


def test_one_place_that_is_left_is_enough_to_refuse_the_whole() -> None:
    files = {**sample_files()}
    files["texts/pt.toml"] = files["texts/pt.toml"].replace(b'"Nada foi', b'"? Nada foi')
    with pytest.raises(Refused, match=r"watched\.nothing_sent: is still to be filled in: Nada foi enviado\."):
        read_pack(files)
