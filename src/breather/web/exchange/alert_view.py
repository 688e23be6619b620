"""From a withdrawal and its pack to what the alert page shows: which screen, whose words, in which language."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal

from breather.domain.cooling_off import State
from breather.domain.friction import Friction
from breather.domain.instant import SECOND, Millis
from breather.domain.pack import LocaleText, Pack, Question, QuestionKind
from breather.domain.typology import Typology
from breather.domain.withdrawal import Withdrawal
from breather.exchange.record import AlertChoice
from breather.exchange.snapshot import Activated
from breather.exchange.view import WithdrawalView
from breather.web.exchange.alert_page import (
    CHOSEN,
    CODED,
    STOPPABLE,
    AlertView,
    ContactLine,
    QuestionLine,
    Screen,
    state_word,
)
from breather.web.exchange.alert_told import Naming, ToldLine, Yes, naming_of, told_lines, version_of
from breather.web.texts import REFERENCE, all_texts, texts_for

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks for: a screen of its own, a language, larger type; and which opened link it belongs to."""

    screen: str = ""
    locale: str = ""
    larger: bool = False
    page: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One withdrawal on the page. `active` is None where no campaign applied: then nothing of an agency is said.

    `code` is the alert's, "" for none.
    """

    seen: WithdrawalView
    active: Activated | None
    locale: str
    csrf: str
    code: str = ""

    @property
    def asked(self) -> Withdrawal:
        return self.seen.row.asked()

    @property
    def choice(self) -> AlertChoice | None:
        answered = self.seen.answered
        if answered is not None and answered.alert is not None:
            return answered.alert
        return self.seen.record.alert

    @property
    def typology(self) -> Typology:
        return Typology.GENERAL if self.choice is None else Typology(self.choice.typology)

    @property
    def questions(self) -> tuple[Question, ...]:
        return () if self.active is None else self.active.pack.questions_for(self.typology)

    @property
    def why(self) -> list[str]:
        answered = self.seen.answered
        return list(answered.why) if answered is not None and answered.why else list(self.seen.record.why)

    @property
    def told(self) -> tuple[ToldLine, ...]:
        """Nothing in a watched session, on whichever screen: no police status is for the scammer (guarantee G1)."""
        standing = self.seen.standing
        return () if standing.watched else told_lines(self.seen.referrals, self._yes)

    @property
    def naming(self) -> Naming:
        standing = self.seen.standing
        if standing.watched:
            return Naming.NOT_OFFERED
        return naming_of(self.seen.referrals, self._yes, offered=self.seen.consent_offered)

    @property
    def version(self) -> str:
        """Of what is shown about the relay."""
        return version_of(self.told, self.naming)

    @property
    def _yes(self) -> Yes | None:
        row = self.seen.row
        if row.consented_at is None or row.subject_referral is None:
            return None
        return Yes(row.consented_at, row.subject_referral)


def screen_of(page: Page, wish: Wish) -> Screen:
    """Exactly one screen. A watched session is offered nothing but stopping (guarantee G1)."""
    if wish.screen == Screen.CONSENT and page.naming is Naming.OFFERED:
        return Screen.CONSENT
    return _screen_of_state(page, wish)


def _screen_of_state(page: Page, wish: Wish) -> Screen:
    seen = page.seen
    if seen.standing.transaction_id is not None:
        return Screen.PROCEEDED
    settled = {State.STOPPED: Screen.STOPPED, State.LAPSED: Screen.LAPSED}
    if seen.state in settled:
        return settled[seen.state]
    if seen.standing.watched:
        return Screen.WATCHED
    if seen.state in (State.RELEASED, State.CLEAR):
        return Screen.RELEASED
    if wish.screen == Screen.HELP:
        return Screen.HELP
    waiting = {State.HELD: Screen.HELD, State.RUNNING: Screen.RUNNING, State.ELAPSED: Screen.ELAPSED}
    if seen.state in waiting:
        return waiting[seen.state]
    pause = seen.standing.pause
    if pause is not None and pause.friction is Friction.NOTICE:
        return Screen.NOTICE
    return Screen.QUESTIONS if wish.screen == Screen.QUESTIONS else Screen.ALERT


def locale_of(pack: Pack | None, *wanted: str | None) -> str:
    """The first wish that the pack has words for; its default otherwise."""
    locales = tuple(all_texts()) if pack is None else pack.locales
    for tag in wanted:
        if tag in locales:
            return str(tag)
    return next(iter(locales)) if pack is None else pack.choose_locale(next((tag for tag in wanted if tag), None))


def alert_view(page: Page, wish: Wish, given: Mapping[str, str], missing: bool) -> AlertView:
    """`given` are answers already chosen (question id to value); `missing` says that some were not."""
    pack = None if page.active is None else page.active.pack
    text = None if pack is None else pack.text(page.locale)
    title, body = _alert(page, text)
    seen, standing, asked = page.seen, page.seen.standing, page.asked
    pause, hold = standing.pause, standing.open_hold(page.seen.now)
    terms = None if page.active is None else page.active.campaign.pause
    screen = screen_of(page, wish)
    return AlertView(
        screen=screen,
        locale=page.locale,
        locales=tuple(all_texts()) if pack is None else pack.locales,
        larger=wish.larger,
        page=wish.page,
        agency="" if text is None else text.agency_name,
        heading="" if text is None else text.heading,
        sample_mark="" if text is None else text.sample_mark,
        first_screen="" if text is None else text.first_screen,
        officers_never="" if text is None else text.officers_never,
        title=title,
        body=body,
        why=() if text is None else tuple(text.why[sentence] for sentence in page.why),
        tips=() if text is None else text.tips_for(page.typology),
        contacts=_contacts(page, text),
        questions=_questions(page, text),
        amount=_amount(asked, page.locale),
        network=asked.destination.network.value,
        address=asked.destination.address,
        now=seen.now,
        decided_at=seen.row.decided_at,
        time_zone="UTC" if page.active is None else page.active.campaign.time_zone,
        csrf=page.csrf,
        elapses_at=None if pause is None else pause.elapses_at(),
        lapses_at=standing.lapses_at(),
        held_until=None if hold is None else hold.ended_at(),
        held_reason=None if hold is None else _hold_reason(hold.reason, text),
        pause_seconds=pause.duration // SECOND if pause is not None and pause.duration else None,
        demo_stands_for_seconds=None
        if terms is None or terms.demo_stands_for is None
        else terms.demo_stands_for // SECOND,
        urgent_route_minutes=None if page.active is None else page.active.campaign.desk.urgent_route_minutes,
        joined=standing.joined,
        help_asked_at=standing.help_asked_at,
        clearance_outstanding_until=standing.clearance_outstanding_until(seen.now),
        answers_missing=missing,
        answered=tuple(given.items()),
        code=page.code if screen in CODED else "",
        told=page.told,
        naming=page.naming,
        version="" if screen in CHOSEN - {Screen.HELP} else page.version,
        ended=_ended(page, wish) if screen is Screen.CONSENT else "",
    )


def expired_view(wish: Wish, now: Millis) -> AlertView:
    """A link that was used or is too old: there is no withdrawal to speak of, and nothing of an agency is said."""
    return AlertView(
        screen=Screen.EXPIRED,
        locale=locale_of(None, wish.locale, REFERENCE),
        locales=tuple(all_texts()),
        larger=wish.larger,
        page=wish.page,
        agency="",
        heading="",
        sample_mark="",
        first_screen="",
        officers_never="",
        title="",
        body="",
        why=(),
        tips=(),
        contacts=(),
        questions=(),
        amount="",
        network="",
        address="",
        now=now,
        decided_at=now,
        time_zone="UTC",
        csrf="",
    )


def _ended(page: Page, wish: Wish) -> str:
    """The state's word where the screen beneath the consent screen has nothing to stop any more."""
    beneath = _screen_of_state(page, wish)
    return "" if beneath in STOPPABLE else state_word(beneath)


