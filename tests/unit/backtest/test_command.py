"""`breather backtest`: a table, JSON or a page; what is wrong is named, with exit status 2, and nothing is written."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from breather import cli
from breather.exchange.campaign_file import CAMPAIGN
from breather.history import schema as exported
from breather.samples import sample_campaign
from breather.storage.backtest.version import unknown_column, value_column
from tests.unit.backtest.written import history, row, schema

SAMPLE = "macau-pj-trial"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = [
        row(n, {"destination_is_new": n % 2 == 0, "days_since_notice": 8.0}, id=f"<i>{n}</i>[b]") for n in range(20)
    ]
    history(tmp_path / "past.parquet", rows)
    (tmp_path / "labels.csv").write_text("withdrawal,scam\n<i>1</i>[b],true\n<i>2</i>[b],false\n", "utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    environment = {
        "BREATHER_DATABASE": f"sqlite:///{folder / 'exchange.db'}",
        "BREATHER_KEYS": str(folder / "keys"),
        "BREATHER_EXCHANGE_ORIGINS": "https://www.exchange.example",
        "COLUMNS": "200",
    }
    return CliRunner().invoke(cli.app, ["backtest", *arguments], env=environment)


def test_a_file_that_is_no_history_is_named_in_one_line(folder: Path) -> None:
    """As in the simulator's own folder, where the truth lies beside the history."""
    mixed = folder / "mixed"
    mixed.mkdir()
    (folder / "past.parquet").rename(mixed / "history-1.parquet")
    pq.write_table(pa.table({"id": ["a"], "scam": [True]}), mixed / "truth.parquet")
    result = run(folder, SAMPLE, "--history", str(mixed))
    assert result.exit_code == 2
    about = [line for line in result.stderr.splitlines() if "truth.parquet" in line]
    assert len(about) == 1, result.stderr
    assert "is no history: it has no features, and none of " in about[0]


def test_the_table_shows_rules_costs_changes_accuracy_and_limits(folder: Path) -> None:
    stricter = _changed(folder, 'friction = "notice"', 'friction = "questions"')
    result = run(folder, stricter, "--history", "past.parquet", "--against", SAMPLE, "--labels", "labels.csv")
    assert result.exit_code == 0, result.output
    for words in (
        "macau-pj-trial@1 on past.parquet",
        "first-large-to-new-address",
        "interruptions per 1,000 customers",
        "wait for a later phase: told-how-to-answer (answer)",
        "against macau-pj-trial@1",
        "2 of 2 labels are about these withdrawals, 1 of them scams",
        "those of the past that was served",
    ):
        assert words in result.stdout, words
    assert "<i>" not in result.stdout or "[b]" in result.stdout, "an id is no markup"


def test_json_is_the_whole_report(folder: Path) -> None:
    result = run(folder, SAMPLE, "--history", "past.parquet", "--against", SAMPLE, "--labels", "labels.csv", "--json")
    found = json.loads(result.stdout)
    assert (found["withdrawals"], found["days"][0]["day"], found["changes"]["newly_interrupted"]["withdrawals"]) == (
        20, "2026-01-01", 0,
    )  # fmt: skip
    assert {"rules", "friction", "cost", "overlaps", "labelled", "limits"} <= found.keys()
    assert sum(found["friction"].values()) == 20


