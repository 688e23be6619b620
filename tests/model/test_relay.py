"""The relay, explored to the end: 2 referrals, 2 workers, 1 agency; letters and receipts that are late, doubled or
lost, workers that are killed or stand still past their lease. Each fault that is planted is found.
"""

from dataclasses import replace

import pytest

from breather.storage.exchange.referrals import Delivery
from tests.model.explore import explore
from tests.model.relay import Fault, Relay, State

TWO = Relay(mishaps=2)
ONE = Relay(referrals=1, mishaps=4)
HAPPENS = frozenset(
    {"decide", "claim", "send", "arrive", "copy", "receipt", "settle", "fail", "kill", "start", "lapse", "stall"}
)

# The fault, what finds it, and by how many steps.
PLANTED = {
    Fault.RECEIPT_BEFORE_COMMIT: ("F4 receipt", 6),
    Fault.UNFENCED: ("F4 fence", 8),
    Fault.NOT_KNOWN_BY_ID: ("F4 once", 5),
    Fault.PROMISED_AFTER: ("F4 sum", 1),
}


@pytest.mark.parametrize("relay", [ONE, TWO], ids=["one", "two"])
def test_nothing_is_lost_and_nothing_doubled(relay: Relay) -> None:
    """Promised = pending + receipted + dead; receipted here is durable there, once; and nothing is left half way."""
    ways: set[tuple[Delivery, bool]] = set()

    def listen(state: State) -> str:
        ways.update((row.state, number in state.kept) for number, row in enumerate(state.rows) if row is not None)
        return ""

    model = relay.model()
    found = explore(replace(model, always={**model.always, "listen": listen}))
    assert found.violation is None, str(found.violation)
    assert found.kinds == HAPPENS
    pending, receipted, dead = Delivery.PENDING, Delivery.RECEIPTED, Delivery.DEAD
    assert ways == {(pending, False), (pending, True), (receipted, True), (dead, False), (dead, True)}


@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: fault.name.lower())
def test_a_planted_fault_is_found(fault: Fault) -> None:
    invariant, steps = PLANTED[fault]
    found = explore(replace(ONE, fault=fault).model()).violation
    assert found is not None
    assert (found.invariant, len(found.trace)) == (invariant, steps), str(found)
