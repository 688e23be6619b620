"""The body of a sealed subject into what the exchange accepts. It stays sealed: nothing here could open it."""

import base64
import binascii

from breather.domain.finding import Finding
from breather.exchange.subject import SealedSubject
from breather.protocol.sealing import SEALED_LIMIT
from breather.web.exchange.bodies import SubjectBody
from breather.web.problems import invalid
from breather.web.shape import read_shape


def read_subject(body: bytes) -> SealedSubject:
    """Raises Problem with every finding. Whether it is sealed, and to whom, is the exchange's to judge."""
    said = read_shape(body, SubjectBody)
    findings = [
        Finding(f"/keys/{place}", "repeated", "is named before; each key is named once")
        for place, key in enumerate(said.keys)
        if key in said.keys[:place]
    ]
    ciphertext = _decoded(said.ciphertext, findings)
    if findings:
        raise invalid(findings)
    return SealedSubject(said.id, said.referral, ciphertext, said.keys)


def _decoded(text: str, findings: list[Finding]) -> bytes:
    """Only the one spelling of its bytes, so that a retry is the same text, too."""
    try:
        ciphertext = base64.b64decode(text, validate=True)
    except binascii.Error:
        ciphertext = b""
    if base64.b64encode(ciphertext).decode("ascii") != text:
        findings.append(Finding("/ciphertext", "base64", "is not base64 as RFC 4648 writes it, with its padding"))
    elif len(ciphertext) > SEALED_LIMIT:
        findings.append(Finding("/ciphertext", "too-long", f"has {len(ciphertext)} bytes; {SEALED_LIMIT} is the limit"))
    return ciphertext
