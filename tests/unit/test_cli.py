"""The command line, as an operator uses it: what it does, what it refuses, and that it says what would be right."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from breather import cli
from breather.clock import SystemClock
from breather.domain.instant import Millis, parse_instant
from breather.people.password import password_matches
from breather.samples import sample_campaign, sample_pack

CAMPAIGN, PACK = "macau-pj-trial", "macau-pj"


class Operator:
    """In an empty folder, with an SQLite database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "BREATHER_DATABASE": f"sqlite:///{folder / 'exchange.db'}",
            "BREATHER_KEYS": str(folder / "keys"),
            "BREATHER_EXCHANGE_ORIGINS": "https://www.exchange.example",
        }

    def run(self, *arguments: str, given: str | None = None, **environment: str) -> Result:
        return CliRunner().invoke(cli.app, list(arguments), input=given, env={**self.environment, **environment})

    def refused(self, *arguments: str, given: str | None = None, **environment: str) -> str:
        """What it says; a refusal is no traceback."""
        result = self.run(*arguments, given=given, **environment)
        # A check that finds something wrong is told from one that could not be run.
        assert result.exit_code == (2 if arguments[:2] == ("campaign", "check") else 1), result.output
        assert isinstance(result.exception, SystemExit), result.exception
        assert result.stderr.startswith("refused: ")
        return result.stderr

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.folder / "exchange.db")
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    monkeypatch.chdir(tmp_path)
    # The time at which the samples are in date, whenever the tests run.
    at = parse_instant("2026-11-22T10:43:00Z")
    monkeypatch.setattr(SystemClock, "now", lambda _: at)
    yield Operator(tmp_path)
    # `breather exchange` logs to the standard error of its run, which is closed by now; later tests must not log there.
    structlog.reset_defaults()


def copied(operator: Operator, source: Path, name: str) -> Path:
    target = operator.folder / name
    shutil.copytree(source, target)
    return target


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_key_is_shown_once_and_stored_as_a_hash(operator: Operator) -> None:
    made = operator.run("apikey", "create", "withdrawals", "--scope", "assess", "--scope", "read")
    assert made.exit_code == 0, made.output
    key = made.stdout.strip()
    assert key.startswith("brk_test_")
    assert len(key) == len("brk_test_") + 43
    assert operator.rows("SELECT name, scopes, revoked_at FROM api_key") == [("withdrawals", "assess read", None)]
    assert key not in str(operator.rows("SELECT * FROM api_key"))
    assert operator.rows("SELECT kind, actor FROM journal") == [("api-key-created", "operator")]


def test_a_key_of_live_mode_says_so(operator: Operator) -> None:
    live = {"BREATHER_MODE": "live", "BREATHER_PUBLIC_URL": "https://b.example"}
    assert operator.run("apikey", "create", "w", "--scope", "read", **live).stdout.startswith("brk_live_")


def test_a_key_without_a_scope_or_with_an_unknown_one_is_not_made(operator: Operator) -> None:
    assert operator.run("apikey", "create", "w").exit_code == 2
    assert operator.run("apikey", "create", "w", "--scope", "all").exit_code == 2
    assert "1 to 64" in operator.refused("apikey", "create", "", "--scope", "read")
    assert "1 to 64" in operator.refused("apikey", "create", "a\nb", "--scope", "read")


def test_revoking_names_how_many(operator: Operator) -> None:
    for _ in range(2):
        operator.run("apikey", "create", "old", "--scope", "read")
    operator.run("apikey", "create", "other", "--scope", "read")
    assert operator.run("apikey", "revoke", "old").stdout == "2 revoked\n"
    assert operator.rows("SELECT count(*) FROM api_key WHERE revoked_at IS NULL") == [(1,)]
    assert "no API key in force is named 'old'" in operator.refused("apikey", "revoke", "old")


def test_signing_keys_are_made_once(operator: Operator) -> None:
    first = operator.run("signing-key", "create")
    assert first.exit_code == 0, first.output
    kid, _, public = first.stdout.strip().partition("=")
    assert (len(kid), len(public)) == (16, 44)
    assert "made clearance.private" in first.stderr
    kept = (operator.folder / "keys" / "clearance.private").read_bytes()
    again = operator.run("signing-key", "create")
    assert (again.stdout, again.stderr) == (first.stdout, "")
    assert (operator.folder / "keys" / "clearance.private").read_bytes() == kept
    assert (operator.folder / "keys" / "clearance.private").stat().st_mode & 0o077 == 0


