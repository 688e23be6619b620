"""A pack's folder is read under limits, and its blob gives back exactly the same files."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.finding import Refused
from breather.protocol import pack_files
from breather.protocol.pack import from_blob, manifest, pack_hash, read_folder, to_blob
from tests.unit.pack.builders import sample_files

NAMES = st.from_regex(r"\A[a-z]{1,8}(/[a-zA-Z-]{1,8}\.toml)?\Z").filter(lambda name: "/-" not in name)
FILES = st.dictionaries(NAMES, st.binary(max_size=60), max_size=6)


def _codes(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        read_folder(path)
    return [(finding.pointer, finding.code) for finding in caught.value.findings]


@settings(max_examples=200)
@given(FILES)
def test_a_blob_gives_back_its_files(files: dict[str, bytes]) -> None:
    assert from_blob(to_blob(files)) == files


@given(FILES)
def test_a_blob_does_not_depend_on_the_order_of_files(files: dict[str, bytes]) -> None:
    assert to_blob(dict(reversed(files.items()))) == to_blob(files)


@settings(max_examples=200)
@given(FILES.filter(bool), st.data())
def test_a_cut_blob_is_refused_or_is_another_set_of_files(files: dict[str, bytes], data: st.DataObject) -> None:
    blob = to_blob(files)
    cut = blob[: data.draw(st.integers(0, len(blob) - 1))]
    try:
        assert from_blob(cut) != files
    except Refused as refused:
        assert refused.findings[0].code == "bad-blob"


@settings(max_examples=200)
@given(st.binary(max_size=80))
def test_no_bytes_crash_the_blob_reader(tail: bytes) -> None:
    blob = b"breather/pack-files/v1\n" + tail
    with contextlib.suppress(Refused):
        assert to_blob(from_blob(blob)) == blob


@pytest.mark.parametrize("tail", [b"1 b\nx1 a\nx", b"1 a\nx1 a\nx", b"2 a\nx", b"1 ../a\nx", b"01 a\nx", b"-1 a\nx"])
def test_blobs_that_nobody_wrote_are_refused(tail: bytes) -> None:
    with pytest.raises(Refused):
        from_blob(b"breather/pack-files/v1\n" + tail)


def test_a_name_that_no_pack_has_is_not_stored() -> None:
    with pytest.raises(ValueError, match="etc/passwd"):
        to_blob({"../etc/passwd": b""})


def test_the_manifest_is_sorted_and_leaves_itself_out() -> None:
    files = {"b": b"2", "a": b"1", "MANIFEST": b"old", "SIGNATURE": b"old"}
    lines = manifest(files).decode().splitlines()
    assert [line[64:] for line in lines] == ["  a", "  b"]
    assert lines[0].startswith("6b86b273ff34fce19d6b804eff5a3f57")  # SHA-256 of "1"


def test_the_hash_follows_content_and_not_the_signature() -> None:
    files = dict(sample_files())
    assert pack_hash({**files, "SIGNATURE": b"other"}) == pack_hash(files)
    assert pack_hash({**files, "pack.toml": files["pack.toml"] + b"\n"}) != pack_hash(files)


def test_a_folder_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "zh-Hant.toml").write_bytes(b"x")
    (tmp_path / "MANIFEST").write_bytes(b"")
    assert read_folder(tmp_path) == {"texts/zh-Hant.toml": b"x", "MANIFEST": b""}


def test_every_unwelcome_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "link.toml").symlink_to("/etc/hostname")
    (tmp_path / ".hidden").write_bytes(b"")
    (tmp_path / "sp ace.toml").write_bytes(b"")
    (tmp_path / "large.toml").write_bytes(b"#" * (pack_files.FILE_LIMIT + 1))
    (tmp_path / "texts" / "deeper").mkdir(parents=True)
    assert _codes(tmp_path) == [
        (".hidden", "bad-name"),
        ("large.toml", "too-large"),
        ("link.toml", "symlink"),
        ("sp ace.toml", "bad-name"),
        ("texts/deeper", "not-a-file"),
    ]


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"#" * pack_files.FILE_LIMIT)
    assert len(read_folder(tmp_path)["a.toml"]) == pack_files.FILE_LIMIT


def test_too_many_files_are_not_read(tmp_path: Path) -> None:
    for number in range(pack_files.COUNT_LIMIT + 1):
        (tmp_path / f"f{number}").write_bytes(b"")
    assert _codes(tmp_path) == [(tmp_path.name, "too-many-files")]


def test_a_folder_that_is_none_or_is_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(sample_folder := tmp_path / "real")
    sample_folder.mkdir()
    assert _codes(tmp_path / "absent") == [(str(tmp_path / "absent"), "no-folder")]
    assert _codes(tmp_path / "link") == [(str(tmp_path / "link"), "no-folder")]
