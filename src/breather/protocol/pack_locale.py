"""One locale of a pack: `texts/<locale>.toml` to `LocaleText`, each sentence checked."""

from collections.abc import Sequence
from dataclasses import dataclass

from breather.domain.finding import nearest
from breather.domain.pack import (
    AlertText,
    Contact,
    ContactText,
    LocaleText,
    Question,
    QuestionText,
    ReminderText,
    ReminderTime,
    WatchedText,
)
from breather.domain.typology import REFUSED, Typology
from breather.protocol import pack_language, pack_words
from breather.protocol.pack_words import Limit
from breather.protocol.strict_table import StrictTable

VARIANTS_AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class LocaleReader:
    """What a locale's texts are read against. `numbers` may stand in contacts.toml only."""

    locale: str
    sample: bool
    questions: Sequence[Question]
    contacts: Sequence[Contact]

    def read(self, table: StrictTable) -> LocaleText:
        """The locale's texts, complete only where the table's findings stay empty."""
        text = LocaleText(
            locale=self.locale,
            agency_name=self._words(table, "agency_name", pack_words.TITLE),
            heading=self._words(table, "heading", pack_words.TITLE),
            sample_mark=self._sample_mark(table),
            first_screen=self._words(table, "first_screen", pack_words.BODY),
            officers_never=self._words(table, "officers_never", pack_words.BODY),
            alerts=self._alerts(table.table("alert")),
            why=self._why(table.table("why")),
            tips=self._tips(table.table("tips")),
            questions=self._questions(table.table("question")),
            contacts=self._contacts(table.table("contact")),
            watched=self._watched(table.table("watched")),
            reminders=self._reminders(table.table("reminder")),
        )
        table.close()
        return text

    def _sample_mark(self, table: StrictTable) -> str:
        if self.sample:
            return self._words(table, "sample_mark", pack_words.LABEL)
        if table.has("sample_mark"):
            table.text("sample_mark")
            table.note("sample_mark", "not-a-sample", "is only for packs with sample = true")
        return ""

    def _alerts(self, table: StrictTable) -> dict[Typology, tuple[AlertText, ...]]:
        alerts: dict[Typology, tuple[AlertText, ...]] = {}
        for key in table.names():
            typology = typology_of(table, key)
            alert = table.table(key)
            variants = alert.tables("variants")
            alert.close()
            if variants and len(variants) < VARIANTS_AT_LEAST:
                alert.note(
                    "variants",
                    "too-few",
                    f"has {len(variants)} variants; at least {VARIANTS_AT_LEAST} are needed",
                )
            texts = tuple(self._alert(variant) for variant in variants)
            if typology and texts:
                alerts[typology] = texts
        for missing in [typology for typology in Typology if typology not in table.names()]:
            message = f"is missing: every typology has its own alert, with at least {VARIANTS_AT_LEAST} variants"
            table.note(missing, "missing-key", message)
        return alerts

    def _alert(self, table: StrictTable) -> AlertText:
        text = AlertText(
            title=self._words(table, "title", pack_words.TITLE),
            body=self._words(table, "body", pack_words.BODY),
        )
        table.close()
        return text

    def _why(self, table: StrictTable) -> dict[str, str]:
        return {key: self._words(table, key, pack_words.WHY) for key in table.names()}

    def _tips(self, table: StrictTable) -> dict[Typology, tuple[str, ...]]:
        tips: dict[Typology, tuple[str, ...]] = {}
        for key in table.names():
            typology = typology_of(table, key)
            texts = table.texts(key)
            for number, text in enumerate(texts, 1):
                if not table.already_wrong(f"{key}[{number}]"):
                    self._check(table, f"{key}[{number}]", text, pack_words.TIP)
            if typology and texts:
                tips[typology] = texts
        if Typology.GENERAL not in table.names():
            table.note(
                Typology.GENERAL,
                "missing-key",
                "is missing: it is shown where a typology has no tips of its own",
            )
        return tips

    def _questions(self, table: StrictTable) -> dict[str, QuestionText]:
        texts = {}
        for question in self.questions:
            inside = table.table(question.id)
            text = self._words(inside, "text", pack_words.QUESTION)
            options: dict[str, str] = {}
            if question.options:
                choices = inside.table("options")
                options = {option: self._words(choices, option, pack_words.OPTION) for option in question.options}
                choices.close()
            inside.close()
            texts[question.id] = QuestionText(text, options)
        table.close()
        return texts

    def _contacts(self, table: StrictTable) -> dict[str, ContactText]:
        texts = {}
        for contact in self.contacts:
            inside = table.table(contact.id)
            texts[contact.id] = ContactText(
                what_for=self._words(inside, "what_for", pack_words.LABEL),
                hours=self._words(inside, "hours", pack_words.LABEL),
            )
            inside.close()
        table.close()
        return texts

    def _watched(self, table: StrictTable) -> WatchedText:
        text = WatchedText(
            nothing_sent=self._words(table, "nothing_sent", pack_words.TIP),
            hang_up=self._words(table, "hang_up", pack_words.TIP),
            stop=self._words(table, "stop", pack_words.TIP),
        )
        table.close()
        return text

    def _reminders(self, table: StrictTable) -> dict[ReminderTime, ReminderText]:
        texts = {}
        for time in ReminderTime:
            inside = table.table(time)
            subject = self._words(inside, "subject", pack_words.SUBJECT)
            inside.findings.extend(pack_language.telling(inside.pointer("subject"), subject, self.locale))
            texts[time] = ReminderText(subject, self._words(inside, "body", pack_words.BODY))
            inside.close()
        table.close()
        return texts

    def _words(self, table: StrictTable, key: str, limit: Limit) -> str:
        text = table.text(key)
        if not table.already_wrong(key):
            self._check(table, key, text, limit)
        return text

    def _check(self, table: StrictTable, key: str, text: str, limit: Limit) -> None:
        pointer = table.pointer(key)
        numbers = [contact.number for contact in self.contacts]
        table.findings.extend(pack_words.refused_words(pointer, text, numbers))
        table.findings.extend(pack_words.too_long(pointer, text, limit, self.locale))
        table.findings.extend(pack_language.orders(pointer, text, self.locale))


def typology_of(table: StrictTable, word: str, key: str = "") -> Typology | None:
    """The typology of that name; else None, and a finding at `key` or at the word itself."""
    at = key or word[:60]
    if word == REFUSED:
        message = f"{REFUSED!r} is refused: a suspicion against the customer is never an alert to a victim"
        table.note(at, "refused-typology", message)
        return None
    try:
        return Typology(word)
    except ValueError:
        table.note(at, "unknown-typology", f"{word[:60]!r} is no typology", nearest(word, Typology))
        return None
