"""Samples are found by name, and signing them again is a command that refuses what is wrong."""

import re
import shutil
from pathlib import Path

import pytest

from breather.domain.finding import Refused
from breather.protocol.pack import read_folder, verify_pack
from breather.samples import (
    SAMPLE_KEY,
    SAMPLE_KEY_SEED,
    SAMPLE_PUBLIC_KEY,
    sample_campaign,
    sample_names,
    sample_pack,
)
from breather.samples.__main__ import sign_sample


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_pack("macau-pj"), tmp_path / "macau-pj"))


def test_a_sample_is_found_by_name() -> None:
    assert (sample_pack("macau-pj") / "pack.toml").is_file()
    assert "macau-pj" in sample_names("packs")


@pytest.mark.parametrize("name", ["macau-jp", "macau", "macau_pj"])
def test_a_misspelt_sample_gets_a_suggestion(name: str) -> None:
    with pytest.raises(LookupError, match="Did you mean 'macau-pj'"):
        sample_pack(name)


@pytest.mark.parametrize("name", ["", "..", "../packs", "zzz"])
def test_no_name_leads_outside_the_samples(name: str) -> None:
    with pytest.raises(LookupError, match=r"There are: .*macau-pj"):
        sample_pack(name)
    with pytest.raises(LookupError):
        sample_campaign(name)


def test_the_key_is_published_and_says_that_it_is_worthless() -> None:
    assert "worthless" in SAMPLE_KEY_SEED
    assert SAMPLE_KEY.public_key().public_bytes_raw() == SAMPLE_PUBLIC_KEY.public_bytes_raw()


def test_signing_an_altered_sample_makes_it_good_again(folder: Path) -> None:
    text = folder / "texts" / "en.toml"
    text.write_bytes(text.read_bytes().replace(b"Nothing has been sent.", b"Nothing was sent."))
    assert verify_pack(read_folder(folder), [SAMPLE_PUBLIC_KEY], "test")
    sign_sample(folder)
    assert verify_pack(read_folder(folder), [SAMPLE_PUBLIC_KEY], "test") == []


def test_a_wrong_sample_is_not_signed(folder: Path) -> None:
    before = (folder / "SIGNATURE").read_bytes()
    (folder / "texts" / "en.toml").write_text("")
    with pytest.raises(Refused, match="heading"):
        sign_sample(folder)
    assert (folder / "SIGNATURE").read_bytes() == before


def test_the_sample_key_signs_only_samples(folder: Path) -> None:
    head = folder / "pack.toml"
    head.write_text(head.read_text().replace("sample = true", "sample = false"))
    for text in (folder / "texts").iterdir():
        text.write_bytes(re.sub(rb"sample_mark = .*\n", b"", text.read_bytes()))
    with pytest.raises(Refused, match="no sample"):
        sign_sample(folder)
