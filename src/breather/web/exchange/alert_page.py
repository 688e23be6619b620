"""The customer's alert page: from a view that already says everything to HTML. Pure; it decides nothing.

The reader is frightened, perhaps old, perhaps on the telephone with the criminal. So: one screen says one
thing, the safe act is the first and the largest, and no button anywhere confirms (guarantees G1): that happens
at the exchange, after signing in again. The agency's words arrive in the view and are shown as they are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup, escape

from breather.domain.instant import SECOND, Millis, format_instant
from breather.web.exchange.alert_told import Naming, Stage, ToldLine
from breather.web.pages import environment
from breather.web.texts import Texts, texts_for


class Screen(StrEnum):
    """What the page says. One withdrawal is on exactly one of them at any instant."""

    NOTICE = "notice"
    ALERT = "alert"
    QUESTIONS = "questions"
    RUNNING = "running"
    ELAPSED = "elapsed"
    STOPPED = "stopped"
    HELP = "help"
    CONSENT = "consent"
    HELD = "held"
    LAPSED = "lapsed"
    WATCHED = "watched"
    RELEASED = "released"
    PROCEEDED = "proceeded"
    EXPIRED = "expired"


# Where stopping must be offered, first and biggest. After a release it is possible too, and done at the exchange.
STOPPABLE: Final = frozenset(
    {
        Screen.NOTICE,
        Screen.ALERT,
        Screen.QUESTIONS,
        Screen.RUNNING,
        Screen.ELAPSED,
        Screen.HELP,
        Screen.CONSENT,
        Screen.HELD,
        Screen.WATCHED,
    }
)

# Where she may be about to dial, and the alert's code is of use.
CODED: Final = frozenset(
    {Screen.NOTICE, Screen.ALERT, Screen.RUNNING, Screen.ELAPSED, Screen.HELD, Screen.STOPPED, Screen.HELP}
)
# What is shown only because the address asks for it.
CHOSEN: Final = frozenset({Screen.QUESTIONS, Screen.HELP, Screen.CONSENT})

# The state that `GET /alert/state` would answer for a screen; the rest are computed from the view's times.
_STATES: Final[Mapping[Screen, str]] = MappingProxyType(
    {
        Screen.NOTICE: "offered",
        Screen.ALERT: "offered",
        Screen.QUESTIONS: "offered",
        Screen.RUNNING: "running",
        Screen.ELAPSED: "elapsed",
        Screen.STOPPED: "stopped",
        Screen.HELD: "held",
        Screen.LAPSED: "lapsed",
        Screen.RELEASED: "released",
        Screen.PROCEEDED: "released",
        Screen.EXPIRED: "expired",
    }
)


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A number to dial by hand, exactly as the pack writes it, what it is for, and its hours in words."""

    number: str
    what_for: str
    hours: str


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question of the pack; `options` are (value, label) pairs, posted as field `q.<id>`."""

    id: str
    text: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """Everything one rendering needs. Instants in milliseconds UTC, lengths in the unit their names give.

    From `agency` to `questions` all words are the pack's, in `locale`. `time_zone` is an IANA name. On an
    expired link there is no withdrawal, and all of them are empty. `answered` holds (question id, value) pairs
    already given when the questions are shown again. `ended` is the state in the API's words once the
    withdrawal has come to its end and she is on the consent screen all the same: then nothing is left to stop.
    `version` names what stands on the card about the relay; "" where nothing is renewed under her hands: where she
    answers, and where she decides.
    """

    screen: Screen
    locale: str
    locales: tuple[str, ...]
    larger: bool
    agency: str
    heading: str
    sample_mark: str
    first_screen: str
    officers_never: str
    title: str
    body: str
    why: tuple[str, ...]
    tips: tuple[str, ...]
    contacts: tuple[ContactLine, ...]
    questions: tuple[QuestionLine, ...]
    amount: str
    network: str
    address: str
    now: Millis
    decided_at: Millis
    time_zone: str
    csrf: str
    elapses_at: Millis | None = None
    lapses_at: Millis | None = None
    held_until: Millis | None = None
    held_reason: str | None = None
    pause_seconds: int | None = None
    demo_stands_for_seconds: int | None = None
    urgent_route_minutes: int | None = None
    joined: int = 1
    help_asked_at: Millis | None = None
    clearance_outstanding_until: Millis | None = None
    answers_missing: bool = False
    answered: tuple[tuple[str, str], ...] = ()
    page: str = ""
    code: str = ""
    told: tuple[ToldLine, ...] = ()
    naming: Naming = Naming.NOT_OFFERED
    version: str = ""
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """What is left of a pause when the page was made; `share` is that part of the whole, in percent."""

    number: str
    unit: str
    share: int


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses within the page. Language and size of type travel in them: neither needs a cookie."""

    view: AlertView

    def page(self, *, screen: str = "", locale: str = "", larger: bool | None = None) -> str:
        """`/alert` as it is now, with the given differences."""
        return _address("/alert", self.view.page, screen, locale or self.view.locale, self._size(larger))

    def post(self, act: str) -> str:
        """Where the form of one act goes: `/alert/stop?locale=pt`."""
        return _address(f"/alert/{act}", self.view.page, "", self.view.locale, self.view.larger)

    def same(self, *, locale: str = "", larger: bool | None = None) -> str:
        """This very screen in another language or size, also where it is one that the address chooses."""
        chosen = self.view.screen in CHOSEN
        return self.page(screen=str(self.view.screen) if chosen else "", locale=locale, larger=larger)

    def _size(self, larger: bool | None) -> bool:
        return self.view.larger if larger is None else larger


