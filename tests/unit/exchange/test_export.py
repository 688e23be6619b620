"""Whatever was served, exported and replayed, gives the recorded features in every value, and else says where not."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from rich.console import Console

from breather.domain.asset import Network
from breather.domain.disposition import Disposition
from breather.domain.entry import Category, Claim
from breather.domain.event import EventKind
from breather.domain.finding import Refused
from breather.domain.instant import DAY, HOUR, MINUTE, Millis
from breather.domain.refusal import Refusal
from breather.domain.withdrawal import Account, DepositKind, Destination, Kind, Residence, Session
from breather.exchange.assess import assess
from breather.exchange.export import export
from breather.exchange.respond import respond
from breather.history.comparison import Comparison
from breather.history.schema import exported_schema
from breather.history.writing import HistoryWriter
from breather.replaying import replay_history
from breather.storage.exchange.history import history_extent
from breather.storage.transaction import Transaction
from tests.lists import known
from tests.unit.exchange.one_customer import OneCustomer
from tests.unit.exchange.world import ADDRESSES, ANSWERS, World, asked_for, event
from tests.unit.protocol.samples import AGENCY

TO = tuple(Destination(Network.TRON, address) for address in ADDRESSES)
WHICH = st.integers(0, 9)
SUBMIT = st.tuples(
    st.just("submit"),
    st.integers(0, 2),
    st.integers(0, 1),
    st.sampled_from([None, 100, 100, 700, 1000, 1500, 5000, 60_000]),
    st.sampled_from([Kind.INTERACTIVE, Kind.INTERACTIVE, Kind.API]),
    st.sampled_from([None, False, True]),
)
HAPPEN = st.tuples(
    st.just("happen"), WHICH, st.sampled_from(["stop", "broadcast", "broadcast", "answer", "acknowledge", "help"])
)
FIND = st.tuples(st.just("find"), WHICH, st.integers(0, 1), st.sampled_from(list(Disposition)))
# One batch is one transaction, and so one instant, as the writer does it; then time passes, or does not.
BATCHES = st.lists(
    st.tuples(
        st.lists(st.one_of(SUBMIT, SUBMIT, HAPPEN, HAPPEN, FIND), min_size=1, max_size=6),
        st.sampled_from([0, 1, MINUTE, HOUR, DAY, 8 * DAY]),
    ),
    min_size=1,
    max_size=8,
)


class Served:
    """A world in which whole batches are served."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked: list[str] = []

    def batch(self, steps: Sequence[tuple[object, ...]], wait: int) -> None:
        def act(tx: Transaction) -> None:
            for step in steps:
                with tx.savepoint():
                    self._step(tx, step)

        self.world.write(act)
        self.world.wait(wait)

    def _step(self, tx: Transaction, step: tuple[object, ...]) -> None:
        match step:
            case ("submit", int(customer), int(to), usd, Kind() as kind, seen):
                name = self.world.name("wd")
                asked = asked_for(
                    name,
                    1 if not isinstance(usd, int) else usd,
                    customer=f"c-{customer}",
                    to=TO[to],
                    kind=kind,
                    session=Session(on_call=seen if isinstance(seen, bool) else None),
                    account=Account(last_deposit_at=Millis(tx.now - HOUR), last_deposit_kind=DepositKind.CRYPTO),
                    residence=Residence(kyc="PT" if customer == 2 else "MO", ip="MO"),
                )
                if usd is None:
                    asked = replace(asked, amount_usd=None)
                assess(tx, self.world.snapshot, asked, "key:shop")
                self.asked.append(name)
            case ("happen", int(which), str(word)) if self.asked:
                self._happen(tx, self.asked[which % len(self.asked)], EventKind(word))
            case ("find", int(which), int(referral), Disposition() as found) if self.asked:
                find(tx, self.asked[which % len(self.asked)], f"{which}-{referral}", found)

    def _happen(self, tx: Transaction, name: str, kind: EventKind) -> None:
        said = event(kind, self.world.name("e"))
        if kind is EventKind.ANSWER:
            said = replace(said, answers=ANSWERS)
        if kind is EventKind.BROADCAST:
            said = replace(said, transaction_id=f"0x{name}")
        try:
            with tx.savepoint():
                respond(tx, self.world.snapshot, name, said, False)
        except Refusal:
            pass  # as it may be: it left already, or nothing was asked


def find(tx: Transaction, withdrawal: str, referral: str, found: Disposition) -> None:
    """What `feedback` does when an agency's finding about a referral of this withdrawal comes back."""
    row = tx.one("find_withdrawal", id=withdrawal)
    assert row is not None
    named = f"{withdrawal}/{referral}"
    if found is Disposition.CONFIRMED_SCAM:
        tx.run("list_destination", destination=row["destination"], referral=named, agency=AGENCY, now=tx.now)
    else:
        tx.run("withdraw_listing", referral=named, now=tx.now)
    body = {"referral": named, "disposition": found.value, "at": tx.now, "duplicate_of": None}
    tx.journal(11, "disposed", withdrawal, f"agency:{AGENCY}", msgspec.json.encode(body))


