"""Lists from people who mean harm, or whose program broke: rejected by name, in little memory, and never a crash."""

import tracemalloc
from pathlib import Path

import pytest

from breather.intelligence.importers.finding import NotThisFormat, Terms
from breather.intelligence.importers.list_file import LARGEST_DOCUMENT, LONGEST_LINE, ListFile
from breather.intelligence.importers.yaml_text import DEEPEST, BadYaml, read_yaml
from breather.intelligence.list_format import ListFormat, check_format, looks_like
from tests.lists import addresses_text, claims, eth, read, rejected, tagpack, written

LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"


def test_deep_brackets_do_not_end_the_process() -> None:
    for text in ("[" * 60_000, "- " * 30_000, "{" * 60_000, "? " * 30_000):
        with pytest.raises(BadYaml, match=f"deeper than {DEEPEST}"):
            read_yaml(text)


def test_an_alias_is_refused_before_it_unfolds() -> None:
    with pytest.raises(BadYaml, match="alias") as refused:
        read_yaml(LAUGHS)
    assert refused.value.line == 2


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a: NO", {"a": "NO"}),
        ("a: 0x18\nb: 2021-11-12\nc: ~", {"a": "0x18", "b": "2021-11-12", "c": "~"}),
        ("a: !!python/object/apply:os.system ['true']", {"a": ["true"]}),
        ("a: 1\na: 2", {"a": "1"}),
        ("<<: {a: 1}", {"<<": {"a": "1"}}),
        ("", ""),
        ("a: '{\"b\": [1]}'", {"a": '{"b": [1]}'}),
    ],
)
def test_scalars_stay_the_texts_they_were(text: str, node: object) -> None:
    assert read_yaml(text) == node


@pytest.mark.parametrize("text", ["a: b: c", "a: 'b", "a: \0", "- a\n---\n- b", "[a]: b", "\ud800"])
def test_what_is_no_yaml_says_where(text: str) -> None:
    with pytest.raises((BadYaml, UnicodeEncodeError)):
        read_yaml(text)


def test_a_bomb_among_the_tags_costs_one_tag(tmp_path: Path) -> None:
    bomb = "- address: &x [" + "[" * 40_000 + "\n  label: *x\n"
    good = f"- address: {eth(1)}\n  currency: ETH\n"
    found = read(ListFormat.TAGPACK, written(tmp_path, "a.yaml", tagpack(good + bomb + good)))
    assert len(claims(found)) == 2
    assert rejected(found) == [("unreadable", 6)]


def test_a_bomb_in_the_header_refuses_the_pack(tmp_path: Path) -> None:
    with pytest.raises(NotThisFormat, match="header is not YAML"):
        read(ListFormat.TAGPACK, written(tmp_path, "a.yaml", tagpack("- address: a\n", LAUGHS)))


def test_lines_that_are_no_text_cost_themselves(tmp_path: Path) -> None:
    lines = [eth(1).encode(), b"0x\xff\xfe", b"0x\0", b"x" * (3 * LONGEST_LINE), eth(2).encode()]
    found = read(
        ListFormat.OFAC, written(tmp_path, "sanctioned_addresses_ETH.txt", b"\xef\xbb\xbf" + b"\n".join(lines))
    )
    assert [claim.value for claim in claims(found)] == [eth(1), eth(2)]
    assert rejected(found) == [("encoding", 2), ("encoding", 3), ("too-long", 4)]


def test_a_line_of_a_hundred_megabytes_is_never_held(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"x" * 1_000_000)
    tracemalloc.start()
    found = list(ListFile(path).lines())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 1
    assert most < 2_000_000


