"""`serve` decides with the lists in force: new ones within a poll, the old ones for whoever holds them, never none."""

from pathlib import Path

from breather.domain.entry import Entry
from breather.exchange.running import RunningExchange
from breather.intelligence.known import NOTHING_KNOWN
from tests.list_store import ListStore
from tests.lists import ETH, NOW, eth


def known_to(exchange: RunningExchange, number: int) -> tuple[Entry, ...]:
    intelligence = exchange.snapshot.intelligence
    assert intelligence is not None
    return intelligence.find(ETH, eth(number), NOW)


def test_without_lists_nobody_is_known(store: ListStore) -> None:
    exchange = store.running()
    assert exchange.snapshot.intelligence is NOTHING_KNOWN
    assert exchange.lists_problem == ""
    exchange.close()


def test_an_import_is_in_force_at_the_next_poll_and_the_old_one_for_who_holds_it(store: ListStore) -> None:
    store.take_addresses([1])
    exchange = store.running()
    held = exchange.snapshot
    for numbers in ([1, 2], [2, 3], [3, 4]):
        store.take_addresses(numbers)  # the third removes the files that `held` has open
        assert not known_to(exchange, numbers[-1])
        assert exchange.refresh()
        assert known_to(exchange, numbers[-1])
        assert not exchange.refresh()
    assert not known_to(exchange, 1)
    assert held.intelligence is not None
    assert held.intelligence.find(ETH, eth(1), NOW)
    assert not held.intelligence.find(ETH, eth(4), NOW)
    exchange.close()


def test_lists_that_cannot_be_opened_hold_up_nothing_else(sqlite_store: ListStore) -> None:
    sqlite_store.take_addresses([1])
    exchange = sqlite_store.running()
    sqlite_store.take_addresses([1, 2])
    hidden = _hide_newest_index(sqlite_store)
    assert exchange.refresh(), "keys and campaigns are taken all the same"
    assert "BREATHER_INTELLIGENCE" in exchange.lists_problem
    assert known_to(exchange, 1), "what was in force serves on"
    assert not known_to(exchange, 2)
    assert not exchange.refresh()
    hidden.rename(hidden.with_suffix(""))
    exchange.refresh()
    assert exchange.lists_problem == ""
    assert known_to(exchange, 2), "it is tried again at each poll"
    exchange.close()


def test_starting_without_the_files_is_not_knowing_rather_than_not_listed(sqlite_store: ListStore) -> None:
    sqlite_store.take_addresses([1])
    _hide_newest_index(sqlite_store)
    exchange = sqlite_store.running()
    assert exchange.snapshot.intelligence is None
    assert exchange.lists_problem
    exchange.close()


def _hide_newest_index(store: ListStore) -> Path:
    index = store.in_force().index
    assert index is not None
    path = store.folder.path / f"{index.name}.index"
    return path.rename(path.with_name(path.name + ".hidden"))
