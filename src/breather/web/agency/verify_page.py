"""The public verify page, rendered: one form, and the answer to one code. Right and wrong answers have one shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from breather.agency.confirm import Confirmation
from breather.domain.instant import SECOND, Millis
from breather.web.pages import environment
from breather.web.texts import REFERENCE, Texts, all_texts

ADDRESS = "/verify"
# Answers are filled up to whole blocks: their length on the wire does not say which of the two it was.
BLOCK = 4096
# What is written out for a code that is not confirmed, and never shown: that takes as long as for one that is.
_NOBODY = Confirmation("-", Millis(0), MappingProxyType({REFERENCE: "-"}), Millis(0))
_TRADITIONAL = frozenset({"tw", "hk", "mo"})


@dataclass(frozen=True, slots=True)
class VerifyView:
    """`asked`: a code was typed, and `found` is the answer. `wait` in milliseconds: too many came from this address.

    `chosen`: the reader chose the language, so the form has to keep it.
    """

    agency: str
    mode: str
    zone: str
    locale: str
    chosen: bool = False
    asked: bool = False
    found: Confirmation | None = None
    wait: int = 0


def render_verify(view: VerifyView) -> bytes:
    texts = all_texts()[view.locale]
    found = _NOBODY if view.found is None else view.found
    page = (
        environment()
        .get_template("verify/page.html")
        .render(
            view=view,
            texts=texts,
            say=texts.say,
            here=address(view.locale) if view.chosen else ADDRESS,
            languages=[(tag, each, address(tag)) for tag, each in sorted(all_texts().items())],
            minute=texts.moment(found.at, view.zone),
            heading=heading_of(found.headings, view.locale),
            before=texts.moment(found.at if found.before is None else found.before, view.zone),
            wait=texts.duration(max(60, -(-view.wait // (60 * SECOND)) * 60)) if view.wait else "",
            place=place_of(texts, view.zone),
        )
        .encode()
    )
    return page + b" " * (-len(page) % BLOCK)


def address(locale: str) -> str:
    return f"{ADDRESS}?{urlencode({'locale': locale})}"


def heading_of(headings: Mapping[str, str], locale: str) -> str:
    """As the alert was headed in this language, or in all languages there are: people compare what they see."""
    return headings.get(locale) or " · ".join(headings.values())


def place_of(texts: Texts, zone: str) -> str:
    return "UTC" if zone == "UTC" else texts.place(zone)


def locale_of(asked: str, accepted: str) -> str:
    """The locale of the address if it is one of ours, else the first of `Accept-Language` that we have."""
    known = all_texts()
    if asked in known:
        return asked
    for part in accepted.split(",")[:20]:
        if found := _known(part.partition(";")[0].strip()):
            return found
    return REFERENCE


def _known(tag: str) -> str:
    """`pt-BR` is read as pt; Chinese by its script, or by the place that is known for one."""
    parts = tag.lower().split("-")
    if parts[0] == "zh":
        traditional = "hant" in parts or (_TRADITIONAL & set(parts) and "hans" not in parts)
        return "zh-Hant" if traditional else "zh-Hans"
    return parts[0] if parts[0] in all_texts() else ""
