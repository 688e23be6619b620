"""`breather replay` and `breather history export` as an analyst uses them: what is wrong is named, exit status 2, and
nothing is written.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from breather import cli
from breather.history.schema import exported_schema, feature_schema, replayed_schema
from breather.history.writing import HistoryWriter
from breather.simulation.parameters import Parameters
from breather.simulation.parquet import write_folder
from breather.simulation.simulate import simulate

Change = Callable[[pa.Table], pa.Table]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parameters = Parameters(customers=30, days=40, victims_per_100000=50_000)
    folder = tmp_path_factory.mktemp("simulated") / "out"
    write_folder(parameters, simulate(parameters, 4), folder)
    return folder / "history-1.parquet"


@pytest.fixture
def changed(simulated: Path, tmp_path: Path) -> Callable[[Change], Path]:
    def write(change: Change) -> Path:
        pq.write_table(change(pq.read_table(simulated)), tmp_path / "changed.parquet")
        return tmp_path / "changed.parquet"

    return write


def run(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(cli.app, [str(each) for each in arguments], env=environment)


def refused(folder: Path, *arguments: object, **environment: str) -> str:
    before = files_of(folder)
    result = run(*arguments, **environment)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(("refused: ", "replaying"))
    assert files_of(folder) == before, "something was written"
    return " ".join(result.stderr.split())


def files_of(folder: Path) -> list[Path]:
    """Without what SQLite keeps beside a database while it is read."""
    return sorted(path for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm")))


def put(name: str, row: int, value: object) -> Change:
    def change(table: pa.Table) -> pa.Table:
        cells = table[name].to_pylist()
        cells[row] = value
        at = table.schema.get_field_index(name)
        return table.set_column(at, pa.field(name, table.schema.field(name).type), pa.array(cells, table[name].type))

    return change


def cast(name: str, kind: Any) -> Change:
    return lambda table: table.set_column(table.schema.get_field_index(name), name, table[name].cast(kind))


def renamed(name: str, other: str) -> Change:
    return lambda table: table.rename_columns([other if each == name else each for each in table.column_names])


def added(name: str, kind: Any) -> Change:
    return lambda table: table.append_column(name, pa.nulls(len(table), kind))


def reversed_rows(table: pa.Table) -> pa.Table:
    return table.take(list(range(len(table) - 1, -1, -1)))


def test_a_simulated_history_gets_features_and_then_replays_to_itself(simulated: Path, tmp_path: Path) -> None:
    target = tmp_path / "features.parquet"
    result = run("replay", simulated, "--features", target, "--campaign", "macau-pj-trial")
    assert result.exit_code == 0, result.output
    table = pq.read_table(target)
    assert table.schema.equals(replayed_schema(), check_metadata=False)
    assert table.select(pq.read_schema(simulated).names).equals(pq.read_table(simulated))
    assert set(table["friction"].to_pylist()) >= {"none", "notice", "cooling_off"}
    assert any(table["hits"].to_pylist())
    again = run("replay", target)
    assert (again.exit_code, "0 differ" in again.stdout) == (0, True)


def test_without_a_campaign_nothing_was_put_in_the_way(simulated: Path, tmp_path: Path) -> None:
    assert run("replay", simulated, "--features", tmp_path / "f.parquet").exit_code == 0
    table = pq.read_table(tmp_path / "f.parquet")
    assert (set(table["friction"].to_pylist()), set(table["campaign"].to_pylist())) == ({"none"}, {None})


def test_a_difference_is_shown_and_exits_with_1_and_nothing_is_written(simulated: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.parquet", tmp_path / "bad.parquet"
    run("replay", simulated, "--features", good)
    table = put("feature_withdrawals_7d", 3, 99.0)(pq.read_table(good))
    pq.write_table(table, bad)
    result = run("replay", bad, "--features", tmp_path / "new.parquet")
    assert result.exit_code == 1
    assert f"  {table['id'][3].as_py()} withdrawals_7d: recorded 99.0, replayed " in result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.parquet", "good.parquet"]


def twice(table: pa.Table) -> pa.Table:
    return put("id", 4, table["id"][2].as_py())(table)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            renamed("customer_ref", "customer_reg"),
            "customer_ref: there is no such column; it holds string. Did you mean",
        ),
        (cast("amount_usd", pa.float64()), "amount_usd: holds double; int64 is right"),
        (cast("at", pa.timestamp("ms")), "at: holds timestamp[ms]; int64 is right"),
        (added("friction", pa.string()), "asked: there is no such column; it holds string"),
        (added("number", pa.int64()), "dispositions: there is no such column"),
        (added("feature_kind", pa.string()), "feature_kind__unknown: there is no such column"),
        (lambda table: table.slice(0, 0), "holds no withdrawal"),
        (lambda table: table.append_column("at", table["at"]), "at: there are several columns of this name"),
        (put("customer_ref", 2, None), "customer_ref: row 3, withdrawal 'w"),
        (put("asset", 0, "USDX"), "'USDX' is not one of USDT, USDC"),
        (put("asset", 0, "DAI"), "DAI is not on "),
        (put("amount", 1, "-5"), "amount: row 2, withdrawal 'w"),
        (put("amount_usd", 0, 0), "must be more than zero"),
        (put("account_balance_usd", 0, -1), "must be more than zero"),
        (put("stopped_at", 0, 1), "stopped_at: row 1, withdrawal 'w"),
        (put("at", 0, -1), "-1 is no instant in ms UTC"),
        (twice, "id: 'w1-"),
        (twice, "stands in rows 3, 5; a withdrawal has one row"),
        (twice, "has 1 withdrawals twice or more"),
        (reversed_rows, "lies before the row before it"),
    ],
)
def test_what_is_wrong_is_named(changed: Callable[[Change], Path], tmp_path: Path, change: Change, said: str) -> None:
    path = changed(change)
    assert said in refused(tmp_path, "replay", path, "--features", tmp_path / "out.parquet")


def test_every_wrong_column_is_named_at_once(changed: Callable[[Change], Path], tmp_path: Path) -> None:
    path = changed(lambda table: cast("kind", pa.binary())(table).drop_columns(["network", "stopped_at"]))
    said = refused(tmp_path, "replay", path, "--features", tmp_path / "out.parquet")
    assert all(f"changed.parquet:{name}: " in said for name in ("network", "stopped_at", "kind"))


def test_a_history_without_features_is_compared_with_nothing(simulated: Path, tmp_path: Path) -> None:
    assert "holds no features to compare with" in refused(tmp_path, "replay", simulated)


def test_what_was_decided_is_not_decided_again(simulated: Path, tmp_path: Path) -> None:
    target = tmp_path / "f.parquet"
    run("replay", simulated, "--features", target)
    assert "leave --campaign out" in refused(tmp_path, "replay", target, "--campaign", "macau-pj-trial")


def test_what_is_no_history_is_said_to_be_none(simulated: Path, tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("at,id\n")
    (tmp_path / "folder").mkdir()
    assert "there is no file" in refused(tmp_path, "replay", tmp_path / "absent.parquet")
    assert "is no Parquet file" in refused(tmp_path, "replay", tmp_path / "text.parquet")
    assert "holds no part-*.parquet" in refused(tmp_path, "replay", tmp_path / "folder")
    (tmp_path / "cut.parquet").write_bytes(simulated.read_bytes()[:-9])
    assert "is no Parquet file" in refused(tmp_path, "replay", tmp_path / "cut.parquet")


def test_nothing_is_written_over(simulated: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.parquet").write_text("mine")
    assert "exists already" in refused(tmp_path, "replay", simulated, "--features", tmp_path / "mine.parquet")
    (tmp_path / "link.parquet").symlink_to(tmp_path / "nowhere.parquet")
    assert "exists already" in refused(tmp_path, "replay", simulated, "--features", tmp_path / "link.parquet")
    assert "there is no folder" in refused(tmp_path, "replay", simulated, "--features", tmp_path / "a" / "b.parquet")
    assert (tmp_path / "mine.parquet").read_text() == "mine"


def test_an_exchange_that_decided_nothing_has_nothing_to_export(tmp_path: Path) -> None:
    outside = {"BREATHER_DATABASE": f"sqlite:///{tmp_path / 'e.db'}", "BREATHER_KEYS": str(tmp_path / "keys")}
    assert run("apikey", "create", "shop", "--scope", "assess", **outside).exit_code == 0
    said = refused(tmp_path, "history", "export", tmp_path / "h.parquet", **outside)
    assert "no withdrawal was ever decided here" in said


def test_a_folder_has_parts_of_a_bounded_size(simulated: Path, tmp_path: Path) -> None:
    table = pq.read_table(simulated)
    with HistoryWriter(tmp_path / "h", table.schema, rows_a_part=1) as writer:
        for part in "ab":
            ids = pa.array([f"{part}-{each}" for each in table["id"].to_pylist()])
            writer.write(table.set_column(table.schema.get_field_index("id"), table.schema.field("id"), ids))
            writer._flush()
    assert [path.name for path in sorted((tmp_path / "h").iterdir())] == ["part-00001.parquet", "part-00002.parquet"]
    said = refused(tmp_path, "replay", tmp_path / "h", "--features", tmp_path / "f.parquet")
    assert "part-00002.parquet:at: row" in said, "the second part begins again: it does not follow the first"


def test_columns_nobody_asked_for_are_left_alone(changed: Callable[[Change], Path], tmp_path: Path) -> None:
    assert run("replay", changed(added("note", pa.string())), "--features", tmp_path / "f.parquet").exit_code == 0
    assert "note" not in pq.read_schema(tmp_path / "f.parquet").names
    assert set(feature_schema().names) < set(exported_schema().names)
