"""A pack's files to a `Pack`: strict keys, closed words, plain text. Whole, or refused with every finding.

Reading does not look at the signature (`pack_signature.py`) nor at the clock (`pack_checks.py`).
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import pycountry

from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import ValueType
from breather.domain.finding import Finding, Refused, nearest
from breather.domain.instant import SECOND, Millis
from breather.domain.pack import EVERY_TYPOLOGY, NONE_OF_THESE, Contact, Pack, Question, QuestionKind
from breather.domain.typology import Typology
from breather.protocol import pack_words
from breather.protocol.pack_checks import incoherences
from breather.protocol.pack_files import MANIFEST, README, SIGNATURE, PackFiles
from breather.protocol.pack_locale import LocaleReader, typology_of
from breather.protocol.strict_table import StrictTable, parse_toml

ANSWER_PREFIX = "answer_"
ANSWER_FEATURES = tuple(name for name in CATALOGUE if name.startswith(ANSWER_PREFIX))

FORMAT = 1

_ID = re.compile(r"[a-z][a-z0-9-]{1,62}")
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_NUMBER = re.compile(r"\+?[0-9](?: ?[0-9]){1,18}")
_TIMEZONE = re.compile(r"(UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z_-]+){1,2})")
_FILES = ("pack.toml", "contacts.toml", "questions.toml")


def read_pack(files: PackFiles) -> Pack:
    """The pack, or Refused with every finding."""
    findings: list[Finding] = []
    tables = {name: _parse(files, name, findings) for name in _FILES}
    head = tables["pack.toml"]
    if head:
        _format(head)
    locales = _locales(head) if head else ()
    findings += _unknown_files(files, locales if head else None)
    contacts = _contacts(tables["contacts.toml"])
    questions = _questions(tables["questions.toml"])
    texts = {}
    # Where `sample` itself is wrong, its mark is not held against the texts.
    sample = head is not None and (head.boolean("sample") or head.already_wrong("sample"))
    for locale in locales:
        table = _parse(files, text_file(locale), findings)
        if table:
            texts[locale] = LocaleReader(locale, sample, questions, contacts).read(table)
    if head is None or (findings and not texts):
        raise Refused("the pack cannot be used", _in_order(findings, locales))
    pack = Pack(
        id=_id(head, "id"),
        version=head.integer("version", 1, 1_000_000),
        agency=_id(head, "agency"),
        jurisdiction=_jurisdiction(head),
        locales=locales,
        default_locale=head.word("default_locale", locales),
        locale_fallbacks=_fallbacks(head, locales),
        valid_from=head.instant("valid_from"),
        expires=head.instant("expires"),
        sample=sample,
        contacts=contacts,
        questions=questions,
        texts=texts,
    )
    head.close()
    places = {finding.pointer for finding in findings}
    findings += [finding for finding in incoherences(pack) if finding.pointer not in places]
    if findings:
        raise Refused("the pack cannot be used", _in_order(findings, locales))
    return pack


def _in_order(findings: Sequence[Finding], locales: Sequence[str]) -> list[Finding]:
    """File by file, as a pack is written: whoever fills one in goes through it once."""
    files = [*_FILES, *(text_file(locale) for locale in locales)]
    place = {name: number for number, name in enumerate(files)}
    return sorted(findings, key=lambda finding: place.get(finding.pointer.split(":")[0], -1))


def _format(head: StrictTable) -> None:
    """What the keys of a pack mean. A later format is refused by name, and not for each key that is strange here."""
    found = head.integer("format", 1, 1_000_000)
    if not head.already_wrong("format") and found != FORMAT:
        message = f"{found} is a later form of packs than this Breather reads, which is {FORMAT}; it needs a newer one"
        raise Refused("the pack cannot be read", [Finding(head.pointer("format"), "later-format", message)])


def text_file(locale: str) -> str:
    """Where a locale's words stand in a pack."""
    return f"texts/{locale}.toml"


def _parse(files: PackFiles, name: str, findings: list[Finding]) -> StrictTable | None:
    if name not in files:
        findings.append(Finding(name, "missing-file", "is missing from the pack"))
        return None
    return parse_toml(name, files[name], findings)


def _unknown_files(files: PackFiles, locales: Sequence[str] | None) -> list[Finding]:
    known = [*_FILES, README, MANIFEST, SIGNATURE, *(text_file(locale) for locale in locales or ())]
    strangers = sorted(files.keys() - set(known))
    if locales is None:  # without pack.toml nobody can say which locales belong
        strangers = [name for name in strangers if not name.startswith("texts/")]
    return [Finding(name, "unknown-file", "belongs to no pack", nearest(name, known)) for name in strangers]


def _locales(head: StrictTable) -> tuple[str, ...]:
    locales = head.texts("locales")
    for locale in locales:
        if not _LOCALE.fullmatch(locale):
            head.note("locales", "bad-locale", f"{locale[:40]!r} is no locale; write it like zh-Hant, pt or en-GB")
    if len(set(locales)) < len(locales):
        head.note("locales", "repeated", "names a locale twice")
    return tuple(locale for locale in dict.fromkeys(locales) if _LOCALE.fullmatch(locale))


