"""Right, wrong, expired and unknown codes cost the same work: one MAC, and the same queries in the same order."""

import hmac
from typing import Any

import pytest

from breather.agency.confirm import confirm
from breather.domain.alert_code import make_code, minute_of
from breather.domain.instant import HOUR, Millis
from breather.protocol.alert_slot import AlertSlot

NOW = Millis(1_800_000_000_000)
KEY = bytes(range(32))
SLOTS = {3: AlertSlot(3, "demo-exchange", "Demo Exchange", KEY, {"en": "Reminder"})}
GOOD = make_code(3, minute_of(NOW), 7, KEY)
TYPED = {
    "right": GOOD,
    "mistyped": GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"),
    "expired": make_code(3, minute_of(Millis(NOW - 49 * HOUR)), 7, KEY),
    "unknown slot": make_code(900, minute_of(NOW), 7, KEY),
    "no code": "hello",
    "endless": "A" * 64,
}


class CountedStore:
    """Stands for the transaction: says which queries were asked for."""

    now = NOW

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def one(self, query: str, **given: Any) -> None:
        self.asked.append((query, tuple(given)))

    def run(self, query: str, **given: Any) -> int:
        self.asked.append((query, tuple(given)))
        return 1


def work_for(typed: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[tuple[str, tuple[str, ...]]], int, int]:
    """(queries, MACs made, comparisons made) for one code."""
    made, compared = [], []
    new, compare = hmac.new, hmac.compare_digest

    def counted_new(*given: Any) -> Any:
        made.append(len(given[1]))
        return new(*given)

    def counted_compare(one: Any, other: Any) -> bool:
        compared.append((len(one), len(other)))
        return compare(one, other)

    store = CountedStore()
    with monkeypatch.context() as patch:
        patch.setattr(hmac, "new", counted_new)
        patch.setattr(hmac, "compare_digest", counted_compare)
        confirm(store, SLOTS, typed)  # type: ignore[arg-type]  # the two methods that it uses
    return store.asked, len(made), len(compared)


@pytest.mark.parametrize("kind", TYPED)
def test_the_same_work_is_done(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = work_for(TYPED[kind], monkeypatch)
    assert found == work_for(GOOD, monkeypatch)
    assert found[1:] == (1, 1)
