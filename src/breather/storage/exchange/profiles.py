"""The three profile rows of one withdrawal, read and written together."""

from breather.domain.profile import Profiles
from breather.domain.withdrawal import CustomerRef
from breather.storage.exchange.encoding import (
    decode_customer,
    decode_destination,
    decode_payee,
    encode_profile,
)
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction


def _keys(customer: CustomerRef, destination: str) -> tuple[tuple[str, str], ...]:
    # A customer's reference may contain anything, so its length says where it ends.
    pair = f"{len(customer)}:{customer}:{destination}"
    return ("customer", customer), ("destination", destination), ("payee", pair)


def read_profiles(reader: Reader, customer: CustomerRef, destination: str) -> Profiles:
    stored: list[bytes | None] = []
    for kind, key in _keys(customer, destination):
        row = reader.one("find_profile", kind=kind, key=key)
        stored.append(None if row is None else row["state"])
    return Profiles(decode_customer(stored[0]), decode_destination(stored[1]), decode_payee(stored[2]))


def save_profiles(tx: Transaction, customer: CustomerRef, destination: str, before: Profiles, after: Profiles) -> None:
    """Writes only the rows that changed."""
    keys = _keys(customer, destination)
    changes = (
        (keys[0], before.customer, after.customer),
        (keys[1], before.destination, after.destination),
        (keys[2], before.payee, after.payee),
    )
    for (kind, key), old, new in changes:
        if new != old:
            tx.run("save_profile", kind=kind, key=key, state=encode_profile(new), at=tx.now)
