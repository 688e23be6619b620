"""Taking a published list: read, questioned, compared, and put into force as a whole.

Step 0, an act of the operator. Everything is written beside what is in force and brought to the disk; one transaction
then names the new files. Killed anywhere before that commit, the previous snapshot serves on; after it, the new one.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from breather.domain.finding import Finding, Refused
from breather.domain.instant import Millis, format_instant
from breather.exchange.open_intelligence import opened
from breather.intelligence.claim_sorter import ClaimSorter
from breather.intelligence.importers.finding import NotThisFormat, Terms
from breather.intelligence.list_folder import ListFolder
from breather.intelligence.list_format import ListFormat
from breather.intelligence.list_reading import compare, content_of, files_of, read_list, sorted_into
from breather.intelligence.list_summary import Summary
from breather.intelligence.snapshot_file import SnapshotFile
from breather.storage.database import Database
from breather.storage.exchange.intelligence import InForce, ListRow, highest_number, lists_in_force, was_imported
from breather.storage.failure import Unavailable
from breather.storage.transaction import Transaction

STEP = 0
# A list that shrinks below four fifths, or grows beyond one and a half, is questioned; a few entries are not.
LEAST_PERCENT, MOST_PERCENT, TOO_FEW_TO_ASK = 80, 150, 20


class Accept(StrEnum):
    """What an import is refused for, until the operator says that it is meant."""

    OLDER = "older"
    SIZE = "size"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be imported. `expires_after` and `dated` are milliseconds; `dated` is for lists without a date.
    `number` is that of an agency's feed, after `open_feed` has verified it.
    """

    source: str
    format: ListFormat
    paths: Sequence[Path]
    terms: Terms
    expires_after: int | None = None
    dated: Millis | None = None
    accept: Collection[Accept] = ()
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """`changed` is False where exactly this was in force already. `before` is how many claims it had, if it was."""

    summary: Summary
    changed: bool
    before: int | None
    dated: Millis | None
    expires_at: Millis | None


@dataclass(frozen=True, slots=True)
class _Candidate:
    publication: Publication
    content: str
    snapshot: SnapshotFile
    summary: Summary
    dated: Millis | None


def take_list(
    database: Database, folder: ListFolder, publication: Publication, actor: str, salt: Callable[[], bytes]
) -> Taken:
    """Raises Refused with every question that `accept` does not answer, Busy, DamagedFile, FileNotFoundError.

    `salt` gives 16 random bytes, and is asked once in the life of a database.
    """
    with folder.alone() as work:
        with database.reading() as reader:
            rows = lists_in_force(reader)
        candidate = _read(work, folder, publication, rows, rows.index.salt if rows.index else salt())
        current = rows.list_named(publication.source)
        if current is not None and _is_the_same(current, candidate):
            candidate.summary.kept = candidate.summary.claims
            return Taken(candidate.summary, False, current.claims, current.dated, current.expires_at)
        with database.reading() as reader:
            seen = was_imported(reader, publication.source, candidate.content)
            _refuse_older_number(publication, highest_number(reader, publication.source), seen)
        _question(candidate, current, seen)
        compare(folder.snapshot(current.snapshot) if current else None, candidate.snapshot, candidate.summary)
        folder.keep(candidate.snapshot)
        return _put_into_force(database, folder, candidate, rows, actor)


def drop_lists(database: Database, folder: ListFolder, names: Collection[str], actor: str) -> None:
    """Take whole lists out of force. LookupError for a name that no list has."""
    with folder.alone():
        with database.reading() as reader:
            rows = lists_in_force(reader)
        for name in names:
            if rows.list_named(name) is None:
                raise LookupError(f"there is no list {name!r}; `breather intel list` names them")
        assert rows.index is not None, "a list is in force"
        left = [(each.name, each.snapshot) for each in rows.lists if each.name not in names]
        index = folder.index_of([snapshot for _, snapshot in left], rows.index.salt)
        with database.writing() as tx:
            _refuse_if_changed(tx, rows)
            for name in names:
                tx.run("drop_intelligence_list", name=name)
                tx.journal(STEP, "list-dropped", None, actor, msgspec.json.encode({"list": name}))
            claims = sum(each.claims for each in rows.lists if each.name not in names)
            tx.run("save_intelligence_index", name=index, salt=rows.index.salt, claims=claims)
            tx.run("raise_generation")
        _clean(folder, rows, index, [snapshot for _, snapshot in left])


def _read(work: Path, folder: ListFolder, publication: Publication, rows: InForce, salt: bytes) -> _Candidate:
    known = opened(rows, folder)
    allowed = (lambda scope, value: False) if Accept.ALLOWED in publication.accept else known.allows
    sorter = ClaimSorter(work, salt)
    try:
        files = files_of(publication.paths, publication.format)
        content = content_of(files)
        summary, own_date = read_list(files, publication.format, publication.terms, sorter, allowed)
    except NotThisFormat as wrong:
        raise Refused(str(wrong), ()) from None
    snapshot = sorted_into(work, sorter, summary)
    if not snapshot.count:
        reasons = ", ".join(f"{count} {reason}" for reason, count in summary.rejected.most_common())
        raise Refused(f"nothing of {publication.source} could be taken: {reasons or 'it has no rows'}", _first(summary))
    return _Candidate(publication, content, snapshot, summary, publication.dated or own_date)


