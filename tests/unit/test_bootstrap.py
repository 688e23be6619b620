"""One database is one VASP in one mode; and the keys and peers that a campaign needs are there, or it says so."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from breather.bootstrap import exchange_database, running_exchange
from breather.domain.finding import Refused
from breather.domain.instant import Millis, parse_instant
from breather.exchange.snapshot import Identity
from breather.operate import activate_campaign, create_signing_keys
from breather.protocol.alert_slot import AlertSlot, save_slot
from breather.protocol.peer_folder import PinnedPeer, pin_peer
from breather.protocol.signed_list import SignedKeyList
from breather.samples import sample_campaign, sample_relay
from breather.settings import Settings
from breather.storage.failure import WrongDatabase
from tests.unit.protocol.samples import AGENCY, EXCHANGE, key_list, pinned, signed_list


class StandingClock:
    def now(self) -> Millis:
        return parse_instant("2026-11-22T10:43:00Z")

    def suspect(self) -> bool:
        return False


def settings(folder: Path) -> Settings:
    return Settings(database=f"sqlite:///{folder / 'exchange.db'}", keys=folder / "keys", vasp="vasp-1")


@pytest.mark.parametrize("other", [{"mode": "live", "public_url": "https://breather.example"}, {"vasp": "vasp-2"}])
def test_another_mode_or_vasp_does_not_open_the_database(tmp_path: Path, other: dict[str, Any]) -> None:
    exchange_database(settings(tmp_path), StandingClock()).close()
    with pytest.raises(WrongDatabase, match="belongs to 'exchange of vasp-1, test'"):
        exchange_database(replace(settings(tmp_path), **other), StandingClock())


def test_looking_at_a_database_does_not_make_one(tmp_path: Path) -> None:
    with pytest.raises(WrongDatabase):
        exchange_database(settings(tmp_path), StandingClock(), creates=False)


def with_second_key_version(folder: Path) -> Path:
    """The sample campaign's next version, keyed with version 2."""
    copy = folder / "campaign"
    copy.mkdir()
    for file in sample_campaign("macau-pj-trial").iterdir():
        text = file.read_text("utf-8").replace("key_version = 1", "key_version = 2")
        (copy / file.name).write_text(text.replace("\nversion = 1", "\nversion = 2"), "utf-8")
    return copy


def test_a_key_made_later_is_known_when_a_campaign_needs_it(tmp_path: Path) -> None:
    own = settings(tmp_path)
    create_signing_keys(own)
    activate_campaign(own, StandingClock(), sample_campaign("macau-pj-trial"), None)
    exchange = running_exchange(own, StandingClock())
    try:
        first = own.keys / "assignment-1.secret"
        (own.keys / "assignment-2.secret").write_bytes(first.read_bytes())
        activate_campaign(own, StandingClock(), with_second_key_version(tmp_path), None)
        assert exchange.refresh()
        assert set(exchange.identity.assignment_keys) == {1, 2}
    finally:
        exchange.close()


def test_a_snapshot_whose_key_is_missing_is_not_taken(tmp_path: Path) -> None:
    own = settings(tmp_path)
    create_signing_keys(own)
    activate_campaign(own, StandingClock(), sample_campaign("macau-pj-trial"), None)
    exchange = running_exchange(own, StandingClock())
    before = exchange.snapshot
    try:
        second = own.keys / "assignment-2.secret"
        second.write_bytes((own.keys / "assignment-1.secret").read_bytes())
        activate_campaign(own, StandingClock(), with_second_key_version(tmp_path), None)
        second.unlink()
        with pytest.raises(LookupError, match=r"assignment-2\.secret"):
            exchange.refresh()
        assert exchange.snapshot is before
    finally:
        exchange.close()


def test_without_its_key_the_service_does_not_start(tmp_path: Path) -> None:
    own = settings(tmp_path)
    create_signing_keys(own)
    activate_campaign(own, StandingClock(), sample_campaign("macau-pj-trial"), None)
    (own.keys / "assignment-1.secret").unlink()
    with pytest.raises(LookupError, match=r"assignment-1\.secret"):
        running_exchange(own, StandingClock())


def with_relay(folder: Path) -> Path:
    """The sample campaign with the relay terms of the demonstration."""
    copy = folder / "relayed"
    copy.mkdir()
    for file in sample_campaign("macau-pj-trial").iterdir():
        more = sample_relay("macau-pj-demo") if file.name == "campaign.toml" else ""
        (copy / file.name).write_text(file.read_text("utf-8") + more, "utf-8")
    return copy


def pin_agency(keys: Path) -> None:
    pin_peer(keys, PinnedPeer(pinned(AGENCY)), SignedKeyList(*signed_list(key_list(AGENCY))), StandingClock().now())


def test_terms_are_activated_only_for_an_agency_that_is_pinned(tmp_path: Path) -> None:
    own = settings(tmp_path)
    create_signing_keys(own)
    folder = with_relay(tmp_path)
    with pytest.raises(Refused, match="breather peer add macau-pj"):
        activate_campaign(own, StandingClock(), folder, None)
    pin_agency(own.keys)
    candidate, _ = activate_campaign(own, StandingClock(), folder, None)
    assert candidate.campaign.relay is not None


def test_peers_and_the_newest_slot_of_each_agency_are_read_with_every_snapshot(tmp_path: Path) -> None:
    own = settings(tmp_path)
    create_signing_keys(own)
    exchange = running_exchange(own, StandingClock())
    try:
        assert not exchange.identity.agencies
        pin_agency(own.keys)
        for number in (10, 9):
            save_slot(own.keys, AlertSlot(number, "vasp-1", "VASP", bytes([number]) * 32, {}, AGENCY))
        save_slot(own.keys, AlertSlot(11, "vasp-1", "VASP", bytes(32), {}))  # given by nobody that is known
        activate_campaign(own, StandingClock(), sample_campaign("macau-pj-trial"), None)
        assert exchange.refresh()
        assert exchange.identity.agencies == {AGENCY}
        assert {name: slot.number for name, slot in exchange.identity.slots.items()} == {AGENCY: 10}
    finally:
        exchange.close()


def test_an_agency_of_the_other_mode_is_none_to_send_to() -> None:
    peers = {AGENCY: PinnedPeer(pinned(AGENCY)), EXCHANGE: PinnedPeer(pinned(EXCHANGE))}
    assert Identity("vasp-1", "test", {}, peers).agencies == {AGENCY}
    assert not Identity("vasp-1", "live", {}, peers).agencies
