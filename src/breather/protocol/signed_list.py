"""A key list with its root's signature, as one file and as one HTTP answer.

The file: one line `breather-key-list-signature BASE64`, then the list's bytes exactly as signed. Over HTTP the body is
the list's bytes, and the signature stands in the header `Breather-Signature`.
"""

import base64
import os
from dataclasses import dataclass
from pathlib import Path

from breather.domain.finding import Finding
from breather.protocol.json_text import LARGEST
from breather.protocol.refusal import Malformed
from breather.protocol.signing import SIGNATURE_BYTES, decode_base64

WORD = b"breather-key-list-signature "
_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class SignedKeyList:
    """Nothing is verified here: `trust.accept_key_list` says whether the right root signed `body`."""

    body: bytes
    signature: bytes

    @property
    def signature_text(self) -> str:
        return base64.b64encode(self.signature).decode("ascii")


def write_signed_list(signed: SignedKeyList) -> bytes:
    return WORD + signed.signature_text.encode("ascii") + b"\n" + signed.body


def read_signed_list(content: bytes) -> SignedKeyList:
    """Raises Malformed for what is no such file."""
    line, separator, body = content.partition(b"\n")
    if not separator or not line.startswith(WORD) or len(line) > _LONGEST_LINE or len(body) > LARGEST:
        message = f"must begin with the line '{WORD.decode()}...' that `breather identity create` writes"
        raise Malformed("key list", [Finding("", "no-signature", message)])
    return SignedKeyList(body, _signature(line.removeprefix(WORD).decode("ascii", errors="replace")))


def received_list(body: bytes, header: str | None) -> SignedKeyList:
    """From an HTTP answer. Raises Malformed where the header is missing or wrong."""
    if header is None:
        raise Malformed("key list", [Finding("Breather-Signature", "missing-header", "is missing")])
    return SignedKeyList(body, _signature(header))


def replace_file(path: Path, content: bytes) -> None:
    """Write as a whole, durably: a reader sees the file before or after, never half of one."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _signature(text: str) -> bytes:
    try:
        return decode_base64(text.strip(), SIGNATURE_BYTES)
    except ValueError as problem:
        raise Malformed("key list", [Finding("signature", "wrong-value", f"is {problem}")]) from None
