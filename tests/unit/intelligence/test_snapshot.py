"""From claims to a snapshot and back: nothing lost, nothing twice, in one order, and damage is named, never guessed."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.entry import ACTOR, HOST, Category, Claim, Confidence
from breather.domain.instant import DAY, Millis
from breather.domain.typology import Typology
from breather.intelligence.claim_record import read_claim, subject_of, write_claim
from breather.intelligence.claim_sorter import MOST_CLAIMS, ClaimSorter
from breather.intelligence.importers.finding import Reason, Rejected
from breather.intelligence.list_reading import compare, sorted_into
from breather.intelligence.list_summary import EXAMPLES, Summary
from breather.intelligence.snapshot_file import HEADER_LENGTH, DamagedFile, SnapshotFile
from tests.lists import NOW, SALT, eth

WHOLE = Claim(
    "ETH",
    eth(1),
    Category.SCAM,
    "Somebody",
    Typology.TASK_JOB,
    "northern",
    Confidence.LOW,
    NOW,
    Millis(NOW + DAY),
    True,
    ("NO", "HK"),
    "case 7",
)
SUBJECTS = st.sampled_from(
    [("ETH", eth(1)), ("ETH", eth(2)), ("BSC", eth(1)), (HOST, "bad.example"), (ACTOR, "northern")]
)
CLAIMS = st.builds(
    lambda subject, category, label, sure: Claim(subject[0], subject[1], category, label, confidence=sure),
    SUBJECTS,
    st.sampled_from([Category.SCAM, Category.EXCHANGE, Category.OTHER]),
    st.sampled_from(["", "a", "b", "c"]),
    st.sampled_from([None, Confidence.HIGH]),
)


def summed(claims: Iterable[Claim], folder: Path) -> tuple[SnapshotFile, Summary]:
    sorter, summary = ClaimSorter(folder, SALT), Summary()
    for claim in claims:
        sorter.add(claim)
        summary.read += 1
    return sorted_into(folder, sorter, summary), summary


def claims_of(snapshot: SnapshotFile) -> list[Claim]:
    return [read_claim(record) for _, record in snapshot.records()]


def first_said(claims: Sequence[Claim]) -> list[Claim]:
    """What is kept, said plainly: each thing about a subject once, as said first, and of things no more than eight."""
    kept: list[Claim] = []
    for one in claims:
        about = [other for other in kept if (other.scope, other.value) == (one.scope, one.value)]
        said = [(other.category, other.typology, other.label, other.allows) for other in about]
        if len(about) < MOST_CLAIMS and (one.category, one.typology, one.label, one.allows) not in said:
            kept.append(one)
    return kept


@settings(max_examples=20, deadline=None)
@given(st.lists(CLAIMS, max_size=60))
def test_every_claim_is_kept_repeated_or_beyond_the_eighth(claims: list[Claim]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        snapshot, summary = summed(claims, Path(folder))
        assert summary.claims + summary.repeated + summary.crowded == summary.read == len(claims)
        assert snapshot.count == summary.claims
        assert Counter(claims_of(snapshot)) == Counter(first_said(claims))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 40), unique=True, max_size=12), st.randoms(use_true_random=False))
def test_the_same_claims_in_any_order_are_the_same_file(numbers: list[int], dice: object) -> None:
    claims = [Claim("ETH", eth(number), Category.SCAM, str(number)) for number in numbers]
    turned = claims[::-1]
    dice.shuffle(turned)  # type: ignore[attr-defined]  # hypothesis gives a Random
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        first, second = summed(claims, Path(one))[0], summed(turned, Path(two))[0]
        assert first.path.name == second.path.name
        assert first.path.read_bytes() == second.path.read_bytes()
        keys = [key for key, _ in first.records()]
        assert keys == sorted(keys)


@settings(max_examples=20, deadline=None)
@given(st.sets(st.integers(1, 30)), st.sets(st.integers(1, 30)))
def test_what_was_added_removed_and_kept_adds_up_to_both_lists(old: set[int], new: set[int]) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        before, after = (
            summed([Claim("ETH", eth(number), Category.SCAM) for number in sorted(numbers)], Path(folder))[0]
            for numbers, folder in ((old, one), (new, two))
        )
        summary = Summary()
        compare(before, after, summary)
        assert (summary.added, summary.removed, summary.kept) == (len(new - old), len(old - new), len(old & new))
        assert len(summary.gone) == min(EXAMPLES, len(old - new))
        assert set(summary.gone) <= {eth(number) for number in old - new}
        first = Summary()
        compare(None, after, first)
        assert (first.added, first.removed, first.kept) == (len(new), 0, 0)


def test_a_claim_whose_words_changed_is_one_removed_and_one_added(tmp_path: Path) -> None:
    same = Claim("ETH", eth(2), Category.SCAM)
    for name in "ab":
        (tmp_path / name).mkdir()
    before = summed([Claim("ETH", eth(1), Category.SCAM), same], tmp_path / "a")[0]
    after = summed([Claim("ETH", eth(1), Category.EXCHANGE), same], tmp_path / "b")[0]
    summary = Summary()
    compare(before, after, summary)
    assert (summary.added, summary.removed, summary.kept, summary.gone) == (1, 1, 1, [eth(1)])


def test_a_list_larger_than_what_is_held_in_memory_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("breather.intelligence.claim_sorter._BUFFERED", 100)
    claims = [Claim("ETH", eth(number % 300), Category.SCAM, "x" * (number % 7)) for number in range(900)]
    snapshot, summary = summed(claims, tmp_path)
    assert Counter(claims_of(snapshot)) == Counter(first_said(claims))
    assert summary.claims + summary.repeated == 900
    assert [path.name for path in tmp_path.iterdir()] == [snapshot.path.name], "nothing is left beside it"


def test_a_claim_comes_back_as_it_was_with_every_field() -> None:
    assert read_claim(write_claim(WHOLE)) == WHOLE
    assert subject_of(write_claim(WHOLE)) == ("ETH", eth(1))
    bare = Claim(HOST, "bad.example", Category.OTHER)
    assert read_claim(write_claim(bare)) == bare
    assert len(write_claim(bare)) < len(write_claim(WHOLE))


@pytest.mark.parametrize("record", [b"", b"\x00", b"\x93\x01\x02\x03", b"\x93\xa3ETH\xa1a\xa6nobody", b"\x91\xa3ETH"])
def test_bytes_that_are_no_claim_are_no_claim(record: bytes) -> None:
    with pytest.raises(ValueError, match="a record of the snapshot cannot be read"):
        read_claim(record)


def changed(snapshot: SnapshotFile, cut: int | None = None, at: int = 0, to: bytes = b"") -> SnapshotFile:
    content = bytearray(snapshot.path.read_bytes())
    content[at : at + len(to)] = to
    path = snapshot.path.with_name("changed.list")
    path.write_bytes(content[:cut])
    return SnapshotFile(path)


def test_a_file_that_was_cut_or_changed_is_damaged_wherever_that_was(tmp_path: Path) -> None:
    snapshot = summed([Claim("ETH", eth(number), Category.SCAM) for number in range(3)], tmp_path)[0]
    size = snapshot.path.stat().st_size
    last = [offset for _, offset in snapshot.places()][-1]
    for cut in (0, HEADER_LENGTH - 1):
        with pytest.raises(DamagedFile, match="which is no snapshot of a list"):
            changed(snapshot, cut)
    with pytest.raises(DamagedFile, match="begins with"):
        changed(snapshot, at=0, to=b"X")
    for cut in (HEADER_LENGTH, last, last + 11):
        with pytest.raises(DamagedFile, match="fewer records than the 3"):
            list(changed(snapshot, cut).places())
    with pytest.raises(DamagedFile, match=f"{size} would be right"):
        list(changed(snapshot, size - 1).places())
    with pytest.raises(DamagedFile, match="is not in order at byte"):
        list(changed(snapshot, at=last, to=bytes(8)).places())
    with pytest.raises(DamagedFile, match=f"{last} would be right"):
        list(changed(snapshot, at=HEADER_LENGTH - 1, to=b"\x02").places())


def test_a_place_outside_the_file_is_damage_and_not_an_empty_claim(tmp_path: Path) -> None:
    snapshot = summed([WHOLE], tmp_path)[0]
    size = snapshot.path.stat().st_size
    assert read_claim(snapshot.claim_at(HEADER_LENGTH)) == WHOLE
    with pytest.raises(DamagedFile, match=f"ends before byte {size}"):
        snapshot.claim_at(size)
    with pytest.raises(DamagedFile, match="ends within a record"):
        changed(snapshot, size - 1).claim_at(HEADER_LENGTH)


def test_a_summary_counts_everything_and_shows_the_first_of_each_reason() -> None:
    summary = Summary(rows=10)
    for line in range(1, 8):
        summary.reject("a.csv", Rejected.of(Reason.BAD_ADDRESS, line, f"t{line}", "m"))
    for reason in (Reason.UNREADABLE, Reason.TOO_LONG, Reason.ENCODING, Reason.EXPIRED):
        summary.reject("b.csv", Rejected.of(reason, 1, "", "m"))
    assert summary.rows == 13, "what could not be read as a row was one; an address of a row was not"
    assert [example.line for example in summary.examples["bad-address"]] == [1, 2, 3, 4, 5]
    assert summary.counts()["rejected"] == {
        "bad-address": 7,
        "encoding": 1,
        "expired": 1,
        "too-long": 1,
        "unreadable": 1,
    }
    assert "examples" not in summary.counts(), "other people's words do not enter the journal"


def test_what_stood_there_is_shown_short_and_never_as_commands_to_a_terminal() -> None:
    exact, longer = (Rejected.of(Reason.BAD_ADDRESS, 1, "x" * length, "y" * 400) for length in (80, 81))
    assert (exact.text, longer.text) == ("x" * 80, "x" * 80 + "…")
    assert len(exact.message) == 300
    assert Rejected.of(Reason.BAD_ADDRESS, 1, "a\x1b[31m\u202eb", "").text == "a\ufffd[31m\ufffdb"
