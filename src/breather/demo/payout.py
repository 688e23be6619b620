"""Pay out, which is: only with a clearance of exactly this row, only once, and with the promise to tell
Breather.

Nothing here comes from a form. What is paid, to whom and how much stands in the exchange's own row; the
clearance is compared with that row, not the row with the clearance.
"""

import hashlib
import json
from collections.abc import Callable
from enum import StrEnum

from breather.client import AlreadySpent, Breather, BreatherError, ClearanceRefused, Cleared, Conflict, spend
from breather.demo.books import Books, Page, WithdrawalRow
from breather.demo.holding import BALANCE_DECIMALS, offer_of, to_units


class NotPaid(StrEnum):
    """Why nothing left. The words are keys of `texts.toml`."""

    NOT_OPEN = "not-open"
    NOT_CLEARED = "not-cleared"
    NO_ANSWER = "no-answer"
    CLEARANCE_REFUSED = "clearance-refused"
    ALREADY_SPENT = "already-spent"
    TOO_LITTLE = "too-little"


class Stays(Exception):
    """The money stays; `why` says so to the customer. Nothing of the attempt is in the books."""

    def __init__(self, why: NotPaid) -> None:
        super().__init__(why)
        self.why = why


def cleared_of(row: WithdrawalRow, breather: Breather) -> Cleared:
    """The payout that this row stands for."""
    offer = offer_of(f"{row.asset}/{row.network}")
    units = None if offer is None else to_units(row.amount, offer.decimals)
    if units is None:
        raise Stays(NotPaid.NOT_OPEN)
    if row.payee is None:  # Breather has not answered: nobody has said what this address is in its one spelling
        raise Stays(NotPaid.NO_ANSWER)
    return Cleared(
        vasp=breather.vasp,
        mode=breather.mode,
        withdrawal=row.id,
        customer=row.customer,
        asset=row.asset,
        network=row.network,
        amount_units=units,
        address=row.payee,
        memo=row.memo,
    )


def pay_out(books: Books, breather: Breather, withdrawal: str, clock: Callable[[], int]) -> str:
    """Pay one withdrawal; gives its invented transaction id. Raises Stays for every reason not to."""
    with books.reading() as page:
        row = page.withdrawal(withdrawal)
    if row is None or row.status != "open":
        raise Stays(NotPaid.NOT_OPEN)
    try:
        token = breather.clearance(withdrawal)
        # The time is taken after the token: before it, a clearance made this very second could seem to lie
        # ahead.
        now = clock()
        clearance = breather.verify(token, cleared_of(row, breather), now / 1000)
        with books.writing() as page:
            # One transaction: spent, debited, paid, promised. The row is read again: a stop may have come
            # first.
            spend(page.cursor, clearance.jti, now)
            return _book(page, withdrawal, now)
    except ClearanceRefused as error:
        raise Stays(NotPaid.CLEARANCE_REFUSED) from error
    except AlreadySpent as error:
        raise Stays(NotPaid.ALREADY_SPENT) from error
    except Conflict as error:
        raise Stays(NotPaid.NOT_CLEARED) from error
    except BreatherError as error:
        raise Stays(NotPaid.NO_ANSWER) from error


def _book(page: Page, withdrawal: str, now: int) -> str:
    row = page.withdrawal(withdrawal)
    if row is None or row.status != "open":
        raise Stays(NotPaid.NOT_OPEN)
    left = page.balances(row.customer).get(row.asset, 0) - (to_units(row.amount, BALANCE_DECIMALS) or 0)
    if left < 0:
        raise Stays(NotPaid.TOO_LITTLE)
    transaction_id = hashlib.sha256(f"invented transaction of {row.id}".encode()).hexdigest()
    page.run("set_balance", customer=row.customer, asset=row.asset, units=str(left))
    page.run("mark_paid", id=row.id, transaction_id=transaction_id)
    event = f"broadcast-{row.id}"
    body = {"id": event, "event": "broadcast", "transaction_id": transaction_id}
    page.run("add_promise", event=event, withdrawal=row.id, body=json.dumps(body), now=now)
    return transaction_id
