"""A clearance as a token: compact JWS, `alg: Ed25519` (RFC 9864), `typ` pinned. Verified offline by the payout code."""

import base64
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey

from breather.domain.clearance import TYPE, Clearance
from breather.protocol.signing import key_id

ALGORITHM = "Ed25519"


def clearance_token(clearance: Clearance, key: Ed25519PrivateKey) -> str:
    """The signed token. Deterministic: the same clearance gives the same token."""
    public = key.public_key()
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": key_id(public)}
    payload = json.dumps(clearance.claims(), separators=(",", ":")).encode()
    jwk = OKPKey.import_key(
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "d": _base64url(key.private_bytes_raw()),
            "x": _base64url(public.public_bytes_raw()),
        }
    )
    return jws.serialize_compact(header, payload, jwk, algorithms=[ALGORITHM])


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
