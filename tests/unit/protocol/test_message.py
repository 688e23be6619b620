"""A message is believed only if a pinned peer signed exactly these bytes for us, in our mode, just now."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.instant import DAY, MINUTE, Millis
from breather.protocol.envelope import (
    EVERYONE,
    PREFIX,
    SENT_BY,
    SIGNED_FOR,
    Envelope,
    MessageType,
    message_id,
    read_envelope,
    write_message,
)
from breather.protocol.key_list import Purpose
from breather.protocol.message import Message, Receiver, open_message, sign_message
from breather.protocol.referral import FORM, write_referral
from breather.protocol.refusal import (
    Altered,
    Malformed,
    NotYetValid,
    OutsideReplayWindow,
    Refusal,
    RevokedKey,
    UnknownKey,
    UnknownSender,
    UnsupportedVersion,
    WrongMode,
    WrongPurpose,
    WrongRecipient,
    WrongRole,
    WrongType,
)
from tests.unit.protocol import samples
from tests.unit.protocol.samples import AGENCY, EXCHANGE, NOW, Sent, envelope, private, receiver, signed

SENT = samples.messages()["referral-pseudonymous"]
AT_AGENCY = receiver(AGENCY)


def opened(sent: Sent, by: Receiver = AT_AGENCY, now: Millis = NOW) -> Message:
    return open_message(by, sent.headers, sent.body, now, [MessageType.REFERRAL])


def refused(sent: Sent, why: type[Refusal], by: Receiver = AT_AGENCY) -> Refusal:
    with pytest.raises(why) as caught:
        opened(sent, by)
    assert type(caught.value) is why
    return caught.value


def resigned(about: Envelope, at: Millis = NOW, purpose: str = Purpose.MESSAGES) -> Sent:
    """The sample referral under another envelope, signed by the real sender."""
    body = write_referral(about, samples.REFERRAL)
    return Sent(about, body, sign_message(private(EXCHANGE, purpose), about, body, at))


@pytest.mark.parametrize("name", sorted(samples.messages()))
def test_every_good_message_is_opened_by_its_recipient_and_only_a_feed_by_others(name: str) -> None:
    sent = samples.messages()[name]
    found = samples.opened(sent)
    assert (found.envelope, found.body) == (sent.envelope, sent.body)
    assert found.sender.organisation == sent.envelope.sender
    if sent.envelope.recipient == EVERYONE:
        assert name == "feed"
        assert open_message(receiver(EXCHANGE), sent.headers, sent.body, NOW, [MessageType.FEED]).body == sent.body
        return
    with pytest.raises(WrongRecipient):
        open_message(receiver(sent.envelope.sender), sent.headers, sent.body, NOW, tuple(MessageType))


def test_header_names_have_no_case() -> None:
    headers = {name.lower(): value for name, value in SENT.headers.items()}
    assert open_message(AT_AGENCY, headers, SENT.body, NOW, [MessageType.REFERRAL]).body == SENT.body


def test_a_retry_keeps_id_and_body_and_signs_again() -> None:
    again = signed(SENT.envelope, SENT.body, Millis(NOW + DAY))
    assert again.signature != SENT.signature
    assert opened(again, now=Millis(NOW + DAY)).envelope.id == opened(SENT).envelope.id


@settings(max_examples=150)
@given(place=st.integers(0, len(SENT.body) - 1), bit=st.integers(0, 7))
def test_no_bit_of_the_body_can_be_changed(place: int, bit: int) -> None:
    body = SENT.body[:place] + bytes([SENT.body[place] ^ 1 << bit]) + SENT.body[place + 1 :]
    with pytest.raises(Refusal):
        opened(replace(SENT, body=body))


def test_neither_timestamp_nor_key_can_be_changed() -> None:
    signature = SENT.signature
    refused(replace(SENT, signature=replace(signature, at=Millis(NOW + 1))), Altered)
    refused(replace(SENT, signature=replace(signature, value=bytes(64))), Altered)
    other = samples.key_list(EXCHANGE).keys[1]
    refused(replace(SENT, signature=replace(signature, kid=other.kid)), WrongPurpose)


def test_altered_and_misdirected_messages_are_named() -> None:
    about = SENT.envelope
    refused(replace(SENT, body=SENT.body.replace(b"1000-10000", b"over-250000")), Altered)
    refused(resigned(replace(about, recipient="other-police")), WrongRecipient)
    refused(resigned(replace(about, mode="live")), WrongMode)
    refused(SENT, WrongMode, replace(AT_AGENCY, mode="live"))
    unknown = refused(resigned(replace(about, sender="demo-exchang")), UnknownSender)
    assert "Did you mean 'demo-exchange'?" in str(unknown)
    refused(replace(SENT, body=SENT.body.replace(b'"version":1', b'"version":2', 1)), UnsupportedVersion)


def test_the_key_has_to_be_good_for_messages() -> None:
    refused(resigned(SENT.envelope, purpose=Purpose.CLEARANCE), WrongPurpose)
    refused(resigned(SENT.envelope, purpose="nobody's"), UnknownKey)
    revoked = samples.peer(EXCHANGE, lambda key: replace(key, revoked_at=NOW, revoked_because="device lost"))
    refused(SENT, RevokedKey, replace(AT_AGENCY, peers={EXCHANGE: revoked}))
    later = samples.peer(EXCHANGE, lambda key: replace(key, valid_from=Millis(NOW + 1)))
    refused(SENT, NotYetValid, replace(AT_AGENCY, peers={EXCHANGE: later}))


def test_a_key_of_one_peer_signs_nothing_for_another() -> None:
    """The other exchange is pinned, and signs with its own good key in the first one's name."""
    other = replace(samples.peer(EXCHANGE), organisation="other-exchange")
    peers = {**AT_AGENCY.peers, "other-exchange": other, EXCHANGE: replace(samples.peer(AGENCY), role=other.role)}
    refused(SENT, UnknownKey, replace(AT_AGENCY, peers=peers))


