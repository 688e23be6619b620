"""A pack: the agency's own words, questions and numbers to dial. Nobody but the agency may alter a character.

What is read here is already checked (`protocol/pack_reading.py`): every locale has every key, every text is
plain. What remains is choosing: which locale, which variant, which question, which number is still good at
a given instant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from breather.domain.instant import Millis
from breather.domain.typology import Typology

EVERY_TYPOLOGY = "*"
NONE_OF_THESE = "none"


class ReminderTime(StrEnum):
    """When those who stopped are written to again: what a warning teaches fades between the second and fourth week."""

    TWO_WEEKS = "two-weeks"
    FOUR_WEEKS = "four-weeks"


class QuestionKind(StrEnum):
    YES_NO = "yes_no"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the feature that its answer sets, and for which typologies it is asked.

    `options` are the answers of a choice, in the order shown; empty for yes or no.
    """

    id: str
    feature: str
    kind: QuestionKind
    typologies: frozenset[Typology]
    always: bool
    options: tuple[str, ...] = ()

    def asked_for(self, typology: Typology) -> bool:
        return self.always or typology in self.typologies


@dataclass(frozen=True, slots=True)
class Contact:
    """A number that the customer dials by hand. None where the agency has not said (unknown is not false).

    `expires` is the last day on which it may be shown, `expires_at` the instant (UTC) at which that day is
    over.
    """

    id: str
    number: str
    takes_reports: bool | None
    hours_24: bool | None
    timezone: str
    from_abroad: bool | None
    source: str
    as_of: date
    expires: date
    expires_at: Millis


@dataclass(frozen=True, slots=True)
class AlertText:
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class QuestionText:
    """`options` has the words of each option of a choice, in the question's order; empty for yes or no."""

    text: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ContactText:
    what_for: str
    hours: str


@dataclass(frozen=True, slots=True)
class WatchedText:
    """All that a session which someone may be watching is shown (guarantees G1)."""

    nothing_sent: str
    hang_up: str
    stop: str


@dataclass(frozen=True, slots=True)
class ReminderText:
    """The subject is neutral: others may read it on a locked screen."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class LocaleText:
    """Everything that the agency says in one locale. `sample_mark` is empty unless the pack is a sample."""

    locale: str
    agency_name: str
    heading: str
    sample_mark: str
    first_screen: str
    officers_never: str
    alerts: Mapping[Typology, tuple[AlertText, ...]]
    why: Mapping[str, str]
    tips: Mapping[Typology, tuple[str, ...]]
    questions: Mapping[str, QuestionText]
    contacts: Mapping[str, ContactText]
    watched: WatchedText
    reminders: Mapping[ReminderTime, ReminderText]

    def alert_typology(self, typology: Typology) -> Typology:
        """The typology whose alert is shown: its own where the pack has one, `general` otherwise."""
        return typology if typology in self.alerts else Typology.GENERAL

    def alert(self, typology: Typology, exposure: int) -> tuple[int, AlertText]:
        """(index of the variant, its text) for the `exposure`-th showing, counted from 0.

        Rotation and not chance: a second showing is certain to look different, which is what slows
        habituation.
        """
        variants = self.alerts[self.alert_typology(typology)]
        index = exposure % len(variants)
        return index, variants[index]

    def tips_for(self, typology: Typology) -> tuple[str, ...]:
        """The tips of the typology, or the general ones where it has none."""
        return self.tips.get(typology) or self.tips[Typology.GENERAL]


@dataclass(frozen=True, slots=True)
class Pack:
    """One version of one agency's pack. Valid from `valid_from` (included) to `expires` (excluded)."""

    id: str
    version: int
    agency: str
    jurisdiction: str
    locales: tuple[str, ...]
    default_locale: str
    locale_fallbacks: Mapping[str, str]
    valid_from: Millis
    expires: Millis
    sample: bool
    contacts: tuple[Contact, ...]
    questions: tuple[Question, ...]
    texts: Mapping[str, LocaleText]

    @property
    def why_ids(self) -> frozenset[str]:
        """The sentences that a rule's `why` may name; the same in every locale."""
        return frozenset(self.texts[self.default_locale].why)

    def text(self, locale: str) -> LocaleText:
        """The words of one of `locales`; KeyError for any other (see `choose_locale`)."""
        return self.texts[locale]

    def choose_locale(self, wanted: str | None) -> str:
        """The pack's locale for a BCP 47 tag: RFC 4647 lookup in which each shortened tag may be a fallback.

        So `zh-MO` becomes `zh-Hant` and `pt-BR` becomes `pt`. The default for None and for what nothing
        matches.
        """
        if wanted in self.texts:
            return str(wanted)
        exact = {locale.lower(): locale for locale in self.locales}
        fallbacks = {tag.lower(): locale for tag, locale in self.locale_fallbacks.items()}
        parts = (wanted or "").strip().lower().replace("_", "-").split("-")
        while parts:
            tag = "-".join(parts)
            found = exact.get(tag) or fallbacks.get(tag)
            if found:
                return found
            parts.pop()
            if parts and len(parts[-1]) == 1:  # a singleton introduces what was just cut off (RFC 4647, 3.4)
                parts.pop()
        return self.default_locale

    def contacts_at(self, now: Millis) -> tuple[Contact, ...]:
        """The numbers that may be shown at `now`: an expired one is hidden, never shown as a last resort."""
        return tuple(contact for contact in self.contacts if now < contact.expires_at)

    def questions_for(self, typology: Typology) -> tuple[Question, ...]:
        """The questions asked for a typology, in the pack's order; always with the coaching question."""
        return tuple(question for question in self.questions if question.asked_for(typology))