class Addresses(HTMLParser):
    """Every tag, and every value of an attribute that would fetch or run something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.fetched += [f"{tag} {name}" for name, _ in attrs if name in {"href", "src", "srcset", "data", "style"}]
        self.fetched += [f"{tag} {name}" for name, _ in attrs if name.startswith(("on", "xlink"))]


def test_the_page_is_one_file_without_scripts_or_outside_addresses(folder: Path) -> None:
    stricter = _changed(folder, 'friction = "notice"', 'friction = "questions"')
    result = run(folder, stricter, "--history", "past.parquet", "--against", SAMPLE, "--html", "page.html")
    assert result.exit_code == 0, result.output
    text = (folder / "page.html").read_text("utf-8")
    parser = Addresses()
    parser.feed(text)
    assert not re.search(r"https?:|//\w|@import|url\(", text)
    assert not parser.fetched
    assert not parser.tags & {"script", "link", "img", "iframe", "object", "form", "i", "b"}
    assert "svg" in parser.tags
    assert "&lt;i&gt;" in text, "an id of the sample is text"
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text


def test_the_style_sheet_is_the_one_that_the_page_lets_in(folder: Path) -> None:
    run(folder, SAMPLE, "--history", "past.parquet", "--html", "page.html")
    text = (folder / "page.html").read_text("utf-8")
    style = text[text.index("<style>") + 7 : text.index("</style>")]
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in text


Change = Callable[[Any], Any]
BAD_HISTORIES: Mapping[str, tuple[Change, list[str]]] = {
    "a missing feature": (
        lambda table: table.drop_columns(["feature_on_call"]),
        ["feature_on_call", "is missing", "BOOLEAN", "someone-else-in-the-session"],
    ),
    "a missing class": (lambda table: table.drop_columns(["feature_on_call__unknown"]), ["feature_on_call__unknown"]),
    "a misspelt column": (
        lambda table: table.rename_columns({"customer_ref": "customer_reff"}),
        ["customer_ref: is missing", "'customer_reff'"],
    ),
    "a mistyped feature": (
        lambda table: _cast(table, "feature_amount_usd", pa.string()),
        ["feature_amount_usd", "is VARCHAR", "has to be DOUBLE", "first-large-to-new-address"],
    ),
    "mistyped instants": (lambda table: _cast(table, "at", pa.float64()), ["at", "is DOUBLE", "BIGINT"]),
    "instants in seconds": (
        lambda table: table.set_column(table.schema.get_field_index("at"), "at", pa.array([1_767_225_600] * 20)),
        ["milliseconds"],
    ),
    "nobody's withdrawal": (
        lambda table: table.set_column(
            table.schema.get_field_index("customer_ref"), "customer_ref", pa.nulls(20, pa.string())
        ),
        ["lacks 20 values of id, customer_ref and at"],
    ),
    "an unheard kind": (
        lambda table: table.set_column(
            table.schema.get_field_index("feature_kind"), "feature_kind", pa.array(["interactiv"] * 20)
        ),
        ["feature_kind", "'interactiv'", "Did you mean 'interactive'"],
    ),
    "a class that is none": (
        lambda table: _filled(table, "feature_on_call__unknown", "perhaps"),
        ["feature_on_call__unknown: 20 rows hold a class beside a value, or another", "not_provided"],
    ),
    "a class beside a value": (
        lambda table: _filled(table, "feature_on_call__unknown", "failed"),
        ["feature_on_call__unknown: 20 rows"],
    ),
    "columns in capitals": (lambda table: table.rename_columns([n.upper() for n in table.column_names]), ["'AT'"]),
    "a withdrawal twice": (
        lambda table: pa.concat_tables([table.slice(0, 5), table.slice(3)]),
        [
            "bad.parquet:id",
            "'<i>3</i>[b]' stands in rows 4, 6; a withdrawal has one row",
            "'<i>4</i>[b]' stands in rows 5, 7",
        ],
    ),
    "an empty history": (lambda table: table.slice(0, 0), ["has no withdrawal"]),
    "no features at all": (lambda table: table.select(["at", "id", "customer_ref"]), ["replay --features"]),
    "nobody there": (
        lambda table: table.set_column(
            table.schema.get_field_index("residence_kyc"), "residence_kyc", pa.array(["HK"] * 20)
        ),
        ["20 withdrawals, and none from MO"],
    ),
}


@pytest.mark.parametrize("name", BAD_HISTORIES)
def test_a_bad_history_is_named_and_nothing_is_written(folder: Path, name: str) -> None:
    change, named = BAD_HISTORIES[name]
    pq.write_table(change(pq.read_table(folder / "past.parquet")), folder / "bad.parquet")
    before = sorted(folder.iterdir())
    result = run(folder, SAMPLE, "--history", "bad.parquet", "--html", "page.html", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    for words in named:
        assert words in result.stderr, result.stderr
    assert sorted(folder.iterdir()) == before


def test_every_wrong_column_is_named_at_once(folder: Path) -> None:
    table = pq.read_table(folder / "past.parquet").drop_columns(["feature_on_call", "feature_balance_share", "id"])
    pq.write_table(table, folder / "bad.parquet")
    result = run(folder, SAMPLE, "--history", "bad.parquet")
    assert all(words in result.stderr for words in ("feature_on_call: is", "feature_balance_share: is", "  id: is"))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Withdrawal,Scam\n<i>1</i>[b],true\n", "true or false. Did you mean 'Scam'?"),
        ("withdrawal,scam\nelse-where,true\n", "it says 'else-where', and the history says '<i>0</i>[b]'"),
        ("withdrawal,scams\na,true\n", "'scams'"),
        ("wd,scam\na,true\n", "withdrawal"),
        ("withdrawal,scam\n", "has no row"),
        ("withdrawal,scam\na,perhaps\n", "1 rows lack"),
        ("withdrawal,scam\na,true\na,true\n", "1 rows repeat a withdrawal, such as 'a'"),
    ],
)
def test_bad_labels_are_named(folder: Path, text: str, named: str) -> None:
    (folder / "bad.csv").write_text(text, "utf-8")
    result = run(folder, SAMPLE, "--history", "past.parquet", "--labels", "bad.csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert named in result.stderr


def test_labels_of_another_type_are_named(folder: Path) -> None:
    pq.write_table(pa.table({"id": ["a"], "scam": [1]}), folder / "bad.parquet")
    result = run(folder, SAMPLE, "--history", "past.parquet", "--labels", "bad.parquet")
    assert (result.exit_code, "is BIGINT, and has to be BOOLEAN" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["absent", "--history", "past.parquet"], "absent"),
        ([SAMPLE, "--history", "absent.parquet"], "there is no file absent.parquet"),
        ([SAMPLE, "--history", "labels.csv"], "labels.csv cannot be read"),
        ([SAMPLE, "--history", "."], "feature"),
        ([SAMPLE, "--history", "past.parquet", "--against", "macau-pj-trial@7"], "exchange.db"),
        ([SAMPLE, "--history", "past.parquet", "--labels", "absent.csv"], "absent.csv"),
        ([SAMPLE, "--history", "past.parquet", "--html", "past.parquet"], "exists already"),
        ([SAMPLE, "--history", "past.parquet", "--html", "absent/page.html"], "absent"),
    ],
)
def test_what_is_not_there_is_named(folder: Path, arguments: list[str], named: str) -> None:
    if arguments[2] == ".":
        pq.write_table(pa.table({"at": [1]}), folder / "past.parquet")
    result = run(folder, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert named in result.stderr, result.stderr


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda table: table.drop_columns(["feature_on_call"]), ["b.parquet:feature_on_call: is missing"]),
        (
            lambda table: _cast(table, "feature_amount_usd", pa.int64()),
            ["b.parquet:feature_amount_usd: is BIGINT, and DOUBLE in a.parquet"],
        ),
    ],
    ids=["without a column", "with another type"],
)
def test_a_part_that_is_not_as_the_first_is_named(folder: Path, change: Change, named: list[str]) -> None:
    table = pq.read_table(folder / "past.parquet")
    (folder / "parts").mkdir()
    pq.write_table(table, folder / "parts" / "a.parquet")
    pq.write_table(change(table), folder / "parts" / "b.parquet")
    result = run(folder, SAMPLE, "--history", "parts")
    assert (result.exit_code, result.stdout) == (2, "")
    assert all(words in result.stderr for words in named), result.stderr


def test_damage_in_the_middle_of_a_file_is_named(folder: Path) -> None:
    damaged = bytearray((folder / "past.parquet").read_bytes())
    damaged[4:400] = bytes(396)
    (folder / "damaged.parquet").write_bytes(damaged)
    result = run(folder, SAMPLE, "--history", "damaged.parquet")
    assert (result.exit_code, "damaged.parquet cannot be read" in result.stderr) == (2, True), result.output


def test_what_a_folder_is_called_is_no_column(folder: Path) -> None:
    (folder / "residence_kyc=HK").mkdir()
    (folder / "past.parquet").rename(folder / "residence_kyc=HK" / "past.parquet")
    result = run(folder, SAMPLE, "--history", "residence_kyc=HK/past.parquet", "--json")
    assert (result.exit_code, json.loads(result.stdout)["withdrawals"]) == (0, 20)


def test_a_link_that_leads_nowhere_is_not_written_over(folder: Path) -> None:
    (folder / "page.html").symlink_to("nowhere.html")
    result = run(folder, SAMPLE, "--history", "past.parquet", "--html", "page.html")
    assert (result.exit_code, "exists already" in result.stderr) == (2, True)
    assert (folder / "page.html").is_symlink()


def test_a_page_that_cannot_be_finished_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    before = sorted(folder.iterdir())
    monkeypatch.setattr(Path, "write_text", interrupted)
    result = run(folder, SAMPLE, "--history", "past.parquet", "--html", "page.html")
    assert result.exit_code != 0
    assert sorted(folder.iterdir()) == before


def test_an_activated_version_is_compared_with_and_an_unknown_one_is_named(folder: Path) -> None:
    environment = {"BREATHER_DATABASE": f"sqlite:///{folder / 'exchange.db'}", "BREATHER_KEYS": str(folder / "keys")}
    for words in (["signing-key", "create"], ["campaign", "activate", SAMPLE]):
        assert CliRunner().invoke(cli.app, words, env=environment).exit_code == 0
    result = run(folder, SAMPLE, "--history", "past.parquet", "--against", f"{SAMPLE}@1")
    assert (result.exit_code, f"against {SAMPLE}@1" in result.stdout) == (0, True), result.output
    unknown = run(folder, SAMPLE, "--history", "past.parquet", "--against", f"{SAMPLE}@7")
    assert (unknown.exit_code, f"activated were: {SAMPLE}@1" in unknown.stderr) == (2, True)


def test_versions_for_two_places_cannot_be_compared(folder: Path) -> None:
    elsewhere = _changed(folder, 'jurisdiction = "MO"', 'jurisdiction = "HK"')
    result = run(folder, SAMPLE, "--history", "past.parquet", "--against", elsewhere)
    assert (result.exit_code, "is for HK" in result.stderr) == (2, True)


def test_the_columns_are_those_that_histories_are_written_with() -> None:
    written = exported.exported_schema()
    for field in schema():
        assert written.field(field.name).type == field.type, field.name
    assert value_column("kind") == exported.feature_column("kind")
    assert unknown_column("kind") == exported.unknown_column("kind")


def _cast(table: Any, name: str, kind: Any) -> Any:
    return table.set_column(table.schema.get_field_index(name), name, table[name].cast(kind))


def _filled(table: Any, name: str, value: str) -> Any:
    return table.set_column(table.schema.get_field_index(name), name, pa.array([value] * len(table)))


def _changed(folder: Path, one: str, other: str) -> str:
    """A campaign like the sample, but for one change."""
    text = sample_campaign(SAMPLE).joinpath(CAMPAIGN).read_text("utf-8")
    assert one in text
    (folder / "changed").mkdir()
    (folder / "changed" / CAMPAIGN).write_text(text.replace(one, other), "utf-8")
    return "changed"
