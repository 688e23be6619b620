"""A key list is believed only from the pinned root, for this organisation and mode, and never goes back."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.instant import DAY, Millis, format_instant
from breather.protocol.key_list import KeyList, ListedKey, Purpose, read_key_list, sign_key_list, write_key_list
from breather.protocol.refusal import (
    Altered,
    ExpiredKey,
    ExpiredKeyList,
    ForkedKeyList,
    Malformed,
    NotYetValid,
    OlderKeyList,
    Refusal,
    RevokedKey,
    StaleKeyList,
    UnknownKey,
    WrongMode,
    WrongOrganisation,
    WrongPurpose,
    WrongRoot,
)
from breather.protocol.trust import (
    Peer,
    Role,
    accept_key_list,
    key_for,
    keys_for,
    read_fingerprint,
    show_fingerprint,
)
from tests.unit.protocol.samples import (
    AGENCY,
    EXCHANGE,
    NOW,
    VALID_FROM,
    VALID_UNTIL,
    key_list,
    peer,
    pinned,
    private,
    public,
    signed_list,
)

KEYS = key_list(EXCHANGE)


def row(purpose: Purpose, keys: KeyList = KEYS) -> ListedKey:
    return next(key for key in keys.keys if key.purpose is purpose)


def with_rows(change: Callable[[ListedKey], ListedKey]) -> KeyList:
    return replace(KEYS, keys=tuple(change(key) for key in KEYS.keys))


def test_a_list_reads_back_as_it_was_written() -> None:
    revoked = replace(row(Purpose.MESSAGES), revoked_at=NOW, revoked_because="device lost")
    keys = with_rows(lambda key: revoked if key.purpose is Purpose.MESSAGES else key)
    assert read_key_list(write_key_list(keys)) == keys


def test_the_roots_list_is_accepted_and_again_changes_nothing() -> None:
    first = accept_key_list(pinned(EXCHANGE), *signed_list(KEYS), NOW)
    assert first.key_list == KEYS
    assert accept_key_list(first, *signed_list(KEYS), NOW) == first


def test_a_newer_list_replaces_and_an_older_one_is_refused() -> None:
    second = accept_key_list(peer(EXCHANGE), *signed_list(key_list(EXCHANGE, 2)), NOW)
    assert second.key_list is not None
    assert second.key_list.sequence == 2
    with pytest.raises(OlderKeyList, match="list 2 is known"):
        accept_key_list(second, *signed_list(KEYS), NOW)


def test_two_lists_of_one_number_are_a_fork() -> None:
    other = replace(KEYS, keys=KEYS.keys[1:])
    with pytest.raises(ForkedKeyList):
        accept_key_list(peer(EXCHANGE), *signed_list(other), NOW)


@pytest.mark.parametrize(
    ("change", "wanted", "why"),
    [
        ({"root": public(AGENCY, "root")}, pinned(EXCHANGE), WrongRoot),
        ({}, pinned(AGENCY), WrongRoot),
        ({}, replace(pinned(EXCHANGE), organisation="demo-exchang"), WrongOrganisation),
        ({"mode": "live"}, pinned(EXCHANGE), WrongMode),
        ({}, pinned(EXCHANGE, "live"), WrongMode),
        ({"expires_at": NOW}, pinned(EXCHANGE), ExpiredKeyList),
    ],
)
def test_what_is_not_this_peers_list_is_refused(change: dict[str, object], wanted: Peer, why: type[Refusal]) -> None:
    keys = replace(KEYS, **change)  # type: ignore[arg-type]  # a table of differently typed fields
    body = write_key_list(keys)
    signature = sign_key_list(private(EXCHANGE, "root"), keys.mode, body)
    with pytest.raises(why):
        accept_key_list(wanted, body, signature, NOW)


def test_another_root_is_refused_without_saying_its_fingerprint() -> None:
    """Whoever reads it there types it in, and has telephoned nobody."""
    with pytest.raises(WrongRoot, match="by telephone with demo-exchange") as caught:
        accept_key_list(replace(pinned(EXCHANGE), fingerprint="0" * 64), *signed_list(KEYS), NOW)
    said = str(caught.value).replace(" ", "")
    assert "0" * 64 in said, "what is pinned is no secret"
    assert pinned(EXCHANGE).fingerprint[:8] not in said


def test_another_signature_is_refused() -> None:
    body, signature = signed_list(KEYS)
    for wrong in (bytes(64), b"", signature[:-1], sign_key_list(private(EXCHANGE, "messages"), "test", body)):
        with pytest.raises(Altered):
            accept_key_list(pinned(EXCHANGE), body, wrong, NOW)


@settings(max_examples=100)
@given(place=st.integers(0, len(signed_list(KEYS)[0]) - 1), bit=st.integers(0, 7))
def test_no_bit_of_a_list_can_be_changed(place: int, bit: int) -> None:
    body, signature = signed_list(KEYS)
    altered = body[:place] + bytes([body[place] ^ 1 << bit]) + body[place + 1 :]
    with pytest.raises(Refusal):
        accept_key_list(pinned(EXCHANGE), altered, signature, NOW)


@pytest.mark.parametrize(
    ("keys", "pointer"),
    [
        (replace(KEYS, expires_at=KEYS.issued_at), "/expires_at"),
        (replace(KEYS, keys=()), "/keys"),
        (replace(KEYS, keys=(replace(KEYS.keys[0], kid="0" * 16),)), "/keys/0/kid"),
        (replace(KEYS, keys=(KEYS.keys[0], replace(KEYS.keys[0], purpose=Purpose.FEEDS))), "/keys/1/kid"),
        (with_rows(lambda key: replace(key, valid_until=key.valid_from)), "/keys/0/valid_until"),
        (with_rows(lambda key: replace(key, revoked_at=NOW)), "/keys/0/revoked_because"),
        (replace(KEYS, root=KEYS.keys[0].public), "/keys/0/public"),
    ],
)
def test_a_list_that_contradicts_itself_is_not_written(keys: KeyList, pointer: str) -> None:
    with pytest.raises(ValueError, match=f"(?m)^ *{pointer}:"):
        write_key_list(keys)


def test_what_is_no_list_is_malformed() -> None:
    for body in (b"", b"[]", b'{"type":"key-list"}', signed_list(KEYS)[0][:-1]):
        with pytest.raises(Malformed, match="key list"):
            accept_key_list(pinned(EXCHANGE), body, bytes(64), NOW)


def test_each_key_is_good_for_its_purpose_only() -> None:
    for key in KEYS.keys:
        for purpose in Purpose:
            if purpose is key.purpose:
                assert key_for(peer(EXCHANGE), key.kid, purpose, NOW, NOW) == key
            else:
                with pytest.raises(WrongPurpose, match=key.purpose):
                    key_for(peer(EXCHANGE), key.kid, purpose, NOW, NOW)


MESSAGES = row(Purpose.MESSAGES)


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (VALID_FROM - 1, NotYetValid),
        (VALID_FROM, None),
        (VALID_UNTIL - 1, None),
        (VALID_UNTIL, ExpiredKey),
    ],
)
def test_validity_is_judged_when_it_was_signed(at: int, why: type[Refusal] | None) -> None:
    if why is None:
        assert key_for(peer(EXCHANGE), MESSAGES.kid, Purpose.MESSAGES, Millis(at), NOW) == MESSAGES
        return
    with pytest.raises(why, match=format_instant(VALID_FROM if why is NotYetValid else VALID_UNTIL)):
        key_for(peer(EXCHANGE), MESSAGES.kid, Purpose.MESSAGES, Millis(at), NOW)


def test_revocation_is_judged_now_whatever_the_signature_says() -> None:
    revoked = peer(EXCHANGE, lambda key: replace(key, revoked_at=NOW, revoked_because="device lost"))
    before = Millis(NOW - DAY)
    assert key_for(revoked, MESSAGES.kid, Purpose.MESSAGES, before, Millis(NOW - 1)).revoked_at == NOW
    with pytest.raises(RevokedKey, match="device lost") as caught:
        key_for(revoked, MESSAGES.kid, Purpose.MESSAGES, before, NOW)
    assert caught.value.members == {"revoked_at": NOW, "revoked_because": "device lost"}
    assert keys_for(revoked, Purpose.MESSAGES, NOW) == ()


def test_an_unknown_key_and_a_stale_list_are_named() -> None:
    with pytest.raises(UnknownKey, match="key list 1 of demo-exchange"):
        key_for(peer(EXCHANGE), "0" * 16, Purpose.MESSAGES, NOW, NOW)
    with pytest.raises(StaleKeyList, match="no key list"):
        key_for(pinned(EXCHANGE), MESSAGES.kid, Purpose.MESSAGES, NOW, NOW)
    with pytest.raises(StaleKeyList, match="expired"):
        key_for(peer(EXCHANGE), MESSAGES.kid, Purpose.MESSAGES, NOW, KEYS.expires_at)


def test_all_good_keys_of_a_purpose() -> None:
    agency = peer(AGENCY)
    assert keys_for(agency, Purpose.SEALING, NOW) == (row(Purpose.SEALING, key_list(AGENCY)),)
    assert keys_for(agency, Purpose.SEALING, VALID_UNTIL) == ()
    assert keys_for(pinned(AGENCY), Purpose.SEALING, NOW) == ()


def test_a_fingerprint_is_shown_in_groups_and_read_back() -> None:
    fingerprint = pinned(EXCHANGE).fingerprint
    shown = show_fingerprint(fingerprint)
    assert [len(group) for group in shown.split(" ")] == [4] * 16
    for spelling in (shown, shown.upper(), shown.replace(" ", ":"), f"  {fingerprint}\n"):
        assert read_fingerprint(spelling) == fingerprint


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "g" * 64, "zzzz " * 16])
def test_half_a_fingerprint_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        read_fingerprint(text)


def test_the_role_is_pinned_and_not_claimed() -> None:
    assert peer(AGENCY).role is Role.AGENCY
    assert b"role" not in signed_list(key_list(AGENCY))[0]
