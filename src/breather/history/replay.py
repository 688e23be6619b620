"""The fold fed with a history again, in the order in which serving met it: the same features, or something is wrong.

What enters the profiles while serving enters them here: every submission; the friction that was decided, because it
counts as an alert seen and an intervention; a stop of its own, for each withdrawal that was stopped, but not for those
that another one's stop took with it; the first broadcast. What agencies found about a destination stands beside
the profiles, and comes and goes. What published lists said is not computed at all: their past is not kept, so it is
taken as it was recorded.

Order: where the history has the numbers of the journal, theirs; they tell acts of one instant and of one batch apart.
Else instants: what happened at the instant of a submission happened before it (but never before its own), submissions
of one instant stand in the order of the rows, and so do acts, a stop before a broadcast.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from breather.domain.campaign import Campaign
from breather.domain.catalogue import FROM_LISTS, NOT_YET
from breather.domain.feature import Features, FeatureValue, Phase, Unknown
from breather.domain.friction import Friction
from breather.domain.intervention import intervene
from breather.domain.place import place
from breather.domain.profile import (
    CustomerProfile,
    DestinationProfile,
    PayeeProfile,
    Profiles,
    after_broadcast,
    after_decision,
    after_stop,
    fold,
)
from breather.domain.ruling import Ruling, rule_on
from breather.domain.withdrawal import Withdrawal
from breather.history.served import Act, Found, Served
from breather.intelligence.likeness import likeness_of


@dataclass(frozen=True, slots=True)
class Decided:
    """What a campaign would have asked of one withdrawal. `campaign` is None where it does not apply."""

    friction: Friction
    campaign: Campaign | None
    ruling: Ruling


Decides = Callable[[Withdrawal, Features], Decided]
_NO_LISTS = dict.fromkeys(FROM_LISTS, Unknown.NOT_PROVIDED)
_NO_RULING = Ruling((), (), {})
_NOTHING = Decided(Friction.NONE, None, _NO_RULING)


def no_campaign(asked: Withdrawal, features: Features) -> Decided:
    """Nothing is put in anybody's way."""
    return _NOTHING


def decided_by(campaign: Campaign) -> Decides:
    """As if `campaign` had been in force all the time, nobody were held out, and no pause were open or joined: what
    only the rules say. `features` are those of submission, the later ones not yet known.
    """

    def decide(asked: Withdrawal, features: Features) -> Decided:
        if place(asked.residence).code != campaign.jurisdiction:
            return _NOTHING
        ruling = rule_on(campaign.rules, features, Phase.SUBMIT)
        return Decided(intervene(campaign, ruling, features).friction, campaign, ruling)

    return decide


@dataclass(frozen=True, slots=True)
class Replayed:
    """Every feature of the catalogue as it was at submission; `decided` where the history said nothing of decisions."""

    features: dict[str, FeatureValue]
    decided: Decided | None


@dataclass(slots=True)
class Profiled:
    """All profiles, in memory: about 3 kB for each customer of the simulator, with her addresses and payees."""

    customers: dict[str, CustomerProfile] = field(default_factory=dict)
    destinations: dict[str, DestinationProfile] = field(default_factory=dict)
    payees: dict[tuple[str, str], PayeeProfile] = field(default_factory=dict)

    def of(self, customer: str, destination: str) -> Profiles:
        return Profiles(
            self.customers.get(customer, _NEW.customer),
            self.destinations.get(destination, _NEW.destination),
            self.payees.get((customer, destination), _NEW.payee),
        )

    def keep(self, customer: str, destination: str, profiles: Profiles) -> None:
        self.customers[customer] = profiles.customer
        self.destinations[destination] = profiles.destination
        self.payees[customer, destination] = profiles.payee


_NEW = Profiles()


class Replay:
    """`submit` the rows one after the other, in the order of their positions."""

    def __init__(self, decides: Decides = no_campaign) -> None:
        self._decides = decides
        self._profiled = Profiled()
        self._confirmed: defaultdict[str, set[str]] = defaultdict(set)
        self._waiting: list[tuple[int, int, Withdrawal, str, Act | Found, bool]] = []
        self._acts = 0

    def submit(self, served: Served) -> Replayed:
        waiting = self._waiting
        while waiting and waiting[0][0] <= served.position:
            self._happen(*heapq.heappop(waiting)[2:])
        asked = served.asked
        destination = asked.destination.key
        profiles = self._profiled.of(asked.customer, destination)
        features, folded = fold(profiles, asked, served.at)
        features["destination_resembles"] = likeness_of(profiles, asked.destination).value
        features["destination_confirmed"] = bool(self._confirmed.get(destination))
        features.update(_NO_LISTS)
        features.update(served.lists)
        features.update(NOT_YET)
        decided = self._decides(asked, features) if served.friction is None else None
        friction = decided.friction if decided is not None else served.friction
        assert friction is not None, "either the history says it or a campaign does"
        self._profiled.keep(asked.customer, destination, after_decision(folded, friction, served.at))
        self._wait(served, destination)
        return Replayed(features, decided)

    def _wait(self, served: Served, destination: str) -> None:
        if served.stop is not None:
            self._push(served.asked, destination, served.stop, stops=True)
        if served.broadcast is not None:
            self._push(served.asked, destination, served.broadcast, stops=False)
        for found in served.found:
            self._push(served.asked, destination, found, stops=False)

    def _push(self, asked: Withdrawal, destination: str, act: Act | Found, *, stops: bool) -> None:
        self._acts += 1
        heapq.heappush(self._waiting, (act.position, self._acts, asked, destination, act, stops))

    def _happen(self, asked: Withdrawal, destination: str, act: Act | Found, stops: bool) -> None:
        if isinstance(act, Found):
            listed = self._confirmed[destination]
            if act.confirmed:
                listed.add(act.referral)
            else:
                listed.discard(act.referral)
            return
        before = self._profiled.of(asked.customer, destination)
        after = after_stop(before, asked.id, act.at) if stops else after_broadcast(before, asked, act.at)
        self._profiled.keep(asked.customer, destination, after)
