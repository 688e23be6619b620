"""Since when a customer has been sending to a destination, in the memory of each serving process (guarantee B2).

A stand-in lets nothing go to a destination that is not known to the customer for 30 days, and it has no database to
ask. What is not in here counts as not known, and is held: a process that has just begun, a pair that came after the
memory was full.

A pair takes eight bytes: the day, and what is left of a keyed hash after some of it has named the bucket. Unlike with
the guards, a pair that is mistaken for another one could be let go. So the hash is keyed by a secret of this process,
and 61 bits of it are kept: with two million pairs, one stranger in 10^12 meets a pair that is not his.
"""

import os
from array import array
from bisect import bisect_left, insort
from hashlib import blake2b
from typing import Final

from breather.domain.instant import DAY, Millis
from breather.storage.exchange.payees import Since, paid_between, paid_page, payee_key
from breather.storage.reader import Reader

MOST: Final = 2_000_000
PAGE: Final = 1_000
PAGES_AT_ONCE: Final = 5
_BUCKET_BITS = 12
_DAY_BITS = 15
_MARK_BITS = 64 - _DAY_BITS
_MARKS = (1 << _MARK_BITS) - 1
_DAYS = (1 << _DAY_BITS) - 1


class KnownPayees:
    """`read_on` is called by one thread, `known_for` by any: a bucket is replaced as a whole, and never changed."""

    def __init__(self, most: int = MOST, page: int = PAGE) -> None:
        """Beyond `most` pairs nothing new is taken in; `page` is how many are read at once."""
        self._most = most
        self._page = page
        self._secret = os.urandom(16)
        self._buckets: list[array[int]] = [array("Q") for _ in range(1 << _BUCKET_BITS)]
        self._count = 0
        self._after: str | None = ""
        self._through: int | None = None

    def __len__(self) -> int:
        return self._count

    @property
    def whole(self) -> bool:
        """Whether everybody who was known at the start has been read."""
        return self._after is None

    def known_for(self, customer: str, destination: str, now: Millis) -> int | None:
        """Milliseconds, up to a day less than it has been; None where it is not known."""
        bucket, mark = self._place(payee_key(customer, destination))
        entries = self._buckets[bucket]
        at = bisect_left(entries, mark << _DAY_BITS)
        if at == len(entries) or entries[at] >> _DAY_BITS != mark:
            return None
        # The first sending may have been at the end of its day.
        return max(0, now - ((entries[at] & _DAYS) + 1) * DAY)

    def read_on(self, reader: Reader) -> None:
        """What was sent since the last time, and a few more pages of what was there before. Raises what the reader
        raises, and then goes on where it was.
        """
        head = reader.one("journal_head")
        number = 0 if head is None else head["number"]
        if self._through is None:
            # From here on by the journal; whatever is older stands in a profile already.
            self._through = number
        while self._through < number:
            through = min(self._through + self._page, number)
            for since in paid_between(reader, self._through, through):
                self.add(since)
            self._through = through
        for _ in range(PAGES_AT_ONCE):
            if self._after is None:
                return
            self._after, page = paid_page(reader, self._after, self._page)
            for since in page:
                self.add(since)

    def add(self, since: Since) -> None:
        """The earlier of two instants for one pair stands."""
        day = since.at // DAY
        if not 0 <= day <= _DAYS:
            return
        bucket, mark = self._place(since.key)
        entries, entry = self._buckets[bucket], mark << _DAY_BITS | day
        at = bisect_left(entries, mark << _DAY_BITS)
        known = at < len(entries) and entries[at] >> _DAY_BITS == mark
        if known and entries[at] <= entry:
            return
        if not known and self._count >= self._most:
            return
        changed = entries[:]
        if known:
            changed[at] = entry
        else:
            insort(changed, entry)
            self._count += 1
        self._buckets[bucket] = changed

    def _place(self, key: str) -> tuple[int, int]:
        number = int.from_bytes(blake2b(key.encode(), digest_size=8, key=self._secret).digest(), "big")
        return number >> (64 - _BUCKET_BITS), number & _MARKS
