"""`breather peer add`, `identity show`, `alert-slot take` and `officer-key create`, as an operator types them."""

import base64
from pathlib import Path

import pytest
from typer.testing import CliRunner

from breather import cli
from breather.clock import SystemClock
from breather.couriers.peer_address import DeliverTo
from breather.protocol.alert_slot import taken_slots
from breather.protocol.identity_folder import FOLDER, KEY_LIST, create_identity, load_identity
from breather.protocol.peer_folder import load_peers
from breather.protocol.trust import Role

SLOT = f"3:{base64.b64encode(b'k' * 32).decode()}"
URL = "http://127.0.0.1:8090"


class Operator:
    """Of an exchange and an agency on one machine."""

    def __init__(self, folder: Path) -> None:
        self.keys, self.agency_keys = folder / "exchange-keys", folder / "agency-keys"
        self.environment = {
            "BREATHER_DATABASE": f"sqlite:///{folder / 'exchange.db'}",
            "BREATHER_KEYS": str(self.keys),
            "BREATHER_VASP": "demo-exchange",
            "BREATHER_AGENCY_DATABASE": f"sqlite:///{folder / 'agency.db'}",
            "BREATHER_AGENCY_KEYS": str(self.agency_keys),
            "BREATHER_AGENCY_ORGANISATION": "macau-pj",
        }
        self.run("identity", "create")
        self.run("identity", "create", "--service", "agency")

    def run(self, *words: str, fails: bool = False) -> str:
        done = CliRunner().invoke(cli.app, list(words), env=self.environment)
        assert (done.exit_code != 0) is fails, done.output
        return done.output

    def add(self, *more: str, fails: bool = False) -> str:
        fingerprint = load_identity(self.agency_keys).fingerprint
        place = str(self.agency_keys / FOLDER / KEY_LIST)
        return self.run("peer", "add", "macau-pj", place, "--fingerprint", fingerprint, *more, fails=fails)

    def courier(self) -> DeliverTo | None:
        return load_peers(self.keys)["macau-pj"].courier


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def test_the_address_is_pinned_and_kept_until_another_is_given(operator: Operator) -> None:
    operator.add()
    assert operator.courier() is None
    assert URL in operator.add("--deliver-to", URL, "--allow-loopback")
    assert operator.courier() == DeliverTo(URL, allow_loopback=True)
    operator.add()
    assert operator.courier() == DeliverTo(URL, allow_loopback=True), "adding it again takes a newer key list only"
    operator.add("--deliver-to", "https://relay.police.example")
    assert operator.courier() == DeliverTo("https://relay.police.example")


def test_an_address_that_is_none_is_refused_and_pins_nothing(operator: Operator) -> None:
    assert "must be an address" in operator.add("--deliver-to", "relay.police.example", fails=True)
    assert "goes with --deliver-to" in operator.add("--allow-loopback", fails=True)
    assert load_peers(operator.keys) == {}


def test_an_option_of_the_other_side_is_refused_and_pins_nothing(operator: Operator) -> None:
    assert "--terms: is for an agency" in operator.add("--terms", "terms.toml", fails=True)
    assert "--deliver-to: is for an exchange" in operator.add("--deliver-to", URL, "--service", "agency", fails=True)
    assert load_peers(operator.keys) == load_peers(operator.agency_keys) == {}


def test_a_wrong_fingerprint_is_not_answered_with_the_right_one(operator: Operator) -> None:
    """Whoever reads it there copies it, and has telephoned nobody."""
    right, wrong = (load_identity(keys).fingerprint for keys in (operator.agency_keys, operator.keys))
    place = str(operator.agency_keys / FOLDER / KEY_LIST)
    said = operator.run("peer", "add", "macau-pj", place, "--fingerprint", wrong, fails=True)
    assert "another fingerprint than the pinned one" in said
    assert "by telephone with macau-pj" in said
    groups = [right[start : start + 4] for start in range(0, 64, 4)]
    assert " ".join(groups[:2]) not in said
    assert right[:8] not in said
    assert load_peers(operator.keys) == {}


def test_a_peer_is_another_organisation(operator: Operator) -> None:
    own = load_identity(operator.keys)
    place = str(operator.keys / FOLDER / KEY_LIST)
    said = operator.run("peer", "add", "demo-exchange", place, "--fingerprint", own.fingerprint, fails=True)
    assert "NAME: is this service's own organisation" in said
    assert load_peers(operator.keys) == {}


def test_the_key_list_of_an_exchange_makes_no_agency(operator: Operator, tmp_path: Path) -> None:
    other = create_identity(tmp_path / "other", "other-exchange", Role.EXCHANGE, "test", SystemClock().now())
    place = str(tmp_path / "other" / FOLDER / KEY_LIST)
    said = operator.run("peer", "add", "other-exchange", place, "--fingerprint", other.fingerprint, fails=True)
    assert "the key list of other-exchange is not an agency's" in said
    assert "no key for receipts that is good now; it has keys for: messages" in said
    assert "no key for feeds that is good now" in said
    assert load_peers(operator.keys) == {}


def test_an_officers_key_is_made_and_listed(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "officer.key"
    public = operator.run("officer-key", "create", str(file)).splitlines()[0]
    assert "sealing" in operator.run("identity", "seal-to", public)
    assert "refused: " in operator.run("officer-key", "create", str(file), fails=True)


def test_identity_show_prints_what_the_other_side_needs(operator: Operator) -> None:
    shown = " ".join(operator.run("identity", "show").split())
    fingerprint = load_identity(operator.keys).fingerprint
    assert fingerprint[:4] in shown
    assert fingerprint in shown.replace(" ", "")
    assert str(operator.keys / FOLDER / KEY_LIST) in shown.replace(" ", "")


def test_a_slot_is_taken_once_from_an_agency_that_is_pinned(operator: Operator) -> None:
    assert "no agency 'macau-pj' is pinned" in operator.run(
        "alert-slot", "take", SLOT, "--agency", "macau-pj", fails=True
    )
    operator.add()
    assert "did you mean 'macau-pj'" in operator.run("alert-slot", "take", SLOT, "--agency", "macau-pi", fails=True)
    operator.run("alert-slot", "take", SLOT, "--agency", "macau-pj")
    (slot,) = taken_slots(operator.keys).values()
    assert (slot.number, slot.exchange, slot.agency, slot.key) == (3, "demo-exchange", "macau-pj", b"k" * 32)
    operator.run("alert-slot", "take", SLOT, "--agency", "macau-pj", fails=True)
