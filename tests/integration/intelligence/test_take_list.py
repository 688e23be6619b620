"""Putting a list into force: what is counted, what is questioned, and that it happens as a whole or not at all."""

from pathlib import Path

import pytest

from breather.domain.entry import Standing
from breather.domain.finding import Refused
from breather.domain.instant import DAY, Millis, parse_instant
from breather.exchange.rule_entry import Subject, explain, reinstate, rule
from breather.exchange.take_list import Accept, Publication, drop_lists
from breather.intelligence.importers.finding import Terms
from breather.intelligence.list_folder import Busy
from breather.intelligence.list_format import ListFormat
from breather.intelligence.snapshot_file import DamagedFile
from breather.storage.exchange.intelligence import Ruling
from tests.list_store import ListStore
from tests.lists import NOW, eth, tagpack, written


def test_what_was_added_removed_and_kept(store: ListStore) -> None:
    first = store.take_addresses(range(10))
    assert (first.summary.rows, first.summary.claims, first.summary.added) == (10, 10, 10)
    second = store.take_addresses([*range(2, 12), 2, 3])
    summary = second.summary
    assert (summary.rows, summary.read, summary.claims, summary.repeated) == (12, 12, 10, 2)
    assert (summary.added, summary.removed, summary.kept) == (2, 2, 8)
    assert set(summary.gone) == {eth(0), eth(1)}


def test_who_is_delisted_is_found_no_more(store: ListStore) -> None:
    store.take_addresses(range(5))
    assert len(store.find(eth(4))) == 1
    store.take_addresses(range(4))
    assert store.find(eth(4)) == ()
    assert len(store.find(eth(3))) == 1


def test_the_same_again_changes_nothing(store: ListStore) -> None:
    store.take_addresses(range(5), expires_after=90 * DAY)
    before, files = store.in_force(), _files(store)
    store.wait(1)
    again = store.take_addresses(range(5), expires_after=90 * DAY)
    assert not again.changed
    assert (again.summary.added, again.summary.removed, again.summary.kept) == (0, 0, 5)
    assert store.in_force() == before
    assert _files(store) == files
    assert [kind for kind, _ in store.journal()] == ["list-taken"]


def test_the_import_is_in_the_journal_with_its_numbers(store: ListStore) -> None:
    store.take_addresses(range(3), expires_after=DAY)
    ((kind, body),) = store.journal()
    assert kind == "list-taken"
    assert (body["list"], body["format"], body["expires_at"]) == ("ofac", "ofac", NOW + DAY)
    assert body["summary"]["claims"] == 3
    assert body["accepted"] == []


def test_an_older_date_is_refused_until_it_is_meant(store: ListStore) -> None:
    store.take_addresses(range(3), dated=parse_instant("2026-02-01T00:00:00Z"))
    with pytest.raises(Refused, match="--accept older") as refused:
        store.take_addresses(range(4), dated=parse_instant("2026-01-01T00:00:00Z"))
    assert "2026-01-01" in str(refused.value)
    assert len(store.find(eth(2))) == 1
    assert store.find(eth(3)) == ()
    store.take_addresses(range(4), dated=parse_instant("2026-01-01T00:00:00Z"), accept=[Accept.OLDER])
    assert len(store.find(eth(3))) == 1


def test_a_list_s_own_date_is_the_latest_that_it_names(store: ListStore) -> None:
    def take(day: str, number: int) -> None:
        tags = f"- address: {eth(number)}\n  currency: ETH\n  lastmod: {day}\n"
        path = written(store.files, "a.yaml", tagpack(tags, "lastmod: 2020-01-01\nabuse: scam\n"))
        store.take(Publication("pack", ListFormat.TAGPACK, [path], Terms()))

    take("2026-01-02", 1)
    with pytest.raises(Refused, match="2026-01-01"):
        take("2026-01-01", 2)
    take("2026-01-02", 3)


def test_a_content_that_was_replaced_does_not_come_back_unasked(store: ListStore) -> None:
    store.take_addresses(range(3))
    store.take_addresses(range(4))
    with pytest.raises(Refused, match="replaced since"):
        store.take_addresses(range(3))
    store.take_addresses(range(3), accept=[Accept.OLDER])
    assert store.find(eth(3)) == ()


