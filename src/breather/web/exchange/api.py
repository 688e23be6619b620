"""The exchange's JSON API: HTTP in, one command or one question, JSON out. What it means is decided further in."""

import asyncio
import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from breather.domain.clearance import Clearance
from breather.domain.event import EventKind
from breather.domain.finding import Finding
from breather.domain.instant import Millis, format_instant
from breather.domain.refusal import UnknownWithdrawal
from breather.exchange.assess import Asking
from breather.exchange.clear import clear
from breather.exchange.link import mint
from breather.exchange.reconsider import hold_listed
from breather.exchange.respond import Responded, respond
from breather.exchange.running import RunningExchange
from breather.exchange.subject import Accepted, SubjectWanted, accept_subject, subject_wanted
from breather.exchange.view import MOST_CHANGES, Changes, WithdrawalView, changed_after, view, view_of
from breather.protocol.clearance_token import clearance_token
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction
from breather.web.api_keys import Scope, authenticate, authorise, require
from breather.web.body import read_body
from breather.web.exchange.bodies import ID_PATTERN, ClearanceBody, LinkBody, WithdrawalBody
from breather.web.exchange.event_reading import event_of, read_event_body, scope_of
from breather.web.exchange.in_time import InTime
from breather.web.exchange.openapi import openapi_bytes
from breather.web.exchange.replies import changes, decision_bytes, state, withdrawal
from breather.web.exchange.site import Site
from breather.web.exchange.subject_reading import read_subject
from breather.web.exchange.submission import check_locale, read_withdrawal
from breather.web.problems import Problem, invalid
from breather.web.shape import read_shape

T = TypeVar("T")

DEADLINE_HEADER = "breather-deadline-ms"
NO_STORE: Mapping[str, str] = {"Cache-Control": "no-store"}


