"""How far a database had come, written down outside of it: what finds out that one is behind (guarantee D5).

A database that was restored, or failed over to a standby that lagged, does not know what it forgot. Whoever serves from
it leaves a witness beside the settings each second, and compares at the start. It is the least witness that there can
be: it dies with its machine, and what was acknowledged within its last second is not in it. Peers' signed statements
come later.
"""

from collections.abc import Mapping
from hashlib import sha256
from os import O_CREAT, O_TRUNC, O_WRONLY, fdopen, fsync
from os import open as open_file
from pathlib import Path
from typing import Any

import msgspec

from breather.storage.failure import WrongDatabase
from breather.storage.folder import synced
from breather.storage.reader import Reader

WITNESS = "reached.json"
FORMER = "former-epochs"  # in meta: those that this database had, and is no longer
NOTHING = ""  # the digest of an entry where the journal is empty


class Witness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The journal's newest entry, by number and digest, and how many messages went to each peer ("peer type").

    The counters are what a peer has seen: going back in them would give one number to two messages.
    """

    service: str
    epoch: str
    number: int
    entry: str
    at: int
    counters: dict[str, int]


def observe(reader: Reader) -> Witness:
    facts = {row["name"]: row["value"] for row in reader.all("meta")}
    last = reader.one("last_entry") or {"number": 0, "at": 0}
    counters = {f"{row['peer']} {row['type']}": row["last"] for row in reader.all("all_counters")}
    entry = _entry(reader, last["number"])
    return Witness(facts["service"], facts["epoch"], last["number"], entry, last["at"], counters)


def read_witness(folder: Path) -> Witness | None:
    """None where nothing was ever left. Raises WrongDatabase for what is none."""
    file = folder / WITNESS
    try:
        return msgspec.json.decode(file.read_bytes(), type=Witness)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except msgspec.MsgspecError as error:
        raise WrongDatabase(f"{file} is no witness: {error}; move it away, and run `breather recover begin`") from error


def keep_witness(folder: Path, witness: Witness) -> None:
    """Replaced as a whole and durable when it returns; readable by its owner only. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = folder / f"{WITNESS}.new"
    with fdopen(open_file(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(witness)) + b"\n")
        file.flush()
        fsync(file.fileno())
    fresh.replace(folder / WITNESS)
    synced(folder)


def why_behind(reader: Reader, witness: Witness) -> str:
    """What the witness has seen and this database has not; "" where it has everything.

    Raises WrongDatabase for the witness of another service: it can say nothing about this one.
    """
    facts = {row["name"]: row["value"] for row in reader.all("meta")}
    if witness.service != facts["service"]:
        raise WrongDatabase(
            f"the witness is of {witness.service!r}, the database of {facts['service']!r}; each service has a folder "
            "of its own (BREATHER_WITNESS)"
        )
    if witness.epoch != facts["epoch"]:
        if witness.epoch in facts.get(FORMER, "").split():
            return ""
        return "it is another database than the one that was served here last"
    last = reader.one("last_entry") or {"number": 0}
    if last["number"] < witness.number:
        return f"it ends with entry {last['number']:,} of the journal, and entry {witness.number:,} was acknowledged"
    if _entry(reader, witness.number) != witness.entry:
        return f"its entry {witness.number:,} of the journal is not the one that was acknowledged under that number"
    return ""


def _entry(reader: Reader, number: int) -> str:
    row: Mapping[str, Any] | None = reader.one("entry_numbered", number=number)
    return NOTHING if row is None else sha256(msgspec.json.encode(list(row.values()))).hexdigest()
