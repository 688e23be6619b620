"""Commands that make two services believe each other, and let an officer read: `breather identity`, `breather peer`,
`breather alert-slot`, `breather officer-key`.
"""

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from breather import peering
from breather.clock import SystemClock
from breather.couriers.peer_address import DeliverTo
from breather.domain.finding import Finding, Refused
from breather.domain.instant import format_instant
from breather.people.password import BadPassword
from breather.protocol.identity_folder import FOLDER, KEY_LIST, OwnIdentity, load_identity
from breather.protocol.officer_key import create_officer_key
from breather.protocol.refusal import Refusal
from breather.protocol.trust import show_fingerprint
from breather.settings import AgencySettings, Settings, read_agency_settings, read_settings
from breather.storage.failure import StorageFailure

identity = typer.Typer(help="Who this service is to its peers: root and key list.", no_args_is_help=True)
peer = typer.Typer(help="Whom this service believes.", no_args_is_help=True)
alert_slot = typer.Typer(help="Keys for alert codes, shared by agency and exchange.", no_args_is_help=True)
officer_key = typer.Typer(help="Keys that subjects are sealed to; for an officer's machine.", no_args_is_help=True)


class Service(StrEnum):
    EXCHANGE = "exchange"
    AGENCY = "agency"


PACK_OPTION = typer.Option("--pack", help="The pack's folder. Left out: the sample pack of that name, in test mode.")
SERVICE_OPTION = typer.Option("--service", help="Whose settings and key folder.")
DELIVER_TO_OPTION = typer.Option("--deliver-to", help="At an exchange: where the agency takes referrals, https://...")
LOOPBACK_OPTION = typer.Option("--allow-loopback", help="These addresses may be on this machine; test mode only.")
TERMS_OPTION = typer.Option("--terms", help="At an agency: the relay terms agreed with the exchange, a TOML file.")
PEER_ARGUMENT = typer.Argument(
    metavar="NAME KEY-LIST", help="The organisation, as its key list names it; and that list: a file, or an address."
)


@contextmanager
def refusals(status: int = 1) -> Iterator[None]:
    """What goes wrong is said in a sentence, and the exit status is 1, or `status`."""
    try:
        yield
    except Refused as refused:
        typer.echo(f"refused: {refused}", err=True)
        raise typer.Exit(status) from None
    except (StorageFailure, BadPassword, Refusal, OSError, LookupError, ValueError) as failure:
        typer.echo(f"refused: {failure}", err=True)
        raise typer.Exit(status) from None


@identity.command("create")
def identity_create(service: Annotated[Service, SERVICE_OPTION] = Service.EXCHANGE) -> None:
    """Make root, keys and key list, once, and print what peers pin."""
    with refusals():
        _show_identity(peering.make_identity(_settings_of(service), SystemClock()))
        typer.echo("Move identity/root.private off this machine; it is needed only for the next key list.", err=True)


@identity.command("show")
def identity_show(service: Annotated[Service, SERVICE_OPTION] = Service.EXCHANGE) -> None:
    """Print the fingerprint, the keys, and the key-list file that a peer needs for `breather peer add`."""
    with refusals():
        folder = _settings_of(service).keys
        _show_identity(load_identity(folder))
        typer.echo(f"key list {folder / FOLDER / KEY_LIST}")


@identity.command("renew")
def identity_renew(service: Annotated[Service, SERVICE_OPTION] = Service.EXCHANGE) -> None:
    """Issue the same keys in a new list that lasts longer; needs the root."""
    with refusals():
        _show_identity(peering.renew_identity(_settings_of(service), SystemClock()))


@identity.command("revoke")
def identity_revoke(
    kid: Annotated[str, typer.Argument(help="The key's id, 16 hexadecimal digits.")],
    because: Annotated[str, typer.Option(help="The reason that peers will read.")],
    service: Annotated[Service, SERVICE_OPTION] = Service.EXCHANGE,
) -> None:
    """Take one key back; needs the root."""
    with refusals():
        _show_identity(peering.revoke_key(_settings_of(service), SystemClock(), kid, because))


@identity.command("seal-to")
def identity_seal_to(recipient: Annotated[str, typer.Argument(help="An officer's public age key, age1...")]) -> None:
    """List an officer's key in the agency's key list, so that exchanges seal subjects to it; needs the root."""
    with refusals():
        _show_identity(peering.seal_to(read_agency_settings(os.environ), SystemClock(), recipient))


