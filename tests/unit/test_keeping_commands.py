"""`breather recover`, `breather clock` and `breather retention`, as an operator uses them, and what the doctor says."""

import sqlite3
from collections.abc import Callable

import pytest

from breather.clock import SystemClock
from breather.domain.instant import DAY, MINUTE, Millis
from breather.storage.erasure_journal import ErasureJournal
from tests.unit.test_cli import Operator, operator  # noqa: F401  # a fixture, used by its name

BY = ("--actor", "Ana Lei", "--because", "compared with payout's book")
BEGIN = ("recover", "begin", *BY)


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch, operator: Operator) -> Callable[[int], Millis]:  # noqa: F811  # the fixture
    """Created, and a clock that moves when it is told to."""
    assert operator.run("apikey", "create", "back", "--scope", "assess").exit_code == 0
    at = SystemClock().now()

    def later(milliseconds: int) -> Millis:
        found = Millis(at + milliseconds)
        monkeypatch.setattr(SystemClock, "now", lambda _: found)
        return found

    return later


def doctor(operator: Operator) -> str:  # noqa: F811  # the fixture
    return " ".join(operator.run("doctor", COLUMNS="250").output.split())


def test_a_database_that_nobody_watched_is_not_behind(operator: Operator, wait: Callable[[int], Millis]) -> None:  # noqa: F811
    said = operator.run("recover")
    assert said.exit_code == 0
    assert "the witness: none" in said.output
    assert "it is not behind" in said.output
    assert "is not in recovery mode" in operator.refused("recover", "confirm", "peers", *BY)


def test_the_way_into_recovery_mode_and_out_of_it(operator: Operator, wait: Callable[[int], Millis]) -> None:  # noqa: F811
    assert operator.run(*BEGIN).exit_code == 0
    said = operator.run("recover")
    assert said.exit_code == 1
    assert "in recovery mode since 2026-11-22T10:43:00.000Z: compared with payout's book" in said.output
    assert "withdrawals: to be said" in said.output
    assert "recovery mode since 2026-11-22T10:43:00.000Z, nothing is cleared or sealed" in doctor(operator)
    assert "for 120 s more" in operator.refused("recover", "confirm", "withdrawals", *BY)
    wait(2 * MINUTE)
    assert "still to be said: peers" in operator.run("recover", "confirm", "withdrawals", *BY).output
    assert "withdrawals: Ana Lei at 2026-11-22T10:45:00.000Z: compared with" in operator.run("recover").output
    assert "recovered" in operator.run("recover", "confirm", "peers", *BY).output
    assert operator.run("recover").exit_code == 0
    assert "finds everything in the database" in doctor(operator), "the witness is of this database again"
    kinds = [kind for (kind,) in operator.rows("SELECT kind FROM journal WHERE kind LIKE 'recover%' ORDER BY number")]
    assert kinds == ["recovery-began", "recovery-fact", "recovery-fact", "recovered"]
    actors = {actor for (actor,) in operator.rows("SELECT actor FROM journal WHERE kind LIKE 'recover%'")}
    assert actors == {"Ana Lei"}


def test_peers_are_not_compared_before_they_were_asked(operator: Operator, wait: Callable[[int], Millis]) -> None:  # noqa: F811
    connection = sqlite3.connect(operator.folder / "exchange.db")
    with connection:
        connection.execute("INSERT INTO stream VALUES ('macau-pj', 3, 9, 1000, 1000, NULL)")
    connection.close()
    operator.run(*BEGIN)
    assert "the changes of macau-pj were not taken since" in operator.refused("recover", "confirm", "peers", *BY)
    connection = sqlite3.connect(operator.folder / "exchange.db")
    with connection:
        connection.execute(f"UPDATE stream SET pulled_at = {wait(MINUTE)}")
    connection.close()
    assert operator.run("recover", "confirm", "peers", *BY).exit_code == 0


def test_a_fact_that_is_none_is_refused(operator: Operator, wait: Callable[[int], Millis]) -> None:  # noqa: F811
    assert operator.run("recover", "confirm", "everything", *BY).exit_code == 2


def test_what_was_erased_is_erased_again_where_other_tools_brought_a_database_back(
    operator: Operator,  # noqa: F811
    wait: Callable[[int], Millis],
) -> None:
    service = "exchange of my-exchange, test"
    ErasureJournal(operator.folder / "keys-witness", service).append(["wd-7"], "retention", Millis(1_700_000_000_000))
    assert "1 of the withdrawals erased last are here again" in doctor(operator)
    assert "erased again: 1 withdrawals" in operator.run(*BEGIN).output
    assert operator.rows("SELECT id, basis, at FROM erased") == [("wd-7", "retention", 1_700_000_000_000)]
    assert "are here again" not in doctor(operator)


def test_a_damaged_erasure_journal_is_known_before_anything_is_changed(
    operator: Operator,  # noqa: F811
    wait: Callable[[int], Millis],
) -> None:
    folder = operator.folder / "keys-witness" / "erased"
    folder.mkdir(parents=True)
    (folder / "2026-11-22.jsonl").write_text("{}\n")
    assert "no line of the erasure journal" in operator.refused(*BEGIN)
    assert operator.rows("SELECT count(*) FROM journal WHERE kind = 'recovery-began'") == [(0,)]
    assert "the erasure journal cannot be read" in doctor(operator)


def test_a_clock_is_confirmed_by_somebody(operator: Operator, wait: Callable[[int], Millis]) -> None:  # noqa: F811
    said = operator.run("clock", "confirm", *BY)
    assert "confirmed: it is 2026-11-22T10:43:00.000Z" in said.output
    assert operator.rows("SELECT actor, kind FROM journal ORDER BY number DESC LIMIT 1") == [
        ("Ana Lei", "time-confirmed")
    ]


def test_retention_says_what_would_go_and_erases_nothing(operator: Operator, wait: Callable[[int], Millis]) -> None:  # noqa: F811
    assert "nothing is ever erased: BREATHER_KEEP_DAYS is not set" in operator.run("retention").output
    wait(400 * DAY)
    assert "0 withdrawals would be erased" in operator.run("retention", BREATHER_KEEP_DAYS="30").output


def test_a_witness_of_another_service_is_named_and_stops_nothing(
    operator: Operator,  # noqa: F811
    wait: Callable[[int], Millis],
) -> None:
    operator.run(*BEGIN)
    wait(2 * MINUTE)
    for fact in ("withdrawals", "peers"):
        assert operator.run("recover", "confirm", fact, *BY).exit_code == 0
    other = {"BREATHER_WITNESS": str(operator.folder / "keys-witness"), "BREATHER_VASP": "another"}
    other["BREATHER_DATABASE"] = f"sqlite:///{operator.folder / 'other.db'}"
    assert operator.run("apikey", "create", "back", "--scope", "assess", **other).exit_code == 0
    assert "each service has a folder of its own" in operator.refused("recover", **other)
    assert "each service has a folder of its own" in " ".join(
        operator.run("doctor", COLUMNS="250", **other).output.split()
    )
