"""The analysts' console over HTTP: one password, a session, pages that read, and one act: replaying a dead letter."""

import asyncio
import re
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from breather.domain.instant import DAY, HOUR, Millis
from breather.exchange.link import digest
from breather.exchange.record import decode_answered, decode_record
from breather.exchange.relay import dead_letters, relay_state, replay
from breather.exchange.snapshot import Snapshot
from breather.people.password import password_matches
from breather.storage.exchange.console_reader import ConsoleReader
from breather.storage.exchange.console_record import WithdrawalFile
from breather.storage.exchange.referrals import referrals_of
from breather.storage.exchange.shadow_reader import (
    ShadowRow,
    changed,
    find_shadow,
    find_words,
    newest_shadows,
    outcomes,
    words_of,
)
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction
from breather.web.exchange.bodies import REFERRAL_PATTERN
from breather.web.exchange.console_list import decisions_view, read_filter
from breather.web.exchange.console_pages import (
    render_decisions,
    render_login,
    render_missing,
    render_relay,
    render_shadow,
    render_stand_ins,
    render_status,
    render_withdrawal,
)
from breather.web.exchange.console_relay import relay_view
from breather.web.exchange.console_shadow import CHANGES, Found, read_choice, shadow_said, shadow_view
from breather.web.exchange.console_stand_in import stand_ins_view
from breather.web.exchange.console_status import status_view
from breather.web.exchange.console_view import Frame, LoginView, RuleText, ShadowSaid, ShownAlert, Wording
from breather.web.exchange.console_withdrawal import withdrawal_view
from breather.web.exchange.console_words import NOTE_HEADINGS
from breather.web.exchange.replies import alert_words
from breather.web.exchange.site import Site
from breather.web.forms import Form, read_form
from breather.web.pages import page_headers

T = TypeVar("T")

# Cookies ignore ports: two exchanges on one host must not take each other's, so each has a name of its own.
COOKIE = "breather-exchange-console-{}"
DOOR_COOKIE = "breather-exchange-door-{}"
SESSION_LIVES = 8 * HOUR
ON_A_PAGE = 50
SHADOWED_ON_A_PAGE = 25
MOST_WAITING = 8
WRONG = "That is not the password."


@dataclass(frozen=True, slots=True)
class Missing:
    """A page that says that something does not exist."""

    html: str


