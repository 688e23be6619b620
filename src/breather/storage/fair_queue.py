"""What waits for the writer, in turns: whoever floods waits for himself, and nobody else for him (guarantee B2).

A batch takes one command of each API key in turn, and of each key one of each customer in turn. One customer has a few
places in a batch, and with several keys at work each key has a quarter of one: so a batch stays short while somebody
floods, and who comes next waits for one and is in the next. Among those of one customer the first comes first.

What is refused is refused to the flooder first: a customer may have so many waiting, and a key half of the queue while
other keys are at work.
"""

import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from breather.storage.failure import Overloaded
from breather.storage.pending import Pending

OF_ONE_CUSTOMER = 64
IN_ONE_BATCH = 8
KEY_SHARE = 4
HEARD_SECONDS = 10.0
_SWEEP = 64


@dataclass(frozen=True, slots=True)
class Sender:
    """An API key's name, and the customer that it asks for. What the service asks itself has neither, and no bounds."""

    key: str = ""
    customer: str = ""


OURSELVES = Sender()
Line = deque[Pending[Any]]


class FairQueue:
    """Not safe to share: the writer holds its lock around every call. `len` counts some of those withdrawn, too."""

    def __init__(self, limit: int, batch: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._batch = batch
        self._monotonic = monotonic
        self._lines: OrderedDict[str, OrderedDict[str, Line]] = OrderedDict()
        self._of_key: Counter[str] = Counter()
        self._heard: dict[str, float] = {}
        self._length = 0
        self._sweep_at = _SWEEP

    def __len__(self) -> int:
        return self._length

    def add(self, pending: Pending[Any], sender: Sender) -> None:
        """Raises Overloaded, and then it does not wait."""
        if sender.key:
            self._heard[sender.key] = self._monotonic()
        if self._length >= min(self._sweep_at, self._limit):
            self.pass_over()
        if self._length >= self._limit:
            raise Overloaded(f"{self._limit} commands are waiting already")
        if sender.key and self._of_key[sender.key] >= self._limit // 2 and self._keys_at_work() > 1:
            raise Overloaded(f"{self._limit // 2} commands of this key are waiting already")
        lines = self._lines.setdefault(sender.key, OrderedDict())
        line = lines.setdefault(sender.customer, deque())
        if sender.customer and len(line) >= OF_ONE_CUSTOMER:
            raise Overloaded(f"{OF_ONE_CUSTOMER} commands of this customer are waiting already")
        line.append(pending)
        self._of_key[sender.key] += 1
        self._length += 1

    def next(self) -> list[Pending[Any]]:
        """The next batch, taken out of the queue; some in it may have been withdrawn a moment ago."""
        share = max(1, self._batch // KEY_SHARE) if self._keys_at_work() > 1 else self._batch
        found: list[Pending[Any]] = []
        for key in list(self._lines):
            room = self._batch - len(found)
            if not room:
                break
            found += self._of(key, min(room, share) if key else room)
        return found

    def pass_over(self) -> None:
        """Let those go whom their deadlines took: they fill no queue, and begin no transaction."""
        self.leave(lambda pending: pending.owned)
        self._sweep_at = max(_SWEEP, 2 * self._length)

    def leave(self, who: Callable[[Pending[Any]], bool]) -> list[Pending[Any]]:
        """Take those out of the queue, wherever they stand."""
        gone: list[Pending[Any]] = []
        for key, lines in list(self._lines.items()):
            for customer, line in list(lines.items()):
                before, staying = len(gone), Line()
                for pending in line:  # asked once: a deadline may take it between one look and the next
                    (gone if who(pending) else staying).append(pending)
                if len(gone) > before:
                    self._left(key, len(gone) - before)
                    lines[customer] = staying
                if not staying:
                    del lines[customer]
            if not lines:
                del self._lines[key]
        return gone

    def _of(self, key: str, most: int) -> list[Pending[Any]]:
        """One of each customer after the other, up to a few of each. Who had a turn goes to the end."""
        lines = self._lines[key]
        found: list[Pending[Any]] = []
        for _ in range(IN_ONE_BATCH if key else most):
            for customer in list(islice(lines, most - len(found))):
                line = lines[customer]
                found.append(line.popleft())
                if line:
                    lines.move_to_end(customer)
                else:
                    del lines[customer]
        self._left(key, len(found))
        if lines:
            self._lines.move_to_end(key)
        else:
            del self._lines[key]
        return found

    def _left(self, key: str, count: int) -> None:
        self._length -= count
        self._of_key[key] -= count
        if not self._of_key[key]:
            del self._of_key[key]

    def _keys_at_work(self) -> int:
        """Heard in the last seconds, whether they have anything waiting now or not."""
        since = self._monotonic() - HEARD_SECONDS
        return sum(1 for heard in self._heard.values() if heard >= since)
