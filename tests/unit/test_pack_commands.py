"""`breather pack`, as an author and an exchange use it."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from breather import cli
from breather.clock import SystemClock
from breather.domain.instant import parse_instant
from breather.samples import sample_pack


class Author:
    """In an empty folder, at a time at which the samples are in date."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, **environment: str) -> Result:
        keys = {"BREATHER_KEYS": str(self.folder / "keys")}
        return CliRunner().invoke(cli.app, ["pack", *arguments], env={**keys, **environment})

    def done(self, *arguments: str, **environment: str) -> str:
        result = self.run(*arguments, **environment)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *arguments: str, **environment: str) -> str:
        result = self.run(*arguments, **environment)
        assert result.exit_code == 1, result.output
        assert isinstance(result.exception, SystemExit), result.exception
        assert result.stderr.startswith("refused: ")
        return result.stderr

    def copy(self, name: str) -> Path:
        return Path(shutil.copytree(sample_pack(name), self.folder / name))


@pytest.fixture
def author(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Author:
    monkeypatch.chdir(tmp_path)
    at = parse_instant("2026-11-22T10:43:00Z")
    monkeypatch.setattr(SystemClock, "now", lambda _: at)
    return Author(tmp_path)


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_draft_is_begun_and_the_check_says_what_comes_next(author: Author) -> None:
    said = author.done("new", "hk-police", "--jurisdiction", "HK", "--locale", "zh-Hant", "--locale", "en")
    assert "266 places are to be filled in" in said
    first = author.refused("check", "hk-police")
    assert "266 places are still to be filled in; the next 12" in first
    assert "pack.toml:agency: is still to be filled in" in first
    assert first.count("is still to be filled in: ") == 12
    head = author.folder / "hk-police" / "pack.toml"
    replaced(head, '"? the agency\'s own name here, in small letters and hyphens, like macau-pj"', '"hk-police"')
    after = author.refused("check", "hk-police")
    assert "265 places" in after
    assert "agency" not in after.splitlines()[1]


def test_what_is_wrong_is_said_beside_what_is_left(author: Author) -> None:
    author.done("new", "hk-police", "--jurisdiction", "HK", "--locale", "en")
    replaced(author.folder / "hk-police" / "questions.toml", "answer_paid_tasks", "answer_payed_tasks")
    assert "Did you mean 'answer_paid_tasks'?" in author.refused("check", "hk-police")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("new", "X", "--jurisdiction", "HK", "--locale", "en"), "is no id"),
        (("new", "x-pack", "--jurisdiction", "hk", "--locale", "en"), "ISO 3166-1"),
        (("new", "x-pack", "--jurisdiction", "HK", "--locale", "English"), "is no locale"),
        (("new", "x-pack", "--jurisdiction", "HK", "--locale", "en", "--like", "macao-pj"), "Did you mean 'macau-pj'"),
        (("check", "nowhere"), "is not a folder"),
        (("preview", "nowhere"), "is not a folder"),
        (("diff", "nowhere", "nowhere"), "is not a folder"),
        (("key", "agency.public"), "agency.private"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_be_right(
    author: Author, arguments: tuple[str, ...], said: str
) -> None:
    assert said in author.refused(*arguments)
    assert list(author.folder.iterdir()) == []


def test_a_folder_that_is_there_is_not_written_over(author: Author) -> None:
    author.copy("uk-police")
    said = author.refused("new", "uk-police", "--jurisdiction", "GB", "--locale", "en")
    assert "choose a new folder" in said
    assert author.done("verify", "uk-police")


@pytest.mark.parametrize(
    ("at", "code"),
    [("2028-12-31", 0), ("2028-12-31T15:59:59Z", 0), ("2029-01-01", 1), ("2026-01-31", 1), ("soon", 1)],
)
def test_a_pack_is_checked_for_any_day(author: Author, at: str, code: int) -> None:
    assert author.run("check", str(sample_pack("hongkong-police")), "--at", at).exit_code == code


def test_a_pack_whose_numbers_have_all_expired_serves_in_no_language(author: Author) -> None:
    said = author.refused("check", str(sample_pack("singapore-police")), "--at", "2029-01-01")
    for locale in ("en", "zh-Hans", "ms", "ta"):
        assert f"texts/{locale}.toml:contact: {locale} has no number left that has not expired" in said


def test_the_check_warns_of_what_nobody_confirmed(author: Author) -> None:
    result = author.run("check", str(sample_pack("taiwan-police")))
    assert result.exit_code == 0, result.output
    assert "of 'anti-fraud' it is unknown: takes_reports, from_abroad" in result.stderr
    assert "none of the numbers is known to take reports" in result.stderr


def test_what_was_signed_is_verified_and_one_letter_changed_is_named(author: Author) -> None:
    author.done("key", "agency.private")
    folder = author.copy("uk-police")
    author.refused("verify", "uk-police", "--key", "agency.public")
    signed = author.done("sign", "uk-police", "--key", "agency.private")
    verified = author.done("verify", "uk-police", "--key", "agency.public")
    assert signed.split()[0] == verified.split()[0]
    replaced(folder / "texts" / "en.toml", "Stop for a moment", "Step for a moment")
    assert "texts/en.toml: is not what was signed" in author.refused("verify", "uk-police", "--key", "agency.public")
    assert "texts/en.toml: is not what was signed" in author.refused("check", "uk-police")
    said = author.run("diff", str(sample_pack("uk-police")), "uk-police")
    assert (
        said.stdout == "texts/en.toml:alert.general.variants[1].title: [-Stop-]{+Step+} for a moment before you send\n"
    )


def test_the_sample_key_is_named_as_worthless_and_trusted_in_test_mode_only(author: Author) -> None:
    assert "published and proves nothing" in author.done("verify", str(sample_pack("macau-pj")))
    live = {"BREATHER_MODE": "live", "BREATHER_PUBLIC_URL": "https://b.example"}
    assert "SIGNATURE: was made for test mode" in author.refused("verify", str(sample_pack("macau-pj")), **live)


def test_an_unsigned_pack_is_said_to_be_unsigned(author: Author) -> None:
    folder = author.copy("uk-police")
    for name in ("MANIFEST", "SIGNATURE"):
        (folder / name).unlink()
    assert "; not signed yet, complete, in date" in author.done("check", "uk-police")
    assert "the pack is not signed" in author.refused("verify", "uk-police")


def test_half_a_signature_is_none(author: Author) -> None:
    (author.copy("uk-police") / "SIGNATURE").unlink()
    assert "SIGNATURE: is missing" in author.refused("check", "uk-police")


def test_only_what_is_complete_and_current_is_signed(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    author.done("key", "agency.private")
    author.done("new", "hk-police", "--jurisdiction", "HK", "--locale", "en")
    assert "is a draft" in author.refused("sign", "hk-police", "--key", "agency.private")
    author.copy("uk-police")
    before = (author.folder / "uk-police" / "SIGNATURE").read_bytes()
    late = parse_instant("2029-02-01T00:00:00Z")
    monkeypatch.setattr(SystemClock, "now", lambda _: late)
    assert "expired" in author.refused("sign", "uk-police", "--key", "agency.private")
    assert (author.folder / "uk-police" / "SIGNATURE").read_bytes() == before


def test_a_key_is_never_written_over_and_stays_private(author: Author) -> None:
    assert "agency.public goes to each exchange" in author.done("key", "agency.private")
    assert (author.folder / "agency.private").stat().st_mode & 0o077 == 0
    author.refused("key", "agency.private")
    assert "public" in author.refused("verify", str(sample_pack("uk-police")), "--key", "agency.private")


def test_a_preview_is_one_page_named_after_the_pack(author: Author) -> None:
    author.copy("uk-police")
    assert author.done("preview", "uk-police").startswith("uk-police.html: ")
    page = (author.folder / "uk-police.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "0300 123 2040" in page
    author.done("preview", "uk-police", "other.html")
    assert (author.folder / "other.html").read_text("utf-8") == page
