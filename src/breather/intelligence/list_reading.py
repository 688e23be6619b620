"""From published files to one sorted snapshot, with a summary; nothing is in force by it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType

from breather.domain.entry import HOST, Claim
from breather.domain.instant import Millis
from breather.intelligence.claim_record import read_claim
from breather.intelligence.claim_sorter import ClaimSorter
from breather.intelligence.importers.finding import Dated, NotThisFormat, Reason, Rejected, Row, Terms
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.list_format import IMPORTERS, ListFormat, check_format
from breather.intelligence.list_summary import EXAMPLES, Summary
from breather.intelligence.snapshot_file import SnapshotFile

# Whether an allow list names the subject of an accusation as a service.
Allowed = Callable[[str, str], bool]
_SUFFIXES: Mapping[ListFormat, str] = MappingProxyType({ListFormat.TAGPACK: ".yaml", ListFormat.OFAC: ".txt"})


def files_of(paths: Sequence[Path], wanted: ListFormat) -> list[ListFile]:
    """The files, and those of folders that have the format's suffix, in the order of their names.

    Raises FileNotFoundError, and NotThisFormat for a folder of a format whose lists are single files.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            if wanted not in _SUFFIXES:
                raise NotThisFormat(f"{path} is a folder; a list of the format {wanted} is a file")
            inside = sorted(each for each in path.rglob(f"*{_SUFFIXES[wanted]}") if each.is_file())
            if not inside:
                raise NotThisFormat(f"{path} has no file that ends in {_SUFFIXES[wanted]}")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise FileNotFoundError(f"there is no file {path}")
    return [ListFile(path) for path in found]


def content_of(files: Sequence[ListFile]) -> str:
    """SHA-256 over names and bytes, hexadecimal: the same publication gives the same."""
    whole = hashlib.sha256()
    for file in files:
        with file.path.open("rb") as opened:
            whole.update(f"{file.name}\n{hashlib.file_digest(opened, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()


def read_list(
    files: Sequence[ListFile], wanted: ListFormat, terms: Terms, sorter: ClaimSorter, allowed: Allowed
) -> tuple[Summary, Millis | None]:
    """What the files say, given to the sorter; and the list's own date. Raises NotThisFormat for the first bad file."""
    for file in files:
        check_format(file, wanted)
    summary = Summary()
    dates: list[Millis] = []
    for file in files:
        for found in IMPORTERS[wanted](file, terms):
            match found:
                case Row():
                    summary.rows += 1
                case Claim() if found.accuses and allowed(found.scope, found.value):
                    message = "an allow list names it as a service"
                    summary.reject(file.name, Rejected.of(Reason.ALLOWED, 0, found.value, message))
                case Claim():
                    summary.read += 1
                    summary.services += found.allows and found.scope == HOST
                    sorter.add(found)
                case Rejected():
                    summary.reject(file.name, found)
                case Dated():
                    dates = [max([found.at, *dates])]
    return summary, dates[0] if dates else None


def sorted_into(folder: Path, sorter: ClaimSorter, summary: Summary) -> SnapshotFile:
    """The snapshot under the SHA-256 of its bytes; the same claims give the same file. Fills in the summary."""
    unnamed = folder / "unnamed.list"
    sorter.write(unnamed)
    summary.claims, summary.repeated, summary.crowded = sorter.taken, sorter.repeated, sorter.crowded
    with unnamed.open("rb") as file:
        name = hashlib.file_digest(file, "sha256").hexdigest()
    named = folder / f"{name}.list"
    unnamed.replace(named)
    return SnapshotFile(named)


def compare(before: SnapshotFile | None, after: SnapshotFile, summary: Summary) -> None:
    """Counts what was added, removed and kept. A claim whose words changed is one removed and one added."""
    old = _keyed(before)
    new = _keyed(after)
    was, now = next(old, None), next(new, None)
    while was is not None or now is not None:
        if was == now:
            summary.kept += 1
            was, now = next(old, None), next(new, None)
        elif now is None or (was is not None and was < now):
            assert was is not None
            summary.removed += 1
            if len(summary.gone) < EXAMPLES:
                summary.gone.append(read_claim(was[1]).value)
            was = next(old, None)
        else:
            summary.added += 1
            now = next(new, None)


def _keyed(snapshot: SnapshotFile | None) -> Iterator[tuple[int, bytes]]:
    """In one order for both: a snapshot has claims of one key in the order of their rows."""
    if snapshot is None:
        return
    for _, group in groupby(snapshot.records(), key=itemgetter(0)):
        yield from sorted(group)
