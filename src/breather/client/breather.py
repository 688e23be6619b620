"""The exchange's way to the service: one object for the whole process, used by any number of threads."""

import json
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from breather.client.answer import understand
from breather.client.assessment import Assessment, Changes, Destination, Link, Standing, Word
from breather.client.clearance import Clearance, Cleared, read_key, verify_clearance
from breather.client.connection import Answer, Connections, Request
from breather.client.deadline import Deadline
from breather.client.failure import Unavailable
from breather.client.instant import format_instant, parse_instant
from breather.client.recollection import Recollection
from breather.client.sealing import refuse_unsealed
from breather.client.subject import SubjectWanted
from breather.client.withdrawal import SessionEvidence, Withdrawal

# The service must answer a little earlier than the client stops listening, or its answer comes too late.
_SERVICE_SHARE = 0.8


class Breather:
    """Breather at `url`, with an API key whose scopes cover what is called.

    `clearance_keys`: kid to base64 of the raw Ed25519 public key, given by hand, never fetched. `timeout`
    is for every call but `assess`, in seconds over the whole call. An https service is trusted by the
    system's certificates, or those of `SSL_CERT_FILE`. Raises ValueError where these cannot be right.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        vasp: str,
        mode: str = "test",
        clearance_keys: Mapping[str, str] | None = None,
        timeout: float = 5.0,
    ) -> None:
        if mode not in {"test", "live"}:
            raise ValueError(f"mode {mode!r} is not one of test, live")
        if not api_key.startswith(f"brk_{mode}_") or not (api_key.isascii() and api_key.isprintable()):
            raise ValueError(f"this is not an API key for mode {mode}; those begin with brk_{mode}_")
        self.vasp = vasp
        self.mode = mode
        self._keys = dict(clearance_keys or {})
        for kid, text in self._keys.items():
            read_key(kid, text)
        self._timeout = timeout
        self._headers = {"Authorization": f"Bearer {api_key}", "Accept": "application/json"}
        self._connections = Connections(url)
        self._recollection = Recollection()

    def assess(self, withdrawal: Withdrawal | Mapping[str, Any], deadline: float = 0.25) -> Assessment:
        """Steps 1 to 6 for one withdrawal, within `deadline` seconds, connecting and reading included.

        Where no usable answer comes in time, the assessment says `wait` and nothing else: the money stays,
        and the same withdrawal may be sent again, with the same id, at any time; Breather answers with the
        one decision it made. Raises Problem where the request itself is wrong (4xx), ValueError where it
        has no id.
        """
        body = withdrawal.body() if isinstance(withdrawal, Withdrawal) else dict(withdrawal)
        asked = body.get("id")
        if not isinstance(asked, str) or not asked:
            raise ValueError("a withdrawal needs the exchange's own id, a text; it makes a retry harmless")
        limit = Deadline(deadline)
        hint = {"Breather-Deadline-Ms": str(max(1, int(deadline * 1000 * _SERVICE_SHARE)))}
        try:
            answer = self._call("POST", "/v1/withdrawals", body, limit, hint)
            assessment = understand(answer, lambda reply: Assessment.read(reply, asked))
        except Unavailable as failure:
            alert = self._recollection.recall(body)
            return Assessment(asked, Word.WAIT, None, why=failure.why, detail=failure.detail, alert=alert)
        self._recollection.keep(assessment)
        return assessment

    def withdrawal(self, withdrawal: str) -> Standing:
        """Where it stands; `body["decision"]` is the original decision. Raises Problem, Unavailable."""
        return understand(self._call("GET", _path(withdrawal)), Standing.read)

    def changes(self, after: int = 0, limit: int = 100) -> Changes:
        """What changed after the number `after`, oldest first. Poll with the `next` of the last page."""
        return understand(self._call("GET", f"/v1/withdrawals?changed_after={after:d}&limit={limit:d}"), _changes)

    def event(self, withdrawal: str, body: Mapping[str, Any]) -> Standing:
        """Any event of the API. `body["id"]` is the exchange's own: the same id again is the same event."""
        return understand(self._call("POST", _path(withdrawal, "/events"), body), Standing.read)

    def confirm(
        self,
        withdrawal: str,
        event: str,
        *,
        session_started_at: int,
        authenticated_at: int,
        session: SessionEvidence,
    ) -> Standing:
        """The customer decided to go on, in a session begun after the pause elapsed and authenticated
        freshly.

        Instants are milliseconds UTC. Raises Conflict with code not-elapsed, session-too-old, watched,
        held, resolved.
        """
        moments = {
            "session_started_at": format_instant(session_started_at),
            "authenticated_at": format_instant(authenticated_at),
        }
        return self.event(withdrawal, {"id": event, "event": "confirm", **moments, "session": session.body()})

    def stop(self, withdrawal: str, event: str) -> Standing:
        """The customer stopped, at the exchange. Whatever had joined the same pause stops too."""
        return self.event(withdrawal, {"id": event, "event": "stop"})

    def help(self, withdrawal: str, event: str) -> Standing:
        """The customer asked the exchange for help."""
        return self.event(withdrawal, {"id": event, "event": "help"})

    def revoke_consent(self, withdrawal: str, event: str) -> Standing:
        """The customer told the exchange that officers shall not know who she is after all. What an agency has received
        cannot be unsent. Raises Conflict with code no-consent where there is none.
        """
        return self.event(withdrawal, {"id": event, "event": "revoke-consent"})

    def subject_wanted(self, withdrawal: str) -> SubjectWanted | None:
        """What to seal, and for whom, once the customer agreed that officers may know who she is; None where nothing is
        wanted, also once it was received. `Standing.consented_at` says for which withdrawals asking is worth while.
        """

        def wanted(body: Mapping[str, Any]) -> SubjectWanted | None:
            return SubjectWanted.read(body, vasp=self.vasp, mode=self.mode)

        return understand(self._call("GET", _path(withdrawal)), wanted)

    def send_subject(
        self, withdrawal: str, event: str, *, referral: str, ciphertext: str, keys: Sequence[str]
    ) -> Standing:
        """Hand over what `SubjectWanted.seal` made for `referral`; `keys` are the ids of the keys it is sealed to.

        Raises ValueError, and sends nothing, for anything but a sealed subject; Conflict (no-consent, other-referral,
        no-sealing-key) where it is not wanted so any more; Conflict subject-taken where other bytes came first, and
        changed-retry where they came under this id.
        """
        refuse_unsealed(ciphertext)
        body = {"id": event, "referral": referral, "ciphertext": ciphertext, "keys": list(keys)}
        return understand(self._call("POST", _path(withdrawal, "/subject"), body), Standing.read)

    def broadcast(self, withdrawal: str, event: str, transaction_id: str) -> Standing:
        """It has left. Always tell, even what was never cleared; a second, different transaction is a
        Conflict.
        """
        return self.event(withdrawal, {"id": event, "event": "broadcast", "transaction_id": transaction_id})

    def held(self, withdrawal: str, event: str, *, reason: str, max_hours: int = 72) -> Standing:
        """Scope desk. `reason` is for the customer's record; `max_hours` is fixed now and never extended."""
        return self.event(withdrawal, {"id": event, "event": "held", "reason": reason, "max_hours": max_hours})

    def lifted(self, withdrawal: str, event: str, *, reason: str) -> Standing:
        """Scope desk. The pause returns to what the clock says, never to released."""
        return self.event(withdrawal, {"id": event, "event": "lifted", "reason": reason})

    def link(self, withdrawal: str, locale: str | None = None) -> Link:
        """A fresh link for `<breather-alert>`: mint one for each page that shows the alert."""
        body = {} if locale is None else {"locale": locale}
        return understand(self._call("POST", _path(withdrawal, "/links"), body), _link)

    def clearance(self, withdrawal: str) -> str:
        """The token, just before the payout. It proves nothing until `verify` accepts it. Raises Conflict
        (not-clearable, pause-open) while the money must stay."""
        return understand(self._call("POST", _path(withdrawal, "/clearance"), {}), _token)

    def payout(self, withdrawal: Withdrawal, destination: Destination, amount_units: int) -> Cleared:
        """What `verify` compares a clearance with: this withdrawal, paid to `destination`, the one spelling that its
        `Assessment` gave and that was kept in the exchange's row; `amount_units` in base units, from that row.

        Raises ValueError where the destination is on another network than the withdrawal. That its address is the one
        that was typed, a wallet's own decoder can tell: whoever does not trust this service alone asks it, too.
        """
        if destination.network != withdrawal.network:
            raise ValueError(
                f"{withdrawal.id} is on {withdrawal.network}; this destination is on {destination.network}"
            )
        return Cleared(
            vasp=self.vasp,
            mode=self.mode,
            withdrawal=withdrawal.id,
            customer=withdrawal.customer,
            asset=withdrawal.asset,
            network=destination.network,
            amount_units=amount_units,
            address=destination.address,
            memo=destination.memo,
        )

    def verify(self, token: str, expected: Cleared, now_s: float) -> Clearance:
        """`verify_clearance` with this client's keys; `expected` must be of this client's VASP and mode."""
        if (expected.vasp, expected.mode) != (self.vasp, self.mode):
            raise ValueError(f"this client is {self.vasp} in mode {self.mode}, not {expected.vasp} in {expected.mode}")
        return verify_clearance(token, self._keys, expected, now_s)

    def close(self) -> None:
        """Close idle connections; calls still work, each over a connection of its own."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(
        self,
        method: str,
        target: str,
        body: Mapping[str, Any] | None = None,
        deadline: Deadline | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        data = None if body is None else json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        sent = {**self._headers, **(headers or {})}
        if data is not None:
            sent["Content-Type"] = "application/json"
        return self._connections.exchange(Request(method, target, data, sent), deadline or Deadline(self._timeout))


def _path(withdrawal: str, rest: str = "") -> str:
    return f"/v1/withdrawals/{quote(withdrawal, safe='')}{rest}"


def _changes(body: Mapping[str, Any]) -> Changes:
    return Changes(tuple(Standing.read(one) for one in body["changes"]), int(body["next"]), body["more"] is True)


def _link(body: Mapping[str, Any]) -> Link:
    return Link(str(body["url"]), parse_instant(body["expires_at"]))


def _token(body: Mapping[str, Any]) -> str:
    if not isinstance(body["clearance"], str):
        raise TypeError("clearance is not a text")
    return body["clearance"]