def _fallbacks(head: StrictTable, locales: Sequence[str]) -> dict[str, str]:
    if not head.has("locale_fallbacks"):
        return {}
    table = head.table("locale_fallbacks")
    fallbacks = {}
    for tag in table.names():
        fallbacks[tag] = table.word(tag, locales)
        if not _LOCALE.fullmatch(tag) or tag in locales:
            table.note(tag[:40], "bad-locale", "must be a locale that the pack does not have itself, like zh-MO")
    return fallbacks


def _jurisdiction(head: StrictTable) -> str:
    code = head.text("jurisdiction")
    # Only as it is written: in other capitals the library finds it too, and no campaign would.
    found = pycountry.countries.get(alpha_2=code)
    if not head.already_wrong("jurisdiction") and (found is None or found.alpha_2 != code):
        message = f"{code[:40]!r} is not an ISO 3166-1 alpha-2 code, like MO"
        head.note("jurisdiction", "unknown-jurisdiction", message, "" if found is None else found.alpha_2)
    return code


def _id(table: StrictTable, key: str) -> str:
    word = table.text(key)
    if not table.already_wrong(key) and not _ID.fullmatch(word):
        table.note(key, "bad-id", f"{word[:60]!r} is no id: lower-case letters, digits and hyphens, like macau-pj")
    return word


def _contacts(root: StrictTable | None) -> tuple[Contact, ...]:
    if root is None:
        return ()
    contacts = tuple(_contact(table) for table in root.tables("contact"))
    root.close()
    _note_repeats(root, "contact", [contact.id for contact in contacts])
    return contacts


def _contact(table: StrictTable) -> Contact:
    number = table.text("number")
    if not table.already_wrong("number") and not _NUMBER.fullmatch(number):
        table.note("number", "bad-number", "must be digits and single spaces, with a + in front if need be")
    source = table.text("source")
    if not table.already_wrong("source"):
        table.findings.extend(pack_words.refused_words(table.pointer("source"), source))
    as_of, expires = table.day("as_of"), table.day("expires")
    if expires <= as_of and not (table.already_wrong("as_of") or table.already_wrong("expires")):
        table.note("expires", "bad-period", f"{expires} is not after as_of, {as_of}")
    timezone = table.text("timezone")
    if not table.already_wrong("timezone") and not _TIMEZONE.fullmatch(timezone):
        table.note("timezone", "bad-timezone", f"{timezone[:40]!r} is no time zone name, like Asia/Macau")
    day_after = datetime.combine(expires, time(), UTC) + timedelta(days=1)
    contact = Contact(
        id=_id(table, "id"),
        number=number,
        takes_reports=table.known_boolean("takes_reports"),
        hours_24=table.known_boolean("hours_24"),
        timezone=timezone,
        from_abroad=table.known_boolean("from_abroad"),
        source=source,
        as_of=as_of,
        expires=expires,
        expires_at=Millis(int(day_after.timestamp()) * SECOND),
    )
    table.close()
    return contact


def _questions(root: StrictTable | None) -> tuple[Question, ...]:
    if root is None:
        return ()
    questions = tuple(_question(table) for table in root.tables("question"))
    root.close()
    _note_repeats(root, "question", [question.id for question in questions])
    _note_repeats(root, "question", [question.feature for question in questions])
    return questions


def _question(table: StrictTable) -> Question:
    feature = table.word("feature", ANSWER_FEATURES)
    kind = table.word("kind", QuestionKind)
    if feature and kind:
        fitting = QuestionKind.YES_NO if CATALOGUE[feature].type is ValueType.BOOLEAN else QuestionKind.CHOICE
        if kind != fitting:
            table.note("kind", "wrong-kind", f"{feature} takes the kind {fitting.value!r}", fitting.value)
    words = table.texts("typologies")
    typologies = [typology_of(table, word, "typologies") for word in words if word != EVERY_TYPOLOGY]
    question = Question(
        id=_id(table, "id"),
        feature=feature,
        kind=QuestionKind(kind) if kind else QuestionKind.YES_NO,
        typologies=frozenset(typology for typology in typologies if typology),
        always=EVERY_TYPOLOGY in words,
        options=_options(table, feature) if kind == QuestionKind.CHOICE else (),
    )
    table.close()
    return question


def _options(table: StrictTable, feature: str) -> tuple[str, ...]:
    options = table.texts("options")
    allowed = CATALOGUE[feature].values if feature else (*Typology, NONE_OF_THESE)
    for option in options:
        if option == NONE_OF_THESE or typology_of(table, option, "options"):
            table.closed("options", option, allowed)
    if options and NONE_OF_THESE not in options:
        table.note(
            "options",
            "missing-option",
            f"must include {NONE_OF_THESE!r}: nobody is forced to recognise a scam",
        )
    if len(set(options)) < len(options):
        table.note("options", "repeated", "names an option twice")
    return options


def _note_repeats(root: StrictTable, key: str, words: Sequence[str]) -> None:
    for word in sorted({word for word in words if word and words.count(word) > 1}):
        root.note(key, "repeated", f"{word!r} stands there twice")