@pytest.mark.parametrize(("count", "questioned"), [(79, True), (80, False), (150, False), (151, True), (10, True)])
def test_a_list_that_changes_size_abruptly_is_questioned_with_the_numbers(
    sqlite_store: ListStore, count: int, questioned: bool
) -> None:
    sqlite_store.take_addresses(range(100))
    if questioned:
        with pytest.raises(Refused, match=f"{count} entries where 100 are in force"):
            sqlite_store.take_addresses(range(count))
        assert sqlite_store.in_force().lists[0].claims == 100
    sqlite_store.take_addresses(range(count), accept=[Accept.SIZE])
    assert sqlite_store.in_force().lists[0].claims == count


def test_a_few_entries_more_or_less_are_no_question(sqlite_store: ListStore) -> None:
    sqlite_store.take_addresses(range(2))
    sqlite_store.take_addresses(range(21))


def test_everything_questioned_is_said_at_once(sqlite_store: ListStore) -> None:
    sqlite_store.take_addresses(range(100))
    sqlite_store.take_addresses(range(101))
    sqlite_store.take_addresses(range(10), accept=[Accept.SIZE])
    with pytest.raises(Refused) as refused:
        sqlite_store.take_addresses(range(100))
    assert {finding.code for finding in refused.value.findings} == {"older", "size"}


def test_an_allowed_service_is_not_accused_without_a_question(store: ListStore) -> None:
    store.take_services([1])
    taken = store.take_addresses([1, 2])
    assert taken.summary.rejected == {"allowed": 1}
    assert taken.summary.examples["allowed"][0].text == eth(1)
    assert [entry.source for entry in store.find(eth(1))] == ["services"]
    store.take_addresses([1, 2], accept=[Accept.ALLOWED])
    assert {entry.source: entry.standing for entry in store.find(eth(1))} == {
        "ofac": Standing.QUESTIONED,
        "services": Standing.STANDS,
    }


def test_an_allow_list_that_comes_later_questions_what_is_there(store: ListStore) -> None:
    store.take_addresses([1])
    store.take_services([1])
    assert [entry.standing for entry in store.find(eth(1))] == [Standing.QUESTIONED, Standing.STANDS]


def test_lists_expire_by_their_own_time(store: ListStore) -> None:
    store.take_addresses([1], "a", expires_after=2 * DAY)
    store.take_addresses([1], "b")
    store.wait(1)
    assert {entry.source for entry in store.find(eth(1))} == {"a", "b"}
    store.wait(1)
    assert {entry.source for entry in store.find(eth(1))} == {"b"}


def test_what_was_withdrawn_stays_so_when_the_list_comes_again(store: ListStore) -> None:
    store.take_addresses(range(3), "a")
    store.take_addresses([1], "b")
    subject = Subject("ETH", eth(1))
    rule(store.database, store.folder, "a", subject, (Ruling.WITHDRAWN, "a hot wallet of ours", "operator"))
    store.take_addresses(range(4), "a")
    assert {entry.source for entry in store.find(eth(1))} == {"b"}
    rule(store.database, store.folder, "b", subject, (Ruling.CONTESTED, "the owner wrote", "operator"))
    assert [entry.standing for entry in store.find(eth(1))] == [Standing.CONTESTED]
    everything = explain(store.database, store.folder, subject, store.time)
    assert [(entry.source, entry.standing, entry.because) for entry in everything] == [
        ("a", Standing.WITHDRAWN, "a hot wallet of ours"),
        ("b", Standing.CONTESTED, "the owner wrote"),
    ]
    reinstate(store.database, "a", subject, "operator")
    assert {entry.source for entry in store.find(eth(1))} == {"a", "b"}
    assert [kind for kind, _ in store.journal() if kind.startswith("entry-")] == [
        "entry-withdrawn",
        "entry-contested",
        "entry-reinstated",
    ]


def test_only_what_is_said_can_be_withdrawn_or_reinstated(sqlite_store: ListStore) -> None:
    sqlite_store.take_addresses([1])
    said = (Ruling.WITHDRAWN, "because", "operator")
    with pytest.raises(LookupError, match="says nothing about"):
        rule(sqlite_store.database, sqlite_store.folder, "ofac", Subject("ETH", eth(2)), said)
    with pytest.raises(LookupError, match="about it speaks ofac"):
        rule(sqlite_store.database, sqlite_store.folder, "other", Subject("ETH", eth(1)), said)
    with pytest.raises(LookupError, match="nothing was withdrawn"):
        reinstate(sqlite_store.database, "ofac", Subject("ETH", eth(1)), "operator")
    for because in ("", " ", "x" * 501, "a\nb"):
        ruled = (Ruling.CONTESTED, because, "operator")
        with pytest.raises(ValueError, match="reason"):
            rule(sqlite_store.database, sqlite_store.folder, "ofac", Subject("ETH", eth(1)), ruled)


