"""The index finds exactly what was sorted into it: nobody else, however near, and nothing of a damaged file."""

import gc
import random
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breather.domain.entry import ACTOR, HOST, Category, Claim, Confidence
from breather.domain.instant import Millis
from breather.domain.typology import Typology
from breather.intelligence import address_index
from breather.intelligence.address_index import AddressIndex, bits_for, build_index, sieve_bits_for
from breather.intelligence.claim_record import read_claim, subject_of, write_claim
from breather.intelligence.claim_sorter import MOST_CLAIMS, ClaimSorter
from breather.intelligence.snapshot_file import DamagedFile, SnapshotFile
from breather.intelligence.subject_key import key_of, seed
from tests.lists import SALT, eth, tron


def snapshot(folder: Path, name: str, said: Iterable[Claim]) -> SnapshotFile:
    sorter = ClaimSorter(folder, SALT)
    for claim in said:
        sorter.add(claim)
    sorter.write(folder / f"{name}.list")
    return SnapshotFile(folder / f"{name}.list")


def index(folder: Path, *lists: SnapshotFile) -> AddressIndex:
    build_index(folder, "all", lists)
    return AddressIndex(folder, "all", lists)


def found(opened: AddressIndex, scope: str, value: str) -> list[tuple[int, str]]:
    return [(number, read_claim(claim).label) for number, claim in opened.find(scope, value)]


WHOLE = Claim(
    "ETH",
    eth(1),
    Category.SCAM,
    "a name",
    Typology.INVESTMENT,
    "somebody",
    Confidence.LOW,
    Millis(1),
    Millis(2),
    True,
    ("HK", "MO"),
    "https://list.example",
)


def test_a_claim_survives_being_written() -> None:
    assert read_claim(write_claim(WHOLE)) == WHOLE
    assert subject_of(write_claim(WHOLE)) == ("ETH", eth(1))
    assert write_claim(WHOLE) == write_claim(read_claim(write_claim(WHOLE)))
    for damaged in (b"", b"\xff", write_claim(WHOLE)[:-1]):
        with pytest.raises(ValueError, match="cannot be read"):
            read_claim(damaged)


@given(
    st.lists(
        st.tuples(st.sampled_from(["ETH", "BSC", HOST, ACTOR]), st.integers(0, 40), st.integers(0, 2)), max_size=120
    )
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_says_what_a_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, int, int]]
) -> None:
    """Three lists that say a label each, in any order and repeatedly."""
    folder = tmp_path_factory.mktemp("lists")
    lists = [
        snapshot(folder, f"l{one}", [Claim(scope, str(value), Category.SCAM, f"by {one}") for scope, value, by in said
                                     if by == one])
        for one in range(3)
    ]  # fmt: skip
    opened = index(folder, *lists)
    expected = {
        (scope, value): sorted({by for s, v, by in said if (s, v) == (scope, value)}) for scope, value, _ in said
    }
    for scope in ("ETH", "BSC", HOST, ACTOR):
        for value in range(41):
            wanted = [(by, f"by {by}") for by in expected.get((scope, value), [])]
            assert found(opened, scope, str(value)) == wanted
    assert opened.count == sum(each.count for each in lists) == sum(map(len, expected.values()))


