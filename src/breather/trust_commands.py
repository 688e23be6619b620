"""Commands that make two services believe each other: `breather identity`, `breather peer`, `breather alert-slot`."""

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
from breather.protocol.refusal import Refusal
from breather.protocol.trust import show_fingerprint
from breather.settings import AgencySettings, Settings, read_agency_settings, read_settings
from breather.storage.failure import StorageFailure

identity = typer.Typer(help="Who this service is to its peers: root and key list.", no_args_is_help=True)
peer = typer.Typer(help="Whom this service believes.", no_args_is_help=True)
alert_slot = typer.Typer(help="Keys for alert codes, shared by agency and exchange.", no_args_is_help=True)


class Service(StrEnum):
    EXCHANGE = "exchange"
    AGENCY = "agency"


PACK_OPTION = typer.Option("--pack", help="The pack's folder. Left out: the sample pack of that name, in test mode.")
SERVICE_OPTION = typer.Option("--service", help="Whose settings and key folder.")


# One parameter under two names: at an exchange it is an address, at an agency a file; never both.
AGREED_OPTION = typer.Option(
    "--deliver-to",
    "--terms",
    help="At an exchange (--deliver-to): where the agency takes referrals, https://... "
    "At an agency (--terms): the relay terms agreed with an exchange, a TOML file.",
)
LOOPBACK_OPTION = typer.Option("--allow-loopback", help="The address may be on this machine; test mode only.")


@contextmanager
def refusals() -> Iterator[None]:
    """What goes wrong is said in a sentence, and the exit status is 1."""
    try:
        yield
    except Refused as refused:
        typer.echo(f"refused: {refused}", err=True)
        raise typer.Exit(1) from None
    except (StorageFailure, BadPassword, Refusal, OSError, LookupError, ValueError) as failure:
        typer.echo(f"refused: {failure}", err=True)
        raise typer.Exit(1) from None


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
    name: Annotated[str, typer.Argument(help="The organisation, as its key list names it.")],
    key_list: Annotated[str, typer.Argument(help="Its key list: a file, or an address.")],
    fingerprint: Annotated[str, typer.Option(help="Of its root, compared out of band by two people.")],
    agreed: Annotated[str | None, AGREED_OPTION] = None,
    allow_loopback: Annotated[bool, LOOPBACK_OPTION] = False,
    service: Annotated[Service, SERVICE_OPTION] = Service.EXCHANGE,
) -> None:
    """Pin a peer, or take its newer key list. What was agreed before is kept unless it is given anew."""
    with refusals():
        wanted = _agreed(agreed, allow_loopback, service)
        pinned = peering.add_peer(_settings_of(service), SystemClock(), name, key_list, fingerprint, wanted)
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


def _agreed(agreed: str | None, allow_loopback: bool, service: Service) -> Path | DeliverTo | None:
    if service is Service.EXCHANGE and agreed is not None:
        return DeliverTo(agreed, allow_loopback)
    if allow_loopback:
        message = "goes with --deliver-to, at an exchange"
        raise Refused("nothing was agreed", [Finding("--allow-loopback", "alone", message)])
    return None if agreed is None else Path(agreed)


def _show_identity(made: OwnIdentity) -> None:
    typer.echo(f"{made.organisation}, key list {made.keys.sequence}, good until {format_instant(made.keys.expires_at)}")
    for key in made.keys.keys:
        typer.echo(f"  {key.kid}  {key.purpose}{'  revoked' if key.revoked_at is not None else ''}")
    typer.echo(f"fingerprint {show_fingerprint(made.fingerprint)}")


def _settings_of(service: Service) -> Settings | AgencySettings:
    return read_settings(os.environ) if service is Service.EXCHANGE else read_agency_settings(os.environ)
