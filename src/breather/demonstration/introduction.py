"""Everybody is made known to everybody: identities, peers pinned both ways with terms, alert-code slots, one officer's
key, and the passwords. By the same code as the command line.
"""

import base64
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from breather.clock import Clock
from breather.couriers.peer_address import DeliverTo
from breather.demonstration.cast import Cast, Exchange
from breather.demonstration.terms import agreed_terms
from breather.operate import create_api_key, create_signing_keys, set_password, set_portal_password
from breather.peering import add_peer, create_slot, make_identity, seal_to, take_slot
from breather.protocol.identity_folder import FOLDER, KEY_LIST
from breather.protocol.officer_key import create_officer_key
from breather.settings import AgencySettings, Settings
from breather.web.api_keys import Scope

SCOPES = (Scope.ASSESS, Scope.RESPOND, Scope.CLEAR, Scope.READ)


@dataclass(frozen=True, slots=True)
class Keys:
    """What the sites and the visitor need. `api` and `clearance` (kid=public key) are by exchange."""

    password: str
    api: Mapping[str, str]
    clearance: Mapping[str, str]
    officer: Path


def introduce(cast: Cast, clock: Clock) -> Keys:
    """Nobody has begun to run yet; every file and row that is needed for it is there afterwards."""
    agency, password = cast.agency, f"demo-{secrets.token_hex(8)}"
    make_identity(agency, clock)
    officer = cast.folder / "officer.key"  # never beside a service, but in the demonstration there is no elsewhere
    known = seal_to(agency, clock, create_officer_key(officer))
    terms = cast.folder / "terms.toml"
    terms.write_text(agreed_terms(), "utf-8")
    api, clearance = {}, {}
    for exchange in cast.exchanges:
        settings = exchange.settings
        _, kid, public = create_signing_keys(settings)
        api[exchange.vasp] = create_api_key(settings, clock, exchange.vasp, SCOPES)
        clearance[exchange.vasp] = f"{kid}={public}"
        own = make_identity(settings, clock)
        add_peer(agency, clock, exchange.vasp, _key_list(settings), own.fingerprint, terms)
        to_agency = DeliverTo(agency.public_url, allow_loopback=True)
        add_peer(settings, clock, agency.organisation, _key_list(agency), known.fingerprint, to_agency)
        _share_slot(agency, exchange, clock)
    _set_passwords(cast, clock, password)
    return Keys(password, api, clearance, officer)


def _key_list(settings: Settings | AgencySettings) -> str:
    return str(settings.keys / FOLDER / KEY_LIST)


def _share_slot(agency: AgencySettings, exchange: Exchange, clock: Clock) -> None:
    slot = create_slot(agency, clock, exchange.vasp, f"{exchange.name} (invented)", None)
    text = f"{slot.number}:{base64.b64encode(slot.key).decode()}"
    take_slot(exchange.settings, clock, text, agency.organisation)


def _set_passwords(cast: Cast, clock: Clock, password: str) -> None:
    """One for the portal and both consoles. At once, because hashing one takes a quarter of a second on purpose."""
    with ThreadPoolExecutor() as pool:
        pending = [pool.submit(set_password, exchange.settings, clock, password) for exchange in cast.exchanges]
        pending.append(pool.submit(set_portal_password, cast.agency, clock, password))
        for each in pending:
            each.result()