def test_the_password_comes_from_standard_input(operator: Operator) -> None:
    assert operator.run("password", "set", given="a long enough password\n").exit_code == 0
    ((stored,),) = operator.rows("SELECT argon2 FROM console_password")
    assert password_matches(str(stored), "a long enough password")
    assert "password" not in str(stored)
    operator.refused("password", "set", given="short\n")
    operator.refused("password", "set", given="")
    assert operator.rows("SELECT argon2 FROM console_password") == [(stored,)]


def test_a_campaign_is_checked_and_activated(operator: Operator) -> None:
    operator.run("signing-key", "create")
    checked = operator.run("campaign", "check", str(sample_campaign(CAMPAIGN)))
    assert checked.exit_code == 0, checked.output
    assert "every example holds" in checked.stdout
    assert not (operator.folder / "exchange.db").exists(), "checking needs no database"
    active = operator.run("campaign", "activate", str(sample_campaign(CAMPAIGN)))
    assert "is active in MO until 2026-12-23T10:43:00.000Z" in active.stdout
    assert operator.rows("SELECT id, version, starts_at FROM campaign") == [
        (CAMPAIGN, 1, parse_instant("2026-11-22T10:43:00Z"))
    ]
    again = operator.refused("campaign", "activate", str(sample_campaign(CAMPAIGN)))
    assert "activated before" in again


def test_a_sample_campaign_is_copied_once_to_be_changed(operator: Operator) -> None:
    operator.run("signing-key", "create")
    assert "macau-pj-trial is in mine" in operator.run("campaign", "copy", CAMPAIGN, "mine").stdout
    assert "every example holds" in operator.run("campaign", "check", "mine").stdout
    replaced(operator.folder / "mine" / "campaign.toml", "version = 1", "version = 2")
    there = operator.refused("campaign", "copy", CAMPAIGN, "mine")
    assert ("mine exists; choose a new folder" in there, "Errno" in there) == (True, False)
    assert "version = 2" in (operator.folder / "mine" / "campaign.toml").read_text("utf-8")
    assert "Did you mean 'macau-pj-trial'" in operator.refused("campaign", "copy", "macau-trial", "other")
    assert not (operator.folder / "other").exists()


def test_a_campaign_without_its_secret_is_checked_and_not_activated(operator: Operator) -> None:
    """An analyst without a service can check."""
    checked = operator.run("campaign", "check", str(sample_campaign(CAMPAIGN)))
    assert (checked.exit_code, "every example holds" in checked.stdout) == (0, True), checked.output
    assert "warning  campaign.toml:experiment.key_version: there is no assignment-1.secret" in checked.stderr
    assert "breather signing-key create" in operator.refused("campaign", "activate", str(sample_campaign(CAMPAIGN)))


def test_a_folder_that_is_no_campaign_is_not_called_a_pack(operator: Operator) -> None:
    folder = copied(operator, sample_campaign(CAMPAIGN), "campaign")
    (folder / "my notes.txt").write_text("", "utf-8")
    said = operator.refused("campaign", "check", str(folder))
    assert ("no campaign may contain" in said, "pack" in said) == (True, False), said


def test_a_misspelt_feature_is_named_with_the_right_one(operator: Operator) -> None:
    operator.run("signing-key", "create")
    folder = copied(operator, sample_campaign(CAMPAIGN), "campaign")
    replaced(folder / "campaign.toml", 'when = "destination_is_new AND', 'when = "destination_is_nwe AND')
    said = operator.refused("campaign", "check", str(folder))
    assert (
        "there is no feature destination_is_nwe. Did you mean 'destination_is_new'?\n      destination_is_nwe AND"
        in said
    )
    assert "\n      ^^^^^^^^^^^^^^^^^^\n" in said
    assert operator.refused("campaign", "activate", str(folder)) == said


def test_a_place_that_is_none_is_refused(operator: Operator) -> None:
    operator.run("signing-key", "create")
    folder = copied(operator, sample_campaign(CAMPAIGN), "campaign")
    replaced(folder / "campaign.toml", 'jurisdiction = "MO"', 'jurisdiction = "XX"')
    assert "ISO 3166-1" in operator.refused("campaign", "check", str(folder))


def test_a_pack_is_checked(operator: Operator) -> None:
    checked = operator.run("pack", "check", str(sample_pack(PACK)))
    assert checked.exit_code == 0, checked.output
    assert "signed, complete, in date" in checked.stdout


