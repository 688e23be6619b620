"""A campaign for another place: the rules and examples of one that is there, and gaps for what is nobody's to copy.

Which pack, whose time zone, how fast a desk answers, how many interruptions are expected: these are agreed anew in each
place. The relay's terms rest on the law of one place and are left out. The file keeps its comments, for they say why.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence

from breather.domain.finding import Finding, Refused
from breather.exchange.campaign_file import CAMPAIGN
from breather.exchange.places import PLACES
from breather.protocol.strict_table import UNFILLED

_Place = tuple[str, str]  # table and key

_ASKED: Mapping[_Place, str] = {
    ("", "id"): "the campaign's own name, small letters and hyphens, like hk-police-trial",
    ("", "pack"): "the id of the agency's pack for this place",
    ("", "pack_version"): "the version of that pack, without quotes",
    ("", "sample"): "true while its pack is a sample, false once it is the agency's own; without quotes",
    ("", "time_zone"): "the time zone in which its days are counted, like Asia/Macau",
    ("desk", "urgent_route_minutes"): "within how many minutes a person of your desk answers; without quotes",
    ("desk", "appeal_days"): "for how many days a customer may appeal; without quotes",
    (
        "budget",
        "interruptions_per_thousand",
    ): "how many of a thousand withdrawals may be interrupted; a backtest counts",
    ("experiment", "id"): "the name of what is measured here; another than that of the campaign it came from",
}
_TABLE = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(#.*)?")
_LINE = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


def draft_campaign(
    files: Mapping[str, bytes], jurisdiction: str, time_zone: str, packs: Sequence[str]
) -> dict[str, bytes]:
    """The same files for another place. `time_zone` is "" where nobody can know it; `packs` are packs for that place
    which could be named.

    Raises Refused for a place that is none, and for a campaign whose settings do not stand on lines of their own.
    """
    if jurisdiction not in PLACES:
        message = f"{jurisdiction[:40]!r} is not a code of ISO 3166-1; it has two capital letters, such as HK"
        suggestion = jurisdiction.upper() if jurisdiction.upper() in PLACES else ""
        raise Refused("no campaign was begun", [Finding("--jurisdiction", "unknown-place", message, suggestion)])
    values: dict[_Place, str] = {place: _quoted(f"{UNFILLED}{what}") for place, what in _ASKED.items()}
    values["", "version"], values["", "jurisdiction"] = "1", _quoted(jurisdiction)
    if packs:
        values["", "pack"] = _quoted(f"{UNFILLED}{_ASKED['', 'pack']}; a sample for it is {' or '.join(packs)}")
    if time_zone:
        values["", "time_zone"] = _quoted(time_zone)
    text = "\n".join([*_head(jurisdiction), *_lines(files[CAMPAIGN].decode(), values)]).rstrip() + "\n"
    _hold(text, values)
    return {**files, CAMPAIGN: text.encode()}


def _head(jurisdiction: str) -> list[str]:
    return [
        f'# A campaign for {jurisdiction}, begun from another one. What begins with "? " is still to be filled in;',
        "# `breather campaign check` goes through it from top to bottom. The rules are those of the other place: try",
        "# them on your own past (`breather backtest`) before anybody meets them. [relay] is left out: its terms",
        "# rest on the law of one place.",
        "",
    ]


def _lines(text: str, values: Mapping[_Place, str]) -> Iterator[str]:
    """Line by line, without the first comment, which speaks of the other place, and without the relay."""
    table, begun = "", False
    remarks: list[str] = []  # they belong to what follows, and go with it
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            remarks.append(line)
            continue
        if found := _TABLE.fullmatch(line):
            table = found[1]
        key = _LINE.match(line)
        if table.partition(".")[0] != "relay":
            yield from remarks if begun else ()
            yield f"{key[1]} = {values[table, key[1]]}" if key and (table, key[1]) in values else line
        begun, remarks = True, []


def _hold(text: str, values: Mapping[_Place, str]) -> None:
    """What was to be replaced was: a setting written in another way would keep the other place's value."""
    made = tomllib.loads(text)
    kept = [
        Finding(f"{CAMPAIGN}:{'.'.join(filter(None, place))}", "not-replaced", "must stand on a line of its own")
        for place, value in values.items()
        if _at(made, place) != tomllib.loads(f"x = {value}")["x"]
    ]
    if "relay" in made or kept:
        raise Refused("this campaign cannot be begun from", kept or [_RELAY])


_RELAY = Finding(f"{CAMPAIGN}:relay", "not-left-out", "must be a table [relay] of its own, so that it can be left out")


def _at(table: Mapping[str, object], place: _Place) -> object:
    inner = table.get(place[0]) if place[0] else table
    return inner.get(place[1]) if isinstance(inner, Mapping) else None


def _quoted(text: str) -> str:
    return f'"{text}"'
