"""The files: what the exchange submitted, the truth apart from it, complete or not there at all."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from breather.domain.instant import parse_instant
from breather.simulation import parquet
from breather.simulation.load import body_of
from breather.simulation.parameters import Parameters, read_parameters
from breather.simulation.parquet import HISTORY_SCHEMA, TRUTH_SCHEMA, write_folder
from breather.simulation.population import UNKNOWN
from breather.simulation.scam import CASE_NAMES
from breather.simulation.simulate import simulate
from tests.unit.simulation.made import CROWDED, FEW, SEED, crowded, few

Row = dict[str, Any]
INSTANTS = ("account_opened_at", "account_last_deposit_at", "session_security_changed_at")
DOLLARS = ("amount_usd", "account_balance_usd")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("simulated") / "few"
    write_folder(FEW, few(), found)
    return found


@pytest.fixture(scope="module")
def folder_of_three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("simulated") / "crowded"
    write_folder(CROWDED, crowded(), found)
    return found


def rows_of(path: Path) -> list[Row]:
    found: list[Row] = pq.read_table(path).to_pylist()
    return found


def flat(body: Row) -> Row:
    """A request body as a row: `account.opened_at` is `account_opened_at`; instants ms, dollars millionths."""
    found = {name: value for name, value in body.items() if not isinstance(value, dict)}
    for name, part in body.items():
        if isinstance(part, dict):
            found |= {f"{name}_{inner}": value for inner, value in part.items()}
    for name in INSTANTS:
        if name in found:
            found[name] = parse_instant(found[name])
    for name in DOLLARS:
        if name in found:
            whole, _, cents = found[name].partition(".")
            found[name] = int(whole) * 1_000_000 + int(cents.ljust(6, "0"))
    return found


def test_a_row_says_what_the_body_says_and_nothing_more(folder: Path) -> None:
    rows = rows_of(folder / "history-1.parquet")
    assert len(rows) == len(few().history)
    for number, row in enumerate(rows):
        told = {name: value for name, value in row.items() if value is not None}
        del told["at"]
        told.pop("broadcast_at", None)
        told.pop("stopped_at", None)
        expected = {name: value for name, value in flat(body_of(few(), number)).items() if value is not None}
        assert told == expected


def test_the_columns_are_the_submitted_facts_and_what_was_reported(folder: Path) -> None:
    schema = pq.read_schema(folder / "history-1.parquet")
    assert schema.equals(HISTORY_SCHEMA, check_metadata=False)
    everything = set().union(*(flat(body_of(few(), row)) for row in range(len(few().history))))
    assert set(schema.names) == everything | {"at", "broadcast_at", "stopped_at"}


def test_no_column_of_the_truth_is_in_a_history(folder: Path) -> None:
    """But the key, and the value, which the exchange may not have known."""
    assert set(HISTORY_SCHEMA.names) & set(TRUTH_SCHEMA.names) == {"id", "amount_usd"}
    history = (folder / "history-1.parquet").read_bytes()
    for word in (b"scam", b"mule", b"typology", b"coached", *(name.encode() for name in CASE_NAMES)):
        assert word not in history


def test_rows_are_in_order_of_time(folder_of_three: Path) -> None:
    for exchange in (1, 2, 3):
        at = pq.read_table(folder_of_three / f"history-{exchange}.parquet", columns=["at"])["at"].to_numpy()
        assert (np.diff(at) >= 0).all()


def test_every_exchange_has_its_own_history_and_the_truth_has_all(folder_of_three: Path) -> None:
    truth = rows_of(folder_of_three / "truth.parquet")
    assert len(truth) == len(crowded().history)
    for exchange in (1, 2, 3):
        history = pq.read_table(folder_of_three / f"history-{exchange}.parquet", columns=["id", "customer_ref"])
        assert history["id"].to_pylist() == [row["id"] for row in truth if row["exchange"] == exchange]
        assert {ref[:3] for ref in history["customer_ref"].to_pylist()} == {f"c{exchange}-"}


def test_the_truth_says_who_was_a_victim(folder: Path) -> None:
    rows, truth = rows_of(folder / "truth.parquet"), few().truth
    for number, row in enumerate(rows):
        kind = int(truth.kind[number])
        assert row["scam"] == (row["typology"] is not None)
        assert row["mule"] == (kind != UNKNOWN and CASE_NAMES[kind] == "mule")
        assert (row["case"] is None) == (kind == UNKNOWN)
        assert row["typology"] != "mule"
        assert row["amount_usd"] == int(truth.cents[number]) * 10_000
    assert {row["typology"] for row in rows} > {None, "investment"}
    assert {row["stops_at"] for row in rows} >= {None, "none", "questions", "cooling_off", "hold"}


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_folder(FEW, simulate(FEW, SEED), tmp_path / "again")
    write_folder(FEW, simulate(FEW, SEED + 1), tmp_path / "other")
    for path in sorted(folder.iterdir()):
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()
        assert path.read_bytes() != (tmp_path / "other" / path.name).read_bytes()


def test_many_groups_of_rows_are_the_same_as_one(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS_A_GROUP", 100)
    write_folder(FEW, few(), tmp_path / "small")
    assert pq.ParquetFile(tmp_path / "small" / "history-1.parquet").num_row_groups > 5
    for name in ("history-1.parquet", "truth.parquet"):
        assert pq.read_table(tmp_path / "small" / name).equals(pq.read_table(folder / name))


def test_a_file_says_that_it_is_invented(folder: Path) -> None:
    for name in ("history-1.parquet", "truth.parquet"):
        assert b"invented" in pq.read_schema(folder / name).metadata[b"breather.simulated"]


def test_the_parameters_that_made_it_lie_beside_it(folder: Path) -> None:
    text = (folder / "parameters.toml").read_text(encoding="utf-8")
    assert read_parameters(text) == FEW
    assert f"seed {SEED}" in text


def test_progress_counts_every_row_twice(tmp_path: Path) -> None:
    told: list[int] = []
    write_folder(FEW, few(), tmp_path / "counted", told.append)
    assert sum(told) == 2 * len(few().history)


def test_nobody_withdrew_is_a_file_too(tmp_path: Path) -> None:
    nobody = Parameters(customers=1, days=1)
    made = simulate(nobody, 1)
    assert len(made.history) == 0
    write_folder(nobody, made, tmp_path / "nobody")
    assert pq.read_table(tmp_path / "nobody" / "history-1.parquet").num_rows == 0


def test_what_exists_is_never_written_over(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(FileExistsError, match="ever written over"):
        write_folder(FEW, few(), folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="to write into"):
        write_folder(FEW, few(), tmp_path / "missing" / "out")


@pytest.mark.parametrize("failing", ["truth_columns", "history_columns", "format_parameters"])
def test_a_failure_leaves_nothing_behind(failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(parquet, failing, full)
    with pytest.raises(OSError, match="disk is full"):
        write_folder(FEW, few(), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_amounts_are_written_as_the_domain_writes_them(folder: Path) -> None:
    """Two ways lead to the text, columns here and one by one in bodies; `json` would keep what is no text."""
    for number, row in enumerate(rows_of(folder / "history-1.parquet")):
        assert json.dumps(row["amount"]) == json.dumps(body_of(few(), number)["amount"])