class Api:
    """The handlers, bound to one running exchange."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._exchange: RunningExchange = site.exchange
        self._in_time = InTime(site.exchange, site.figures)

    def routes(self) -> list[Route]:
        one = "/v1/withdrawals/{id}"
        return [
            Route("/v1/withdrawals", self.submit, methods=["POST"]),
            Route("/v1/withdrawals", self.changed, methods=["GET"]),
            Route(one, self.look_up, methods=["GET"]),
            Route(f"{one}/events", self.report, methods=["POST"]),
            Route(f"{one}/links", self.link, methods=["POST"]),
            Route(f"{one}/subject", self.subject, methods=["POST"]),
            Route(f"{one}/clearance", self.clearance, methods=["POST"]),
            Route("/openapi.json", _openapi, methods=["GET"]),
        ]

    async def submit(self, request: Request) -> Response:
        """Steps 1 to 6. 201 with the decision, or the stand-in for it; a repeat is 200 with the same bytes."""
        began = time.monotonic()
        snapshot = self._exchange.snapshot
        key = authorise(request, snapshot, Scope.ASSESS)
        seconds = self._deadline(request)
        asked = read_withdrawal(read_shape(await read_body(request), WithdrawalBody))
        assessed = await self._in_time.answer(Asking(snapshot, asked, f"vasp:{key.name}"), seconds, began)
        return _json(decision_bytes(snapshot, assessed), 201 if assessed.created else 200)

    def _wanted(self, request: Request) -> str:
        """The withdrawal of the address, to act on. One that only the spool has is there, and cannot be moved yet."""
        wanted = _wanted(request)
        if self._exchange.standby.find(wanted) is not None:
            raise Problem(503, "pending", "Answered, and not in the database yet", "Ask again.")
        return wanted

    async def look_up(self, request: Request) -> Response:
        snapshot = self._exchange.snapshot
        authorise(request, snapshot, Scope.READ)
        wanted = _wanted(request)
        if (stood := self._exchange.standby.find(wanted)) is not None:
            seen = stood.view(snapshot, max(stood.decided_at, self._exchange.clock.now()))
            return _json(msgspec.json.encode(withdrawal(snapshot, seen, None)))

        def question(reader: Reader, now: Millis) -> tuple[WithdrawalView, SubjectWanted | None]:
            found = view(reader, snapshot, wanted, now)
            return found, subject_wanted(reader, snapshot, found.row, now)

        return _json(msgspec.json.encode(withdrawal(snapshot, *await self._ask(question))))

    async def changed(self, request: Request) -> Response:
        snapshot = self._exchange.snapshot
        authorise(request, snapshot, Scope.READ)
        after = _whole_number(request, "changed_after", 0, 2**62, 0)
        limit = _whole_number(request, "limit", 1, MOST_CHANGES, 100)

        def question(reader: Reader, now: Millis) -> Changes:
            return changed_after(reader, snapshot, after, limit, now)

        return _json(msgspec.json.encode(changes(await self._ask(question))))

    async def report(self, request: Request) -> Response:
        """Step 7. 201 with the new state; a repeat of the same event is 200 and changes nothing."""
        exchange, snapshot = self._exchange, self._exchange.snapshot
        # The scope is known only from the body; who asks is known before, and a stranger's body is not read.
        key = authenticate(request, snapshot)
        body = read_event_body(await read_body(request))
        require(key, scope_of(body))
        event = event_of(body, key.name)
        wanted = self._wanted(request)

        if event.kind is EventKind.CONFIRM:
            # Before the confirmation and apart from it: a hold must not be taken back with what is refused for it.
            await asyncio.wrap_future(exchange.submit(lambda tx: hold_listed(tx, snapshot, wanted)))

        def command(tx: Transaction) -> tuple[Responded, WithdrawalView]:
            done = respond(tx, snapshot, wanted, event, exchange.clock.suspect())
            return done, view_of(tx, snapshot, done.row, tx.now)

        done, seen = await asyncio.wrap_future(exchange.submit(command))
        return _json(msgspec.json.encode(state(seen)), 201 if done.created else 200)

    async def subject(self, request: Request) -> Response:
        """Step 9. Sealed in the VASP's process; a repeat with the same bytes is 200 and changes nothing."""
        exchange, snapshot = self._exchange, self._exchange.snapshot
        key = authorise(request, snapshot, Scope.RESPOND)
        sealed = read_subject(await read_body(request))
        wanted = self._wanted(request)

        def command(tx: Transaction) -> tuple[Accepted, WithdrawalView]:
            exchange.refuse_behind()
            done = accept_subject(tx, snapshot, wanted, sealed, f"vasp:{key.name}")
            return done, view_of(tx, snapshot, done.row, tx.now)

        done, seen = await asyncio.wrap_future(exchange.submit(command))
        return _json(msgspec.json.encode(state(seen)), 201 if done.created else 200)

    async def link(self, request: Request) -> Response:
        """A link to the customer's page: one use, 15 minutes, never part of a decision."""
        exchange, snapshot = self._exchange, self._exchange.snapshot
        key = authorise(request, snapshot, Scope.RESPOND)
        body = read_shape(await read_body(request), LinkBody)
        findings: list[Finding] = []
        check_locale(findings, body.locale)
        if findings:
            raise invalid(findings)
        wanted = self._wanted(request)
        token = secrets.token_urlsafe(16)
        done = exchange.submit(lambda tx: mint(tx, wanted, token, body.locale, f"vasp:{key.name}"))
        expires_at = await asyncio.wrap_future(done)
        reply = {"url": f"{self._site.public_url}/a/{token}", "expires_at": format_instant(expires_at)}
        return _json(msgspec.json.encode(reply), 201)

    async def clearance(self, request: Request) -> Response:
        """Permission, decided in the writer; then the signature, outside of it."""
        exchange, snapshot = self._exchange, self._exchange.snapshot
        key = authorise(request, snapshot, Scope.CLEAR)
        read_shape(await read_body(request), ClearanceBody)
        wanted = self._wanted(request)

        def command(tx: Transaction) -> Clearance:
            exchange.refuse_behind()
            return clear(tx, snapshot, wanted, f"vasp:{key.name}", exchange.clock.suspect())

        permitted = await asyncio.wrap_future(exchange.submit(command))
        token = clearance_token(permitted, self._site.clearance_key)
        return _json(msgspec.json.encode({"clearance": token, "expires_at": format_instant(permitted.expires_at)}))

    async def _ask(self, question: Callable[[Reader, Millis], T]) -> T:
        return await run_in_threadpool(self._exchange.read, question)

    def _deadline(self, request: Request) -> float:
        """Seconds; the header gives milliseconds, the setting what holds without one."""
        text = request.headers.get(DEADLINE_HEADER)
        if text is None:
            return self._site.deadline_ms / 1000
        if not text.isascii() or not text.isdigit() or len(text) > 6 or not 1 <= int(text) <= 60_000:
            raise Problem(400, "deadline", "Not a deadline", "Breather-Deadline-Ms is a whole number from 1 to 60000.")
        return int(text) / 1000


def _wanted(request: Request) -> str:
    """The withdrawal of the address. What cannot be an id is unknown, and is not shown to the database (U+0000)."""
    wanted: str = request.path_params["id"]
    if not re.search(ID_PATTERN, wanted):
        raise UnknownWithdrawal(wanted[:64])
    return wanted


def _whole_number(request: Request, name: str, least: int, most: int, default: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 19 or not least <= int(text) <= most:
        raise invalid([Finding(f"?{name}", "range", f"must be a whole number from {least} to {most}")])
    return int(text)


def _json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, NO_STORE, "application/json")


async def _openapi(request: Request) -> Response:
    return Response(openapi_bytes(), media_type="application/json")