@pytest.mark.parametrize("wanted", [ListFormat.STIX, ListFormat.MISP, ListFormat.METAMASK])
def test_deep_and_huge_and_broken_documents_are_refused(tmp_path: Path, wanted: ListFormat) -> None:
    deep = b'{"type": "bundle", "blacklist": [], "Event": {}, "objects": [' + b"[" * 500_000
    for content in (deep, deep[:60], b"\xff\xfe", b"[]", b'{"type": "bundle", "objects": {}}', b"{}"):
        with pytest.raises(NotThisFormat):
            assert read(wanted, written(tmp_path, "a.json", content)) is None
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(LARGEST_DOCUMENT + 1)
    with pytest.raises(NotThisFormat, match=str(LARGEST_DOCUMENT)):
        read(wanted, huge)


def test_a_table_with_a_million_columns_is_refused(tmp_path: Path) -> None:
    wide = written(tmp_path, "a.csv", ",".join(f"c{number}" for number in range(1_000_000)) + "\n")
    with pytest.raises(NotThisFormat, match="cannot be read"):
        read(ListFormat.CSV, wide, Terms(columns={"address": "c1"}))
    narrower = written(tmp_path, "b.csv", "c," * 1000 + "\n")
    with pytest.raises(NotThisFormat, match="1001 columns"):
        read(ListFormat.CSV, narrower, Terms(columns={"address": "c"}))


def test_what_steers_a_terminal_is_not_kept(tmp_path: Path) -> None:
    text = "address,etherscan_tag,etherscan_labels,is_contract\n"
    text += f"{eth(1)},\x1b[31mred\u202eolleh\x07 {'long ' * 100},phish-hack,False\n"
    (claim,) = claims(read(ListFormat.FORTA, written(tmp_path, "a.csv", text)))
    assert claim.label.isprintable()
    assert claim.label.startswith("[31mred olleh long")
    assert len(claim.label) <= 200


ONE_OF_EACH = {
    ListFormat.TAGPACK: tagpack(f"- address: {eth(1)}\n"),
    ListFormat.ACTORPACK: "title: x\nactors:\n- id: a\n",
    ListFormat.CRYPTOSCAMDB: "---\n- name: a.example\n",
    ListFormat.FORTA: "address,etherscan_tag,etherscan_labels,is_contract\n",
    ListFormat.STIX: '{"id": "bundle--1", "type": "bundle", "objects": []}',
    ListFormat.MISP: '{"Event": {"info": ""}}',
    ListFormat.FEED: 'breather-feed-signature 59c5467439dc961a 1 AAAA\n{"type": "feed"}\n{"network": "TRON"}\n',
    ListFormat.METAMASK: '{"version": 2, "fuzzylist": []}',
    ListFormat.JSON_LINES: '{"a": 1}\n{"a": 2}\n',
    ListFormat.OFAC: addresses_text([1, 2]),
    ListFormat.CSV: "a,b\n1,2\n",
}


@pytest.mark.parametrize("given", ListFormat)
@pytest.mark.parametrize("wanted", ListFormat)
def test_a_wrong_format_is_named_with_the_right_one(tmp_path: Path, given: ListFormat, wanted: ListFormat) -> None:
    file = ListFile(written(tmp_path, "a", ONE_OF_EACH[given]))
    if wanted is given or (wanted, given) == (ListFormat.CSV, ListFormat.FORTA):
        check_format(file, wanted)
        return
    with pytest.raises(NotThisFormat, match=f"does not look like {wanted}, but like {given}"):
        check_format(file, wanted)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04....", "ZIP"),
        (b"\x1f\x8b....", "gzip"),
        (b"PAR1....", "Parquet"),
        (b"\xff\xfea\0", "UTF-16"),
        (b"<!DOCTYPE html>", "web page"),
        (b"", "empty"),
        (b" \n\n", "empty"),
    ],
)
def test_what_is_no_list_at_all_is_named(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(NotThisFormat, match=what):
        check_format(ListFile(written(tmp_path, "a", content)), ListFormat.CSV)


def test_looking_at_a_file_takes_no_time_whatever_is_in_it() -> None:
    for head in (b"a" * 4096, b"a\n" * 2048, b"{" * 4096, b'{"type":' * 512, b" " * 4096, (b"a" * 30 + b" ") * 132):
        looks_like(head)