@peer.command("add")
def peer_add(
    listed: Annotated[tuple[str, str], PEER_ARGUMENT],
    fingerprint: Annotated[str, typer.Option(help="Of its root, compared out of band by two people.")],
    deliver_to: Annotated[str | None, DELIVER_TO_OPTION] = None,
    allow_loopback: Annotated[bool, LOOPBACK_OPTION] = False,
    terms: Annotated[Path | None, TERMS_OPTION] = None,
    service: Annotated[Service, SERVICE_OPTION] = Service.EXCHANGE,
) -> None:
    """Pin a peer, or take its newer key list. What was agreed before is kept unless it is given anew."""
    with refusals():
        name, key_list = listed
        fetched = key_list.startswith(("http://", "https://"))
        if allow_loopback and deliver_to is None and not fetched:
            alone = Finding("--allow-loopback", "alone", "goes with --deliver-to, or with a key list at an address")
            raise Refused("nobody is pinned", [alone])
        address = None if deliver_to is None else DeliverTo(deliver_to, allow_loopback)
        agreed = _agreed(service, address, terms)
        place = DeliverTo(key_list, allow_loopback) if fetched else key_list
        pinned = peering.add_peer(_settings_of(service), SystemClock(), name, place, fingerprint, agreed)
        keys = pinned.peer.key_list
        assert keys is not None
        until = format_instant(keys.expires_at)
        typer.echo(f"{name} is pinned as {pinned.peer.role}; key list {keys.sequence} is good until {until}")
        if pinned.courier is not None:
            typer.echo(f"referrals are delivered to {pinned.courier.url}")


@alert_slot.command("create")
def alert_slot_create(
    exchange_name: Annotated[str, typer.Argument(metavar="EXCHANGE", help="The exchange, as its key list names it.")],
    shown: Annotated[str, typer.Option("--name", help="As the public knows it.")],
    pack_folder: Annotated[Path | None, PACK_OPTION] = None,
) -> None:
    """Give an exchange a slot and a key for its alert codes, and print them, once."""
    with refusals():
        slot = peering.create_slot(read_agency_settings(os.environ), SystemClock(), exchange_name, shown, pack_folder)
        typer.echo(f"{slot.number}:{base64.b64encode(slot.key).decode()}")
        typer.echo("Shown once. Carry it to the exchange on a way that nobody else reads.", err=True)


@alert_slot.command("take")
def alert_slot_take(
    slot: Annotated[str, typer.Argument(metavar="SLOT:KEY", help="As the agency printed it.")],
    agency: Annotated[str, typer.Option(help="The agency that gave it, as it is pinned here.")],
) -> None:
    """Keep the slot and key that an agency gave this exchange for its alert codes."""
    with refusals():
        taken = peering.take_slot(read_settings(os.environ), SystemClock(), slot, agency)
        typer.echo(f"slot {taken.number} of {agency} is kept")


@officer_key.command("create")
def officer_key_create(
    file: Annotated[Path, typer.Argument(help="Where the secret key goes; never overwritten.")],
) -> None:
    """Make an officer's key on the officer's machine, and print the public half for `breather identity seal-to`."""
    with refusals():
        typer.echo(create_officer_key(file))
        typer.echo(f"{file} is secret, and what is sealed to it opens with nothing else: keep a copy.", err=True)


def _agreed(service: Service, deliver_to: DeliverTo | None, terms: Path | None) -> DeliverTo | Path | None:
    """What this side agreed with the other. Refused for an option that belongs to the other side."""
    findings = []
    if deliver_to is not None and service is Service.AGENCY:
        findings.append(Finding("--deliver-to", "other-side", "is for an exchange; an agency says --terms"))
    if terms is not None and service is Service.EXCHANGE:
        findings.append(Finding("--terms", "other-side", "is for an agency; an exchange's are in its campaign"))
    if findings:
        raise Refused("nobody is pinned", findings)
    return terms if deliver_to is None else deliver_to


def _show_identity(made: OwnIdentity) -> None:
    typer.echo(f"{made.organisation}, key list {made.keys.sequence}, good until {format_instant(made.keys.expires_at)}")
    for key in made.keys.keys:
        typer.echo(f"  {key.kid}  {key.purpose}{'  revoked' if key.revoked_at is not None else ''}")
    typer.echo(f"fingerprint {show_fingerprint(made.fingerprint)}")


def _settings_of(service: Service) -> Settings | AgencySettings:
    return read_settings(os.environ) if service is Service.EXCHANGE else read_agency_settings(os.environ)
