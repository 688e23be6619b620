"""The folder in which snapshots and indexes lie, and who may write to it.

Files have the name of their content and are never changed. One import at a time holds the folder's lock, which ends
with its process, however that ends; what an import that died left behind is removed by the next one.
"""

import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from breather.intelligence.address_index import INDEX_SUFFIX, WHERE_SUFFIX, AddressIndex, build_index
from breather.intelligence.snapshot_file import SUFFIX, SnapshotFile, give_name

_LOCK = "lock"
_WORK = "import-"
_OURS = frozenset({SUFFIX, INDEX_SUFFIX, WHERE_SUFFIX, ".aside"})


class Busy(Exception):
    """Another import holds the folder."""


class ListFolder:
    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def alone(self) -> Iterator[Path]:
        """A working folder inside, for one import. Raises Busy."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / _LOCK).open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(f"another import is under way in {self.path}; wait until it has ended") from None
            self._sweep()
            work = Path(tempfile.mkdtemp(prefix=_WORK, dir=self.path))
            try:
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)

    def snapshot(self, name: str) -> SnapshotFile:
        """Raises FileNotFoundError, DamagedFile."""
        return SnapshotFile(self.path / f"{name}{SUFFIX}")

    def keep(self, snapshot: SnapshotFile) -> None:
        """Bring a snapshot from the working folder to where it stays; durable when this returns."""
        give_name(snapshot.path, self.path / snapshot.path.name)

    def index_of(self, snapshots: Sequence[str], salt: bytes) -> str:
        """The name of the index over these snapshots in this order; built if it is not there."""
        name = hashlib.sha256("\n".join([salt.hex(), *snapshots]).encode()).hexdigest()
        if not (self.path / f"{name}{INDEX_SUFFIX}").exists():
            build_index(self.path, name, [self.snapshot(each) for each in snapshots])
        return name

    def opened(self, name: str, snapshots: Sequence[str]) -> AddressIndex:
        """Raises FileNotFoundError, DamagedFile."""
        return AddressIndex(self.path, name, [self.snapshot(each) for each in snapshots])

    def remove_all_but(self, names: Collection[str]) -> None:
        """Files of no name given. Whoever has one open keeps it; whoever was about to open it reads the rows again."""
        for path in self.path.iterdir():
            if path.suffix in _OURS and path.name.partition(".")[0] not in names:
                path.unlink(missing_ok=True)

    def _sweep(self) -> None:
        for path in self.path.glob(f"{_WORK}*"):
            shutil.rmtree(path, ignore_errors=True)
        for path in self.path.glob("*.aside"):
            path.unlink(missing_ok=True)