def exported(world: World, target: Path, page: int = 7) -> Path:
    """In small pages, so that there are several."""
    with world.database.reading() as reader:
        extent = history_extent(reader)
    with HistoryWriter(target, exported_schema()) as writer:
        for table in export(world.database, extent, page):
            writer.write(table)
    return target


def compared(history: Path) -> Comparison:
    found = replay_history(history, None, None, Console(file=StringIO()))
    assert found is not None
    return found


def hold_equal(world: World, folder: Path) -> None:
    found = compared(exported(world, folder / "h.parquet"))
    assert (found.differing, found.missing, found.first) == (0, 0, [])
    assert found.values > 40 * found.withdrawals > 0


@contextmanager
def fresh_world() -> Iterator[tuple[World, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        world = World(f"sqlite:///{folder}/world.db")
        try:
            yield world, Path(folder)
        finally:
            world.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BATCHES)
def test_any_sequence_replays_to_what_was_recorded(batches: list[tuple[list[tuple[object, ...]], int]]) -> None:
    with fresh_world() as (world, folder):
        served = Served(world)
        served.batch([("submit", 0, 0, 100, Kind.INTERACTIVE, None)], 0)
        for steps, wait in batches:
            served.batch(steps, wait)
        hold_equal(world, folder)


def test_so_does_everything_that_can_happen_to_one_customer(sqlite_world: World, tmp_path: Path) -> None:
    """Joined pauses, releases, holds, refused events: all that `one_customer.py` tries, in one database."""

    class Here(OneCustomer):
        world = sqlite_world

    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    explored = settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(Here, settings=explored)
    hold_equal(sqlite_world, tmp_path)


def busy(world: World) -> None:
    """One batch in which order is everything, and a stop that takes another withdrawal with it."""
    served = Served(world)
    pause = ("submit", 0, 0, 1000, Kind.INTERACTIVE, None)
    joined = [pause, ("happen", 0, "answer"), ("submit", 0, 0, 100, Kind.INTERACTIVE, None)]
    served.batch([*joined, ("happen", 0, "stop"), pause, ("submit", 1, 0, 100, Kind.INTERACTIVE, None)], 0)
    served.batch([("happen", 3, "broadcast"), ("submit", 1, 0, 700, Kind.INTERACTIVE, None)], HOUR)
    served.batch([("find", 0, 0, Disposition.CONFIRMED_SCAM), ("submit", 1, 0, 100, Kind.INTERACTIVE, None)], HOUR)
    served.batch([("find", 0, 0, Disposition.NOT_A_SCAM), ("submit", 1, 0, 100, Kind.INTERACTIVE, None)], HOUR)


def test_on_either_engine_the_file_says_what_was_stored(world: World, tmp_path: Path) -> None:
    busy(world)
    hold_equal(world, tmp_path)
    table = pq.read_table(tmp_path / "h.parquet")
    rows = table.to_pylist()
    assert table.schema.equals(exported_schema(), check_metadata=False)
    assert [row["number"] for row in rows] == sorted(world.row(row["id"]).number for row in rows)
    first, second = rows[:2]
    assert first["stop_number"] is not None
    assert (second["stopped_at"], second["stop_number"]) == (first["stopped_at"], None), "stopped with the first"
    assert [row["feature_destination_stops"] for row in rows[:4]] == [0, 0, 1, 1]
    assert [row["feature_destination_confirmed"] for row in rows] == [False] * 5 + [True, False]
    assert [each["disposition"] for each in first["dispositions"]] == ["confirmed-scam", "not-a-scam"]
    assert (first["friction"], first["campaign"], first["amount_usd"]) == ("cooling_off", "macau-pj-trial", 10**9)
    assert first["hits"]


def test_answers_stand_beside_what_was_known_at_submission(sqlite_world: World, tmp_path: Path) -> None:
    served = Served(sqlite_world)
    submit = ("submit", 0, 0, 1000, Kind.INTERACTIVE, None)
    served.batch([submit, ("happen", 0, "answer"), ("submit", 1, 0, 100, Kind.INTERACTIVE, None)], 0)
    rows = pq.read_table(exported(sqlite_world, tmp_path / "h.parquet")).to_pylist()
    names = ("feature_answer_holds_key", "feature_answer_holds_key__unknown")
    assert [[row[name] for name in names] for row in rows] == [[True, None], [None, "not_yet"]]


def test_what_comes_after_the_extent_is_not_in_the_file(sqlite_world: World, tmp_path: Path) -> None:
    """An export of an hour's length, during which the exchange goes on: all of it is as of its beginning."""
    served = Served(sqlite_world)
    served.batch([("submit", 0, 0, 100, Kind.INTERACTIVE, None)], HOUR)
    with sqlite_world.database.reading() as reader:
        extent = history_extent(reader)
    served.batch([("happen", 0, "stop"), ("submit", 0, 0, 100, Kind.INTERACTIVE, None)], 0)
    rows = [row for table in export(sqlite_world.database, extent) for row in table.to_pylist()]
    assert [(row["stopped_at"], row["stop_number"]) for row in rows] == [(None, None)]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("feature_withdrawals_1h", 9.0, "withdrawals_1h: recorded 9.0, replayed 1.0"),
        ("feature_destination_is_new", None, "destination_is_new: recorded (failed), replayed True"),
        ("feature_asset", "BTC", "asset: recorded 'BTC', replayed 'USDT'"),
    ],
)
def test_a_planted_difference_is_named(
    sqlite_world: World, tmp_path: Path, column: str, value: object, said: str
) -> None:
    busy(sqlite_world)
    table = pq.read_table(exported(sqlite_world, tmp_path / "h.parquet"))
    table = planted(table, column, 0, value)
    if value is None:
        table = planted(table, f"{column}__unknown", 0, "failed")
    pq.write_table(table, tmp_path / "other.parquet")
    found = compared(tmp_path / "other.parquet")
    assert found.differing == 1
    assert [str(each) for each in found.first] == [f"{table['id'][0].as_py()} {said}"]


