"""Step 2, place: which jurisdiction's campaign applies, on what evidence of residence, and what contradicts it.

Residence only selects a campaign. Nationality is no evidence of residence and is never asked for (guarantees H4).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from breather.domain.withdrawal import Residence

# Strongest first: what a person proved outweighs where her telephone was bought or her address lies today.
STRENGTH = ("kyc", "document", "phone", "ip")


@dataclass(frozen=True, slots=True)
class Placement:
    """`code` is None where there is no evidence at all. `conflicts` names weaker evidence that says otherwise."""

    code: str | None
    because: str | None
    evidence: Mapping[str, str]
    conflicts: tuple[str, ...]


def place(residence: Residence) -> Placement:
    """The jurisdiction by the strongest evidence there is; weaker evidence never overrules, it is only recorded."""
    given = {
        "kyc": residence.kyc,
        "document": residence.document,
        "phone": residence.phone,
        "ip": residence.ip,
    }
    evidence = {source: code for source in STRENGTH if (code := given[source]) is not None}
    if not evidence:
        return Placement(None, None, {}, ())
    strongest = next(iter(evidence))
    conflicts = tuple(source for source, code in evidence.items() if code != evidence[strongest])
    return Placement(evidence[strongest], strongest, evidence, conflicts)
