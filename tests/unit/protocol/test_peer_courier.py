"""Where an agency takes referrals, in its pin; the slot that it gave us; and a key list that it sends itself."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from breather.couriers.peer_address import DeliverTo
from breather.domain.finding import Refused
from breather.domain.instant import Millis, parse_instant
from breather.protocol.alert_slot import AlertSlot, given_slots, read_slot, save_slot, taken_slots
from breather.protocol.identity_folder import OwnIdentity, create_identity, issue_list, without_key
from breather.protocol.key_list import Purpose
from breather.protocol.peer_folder import PinnedPeer, keep_list, load_peers, pin_peer
from breather.protocol.refusal import OlderKeyList, WrongRoot
from breather.protocol.trust import Peer, Role

NOW = parse_instant("2026-11-22T10:43:00.000Z")
KEY = base64.b64encode(bytes(32)).decode()


def made(folder: Path, mode: str = "test") -> OwnIdentity:
    return create_identity(folder, "macau-pj", Role.AGENCY, mode, NOW)


def pinned(folder: Path, identity: OwnIdentity, courier: DeliverTo | None, mode: str = "test") -> PinnedPeer:
    peer = Peer("macau-pj", Role.AGENCY, mode, identity.fingerprint)
    return pin_peer(folder, PinnedPeer(peer, courier=courier), identity.signed, NOW)


@pytest.mark.parametrize(
    "courier",
    [None, DeliverTo("https://relay.police.example"), DeliverTo("http://127.0.0.1:8090", allow_loopback=True)],
)
def test_the_address_is_read_as_it_was_written(tmp_path: Path, courier: DeliverTo | None) -> None:
    kept = pinned(tmp_path / "b", made(tmp_path / "a"), courier)
    assert kept.courier == courier
    assert load_peers(tmp_path / "b") == {"macau-pj": kept}


@pytest.mark.parametrize(
    ("mode", "lines", "says"),
    [
        ("live", 'url = "http://relay.police.example"', "https in live mode"),
        ("live", 'url = "https://relay.police.example"\nallow_loopback = true', "test mode only"),
        ("test", 'url = "relay.police.example"', "must be an address"),
        ("test", 'url = "https://x.example"\nallow_loopback = "yes"', "true or false"),
        ("test", 'url = "https://x.example"\nfollow_redirects = true', "not a key of this table"),
        ("test", "allow_loopback = true", "url: is missing"),
    ],
)
def test_an_address_that_may_not_be_used_is_named(tmp_path: Path, mode: str, lines: str, says: str) -> None:
    pinned(tmp_path / "b", made(tmp_path / "a", mode), None, mode)
    pin = tmp_path / "b" / "peers" / "macau-pj.toml"
    pin.write_text(pin.read_text("utf-8") + f"\n[courier]\n{lines}\n", "utf-8")
    with pytest.raises(Refused, match=says):
        load_peers(tmp_path / "b")


def test_a_list_that_the_peer_sends_itself_is_kept_with_everything_agreed(tmp_path: Path) -> None:
    first = made(tmp_path / "a")
    before = pinned(tmp_path / "b", first, DeliverTo("https://relay.police.example"))
    newer = issue_list(tmp_path / "a", first.keys.keys, Millis(NOW + 1))
    found = keep_list(tmp_path / "b", "macau-pj", newer.signed, NOW)
    assert found.key_list == newer.keys
    assert load_peers(tmp_path / "b")["macau-pj"] == replace(before, peer=found)
    with pytest.raises(OlderKeyList):
        keep_list(tmp_path / "b", "macau-pj", first.signed, NOW)
    with pytest.raises(WrongRoot):
        keep_list(tmp_path / "b", "macau-pj", made(tmp_path / "c").signed, NOW)
    assert load_peers(tmp_path / "b")["macau-pj"].peer == found


@pytest.mark.parametrize(
    ("role", "taken_back", "lacks"),
    [
        (Role.AGENCY, Purpose.FEEDS, ["feeds"]),
        (Role.AGENCY, Purpose.RECEIPTS, ["receipts"]),
        (Role.AGENCY, Purpose.MESSAGES, []),
        (Role.EXCHANGE, Purpose.MESSAGES, ["messages"]),
        (Role.EXCHANGE, Purpose.FEEDS, []),
    ],
)
def test_a_new_peer_has_a_key_for_what_its_role_signs(
    tmp_path: Path, role: Role, taken_back: Purpose, lacks: list[str]
) -> None:
    first = made(tmp_path / "a")
    (kid,) = [key.kid for key in first.keys.keys if key.purpose is taken_back]
    signed = issue_list(tmp_path / "a", without_key(first.keys.keys, kid, "device lost", NOW), NOW).signed
    wanted = PinnedPeer(Peer("macau-pj", role, "test", first.fingerprint))
    if not lacks:
        assert pin_peer(tmp_path / "b", wanted, signed, NOW).peer.role is role
        return
    with pytest.raises(Refused, match=f"is not an {role}'s") as refused:
        pin_peer(tmp_path / "b", wanted, signed, NOW)
    assert [finding.message.split()[4] for finding in refused.value.findings] == lacks
    assert load_peers(tmp_path / "b") == {}


def test_a_peer_that_is_pinned_may_take_back_every_key(tmp_path: Path) -> None:
    """Refusing that list would keep a stolen key in use."""
    first = made(tmp_path / "a")
    known = pinned(tmp_path / "b", first, None)
    rows = first.keys.keys
    for key in first.keys.keys:
        rows = without_key(rows, key.kid, "stolen", NOW)
    last = issue_list(tmp_path / "a", rows, NOW)
    found = pin_peer(tmp_path / "b", replace(known, peer=replace(known.peer, key_list=None)), last.signed, NOW)
    assert found.peer.key_list == last.keys


def test_a_list_of_nobody_we_pinned_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        keep_list(tmp_path, "macau-pj", made(tmp_path / "a").signed, NOW)


SLOT = AlertSlot(0, "demo-exchange", "Demo Exchange", bytes(32), {"en": "Reminder"})


def test_a_slot_that_was_given_is_named_by_its_number_and_says_no_agency(tmp_path: Path) -> None:
    assert save_slot(tmp_path, SLOT).name == "0.toml"
    assert (given_slots(tmp_path), taken_slots(tmp_path)) == ({0: SLOT}, {})
    assert "agency" not in (tmp_path / "alert-codes" / "0.toml").read_text("utf-8")


def test_two_agencies_may_give_the_same_slot(tmp_path: Path) -> None:
    taken = {agency: replace(SLOT, agency=agency) for agency in ("hk-police", "macau-pj")}
    assert [save_slot(tmp_path, slot).name for slot in taken.values()] == ["hk-police.0.toml", "macau-pj.0.toml"]
    assert (given_slots(tmp_path), taken_slots(tmp_path)) == ({}, taken)
    with pytest.raises(FileExistsError):
        save_slot(tmp_path, taken["macau-pj"])


def test_a_file_of_another_agencys_name_is_refused(tmp_path: Path) -> None:
    made_file = save_slot(tmp_path, replace(SLOT, agency="macau-pj"))
    for name in ("hk-police.0.toml", "0.toml"):
        made_file = made_file.rename(made_file.with_name(name))
        with pytest.raises(Refused, match=r"Did you mean 'macau-pj\.0\.toml'"):
            taken_slots(tmp_path)


def test_a_slot_is_read_as_the_agency_printed_it() -> None:
    assert read_slot(f"12:{KEY}\n") == (12, bytes(32))


@pytest.mark.parametrize(
    "text", ["", "12", f"x:{KEY}", f"1024:{KEY}", f"-1:{KEY}", f"{KEY}:12", f"1:{KEY[:-4]}", "1:%"]
)
def test_what_is_no_slot_is_refused_without_repeating_the_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"SLOT:KEY|no key of 32 bytes") as caught:
        read_slot(text)
    assert KEY[:20] not in str(caught.value)