def test_a_whole_list_can_be_dropped(store: ListStore) -> None:
    store.take_addresses([1], "a")
    store.take_addresses([1, 2], "b")
    drop_lists(store.database, store.folder, {"a"}, "operator")
    assert {entry.source for entry in store.find(eth(1))} == {"b"}
    drop_lists(store.database, store.folder, {"b"}, "operator")
    assert store.find(eth(1)) == ()
    with pytest.raises(LookupError, match="intel list"):
        drop_lists(store.database, store.folder, {"a"}, "operator")
    store.take_addresses([3], "a")
    assert len(store.find(eth(3))) == 1


def test_nothing_to_take_is_refused_with_the_first_reasons(sqlite_store: ListStore) -> None:
    path = written(sqlite_store.files, "sanctioned_addresses_ZEC.txt", "t1a\nt1b\n")
    with pytest.raises(Refused, match=r"2 unknown-network(.|\n)*_ZEC.txt:1: 't1a'"):
        sqlite_store.take(Publication("zec", ListFormat.OFAC, [path], Terms()))
    assert sqlite_store.in_force().lists == ()
    assert sqlite_store.in_force().index is None


def test_a_wrong_format_leaves_what_is_in_force(sqlite_store: ListStore) -> None:
    sqlite_store.take_addresses([1])
    path = written(sqlite_store.files, "a.yaml", tagpack(f"- address: {eth(2)}\n"))
    with pytest.raises(Refused, match="not look like forta, but like tagpack"):
        sqlite_store.take(Publication("ofac", ListFormat.FORTA, [path], Terms()))
    assert len(sqlite_store.find(eth(1))) == 1


def test_one_import_at_a_time(sqlite_store: ListStore) -> None:
    with sqlite_store.folder.alone(), pytest.raises(Busy, match="under way"):
        sqlite_store.take_addresses([1])
    sqlite_store.take_addresses([1])


def test_only_what_is_in_force_and_was_before_stays_on_the_disk(sqlite_store: ListStore) -> None:
    for count in range(1, 6):
        sqlite_store.take_addresses(range(count))
    lists = [name for name in _files(sqlite_store) if name.endswith(".list")]
    assert len(lists) == 2
    assert len(_files(sqlite_store)) == 2 * 3 + 1  # list, index and where of two, and the lock


def test_a_lost_file_is_named_and_dropping_the_list_heals(sqlite_store: ListStore) -> None:
    sqlite_store.take_addresses([1], "a")
    sqlite_store.take_addresses([2], "b")
    lost = next(each.snapshot for each in sqlite_store.in_force().lists if each.name == "a")
    (sqlite_store.folder.path / f"{lost}.list").unlink()
    with pytest.raises(DamagedFile, match="BREATHER_INTELLIGENCE"):
        sqlite_store.find(eth(2))
    drop_lists(sqlite_store.database, sqlite_store.folder, {"a"}, "operator")
    assert len(sqlite_store.find(eth(2))) == 1
    sqlite_store.take_addresses([1], "a")
    assert len(sqlite_store.find(eth(1))) == 1


def test_a_folder_of_packs_is_one_list(sqlite_store: ListStore) -> None:
    packs = sqlite_store.files / "packs" / "below"
    packs.mkdir(parents=True)
    for number in (1, 2):
        tags = f"- address: {eth(number)}\n  currency: ETH\n"
        written(packs if number == 2 else packs.parent, f"{number}.yaml", tagpack(tags, "abuse: scam\n"))
    taken = sqlite_store.take(Publication("packs", ListFormat.TAGPACK, [packs.parent], Terms()))
    assert taken.summary.claims == 2
    with pytest.raises(FileNotFoundError):
        sqlite_store.take(Publication("packs", ListFormat.TAGPACK, [Path("nowhere")], Terms()))
    with pytest.raises(Refused, match="is a file"):
        sqlite_store.take(Publication("packs", ListFormat.FORTA, [packs], Terms()))


def test_a_list_may_end_at_the_instant_it_says(sqlite_store: ListStore) -> None:
    sqlite_store.take_addresses([1], expires_after=DAY)
    sqlite_store.time = Millis(NOW + DAY - 1)
    assert len(sqlite_store.find(eth(1))) == 1
    sqlite_store.time = Millis(NOW + DAY)
    assert sqlite_store.find(eth(1)) == ()


def _files(store: ListStore) -> list[str]:
    return sorted(path.name for path in store.folder.path.iterdir())
