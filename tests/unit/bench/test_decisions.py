"""The names of the figures, which are kept for good, and what each is compared with."""

import pytest

from bench.decisions import Found, Size, figures
from bench.growth import _short
from bench.load import Measured
from bench.open_loop import Window
from bench.rig import Round
from bench.steps import REST, STEPS, owner_of

OF_THE_DESIGN = {
    "decisions_sqlite_c1": "echo",
    "decisions_sqlite_c16": "echo",
    "decisions_sqlite_c64": "echo",
    "decisions_sqlite_c64_as_usual": "as_usual",
    "decisions_postgres_c64": "sqlite",
    "server_cpu_us": "echo",
    "bytes_per_decision": "allowed",
    "open_1000_p50_ms": "allowed",
    "open_1000_p99_ms": "allowed",
}


def found() -> Found:
    """Every server does twice as many as the one after it."""
    rates = {"echo": 8_000.0, "sqlite": 4_000.0, "postgres": 2_000.0, "as_usual": 1_000.0}
    rounds = {
        (name, connections): [Round(Measured(100, rate, 1.0, 2.0, 0, 0.5), 1e6 / rate)]
        for name, rate in rates.items()
        for connections in (1, 16, 64)
    }
    steps = dict.fromkeys((*STEPS, *REST.values(), "other"), 10.0)
    window = Window(5_000, 1.5, 6.0, 9.0, 0, 0, 0.1)
    return Found(Size(1_000_000, 5.0, 1), 2_300.0, rounds, [window], {"sqlite": 2_700.0, "postgres": 2_900.0}, steps)


def test_every_figure_of_the_design_is_there_against_what_it_says() -> None:
    named = {one.figure: one for one in figures(found())}
    assert {name: named[name].against for name in OF_THE_DESIGN} == OF_THE_DESIGN
    assert named["decisions_sqlite_c64"].ratio == pytest.approx(0.5)
    assert named["decisions_sqlite_c64_as_usual"].ratio == pytest.approx(4)
    assert named["decisions_postgres_c64"].ratio == pytest.approx(0.5)
    assert named["server_cpu_us"].ratio == pytest.approx(2)
    assert named["open_1000_p50_ms"].ratio == pytest.approx(0.5)


def test_the_steps_make_up_the_whole() -> None:
    shares = [one.ratio for one in figures(found()) if one.figure.startswith("cpu_us_")]
    assert sum(shares) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("place", [place for _, places in STEPS.values() for place in places])
def test_every_step_is_a_function_that_is_still_there(place: str) -> None:
    owner, name = owner_of(place)
    assert callable(getattr(owner, name, None))


def test_a_smaller_run_says_how_many_rows_it_had() -> None:
    assert next(one for one in figures(found()) if one.figure == "decisions_stored").value == 1_000_000
    assert [_short(number) for number in (10_000_000, 10_000, 200_000, 1_234)] == ["10m", "10k", "200k", "1234"]
