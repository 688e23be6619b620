"""The variable parts as they are stored: compact JSON of the domain's own types, decoded back into them."""

from collections.abc import Callable, Mapping
from operator import attrgetter

import msgspec

from breather.domain.amount import BaseUnits, MicroUsd
from breather.domain.asset import Asset
from breather.domain.profile import CustomerProfile, DestinationProfile, PayeeProfile
from breather.domain.withdrawal import (
    Account,
    CustomerRef,
    Destination,
    Kind,
    Residence,
    Session,
    Withdrawal,
    WithdrawalId,
)


class Submitted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was submitted, with the amount in base units as text (they do not fit 64 bits)."""

    id: str
    customer: str
    asset: Asset
    amount: str
    destination: Destination
    amount_usd: int | None = None
    kind: Kind = Kind.INTERACTIVE
    locale: str | None = None
    residence: Residence = Residence()
    session: Session = Session()
    account: Account = Account()


_submitted = msgspec.json.Decoder(Submitted)


def encode_withdrawal(asked: Withdrawal) -> bytes:
    parts = {
        "id": asked.id,
        "customer": asked.customer,
        "asset": asked.asset,
        "amount": str(int(asked.amount)),
        "amount_usd": asked.amount_usd,
        "kind": asked.kind,
        "locale": asked.locale,
        "destination": _known(asked.destination),
        "residence": _known(asked.residence),
        "session": _known(asked.session),
        "account": _known(asked.account),
    }
    return msgspec.json.encode(parts)


_FIELDS: Mapping[type, Callable[[object], tuple[object, ...]]] = {
    part: attrgetter(*part.__slots__) for part in (Destination, Residence, Session, Account)
}


def _known(part: Destination | Residence | Session | Account) -> dict[str, object]:
    """What the exchange sent: the rest need not be stored, and is none when it is read."""
    fields = _FIELDS[type(part)]
    return {name: value for name, value in zip(part.__slots__, fields(part), strict=True) if value is not None}


def decode_withdrawal(stored: bytes) -> Withdrawal:
    found = _submitted.decode(stored)
    return Withdrawal(
        id=WithdrawalId(found.id),
        customer=CustomerRef(found.customer),
        asset=found.asset,
        amount=BaseUnits(int(found.amount)),
        destination=found.destination,
        amount_usd=None if found.amount_usd is None else MicroUsd(found.amount_usd),
        kind=found.kind,
        locale=found.locale,
        residence=found.residence,
        session=found.session,
        account=found.account,
    )


_customer = msgspec.json.Decoder(CustomerProfile)
_destination = msgspec.json.Decoder(DestinationProfile)
_payee = msgspec.json.Decoder(PayeeProfile)


def encode_profile(profile: CustomerProfile | DestinationProfile | PayeeProfile) -> bytes:
    return msgspec.json.encode(profile)


# Of whom and of what nothing is known: values, so that one of each is enough.
_NEW_CUSTOMER, _NEW_DESTINATION, _NEW_PAYEE = CustomerProfile(), DestinationProfile(), PayeeProfile()


def decode_customer(stored: bytes | None) -> CustomerProfile:
    return _NEW_CUSTOMER if stored is None else _customer.decode(stored)


def decode_destination(stored: bytes | None) -> DestinationProfile:
    return _NEW_DESTINATION if stored is None else _destination.decode(stored)


def decode_payee(stored: bytes | None) -> PayeeProfile:
    return _NEW_PAYEE if stored is None else _payee.decode(stored)
