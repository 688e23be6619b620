"""The three profile rows of one withdrawal, read and written together."""

from collections.abc import Sequence
from typing import cast

from breather.domain.profile import CustomerProfile, DestinationProfile, PayeeProfile, Profiles
from breather.domain.withdrawal import CustomerRef
from breather.storage.exchange.encoding import (
    decode_customer,
    decode_destination,
    decode_payee,
    encode_profile,
)
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction

Key = tuple[str, str]  # kind and key
Profile = CustomerProfile | DestinationProfile | PayeeProfile


def profile_keys(customer: CustomerRef, destination: str) -> tuple[Key, Key, Key]:
    """Customer, destination, payee."""
    # A customer's reference may contain anything, so its length says where it ends.
    pair = f"{len(customer)}:{customer}:{destination}"
    return ("customer", customer), ("destination", destination), ("payee", pair)


def stored_profiles(reader: Reader, keys: Sequence[Key]) -> dict[Key, bytes]:
    rows = reader.each("profiles_of", [{"kind": kind, "key": key} for kind, key in keys])
    return {(row["kind"], row["key"]): row["state"] for row in rows}


def decode_profile(key: Key, stored: bytes | None) -> Profile:
    match key[0]:
        case "customer":
            return decode_customer(stored)
        case "destination":
            return decode_destination(stored)
        case _:
            return decode_payee(stored)


def profiles_from(found: Sequence[Profile]) -> Profiles:
    """From the three in the order of `profile_keys`."""
    customer, destination, payee = found
    return Profiles(cast(CustomerProfile, customer), cast(DestinationProfile, destination), cast(PayeeProfile, payee))


def read_profiles(reader: Reader, customer: CustomerRef, destination: str) -> Profiles:
    keys = profile_keys(customer, destination)
    stored = stored_profiles(reader, keys)
    return profiles_from([decode_profile(key, stored.get(key)) for key in keys])


def save_profiles(tx: Transaction, customer: CustomerRef, destination: str, before: Profiles, after: Profiles) -> None:
    write_profiles(tx, changed_profiles(customer, destination, before, after))


def changed_profiles(customer: CustomerRef, destination: str, before: Profiles, after: Profiles) -> dict[Key, Profile]:
    """Only the rows that changed: a fold that changes nothing gives back the very same profile."""
    old: tuple[Profile, ...] = (before.customer, before.destination, before.payee)
    new: tuple[Profile, ...] = (after.customer, after.destination, after.payee)
    keys = profile_keys(customer, destination)
    return {key: two for key, one, two in zip(keys, old, new, strict=True) if two is not one}


def write_profiles(tx: Transaction, profiles: dict[Key, Profile]) -> None:
    rows = [
        {"kind": kind, "key": key, "state": encode_profile(profile), "at": tx.now}
        for (kind, key), profile in profiles.items()
    ]
    tx.run_each("save_profile", rows)
