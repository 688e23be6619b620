"""Step "clearance", at the exchange: is this token the clearance of exactly the payout that is about to be
made?

Verified offline: the keys were given to the exchange by hand, and nothing in a token can name, carry or
fetch another. The algorithm and the type are pinned (RFC 8725, sections 3.1 and 3.11). What the payout is
comes from the exchange's own rows, never from the token: the token is only compared with it.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from breather.client.compact import Compact, take_apart
from breather.client.failure import ClearanceRefused

ALGORITHM = "Ed25519"  # RFC 9864
TYPE = "breather-clearance+jwt"
ISSUER = "breather"
MOST_SECONDS = 120
_HEADER = frozenset({"alg", "typ", "kid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """The payout that the exchange is about to make, from its own rows.

    `amount_units` is in base units (5000 USDT on TRON: 5_000_000_000). `address` and `memo` are the one spelling of
    the payee, which `Assessment.destination` gives, whatever was typed; `Breather.payout` puts this together.
    """

    vasp: str
    mode: str
    withdrawal: str
    customer: str
    asset: str
    network: str
    amount_units: int
    address: str
    memo: str | None = None

    def claims(self) -> dict[str, str | None]:
        return {
            "iss": ISSUER,
            "vasp": self.vasp,
            "mode": self.mode,
            "jti": self.withdrawal,
            "customer": self.customer,
            "asset": self.asset,
            "network": self.network,
            "amount": str(self.amount_units),
            "address": self.address,
            "memo": self.memo,
        }


@dataclass(frozen=True, slots=True)
class Clearance:
    """A verified clearance. Spend `jti` in the transaction that pays out (`breather.client.spend`)."""

    jti: str
    kid: str
    cleared: Cleared
    expires_at: int


def read_key(kid: str, text: str) -> Ed25519PublicKey:
    """A raw public key in base64, as `breather signing-key create` prints it. Raises ValueError."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"clearance key {kid}: not base64") from error
    if len(raw) != 32:
        raise ValueError(f"clearance key {kid}: has {len(raw)} bytes; an Ed25519 public key has 32")
    return Ed25519PublicKey.from_public_bytes(raw)


def verify_clearance(
    token: str, keys: Mapping[str, str], expected: Cleared, now_s: float, *, leeway_s: float = 0
) -> Clearance:
    """The clearance, if `token` is one for `expected` at `now_s` (Unix seconds).

    `keys`: kid to base64 of the raw public key. `leeway_s` forgives a clock that is behind the service's,
    for `nbf` only: the end is never stretched. Raises ClearanceRefused, whose `claim` names what did not
    hold.
    """
    parts = take_apart(token)
    kid = _check_header(parts, keys)
    try:
        read_key(kid, keys[kid]).verify(parts.signature, parts.signed)
    except InvalidSignature as error:
        raise ClearanceRefused("signature", "was not made by this key over these claims") from error
    for name, value in expected.claims().items():
        if name not in parts.claims:
            raise ClearanceRefused(name, "is missing")
        if parts.claims[name] != value or type(parts.claims[name]) is not type(value):
            raise ClearanceRefused(name, f"is {parts.claims[name]!r}; this payout has {value!r}")
    return Clearance(expected.withdrawal, kid, expected, _check_time(parts, now_s, leeway_s))


def _check_header(parts: Compact, keys: Mapping[str, str]) -> str:
    # Exactly these members: one that is not understood (crit, jwk, x5c, jku, b64) could change what is
    # being verified.
    for name in sorted(parts.header.keys() ^ _HEADER):
        wrong = "is missing" if name in _HEADER else "has no place in a clearance"
        raise ClearanceRefused("header", f"{name} {wrong}")
    for name, pinned in (("alg", ALGORITHM), ("typ", TYPE)):
        if parts.header[name] != pinned:
            raise ClearanceRefused(name, f"is {parts.header[name]!r}; only {pinned} is accepted")
    kid = parts.header["kid"]
    if not isinstance(kid, str) or kid not in keys:
        raise ClearanceRefused("kid", f"{kid!r} is none of the {len(keys)} keys given to this exchange")
    return kid


def _check_time(parts: Compact, now_s: float, leeway_s: float) -> int:
    begins, ends = (_seconds(parts, name) for name in ("nbf", "exp"))
    if not 0 < ends - begins <= MOST_SECONDS:
        raise ClearanceRefused("exp", f"is {ends - begins} s after nbf; a clearance lives at most {MOST_SECONDS} s")
    if now_s < begins - leeway_s:
        raise ClearanceRefused("nbf", f"begins in {begins - now_s:g} s; are the clocks set?")
    if now_s >= ends:
        raise ClearanceRefused(
            "exp", f"ended {now_s - ends:g} s ago; fetch another clearance just before the broadcast"
        )
    return ends


def _seconds(parts: Compact, name: str) -> int:
    value = parts.claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ClearanceRefused(name, "is not a whole number of Unix seconds")
    return value
