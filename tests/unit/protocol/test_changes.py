"""The way back hangs from a fresh manifest that never goes back, and each entry stays verifiable on its own."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest

from breather.domain.disposition import Disposition
from breather.domain.instant import DAY, MINUTE, Millis
from breather.protocol.changes import (
    ChangesPage,
    DispositionEntry,
    KeyListEntry,
    PackRevocationEntry,
    read_changes,
    read_pull,
    write_changes,
)
from breather.protocol.disposition import read_disposition
from breather.protocol.envelope import MessageType
from breather.protocol.manifest import (
    LIFETIME,
    Manifest,
    accept_changes,
    accept_manifest,
    join_changes,
    split_changes,
    write_manifest,
)
from breather.protocol.message import Message, open_message
from breather.protocol.refusal import (
    AlteredPage,
    ExpiredManifest,
    Malformed,
    ManifestRefused,
    OlderManifest,
    OtherPage,
    OutsideReplayWindow,
)
from breather.protocol.trust import accept_key_list
from tests.unit.protocol.samples import (
    AGENCY,
    EXCHANGE,
    NOW,
    changes,
    envelope,
    key_list,
    messages,
    opened,
    page,
    peer,
    pinned,
    receiver,
    signed,
)

PAGE = page()
SENT = messages()["manifest"]
MESSAGE = opened(SENT)


def manifest_over(body: bytes) -> tuple[Message, Manifest]:
    about = envelope(MessageType.MANIFEST, 2)
    message = opened(signed(about, write_manifest(about, body, NOW)))
    return message, accept_manifest(message, 0, NOW)


def test_a_page_reads_back_under_its_manifest() -> None:
    manifest = accept_manifest(MESSAGE, 0, NOW)
    assert manifest == Manifest(1, NOW, Millis(NOW + LIFETIME), sha256(PAGE).hexdigest())
    assert accept_changes(MESSAGE, manifest, PAGE, after=7) == changes()


def test_an_answer_is_the_manifest_a_line_break_and_the_page() -> None:
    assert split_changes(join_changes(SENT.body, PAGE)) == (SENT.body, PAGE)
    assert b"\n" not in SENT.body
    with pytest.raises(Malformed, match="no line break"):
        split_changes(SENT.body)


@pytest.mark.parametrize(
    ("last", "now", "why"),
    [
        (0, NOW, None),
        (0, NOW + LIFETIME - 1, None),
        (0, NOW - 5 * MINUTE, None),
        (1, NOW, OlderManifest),
        (2, NOW, OlderManifest),
        (0, NOW + LIFETIME, ExpiredManifest),
        (0, NOW - 5 * MINUTE - 1, ExpiredManifest),
    ],
)
def test_a_manifest_is_fresh_and_never_goes_back(last: int, now: int, why: type[ManifestRefused] | None) -> None:
    if why is None:
        assert accept_manifest(MESSAGE, last, Millis(now)).sequence == 1
    else:
        with pytest.raises(why):
            accept_manifest(MESSAGE, last, Millis(now))


@pytest.mark.parametrize("lasts", [0, -MINUTE, LIFETIME + 1])
def test_no_manifest_lasts_longer_than_ten_minutes(lasts: int) -> None:
    members = json.loads(SENT.body)
    later = json.loads(write_manifest(SENT.envelope, PAGE, Millis(NOW + lasts - LIFETIME)))
    body = json.dumps({**members, "expires_at": later["expires_at"]}).encode()
    with pytest.raises(Malformed, match="at most 10 minutes"):
        accept_manifest(opened(signed(SENT.envelope, body)), 0, NOW)


def test_another_page_is_not_believed() -> None:
    manifest = accept_manifest(MESSAGE, 0, NOW)
    with pytest.raises(AlteredPage):
        accept_changes(MESSAGE, manifest, PAGE + b" ", after=7)
    with pytest.raises(OtherPage, match="begins after 7"):
        accept_changes(MESSAGE, manifest, PAGE, after=0)
    for about in (
        replace(envelope(MessageType.CHANGES), recipient="other-exchange"),
        replace(envelope(MessageType.CHANGES), sender="other-police"),
        replace(envelope(MessageType.CHANGES), mode="live"),
    ):
        other = write_changes(about, changes())
        with pytest.raises(OtherPage, match="another"):
            accept_changes(*manifest_over(other), other, after=7)


def test_a_disposition_inside_is_opened_on_its_own() -> None:
    """Signed a day ago: the manifest is what is fresh."""
    entry = next(entry for entry in changes().entries if isinstance(entry, DispositionEntry))
    expected = [MessageType.DISPOSITION]
    with pytest.raises(OutsideReplayWindow):
        open_message(receiver(EXCHANGE), entry.signature.headers(), entry.body, NOW, expected)
    stored = replace(receiver(EXCHANGE), window=None)
    message = open_message(stored, entry.signature.headers(), entry.body, NOW, expected)
    assert read_disposition(message).disposition is Disposition.CONFIRMED_SCAM
    assert message.signature.at == NOW - DAY


def test_a_key_list_inside_is_the_roots() -> None:
    entry = next(entry for entry in changes().entries if isinstance(entry, KeyListEntry))
    assert accept_key_list(pinned(AGENCY), entry.body, entry.signature, NOW) == peer(AGENCY)
    assert peer(AGENCY).key_list == key_list(AGENCY)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        (replace(changes(), after=8), "/entries/0/number"),
        (replace(changes(), through=39), "/entries/4/number"),
        (replace(changes(), entries=changes().entries[::-1]), "/entries/1/number"),
        (replace(changes(), entries=changes().entries[:1] * 2), "/entries/1/number"),
        (ChangesPage(7, 6, False, ()), "/through"),
        (ChangesPage(7, 7, True, ()), "/more"),
    ],
)
def test_a_page_out_of_order_is_neither_written_nor_read(wrong: ChangesPage, pointer: str) -> None:
    with pytest.raises(ValueError, match=pointer):
        write_changes(envelope(MessageType.CHANGES), wrong)


def test_disorder_is_not_read_either() -> None:
    members = json.loads(PAGE)
    members["entries"] = members["entries"][::-1]
    with pytest.raises(Malformed, match="/entries/1/number"):
        read_changes(json.dumps(members).encode())


def test_a_page_has_a_largest_size() -> None:
    large = KeyListEntry(8, bytes(60_000), bytes(64))
    many = ChangesPage(7, 99, False, tuple(replace(large, number=8 + number) for number in range(20)))
    with pytest.raises(ValueError, match="fewer entries"):
        write_changes(envelope(MessageType.CHANGES), many)


def test_nothing_new_is_a_page_too() -> None:
    nothing = ChangesPage(7, 7, False, ())
    assert read_changes(write_changes(envelope(MessageType.CHANGES), nothing))[1] == nothing


def test_a_kind_that_is_not_known_is_named() -> None:
    members = json.loads(PAGE)
    members["entries"][2]["kind"] = "pac"
    with pytest.raises(Malformed) as caught:
        read_changes(json.dumps(members).encode())
    assert [(each.pointer, each.suggestion) for each in caught.value.findings] == [("/entries/2/kind", "pack")]
    members["entries"][2]["kind"] = "pack-revocation"
    with pytest.raises(Malformed, match="/entries/2/because"):
        read_changes(json.dumps(members).encode())
    assert any(isinstance(entry, PackRevocationEntry) for entry in changes().entries)


def test_a_pull_asks_for_what_comes_after() -> None:
    assert read_pull(opened(messages()["pull"])) == 7
