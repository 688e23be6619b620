"""Addresses that the simulator poisoned are found by the feature, as serving and replay compute it."""

from collections import defaultdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from breather.domain.feature import FeatureValue, Unknown
from breather.history.reading import History
from breather.history.replay import Replay
from breather.simulation.parquet import write_folder
from tests.unit.simulation.made import CROWDED, crowded


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("poisoned") / "crowded"
    write_folder(CROWDED, crowded(), found)
    return found


@pytest.fixture(scope="module")
def found(folder: Path) -> dict[str, FeatureValue]:
    """By withdrawal, what its destination resembled."""
    values: dict[str, FeatureValue] = {}
    for file in sorted(folder.glob("history-*.parquet")):
        replay = Replay()
        for _, rows in History(file).batches():
            values |= {row.asked.id: replay.submit(row).features["destination_resembles"] for row in rows}
    return values


def poisoned(folder: Path) -> tuple[set[str], set[str]]:
    """Withdrawals to an imitation of what she had paid at this exchange; and of what she had only asked to pay."""
    truth = pq.read_table(folder / "truth.parquet", columns=["id", "imitates"]).to_pylist()
    imitates = {row["id"]: row["imitates"] for row in truth if row["imitates"] is not None}
    paid: set[str] = set()
    unpaid: set[str] = set()
    names = ["id", "at", "customer_ref", "destination_address", "broadcast_at"]
    for file in sorted(folder.glob("history-*.parquet")):
        left: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for row in pq.read_table(file, columns=names).to_pylist():
            hers = left[row["customer_ref"]]
            if (payee := imitates.get(row["id"])) is not None:
                known = any(address == payee and at <= row["at"] for address, at in hers)
                (paid if known else unpaid).add(row["id"])
            if row["broadcast_at"] is not None:
                hers.append((row["destination_address"], row["broadcast_at"]))
    return paid, unpaid


def test_every_imitation_of_what_she_paid_is_found(folder: Path, found: dict[str, FeatureValue]) -> None:
    paid, _ = poisoned(folder)
    assert len(paid) > 20
    assert {found[name] for name in paid} <= {"strong", "weak"}
    strong = sum(found[name] == "strong" for name in paid)
    assert strong / len(paid) > 0.9, "some begin or end with a run of one digit, which is worth one"


def test_hardly_anything_else_looks_alike(folder: Path, found: dict[str, FeatureValue]) -> None:
    others = found.keys() - set().union(*poisoned(folder))
    assert sum(found[name] == "strong" for name in others) <= len(others) / 10_000
    assert {found[name] for name in others} <= {"none", "weak", "strong", Unknown.NO_HISTORY}
