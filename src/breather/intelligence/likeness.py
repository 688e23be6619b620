"""Step 3: whether a destination was made to look like one that this customer has paid, as a feature and for people.

Serving, replay and `campaign explain` ask this one function, on the profiles before the withdrawal.
"""

from dataclasses import dataclass

from breather.domain.feature import Unknown
from breather.domain.profile import Profiles
from breather.domain.withdrawal import Destination
from breather.intelligence.ethereum import with_capitals
from breather.intelligence.lookalike import resembles_paid

FEATURE = "destination_resembles"
NONE = "none"


@dataclass(frozen=True, slots=True)
class Likeness:
    """`value` is the feature. `known` is what it resembles, on `network`; `marked` has brackets around what differs."""

    value: str | Unknown
    network: str = ""
    known: str = ""
    marked: str = ""


_NO_HISTORY, _NONE = Likeness(Unknown.NO_HISTORY), Likeness(NONE)


def likeness_of(profiles: Profiles, destination: Destination) -> Likeness:
    """Nearly always one of two constants: she paid here before, or nothing that she paid is alike."""
    paid = profiles.customer.paid
    if not paid:
        return _NO_HISTORY
    # Also where it has fallen out of the last 64.
    if profiles.payee.sent:
        return _NONE
    found = resembles_paid(destination.network, destination.address, paid)
    if found is None:
        return _NONE
    networks = [each.partition(":")[0] for each in reversed(paid.split()) if each.endswith(f":{found.known}")]
    # A Stellar address that carries a number is compared as its account, which is not how it was paid.
    network = networks[0] if networks else destination.network.value
    known = f"0x{with_capitals(found.known[2:])}" if found.known.startswith("0x") else found.known
    return Likeness(found.grade.value, network, known, found.marked)
