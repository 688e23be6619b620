"""Who serves from a database watches that it does not fall back: at the start, and each second from then on."""

from contextlib import suppress
from pathlib import Path

from breather.storage.database import Database
from breather.storage.reader import Reader
from breather.storage.recovery import Recovery, begin_recovery, recovery_of
from breather.storage.witness import Witness, keep_witness, observe, read_witness, why_behind

ACTOR = "witness"
FELL_BACK = "what was committed a moment ago is not in it any more"


class Witnessing:
    """`recovery` is what was found last; `problem` says why no witness could be left, "" if all is well."""

    def __init__(self, database: Database, folder: Path) -> None:
        """Looks once. Raises WrongDatabase for a witness that is none, or of another service."""
        self._database = database
        self._folder = folder
        self._last: Witness | None = read_witness(folder)
        self.recovery: Recovery | None = None
        self.problem = ""
        self.look()

    def look(self, fell_back: bool = False) -> None:
        """Compare with the last witness, then leave a newer one. Raises StorageFailure.

        `fell_back`: the writer missed something that it had committed after the last look.
        """
        with self._database.reading() as reader:
            self.recovery = recovery_of(reader)
            behind = self._behind(reader) or ("" if self.recovery or not fell_back else FELL_BACK)
            seen = observe(reader)
        if behind:
            self._enter(behind)
        elif self.recovery is None and seen != self._last:
            self._leave(seen)

    def end(self) -> None:
        """At a stop: what was committed last is witnessed, unless the database is out of reach."""
        with suppress(Exception):
            self.look()

    def _behind(self, reader: Reader) -> str:
        # In the mode the witness stays what it was: it says what is missing.
        return "" if self.recovery is not None or self._last is None else why_behind(reader, self._last)

    def _enter(self, behind: str) -> None:
        with self._database.writing() as tx:
            # Under the lock: another replica may have entered it meanwhile.
            found = recovery_of(tx)
            self.recovery = found or begin_recovery(tx, f"the database is behind: {behind}", ACTOR, self._last)

    def _leave(self, seen: Witness) -> None:
        try:
            keep_witness(self._folder, seen)
        except OSError as error:
            self.problem = f"no witness can be left in {self._folder}: {error.strerror}"
        else:
            self.problem = ""
        # Remembered also where it could not be written: this process at least would notice.
        self._last = seen
