"""What a readable pack may still have wrong: locales that disagree, a clock that moved on, the wrong mode."""

from collections.abc import Iterable, Mapping, Sequence

from breather.domain.finding import Finding
from breather.domain.instant import DAY, Millis, format_instant
from breather.domain.pack import LocaleText, Pack
from breather.domain.typology import Typology
from breather.protocol.pack_language import has_lists

COACHING_FEATURE = "answer_told_what_to_say"
SOUNDS_LIKE_FEATURE = "answer_sounds_like"
SOON = 60 * DAY

_ASKED_OF_CONTACTS = ("takes_reports", "hours_24", "from_abroad")


def check_pack(pack: Pack, now: Millis, mode: str) -> list[Finding]:
    """Why the pack cannot serve at `now` in this mode (`test` or `live`), all of it; empty if it can.

    An expired contact is a finding even while others remain: whoever activates a pack should know. A
    running service hides it (`Pack.contacts_at`) and stops a pack only for the codes other than
    `contact-expired`.
    """
    findings = []
    if mode != "test" and pack.sample:
        findings.append(Finding("pack.toml:sample", "sample-in-live", "sample packs are for test mode only"))
    if now < pack.valid_from:
        message = f"the pack is not valid before {format_instant(pack.valid_from)}"
        findings.append(Finding("pack.toml:valid_from", "not-yet-valid", message))
    if now >= pack.expires:
        message = f"the pack expired at {format_instant(pack.expires)}"
        findings.append(Finding("pack.toml:expires", "expired", message))
    current = pack.contacts_at(now)
    for number, contact in enumerate(pack.contacts, 1):
        if contact not in current:
            message = f"contact {contact.id!r} ({contact.number}) expired on {contact.expires}"
            findings.append(Finding(f"contacts.toml:contact[{number}].expires", "contact-expired", message))
    if not current:
        findings += [
            Finding(
                f"texts/{locale}.toml:contact",
                "no-contact",
                f"{locale} has no number left that has not expired",
            )
            for locale in pack.locales
        ]
    return findings


def warnings_of_pack(pack: Pack, now: Millis) -> list[Finding]:
    """What is allowed and worth knowing before somebody signs: what is unknown of a number, what nobody looked for."""
    findings = []
    for number, contact in enumerate(pack.contacts, 1):
        place = f"contacts.toml:contact[{number}]"
        unknown = [name for name in _ASKED_OF_CONTACTS if getattr(contact, name) is None]
        if unknown:
            message = f"of {contact.id!r} it is unknown: {', '.join(unknown)}; ask whoever answers there"
            findings.append(Finding(place, "unknown", message))
        if 0 < contact.expires_at - now < SOON:
            message = f"contact {contact.id!r} expires on {contact.expires}; confirm it again before then"
            findings.append(Finding(f"{place}.expires", "expires-soon", message))
    if not any(contact.takes_reports for contact in pack.contacts_at(now)):
        message = "none of the numbers is known to take reports; the words must not send anybody there to report"
        findings.append(Finding("contacts.toml:contact", "no-report-number", message))
    findings += [
        Finding(f"texts/{locale}.toml", "no-lists", "nobody looked here for orders to pay or to keep silent: no lists")
        for locale in pack.locales
        if not has_lists(locale)
    ]
    return findings


def incoherences(pack: Pack) -> list[Finding]:
    """What is wrong between the parts of a pack, each of which may be right by itself."""
    findings = _periods(pack) + _always_asked(pack)
    texts = [pack.texts[locale] for locale in pack.locales if locale in pack.texts]
    findings += _same_keys(texts, "why", {text.locale: text.why for text in texts})
    findings += _same_counts(texts, "alert", "variants", {text.locale: text.alerts for text in texts})
    findings += _same_counts(texts, "tips", "tips", {text.locale: text.tips for text in texts})
    return findings


def _periods(pack: Pack) -> list[Finding]:
    if pack.valid_from < pack.expires:
        return []
    return [Finding("pack.toml:expires", "bad-period", "must be later than valid_from")]


def _always_asked(pack: Pack) -> list[Finding]:
    if not pack.questions:  # questions.toml has a finding of its own
        return []
    findings = []
    if not any(question.always and question.feature == COACHING_FEATURE for question in pack.questions):
        message = f'the coaching question must be there: it sets {COACHING_FEATURE}, with typologies = ["*"]'
        findings.append(Finding("questions.toml:question", "no-coaching-question", message))
    if not any(question.feature == SOUNDS_LIKE_FEATURE for question in pack.questions_for(Typology.GENERAL)):
        message = f"one question for 'general' must set {SOUNDS_LIKE_FEATURE}: which of these sounds like you?"
        findings.append(Finding("questions.toml:question", "no-sounds-like-question", message))
    return findings


def _same_keys(texts: Sequence[LocaleText], table: str, keys: Mapping[str, Iterable[str]]) -> list[Finding]:
    """A finding for each key that one locale has and another lacks; an empty table has its own."""
    findings = []
    first_with: dict[str, str] = {}
    for text in texts:
        for key in keys[text.locale]:
            first_with.setdefault(key, text.locale)
    for text in texts:
        for key, other in first_with.items():
            if keys[text.locale] and key not in keys[text.locale]:
                message = f"{text.locale} has no {table}.{key}, which {other} has"
                findings.append(Finding(f"texts/{text.locale}.toml:{table}.{key}", "missing-key", message))
    return findings


def _same_counts(
    texts: Sequence[LocaleText],
    table: str,
    what: str,
    entries: Mapping[str, Mapping[Typology, Sequence[object]]],
) -> list[Finding]:
    """Same keys, and as many under each: which variant was shown is recorded by its number alone."""
    findings = _same_keys(texts, table, entries)
    for typology in Typology:
        counts = {locale: len(entry[typology]) for locale, entry in entries.items() if typology in entry}
        most = max(counts.values(), default=0)
        fullest = next((locale for locale, count in counts.items() if count == most), "")
        for locale, count in counts.items():
            if count < most:
                message = f"{locale} has {count} {what} of {table}.{typology}, and {fullest} has {most}"
                findings.append(Finding(f"texts/{locale}.toml:{table}.{typology}", "missing-key", message))
    return findings
