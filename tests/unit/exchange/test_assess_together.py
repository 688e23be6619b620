"""Decisions on one sheet come to what they come to one after the other: every reply, every row, every number."""

import sqlite3
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.asset import Network
from breather.domain.event import EventKind
from breather.domain.refusal import ChangedRetry
from breather.domain.withdrawal import Destination, Session, Withdrawal
from breather.exchange.assess import Asking, Assessed, assess, assess_all
from breather.storage.transaction import Transaction
from tests.unit.exchange.world import ADDRESSES, World, asked_for, event

WATCHED = Session(remote_access=True)


@st.composite
def withdrawals(draw: st.DrawFn) -> Withdrawal:
    """Of few ids, customers and destinations, so that they meet; some small, some to be held."""
    asked = asked_for(
        f"w{draw(st.integers(1, 9))}",
        draw(st.sampled_from([10, 80, 2000, 5000, 60000])),
        customer=draw(st.sampled_from(["ana", "bea"])),
        to=Destination(Network.TRON, draw(st.sampled_from(ADDRESSES))),
    )
    return replace(asked, session=WATCHED) if draw(st.integers(0, 5)) == 0 else asked


def rows(file: Path) -> dict[str, list[Any]]:
    with sqlite3.connect(file) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"'))) for name in names}


def one_by_one(tx: Transaction, batch: Sequence[Asking]) -> list[Assessed | Exception]:
    found: list[Assessed | Exception] = []
    for asking in batch:
        try:
            found.append(assess(tx, asking.snapshot, asking.asked, asking.actor))
        except ChangedRetry as refused:
            found.append(refused)
    return found


def told(found: Sequence[Assessed | Exception]) -> list[object]:
    return [str(one) if isinstance(one, Exception) else one for one in found]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(withdrawals(), min_size=1, max_size=8), min_size=1, max_size=4), st.booleans())
def test_a_batch_decides_as_its_members_would_one_after_the_other(
    batches: list[list[Withdrawal]], listed: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "together.db", Path(folder) / "alone.db"
        worlds = [World(f"sqlite:///{file}") for file in files]
        for world in worlds:
            world.relay()
            if listed:
                world.confirm(Destination(Network.TRON, ADDRESSES[1]).key)
        for number, batch in enumerate(batches):
            answers = []
            for world, decide in zip(worlds, (assess_all, one_by_one), strict=True):
                asking = [Asking(world.snapshot, asked, "vasp:key") for asked in batch]
                # A referral's id is random, and would be the only difference.
                names = (bytes([number, place] * 5) for place in range(99))
                with patch("breather.exchange.refer.secrets.token_bytes", lambda _, names=names: next(names)):
                    answers.append(world.write(lambda tx, decide=decide, asking=asking: told(decide(tx, asking))))  # type: ignore[misc]
                first = batch[0].id
                if number == 0:  # between batches, a stop: what follows it may turn into *reduced*
                    world.respond(first, event(EventKind.STOP, f"stop-{first}"))
            assert answers[0] == answers[1]
        assert rows(files[0]) == rows(files[1])
        for world in worlds:
            world.close()


@pytest.mark.parametrize("amounts", [(5000, 500, 5000, 60000, 10)], ids=["joins, exceeds, is held"])
def test_both_engines_decide_a_batch_alike(world: World, amounts: tuple[int, ...]) -> None:
    asking = [Asking(world.snapshot, asked_for(f"w{place}", usd), "vasp:key") for place, usd in enumerate(amounts)]
    asking.append(Asking(world.snapshot, asked_for("w0", amounts[0]), "vasp:other"))
    asking.append(Asking(world.snapshot, asked_for("w0", 1), "vasp:other"))
    *found, again, changed = world.write(lambda tx: assess_all(tx, asking))
    assert [one.record.friction for one in found if isinstance(one, Assessed)] == [
        "cooling_off",
        "cooling_off",
        "cooling_off",
        "hold",
        "hold",
    ]
    assert isinstance(again, Assessed)
    assert (again.created, again.record) == (False, found[0].record if isinstance(found[0], Assessed) else None)
    assert isinstance(changed, ChangedRetry)
