"""What an operator does so that two services believe each other: identities, peers, alert-code slots.

The files of the key folder are written first, then the journal; a running service follows by its generation.
"""

import http.client
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from breather.agency.tell import tell_key_list
from breather.bootstrap import agency_database, exchange_database
from breather.clock import Clock
from breather.couriers.letter import Letter, Undelivered
from breather.couriers.peer_address import DeliverTo, check_address
from breather.couriers.webhook import Webhook
from breather.domain.alert_code import KEY_BYTES
from breather.domain.finding import Finding, Refused, nearest
from breather.operate import OPERATOR, STEP
from breather.protocol.alert_slot import AlertSlot, free_slot, given_slots, read_slot, save_slot
from breather.protocol.identity_folder import (
    OwnIdentity,
    create_identity,
    issue_list,
    load_identity,
    with_key,
    without_key,
)
from breather.protocol.json_text import LARGEST
from breather.protocol.key_list import ListedKey, Purpose
from breather.protocol.message import SIGNATURE_HEADER
from breather.protocol.officer_key import read_recipient
from breather.protocol.pack import read_folder, read_pack
from breather.protocol.peer_folder import PinnedPeer, load_peers, pin_peer, read_terms_file
from breather.protocol.signed_list import SignedKeyList, read_signed_list, received_list
from breather.protocol.trust import Peer, Role, read_fingerprint
from breather.samples import sample_pack
from breather.settings import AgencySettings, Settings
from breather.storage.database import Database

SAMPLE = "macau-pj"


def make_identity(settings: Settings | AgencySettings, clock: Clock) -> OwnIdentity:
    """Root, keys and first key list of this service. FileExistsError where there is one."""
    made = create_identity(settings.keys, _organisation(settings), _role(settings), settings.mode, clock.now())
    _record(settings, clock, "identity-created", {"fingerprint": made.fingerprint})
    return made


def renew_identity(settings: Settings | AgencySettings, clock: Clock) -> OwnIdentity:
    """The same keys in a new list, which lasts longer."""
    return _reissue(settings, clock, lambda rows: rows)


def seal_to(settings: AgencySettings, clock: Clock, recipient: str) -> OwnIdentity:
    """List an officer's public age key (`age1...`), so that exchanges seal subjects to it."""
    public = read_recipient(recipient)
    return _reissue(settings, clock, lambda rows: with_key(rows, Purpose.SEALING, public, clock.now()))


def revoke_key(settings: Settings | AgencySettings, clock: Clock, kid: str, because: str) -> OwnIdentity:
    """Take one key back, with the reason that peers will read. LookupError for a key that is not listed."""
    return _reissue(settings, clock, lambda rows: without_key(rows, kid, because, clock.now()))


def add_peer(
    settings: Settings | AgencySettings,
    clock: Clock,
    name: str,
    place: str | DeliverTo,
    fingerprint: str,
    agreed: Path | DeliverTo | None,
) -> PinnedPeer:
    """Pin a peer by its root's fingerprint, or take a newer key list, or something else agreed with one that is pinned.

    `place` is the key list's file or address; what lies there is believed only if the pinned root signed it. `agreed`
    is the file of relay terms with an exchange, or where an agency takes referrals; None keeps what was agreed before.
    """
    if name == _organisation(settings):
        finding = Finding("NAME", "own-organisation", "is this service's own organisation; a peer is another one")
        raise Refused(f"{name} is not pinned", [finding])
    wanted = _agreed(settings, Peer(name, _other(settings), settings.mode, read_fingerprint(fingerprint)), agreed)
    if isinstance(place, DeliverTo):
        signed = _fetched(place, settings.mode)
    else:
        signed = read_signed_list(Path(place).read_bytes())
    pinned = pin_peer(settings.keys, wanted, signed, clock.now())
    where = {} if pinned.courier is None else {"deliver_to": pinned.courier.url}
    _record(settings, clock, "peer-pinned", {"peer": name, "fingerprint": pinned.peer.fingerprint, **where})
    return pinned


def create_slot(
    settings: AgencySettings, clock: Clock, exchange: str, name: str, pack_folder: Path | None
) -> AlertSlot:
    """A new alert-code slot for an exchange; its headings are those of the pack."""
    folder = _agency_pack(settings, pack_folder)
    headings = {locale: text.heading for locale, text in read_pack(read_folder(folder)).texts.items()}
    number = free_slot(given_slots(settings.keys))
    slot = AlertSlot(number, exchange, name, secrets.token_bytes(KEY_BYTES), headings)
    save_slot(settings.keys, slot)
    _record(settings, clock, "alert-slot-created", {"slot": number, "exchange": exchange})
    return slot


