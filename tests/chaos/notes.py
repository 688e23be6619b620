"""What `disk.c` has noted, and what a power cut at a moment of it leaves of the files.

A file has bytes that a sync has covered, and what was done to it later, of which an adversary keeps what he likes: each
write whole, in part (sectors of 512 bytes), or not at all. So have folders: a name that was given, changed or taken
away lasts once its folder was synced, or the file under it, as on the journaling file systems of Linux; before, those
that come first may have lasted.
"""

import os.path
import random
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum, auto
from pathlib import Path

SECTOR = 512
MAGIC = b"DISKNOTE"
_HEAD = struct.Struct("8sIIIIqq")  # as `struct head` in disk.c


class Kind(IntEnum):
    MARK = 0
    CREATE = 1
    WRITE = 2
    RESIZE = 3
    UNLINK = 4
    RENAME = 5
    MKDIR = 6
    SYNC = 7
    SYNCED = 8


class Kept(StrEnum):
    """How much of what was not synced is there after the cut."""

    NOTHING = auto()
    SOME = auto()
    ALL = auto()  # as after kill -9


@dataclass(frozen=True, slots=True)
class Note:
    kind: Kind
    path: str
    other: str
    data: bytes
    offset: int
    number: int


@dataclass(frozen=True)
class Left:
    """`files` by path (None: a folder), and the marks that were made before."""

    at: int
    kept: Kept
    files: Mapping[str, bytes | None]
    marks: Sequence[str]
    root: Path

    def write(self, folder: Path) -> Path:
        """The same under another folder, which it makes."""
        folder.mkdir(parents=True)
        for path, content in sorted(self.files.items()):
            target = folder / Path(path).relative_to(self.root)
            if content is None:
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        return folder


# Which moments, of so many notes (each a cut just before the note of that number), and what is kept at each.
Moments = Callable[[Sequence[Note]], Iterable[tuple[int, Kept]]]


def read_notes(log: bytes) -> list[Note]:
    """In order. A note that a killed process left in half is passed over: what it tells of was not synced."""
    found, at = [], 0
    while at + _HEAD.size <= len(log):
        magic, kind, path, other, data, offset, number = _HEAD.unpack_from(log, at)
        body = at + _HEAD.size
        end = body + path + other + data
        whole = magic == MAGIC and (end == len(log) or log[end : end + len(MAGIC)] == MAGIC)
        if not whole:
            at = log.find(MAGIC, at + 1)
            if at < 0:
                break
            continue
        name = os.path.normpath(log[body : body + path].decode()) if path else ""
        target = os.path.normpath(log[body + path : body + path + other].decode()) if other else ""
        found.append(Note(Kind(kind), name, target, log[body + path + other : end], offset, number))
        at = end
    return found


@dataclass(eq=False)
class File:
    """`later`: notes that no sync has covered. `done`: how many were, since the beginning."""

    synced: bytearray = field(default_factory=bytearray)
    later: list[Note] = field(default_factory=list)
    done: int = 0

    def sync(self, until: int) -> None:
        covered = max(0, until - self.done)
        for note in self.later[:covered]:
            _apply(self.synced, note)
        del self.later[:covered]
        self.done += covered

    def left(self, kept: Kept, chance: random.Random) -> bytes:
        content = bytearray(self.synced)
        for note in self.later if kept is not Kept.NOTHING else ():
            if kept is Kept.ALL:
                _apply(content, note)
            elif part := _part(note, chance):
                _apply(content, part)
        return bytes(content)


def _apply(content: bytearray, note: Note) -> None:
    if note.kind is Kind.RESIZE:
        del content[note.offset :]
        content.extend(bytes(note.offset - len(content)))
        return
    content.extend(bytes(max(0, note.offset - len(content))))
    content[note.offset : note.offset + len(note.data)] = note.data


