"""What the client seals, age opens; what it opens names the referral that carried it, or is refused."""

import base64
import hashlib
import os
from dataclasses import replace

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrage import x25519

from breather.client.sealing import CHUNK, Carrier, Subject, read_keys, seal, seal_subject
from breather.protocol.envelope import MessageType as Type
from breather.protocol.key_list import Purpose
from breather.protocol.officer_key import age_recipient
from breather.protocol.refusal import Malformed, NotOurKey, SealedForAnother
from breather.protocol.sealing import Binding, open_subject, recipients_of
from breather.protocol.sealing import Subject as Opened
from tests.unit.protocol.age_oracle import open_age
from tests.unit.protocol.documents import officer
from tests.unit.protocol.samples import AGENCY, SUBJECT, Counted, envelope, identified, public, seed

RAW = public(AGENCY, Purpose.SEALING)
SECRET = seed(f"{AGENCY} {Purpose.SEALING}")
IDENTITY = officer()
KID = hashlib.sha256(RAW).hexdigest()[:16]
ABOUT = envelope(Type.REFERRAL, 2)
BINDING = Binding("test", ABOUT.sender, ABOUT.recipient, ABOUT.id)
CARRIER = Carrier(mode="test", sender=ABOUT.sender, recipient=ABOUT.recipient, referral=ABOUT.id)
OTHERS = tuple(public(f"officer-{number}", Purpose.SEALING) for number in range(3))


def age_opens(file: bytes) -> bytes:
    return bytes(pyrage.decrypt(file, [x25519.Identity.from_str(IDENTITY)]))


def sealed_to(*recipients: bytes) -> bytes:
    return bytes(pyrage.encrypt(b"words", [x25519.Recipient.from_str(age_recipient(each)) for each in recipients]))


@pytest.mark.parametrize("size", [0, 1, 15, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_age_opens_what_we_seal_at_every_length(size: int) -> None:
    plaintext = os.urandom(size)
    file = seal(plaintext, [RAW])
    assert age_opens(file) == open_age(file, SECRET) == plaintext


@settings(max_examples=50)
@given(plaintext=st.binary(max_size=2000), before=st.integers(0, 3))
def test_age_opens_whoevers_turn_it_is(plaintext: bytes, before: int) -> None:
    recipients = [*OTHERS[:before], RAW, *OTHERS[before:]]
    assert age_opens(seal(plaintext, recipients)) == plaintext


def test_the_oracle_opens_what_age_seals() -> None:
    """So the reader that ours was held against is right on its own."""
    for recipients in ((RAW,), (*OTHERS, RAW)):
        assert open_age(sealed_to(*recipients), SECRET) == b"words"


def test_nobody_else_opens_it() -> None:
    file = seal(b"words", OTHERS)
    with pytest.raises(pyrage.DecryptError):
        age_opens(file)


@settings(max_examples=60)
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_bit_can_be_changed(place: int, bit: int) -> None:
    file = seal(b"words", [RAW], Counted("bits"))
    place %= len(file)
    altered = file[:place] + bytes([file[place] ^ 1 << bit]) + file[place + 1 :]
    with pytest.raises((NotOurKey, Malformed)):
        open_subject(altered, IDENTITY, BINDING)


def test_each_sealing_is_another_ciphertext() -> None:
    assert seal(b"words", [RAW]) != seal(b"words", [RAW])
    assert seal(b"words", [RAW], Counted("a")) == seal(b"words", [RAW], Counted("a"))


@pytest.mark.parametrize("recipients", [[], [RAW, RAW], list(range(21))])
def test_nobody_the_same_twice_and_too_many_are_refused(recipients: list[bytes]) -> None:
    with pytest.raises(ValueError, match="different keys"):
        seal(b"words", recipients)


@pytest.mark.parametrize("point", [bytes(32), bytes([1]) + bytes(31)])
def test_a_point_that_everybody_could_open_is_refused(point: bytes) -> None:
    with pytest.raises(ValueError, match="no usable X25519"):
        seal(b"words", [point])


def test_a_subject_is_read_by_the_officer() -> None:
    sealed = identified().sealed
    assert sealed is not None
    found = open_subject(sealed.ciphertext, IDENTITY, BINDING)
    assert found == Opened(SUBJECT.name, SUBJECT.telephone, None, None, SUBJECT.statement)


@pytest.mark.parametrize(
    "moved",
    [
        replace(BINDING, mode="live"),
        replace(BINDING, sender="other-exchange"),
        replace(BINDING, recipient="other-police"),
        replace(BINDING, referral=envelope(Type.REFERRAL, 1).id),
    ],
)
def test_a_ciphertext_moved_elsewhere_is_found_out(moved: Binding) -> None:
    sealed = identified().sealed
    assert sealed is not None
    with pytest.raises(SealedForAnother, match="carried by"):
        open_subject(sealed.ciphertext, IDENTITY, moved)


@pytest.mark.parametrize("plaintext", [b"", b"Chan Tai Man", b"{}", b'{"type":"subject","version":1}'])
def test_what_is_no_subject_inside_is_malformed(plaintext: bytes) -> None:
    with pytest.raises(Malformed):
        open_subject(seal(plaintext, [RAW]), IDENTITY, BINDING)


def test_a_wrong_identity_is_refused_without_repeating_it() -> None:
    sealed = identified().sealed
    assert sealed is not None
    with pytest.raises(NotOurKey):
        open_subject(seal(b"{}", OTHERS), IDENTITY, BINDING)
    with pytest.raises(ValueError, match="AGE-SECRET-KEY-1") as caught:
        open_subject(sealed.ciphertext, IDENTITY[:-1] + "Q", BINDING)
    assert IDENTITY[20:40] not in str(caught.value)


def test_keys_are_held_against_their_ids() -> None:
    good = base64.b64encode(RAW).decode()
    assert read_keys({KID: good}) == [RAW]
    for kid, text, says in (
        ("0" * 16, good, "not the key of this id"),
        (KID, good[:-4], "has 30 bytes"),
        (KID, "?", "not base64"),
    ):
        with pytest.raises(ValueError, match=says):
            read_keys({kid: text})


def test_a_subject_has_a_largest_size_and_does_not_show_itself() -> None:
    keys = {KID: base64.b64encode(RAW).decode()}
    with pytest.raises(ValueError, match="is the limit"):
        seal_subject(Subject(statement="x" * 13_000), CARRIER, keys)
    assert "Chan" not in repr(SUBJECT)


def test_the_longest_subject_still_fits_a_referral() -> None:
    keys = {hashlib.sha256(raw).hexdigest()[:16]: base64.b64encode(raw).decode() for raw in OTHERS}
    ciphertext = base64.b64decode(seal_subject(Subject(statement="驚" * 3900), CARRIER, keys))
    assert recipients_of(ciphertext) == 3


def test_recipients_are_counted_from_the_header() -> None:
    assert recipients_of(seal(b"words", [RAW, *OTHERS])) == 4
    assert recipients_of(sealed_to(RAW, *OTHERS)) == 4
    for other in (b"", b"words", b"age-encryption.org/v1\n", seal(b"words", [RAW])[:60]):
        assert recipients_of(other) is None