def take_slot(settings: Settings, clock: Clock, text: str, agency: str) -> AlertSlot:
    """Keep the slot that an agency gave this exchange, `SLOT:KEY`. LookupError where that agency is not pinned."""
    number, key = read_slot(text)
    known = load_peers(settings.keys)
    if agency not in known or known[agency].peer.role is not Role.AGENCY:
        near = nearest(agency, known)
        hint = f"did you mean {near!r}?" if near else "run `breather peer add` first"
        raise LookupError(f"no agency {agency!r} is pinned; {hint}")
    slot = AlertSlot(number, settings.vasp, settings.vasp, key, {}, agency)
    save_slot(settings.keys, slot)
    _record(settings, clock, "alert-slot-taken", {"slot": number, "agency": agency})
    return slot


def _agency_pack(settings: AgencySettings, folder: Path | None) -> Path:
    if folder is not None:
        return folder
    if settings.mode != "test":
        raise Refused("no pack was named", [Finding("--pack", "missing", "live mode needs the folder of the pack")])
    return sample_pack(SAMPLE)


def _agreed(settings: Settings | AgencySettings, peer: Peer, agreed: Path | DeliverTo | None) -> PinnedPeer:
    known = load_peers(settings.keys).get(peer.organisation)
    if agreed is None:
        return PinnedPeer(peer) if known is None else PinnedPeer(peer, known.terms, known.courier)
    if isinstance(agreed, DeliverTo):
        if findings := check_address(agreed, settings.mode):
            raise Refused(f"{agreed.url} cannot be delivered to", findings)
        return PinnedPeer(peer, courier=agreed)
    return PinnedPeer(peer, read_terms_file(agreed))


def _reissue(
    settings: Settings | AgencySettings, clock: Clock, rows: Callable[[tuple[ListedKey, ...]], tuple[ListedKey, ...]]
) -> OwnIdentity:
    """The next key list, made known to the running service and, by an agency, to every exchange."""
    before = load_identity(settings.keys)
    made = issue_list(settings.keys, rows(before.keys.keys), clock.now())
    database = _database(settings, clock)
    with database.writing() as tx:
        if isinstance(settings, AgencySettings):
            tell_key_list(tx, load_peers(settings.keys), made.signed)
        tx.run("raise_generation")
        body = {"sequence": made.keys.sequence, "expires_at": made.keys.expires_at}
        tx.journal(STEP, "key-list-issued", None, OPERATOR, msgspec.json.encode(body))
    database.close()
    return made


def _record(settings: Settings | AgencySettings, clock: Clock, kind: str, body: Mapping[str, object]) -> None:
    """The files are there already; this tells the journal, and the running service that it should look."""
    database = _database(settings, clock)
    with database.writing() as tx:
        tx.run("raise_generation")
        tx.journal(STEP, kind, None, OPERATOR, msgspec.json.encode(body))
    database.close()


def _database(settings: Settings | AgencySettings, clock: Clock) -> Database:
    return exchange_database(settings, clock) if isinstance(settings, Settings) else agency_database(settings, clock)


def _organisation(settings: Settings | AgencySettings) -> str:
    return settings.vasp if isinstance(settings, Settings) else settings.organisation


def _role(settings: Settings | AgencySettings) -> Role:
    return Role.EXCHANGE if isinstance(settings, Settings) else Role.AGENCY


def _other(settings: Settings | AgencySettings) -> Role:
    """What a peer of this service is."""
    return Role.AGENCY if isinstance(settings, Settings) else Role.EXCHANGE


def _fetched(address: DeliverTo, mode: str) -> SignedKeyList:
    """A peer's key list, on the way that referrals take: no private addresses, no proxies, no redirects, a deadline.

    Whose it is, the fingerprint says.
    """
    if findings := check_address(address, mode):
        raise Refused(f"{address.url} is not asked", [replace(finding, pointer="KEY-LIST") for finding in findings])
    courier = Webhook(address, mode)
    try:
        answer = courier.carry(Letter("GET", "" if address.path else "/v1/key-list", {}, largest=LARGEST))
    except Undelivered as problem:
        raise LookupError(_unreached(address, mode, problem)) from None
    finally:
        courier.close()
    if answer.status != http.client.OK:
        raise LookupError(f"{address.url} answered {answer.status} instead of a key list")
    return received_list(answer.body, answer.headers.get(SIGNATURE_HEADER.lower()))


def _unreached(address: DeliverTo, mode: str, problem: Undelivered) -> str:
    if problem.code != "address-refused":
        return f"{address.url} cannot be reached: {problem}"
    trial = "; --allow-loopback is for a trial on this machine" if mode == "test" and not address.allow_loopback else ""
    return f"{address.url} is not asked: {problem}{trial}"
