"""A small Breather over real HTTP and a real Ed25519 key: as much of the contract as the client and the
demo use.

It keeps one pause per withdrawal, by its own clock; it knows nothing of packs, rules or joining. Residence
MO gets a cooling-off, PT a notice, everybody else proceeds.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from breather.client.instant import format_instant, parse_instant

START = 1_795_000_000_000
PAUSE = 60_000
KID = "00112233aabbccdd"
API_KEY = "brk_test_" + "A" * 43
UNITS = {("USDT", "TRON"): 6, ("USDT", "ETH"): 6, ("ETH", "ETH"): 18}
ALERT = {
    "pack": "macau-pj",
    "sample": True,
    "sample_mark": "SAMPLE",
    "heading": "Judiciary Police reminder",
    "agency": "Judiciary Police",
    "first_screen": "If someone told you that this would appear, it is a scam. Hang up.",
    "officers_never": "Officers never ring first.",
    "typology": "investment",
    "title": "Stop and think",
    "body": "Once sent, it cannot come back.",
    "why": ["A first, large withdrawal to a new address."],
    "tips": ["Never install an app that a stranger sends."],
    "contacts": [{"id": "pj", "number": "8800 7777", "what_for": "enquiries", "hours": "24 h", "takes_reports": False}],
}


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(key: Ed25519PrivateKey, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A compact JWS, whatever it says."""
    signed = f"{encode(json.dumps(header).encode())}.{encode(json.dumps(claims).encode())}"
    return f"{signed}.{encode(key.sign(signed.encode()))}"


class Refused(Exception):
    def __init__(self, status: int, code: str, **members: Any) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"type": f"urn:breather:problem:{code}", "title": code, "status": status, **members}


@dataclass
class Kept:
    body: dict[str, Any]
    state: str
    friction: str
    decision: dict[str, Any]
    elapses_at: int | None = None
    transaction_id: str | None = None
    changed: int = 0
    events: dict[str, dict[str, Any]] = field(default_factory=dict)


