"""Whom this service believes, and with which key for what (guarantee F1).

A peer is pinned by hand: two people compare the fingerprint of its offline root, out of band, and nothing is trusted on
first use. All else follows from key lists that this root signed, which never go back.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from breather.domain.instant import Millis, format_instant
from breather.protocol import signing
from breather.protocol.key_list import KIND, KeyList, ListedKey, Purpose, read_key_list
from breather.protocol.refusal import (
    Altered,
    ExpiredKey,
    ExpiredKeyList,
    ForkedKeyList,
    NotYetValid,
    OlderKeyList,
    RevokedKey,
    StaleKeyList,
    UnknownKey,
    WrongMode,
    WrongOrganisation,
    WrongPurpose,
    WrongRoot,
)

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


class Role(StrEnum):
    """What a peer is to us; pinned with it, for a key list could claim anything."""

    EXCHANGE = "exchange"
    AGENCY = "agency"


# What a peer signs in its role, and so what its key list is good for: without these nothing of it could be believed.
SIGNS: Mapping[Role, tuple[Purpose, ...]] = MappingProxyType(
    {Role.EXCHANGE: (Purpose.MESSAGES,), Role.AGENCY: (Purpose.RECEIPTS, Purpose.FEEDS)}
)


@dataclass(frozen=True, slots=True)
class Peer:
    """`fingerprint` is 64 hexadecimal digits. `list_hash` is the SHA-256 of the last list's bytes; "" before any."""

    organisation: str
    role: Role
    mode: str
    fingerprint: str
    key_list: KeyList | None = None
    list_hash: str = ""


def fingerprint_of(root: bytes) -> str:
    """SHA-256 of the root's raw public key, 64 hexadecimal digits."""
    return hashlib.sha256(root).hexdigest()


def show_fingerprint(fingerprint: str) -> str:
    """In groups of four, as it is read out on the telephone."""
    return " ".join(fingerprint[start : start + 4] for start in range(0, len(fingerprint), 4))


def read_fingerprint(text: str) -> str:
    """From groups with spaces, colons or hyphens, in any case. ValueError for anything but all 64 digits.

    All of them: comparing only the first and last groups is how look-alikes get past people.
    """
    plain = re.sub(r"[\s:-]", "", text).lower()
    if not _FINGERPRINT.fullmatch(plain):
        raise ValueError(f"a fingerprint is 64 hexadecimal digits, 16 groups of four; this has {len(plain)} characters")
    return plain


def accept_key_list(peer: Peer, body: bytes, signature: bytes, now: Millis) -> Peer:
    """The peer with this list, or the peer as it was if it has exactly this list already.

    Raises Malformed, WrongRoot, Altered, WrongOrganisation, WrongMode, ExpiredKeyList, OlderKeyList or ForkedKeyList.
    """
    found = read_key_list(body)
    if fingerprint_of(found.root) != peer.fingerprint:
        # Without the fingerprint that it has: whoever reads that here copies it, and has compared nothing.
        raise WrongRoot(
            f"Its root has another fingerprint than the pinned one, {show_fingerprint(peer.fingerprint)}. Compare all "
            f"of it by telephone with {peer.organisation}, at a number that you had before."
        )
    if not _root_signed(found, body, signature, peer.mode):
        raise Altered("The root did not sign these bytes as a key list of this mode.")
    if found.organisation != peer.organisation:
        raise WrongOrganisation(f"This is the key list of {found.organisation}; wanted is {peer.organisation}'s.")
    if found.expires_at <= now:
        raise ExpiredKeyList(f"This key list expired at {format_instant(found.expires_at)}; ask for a newer one.")
    digest = hashlib.sha256(body).hexdigest()
    _refuse_going_back(peer, found, digest)
    return replace(peer, key_list=found, list_hash=digest)


def key_for(peer: Peer, kid: str, purpose: Purpose, at: Millis, now: Millis) -> ListedKey:
    """The peer's key for something signed at `at` and read at `now`.

    Its validity is judged at `at`, and its revocation at `now`: whoever stole a key can write any date.
    Raises StaleKeyList, UnknownKey, WrongPurpose, RevokedKey, NotYetValid or ExpiredKey.
    """
    keys = peer.key_list
    if keys is None:
        raise StaleKeyList(f"There is no key list of {peer.organisation} yet.")
    if keys.expires_at <= now:
        raise StaleKeyList(f"The key list of {peer.organisation} expired at {format_instant(keys.expires_at)}.")
    key = next((key for key in keys.keys if key.kid == kid), None)
    if key is None:
        raise UnknownKey(f"The key {kid} is not in key list {keys.sequence} of {peer.organisation}.")
    if key.purpose is not purpose:
        raise WrongPurpose(f"The key {kid} of {peer.organisation} is for {key.purpose}, and this takes {purpose}.")
    if key.revoked_at is not None and key.revoked_at <= now:
        raise RevokedKey(kid, key.revoked_at, key.revoked_because or "no reason given")
    if at < key.valid_from:
        raise NotYetValid(f"The key {kid} is valid from {format_instant(key.valid_from)}.")
    if at >= key.valid_until:
        raise ExpiredKey(f"The key {kid} was valid until {format_instant(key.valid_until)}.")
    return key


def keys_for(peer: Peer, purpose: Purpose, now: Millis) -> tuple[ListedKey, ...]:
    """All keys good for the purpose now, in the order of the list: to whom to seal, whose packs to take."""
    keys = peer.key_list
    if keys is None or keys.expires_at <= now:
        return ()
    return tuple(key for key in keys.keys if key.purpose is purpose and _good(key, now))


def lacking(peer: Peer, now: Millis) -> tuple[Purpose, ...]:
    """The purposes for which this peer would need a key in its role, and has none that is good now."""
    return tuple(purpose for purpose in SIGNS[peer.role] if not keys_for(peer, purpose, now))


def _good(key: ListedKey, now: Millis) -> bool:
    revoked = key.revoked_at is not None and key.revoked_at <= now
    return key.valid_from <= now < key.valid_until and not revoked


def _root_signed(found: KeyList, body: bytes, signature: bytes, mode: str) -> bool:
    if found.mode != mode:
        raise WrongMode(f"This key list is for {found.mode} mode; the peer is pinned for {mode} mode.")
    return signing.verify(Ed25519PublicKey.from_public_bytes(found.root), signature, KIND, mode, body)


def _refuse_going_back(peer: Peer, found: KeyList, digest: str) -> None:
    last = peer.key_list
    if last is None:
        return
    if found.sequence < last.sequence:
        raise OlderKeyList(f"This is list {found.sequence}; list {last.sequence} is known already.")
    if found.sequence == last.sequence and digest != peer.list_hash:
        raise ForkedKeyList(f"Another list {found.sequence} is known already: {peer.organisation} has to explain.")
