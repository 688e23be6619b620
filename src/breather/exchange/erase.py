"""Erasing one withdrawal: everything that says who, how much and where to goes; that there was one stays.

The journal's entries keep their numbers and lose their bodies, and one more entry names what was erased. The id stays
known, so that it can never be used for another withdrawal (guarantee A1). What an agency was told is the agency's: its
receipt stays, the bytes that were sent do not.
"""

import msgspec

from breather.domain.instant import Millis
from breather.domain.withdrawal import CustomerRef
from breather.storage.exchange.profiles import profile_keys
from breather.storage.exchange.withdrawals import WithdrawalRow, find_withdrawal
from breather.storage.transaction import Transaction

STEP = 0
KIND = "erased"
EMPTY = b""


def erase_withdrawal(tx: Transaction, withdrawal: str, basis: str, actor: str, at: Millis) -> bool:
    """Whether anything was left to erase. An id that this database never knew is remembered as erased all the same:
    it comes from a restore, and was known once.
    """
    row = find_withdrawal(tx, withdrawal)
    if row is None and tx.one("find_erased", id=withdrawal) is not None:
        return False
    # Queries of the transaction reach only entries written before; the one that names it is not among them.
    tx.run("erase_bodies", withdrawal=withdrawal, empty=EMPTY)
    tx.run("erase_referrals", withdrawal=withdrawal, empty=EMPTY)
    for query in ("erase_events", "erase_links", "erase_page_sessions", "erase_stand_in", "erase_withdrawal"):
        tx.run(query, withdrawal=withdrawal)
    if row is not None:
        _erase_traces(tx, row)
    number = tx.journal(STEP, KIND, withdrawal, actor, msgspec.json.encode({"basis": basis, "at": at}))
    tx.run("insert_erased", id=withdrawal, number=number, basis=basis, at=at)
    return True


def _erase_traces(tx: Transaction, row: WithdrawalRow) -> None:
    """What others may share with it goes with the last of them: the pause, the holds, two of the three profiles.

    The destination's profile has counts over all customers, and stays.
    """
    if row.pause is not None:
        tx.run("erase_pause", pause=row.pause)
    pair = {"customer": row.customer, "destination": row.destination}
    tx.run("erase_holds", **pair)
    customer, _, payee = profile_keys(CustomerRef(row.customer), row.destination)
    if tx.one("any_of_pair", **pair) is None:
        tx.run("erase_profile", kind=payee[0], key=payee[1])
    if tx.one("any_of_customer", customer=row.customer) is None:
        tx.run("erase_profile", kind=customer[0], key=customer[1])
