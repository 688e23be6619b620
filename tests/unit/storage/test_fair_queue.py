"""What waits for the writer is served in turns: a flood waits for itself."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.storage.failure import DeadlineTaken, Overloaded
from breather.storage.fair_queue import (
    HEARD_SECONDS,
    IN_ONE_BATCH,
    OF_ONE_CUSTOMER,
    OURSELVES,
    FairQueue,
    Sender,
)
from breather.storage.pending import Pending

BATCH = 64


class Waiting:
    """A queue with a clock of its own, and who sent what."""

    def __init__(self, limit: int = 1024) -> None:
        self.seconds = 0.0
        self.queue = FairQueue(limit, BATCH, lambda: self.seconds)
        self.sent: dict[Pending[Any], tuple[Sender, int]] = {}

    def send(self, sender: Sender) -> Pending[Any]:
        pending: Pending[Any] = Pending(lambda transaction: None, None)
        self.queue.add(pending, sender)
        self.sent[pending] = sender, len(self.sent)
        return pending

    def next(self) -> list[tuple[Sender, int]]:
        return [self.sent[pending] for pending in self.queue.next()]


def of(key: str, customer: str) -> Sender:
    return Sender(key, customer)


def test_one_after_the_other_where_nobody_floods() -> None:
    waiting = Waiting()
    for number in range(100):
        waiting.send(of("shop", f"c-{number}"))
    assert [number for _, number in waiting.next()] == list(range(64))
    assert [number for _, number in waiting.next()] == list(range(64, 100))
    assert waiting.next() == []
    assert len(waiting.queue) == 0


def test_a_customer_who_floods_has_a_few_places_and_the_next_who_comes_is_in_the_next_batch() -> None:
    waiting = Waiting()
    for _ in range(OF_ONE_CUSTOMER):
        waiting.send(of("shop", "flooding"))
    with pytest.raises(Overloaded, match="this customer"):
        waiting.send(of("shop", "flooding"))
    waiting.send(of("shop", "ana"))
    found = waiting.next()
    assert Counter(sender.customer for sender, _ in found) == {"flooding": IN_ONE_BATCH, "ana": 1}


def test_a_key_that_floods_with_many_customers_leaves_three_quarters_to_others() -> None:
    waiting = Waiting(200)
    waiting.send(of("other", "bea"))
    for number in range(100):
        waiting.send(of("flooding", f"c-{number}"))
    with pytest.raises(Overloaded, match="this key"):
        waiting.send(of("flooding", "one more"))
    found = Counter(sender.key for sender, _ in waiting.next())
    assert found == {"flooding": BATCH // 4, "other": 1}
    assert len(waiting.next()) == BATCH // 4, "it was heard a moment ago"
    waiting.seconds += HEARD_SECONDS + 1
    waiting.send(of("flooding", "once more"))
    assert len(waiting.next()) == BATCH, "nobody else is at work"


def test_what_the_service_asks_itself_has_no_bounds_but_the_queues() -> None:
    waiting = Waiting(100)
    for _ in range(100):
        waiting.send(OURSELVES)
    with pytest.raises(Overloaded, match="100 commands"):
        waiting.send(OURSELVES)
    assert len(waiting.next()) == BATCH


def test_those_whom_their_deadlines_took_fill_nothing() -> None:
    waiting = Waiting(10)
    for _ in range(50):
        pending = waiting.send(of("shop", "ana"))
        assert pending.refuse(DeadlineTaken("late"))
    waiting.send(of("shop", "ana"))
    waiting.queue.pass_over()
    assert len(waiting.queue) == 1


senders = st.builds(Sender, st.sampled_from(("", "shop", "other")), st.sampled_from(("", "ana", "bea", "eva")))


def test_whom_a_deadline_takes_while_the_queue_is_looked_through_is_counted_as_what_he_is() -> None:
    """Once looked at twice: the second look left out what the first had not counted, and the writer waited for it
    for good.
    """
    queue = FairQueue(8, 4)
    for _ in range(3):
        queue.add(Pending(lambda tx: None, None), of("shop", "a"))
    looks = iter([False, True, False])
    assert len(queue.leave(lambda pending: next(looks, True))) == 1
    assert (len(queue), len(queue.next()), len(queue)) == (2, 2, 0)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(senders, st.just(None)), max_size=200))
def test_each_is_served_once_in_its_senders_order_and_never_waits_for_more_than_its_turn(
    acts: "list[Sender | None]",
) -> None:
    """None takes a batch."""
    waiting = Waiting()
    served: list[tuple[Sender, int]] = []
    for act in acts:
        if act is None:
            served += waiting.next()
        else:
            waiting.send(act)
    while batch := waiting.next():
        assert len(batch) <= BATCH
        bounded = Counter(sender for sender, _ in batch if sender.key)
        assert max(bounded.values(), default=0) <= IN_ONE_BATCH
        served += batch
    assert len(served) == len(set(served)) == len(waiting.sent)
    for sender in {sender for sender, _ in served}:
        order = [number for each, number in served if each == sender]
        assert order == sorted(order)
    assert len(waiting.queue) == 0


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 64), st.integers(0, 300), st.integers(0, 20))
def test_however_much_is_flooded_who_comes_is_in_the_next_batch(one: int, many: int, ourselves: int) -> None:
    waiting = Waiting()
    for _ in range(one):
        waiting.send(of("shop", "flooding"))
    for number in range(many):
        waiting.send(of("flooding", f"c-{number}"))
    for _ in range(ourselves):
        waiting.send(OURSELVES)
    victim = waiting.sent[waiting.send(of("shop", "ana"))]
    found = waiting.next()
    assert victim in found
    if many:
        assert len(found) <= BATCH // 4 + IN_ONE_BATCH + 1 + ourselves
