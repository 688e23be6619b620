"""Step 3: what lists in force say of a destination, as features and for people.

A feature has one value, and lists may contradict each other: the words say so (`disputed`, `several`), and nothing is
merged into a verdict. Every entry goes into the decision's record, also those that a value leaves out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breather.domain.asset import Network
from breather.domain.catalogue import DISPUTED, GRAVEST_FIRST, LABELS, NONE, SEVERAL
from breather.domain.entry import Category, Entry, Standing
from breather.domain.feature import FeatureValue, Unknown
from breather.domain.instant import Millis
from breather.domain.territory import TERRITORIES
from breather.domain.withdrawal import Destination
from breather.intelligence.known import Intelligence
from breather.intelligence.stellar import account_of

LISTED, LABEL, PLACE = "destination_listed", "destination_label", "destination_label_place"

_PLACES = frozenset(TERRITORIES)
# What a source says for want of a better word: it does not contradict a better word.
_VAGUE = frozenset({Category.SERVICE, Category.OTHER})


@dataclass(frozen=True, slots=True)
class Said:
    """`features` by name; `entries` are all that is in force, in the order of the lists."""

    features: Mapping[str, FeatureValue]
    entries: tuple[Entry, ...] = ()

    @property
    def accused(self) -> bool:
        """Some list's accusation stands."""
        return any(entry.claim.accuses and entry.standing is Standing.STANDS for entry in self.entries)


def _alike(value: FeatureValue) -> Said:
    return Said({LISTED: value, LABEL: value, PLACE: value})


_FAILED, _NO_LISTS, _STRANGER = _alike(Unknown.FAILED), _alike(Unknown.NOT_PROVIDED), _alike(NONE)


def said_of(intelligence: Intelligence | None, destination: Destination, now: Millis) -> Said:
    """Nearly always one of three constants. None: there are lists, and they could not be opened, which is not known.

    Without a list in force nobody was asked, which is not *nothing is said*.
    """
    if intelligence is None:
        return _FAILED
    if not any(source.expires_at is None or source.expires_at > now for source in intelligence.sources):
        return _NO_LISTS
    address = destination.address
    if destination.network is Network.STELLAR:
        address = account_of(address)
    entries = intelligence.find(destination.network, address, now)
    if not entries:
        return _STRANGER
    accusing = [entry for entry in entries if entry.claim.accuses]
    naming = [entry for entry in entries if not entry.claim.accuses and entry.standing is Standing.STANDS]
    values = {LISTED: _listed(accusing), LABEL: _label(naming), PLACE: _place(intelligence, naming, now)}
    return Said(values, entries)


def _listed(accusing: Sequence[Entry]) -> str:
    standing = {entry.claim.category for entry in accusing if entry.standing is Standing.STANDS}
    if standing:
        return next(category.value for category in GRAVEST_FIRST if category in standing)
    return DISPUTED if accusing else NONE


def _label(naming: Sequence[Entry]) -> str:
    said = {entry.claim.category for entry in naming}
    found = said - _VAGUE or said
    if len(found) > 1:
        return SEVERAL
    return next((category.value for category in LABELS if category in found), NONE)


def _place(intelligence: Intelligence, naming: Sequence[Entry], now: Millis) -> FeatureValue:
    """Of whoever the labels name. A label that names nobody, or somebody of whom no list says where, leaves it open."""
    if not naming:
        return NONE
    said = {place for entry in naming for place in entry.claim.jurisdictions}
    for actor in sorted({entry.claim.actor for entry in naming if entry.claim.actor}):
        said |= {place for entry in intelligence.find_actor(actor, now) for place in entry.claim.jurisdictions}
    found = said & _PLACES
    if len(found) > 1:
        return SEVERAL
    return next(iter(found), Unknown.NOT_PROVIDED)