def test_the_first_ten_differences_are_named_in_order(sqlite_world: World, tmp_path: Path) -> None:
    busy(sqlite_world)
    table = pq.read_table(exported(sqlite_world, tmp_path / "h.parquet"))
    for row in range(len(table)):
        table = planted(planted(table, "feature_kind", row, "fiat"), "feature_amount_usd", row, 0.5)
    pq.write_table(table, tmp_path / "other.parquet")
    found = compared(tmp_path / "other.parquet")
    assert (found.differing, len(found.first)) == (14, 10)
    ids = table["id"].to_pylist()
    assert [each.withdrawal for each in found.first] == [name for name in ids for _ in range(2)][:10]


def test_a_younger_feature_was_not_recorded_and_differs_from_nothing(sqlite_world: World, tmp_path: Path) -> None:
    busy(sqlite_world)
    table = pq.read_table(exported(sqlite_world, tmp_path / "h.parquet"))
    for row in (0, 1):
        table = planted(table, "feature_payee_stops", row, None)
    table = table.drop_columns(["feature_on_call", "feature_on_call__unknown"])
    pq.write_table(table, tmp_path / "other.parquet")
    found = compared(tmp_path / "other.parquet")
    assert (found.differing, found.missing) == (0, 2)


def planted(table: pa.Table, column: str, row: int, value: object) -> pa.Table:
    field = table.schema.field(column)
    cells = table[column].to_pylist()
    cells[row] = value
    return table.set_column(table.schema.get_field_index(column), field, pa.array(cells, field.type))


def test_what_lists_said_is_exported_and_replayed_as_it_was_recorded(sqlite_world: World, tmp_path: Path) -> None:
    """Also after they have changed, and beside decisions that were made without them."""
    served = Served(sqlite_world)
    submit = ("submit", 0, 0, 100, Kind.INTERACTIVE, None)
    served.batch([submit], HOUR)
    claim = Claim("TRON", TO[0].address, Category.SCAM)
    listed = replace(sqlite_world.snapshot, intelligence=known(tmp_path / "lists", {"police": [claim]}))
    for snapshot in (listed, replace(listed, intelligence=None)):
        sqlite_world.snapshot = snapshot
        served.batch([submit], HOUR)
    hold_equal(sqlite_world, tmp_path)
    table = pq.read_table(tmp_path / "h.parquet")
    said = zip(table["feature_destination_listed"], table["feature_destination_listed__unknown"], strict=True)
    assert [(word.as_py(), why.as_py()) for word, why in said] == [
        (None, "not_provided"), ("scam", None), (None, "failed"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("feature_destination_listed", "scamm", "'scamm' is no value of destination_listed; did you mean 'scam'"),
        ("feature_destination_listed__unknown", "perhaps", "'perhaps' is not one of not_provided, no_history"),
    ],
)
def test_a_word_that_no_list_can_have_said_is_refused_with_its_column(
    sqlite_world: World, tmp_path: Path, column: str, value: str, said: str
) -> None:
    busy(sqlite_world)
    table = planted(pq.read_table(exported(sqlite_world, tmp_path / "h.parquet")), column, 1, value)
    pq.write_table(table, tmp_path / "other.parquet")
    with pytest.raises(Refused) as refused:
        compared(tmp_path / "other.parquet")
    (finding,) = refused.value.findings
    assert finding.pointer == f"other.parquet:{column}"
    assert said in finding.message
