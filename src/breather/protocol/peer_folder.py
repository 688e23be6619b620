"""The peers of one service: `peers` in the key folder. Pinned by hand, never trusted on first use (guarantee F1).

<name>.toml       the pin: organisation, role, mode, the root's fingerprint; for an exchange, the relay terms agreed;
                  for an agency, the address that referrals are delivered to
<name>.key-list   the last key list that was accepted (`signed_list`)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import tomli_w

from breather.couriers.peer_address import DeliverTo, check_address
from breather.domain.finding import Finding, Refused
from breather.domain.instant import Millis
from breather.domain.relay_terms import RelayTerms, check_bases
from breather.protocol.signed_list import SignedKeyList, read_signed_list, replace_file, write_signed_list
from breather.protocol.strict_table import StrictTable, parse_toml
from breather.protocol.terms_table import read_terms
from breather.protocol.trust import Peer, Role, accept_key_list, lacking, read_fingerprint, show_fingerprint

FOLDER = "peers"
_PIN = ".toml"
_LIST = ".key-list"
# A list was in date when it was accepted; whether it still is, `trust.key_for` says at every use.
_WHENEVER = Millis(0)


@dataclass(frozen=True, slots=True)
class PinnedPeer:
    """`terms` are what was agreed with an exchange; OFF, which takes nothing, until something is.

    `courier` is where an agency takes referrals, and answers pulls; None where nothing can be sent to it.
    """

    peer: Peer
    terms: RelayTerms = RelayTerms()
    courier: DeliverTo | None = None


def load_peers(keys: Path) -> Mapping[str, PinnedPeer]:
    """By organisation. Raises Refused for a wrong file, and what `accept_key_list` raises for a wrong list."""
    return MappingProxyType({file.stem: _load(file) for file in sorted((keys / FOLDER).glob(f"*{_PIN}"))})


def pin_peer(keys: Path, wanted: PinnedPeer, signed: SignedKeyList, now: Millis) -> PinnedPeer:
    """Pin a peer, or take a newer list or other terms of a pinned one. Returns it as it is kept now.

    Raises Refused where this name is pinned to another root or role, or where a new peer's list has no key for what
    its role signs, and what `accept_key_list` raises.
    """
    folder = keys / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = wanted.peer.organisation
    pin = folder / f"{name}{_PIN}"
    known = _load(pin) if pin.exists() else None
    if known is not None:
        _refuse_other(known.peer, wanted.peer)
    before = wanted.peer if known is None else known.peer
    found = replace(wanted, peer=accept_key_list(before, signed.body, signed.signature, now))
    if known is None:
        _refuse_useless(found.peer, now)
    # The list first: a pin without a list could be used for nothing, and a list without a pin is looked at by nobody.
    replace_file(folder / f"{name}{_LIST}", write_signed_list(signed))
    replace_file(pin, _written(found))
    return found


def keep_list(keys: Path, name: str, signed: SignedKeyList, now: Millis) -> Peer:
    """Take a pinned peer's newer key list, which it sent itself. The same list again changes nothing.

    Raises FileNotFoundError where nobody of this name is pinned, and what `accept_key_list` raises.
    """
    pin = keys / FOLDER / f"{name}{_PIN}"
    known = _load(pin).peer
    found = accept_key_list(known, signed.body, signed.signature, now)
    if found.list_hash != known.list_hash:
        replace_file(pin.with_name(f"{name}{_LIST}"), write_signed_list(signed))
    return found


def read_terms_file(file: Path) -> RelayTerms:
    """A TOML file with nothing but the terms. Raises Refused with every finding."""
    findings: list[Finding] = []
    table = parse_toml(file.name, file.read_bytes(), findings)
    terms = RelayTerms() if table is None else read_terms(table)
    findings += check_bases(terms)
    if findings:
        raise Refused(f"the relay terms in {file} cannot be used", findings)
    return terms


def _load(pin: Path) -> PinnedPeer:
    findings: list[Finding] = []
    table = parse_toml(pin.name, pin.read_bytes(), findings)
    if table is None:
        raise Refused(f"{pin} pins nobody", findings)
    organisation = table.text("organisation")
    if organisation != pin.stem:
        table.note("organisation", "other-name", "is not the name of this file", pin.stem)
    role = table.word("role", [role.value for role in Role])
    mode = table.word("mode", ("test", "live"))
    fingerprint = ""
    try:
        fingerprint = read_fingerprint(table.text("fingerprint"))
    except ValueError as problem:
        table.note("fingerprint", "no-fingerprint", f"cannot be read: {problem}")
    terms = read_terms(table.table("relay")) if table.has("relay") else RelayTerms()
    courier = _courier(table.table("courier"), mode) if table.has("courier") else None
    table.close()
    if findings:
        raise Refused(f"{pin} pins nobody", findings)
    peer = Peer(organisation, Role(role), mode, fingerprint)
    signed = read_signed_list(pin.with_name(f"{pin.stem}{_LIST}").read_bytes())
    return PinnedPeer(accept_key_list(peer, signed.body, signed.signature, _WHENEVER), terms, courier)


def _courier(table: StrictTable, mode: str) -> DeliverTo:
    url = table.text("url")
    loopback = table.has("allow_loopback") and table.boolean("allow_loopback")
    table.close()
    found = DeliverTo(url, loopback)
    for finding in check_address(found, mode):
        table.note(finding.pointer.rpartition(".")[2], finding.code, finding.message)
    return found


def _written(found: PinnedPeer) -> bytes:
    peer, terms = found.peer, found.terms
    pin: dict[str, object] = {
        "organisation": peer.organisation,
        "role": peer.role.value,
        "mode": peer.mode,
        "fingerprint": show_fingerprint(peer.fingerprint),
    }
    if terms != RelayTerms():
        pin["relay"] = {
            "tier": terms.tier.word,
            "fields": {name: basis.value for name, basis in terms.fields.items()},
        }
    if found.courier is not None:
        loopback = {"allow_loopback": True} if found.courier.allow_loopback else {}
        pin["courier"] = {"url": found.courier.url, **loopback}
    return tomli_w.dumps(pin).encode()


def _refuse_other(known: Peer, wanted: Peer) -> None:
    findings = []
    if wanted.fingerprint != known.fingerprint:
        message = f"is pinned as {show_fingerprint(known.fingerprint)}; another root is another peer"
        findings.append(Finding("fingerprint", "other-root", message))
    if wanted.role is not known.role or wanted.mode != known.mode:
        findings.append(Finding("role", "other-role", f"is pinned as {known.role} in {known.mode} mode"))
    if findings:
        raise Refused(f"{wanted.organisation} is pinned otherwise", findings)


def _refuse_useless(new: Peer, now: Millis) -> None:
    """A list does not say its owner's role. Only of a new peer: one that is pinned may take back all its keys."""
    listed = ", ".join(sorted({key.purpose.value for key in new.key_list.keys})) if new.key_list else "none"
    findings = [
        Finding("keys", "no-key", f"has no key for {purpose} that is good now; it has keys for: {listed}")
        for purpose in lacking(new, now)
    ]
    if findings:
        raise Refused(f"the key list of {new.organisation} is not an {new.role}'s", findings)
