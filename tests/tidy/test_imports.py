"""The part of the import law that the layers of pyproject.toml cannot say: who may use what from outside."""

import sys
from pathlib import Path

import pytest

from tests.tidy.source import Module, module_of, package

# Deaf and blind: `now`, ids and values are arguments of the domain.
NOT_IN_DOMAIN = frozenset(
    "asyncio contextvars ctypes getpass http importlib io locale logging mmap multiprocessing os".split()
    + "pathlib platform queue random resource secrets select selectors shutil signal socket sqlite3".split()
    + "ssl subprocess sys tempfile threading time urllib uuid".split()
)
CLOCKS = frozenset({"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"})
STATISTICS = frozenset({"scipy", "statsmodels", "pandas", "numpy"})

# Beside the layers: what each of these may import, from breather and from outside the standard library.
STANDS_ALONE = {
    "domain": ({"domain"}, set[str]()),
    "client": ({"client"}, {"cryptography"}),
    "simulation": ({"simulation", "domain", "client"}, {"numpy", "pyarrow"}),
    "samples": ({"samples", "domain", "protocol"}, {"cryptography", "tomli_w"}),
}


def outside(module: Module) -> set[str]:
    """Top-level names from neither the standard library nor breather."""
    tops = {name.split(".")[0] for _, name in module.imports()}
    # `_typeshed` exists for type checkers only.
    return tops - set(sys.stdlib_module_names) - {"breather", "_typeshed"}


def inside(module: Module) -> set[str]:
    """The parts of breather that it imports: `domain`, `settings` ..."""
    names = [name.split(".") for _, name in module.imports()]
    return {parts[1] for parts in names if parts[0] == "breather" and len(parts) > 1}


@pytest.mark.parametrize("part", sorted(STANDS_ALONE))
def test_it_imports_only_what_it_may(part: str) -> None:
    may_inside, may_outside = STANDS_ALONE[part]
    wrong = [
        f"{each.name} imports {found}"
        for each in package(part)
        for found in sorted((inside(each) - may_inside) | (outside(each) - may_outside))
    ]
    assert not wrong


def test_the_demo_exchange_knows_breather_only_as_its_client() -> None:
    """It is what an exchange's developer reads: a web framework is welcome, nothing of ours but `client`."""
    wrong = [
        f"{each.name} imports breather.{found}"
        for each in package("demo")
        for found in sorted(inside(each) - {"demo", "client"})
    ]
    assert not wrong


def test_the_services_do_not_use_the_client() -> None:
    """`client` is for the other side of the wire; a service that needs it has misplaced something."""
    wrong = [
        each.name
        for each in package()
        if each.package not in {"client", "demo", "simulation", "cli"} and "client" in inside(each)
    ]
    assert not wrong


def test_the_domain_is_deaf_and_blind() -> None:
    wrong = [
        each.at(line, name)
        for each in package("domain")
        for line, name in each.imports()
        if name.split(".")[0] in NOT_IN_DOMAIN
    ]
    assert not wrong


def test_the_domain_asks_no_clock() -> None:
    wrong = [
        each.at(number, line.strip())
        for each in package("domain")
        for number, line in enumerate(each.text.splitlines(), start=1)
        if any(f".{clock}()" in line for clock in CLOCKS)
    ]
    assert not wrong


def test_statistics_stay_out_of_the_serving_process() -> None:
    may = {"measurement", "simulation", "intelligence"}
    wrong = [
        f"{each.name} imports {found}"
        for each in package()
        if each.package not in may
        for found in sorted(outside(each) & STATISTICS)
    ]
    assert not wrong


def test_only_storage_talks_to_a_database() -> None:
    drivers = {"sqlite3", "psycopg", "asyncpg", "duckdb"}
    may = {"storage", "measurement"}
    wrong = [
        each.at(line, name)
        for each in package()
        if each.package not in may and each.package not in {"client", "demo"}
        for line, name in each.imports()
        if name.split(".")[0] in drivers
    ]
    assert not wrong


def test_imports_are_seen_wherever_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "late.py"
    path.write_text("def late() -> None:\n    import os.path\n    from scipy import stats\n")
    assert list(module_of(path).imports()) == [(2, "os.path"), (3, "scipy.stats")]
    assert outside(module_of(path)) == {"scipy"}