def test_a_live_peer_is_unknown_in_test_mode() -> None:
    live = replace(samples.peer(EXCHANGE), mode="live")
    refused(SENT, UnknownSender, replace(AT_AGENCY, peers={EXCHANGE: live}))


def test_a_type_belongs_to_a_door_and_to_a_role() -> None:
    with pytest.raises(WrongType, match="here belongs: receipt"):
        open_message(AT_AGENCY, SENT.headers, SENT.body, NOW, [MessageType.RECEIPT])
    agency = replace(samples.peer(EXCHANGE), role=samples.peer(AGENCY).role)
    refused(SENT, WrongRole, replace(AT_AGENCY, peers={EXCHANGE: agency}))


@pytest.mark.parametrize(("apart", "good"), [(0, True), (5 * MINUTE, True), (5 * MINUTE + 1, False), (DAY, False)])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_signature_is_good_for_five_minutes_either_way(apart: int, good: bool, sign: int) -> None:
    sent = signed(SENT.envelope, SENT.body, Millis(NOW + sign * apart))
    if good:
        assert opened(sent).body == SENT.body
    else:
        problem = refused(sent, OutsideReplayWindow)
        assert problem.retryable
        assert problem.members == {"now": NOW}
        assert opened(sent, replace(AT_AGENCY, window=None)).body == SENT.body


def test_a_stranger_is_not_told_the_time() -> None:
    old = signed(SENT.envelope, SENT.body, Millis(NOW - DAY))
    refused(replace(old, signature=replace(old.signature, value=bytes(64))), Altered)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Breather-Key", None),
        ("Breather-Key", "AAAA"),
        ("Breather-Timestamp", None),
        ("Breather-Timestamp", "1.5"),
        ("Breather-Timestamp", "-1"),
        ("Breather-Timestamp", "01"),
        ("Breather-Timestamp", "١"),
        ("Breather-Signature", None),
        ("Breather-Signature", "AAAA"),
    ],
)
def test_a_bad_header_is_named(name: str, value: str | None) -> None:
    headers = {**SENT.headers, name: value or ""}
    if value is None:
        del headers[name]
    with pytest.raises(Malformed) as caught:
        open_message(AT_AGENCY, headers, SENT.body, NOW, [MessageType.REFERRAL])
    assert [finding.pointer for finding in caught.value.findings] == [name]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"type":"referral","type":"referral"}', b"\xff", b"{" * 9999])
def test_what_is_no_message_is_malformed(body: bytes) -> None:
    refused(replace(SENT, body=body), Malformed)


def test_only_what_an_agency_tells_all_may_be_for_everyone() -> None:
    everyone = replace(SENT.envelope, recipient=EVERYONE)
    with pytest.raises(ValueError, match="/recipient"):
        write_referral(everyone, samples.REFERRAL)
    body = SENT.body.replace(b'"recipient":"macau-pj"', b'"recipient":"*"')
    refused(signed(everyone, body), WrongRecipient)
    manifest = samples.messages()["manifest"]
    public = replace(manifest.envelope, recipient=EVERYONE)
    body = manifest.body.replace(b'"recipient":"demo-exchange"', b'"recipient":"*"')
    assert samples.opened(replace(signed(public, body), envelope=manifest.envelope)).envelope == public


def test_every_type_has_a_purpose_a_role_and_a_prefix() -> None:
    assert set(SIGNED_FOR) == set(SENT_BY) == set(PREFIX) == set(MessageType)
    assert len(set(PREFIX.values())) == len(MessageType)


def test_the_envelope_is_written_first() -> None:
    assert SENT.body.startswith(
        b'{"type":"referral","version":1,"mode":"test","sender":"demo-exchange","recipient":"macau-pj","id":"ref_'
    )
    assert read_envelope(SENT.body, 65536)[0] == SENT.envelope


def test_a_message_that_nobody_would_take_is_not_written() -> None:
    for wrong in (
        replace(SENT.envelope, sequence=0),
        replace(SENT.envelope, id="ref_1"),
        replace(SENT.envelope, id=envelope(MessageType.PULL).id),
        replace(SENT.envelope, sender="Not A Name"),
        replace(SENT.envelope, type=MessageType.RECEIPT),
    ):
        with pytest.raises(ValueError, match="/"):
            write_message(FORM, wrong, {})


@given(first=st.integers(0, 2**47), gap=st.integers(1, 2**40), entropy=st.binary(min_size=10, max_size=10))
def test_ids_sort_by_time(first: int, gap: int, entropy: bytes) -> None:
    one, two = (message_id(MessageType.REFERRAL, Millis(at), entropy) for at in (first, first + gap))
    assert one < two
    assert len(one) == 30


def test_an_id_needs_its_randomness() -> None:
    with pytest.raises(ValueError, match="9 random bytes"):
        message_id(MessageType.REFERRAL, NOW, bytes(9))
