"""Names made to be read as another: letters of other scripts, letters that look alike, a brand under another suffix.

Source: UTS 39, "Unicode Security Mechanisms": skeletons (two texts that look alike have the same) and mixed scripts
(level *highly restrictive*). The table here is our own, of small letters that pass for Latin ones in common typefaces;
that of Unicode has thousands of rows for symbols that no domain may have.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from breather.intelligence.domain_name import DomainName

_LOOKS_LIKE: Mapping[str, str] = {
    # Cyrillic
    **dict(zip("аеорсухіјѕԛԝһԁкмтвнгпьӏ", "aeopcyxijsqwhdkmtbhrnbl", strict=True)),
    # Greek
    **dict(zip("αονρτυικηχγωϲσεμβ", "aovptuiknxywcoeub", strict=True)),
    # Armenian
    **dict(zip("օոսհցքզ", "onuhgpq", strict=True)),
    # Latin of other languages, and small capitals
    **dict(zip("ıłøđħŧɑɡɩɪʟɴʀʏəɛɔʋɯƅƶƙᴀᴄᴅᴇᴋᴍᴏᴘᴛᴜᴠᴡᴢ", "ilodhtagiilnryeecvwbzkacdekmoptuvwz", strict=True)),
    # Digits
    "0": "o",
    "1": "l",
    # What two letters make together.
    "m": "rn",
    "w": "vv",
}
_TABLE: Mapping[int, str] = {ord(letter): alike for letter, alike in _LOOKS_LIKE.items()}
# Scripts that are written together.
_TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)


class Way(StrEnum):
    """CONFUSABLE: other letters that look the same. SUFFIX: the same letters, under another suffix."""

    CONFUSABLE = "confusable"
    SUFFIX = "suffix"


@dataclass(frozen=True, slots=True)
class Imitation:
    brand: str
    way: Way


@dataclass(frozen=True, slots=True)
class Brands:
    """`domains`: what each brand has itself, in ASCII; `by_skeleton`: its labels' skeletons."""

    domains: Mapping[str, frozenset[str]]
    by_skeleton: Mapping[str, str]


def brands(domains: Mapping[str, Iterable[DomainName]]) -> Brands:
    """Brands with the registered domains that they use; their labels are what others imitate."""
    own = {brand: frozenset(each.registrable for each in names) for brand, names in domains.items()}
    return Brands(own, {skeleton(each.label): brand for brand, names in domains.items() for each in names})


def imitated(domain: DomainName, known: Brands) -> Imitation | None:
    """The brand that the registered label can be taken for; None if none, or if the domain is the brand's own."""
    brand = known.by_skeleton.get(skeleton(domain.label))
    if brand is None or domain.registrable in known.domains[brand]:
        return None
    labels = {own.partition(".")[0] for own in known.domains[brand]}
    return Imitation(brand, Way.SUFFIX if domain.registrable.partition(".")[0] in labels else Way.CONFUSABLE)


def skeleton(label: str) -> str:
    """Texts that look alike have the same one. For comparing only: it is no spelling of anything."""
    apart = unicodedata.normalize("NFKD", label.casefold())
    return "".join(each for each in apart if not unicodedata.combining(each)).translate(_TABLE).translate(_TABLE)


def scripts(label: str) -> frozenset[str]:
    """The scripts of its letters, by the first word of their Unicode names: LATIN, CYRILLIC, CJK ..."""
    # Modifier letters (the long mark of kana) belong to several.
    letters = {each for each in label if each.isalpha() and unicodedata.category(each) != "Lm"}
    return frozenset(unicodedata.name(each, "UNKNOWN").split(" ")[0] for each in letters)


def has_mixed_scripts(label: str) -> bool:
    """Whether its letters are of scripts that nobody writes together."""
    found = scripts(label)
    return len(found) > 1 and not any(found <= allowed for allowed in _TOGETHER)