class FakeBreather:
    """The state behind the fake. `now` is its clock; `broken` makes it answer 503 to everything,
    `refuses` is the code with which it refuses to confirm, `claims` are put into the next clearances. `spellings`
    has the canonical address of those that are typed otherwise. `wanted` is the subject that it asks for; `bodies`
    has every request as it came over the wire, head and body.
    """

    def __init__(self) -> None:
        self.now = START
        self.key = Ed25519PrivateKey.generate()
        self.public = base64.b64encode(self.key.public_key().public_bytes_raw()).decode()
        self.withdrawals: dict[str, Kept] = {}
        self.requests: list[tuple[str, str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.broken = False
        self.refuses = ""
        self.claims: dict[str, Any] = {}
        self.spellings: dict[str, str] = {}
        self.wanted: dict[str, Any] | None = None
        self.bodies: list[bytes] = []
        self._changed = 0
        self._lock = threading.Lock()

    def answer(self, method: str, target: str, body: Any) -> tuple[int, Any]:
        with self._lock:
            self.requests.append((method, target, body))
            if self.broken:
                raise Refused(503, "no-decision")
            parts = urlsplit(target)
            steps = [unquote(step) for step in parts.path.split("/")[3:]]
            if not steps:
                return self._submit(body) if method == "POST" else (200, self._list(parse_qs(parts.query)))
            if steps[0] not in self.withdrawals:
                raise Refused(404, "unknown-withdrawal")
            kept = self.withdrawals[steps[0]]
            if method == "GET":
                return 200, {"subject_wanted": self.wanted, **self._view(kept), "decision": kept.decision}
            calls = {"events": self._event, "links": self._link, "clearance": self._clearance, "subject": self._subject}
            return calls[steps[1]](kept, body)

    def _submit(self, body: dict[str, Any]) -> tuple[int, Any]:
        if "amount" not in body or body["destination"]["address"].startswith("bad"):
            error = {
                "pointer": "/destination/address",
                "code": "address",
                "message": "the checksum does not match",
            }
            raise Refused(422, "invalid", errors=[{**error, "suggestion": "copy it again"}])
        if (known := self.withdrawals.get(body["id"])) is not None:
            if known.body["amount"] != body["amount"]:
                raise Refused(
                    409,
                    "changed-retry",
                    errors=[{"pointer": "/amount", "code": "changed", "message": "differs"}],
                )
            return 200, known.decision
        place = body.get("residence", {}).get("kyc")
        friction = {"MO": "cooling_off", "PT": "notice"}.get(place, "none")
        decision = {
            "id": body["id"],
            "decision": "proceed" if friction == "none" else "intervene",
            "friction": friction,
            "degraded": False,
            "destination": self._destination(body),
            "jurisdiction": {"code": place},
            "locale": body.get("locale", "en"),
            "alert": None if friction == "none" else ALERT,
            "pause": {"seconds": PAUSE // 1000} if friction == "cooling_off" else None,
        }
        kept = Kept(body, "clear" if friction == "none" else "offered", friction, decision)
        self.withdrawals[body["id"]] = kept
        self._touch(kept)
        return 201, decision

    def _destination(self, body: dict[str, Any]) -> dict[str, Any]:
        typed = body["destination"]
        address = self.spellings.get(typed["address"], typed["address"])
        return {"network": body["network"], "address": address, "memo": typed.get("memo")}

    def start_pause(self, withdrawal: str) -> None:
        """What the customer's answers in the frame would do."""
        kept = self.withdrawals[withdrawal]
        kept.state, kept.elapses_at = "running", self.now + PAUSE
        self._touch(kept)

    def _touch(self, kept: Kept) -> None:
        self._changed += 1
        kept.changed = self._changed

    def _state(self, kept: Kept) -> str:
        elapsed = kept.state == "running" and kept.elapses_at is not None and self.now >= kept.elapses_at
        return "elapsed" if elapsed else kept.state

    def _view(self, kept: Kept) -> dict[str, Any]:
        state = self._state(kept)
        return {
            "id": kept.body["id"],
            "state": state,
            "friction": kept.friction,
            "watched": False,
            "clearable": state in {"clear", "released"},
            "elapses_at": None if kept.elapses_at is None else format_instant(kept.elapses_at),
            "lapses_at": None,
            "held_until": None,
            "help_asked_at": None,
            "resolution": None,
            "outcome": "stopped" if state == "stopped" else "proceeded" if kept.transaction_id else None,
            "transaction_id": kept.transaction_id,
            "clearance_outstanding_until": None,
            "changed": kept.changed,
        }

    def _list(self, query: dict[str, list[str]]) -> dict[str, Any]:
        after, limit = int(query["changed_after"][0]), int(query["limit"][0])
        kept = sorted((one for one in self.withdrawals.values() if one.changed > after), key=lambda one: one.changed)
        page = [self._view(one) for one in kept[:limit]]
        return {"changes": page, "next": page[-1]["changed"] if page else after, "more": len(kept) > limit}

    def _event(self, kept: Kept, body: dict[str, Any]) -> tuple[int, Any]:
        if body["id"] in kept.events:
            return 200, self._view(kept)
        match body["event"]:
            case "confirm":
                self._confirm(kept, body)
            case "stop":
                if self._state(kept) not in {"clear", "offered", "running", "elapsed"}:
                    raise Refused(409, "resolved", state=kept.state)
                kept.state = "stopped"
            case "broadcast":
                if kept.transaction_id not in {None, body["transaction_id"]}:
                    raise Refused(409, "broadcast-differs")
                kept.transaction_id = body["transaction_id"]
            case "held":
                kept.state = "held"
            case "lifted":
                kept.state = "running" if kept.elapses_at else "offered"
        kept.events[body["id"]] = body
        self._touch(kept)
        return 201, self._view(kept)

    def _confirm(self, kept: Kept, body: dict[str, Any]) -> None:
        if self.refuses:
            raise Refused(409, self.refuses)
        if any(body["session"].get(name) for name in ("remote_access", "screen_shared", "on_call")):
            raise Refused(409, "watched")
        if self._state(kept) != "elapsed":
            raise Refused(409, "not-elapsed", elapses_at=self._view(kept)["elapses_at"])
        if kept.elapses_at is None or parse_instant(body["session_started_at"]) < kept.elapses_at:
            raise Refused(409, "session-too-old")
        kept.state = "released"

    def _subject(self, kept: Kept, body: dict[str, Any]) -> tuple[int, Any]:
        if self.wanted is None or body["referral"] != self.wanted["referral"]:
            raise Refused(409, "no-consent")
        self.wanted = None
        self._touch(kept)
        return 201, self._view(kept)

    def _link(self, kept: Kept, body: dict[str, Any]) -> tuple[int, Any]:
        return 201, {
            "url": "http://127.0.0.1:1/a/" + "t" * 22,
            "expires_at": format_instant(self.now + 900_000),
        }

    def _clearance(self, kept: Kept, body: dict[str, Any]) -> tuple[int, Any]:
        if self._state(kept) not in {"clear", "released"}:
            raise Refused(409, "not-clearable", state=self._state(kept))
        asked = kept.body
        decimals = UNITS[asked["asset"], asked["network"]]
        whole, _, fraction = asked["amount"].partition(".")
        begins = self.now // 1000
        claims = {
            "iss": "breather",
            "vasp": "demo-exchange",
            "mode": "test",
            "jti": asked["id"],
            "customer": asked["customer"]["ref"],
            "asset": asked["asset"],
            "network": asked["network"],
            "amount": str(int(whole + fraction.ljust(decimals, "0"))),
            "address": self._destination(asked)["address"],
            "memo": asked["destination"].get("memo"),
            "nbf": begins,
            "exp": begins + 120,
        }
        header = {"alg": "Ed25519", "typ": "breather-clearance+jwt", "kid": KID}
        token = sign(self.key, header, {**claims, **self.claims})
        return 200, {"clearance": token, "expires_at": format_instant((begins + 120) * 1000)}


def _handler(fake: FakeBreather) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are two writes; the second would wait 40 ms

        def _any(self) -> None:
            fake.headers.append(dict(self.headers))
            data = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            fake.bodies.append(self.requestline.encode() + bytes(self.headers) + data)
            try:
                if self.headers.get("Authorization") != f"Bearer {API_KEY}":
                    raise Refused(401, "unauthenticated")
                status, body = fake.answer(self.command, self.path, json.loads(data) if data else None)
                kind = "application/json"
            except Refused as refused:
                status, body, kind = refused.status, refused.body, "application/problem+json"
            sent = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = _any  # noqa: N815  # the names http.server looks for

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # http.server's name
            """Silent."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not an error of this server."""


@contextmanager
def serving(fake: FakeBreather) -> Iterator[str]:
    """The fake on a port of this machine; gives its URL."""
    server = _Server(("127.0.0.1", 0), _handler(fake))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
