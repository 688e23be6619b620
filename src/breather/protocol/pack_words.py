"""What a text of a pack may contain: plain words of a bearable length, and nothing to click, dial or scan.

A pack speaks with the voice of the police. Whoever could slip one address or one number into it would own
that voice, so links, e-mail addresses, numbers and invisible characters are refused even in a pack that is
properly signed.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from breather.domain.finding import Finding
from breather.domain.typology import REFUSED


@dataclass(frozen=True, slots=True)
class Limit:
    """The longest text in characters: for scripts like Latin, and for Chinese, Japanese and Korean.

    Where vowels are written as marks of their own, as in Tamil, a word of the same width has more characters.
    """

    latin: int
    cjk: int

    def of(self, locale: str) -> int:
        language = locale.split("-", maxsplit=1)[0].lower()
        if language in _MARKED_LANGUAGES:
            return self.latin * 3 // 2
        return self.cjk if language in _CJK_LANGUAGES else self.latin


TITLE = Limit(60, 24)
BODY = Limit(320, 140)
WHY = Limit(160, 70)
TIP = Limit(140, 60)
QUESTION = Limit(160, 60)
OPTION = Limit(110, 45)
LABEL = Limit(90, 40)
SUBJECT = Limit(60, 24)

_CJK_LANGUAGES = frozenset({"zh", "yue", "ja", "ko"})
_MARKED_LANGUAGES = frozenset({"ta", "ml", "te", "kn", "hi", "bn", "ne", "si", "th", "my", "km"})
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
# Also through the ideographic full stops, which browsers take for a dot in a host name.
_LINK = re.compile(
    r"[a-z][a-z0-9+.-]*://|\bwww\.|\bmailto:"
    r"|[^\W_]\.[^\W\d_]{2,}|[a-z0-9][。｡][a-z]{2,}|\d+\.\d+\.\d+\.\d+",
    re.IGNORECASE,
)
_LONG_CODE = re.compile(r"(?=[a-z]*\d)[a-z0-9]{16,}", re.IGNORECASE)
_DIGITS = re.compile(r"\+?\d(?:[ \u00a0()./-]{0,2}\d)*")
_MARKUP = re.compile(r"[<>{}\[\]`]")
_PHONE_DIGITS = 6
_A_SUSPECT = "a victim's alert never calls the customer a suspect"
_SHAMES = "the word shames the victim; say 'investment scam' or 'romance baiting'"
_WORDS_TO_AVOID = (
    (REFUSED, _A_SUSPECT),
    (f"{REFUSED}s", _A_SUSPECT),
    ("pig butchering", _SHAMES),
    ("pig-butchering", _SHAMES),
    ("殺豬盤", "the word shames the victim; say 投資騙案"),
    ("杀猪盘", "the word shames the victim; say 投资骗局"),
    ("macau scam", "elsewhere this means phone scams; name the scam itself"),
)
_AVOIDED = re.compile("|".join(rf"(?<![a-z]){re.escape(word)}(?![a-z])" for word, _ in _WORDS_TO_AVOID), re.IGNORECASE)


def refused_words(pointer: str, text: str, numbers: Iterable[str] = ()) -> list[Finding]:
    """What is wrong with one text. `numbers` are the contacts' numbers, which stand in contacts.toml only."""
    return [Finding(pointer, code, message) for code, message in _problems(text, numbers)]


def too_long(pointer: str, text: str, limit: Limit, locale: str) -> list[Finding]:
    """A finding if the text is longer than the limit of its locale's script."""
    longest = limit.of(locale)
    if len(text) <= longest:
        return []
    message = f"has {len(text)} characters; at most {longest} fit in {locale}"
    return [Finding(pointer, "too-long", message)]


def _problems(text: str, numbers: Iterable[str]) -> Iterator[tuple[str, str]]:
    if not text.strip():
        yield "empty", "is empty"
    if text != text.strip():
        yield "spaces", "begins or ends with a space"
    # What is printable has none of them; nearly every text is, and looking at each character takes ten times as long.
    hidden = [] if text.isprintable() else sorted({char for char in text if unicodedata.category(char) in _INVISIBLE})
    if hidden:
        named = ", ".join(f"U+{ord(char):04X}" for char in hidden)
        yield "control-character", f"contains {named}; only visible characters and spaces are allowed"
    # Compatibility forms (full-width letters, digits) read the same to a person, so they are judged the same.
    plain = unicodedata.normalize("NFKC", "".join(char for char in text if char not in hidden) if hidden else text)
    if "@" in plain:
        yield "e-mail", "contains '@'; an alert holds no e-mail address or account name"
    elif _LINK.search(plain):
        yield (
            "link",
            "contains what looks like a link; an alert holds none (a full stop is followed by a space)",
        )
    if _MARKUP.search(plain):
        yield "markup", "contains one of < > { } [ ] `; texts are plain words"
    if _LONG_CODE.search(plain):
        yield "code", "contains a long code; an alert holds no address, key or code"
    yield from _numbers_in(plain, numbers)
    for word in sorted({found.lower() for found in _AVOIDED.findall(plain)}):
        yield "word-to-avoid", f"contains {word!r}: {dict(_WORDS_TO_AVOID)[word]}"


def _numbers_in(plain: str, numbers: Iterable[str]) -> Iterator[tuple[str, str]]:
    found = list(_DIGITS.finditer(plain))
    contact_digits = {_only_digits(number) for number in numbers} if found else set()
    for match in found:
        digits = _only_digits(match[0])
        if len(digits) >= _PHONE_DIGITS or digits in contact_digits:
            yield (
                "number",
                f"contains {match[0]!r}; numbers to dial belong in contacts.toml, where they expire",
            )


def _only_digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())
