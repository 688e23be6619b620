"""A withdrawal as the VASP submits it (step 1), and when two submissions are the same one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from breather.domain.amount import BaseUnits, MicroUsd, format_units
from breather.domain.asset import Asset, Network, decimals_of
from breather.domain.instant import Millis

WithdrawalId = NewType("WithdrawalId", str)
CustomerRef = NewType("CustomerRef", str)


class Kind(StrEnum):
    """Who stands before a screen. Only `interactive` can be shown an alert; the others get the campaign's answer."""

    INTERACTIVE = "interactive"
    API = "api"
    RECURRING = "recurring"
    INTERNAL = "internal"
    FIAT = "fiat"


class DepositKind(StrEnum):
    FIAT = "fiat"
    CARD = "card"
    CRYPTO = "crypto"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Destination:
    """Network, canonical address, and memo or tag where the network has one."""

    network: Network
    address: str
    memo: str | None = None

    @property
    def key(self) -> str:
        """The name under which profiles, pauses and holds are kept. Another memo is another payee: it is part."""
        # Joined, and not formatted: that would ask the enum for its text, which takes longer than all the rest.
        return ":".join((self.network, self.address, self.memo) if self.memo else (self.network, self.address))


@dataclass(frozen=True, slots=True)
class Residence:
    """Evidence of where the customer lives, strongest first. ISO 3166-1 alpha-2, or None where the VASP has none.

    A document counts only if it proves residence; nationality is never asked for (guarantees H4).
    """

    kyc: str | None = None
    document: str | None = None
    phone: str | None = None
    ip: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """What the VASP saw of the session. None is *not known*, which is not *no*."""

    new_device: bool | None = None
    remote_access: bool | None = None
    screen_shared: bool | None = None
    on_call: bool | None = None
    security_changed_at: Millis | None = None

    @property
    def watched(self) -> bool:
        """Somebody else may be seeing or steering this session (guarantees G1)."""
        return bool(self.remote_access or self.screen_shared or self.on_call)


@dataclass(frozen=True, slots=True)
class Account:
    opened_at: Millis | None = None
    balance_usd: MicroUsd | None = None
    last_deposit_at: Millis | None = None
    last_deposit_kind: DepositKind | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One request to send an asset out, before broadcast, under the VASP's own id."""

    id: WithdrawalId
    customer: CustomerRef
    asset: Asset
    amount: BaseUnits
    destination: Destination
    amount_usd: MicroUsd | None = None
    kind: Kind = Kind.INTERACTIVE
    locale: str | None = None
    residence: Residence = Residence()
    session: Session = Session()
    account: Account = Account()

    @property
    def decimals(self) -> int:
        found = decimals_of(self.asset, self.destination.network)
        if found is None:
            raise ValueError(f"{self.asset} does not exist on {self.destination.network}")
        return found

    @property
    def amount_text(self) -> str:
        return format_units(self.amount, self.decimals)


def differences(first: Withdrawal, again: Withdrawal) -> tuple[str, ...]:
    """JSON pointers of what a repeat says otherwise; empty for a true repeat.

    Compared canonically: 5000 and 5000.00 are one amount. Everything else (session evidence, dollar value, balances)
    may honestly differ a second later and is ignored (guarantees A1).
    """
    compared = (
        ("/customer/ref", first.customer, again.customer),
        ("/asset", first.asset, again.asset),
        ("/network", first.destination.network, again.destination.network),
        ("/amount", first.amount, again.amount),
        ("/destination/address", first.destination.address, again.destination.address),
        ("/destination/memo", first.destination.memo, again.destination.memo),
    )
    return tuple(pointer for pointer, one, other in compared if one != other)