def read_answers(page: Page, form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, bool | str]]:
    """(what was chosen, by question id; the features that it sets). They are complete if the lengths are equal."""
    chosen: dict[str, str] = {}
    features: dict[str, bool | str] = {}
    for question in page.questions:
        value = form.get(f"q.{question.id}", "")
        if question.kind is QuestionKind.YES_NO and value in (YES, NO):
            chosen[question.id], features[question.feature] = value, value == YES
        elif question.kind is QuestionKind.CHOICE and value in question.options:
            chosen[question.id], features[question.feature] = value, value
    return chosen, features


def _alert(page: Page, text: LocaleText | None) -> tuple[str, str]:
    if text is None:
        return "", ""
    choice = page.choice
    variant = 0 if choice is None else choice.variant
    alert = text.alerts[text.alert_typology(page.typology)][variant]
    return alert.title, alert.body


def _contacts(page: Page, text: LocaleText | None) -> tuple[ContactLine, ...]:
    if text is None or page.active is None:
        return ()
    return tuple(
        ContactLine(contact.number, text.contacts[contact.id].what_for, text.contacts[contact.id].hours)
        for contact in page.active.pack.contacts_at(page.seen.now)
    )


def _questions(page: Page, text: LocaleText | None) -> tuple[QuestionLine, ...]:
    if text is None:
        return ()
    say = texts_for(page.locale).say
    yes_no = ((YES, say("questions.yes")), (NO, say("questions.no")))
    return tuple(
        QuestionLine(
            question.id,
            text.questions[question.id].text,
            yes_no
            if question.kind is QuestionKind.YES_NO
            else tuple((option, text.questions[question.id].options[option]) for option in question.options),
        )
        for question in page.questions
    )


def _hold_reason(reason: str, text: LocaleText | None) -> str:
    """A rule's hold names a sentence of the pack; the desk's says its own."""
    return reason if text is None else text.why.get(reason, reason)


def _amount(asked: Withdrawal, locale: str) -> str:
    number = format_decimal(Decimal(asked.amount_text), locale=texts_for(locale).cldr, decimal_quantization=False)
    return f"{number} {asked.asset.value}"