def test_an_altered_letter_names_the_file(operator: Operator) -> None:
    folder = copied(operator, sample_pack(PACK), "pack")
    text = folder / "texts" / "pt.toml"
    text.write_text(text.read_text("utf-8").replace("a", "e", 1), "utf-8")
    assert "texts/pt.toml" in operator.refused("pack", "check", str(folder))


def test_an_expired_contact_is_named(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    late = parse_instant("2029-02-01T00:00:00Z")
    monkeypatch.setattr(SystemClock, "now", lambda _: Millis(late))
    said = operator.refused("pack", "check", str(sample_pack(PACK)))
    assert "contacts.toml" in said
    assert "expired" in said


@pytest.mark.parametrize("command", ["pack", "campaign"])
@pytest.mark.parametrize("path", ["nowhere", "a-file", "empty"])
def test_a_path_that_holds_nothing_is_a_refusal(operator: Operator, command: str, path: str) -> None:
    (operator.folder / "a-file").write_text("x")
    (operator.folder / "empty").mkdir()
    operator.refused(command, "check", str(operator.folder / path))


def test_the_doctor_says_what_is_missing_until_nothing_is(operator: Operator) -> None:
    before = operator.run("doctor")
    assert before.exit_code == 1
    for remedy in ("signing-key create", "apikey create", "campaign activate", "password set", "exchange worker"):
        assert remedy in " ".join(before.stdout.split()), remedy
    operator.run("signing-key", "create")
    operator.run("apikey", "create", "w", "--scope", "assess")
    operator.run("password", "set", given="a long enough password\n")
    operator.run("campaign", "activate", str(sample_campaign(CAMPAIGN)))
    assert operator.run("doctor").exit_code == 1, "the worker has not run yet"
    connection = sqlite3.connect(operator.folder / "exchange.db")
    beat = "INSERT INTO heartbeat (process, at, detail) VALUES ('worker', ?, '')"
    connection.execute(beat, (parse_instant("2026-11-22T10:42:50Z"),))
    connection.commit()
    connection.close()
    after = operator.run("doctor")
    assert after.exit_code == 0, after.stdout
    assert "wrong" not in after.stdout


def test_the_doctor_survives_a_database_out_of_reach(operator: Operator) -> None:
    result = operator.run("doctor", BREATHER_DATABASE="sqlite:///no/such/folder/x.db")
    assert result.exit_code == 1
    assert "correct BREATHER_DATABASE" in " ".join(result.stdout.split())


@pytest.mark.parametrize("command", [["doctor"], ["signing-key", "create"], ["exchange", "serve"], ["password", "set"]])
def test_an_unknown_setting_stops_every_command(operator: Operator, command: list[str]) -> None:
    said = operator.refused(*command, given="a long enough password\n", BREATHER_DATABSE="x")
    assert "BREATHER_DATABSE" in said
    assert "Did you mean 'BREATHER_DATABASE'" in said


def test_serving_without_keys_says_what_to_run(operator: Operator) -> None:
    assert "signing-key create" in operator.refused("exchange", "serve")


def test_a_database_of_something_else_is_refused(operator: Operator) -> None:
    (operator.folder / "exchange.db").write_text("not a database, but long enough to be looked at" * 50)
    assert "not a database" in operator.refused("apikey", "create", "w", "--scope", "read")


def test_the_help_names_every_command() -> None:
    shown = CliRunner().invoke(cli.app, ["--help"]).stdout
    for name in ("exchange", "apikey", "signing-key", "password", "campaign", "pack", "doctor", "demo"):
        assert name in shown


def test_a_backup_is_made_and_comes_back_where_nothing_is(operator: Operator) -> None:
    assert operator.run("apikey", "create", "shop", "--scope", "assess").exit_code == 0
    folder = str(operator.folder / "backup")
    assert "up to entry 1 of the journal" in operator.run("backup", folder).output
    assert "File exists" in operator.refused("backup", folder)
    assert "stop the service and move it away" in operator.refused("restore", folder)
    for file in list(operator.folder.glob("exchange.db*")):
        file.unlink()
    restored = operator.run("restore", folder)
    assert "as it stood at 2026-11-22T10:43:00" in restored.output
    assert operator.rows("SELECT kind FROM journal ORDER BY number") == [
        ("api-key-created",),
        ("restored",),
        ("recovery-began",),
    ]
    agency = {"BREATHER_AGENCY_DATABASE": f"sqlite:///{operator.folder / 'agency.db'}"}
    assert "is a backup of 'exchange of my-exchange, test'" in operator.refused(
        "restore", folder, "--service", "agency", **agency
    )
