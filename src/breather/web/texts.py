"""The interface's own words, one TOML file per locale, and how that locale writes times and durations.

Only buttons, states and explanations live here. What an agency says comes from its signed pack and is never
mixed in (guarantees H). Every file has exactly the keys and placeholders of the reference locale; a file that
differs is refused with everything that is wrong with it. Dates, numbers and units follow CLDR through Babel.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from string import Formatter
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time, get_timezone_location
from babel.numbers import format_decimal
from babel.units import format_unit

from breather.domain.finding import Finding, Refused, nearest
from breather.domain.instant import Millis

REFERENCE: Final = "en"
DIRECTIONS: Final = ("ltr", "rtl")
# CLDR's English still writes Macao; the police's own English, and all of ours, writes Macau.
_PLACES: Final[Mapping[tuple[str, str], str]] = MappingProxyType({("en", "Asia/Macau"): "Macau"})
_ABOUT: Final = ("locale.name", "locale.short", "locale.direction", "locale.cldr")


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of one locale. `tag` is BCP 47, `cldr` the Babel locale whose calendar and plurals apply."""

    tag: str
    cldr: Locale
    words: Mapping[str, str]

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, for the `dir` attribute."""
        return self.words["locale.direction"]

    @property
    def name(self) -> str:
        """The language's own name for itself."""
        return self.words["locale.name"]

    @property
    def short(self) -> str:
        """The same in one or two characters, for the switch."""
        return self.words["locale.short"]

    def say(self, key: str, **values: str) -> str:
        """The text of `key`, placeholders filled. Raises KeyError for an unknown key or a missing value."""
        return self.words[key].format_map(values)

    def time(self, at: Millis, zone: str) -> str:
        """The time of day in `zone` (an IANA name), as this locale writes it: `16:20`, `下午4:20`."""
        return format_time(_local(at, zone), "short", locale=self.cldr)

    def moment(self, at: Millis, zone: str) -> str:
        """Day and time: `Sunday 22 November, 16:20`. Always with the day: a pause can cross midnight."""
        day = format_skeleton("MMMMEEEEd", _local(at, zone), locale=self.cldr)
        return self.say("chrome.moment", day=day, time=self.time(at, zone))

    def place(self, zone: str) -> str:
        """The city that names a time zone: `Macau`, `澳門`."""
        ours = _PLACES.get((self.cldr.language, zone))
        return ours or get_timezone_location(ZoneInfo(zone), locale=self.cldr, return_city=True)

    def duration(self, seconds: int) -> str:
        """A length in the largest unit that keeps it a small whole number: `20 seconds`, `60 minutes`."""
        return self._units(*_whole(seconds))

    def remaining(self, seconds: int) -> tuple[str, str]:
        """What is left as (number, unit word): whole minutes, rounded up; seconds only in the last minute."""
        amount, unit = (-(-seconds // 60), "minute") if seconds > 60 else (max(seconds, 0), "second")
        number = format_decimal(amount, locale=self.cldr)
        return number, self._units(amount, unit).replace(number, "").strip()

    def number(self, value: int) -> str:
        """A whole number with this locale's digits and grouping."""
        return format_decimal(value, locale=self.cldr)

    def _units(self, amount: int, unit: str) -> str:
        """An amount of time. Where CLDR's long form only refers to its short one, Babel gives its id."""
        identifier = f"duration-{unit}"
        written = format_unit(amount, identifier, "long", locale=self.cldr)
        return format_unit(amount, identifier, "short", locale=self.cldr) if identifier in written else written


def _local(at: Millis, zone: str) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))


def _whole(seconds: int) -> tuple[int, str]:
    if seconds < 120 or seconds % 60:
        return seconds, "second"
    if seconds < 7_200 or seconds % 3_600:
        return seconds // 60, "minute"
    return seconds // 3_600, "hour"


def placeholders(text: str) -> frozenset[str]:
    """The names between braces. Raises ValueError for braces that do not match."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _flat(source: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in source.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _about_findings(flat: Mapping[str, object]) -> list[Finding]:
    found = [
        Finding(key, "missing", "every file of interface texts says this about its locale")
        for key in _ABOUT
        if key not in flat
    ]
    if flat.get("locale.direction", "ltr") not in DIRECTIONS:
        found.append(Finding("locale.direction", "value", "must be ltr or rtl", "ltr"))
    cldr = flat.get("locale.cldr", "en")
    try:
        Locale.parse(str(cldr))
    except (UnknownLocaleError, ValueError):
        found.append(Finding("locale.cldr", "value", f"{cldr!r} is not a CLDR locale, such as pt_PT"))
    return found


def _text_findings(flat: Mapping[str, object], reference: Mapping[str, str]) -> list[Finding]:
    found = [Finding(key, "missing", "the reference locale has this text") for key in reference if key not in flat]
    for key, value in flat.items():
        if key not in reference:
            found.append(Finding(key, "unknown", "no page uses this text", nearest(key, reference)))
        elif not isinstance(value, str) or not value.strip():
            found.append(Finding(key, "value", "must be a text that says something"))
        elif any(mark in value for mark in "<>\x00"):
            found.append(Finding(key, "value", "must be plain text without markup"))
        else:
            found.extend(_placeholder_findings(key, value, placeholders(reference[key])))
    return found


def _placeholder_findings(key: str, value: str, wanted: frozenset[str]) -> list[Finding]:
    try:
        given = placeholders(value)
    except ValueError:
        return [Finding(key, "value", "has a brace that does not match; write {name}")]
    if given == wanted:
        return []
    expected = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "none"
    return [Finding(key, "placeholder", f"must have exactly these placeholders: {expected}")]


def read_texts(tag: str, source: str, reference: Mapping[str, str] | None = None) -> Texts:
    """One locale from its TOML. `reference` is the words of the reference locale, or None for that locale.

    Raises Refused with every finding.
    """
    try:
        flat = _flat(tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"interface texts {tag}", [Finding(tag, "syntax", f"is not TOML: {error}")]) from error
    words = {key: value for key, value in flat.items() if isinstance(value, str)}
    findings = _about_findings(flat) + _text_findings(flat, words if reference is None else reference)
    if findings:
        raise Refused(f"interface texts {tag}", findings)
    return Texts(tag, Locale.parse(words["locale.cldr"]), MappingProxyType(words))


@cache
def all_texts() -> MappingProxyType[str, Texts]:
    """Every locale that ships, by tag. Raises Refused if a shipped file is wrong; a test prevents that."""
    folder = resources.files("breather.web").joinpath("texts")
    sources = {
        entry.name.removesuffix(".toml"): entry.read_text("utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }
    reference = read_texts(REFERENCE, sources[REFERENCE])
    others = {tag: read_texts(tag, source, reference.words) for tag, source in sources.items() if tag != REFERENCE}
    return MappingProxyType({REFERENCE: reference, **others})


def texts_for(locale: str) -> Texts:
    """The words nearest to a BCP 47 tag: itself, then without its last subtags, then the reference."""
    known = all_texts()
    tag = locale
    while tag:
        if tag in known:
            return known[tag]
        tag = tag.rpartition("-")[0]
    return known[REFERENCE]
