"""`python -m breather.samples`: what it prints, what it leaves alone, and how it fails."""

import shutil
from pathlib import Path

import pytest

from breather import samples
from breather.protocol.pack import pack_hash, read_folder, verify_pack
from breather.samples import __main__ as command


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the samples that the command takes for its own."""
    shutil.copytree(samples.sample_pack("macau-pj"), tmp_path / "packs" / "macau-pj")
    monkeypatch.setattr(samples, "_HERE", tmp_path)
    return tmp_path / "packs" / "macau-pj"


def _content(folder: Path) -> dict[str, bytes]:
    return dict(read_folder(folder))


def test_signing_what_is_signed_changes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = _content(home)
    assert command.main() == 0
    assert _content(home) == before
    assert capsys.readouterr().out == f"macau-pj  {pack_hash(before)}\n"


def test_only_manifest_and_signature_are_written(home: Path) -> None:
    text = home / "texts" / "pt.toml"
    text.write_bytes(text.read_bytes().replace(b"Nada foi enviado.", b"Nada saiu da conta."))
    before = _content(home)
    assert command.main() == 0
    after = _content(home)
    assert {name for name in after if after[name] != before[name]} == {"MANIFEST", "SIGNATURE"}
    assert verify_pack(after, [samples.SAMPLE_PUBLIC_KEY], "test") == []


def test_a_sample_with_a_mistake_fails_the_command_and_names_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = home / "texts" / "pt.toml"
    text.write_bytes(text.read_bytes().replace(b"Nada foi enviado.", b"Veja www.exemplo.pt"))
    before = _content(home)
    assert command.main() == 1
    assert "texts/pt.toml:watched.nothing_sent" in capsys.readouterr().err
    assert _content(home) == before


def test_one_bad_sample_does_not_keep_the_others_from_being_signed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = home.parent / "a-bad-one"
    shutil.copytree(home, bad)
    (bad / "pack.toml").write_bytes(b"id = ")
    (home / "SIGNATURE").unlink()
    assert command.main() == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("a-bad-one  not signed")
    assert shown.out.startswith("macau-pj  ")
    assert verify_pack(read_folder(home), [samples.SAMPLE_PUBLIC_KEY], "test") == []


def test_hidden_and_private_folders_are_no_samples(home: Path) -> None:
    (home.parent / ".git").mkdir()
    (home.parent / "__pycache__").mkdir()
    (home.parent / "a-file").write_bytes(b"")
    assert samples.sample_names("packs") == ("macau-pj",)
    assert samples.sample_names("campaigns") == ()
