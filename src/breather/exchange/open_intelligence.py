"""From the rows of lists in force to the object that a decision asks."""

from breather.domain.entry import Standing
from breather.intelligence.known import NOTHING_KNOWN, Intelligence, Ruled, Source
from breather.intelligence.list_folder import ListFolder
from breather.intelligence.snapshot_file import DamagedFile
from breather.storage.exchange.intelligence import InForce, lists_in_force
from breather.storage.reader import Reader


def open_intelligence(reader: Reader, folder: ListFolder) -> Intelligence:
    """What is in force now. Opening maps files and reads none of them: it takes as long for ten million entries.

    Raises DamagedFile where the files are not there, or not what the rows say.
    """
    return opened(lists_in_force(reader), folder)


def opened(rows: InForce, folder: ListFolder) -> Intelligence:
    """The same from rows that were read before."""
    if rows.index is None or not rows.lists:
        return NOTHING_KNOWN
    try:
        index = folder.opened(rows.index.name, [each.snapshot for each in rows.lists])
    except FileNotFoundError as missing:
        message = f"there is no {missing.filename}; is BREATHER_INTELLIGENCE the folder that lists are imported into?"
        raise DamagedFile(message) from None
    rulings = {key: Ruled(Standing(each.ruling), each.because) for key, each in rows.rulings.items()}
    return Intelligence(index, [Source(each.name, each.expires_at) for each in rows.lists], rulings)
