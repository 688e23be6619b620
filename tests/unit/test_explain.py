"""`breather campaign explain`: every rule with its values and why; what is wrong is named, with exit status 2."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from breather import cli
from breather.clock import SystemClock
from breather.domain.instant import parse_instant
from breather.exchange.campaign_file import CAMPAIGN
from breather.samples import sample_campaign
from tests.lists import written

SAMPLE = "macau-pj-trial"
BODY: dict[str, Any] = {
    "id": "wd-1",
    "customer": {"ref": "c-1"},
    "asset": "USDT",
    "network": "TRON",
    "amount": "1500",
    "amount_usd": "1500",
    "destination": {"address": "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"},
    "residence": {"kyc": "MO"},
    "account": {"balance_usd": "1600", "opened_at": "2026-11-20T00:00:00Z"},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(SystemClock, "now", lambda _: parse_instant("2026-11-22T10:43:00Z"))
    return tmp_path


def run(folder: Path, *arguments: str, columns: int = 400) -> Result:
    environment = {
        "BREATHER_DATABASE": f"sqlite:///{folder / 'exchange.db'}",
        "BREATHER_KEYS": str(folder / "keys"),
        "BREATHER_EXCHANGE_ORIGINS": "https://www.exchange.example",
        "COLUMNS": str(columns),
    }
    return CliRunner().invoke(cli.app, list(arguments), env=environment)


def explained(folder: Path, body: Any, *more: str) -> Result:
    return run(folder, "campaign", "explain", _written(folder, body), *(more or ("--campaign", SAMPLE)))


def rows(output: str) -> dict[str, list[list[str]]]:
    """By rule, the cells of its lines."""
    found: dict[str, list[list[str]]] = {}
    rule = ""
    for line in output.splitlines():
        cells = [cell.strip() for cell in line.strip("│").split("│")]
        if line.startswith("│") and len(cells) == 4:
            rule = cells[0] or rule
            found.setdefault(rule, []).append(cells[1:])
    return found


def test_every_rule_is_shown_with_its_values_and_why(folder: Path) -> None:
    result = explained(folder, BODY)
    assert result.exit_code == 0, result.output
    assert "history: a first withdrawal" in result.output
    found = rows(result.output)
    assert len(found) == sample_campaign(SAMPLE).joinpath(CAMPAIGN).read_text("utf-8").count("[[rule]]")
    assert found["most-of-balance-to-new-address"][0] == ["miss", "amount_usd >= 2000 is false", "amount_usd = 1500"]
    assert found["first-in-seven-days"] == [
        ["hit", "days_since_notice IS NULL is true", "days_since_notice = unknown, no_history"],
        ["asks for notice", "", ""],
    ]
    assert [line[1] for line in found["someone-else-in-the-session"]] == [
        "remote_access is not known", "screen_shared is not known", "on_call is not known",
    ]  # fmt: skip
    assert found["pays-to-release-money"][1][0] == "runs from answer"
    assert not (folder / "exchange.db").exists()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"asset": "USTD"}, ["/asset", "USDT"]),
        ({"amout": "3"}, ["/amout", "amount"]),
        ({"amount": "-3"}, ["/amount"]),
        ({"destination": {"address": "TJRabPrwbZy45sbavfcjinPJC18kjpRTv9"}}, ["/destination/address"]),
        ({"residence": {"kyc": "mo"}, "amount": "many"}, ["/residence/kyc", "MO", "/amount"]),
    ],
)
def test_a_body_that_is_no_withdrawal_is_refused_by_name(
    folder: Path, change: dict[str, Any], named: list[str]
) -> None:
    result = explained(folder, {**BODY, **change})
    assert result.exit_code == 2
    assert result.stderr.startswith("refused: ")
    assert all(word in result.stderr for word in [*named, "withdrawal.json"])


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[]", b"", b'{"id":"a","id":"b"}', b"[" * 3_000])
def test_a_file_that_is_not_json_is_refused(folder: Path, body: bytes) -> None:
    result = explained(folder, body)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is no withdrawal" in result.stderr


def test_no_name_is_cut_where_it_is_narrow(folder: Path) -> None:
    wide = explained(folder, BODY).output
    result = run(folder, "campaign", "explain", _written(folder, BODY), "--campaign", SAMPLE, columns=80)
    assert "\N{HORIZONTAL ELLIPSIS}" not in result.output
    assert "  days_since_notice = unknown, no_history\n" in result.output
    assert "first-in-seven-days: hit, asks for notice\n" in result.output
    assert all(f"{rule}: " in result.output for rule in rows(wide) if rule != "rule")


def test_it_ends_with_the_decision_and_whose_it_is(folder: Path) -> None:
    here = explained(folder, BODY).output
    assert here.splitlines()[-1].startswith("at submission: intervene, friction ")
    abroad = explained(folder, {**BODY, "residence": {"kyc": "HK"}}).output
    assert abroad.endswith("the campaign does not apply to her: it is for MO, and she lives in HK\n")


def test_a_list_of_campaigns_cuts_no_instant(folder: Path) -> None:
    assert run(folder, "signing-key", "create").exit_code == 0
    assert run(folder, "campaign", "activate", SAMPLE).exit_code == 0
    listed = run(folder, "campaign", "list", columns=40).output
    assert "2026-11-22T10:43:00.000Z" in listed
    assert "2026-12-23T10:43:00.000Z" in listed


def test_no_more_is_read_than_a_body_may_have(folder: Path) -> None:
    """A tebibyte of nothing would not fit, a device or a pipe for ever."""
    vast, pipe = folder / "vast.json", folder / "pipe"
    with vast.open("wb") as file:
        file.truncate(2**40)
    os.mkfifo(pipe)
    result = run(folder, "campaign", "explain", str(vast), "--campaign", SAMPLE)
    assert (result.exit_code, "At most 65536 bytes" in result.stderr) == (2, True)
    for endless in ("/dev/zero", str(pipe), str(folder)):
        result = run(folder, "campaign", "explain", endless, "--campaign", SAMPLE)
        assert (result.exit_code, "is not a plain file" in result.stderr) == (2, True), endless


def test_a_file_a_campaign_or_a_database_that_is_not_there_is_named(folder: Path) -> None:
    missing = run(folder, "campaign", "explain", "absent.json", "--campaign", SAMPLE)
    assert (missing.exit_code, "absent.json" in missing.stderr) == (2, True)
    other = explained(folder, BODY, "--campaign", "macau-pj-trail")
    assert (other.exit_code, SAMPLE in other.stderr) == (2, True)
    database = run(folder, "campaign", "explain", _written(folder, BODY))
    assert (database.exit_code, "exchange.db" in database.stderr) == (2, True)


def test_every_error_of_a_campaign_that_cannot_be_read_is_named(folder: Path) -> None:
    target = folder / "mine"
    shutil.copytree(sample_campaign(SAMPLE), target)
    file = target / CAMPAIGN
    text = file.read_text("utf-8")
    file.write_text(text.replace("payee_rising_steps", "payee_rising_step").replace("'fiat'", "'fiats'"), "utf-8")
    result = explained(folder, BODY, "--campaign", str(target))
    assert result.exit_code == 2
    for words in ("rule rising-steps", "payee_rising_steps", "rule fiat-to-stablecoin-out", "'fiat'"):
        assert words in result.stderr


def test_the_campaign_in_force_is_explained_with_what_is_known_of_her(folder: Path) -> None:
    assert run(folder, "signing-key", "create").exit_code == 0
    assert run(folder, "campaign", "activate", SAMPLE).exit_code == 0
    result = run(folder, "campaign", "explain", _written(folder, BODY))
    assert result.exit_code == 0, result.output
    assert "history: as the database knows her" in result.output
    abroad = run(folder, "campaign", "explain", _written(folder, {**BODY, "residence": {"kyc": "HK"}}))
    assert (abroad.exit_code, "no campaign is in force in HK" in abroad.stderr) == (2, True)
    nowhere = run(folder, "campaign", "explain", _written(folder, {**BODY, "residence": {}}))
    assert (nowhere.exit_code, "nothing says where she lives" in nowhere.stderr) == (2, True)


def test_what_lists_say_is_explained_with_their_names(folder: Path) -> None:
    """Also where they contradict each other; and where their files are gone, that it is not known."""
    address = BODY["destination"]["address"]
    assert run(folder, "signing-key", "create").exit_code == 0
    assert run(folder, "campaign", "activate", SAMPLE).exit_code == 0
    for name, category in (("police", "scam"), ("labels", "exchange")):
        file = written(folder, f"{name}.csv", f"address,category,label\n{address},{category},Northern\n")
        terms = ["--map", "network:=TRON", "--map", "address=address", "--map", "category=category"]
        taken = run(folder, "intel", "import", "csv", str(file), "--source", name, *terms, "--map", "label=label")
        assert taken.exit_code == 0, taken.output
    said = run(folder, "campaign", "explain", _written(folder, BODY)).output
    assert "the list police says scam (Northern)" in said
    assert "the list labels says exchange (Northern)" in said
    assert "these lists contradict each other" in said
    shutil.rmtree(folder / "intelligence")
    gone = run(folder, "campaign", "explain", _written(folder, BODY))
    assert (gone.exit_code, "the list" in gone.output) == (0, False)


def _written(folder: Path, body: Any) -> str:
    file = folder / "withdrawal.json"
    file.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
    return str(file)
