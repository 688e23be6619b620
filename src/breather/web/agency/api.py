"""The agency's API for exchanges: every request and every answer is signed (guarantees F2 and F3).

POST /v1/referrals   the referral's bytes; answered with the signed receipt over exactly these bytes
GET  /v1/changes     the pull in the header `Breather-Message`, base64; answered with manifest and page
GET  /v1/key-list    this agency's key list; the root's signature in `Breather-Signature`
GET  /openapi.json   the description of these three
"""

import asyncio
import base64
import secrets
from collections.abc import Callable, Mapping
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from breather.agency.answer import Answer, changes_answer, receipt_answer, refusal_answer
from breather.agency.letterhead import ENTROPY_BYTES, Letterhead
from breather.agency.receive import Arrived, Received, read_arrived, receive
from breather.agency.refusal import Refusal as ActRefusal
from breather.agency.snapshot import Snapshot
from breather.agency.tell import Pulled, pull
from breather.domain.finding import Finding
from breather.domain.instant import Millis
from breather.protocol.changes import read_pull
from breather.protocol.envelope import MessageType, read_envelope
from breather.protocol.message import SIGNATURE_HEADER, Message, open_message, read_signature
from breather.protocol.problem import Problem
from breather.protocol.refusal import Malformed, OutsideReplayWindow
from breather.protocol.refusal import Refusal as MessageRefusal
from breather.storage.transaction import Transaction
from breather.web.agency.openapi import LINES, LONGEST_PULL, MESSAGE_HEADER, openapi_bytes
from breather.web.agency.refusals import problem_of_act, problem_of_message
from breather.web.agency.site import Site
from breather.web.body import read_body

T = TypeVar("T")

NO_STORE: Mapping[str, str] = {"Cache-Control": "no-store"}


class Api:
    """The handlers, bound to one running agency."""

    def __init__(self, site: Site) -> None:
        self._agency = site.agency

    def routes(self) -> list[Route]:
        return [
            Route("/v1/referrals", self.referral, methods=["POST"]),
            Route("/v1/changes", self.changes, methods=["GET"]),
            Route("/v1/key-list", self.key_list, methods=["GET"]),
            Route("/openapi.json", _openapi, methods=["GET"]),
        ]

    async def referral(self, request: Request) -> Response:
        """Step 10. 201 with the receipt; a repeat is 200 with the same receipt, signed anew."""
        snapshot, body = self._agency.snapshot, await read_body(request)
        message = await self._opened(snapshot, request.headers, body, MessageType.REFERRAL)
        terms = snapshot.terms_of(message.envelope.sender)
        arrived = await self._held(snapshot, message, lambda: read_arrived(message, terms))
        received = await self._received(snapshot, arrived)
        answer = await run_in_threadpool(receipt_answer, snapshot, received.receipt, self._agency.clock.now())
        return _signed(answer, 201 if received.created else 200)

    async def changes(self, request: Request) -> Response:
        """Step 11: dispositions and key lists for this exchange, under a fresh manifest."""
        snapshot, body = self._agency.snapshot, _pull_of(request)
        message = await self._opened(snapshot, request.headers, body, MessageType.PULL)
        after = await self._held(snapshot, message, lambda: _after(message, request.query_params.get("after")))
        letterhead, entropy = _letterhead(snapshot), secrets.token_bytes(2 * ENTROPY_BYTES)

        def command(tx: Transaction) -> Pulled:
            return pull(tx, letterhead, message.envelope.sender, after, entropy)

        pulled = await asyncio.wrap_future(self._agency.submit(command))
        return _signed(await run_in_threadpool(changes_answer, snapshot, pulled), 200, LINES)

    async def key_list(self, request: Request) -> Response:
        """For everybody: it holds public keys only, and nobody believes it without the pinned fingerprint."""
        signed = self._agency.snapshot.identity.signed
        headers = {**NO_STORE, SIGNATURE_HEADER: signed.signature_text}
        return Response(signed.body, 200, headers, "application/json")

    async def _received(self, snapshot: Snapshot, arrived: Arrived) -> Received:
        letterhead, entropy = _letterhead(snapshot), secrets.token_bytes(ENTROPY_BYTES)

        def command(tx: Transaction) -> Received:
            return receive(tx, letterhead, arrived, entropy)

        try:
            return await asyncio.wrap_future(self._agency.submit(command))
        except ActRefusal as refusal:
            raise problem_of_act(refusal, self._refused(snapshot, arrived.message, refusal.code)) from None

    async def _opened(
        self, snapshot: Snapshot, headers: Mapping[str, str], body: bytes, expected: MessageType
    ) -> Message:
        """The message, or a problem. Only a sender who really signed is told what time it is here, and signed."""
        now = self._agency.clock.now()
        try:
            return await run_in_threadpool(open_message, snapshot.receiver, headers, body, now, (expected,))
        except OutsideReplayWindow as refusal:
            raise problem_of_message(refusal, _clock(snapshot, headers, body, now)) from None
        except MessageRefusal as refusal:
            raise problem_of_message(refusal) from None

    async def _held(self, snapshot: Snapshot, message: Message, read: Callable[[], T]) -> T:
        """What an opened message says, or a problem that carries the signed refusal."""
        try:
            return await run_in_threadpool(read)
        except MessageRefusal as refusal:
            raise problem_of_message(refusal, self._refused(snapshot, message, refusal.code)) from None

    def _refused(self, snapshot: Snapshot, message: Message, code: str) -> Answer:
        """Final: signing the same body again would change nothing."""
        problem = Problem(message.envelope.id, message.signature.at, code, False, self._agency.clock.now())
        return refusal_answer(snapshot, message.envelope, problem, secrets.token_bytes(ENTROPY_BYTES))


async def _openapi(request: Request) -> Response:
    return Response(openapi_bytes(), media_type="application/json")


def _letterhead(snapshot: Snapshot) -> Letterhead:
    return Letterhead(snapshot.identity.organisation, snapshot.mode)


def _clock(snapshot: Snapshot, headers: Mapping[str, str], body: bytes, now: Millis) -> Answer:
    envelope, _ = read_envelope(body, len(body))
    problem = Problem(envelope.id, read_signature(headers).at, OutsideReplayWindow.code, True, now)
    return refusal_answer(snapshot, envelope, problem, secrets.token_bytes(ENTROPY_BYTES))


def _pull_of(request: Request) -> bytes:
    """A GET has no body, so the signed one travels in a header. Raises Problem 400."""
    text = request.headers.get(MESSAGE_HEADER, "")
    try:
        body = base64.b64decode(text, validate=True) if len(text) <= LONGEST_PULL else b""
    except ValueError:  # no base64, or not even ASCII
        body = b""
    if not body:
        finding = Finding(MESSAGE_HEADER, "missing-header", "must be the pull's body in base64")
        raise problem_of_message(Malformed("pull", [finding]))
    return body


def _after(message: Message, asked: str | None) -> int:
    """What is signed is what counts; an address that says something else is refused, not passed over."""
    after = read_pull(message)
    if asked is not None and asked != str(after):
        raise Malformed("pull", [Finding("?after", "differs", "differs from what was signed", str(after))])
    return after


def _signed(answer: Answer, status: int, media_type: str = "application/json") -> Response:
    headers = {**NO_STORE, **answer.signature.headers()}
    return Response(answer.body, status, headers, media_type)