def test_a_stranger_with_the_same_fingerprint_is_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With fingerprints of no bits at all, everybody in a bucket has the same one: only the comparison is left."""
    monkeypatch.setattr(address_index, "_FINGERPRINT", 0)
    monkeypatch.setattr(address_index, "_IN_BUCKET", 64)
    listed = [eth(number) for number in range(300)]
    opened = index(tmp_path, snapshot(tmp_path, "a", [Claim("ETH", each, Category.SCAM) for each in listed]))
    monkeypatch.setattr(AddressIndex, "find", _find_without_fingerprints)
    assert all(len(opened.find("ETH", each)) == 1 for each in listed)
    assert not any(opened.find("ETH", eth(number)) for number in range(300, 900))


def _find_without_fingerprints(self: AddressIndex, scope: str, value: str) -> tuple[address_index.Hit, ...]:
    key = key_of(seed(SALT, scope), value)
    bucket = key >> self._to_bucket
    return self._compared(self._table[bucket], self._table[bucket + 1], (scope, value))


def test_a_label_belongs_to_its_network_and_its_spelling(tmp_path: Path) -> None:
    opened = index(tmp_path, snapshot(tmp_path, "a", [Claim("ETH", eth(1), Category.SCAM, "there")]))
    assert found(opened, "ETH", eth(1)) == [(0, "there")]
    for scope, value in (("BSC", eth(1)), ("ETH", eth(1).lower()), (HOST, eth(1)), ("ETH", ""), ("ETH", eth(1) + " ")):
        assert found(opened, scope, value) == []
    with pytest.raises(KeyError):
        opened.find("NOWHERE", eth(1))


def test_nobody_is_in_an_empty_index(tmp_path: Path) -> None:
    assert found(index(tmp_path), "ETH", eth(1)) == []
    assert found(index(tmp_path, snapshot(tmp_path, "a", [])), "ETH", eth(1)) == []


def test_ten_million_fit_in_seventy_megabytes() -> None:
    """By arithmetic; `python -m bench intelligence` weighs the file."""
    count = 10_000_000
    assert 4 * (count + (1 << bits_for(count))) + (1 << sieve_bits_for(count)) < 70_000_000
    assert [bits_for(each) for each in (0, 7, 8, 16, 10**12)] == [0, 0, 1, 2, 28]
    assert [sieve_bits_for(each) for each in (0, 3, 4, 7, 8)] == [2, 2, 3, 3, 4]


def test_the_sieve_sends_nine_strangers_of_ten_away_and_nobody_who_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = index(tmp_path, snapshot(tmp_path, "a", [Claim("ETH", eth(each), Category.SCAM) for each in range(700)]))
    passed: list[tuple[str, str]] = []
    monkeypatch.setattr(AddressIndex, "_searched", lambda _, key, subject: passed.append(subject))
    for number in range(2_000):
        opened.find("ETH", eth(number))
    asked = {value for _, value in passed}
    assert {eth(number) for number in range(700)} <= asked
    assert 0 < len(asked) - 700 < 200


def test_what_is_said_again_stays_once_and_a_ninth_thing_about_one_address_not_at_all(tmp_path: Path) -> None:
    sorter = ClaimSorter(tmp_path, SALT)
    for number in range(MOST_CLAIMS + 3):
        for _ in range(2):
            sorter.add(Claim("ETH", eth(1), Category.SCAM, f"name {number}"))
    sorter.add(Claim("ETH", eth(2), Category.SCAM))
    sorter.write(tmp_path / "a.list")
    assert (sorter.taken, sorter.crowded) == (MOST_CLAIMS + 1, 6)
    assert sorter.repeated == MOST_CLAIMS
    assert [label for _, label in found(index(tmp_path, SnapshotFile(tmp_path / "a.list")), "ETH", eth(1))] == [
        f"name {number}" for number in range(MOST_CLAIMS)
    ]


def test_what_goes_to_disk_in_between_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = [Claim("TRON", tron(number), Category.SCAM, "x" * 50) for number in range(400)]
    whole = snapshot(tmp_path, "whole", said).path.read_bytes()
    monkeypatch.setattr("breather.intelligence.claim_sorter._BUFFERED", 100)
    shuffled = random.Random(1).sample(said, len(said))
    spilled = snapshot(tmp_path, "spilled", shuffled)
    assert spilled.path.read_bytes() == whole
    assert {path.name for path in tmp_path.iterdir()} == {"whole.list", "spilled.list"}


@pytest.mark.parametrize("suffix", [".list", ".index", ".where"])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, suffix: str) -> None:
    index(tmp_path, snapshot(tmp_path, "all", [Claim("ETH", eth(number), Category.SCAM) for number in range(50)]))
    path = tmp_path / f"all{suffix}"
    content = path.read_bytes()
    for length in (0, 5, 20, len(content) - 1):
        path.write_bytes(content[:length])
        with pytest.raises(DamagedFile):
            _read_all(tmp_path)
    path.write_bytes(b"\0" * 8 + content[8:])
    if suffix != ".where":
        with pytest.raises(DamagedFile):
            _read_all(tmp_path)


def _read_all(folder: Path) -> None:
    lists = [SnapshotFile(folder / "all.list")]
    assert len(list(lists[0].records())) == lists[0].count
    AddressIndex(folder, "all", lists)


def test_an_index_of_other_lists_is_refused(tmp_path: Path) -> None:
    index(tmp_path, snapshot(tmp_path, "a", [Claim("ETH", eth(1), Category.SCAM)]))
    with pytest.raises(DamagedFile, match="of its lists"):
        AddressIndex(tmp_path, "all", [snapshot(tmp_path, "b", [])])


def test_lists_sorted_with_another_salt_cannot_be_joined(tmp_path: Path) -> None:
    one = snapshot(tmp_path, "a", [Claim("ETH", eth(1), Category.SCAM)])
    other = ClaimSorter(tmp_path, bytes(16))
    other.write(tmp_path / "b.list")
    with pytest.raises(ValueError, match="salt"):
        build_index(tmp_path, "all", [one, SnapshotFile(tmp_path / "b.list")])


def test_who_has_it_open_keeps_it_when_its_files_are_gone(tmp_path: Path) -> None:
    opened = index(tmp_path, snapshot(tmp_path, "a", [Claim("ETH", eth(1), Category.SCAM, "still")]))
    for path in list(tmp_path.iterdir()):
        path.unlink()
    gc.collect()
    assert found(opened, "ETH", eth(1)) == [(0, "still")]


def test_the_salt_changes_where_everybody_is() -> None:
    assert key_of(seed(SALT, "ETH"), eth(1)) != key_of(seed(bytes(16), "ETH"), eth(1))
    assert key_of(seed(SALT, "ETH"), eth(1)) != key_of(seed(SALT, "BSC"), eth(1))
    with pytest.raises(ValueError, match="16"):
        seed(b"short", "ETH")