def _address(path: str, page: str, screen: str, locale: str, larger: bool) -> str:
    query = {"page": page, "screen": screen, "locale": locale, "size": "larger" if larger else ""}
    return f"{path}?{urlencode({name: value for name, value in query.items() if value})}"


# After Chinese punctuation, with whatever closes there.
_CLAUSE: Final = re.compile(r"[^，。；：！？、]+(?:[，。；：！？、]+[」』）”’]*)+|[^，。；：！？、]+")


def clauses(text: str) -> Markup:
    """Chinese text as clauses that each stay whole while they fit on a line, so that no word is split for nothing.

    `word-break: keep-all` does that too, but a clause that is too long then breaks anywhere, also before its full stop.
    """
    found = _CLAUSE.findall(text)
    if len(found) < 2 or "".join(found) != text:
        return escape(text)
    return Markup("").join(Markup('<span class="clause">{}</span>').format(each) for each in found)


def state_of(view: AlertView) -> str:
    """The withdrawal's state in the API's words, for the frame's message and the page's own polling.

    A watched session or a request for help is not a state; there the times say which one it is.
    """
    if view.ended:
        return view.ended
    if view.screen in _STATES:
        return state_word(view.screen)
    if view.held_until is not None and view.held_until > view.now:
        return "held"
    if view.elapses_at is None:
        return "offered"
    return "running" if view.elapses_at > view.now else "elapsed"


def state_word(screen: Screen) -> str:
    """The state that a screen alone says; KeyError for one on which the times say it."""
    return _STATES[screen]


def is_stopping(view: AlertView) -> bool:
    """Stopped, but a clearance given earlier could still be spent (guarantees C): promise nothing yet."""
    until = view.clearance_outstanding_until
    return view.screen is Screen.STOPPED and until is not None and until > view.now


def clock_of(view: AlertView, texts: Texts) -> Clock | None:
    """The running pause as the page was made, or None where none is running. Rounded up: never too early."""
    if view.elapses_at is None or view.elapses_at <= view.now:
        return None
    left = -(-(view.elapses_at - view.now) // SECOND)
    number, unit = texts.remaining(left)
    whole = max(view.pause_seconds or left, left)
    return Clock(number, unit, round(100 * left / whole))


def render_alert(view: AlertView) -> str:
    """The whole page as HTML, without inline style or script, addresses elsewhere, or numbers to tap."""
    texts = texts_for(view.locale)
    return (
        environment()
        .get_template(f"alert/{view.screen}.html")
        .render(
            view=view,
            texts=texts,
            say=texts.say,
            clauses=clauses,
            links=Links(view),
            languages=[(tag, texts_for(tag)) for tag in view.locales],
            state=state_of(view),
            stoppable=view.screen in STOPPABLE and not view.ended,
            stopping=is_stopping(view),
            clock=clock_of(view, texts),
            given=frozenset(view.answered),
            answered_ids=frozenset(question for question, _ in view.answered),
            instant=format_instant,
            stage=Stage,
            naming=Naming,
            waiting=any(line.stage is Stage.WAITING for line in view.told),
        )
    )
