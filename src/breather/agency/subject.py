"""The sealed subject of a stored referral. Opening it takes an officer's key, which is never on this machine."""

import base64

from breather.protocol.json_text import read_json


def sealed_file(body: bytes) -> bytes | None:
    """The age file inside a referral's bytes; None where it carries none."""
    sealed = read_json(body).get("sealed")
    return base64.b64decode(sealed["ciphertext"]) if isinstance(sealed, dict) else None