class ConsoleRoutes:
    """The handlers, bound to one running exchange."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._exchange = site.exchange
        self._headers = page_headers()
        identity = site.exchange.identity
        own = digest(f"{identity.vasp}\n{identity.mode}")[:8]
        self._session_cookie, self._door_cookie = COOKIE.format(own), DOOR_COOKIE.format(own)
        self._secure = "; Secure" if site.public_url.startswith("https://") else ""
        # Each check of a password takes 64 MiB and 0.1 s: one at a time, in a thread of their own, because the pages of
        # customers wait for the shared ones; and not many in a row, because they cost more to refuse than to send.
        self._checks = ThreadPoolExecutor(1, "breather-password")
        self._waiting = 0

    def routes(self) -> list[Route]:
        return [
            Route("/console", self.decisions, methods=["GET"]),
            Route("/console/login", self.door, methods=["GET"]),
            Route("/console/login", self.enter, methods=["POST"]),
            Route("/console/logout", self.leave, methods=["POST"]),
            Route("/console/shadow", self.shadow, methods=["GET"]),
            Route("/console/relay", self.relay, methods=["GET"]),
            Route("/console/relay/{referral}/replay", self.replay, methods=["POST"]),
            Route("/console/stand-ins", self.stand_ins, methods=["GET"]),
            Route("/console/status", self.status, methods=["GET"]),
            Route("/console/withdrawals/{id}", self.withdrawal, methods=["GET"]),
        ]

    async def door(self, request: Request) -> Response:
        return self._login_page("")

    async def enter(self, request: Request) -> Response:
        form = await read_form(request)
        mark = request.cookies.get(self._door_cookie, "")
        if not mark or not secrets.compare_digest(mark.encode(), form.get("csrf", "").encode()):
            return self._login_page("This page had been open for too long. Please try again.", 403)
        if self._waiting >= MOST_WAITING:
            return self._login_page("Too many are trying to log in. Please try again in a moment.", 429)
        if not await self._checked(form.get("password", "")):
            return self._login_page(WRONG, 403)
        session = secrets.token_urlsafe(32)

        def begin(tx: Transaction) -> None:
            tx.run(
                "insert_console_session",
                hash=digest(session),
                created_at=tx.now,
                expires_at=Millis(tx.now + SESSION_LIVES),
            )
            tx.journal(0, "console-login", None, "console", b"{}")

        await asyncio.wrap_future(self._exchange.submit(begin))
        response = RedirectResponse("/console", 303, {"Cache-Control": "no-store"})
        response.headers.append("set-cookie", self._cookie(self._session_cookie, session, SESSION_LIVES // 1000))
        response.headers.append("set-cookie", self._cookie(self._door_cookie, "", 0))
        return response

    async def leave(self, request: Request) -> Response:
        form = await read_form(request)
        session = request.cookies.get(self._session_cookie, "")
        if _genuine(session, form):
            await asyncio.wrap_future(
                self._exchange.submit(lambda tx: tx.run("end_console_session", hash=digest(session)))
            )
        response = RedirectResponse("/console/login", 303, {"Cache-Control": "no-store"})
        response.headers.append("set-cookie", self._cookie(self._session_cookie, "", 0))
        return response

    async def decisions(self, request: Request) -> Response:
        asked = read_filter(request.query_params)

        def page(frame: Frame, one: Reader) -> str:
            reader = ConsoleReader(one, frame.now)
            wanted, before, _ = asked
            found = reader.decisions(wanted, before, ON_A_PAGE)
            return render_decisions(decisions_view(frame, found, reader.counts(frame.now - DAY), asked))

        return await self._read(request, page)

    async def withdrawal(self, request: Request) -> Response:
        wanted: str = request.path_params["id"]
        snapshot = self._exchange.snapshot

        def page(frame: Frame, one: Reader) -> str | Missing:
            reader = ConsoleReader(one, frame.now)
            # U+0000 is in no id, and PostgreSQL cannot even be asked for it.
            file = None if "\0" in wanted else reader.withdrawal(wanted)
            if file is None:
                return Missing(render_missing(frame, wanted))
            told = referrals_of(one, wanted)
            wording, entries = _wording(snapshot, file), reader.timeline(wanted)
            return render_withdrawal(withdrawal_view(frame, file, entries, wording, told, _shadow_said(one, file)))

        return await self._read(request, page)

    async def shadow(self, request: Request) -> Response:
        number, change, before = read_choice(request.query_params)

        def page(frame: Frame, one: Reader) -> str:
            known = newest_shadows(one)
            shadow = (known[0] if known else None) if number is None else find_shadow(one, number)
            found = Found() if shadow is None else _found(ConsoleReader(one, frame.now), one, shadow, (change, before))
            return render_shadow(shadow_view(frame, shadow, known, found, (change, before)))

        return await self._read(request, page)

    async def relay(self, request: Request) -> Response:
        def page(frame: Frame, one: Reader) -> str:
            return render_relay(relay_view(frame, relay_state(one, frame.now), dead_letters(one)))

        return await self._read(request, page)

    async def replay(self, request: Request) -> Response:
        """Try one dead letter again. Whatever comes of it is what the page says next."""
        form = await read_form(request)
        session, referral = request.cookies.get(self._session_cookie, ""), request.path_params["referral"]

        def command(tx: Transaction) -> bool:
            return _is_open(tx, session, tx.now) and replay(tx, referral, "console")

        if _genuine(session, form) and re.search(REFERRAL_PATTERN, referral):
            await asyncio.wrap_future(self._exchange.submit(command))
        return RedirectResponse("/console/relay", 303, {"Cache-Control": "no-store"})

    async def stand_ins(self, request: Request) -> Response:
        waiting = len(self._exchange.standby)

        def page(frame: Frame, one: Reader) -> str:
            return render_stand_ins(stand_ins_view(frame, one, waiting))

        return await self._read(request, page)

    async def status(self, request: Request) -> Response:
        expiry = {name: pack.expires for name, pack in self._exchange.snapshot.packs.items()}

        def page(frame: Frame, one: Reader) -> str:
            reader = ConsoleReader(one, frame.now)
            return render_status(status_view(frame, reader.heartbeats(), reader.campaigns(), expiry))

        return await self._read(request, page)

    async def _read(self, request: Request, page: Callable[[Frame, Reader], str | Missing]) -> Response:
        """The page, for whoever is logged in; the door for everybody else."""
        session = request.cookies.get(self._session_cookie, "")

        def question(reader: Reader, now: Millis) -> str | Missing | None:
            if not _is_open(reader, session, now):
                return None
            identity = self._exchange.identity
            notes = tuple((NOTE_HEADINGS[code], said) for code, said in self._exchange.noted.items())
            return page(Frame(identity.vasp, identity.mode, now, _csrf(session), notes), reader)

        body = await run_in_threadpool(self._exchange.read, question)
        if body is None:
            return RedirectResponse("/console/login", 303, {"Cache-Control": "no-store"})
        if isinstance(body, Missing):
            return Response(body.html, 404, self._headers)
        return Response(body, 200, self._headers)

    async def _checked(self, text: str) -> bool:
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._checks, self._is_password, text)
        finally:
            self._waiting -= 1

    def _is_password(self, text: str) -> bool:
        return password_matches(self._exchange.read(_stored_password), text)

    def _login_page(self, message: str, status: int = 200) -> Response:
        mark = secrets.token_urlsafe(16)
        identity = self._exchange.identity
        body = render_login(LoginView(identity.vasp, identity.mode, mark, message))
        response = Response(body, status, self._headers)
        response.headers.append("set-cookie", self._cookie(self._door_cookie, mark, 3600))
        return response

    def _cookie(self, name: str, value: str, seconds: int) -> str:
        return f"{name}={value}; Path=/console; Max-Age={seconds}; HttpOnly; SameSite=Strict{self._secure}"


def _shadow_said(one: Reader, file: WithdrawalFile) -> ShadowSaid | None:
    row = file.decided.row
    if row.shadow is None:
        return None
    submitted = find_words(one, row.shadow, "submit", row.shadow_said)
    return shadow_said(
        find_shadow(one, row.shadow), submitted, find_words(one, row.shadow, "answer", row.shadow_answered)
    )


def _found(reader: ConsoleReader, one: Reader, shadow: ShadowRow, choice: tuple[str, int]) -> Found:
    change, before = choice
    said, whole = words_of(one, shadow.number)
    rows, more = changed(one, shadow.number, CHANGES[change], before, SHADOWED_ON_A_PAGE)
    older = rows[-1].number if more else None
    return Found(said, whole, outcomes(one, shadow.number), reader.decided(rows), older)


def _csrf(session: str) -> str:
    """Derived from the session, so that no row is needed for it; it does not reveal the session."""
    return digest(f"breather/console-csrf\n{session}")


def _genuine(session: str, form: Form) -> bool:
    return bool(session) and secrets.compare_digest(_csrf(session).encode(), form.get("csrf", "").encode())


def _is_open(reader: Reader, session: str, now: Millis) -> bool:
    row = reader.one("find_console_session", hash=digest(session)) if session else None
    return row is not None and bool(row["expires_at"] > now)


def _stored_password(reader: Reader, now: Millis) -> str | None:
    row = reader.one("find_console_password")
    return None if row is None else str(row["argon2"])


def _wording(snapshot: Snapshot, file: WithdrawalFile) -> Wording:
    """What the frozen campaign version and its pack said about this withdrawal."""
    row = file.decided.row
    active = snapshot.campaigns.get(row.campaign_key) if row.campaign_key is not None else None
    if active is None:
        return Wording({}, None)
    rules: Mapping[str, RuleText] = {
        rule.id: RuleText(rule.when.text, rule.when.phase, rule.because, rule.friction, rule.typology.value)
        for rule in active.campaign.rules
    }
    record = decode_record(row.decision)
    answered = None if row.answered is None else decode_answered(row.answered)
    choice = record.alert if answered is None or answered.alert is None else answered.alert
    if choice is None or record.locale is None:
        return Wording(rules, None)
    why = record.why if answered is None else answered.why
    said = alert_words(active.pack, choice, record.locale, why, row.decided_at)
    return Wording(
        rules,
        ShownAlert(
            pack=active.pack.id,
            version=active.pack.version,
            variant=choice.variant,
            locale=record.locale,
            sample_mark=said["sample_mark"],
            agency=said["agency"],
            heading=said["heading"],
            first_screen=said["first_screen"],
            title=said["title"],
            body=said["body"],
            why=tuple(said["why"]),
            tips=tuple(said["tips"]),
            contacts=tuple((contact["number"], contact["what_for"]) for contact in said["contacts"]),
        ),
    )
