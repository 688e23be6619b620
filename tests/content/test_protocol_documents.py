"""What docs/protocol publishes is what the code does: schemas, vectors, and the README's example."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from breather.domain.alert_code import AlertCode, read_code
from breather.domain.instant import Millis
from breather.protocol.envelope import MessageType
from breather.protocol.message import open_message
from breather.protocol.refusal import Refusal
from breather.protocol.sealing import Binding, open_subject
from breather.protocol.trust import accept_key_list
from tests.unit.protocol.documents import FOLDER, FORMS, documents, write
from tests.unit.protocol.samples import AGENCY, EXCHANGE, pinned, receiver


def vectors(name: str) -> Any:
    return json.loads((FOLDER / "vectors" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted(documents()))
def test_what_is_published_is_what_the_code_says(path: str) -> None:
    """After a deliberate change: `python -m tests.unit.protocol.documents`. A changed vector breaks other people."""
    assert (FOLDER / path).read_bytes() == documents()[path]


def test_nothing_else_is_published() -> None:
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert found == documents().keys() | {"README.md"}


def test_writing_makes_all_of_them(tmp_path: Path) -> None:
    write(tmp_path)
    assert sum(1 for path in tmp_path.rglob("*") if path.is_file()) == len(documents())


@pytest.mark.parametrize("organisation", [EXCHANGE, AGENCY])
def test_the_published_key_lists_are_accepted(organisation: str) -> None:
    published = vectors("keys")[organisation]
    signature = base64.b64decode(published["key_list_signature"])
    now = Millis(vectors("messages")["now"])
    peer = accept_key_list(pinned(organisation), published["key_list"].encode(), signature, now)
    assert peer.fingerprint == published["fingerprint"]
    assert peer.key_list is not None
    assert {key.purpose: key.kid for key in peer.key_list.keys} == {
        purpose: key["kid"] for purpose, key in published["keys"].items()
    }


def test_the_published_messages_are_opened() -> None:
    published = vectors("messages")
    for name, message in published["messages"].items():
        if name == "changes":
            continue
        body = message["body"].encode()
        recipient = json.loads(body)["recipient"]
        open_message(receiver(recipient), message["headers"], body, Millis(published["now"]), tuple(MessageType))


@pytest.mark.parametrize("case", vectors("refused"), ids=lambda case: str(case["name"]))
def test_the_published_refusals_are_refused_for_that_reason(case: dict[str, Any]) -> None:
    expected = [MessageType(case["expected"])]
    with pytest.raises(Refusal) as caught:
        open_message(receiver(case["receiver"]), case["headers"], case["body"].encode(), Millis(case["now"]), expected)
    assert caught.value.code == case["code"]


def test_the_published_alert_codes_are_read() -> None:
    published = vectors("alert-codes")
    key, now = base64.b64decode(published["key"]), Millis(published["now"])
    for each in published["good"]:
        found = read_code(each["code"], {each["slot"]: key}, now)
        assert found == AlertCode(each["slot"], each["minute"], each["serial"])
    for code in published["expired"]:
        assert read_code(code, {7: key}, now) is None


def test_the_published_subject_is_opened() -> None:
    published = vectors("sealing")
    binding = Binding(*(published[name] for name in ("mode", "sender", "recipient", "referral")))
    subject = open_subject(base64.b64decode(published["ciphertext"]), published["identity"], binding)
    assert {name: getattr(subject, name) for name in published["subject"]} == published["subject"]


def test_the_readme_names_every_message_and_shows_a_real_one() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in FORMS if f"({name}.schema.json)" not in text] == []
    sent = vectors("messages")["messages"]["referral-pseudonymous"]
    assert sent["body"] in text
    for name, value in sent["headers"].items():
        assert f"{name}: {value}" in text