def _part(note: Note, chance: random.Random) -> Note | None:
    """All of it, its first sectors, or nothing."""
    keeps = chance.choice((0.0, 0.5, 1.0))
    if keeps in (0.0, 1.0) or note.kind is Kind.RESIZE:
        return note if keeps else None
    first = -(-note.offset // SECTOR) * SECTOR - note.offset  # up to where a sector begins
    most = max(0, len(note.data) - first) // SECTOR
    length = min(len(note.data), first + SECTOR * chance.randint(0, most))
    return Note(note.kind, note.path, note.other, note.data[:length], note.offset, note.number)


class Disk:
    """Names and files as they are, and as they surely last."""

    def __init__(self, root: Path, before: Mapping[str, bytes | None]) -> None:
        self._root = str(root)
        self._names: dict[str, File | None] = {
            path: None if content is None else File(bytearray(content)) for path, content in before.items()
        }
        self._lasting = dict(self._names)
        self._changes: list[tuple[int, Note, File | None]] = []  # of names, numbered, that no sync has covered
        self._changed = 0
        self._syncs: dict[int, tuple[str, File | None, int]] = {}
        self.marks: list[str] = []

    def take(self, note: Note) -> None:
        match note.kind:
            case Kind.MARK:
                self.marks.append(note.data.decode())
            case Kind.WRITE | Kind.RESIZE:
                file = self._names.get(note.path)
                if file is not None:
                    file.later.append(note)
            case Kind.SYNC:
                file = self._names.get(note.path)
                self._syncs[note.number] = (note.path, file, file.done + len(file.later) if file else self._changed)
            case Kind.SYNCED:
                self._synced(*self._syncs.pop(note.number))
            case Kind.CREATE if note.path in self._names:
                pass  # two processes at once: both found nothing, and one of them made it
            case _:
                made = File() if note.kind is Kind.CREATE else self._names.get(note.path)
                _rename(self._names, note, made)
                self._changed += 1
                self._changes.append((self._changed, note, made))

    def _synced(self, path: str, file: File | None, until: int) -> None:
        if file is not None:
            file.sync(until)
        left = []
        for number, note, made in self._changes:
            of_folder = file is None and number <= until and path in (_parent(note.path), _parent(note.other))
            if of_folder or (file is not None and made is file and note.kind is not Kind.UNLINK):
                _rename(self._lasting, note, made)
            else:
                left.append((number, note, made))
        self._changes = left

    def left(self, kept: Kept, chance: random.Random) -> dict[str, bytes | None]:
        names = dict(self._lasting)
        most = {Kept.NOTHING: 0, Kept.SOME: chance.randint(0, len(self._changes)), Kept.ALL: len(self._changes)}[kept]
        for _, note, made in self._changes[:most]:
            _rename(names, note, made)
        there = {path: None if file is None else file.left(kept, chance) for path, file in names.items()}
        return {path: content for path, content in there.items() if self._reached(path, there)}

    def _reached(self, path: str, there: Mapping[str, bytes | None]) -> bool:
        parent = _parent(path)
        return parent == self._root or (parent in there and there[parent] is None and self._reached(parent, there))


def _rename(names: dict[str, File | None], note: Note, made: File | None) -> None:
    """What the note does to names."""
    match note.kind:
        case Kind.CREATE | Kind.MKDIR:
            names[note.path] = made
        case Kind.UNLINK:
            names.pop(note.path, None)
        case Kind.RENAME:
            names.pop(note.path, None)
            names.pop(note.other, None)
            if made is not None:
                names[note.other] = made


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def left_at(
    root: Path, before: Mapping[str, bytes | None], notes: Sequence[Note], moments: Moments, chance: random.Random
) -> Iterator[Left]:
    """One after the other, in the order of time."""
    disk, taken = Disk(root, before), 0
    for at, kept in sorted(moments(notes), key=lambda moment: moment[0]):
        for note in notes[taken:at]:
            disk.take(note)
        taken = max(taken, at)
        yield Left(at, kept, disk.left(kept, chance), tuple(disk.marks), root)
