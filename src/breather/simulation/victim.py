"""What people do under an alert: stop, answer (truly or as they were coached), go on, lapse, ask for help.

Everybody has one draw for stopping, and the more friction the more of them it takes in: so the truth can say of each
withdrawal what would have stopped it, and a trial of the simulated can be held against the effect that was put in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from breather.domain.friction import Friction
from breather.domain.typology import Typology
from breather.simulation.dice import PERMILLE, Flags, Ints
from breather.simulation.parameters import Parameters

# From here on an alert is a repetition (two views are what brain scans show: facts, section 2).
FIRST_REPETITION = 2
# No friction of the simulator stops this withdrawal.
NEVER = -1
# The range of `Person.way`: four independent shares per mille.
WAYS = PERMILLE**4


class End(StrEnum):
    STOPPED = "stopped"
    LAPSED = "lapsed"
    WENT_ON = "went-on"


@dataclass(frozen=True, slots=True)
class Person:
    """Who stands before the alert. `typology` is None where no scam is behind it (a mule is no victim).

    `draw`, below 1000, decides whether she stops; `way`, below WAYS, everything else. `shared`: somebody is on the
    telephone or sees the screen.
    """

    typology: Typology | None
    coached: bool
    shared: bool
    draw: int
    way: int


@dataclass(frozen=True, slots=True)
class Reaction:
    """`answers` is by feature; empty where no questions were asked."""

    end: End
    asks_help: bool = False
    says_listening: bool = False
    lies: bool = False
    answers: Mapping[str, bool | str] | None = None


def stop_share(parameters: Parameters, person: Person, friction: Friction, exposure: int = 1) -> int:
    """Per mille who stop at this friction; `exposure` counts the alerts shown to her, this one included."""
    if friction is Friction.NONE:
        return parameters.stops_unprompted
    if person.typology is None:
        abandons = int(getattr(parameters, f"abandons_{friction.word}"))
        return min(parameters.stops_unprompted + abandons, PERMILLE)
    return _kept(parameters, person.coached, int(getattr(parameters, f"stops_{friction.word}")), exposure)


def listed_share(parameters: Parameters, person: Person, exposure: int = 1) -> int:
    """Per mille who stop when they are told that the address itself is listed."""
    return _kept(parameters, person.coached, parameters.stops_known_address, exposure)


def _kept(parameters: Parameters, coached: bool, share: int, exposure: int) -> int:
    """What coaching and repetition leave of an effect; what happens without any alert they do not touch."""
    effect = max(share - parameters.stops_unprompted, 0)
    if coached:
        effect = effect * parameters.coached_keeps // PERMILLE
    if exposure >= FIRST_REPETITION:
        effect = effect * parameters.repeated_keeps // PERMILLE
    return parameters.stops_unprompted + effect


def stops_at(parameters: Parameters, draw: Ints, victim: Flags, coached: Flags) -> Ints:
    """The lowest friction that would stop each of these at its first showing, or NEVER: the truth of a trial."""
    found = np.full(len(draw), NEVER, np.int64)
    for friction in sorted(Friction, reverse=True):
        honest, plain, rehearsed = (
            stop_share(parameters, Person(typology, trained, False, 0, 0), friction)
            for typology, trained in ((None, False), (Typology.GENERAL, False), (Typology.GENERAL, True))
        )
        share = np.where(victim, np.where(coached, rehearsed, plain), honest)
        found[draw < share] = int(friction)
    return found


def react(
    parameters: Parameters, person: Person, friction: Friction, exposure: int = 1, listed: bool = False
) -> Reaction:
    """What she does. The same person before the same alert always does the same."""
    known = listed and person.typology is not None and friction is not Friction.NONE
    share = listed_share(parameters, person, exposure) if known else stop_share(parameters, person, friction, exposure)
    stops = person.draw < share
    lapse, helps, lie, listening = (person.way // PERMILLE**place % PERMILLE for place in range(4))
    if friction is Friction.NONE:
        return Reaction(End.STOPPED if stops else End.WENT_ON)
    lies = person.typology is not None and person.coached and lie < parameters.coached_lies
    lapses = friction >= Friction.COOLING_OFF and lapse < parameters.lapses
    return Reaction(
        end=End.STOPPED if stops else End.LAPSED if lapses else End.WENT_ON,
        asks_help=helps < parameters.asks_help,
        says_listening=person.shared and not lies and listening < parameters.says_listening,
        lies=lies,
        answers=answers(person.typology, lies, person.shared) if friction >= Friction.QUESTIONS else None,
    )


_TRUE_ANSWERS: Mapping[Typology, tuple[str, ...]] = {
    Typology.INVESTMENT: ("answer_met_online", "answer_told_what_to_say"),
    Typology.FEE_TO_UNLOCK: ("answer_pays_to_release", "answer_met_online"),
    Typology.FAKE_POLICE: (
        "answer_police_or_bank_called",
        "answer_told_to_keep_secret",
        "answer_told_what_to_say",
    ),
    Typology.EXCHANGE_IMPERSONATION: ("answer_police_or_bank_called", "answer_told_what_to_say"),
    Typology.TASK_JOB: ("answer_paid_tasks", "answer_met_online"),
    Typology.CHIP_EXCHANGE: ("answer_met_online",),
    Typology.ADDRESS_POISONING: (),
}
_ASKED = (
    "answer_told_what_to_say",
    "answer_told_to_keep_secret",
    "answer_pays_to_release",
    "answer_met_online",
    "answer_police_or_bank_called",
    "answer_paid_tasks",
)


def answers(typology: Typology | None, lies: bool, shared: bool) -> dict[str, bool | str]:
    """By feature, every question of the catalogue. A lie is the honest customer's answer: so she was told to say."""
    told: dict[str, bool | str] = dict.fromkeys(_ASKED, False)
    told |= {"answer_someone_listening": False, "answer_holds_key": True, "answer_withdrew_profit_before": True}
    told["answer_sounds_like"] = "none"
    if typology is None or lies:
        return told
    told |= dict.fromkeys(_TRUE_ANSWERS[typology], True)
    told["answer_someone_listening"] = shared
    told["answer_holds_key"] = typology is Typology.ADDRESS_POISONING
    told["answer_withdrew_profit_before"] = False
    # What nobody has named to her she does not recognise: a poisoned address looks like her own.
    told["answer_sounds_like"] = "none" if typology is Typology.ADDRESS_POISONING else str(typology)
    return told