def _first(summary: Summary) -> list[Finding]:
    return [
        Finding(f"{example.file}:{example.line}", reason, f"{example.text!r}: {example.message}")
        for reason, examples in summary.examples.items()
        for example in examples[:1]
    ]


def _is_the_same(current: ListRow, candidate: _Candidate) -> bool:
    return (
        current.content == candidate.content
        and current.snapshot == candidate.snapshot.path.stem
        and current.format == candidate.publication.format
    )


def _refuse_older_number(publication: Publication, highest: int | None, seen: bool) -> None:
    """Raises Refused for a feed that goes back, which no operator's word makes good: the agency numbers it."""
    number = publication.number
    if number is None or highest is None or number > highest or (number == highest and seen):
        return
    other = "another feed of that number was" if number == highest else f"number {highest} was"
    finding = Finding(publication.source, "older-number", f"is number {number}, and {other} in force already")
    raise Refused("the feed was not taken, and what was in force is", [finding])


def _question(candidate: _Candidate, current: ListRow | None, seen: bool) -> None:
    """Raises Refused with everything that nobody has accepted."""
    accept, findings = candidate.publication.accept, []
    if current is not None and Accept.OLDER not in accept:
        if seen and current.content != candidate.content:
            message = "was in force before and was replaced since; say --accept older to go back to it"
            findings.append(Finding(candidate.publication.source, "older", message))
        elif candidate.dated is not None and current.dated is not None and candidate.dated < current.dated:
            dates = f"of {format_instant(candidate.dated)}, and the one in force of {format_instant(current.dated)}"
            message = f"is {dates}; say --accept older to go back to it"
            findings.append(Finding(candidate.publication.source, "older", message))
    if current is not None and Accept.SIZE not in accept:
        now, was = candidate.summary.claims, current.claims
        small = abs(now - was) < TOO_FEW_TO_ASK
        if not small and not LEAST_PERCENT * was <= 100 * now <= MOST_PERCENT * was:
            message = f"has {now} entries where {was} are in force; if that is meant, say --accept size"
            findings.append(Finding(candidate.publication.source, "size", message))
    if findings:
        raise Refused("the list was not taken, and what was in force is", findings)


def _put_into_force(database: Database, folder: ListFolder, candidate: _Candidate, rows: InForce, actor: str) -> Taken:
    publication, snapshot = candidate.publication, candidate.snapshot
    # By code point, as both engines order them: the index counts its lists in the order of the rows.
    named = {**{each.name: each.snapshot for each in rows.lists}, publication.source: snapshot.path.stem}
    snapshots = [named[name] for name in sorted(named)]
    index = folder.index_of(snapshots, snapshot.salt)
    current = rows.list_named(publication.source)
    claims = sum(each.claims for each in rows.lists if each is not current) + snapshot.count
    with database.writing() as tx:
        _refuse_if_changed(tx, rows)
        expires = None if publication.expires_after is None else Millis(tx.now + publication.expires_after)
        summary = msgspec.json.encode(candidate.summary.counts())
        tx.run(
            "save_intelligence_list",
            name=publication.source,
            format=publication.format,
            snapshot=snapshot.path.stem,
            content=candidate.content,
            claims=snapshot.count,
            dated=candidate.dated,
            now=tx.now,
            expires_at=expires,
            summary=summary,
        )
        tx.run(
            "remember_intelligence_content",
            list=publication.source,
            content=candidate.content,
            now=tx.now,
            number=publication.number,
        )
        tx.run("save_intelligence_index", name=index, salt=snapshot.salt, claims=claims)
        tx.run("raise_generation")
        tx.journal(STEP, "list-taken", None, actor, _journalled(candidate, expires))
    _clean(folder, rows, index, snapshots)
    return Taken(candidate.summary, True, current.claims if current else None, candidate.dated, expires)


def _journalled(candidate: _Candidate, expires: Millis | None) -> bytes:
    publication = candidate.publication
    return msgspec.json.encode(
        {
            "list": publication.source,
            "format": publication.format,
            "content": candidate.content,
            "snapshot": candidate.snapshot.path.stem,
            "dated": candidate.dated,
            "number": publication.number,
            "expires_at": expires,
            "allows": publication.terms.allows,
            "accepted": sorted(publication.accept),
            "summary": candidate.summary.counts(),
        }
    )


def _refuse_if_changed(tx: Transaction, rows: InForce) -> None:
    """Two machines with a folder each may import into one database; the slower one has compared with the past."""
    if lists_in_force(tx).lists != rows.lists:
        raise Unavailable("the lists in force were changed meanwhile; import again")


def _clean(folder: ListFolder, rows: InForce, index: str, snapshots: Sequence[str]) -> None:
    """What was in force until now stays one more time: a process may be about to open it."""
    before = [rows.index.name] if rows.index else []
    folder.remove_all_but({index, *snapshots, *before, *(each.snapshot for each in rows.lists)})
