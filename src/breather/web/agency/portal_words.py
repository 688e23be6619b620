"""How the portal writes values. Pure, in plain English, in the time zone of the agency."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from breather.domain.disposition import Disposition
from breather.domain.instant import DAY, HOUR, MINUTE, SECOND, Millis, format_instant
from breather.domain.referral import AmountBand, ReferralBasis
from breather.domain.typology import Typology
from breather.storage.agency.portal_record import Standing

TYPOLOGIES: Mapping[str, str] = {
    Typology.INVESTMENT: "Investment",
    Typology.FEE_TO_UNLOCK: "Fee to unlock money",
    Typology.FAKE_POLICE: "Fake police",
    Typology.EXCHANGE_IMPERSONATION: "Fake exchange staff",
    Typology.TASK_JOB: "Task job",
    Typology.ADDRESS_POISONING: "Look-alike address",
    Typology.CHIP_EXCHANGE: "Chip exchange",
    Typology.GENERAL: "No single pattern",
    Typology.KNOWN_ADDRESS: "Known address",
}
BASES: Mapping[str, str] = {
    ReferralBasis.CUSTOMER_ASKED: "Customer asked for help",
    ReferralBasis.LISTED_DESTINATION: "Destination is listed",
}
BANDS: Mapping[str, str] = {
    AmountBand.UNKNOWN: "amount not known",
    AmountBand.UNDER_100: "under US$100",
    AmountBand.TO_1_000: "US$100 to 1,000",
    AmountBand.TO_10_000: "US$1,000 to 10,000",
    AmountBand.TO_50_000: "US$10,000 to 50,000",
    AmountBand.TO_250_000: "US$50,000 to 250,000",
    AmountBand.ABOVE: "over US$250,000",
}
DISPOSITIONS: Mapping[str, tuple[str, str]] = {
    Disposition.CONFIRMED_SCAM: ("Confirmed scam", "The destination belongs to a scam, on evidence you could show."),
    Disposition.NOT_A_SCAM: ("Not a scam", "You looked, and it is something honest."),
    Disposition.INSUFFICIENT: ("Insufficient", "It cannot be decided with what there is. This is not the same as no."),
    Disposition.DUPLICATE: ("Duplicate", "The same exchange has sent this before."),
}
STANDINGS: Mapping[str, str] = {
    Standing.WAITING: "waiting",
    Standing.CLAIMED: "claimed",
    Standing.DECIDED: "decided",
}
ACTS: Mapping[str, str] = {
    "received": "received",
    "claimed": "claimed",
    "handed-back": "handed back",
    "disposed": "decided",
}


def typology(word: str | None) -> str:
    return "" if word is None else TYPOLOGIES.get(word, word)


def basis(word: str) -> str:
    return BASES.get(word, word)


def band(word: str | None) -> str:
    return "" if word is None else BANDS.get(word, word)


def disposition(word: str) -> str:
    return DISPOSITIONS[word][0] if word in DISPOSITIONS else word


def act(kind: str) -> str:
    return ACTS.get(kind, kind)


def actor(text: str) -> str:
    """`officer:Ng` as *Ng*, `exchange:demo-exchange` as *demo-exchange*."""
    return text.partition(":")[2] or text


def day(at: int, zone: str) -> str:
    moment = _moment(at, zone)
    return f"{moment.day} {moment:%b %Y}"


def time_of_day(at: int, zone: str) -> str:
    return f"{_moment(at, zone):%H:%M:%S}"


def moment_text(at: int, zone: str) -> str:
    """`22 Nov 2026 18:43:05`."""
    return f"{day(at, zone)} {time_of_day(at, zone)}"


def machine_time(at: int) -> str:
    """For the `datetime` attribute of `<time>`."""
    return format_instant(Millis(at))


def zone_text(zone: str) -> str:
    """`Asia/Macau` as *Macau time*; UTC as itself."""
    return "UTC" if zone == "UTC" else f"{zone.rpartition('/')[2].replace('_', ' ')} time"


def relative(at: int, now: int) -> str:
    """`now`, `5 min ago`, `in 2 d`: the largest unit that is not zero."""
    distance = abs(at - now)
    for size, word in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s")):
        if distance >= size:
            return f"in {distance // size} {word}" if at > now else f"{distance // size} {word} ago"
    return "now"


def count(number: int, one: str) -> str:
    """`1 referral`, `1,204 referrals`."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def pretty(raw: bytes) -> str:
    """The received bytes, indented, in their own order."""
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False, indent=2)
    except ValueError:
        return raw.decode("utf-8", errors="replace")


def _moment(at: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo(zone))
