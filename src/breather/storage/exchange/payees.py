"""Since when customers have been sending where, for those who keep it in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from breather.domain.instant import Millis
from breather.domain.withdrawal import CustomerRef
from breather.storage.exchange.encoding import decode_payee
from breather.storage.exchange.profiles import profile_keys
from breather.storage.reader import Reader


@dataclass(frozen=True, slots=True)
class Since:
    """`key` is `payee_key` of the pair, `at` when something left for the destination first, as far as is known."""

    key: str
    at: Millis


def payee_key(customer: str, destination: str) -> str:
    return profile_keys(CustomerRef(customer), destination)[2][1]


def paid_page(reader: Reader, after: str, most: int) -> tuple[str | None, Sequence[Since]]:
    """Of the next `most` profiles those that were sent to, and where the next page begins; None after the last."""
    rows = reader.all("payees_page", after=after, most=most)
    found = [(row["key"], decode_payee(row["state"]).first_sent_at) for row in rows]
    return rows[-1]["key"] if len(rows) == most else None, [Since(key, at) for key, at in found if at is not None]


def paid_between(reader: Reader, after: int, through: int) -> Sequence[Since]:
    """By the numbers of the journal: what left, the first time or again."""
    rows = reader.all("paid_between", after=after, through=through)
    return [Since(payee_key(row["customer"], row["destination"]), row["at"]) for row in rows]
