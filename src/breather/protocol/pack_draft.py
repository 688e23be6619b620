"""A new pack that is complete in its keys and says nothing yet: every text is still to be filled in.

The words of an existing pack stand there as examples, behind the mark of what is to be filled in. Taking the mark away
makes an example the author's own sentence; while one mark is left, nobody can sign the pack.
"""

import tomllib
from collections.abc import Mapping, Sequence

from babel.core import get_global

from breather.protocol.pack_files import PackFiles
from breather.protocol.pack_reading import FORMAT, text_file
from breather.protocol.strict_table import UNFILLED
from breather.protocol.toml_text import toml_text

CONTACT = "enquiry"
EXAMPLE = "en"

_REMARK = """What begins with "? " is still to be filled in. Words behind it are an example from another pack: rewrite
them, or take the mark away where they are right. `breather pack check` goes from top to bottom."""
# In the order in which they are read, so that the check goes from top to bottom.
_CONTACT: Mapping[str, str] = {
    "id": CONTACT,
    "number": "the number, as it is dialled: digits and single spaces",
    "source": "who confirmed the number, and where that can be read",
    "as_of": "the day on which it was confirmed, without quotes, like 2026-01-31",
    "expires": "the last day on which it may be shown, without quotes",
    "timezone": "the time zone of its hours, like Asia/Macau",
    "takes_reports": "true or false: whether a call here counts as a report; 'unknown' in double quotes if nobody said",
    "hours_24": "true or false: whether it answers day and night; 'unknown' in double quotes if nobody said",
    "from_abroad": "true or false: whether it can be dialled from abroad; 'unknown' in double quotes if nobody said",
}
_CONTACT_WORDS: Mapping[str, str] = {
    "what_for": "what the number is for, in a few words",
    "hours": "its hours, in words",
}


def draft_pack(like: PackFiles, name: str, jurisdiction: str, locales: Sequence[str]) -> dict[str, bytes]:
    """The files of a draft in these locales, with the questions of the pack `like` and its words as examples."""
    head = {
        "format": FORMAT,
        "id": name,
        "version": 1,
        "agency": f"{UNFILLED}the agency's own name here, in small letters and hyphens, like macau-pj",
        "jurisdiction": jurisdiction,
        "locales": list(locales),
        "default_locale": locales[0],
        "valid_from": f"{UNFILLED}when it begins, without quotes, like 2026-02-01T00:00:00+08:00",
        "expires": f"{UNFILLED}when it ends, likewise; a year is long",
        "sample": False,
    }
    contact = {key: value if key == "id" else f"{UNFILLED}{value}" for key, value in _CONTACT.items()}
    contact["timezone"] = only_zone(jurisdiction) or contact["timezone"]
    files = {
        "pack.toml": toml_text(head, _REMARK),
        "contacts.toml": toml_text({"contact": [contact]}, _REMARK),
    }
    for locale in locales:
        files[text_file(locale)] = toml_text(_examples(like, locale), _REMARK)
    return {**{file: text.encode() for file, text in files.items()}, "questions.toml": like["questions.toml"]}


def only_zone(jurisdiction: str) -> str:
    """The time zone of a place that has one only, by CLDR; "" for all others."""
    zones = get_global("territory_zones").get(jurisdiction, [])
    return zones[0] if len(zones) == 1 else ""


def _examples(like: PackFiles, locale: str) -> dict[str, object]:
    """In the locale itself where the pack has it; otherwise in English, or in whatever it has."""
    there = [text_file(each) for each in (locale, EXAMPLE)] + sorted(file for file in like if file.startswith("texts/"))
    words = tomllib.loads(like[next(file for file in there if file in like)].decode())
    words.pop("sample_mark", None)
    marked = {key: _marked(value) for key, value in words.items()}
    return {**marked, "contact": {CONTACT: _marked(_CONTACT_WORDS)}}


def _marked(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _marked(inner) for key, inner in value.items()}
    return [_marked(inner) for inner in value] if isinstance(value, list) else f"{UNFILLED}{value}"
