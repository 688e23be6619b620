"""How the console writes values: instants, durations, amounts, features. Pure, English, UTC."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from breather.domain.amount import format_units
from breather.domain.asset import Asset, Network, decimals_of
from breather.domain.feature import Unknown
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, MINUTE, SECOND, Millis, format_instant

# What stands at the head of every page while it holds, by the code that /readyz says of it.
NOTE_HEADINGS: Mapping[str, str] = {
    "recovering": "Recovery mode: nothing is cleared or sealed.",
    "time-suspect": "The clock is suspect: nothing is released or cleared, and no pause lapses.",
    "witness-not-kept": "The database has no witness.",
}

# The names of docs/flow.md, by number.
STEPS = (
    "Submit",
    "Place",
    "Features",
    "Rules",
    "Assign",
    "Intervene",
    "Breathe",
    "Outcome",
    "Refer",
    "Relay",
    "Feedback",
    "Measure",
)


def step_name(number: int) -> str:
    """The step's name, or an empty text for what is no step of the flow, such as activating a campaign."""
    return STEPS[number - 1] if 1 <= number <= len(STEPS) else ""


def friction_name(friction: Friction) -> str:
    return spaced(friction.word).replace("cooling off", "cooling-off")


def spaced(word: str) -> str:
    """An id as words: `no_history` is *no history*."""
    return word.replace("_", " ")


def day(at: int) -> str:
    moment = _moment(at)
    return f"{moment.day} {moment:%b %Y}"


def time_of_day(at: int) -> str:
    return f"{_moment(at):%H:%M:%S}"


def moment_text(at: int) -> str:
    """`22 Nov 2026 10:43:05`, in UTC."""
    return f"{day(at)} {time_of_day(at)}"


def machine_time(at: int) -> str:
    """For the `datetime` attribute of `<time>`."""
    return format_instant(Millis(at))


def duration(millis: int) -> str:
    """The two largest units that are not zero: `1 d 2 h`, `90 s` as `1 min 30 s`, `0 s`."""
    units = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))
    parts: list[str] = []
    rest = abs(millis)
    for size, word in units:
        count, rest = divmod(rest, size)
        if count or (parts and len(parts) < 2):
            parts.append(f"{count} {word}" if count else "")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if part) or "0 s"


def relative(at: int, now: int) -> str:
    """`in 2 h 5 min`, `3 d ago`, `now`."""
    if abs(at - now) < SECOND:
        return "now"
    return f"in {duration(at - now)}" if at > now else f"{duration(now - at)} ago"


def amount(units: str, asset: str, network: str) -> str:
    """Base units to a decimal number with its thousands apart; the exact value, never rounded."""
    try:
        decimals = decimals_of(Asset(asset), Network(network))
    except ValueError:
        decimals = None
    if decimals is None:
        return f"{int(units):,} base units"
    whole, point, fraction = format_units(int(units), decimals).partition(".")
    return f"{int(whole):,}{point}{fraction}"


def feature_text(value: Any) -> str:
    """A known value for reading, numbers to about four figures; `exact_text` keeps the rest."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (int, float)):
        return str(value)
    if value == round(value, 0) and abs(value) < 1e15:
        return f"{value:,.0f}"
    if abs(value) >= 1:
        return f"{value:,.2f}"
    return f"{value:.4g}"


def exact_text(value: Any) -> str:
    """A known value as the rules saw it."""
    return feature_text(value) if isinstance(value, (bool, str)) else repr(value)


UNKNOWN_MEANS: Mapping[str, str] = {
    Unknown.NOT_PROVIDED.value: "the exchange did not send what it needs",
    Unknown.NO_HISTORY.value: "nothing earlier is known",
    Unknown.NOT_YET.value: "known only at a later phase",
    Unknown.FAILED.value: "a source failed: this is what makes a decision degraded",
}


def pretty(raw: bytes) -> str:
    """Stored JSON, indented, in its own order; other bytes as text, so that an analyst sees them all the
    same."""
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False, indent=2)
    except ValueError:
        return raw.decode("utf-8", errors="replace")


def flat_members(raw: bytes, most: int = 6) -> tuple[tuple[str, str], ...]:
    """The members of a small, flat JSON object, for one line; nothing where the body is larger or deeper."""
    try:
        body = json.loads(raw)
    except ValueError:
        return ()
    if not isinstance(body, dict) or len(body) > most:
        return ()
    if any(isinstance(value, (dict, list)) for value in body.values()):
        return ()
    texts = tuple((spaced(str(key)), _scalar(value)) for key, value in body.items())
    return texts if sum(len(text) for _, text in texts) <= 240 else ()


def _scalar(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at // SECOND, UTC)
