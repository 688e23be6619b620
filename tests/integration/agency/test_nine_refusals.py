"""Issue 3, point 3, from the agency's side: nine attempts, nine names, and not one byte of any table is another."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from breather.domain.instant import MINUTE, Millis
from breather.peering import add_peer, make_identity
from breather.protocol.envelope import MessageType
from breather.protocol.identity_folder import FOLDER, KEY_LIST, issue_list, without_key
from breather.protocol.key_list import Purpose
from breather.protocol.manifest import write_manifest
from breather.protocol.message import sign_message
from breather.protocol.refusal import OlderKeyList
from breather.protocol.signing import generate
from breather.settings import AgencySettings
from tests.agency_process import AgencyProcess, prepared_agency
from tests.exchange_process import free_port
from tests.integration.agency.stored import contents
from tests.sending_exchange import AGENCY, SendingExchange, Sent

Attempt = Callable[[AgencyProcess], httpx.Response]


@pytest.fixture(scope="module")
def wary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgencyProcess]:
    """Knows two more exchanges: one has taken back the key that it still signs with, one lists it for clearance."""
    folder = tmp_path_factory.mktemp("wary")
    with prepared_agency(folder, f"sqlite:///{folder / 'agency.db'}") as agency:
        for name in ("revoked-exchange", "clearing-exchange"):
            exchange = agency.exchanges[name] = agency.introduce(name)
            keys = exchange.identity.keys.keys
            changed = (
                without_key(keys, signing_key(exchange), "device lost", agency.now)
                if name == "revoked-exchange"
                else [replace(row, purpose=Purpose.CLEARANCE) for row in keys]
            )
            place = exchange.folder / FOLDER / KEY_LIST
            first_list(exchange).write_bytes(place.read_bytes())
            made = issue_list(exchange.folder, changed, Millis(agency.now + 1))
            add_peer(agency.settings, agency.clock, name, str(place), made.fingerprint, None)
        agency.start()
        agency.demo.send()
        yield agency


def signing_key(exchange: SendingExchange) -> str:
    return next(row.kid for row in exchange.identity.keys.keys if row.purpose is Purpose.MESSAGES)


def altered_body(agency: AgencyProcess) -> httpx.Response:
    sent = agency.demo.referral()
    return agency.demo.post(sent, body=sent.body.replace(b"1000-10000", b"over-250000"))


def wrong_key(agency: AgencyProcess) -> httpx.Response:
    sent = agency.demo.referral()
    return agency.demo.post(sent, sign_message(generate(), sent.envelope, sent.body, agency.now).headers())


def revoked_key(agency: AgencyProcess) -> httpx.Response:
    exchange = agency.exchanges["revoked-exchange"]
    return exchange.post(exchange.referral())


def key_for_another_purpose(agency: AgencyProcess) -> httpx.Response:
    exchange = agency.exchanges["clearing-exchange"]
    return exchange.post(exchange.referral())


def for_another_recipient(agency: AgencyProcess) -> httpx.Response:
    return agency.demo.post(agency.demo.referral(recipient="hong-kong-police"))


def outside_the_window(agency: AgencyProcess) -> httpx.Response:
    sent = agency.demo.referral()
    return agency.demo.post(sent, agency.demo.sign(sent.envelope, sent.body, Millis(agency.now - 5 * MINUTE - 1)))


def field_without_a_row(agency: AgencyProcess) -> httpx.Response:
    exchange = agency.exchanges["sparing-exchange"]
    return exchange.post(exchange.referral())


def manifest(agency: AgencyProcess) -> httpx.Response:
    """The agency takes none, old or new: it is who issues them."""
    envelope = agency.demo.envelope(MessageType.MANIFEST)
    body = write_manifest(envelope, b"{}", agency.now)
    key = agency.demo.identity.private[Purpose.MESSAGES]
    return agency.demo.post(Sent(envelope, body, sign_message(key, envelope, body, agency.now).headers()))


ATTEMPTS: dict[str, tuple[Attempt, int, str]] = {
    "altered body": (altered_body, 403, "altered"),
    "wrong key": (wrong_key, 403, "unknown-key"),
    "revoked key": (revoked_key, 403, "revoked-key"),
    "right key for another purpose": (key_for_another_purpose, 403, "wrong-purpose"),
    "right message for another recipient": (for_another_recipient, 422, "wrong-recipient"),
    "replay outside the window": (outside_the_window, 403, "outside-replay-window"),
    "a manifest": (manifest, 422, "wrong-type"),
    "a field that the terms do not allow": (field_without_a_row, 422, "not-allowed"),
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_it_has_its_name_and_no_table_has_changed(wary: AgencyProcess, name: str) -> None:
    attempt, status, code = ATTEMPTS[name]
    before = contents(wary)
    assert any(before.values()), "there is something that could change"
    reply = attempt(wary)
    assert (reply.status_code, reply.json()["type"]) == (status, f"urn:breather:problem:{code}")
    assert contents(wary) == before


def test_a_taken_referral_is_seen_by_this_comparison(wary: AgencyProcess) -> None:
    before = contents(wary)
    wary.demo.send()
    changed = {table for table, found in contents(wary).items() if found != before[table]}
    assert changed == {"journal", "referral", "destination", "counter"}


def test_an_older_key_list_is_refused_and_no_table_has_changed(wary: AgencyProcess) -> None:
    """What could go back on the way to an agency is a key list, as a manifest is on the way to an exchange."""
    exchange, pinned = wary.exchanges["revoked-exchange"], wary.settings.keys / "peers"
    before, files = contents(wary), bytes_of(pinned)
    with pytest.raises(OlderKeyList):
        add_peer(
            wary.settings, wary.clock, exchange.name, str(first_list(exchange)), exchange.identity.fingerprint, None
        )
    assert contents(wary) == before
    assert bytes_of(pinned) == files


def first_list(exchange: SendingExchange) -> Path:
    """Where `wary` has put the key list in which nothing is revoked yet."""
    return exchange.folder / "first-list"


def bytes_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_test_message_is_refused_by_a_live_service_and_no_table_has_changed(tmp_path: Path) -> None:
    port = free_port()
    settings = AgencySettings(
        database=f"sqlite:///{tmp_path / 'agency.db'}",
        keys=tmp_path / "keys",
        mode="live",
        organisation=AGENCY,
        port=port,
        public_url="https://agency.example",
    )
    live = AgencyProcess(tmp_path, settings)
    live.set_time(live.now)
    make_identity(settings, live.clock)
    exchange = SendingExchange("demo-exchange", tmp_path / "demo", live.now, f"http://127.0.0.1:{port}")
    exchange.create()
    live.exchanges[exchange.name] = exchange
    with contextlib.closing(live):
        live.start()
        before = contents(live)
        reply = exchange.post(exchange.referral())
        assert (reply.status_code, reply.json()["type"]) == (422, "urn:breather:problem:wrong-mode")
        assert contents(live) == before
