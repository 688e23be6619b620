"""What docs/protocol holds: schemas and vectors, made from the code.

`python -m tests.unit.protocol.documents` writes them.

The vectors are for people who write the other side in another language: keys from published seeds, exact bytes, what is
to be accepted and what is to be refused with which code.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from bech32 import bech32_encode, convertbits

from breather.domain.alert_code import make_code, minute_of
from breather.domain.instant import HOUR, MINUTE, Millis
from breather.protocol import (
    aggregate,
    changes,
    disposition,
    feed,
    key_list,
    manifest,
    problem,
    receipt,
    referral,
    sealing,
)
from breather.protocol.envelope import SIGNED_FOR, MessageType
from breather.protocol.form import Form
from breather.protocol.key_list import Purpose
from breather.protocol.message import sign_message
from breather.protocol.trust import fingerprint_of
from tests.unit.protocol import samples
from tests.unit.protocol.samples import AGENCY, EXCHANGE, NOW, Sent

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "protocol"

FORMS: Mapping[str, Form] = {
    "referral": referral.FORM,
    "aggregate": aggregate.FORM,
    "pull": changes.PULL_FORM,
    "receipt": receipt.FORM,
    "disposition": disposition.FORM,
    "manifest": manifest.FORM,
    "changes": changes.FORM,
    "feed": feed.FORM,
    "refusal": problem.FORM,
    "key-list": key_list.FORM,
    "sealed-subject": sealing.PLAINTEXT_FORM,
}
TITLES = {name: f"Breather protocol, version 1: {name.replace('-', ' ')}" for name in FORMS}
ALERT_KEY = samples.seed("alert codes")


def documents() -> dict[str, bytes]:
    """By path below docs/protocol."""
    found = {f"{name}.schema.json": _json(schema(name)) for name in FORMS}
    found["vectors/keys.json"] = _json(keys())
    found["vectors/messages.json"] = _json(good())
    found["vectors/refused.json"] = _json([*refused()])
    found["vectors/alert-codes.json"] = _json(alert_codes())
    found["vectors/sealing.json"] = _json(sealed())
    return found


def schema(name: str) -> dict[str, object]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:breather:schema:{name}:1",
        "title": TITLES[name],
        **FORMS[name].schema(),
    }


def keys() -> dict[str, object]:
    """Seeds are the private keys, raw: published, and so worthless."""
    return {
        organisation: {
            "fingerprint": fingerprint_of(samples.public(organisation, "root")),
            "root": _key(organisation, "root"),
            "keys": {key.purpose: _key(organisation, key.purpose) for key in samples.key_list(organisation).keys},
            "key_list": samples.signed_list(samples.key_list(organisation))[0].decode(),
            "key_list_signature": _base64(samples.signed_list(samples.key_list(organisation))[1]),
        }
        for organisation in (EXCHANGE, AGENCY)
    }


def good() -> dict[str, object]:
    page = {"changes": {"body": samples.page().decode()}}
    return {"now": NOW, "messages": {name: _wire(sent) for name, sent in samples.messages().items()} | page}


def refused() -> Iterator[dict[str, object]]:
    """Each is the pseudonymous referral with one thing wrong, and the code that it is refused with."""
    sent = samples.messages()["referral-pseudonymous"]
    about = sent.envelope
    yield _case("altered-body", "altered", replace(sent, body=sent.body.replace(b"1000-10000", b"under-100")))
    yield _case("duplicate-name", "malformed", replace(sent, body=sent.body[:-1] + b',"asset":"USDT"}'))
    yield _case("version-2", "unsupported-version", replace(sent, body=sent.body.replace(b'n":1', b'n":2', 1)))
    moved = {
        "other-recipient": ("wrong-recipient", replace(about, recipient="other-police")),
        "other-sender": ("unknown-sender", replace(about, sender="other-exchange")),
        "live-mode": ("wrong-mode", replace(about, mode="live")),
    }
    for name, (code, envelope) in moved.items():
        body = referral.write_referral(envelope, samples.REFERRAL)
        key = samples.private(EXCHANGE, Purpose.MESSAGES)
        yield _case(name, code, Sent(envelope, body, sign_message(key, envelope, body, NOW)))
    for name, code, purpose in (
        ("key-for-clearance", "wrong-purpose", "clearance"),
        ("no-such-key", "unknown-key", "x"),
    ):
        signature = sign_message(samples.private(EXCHANGE, purpose), about, sent.body, NOW)
        yield _case(name, code, replace(sent, signature=signature))
    for name, at in (("too-old", NOW - 5 * MINUTE - 1), ("too-early", NOW + 5 * MINUTE + 1)):
        yield _case(name, "outside-replay-window", samples.signed(about, sent.body, Millis(at)))
    yield _case("a-receipt", "wrong-type", samples.messages()["receipt"])


def alert_codes() -> dict[str, object]:
    made = minute_of(NOW)
    codes = [
        {"slot": slot, "minute": minute, "serial": serial, "code": make_code(slot, minute, serial, ALERT_KEY)}
        for slot, minute, serial in ((0, made, 0), (1, made, 1), (1023, made, 2**18 - 1), (7, made - 48 * 60, 5))
    ]
    late = make_code(7, made - 48 * 60 - 1, 5, ALERT_KEY)
    return {"key": _base64(ALERT_KEY), "now": NOW, "valid_for": 48 * HOUR, "good": codes, "expired": [late]}


def sealed() -> dict[str, object]:
    about = samples.envelope(MessageType.REFERRAL, 2)
    found = samples.identified().sealed
    assert found is not None
    return {
        "identity": officer(),
        "mode": about.mode,
        "sender": about.sender,
        "recipient": about.recipient,
        "referral": about.id,
        "ciphertext": _base64(found.ciphertext),
        "subject": {
            "name": samples.SUBJECT.name,
            "telephone": samples.SUBJECT.telephone,
            "mail": None,
            "reference": None,
            "statement": samples.SUBJECT.statement,
        },
    }


def officer(organisation: str = AGENCY) -> str:
    """`AGE-SECRET-KEY-1...` of the published seed."""
    words = convertbits(samples.seed(f"{organisation} {Purpose.SEALING}"), 8, 5)
    assert words is not None
    return str(bech32_encode("age-secret-key-", words)).upper()


def _case(name: str, code: str, sent: Sent) -> dict[str, object]:
    return {"name": name, "receiver": AGENCY, "expected": "referral", "now": NOW, "code": code, **_wire(sent)}


def _wire(sent: Sent) -> dict[str, object]:
    return {"purpose": SIGNED_FOR[sent.envelope.type], "headers": sent.headers, "body": sent.body.decode()}


def _key(organisation: str, name: str) -> dict[str, str]:
    raw = samples.public(organisation, name)
    seed = samples.seed(f"{organisation} {name}")
    return {"seed": seed.hex(), "public": _base64(raw), "kid": key_list.key_id_of(raw)}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def write(folder: Path = FOLDER) -> None:
    for path, content in documents().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


if __name__ == "__main__":
    write()
