"""`breather simulate`, as an operator uses it: files, lines, or a service; what is wrong is named and exits with 2."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from breather import cli
from breather.simulation.load import Load
from breather.simulation.parameters import Parameters, read_parameters
from breather.simulation.sending import Sender, Sent
from breather.simulation.simulate import simulate


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(cli.app, ["simulate", *arguments], env=environment)


def refused(*arguments: str, **environment: str) -> str:
    result = run(*arguments, **environment)
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.stderr.startswith("refused: ")
    return result.stderr


def test_files_are_written_and_counted(tmp_path: Path) -> None:
    result = run(str(tmp_path / "out"), "--customers", "50", "--seed", "3")
    assert result.exit_code == 0, result.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "history-1.parquet",
        "truth.parquet",
        "parameters.toml",
    }
    rows = pq.read_table(tmp_path / "out" / "history-1.parquet").num_rows
    assert f"{rows} withdrawals of 50 customers" in " ".join(result.stderr.split())
    assert rows == len(simulate(Parameters(customers=50), 3).history)


def test_what_the_file_assumes_is_used_and_the_command_line_goes_before_it(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("customers = 9\nexchanges = 2\n", encoding="utf-8")
    assert run(str(tmp_path / "a"), "--parameters", str(tmp_path / "p.toml")).exit_code == 0
    assert run(str(tmp_path / "b"), "--parameters", str(tmp_path / "p.toml"), "--customers", "4").exit_code == 0
    for name, customers in (("a", 9), ("b", 4)):
        text = (tmp_path / name / "parameters.toml").read_text(encoding="utf-8")
        assert read_parameters(text) == Parameters(customers=customers, exchanges=2)


def test_lines_are_the_load(tmp_path: Path) -> None:
    result = run("-", "--customers", "20")
    parameters = Parameters(customers=20)
    load = Load(parameters, simulate(parameters, 1))
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"at": each.at, "body": each.body} for each in load
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give either a folder (or -) or --service"),
        (("out", "--service", "http://127.0.0.1:1"), "give either a folder (or -) or --service"),
        (("out", "--customers", "0"), "/customers: is 0; it must be from 1 to"),
        (("out", "--parameters", "missing.toml"), "missing.toml"),
        (("out", "--parameters", "wrong.toml"), "Did you mean 'customers'?"),
        (("out", "--parameters", "binary.toml"), "codec can't decode"),
        (("taken",), "exists already"),
        (("no/such/folder",), "to write into"),
        (("--service", "http://127.0.0.1:1"), "this is not an API key"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("taken").mkdir()
    Path("wrong.toml").write_text("custmers = 9", encoding="utf-8")
    Path("binary.toml").write_bytes(b"\xff\xfe")
    before = sorted(Path().rglob("*"))
    assert said in refused(*arguments, EXCHANGE_API_KEY="")
    assert sorted(Path().rglob("*")) == before


def test_a_live_service_is_refused() -> None:
    assert "only to one in mode test" in refused("--service", "http://127.0.0.1:1", EXCHANGE_API_KEY="brk_live_" + "x")


def test_a_service_that_is_away_is_waited_for_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    def sent(sender: Sender, hands: int, **given: object) -> Sent:
        told.append(len(sender._load))
        return Sent(submitted=told[0], unanswered=told[0], frictions=Counter({"notice": 2}))

    monkeypatch.setattr(Sender, "send", sent)
    key = "brk_test_" + "x" * 43
    result = run("--service", "http://127.0.0.1:1", "--customers", "10", EXCHANGE_API_KEY=key)
    assert result.exit_code == 0, result.output
    assert told == [len(simulate(Parameters(customers=10), 1).history)]
    assert "friction notice" in result.stderr
    assert "no decision in time" in result.stderr


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "breather.simulating", None)
    monkeypatch.delattr("breather.simulating", raising=False)
    result = run("out")
    assert result.exit_code == 1
    assert "breather[analysis]" in result.stderr


def test_the_command_line_starts_without_the_libraries_of_the_extra() -> None:
    """`breather exchange serve` must neither need nor load them."""
    code = "import sys, breather.cli; print(sorted({'numpy', 'pyarrow'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
