"""The files of the key folder: identity, peers, alert-code slots. Strict to read, and never overwritten."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from breather.domain.finding import Refused
from breather.domain.instant import DAY, Millis, parse_instant
from breather.domain.referral import Tier
from breather.domain.relay_terms import LegalBasis
from breather.protocol.alert_slot import AlertSlot, free_slot, given_slots, save_slot
from breather.protocol.identity_folder import (
    FOLDER,
    LIST_LIVES,
    ROOT,
    OwnIdentity,
    create_identity,
    issue_list,
    load_identity,
    with_key,
    without_key,
)
from breather.protocol.key_list import Purpose
from breather.protocol.peer_folder import PinnedPeer, load_peers, pin_peer, read_terms_file
from breather.protocol.refusal import Altered, Malformed, OlderKeyList, WrongRoot
from breather.protocol.signed_list import SignedKeyList, read_signed_list, received_list, write_signed_list
from breather.protocol.trust import Peer, Role, accept_key_list
from tests.sending_exchange import TERMS

NOW = parse_instant("2026-11-22T10:43:00.000Z")


def created(folder: Path, role: Role = Role.AGENCY) -> OwnIdentity:
    return create_identity(folder, "macau-pj", role, "test", NOW)


def pin(identity: OwnIdentity, **changed: str) -> Peer:
    peer = Peer(identity.organisation, Role.AGENCY, "test", identity.fingerprint)
    return replace(peer, **changed)  # type: ignore[arg-type]


def test_an_identity_is_read_as_it_was_made(tmp_path: Path) -> None:
    made, found = created(tmp_path), load_identity(tmp_path)
    assert found.keys == made.keys
    assert {key.purpose for key in made.keys.keys} == {Purpose.MESSAGES, Purpose.RECEIPTS, Purpose.FEEDS}
    assert found.private.keys() == made.private.keys()
    assert accept_key_list(pin(made), made.signed.body, made.signed.signature, NOW).key_list == made.keys


def test_an_exchange_signs_messages_and_nothing_else(tmp_path: Path) -> None:
    assert {key.purpose for key in created(tmp_path, Role.EXCHANGE).keys.keys} == {Purpose.MESSAGES}


def test_secrets_are_their_owners_only(tmp_path: Path) -> None:
    created(tmp_path)
    save_slot(tmp_path, AlertSlot(0, "demo-exchange", "Demo", bytes(32), {"en": "Reminder"}))
    secrets = [*(tmp_path / FOLDER).glob("*.private"), *(tmp_path / "alert-codes").iterdir()]
    assert len(secrets) == 5
    for file in secrets:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_an_identity_is_never_overwritten(tmp_path: Path) -> None:
    made = created(tmp_path)
    with pytest.raises(FileExistsError):
        created(tmp_path)
    assert load_identity(tmp_path).fingerprint == made.fingerprint


def test_serving_needs_no_root_and_the_next_list_does(tmp_path: Path) -> None:
    made = created(tmp_path)
    root = (tmp_path / FOLDER / ROOT).read_bytes()
    (tmp_path / FOLDER / ROOT).unlink()
    assert load_identity(tmp_path).keys == made.keys
    with pytest.raises(FileNotFoundError):
        issue_list(tmp_path, made.keys.keys, NOW)
    (tmp_path / FOLDER / ROOT).write_bytes(root)
    later = Millis(NOW + DAY)
    renewed = issue_list(tmp_path, made.keys.keys, later)
    assert (renewed.keys.sequence, renewed.keys.expires_at) == (2, later + LIST_LIVES)
    assert renewed.fingerprint == made.fingerprint


def test_another_root_issues_nothing(tmp_path: Path) -> None:
    made = created(tmp_path / "a")
    created(tmp_path / "b")
    root = (tmp_path / "b" / FOLDER / ROOT).read_bytes()
    (tmp_path / "a" / FOLDER / ROOT).write_bytes(root)
    with pytest.raises(ValueError, match="another root"):
        issue_list(tmp_path / "a", made.keys.keys, NOW)


def test_keys_come_and_are_taken_back_by_rows(tmp_path: Path) -> None:
    made = created(tmp_path)
    rows = with_key(made.keys.keys, Purpose.SEALING, bytes(range(32)), NOW)
    more = issue_list(tmp_path, rows, NOW)
    sealing = next(key for key in more.keys.keys if key.purpose is Purpose.SEALING)
    fewer = issue_list(tmp_path, without_key(more.keys.keys, sealing.kid, "officer has left", NOW), NOW)
    revoked = [key.kid for key in fewer.keys.keys if key.revoked_because == "officer has left"]
    assert revoked == [sealing.kid]
    with pytest.raises(LookupError, match="no key"):
        without_key(fewer.keys.keys, "0" * 16, "?", NOW)


def test_a_signed_list_survives_file_and_wire(tmp_path: Path) -> None:
    signed = created(tmp_path).signed
    assert read_signed_list(write_signed_list(signed)) == signed
    assert received_list(signed.body, signed.signature_text) == signed


@pytest.mark.parametrize("content", [b"", b"{}", b"breather-key-list-signature AAAA\n{}", b"x\n{}"])
def test_what_is_no_signed_list_is_named(content: bytes) -> None:
    with pytest.raises(Malformed):
        read_signed_list(content)


@pytest.mark.parametrize("header", [None, "", "AAAA", "%"])
def test_a_list_without_a_signature_is_none(header: str | None) -> None:
    with pytest.raises(Malformed):
        received_list(b"{}", header)


def test_a_pinned_peer_is_read_with_its_terms(tmp_path: Path) -> None:
    made = created(tmp_path / "a")
    (tmp_path / "terms.toml").write_text(TERMS, "utf-8")
    terms = read_terms_file(tmp_path / "terms.toml")
    pinned = pin_peer(tmp_path / "b", PinnedPeer(pin(made), terms), made.signed, NOW)
    found = load_peers(tmp_path / "b")
    assert found == {"macau-pj": pinned}
    assert (found["macau-pj"].terms.tier, found["macau-pj"].terms.fields["date"]) == (
        Tier.PSEUDONYMOUS,
        LegalBasis.PUBLIC_TASK,
    )


def test_a_peer_is_believed_on_no_first_use(tmp_path: Path) -> None:
    made, other = created(tmp_path / "a"), created(tmp_path / "b")
    with pytest.raises(WrongRoot):
        pin_peer(tmp_path / "c", PinnedPeer(pin(made)), other.signed, NOW)
    forged = SignedKeyList(made.signed.body, other.signed.signature)
    with pytest.raises(Altered):
        pin_peer(tmp_path / "c", PinnedPeer(pin(made)), forged, NOW)
    assert load_peers(tmp_path / "c") == {}


def test_a_pinned_peer_keeps_its_root_role_and_never_goes_back(tmp_path: Path) -> None:
    made = created(tmp_path / "a")
    pin_peer(tmp_path / "b", PinnedPeer(pin(made)), made.signed, NOW)
    newer = issue_list(tmp_path / "a", made.keys.keys, Millis(NOW + 1))
    assert pin_peer(tmp_path / "b", PinnedPeer(pin(made)), newer.signed, NOW).peer.key_list == newer.keys
    with pytest.raises(OlderKeyList):
        pin_peer(tmp_path / "b", PinnedPeer(pin(made)), made.signed, NOW)
    with pytest.raises(Refused, match="pinned otherwise"):
        pin_peer(tmp_path / "b", PinnedPeer(pin(made, fingerprint="0" * 64)), made.signed, NOW)
    with pytest.raises(Refused, match="pinned as agency"):
        pin_peer(tmp_path / "b", PinnedPeer(replace(pin(made), role=Role.EXCHANGE)), newer.signed, NOW)
    assert load_peers(tmp_path / "b")["macau-pj"].peer.key_list == newer.keys


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('role = "agency"', 'role = "agancy"', "agency"),
        ('organisation = "macau-pj"', 'organisation = "other"', "name of this file"),
        ('mode = "test"', 'mood = "test"', "mode"),
        ("fingerprint", "finger", "fingerprint"),
    ],
)
def test_a_pin_that_was_edited_wrongly_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    made = created(tmp_path / "a")
    pin_peer(tmp_path, PinnedPeer(pin(made)), made.signed, NOW)
    file = tmp_path / "peers" / "macau-pj.toml"
    file.write_text(file.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(Refused, match=says):
        load_peers(tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('tier = "all"\n[fields]\n', "none of"),
        ('tier = "pseudonymous"\n[fields]\nname = "consent"\n', "no field"),
        ('tier = "pseudonymous"\n[fields]\ndate = "because"\n', "none of"),
        ("tier = ", "not TOML"),
        ('tier = "off"\n', "fields"),
        ('tier = "identified"\n[fields]\nsealed = "public-task"\n', "has to be consent or legal-demand"),
    ],
)
def test_terms_that_cannot_be_used_are_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "terms.toml").write_text(text, "utf-8")
    with pytest.raises(Refused, match=says):
        read_terms_file(tmp_path / "terms.toml")


def test_slots_are_given_once_and_read_back(tmp_path: Path) -> None:
    first = AlertSlot(0, "demo-exchange", "Demo", bytes(range(32)), {"en": "Reminder", "zh-Hant": "提示"})
    save_slot(tmp_path, first)
    assert given_slots(tmp_path) == {0: first}
    assert free_slot(given_slots(tmp_path)) == 1
    with pytest.raises(FileExistsError):
        save_slot(tmp_path, replace(first, key=bytes(32)))
    assert "key" not in repr(first)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("1024.toml", "", "0 to 1023"),
        ("one.toml", "", "0 to 1023"),
        ("1.toml", 'exchange = "d"\nname = "D"\nkey = "AAAA"\n[heading]\n', "3 bytes instead of 32"),
        ("01.toml", "", "0 to 1023"),
        (".1.toml", "", "0 to 1023"),
        ("1.toml", "exchange", "not TOML"),
    ],
)
def test_a_slot_that_is_none_is_named(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / "alert-codes").mkdir()
    (tmp_path / "alert-codes" / name).write_text(text, "utf-8")
    with pytest.raises(Refused, match=says):
        given_slots(tmp_path)


def test_a_full_house_says_so() -> None:
    slot = AlertSlot(0, "d", "D", bytes(32), {})
    with pytest.raises(ValueError, match="1024"):
        free_slot(dict.fromkeys(range(1024), slot))
    assert free_slot({1: slot}) == 0
