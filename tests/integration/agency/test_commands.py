"""From an empty folder to two services that believe each other, by the commands alone."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from breather.domain.alert_code import KEY_BYTES
from breather.protocol.alert_slot import given_slots
from breather.protocol.identity_folder import FOLDER, KEY_LIST, load_identity
from breather.protocol.key_list import Purpose
from breather.protocol.peer_folder import load_peers
from tests.agency_process import AgencyProcess
from tests.sending_exchange import TERMS
from tests.tidy.source import ROOT

RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"


class Terminal:
    """`breather` with the settings of both services in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        outside = {name: value for name, value in os.environ.items() if not name.startswith("BREATHER_")}
        self.environment = {
            **outside,
            "BREATHER_DATABASE": f"sqlite:///{folder / 'exchange.db'}",
            "BREATHER_KEYS": str(folder / "exchange-keys"),
            "BREATHER_VASP": "demo-exchange",
            "BREATHER_AGENCY_DATABASE": f"sqlite:///{folder / 'agency.db'}",
            "BREATHER_AGENCY_KEYS": str(folder / "agency-keys"),
            "BREATHER_AGENCY_ORGANISATION": "macau-pj",
            "PYTHONPATH": str(ROOT / "src"),
        }

    def run(self, *words: str, typed: str = "", fails: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "breather", *words],
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=self.folder,
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done.stderr if fails else done.stdout

    def keys(self, service: str) -> Path:
        return self.folder / f"{service}-keys"

    def fingerprint(self, service: str) -> str:
        return load_identity(self.keys(service)).fingerprint


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    found = Terminal(tmp_path_factory.mktemp("terminal"))
    for service in ("agency", "exchange"):
        shown = found.run("identity", "create", "--service", service)
        assert re.search(r"fingerprint ([0-9a-f]{4} ){15}[0-9a-f]{4}", shown)
    return found


def test_two_services_pin_each_other(terminal: Terminal) -> None:
    (terminal.folder / "terms.toml").write_text(TERMS, "utf-8")
    for service, peer, terms in (
        ("agency", "exchange", ["--terms", str(terminal.folder / "terms.toml")]),
        ("exchange", "agency", []),
    ):
        name = load_identity(terminal.keys(peer)).organisation
        place = str(terminal.keys(peer) / FOLDER / KEY_LIST)
        print_ = terminal.fingerprint(peer).upper()
        said = terminal.run("peer", "add", name, place, "--fingerprint", print_, "--service", service, *terms)
        assert f"{name} is pinned as {peer}" in said
    assert load_peers(terminal.keys("agency"))["demo-exchange"].terms.fields
    assert load_peers(terminal.keys("exchange"))["macau-pj"].peer.fingerprint == terminal.fingerprint("agency")


def test_another_fingerprint_is_refused_and_pins_nobody(terminal: Terminal, tmp_path: Path) -> None:
    place = str(terminal.keys("exchange") / FOLDER / KEY_LIST)
    wrong = terminal.fingerprint("agency")
    said = terminal.run(
        "peer", "add", "demo-exchange", place, "--fingerprint", wrong, "--service", "agency", fails=True
    )
    assert said.startswith("refused: ")
    assert "pinned" in said


def test_a_key_list_can_be_fetched_from_the_service(terminal: Terminal, service: AgencyProcess) -> None:
    print_ = load_identity(service.settings.keys).fingerprint

    def add(name: str, url: str, *more: str) -> str:
        return terminal.run("peer", "add", name, url, "--fingerprint", print_, *more, fails=True)

    said = add("macau-pj-north", f"{service.url}/v1/key-list", "--allow-loopback")
    assert "wanted is macau-pj-north's" in said, "the list is there, verified, and of another organisation"
    assert "wanted is macau-pj-north's" in add("macau-pj-north", service.url, "--allow-loopback"), "at its usual path"
    assert "answered 404 instead of a key list" in add("x", f"{service.url}/nothing", "--allow-loopback")
    assert "cannot be reached" in add("x", "http://127.0.0.1:9/", "--allow-loopback")


def test_a_key_list_is_fetched_only_where_referrals_may_go(terminal: Terminal, service: AgencyProcess) -> None:
    """The guard of the couriers, which has tests of its own."""
    print_ = load_identity(service.settings.keys).fingerprint

    def add(url: str, *more: str) -> str:
        return terminal.run("peer", "add", "macau-pj-north", url, "--fingerprint", print_, *more, fails=True)

    said = add(f"{service.url}/v1/key-list")
    assert "which is loopback" in said
    assert "--allow-loopback is for a trial on this machine" in said
    assert "which is link-local" in add("http://169.254.169.254/v1/key-list", "--allow-loopback")
    assert "KEY-LIST: must be an address" in add(f"{service.url}/v1/key-list?organisation=x", "--allow-loopback")


def test_in_live_mode_a_key_list_is_fetched_by_https(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    live = {"BREATHER_MODE": "live", "BREATHER_PUBLIC_URL": "https://breather.example"}
    for name, value in live.items():
        monkeypatch.setitem(terminal.environment, name, value)

    def add(url: str, *more: str) -> str:
        return terminal.run("peer", "add", "macau-pj-north", url, "--fingerprint", "0" * 64, *more, fails=True)

    assert "KEY-LIST: must be https in live mode" in add("http://relay.police.example/v1/key-list")
    assert "KEY-LIST: is for test mode only" in add("https://127.0.0.1/v1/key-list", "--allow-loopback")


def test_an_identity_is_made_once(terminal: Terminal) -> None:
    assert "has an identity already" in terminal.run("identity", "create", "--service", "agency", fails=True)


def test_a_name_that_no_peer_could_read_makes_no_identity(terminal: Terminal, tmp_path: Path) -> None:
    terminal.environment["BREATHER_AGENCY_KEYS"] = str(tmp_path / "keys")
    terminal.environment["BREATHER_AGENCY_ORGANISATION"] = "Macau PJ"
    try:
        said = terminal.run("identity", "create", "--service", "agency", fails=True)
    finally:
        terminal.environment["BREATHER_AGENCY_KEYS"] = str(terminal.folder / "agency-keys")
        terminal.environment["BREATHER_AGENCY_ORGANISATION"] = "macau-pj"
    assert "organisation" in said
    assert not (tmp_path / "keys").exists()


def test_an_officers_key_is_listed_and_taken_back(terminal: Terminal) -> None:
    terminal.run("identity", "seal-to", RECIPIENT)
    keys = load_identity(terminal.keys("agency")).keys
    [sealing] = [key for key in keys.keys if key.purpose is Purpose.SEALING]
    said = terminal.run("identity", "revoke", sealing.kid, "--because", "device lost", "--service", "agency")
    assert f"{sealing.kid}  sealing  revoked" in said
    assert load_identity(terminal.keys("agency")).keys.sequence == keys.sequence + 1
    assert "age-keygen" in terminal.run("identity", "seal-to", "age1nonsense", fails=True)
    assert "no key" in terminal.run("identity", "revoke", "0" * 16, "--because", "?", "--service", "agency", fails=True)


def test_a_list_is_renewed(terminal: Terminal) -> None:
    before = load_identity(terminal.keys("agency")).keys
    terminal.run("identity", "renew", "--service", "agency")
    after = load_identity(terminal.keys("agency")).keys
    assert (after.sequence, after.keys) == (before.sequence + 1, before.keys)


def test_a_slot_is_shown_once_and_kept(terminal: Terminal) -> None:
    shown = terminal.run("alert-slot", "create", "demo-exchange", "--name", "Demo Exchange").strip()
    number, _, key = shown.partition(":")
    slot = given_slots(terminal.keys("agency"))[int(number)]
    assert (slot.exchange, slot.name, len(slot.key)) == ("demo-exchange", "Demo Exchange", KEY_BYTES)
    assert slot.headings["en"] == "Judiciary Police reminder"
    assert len(key) == 44


def test_the_portals_password_is_set_from_standard_input(terminal: Terminal) -> None:
    assert "is set" in terminal.run("agency-password", "set", typed="a long enough password\n")
    assert "at least 15" in terminal.run("agency-password", "set", typed="short\n", fails=True)


def test_the_agency_does_not_start_without_an_identity(terminal: Terminal, tmp_path: Path) -> None:
    terminal.environment["BREATHER_AGENCY_KEYS"] = str(tmp_path)
    try:
        said = terminal.run("agency", "serve", fails=True)
    finally:
        terminal.environment["BREATHER_AGENCY_KEYS"] = str(terminal.folder / "agency-keys")
    assert "breather identity create --service agency" in said


def test_each_service_keeps_to_its_own_database(terminal: Terminal) -> None:
    terminal.environment["BREATHER_AGENCY_DATABASE"] = terminal.environment["BREATHER_DATABASE"]
    try:
        said = terminal.run("agency", "worker", fails=True)
    finally:
        terminal.environment["BREATHER_AGENCY_DATABASE"] = f"sqlite:///{terminal.folder / 'agency.db'}"
    assert re.search(r"belongs to 'exchange of [^']+', not to 'agency ", said)


def test_the_worker_puts_away_and_leaves_its_heartbeat(service: AgencyProcess) -> None:
    officer = service.officer("Chan")
    assert "The worker has never run" in officer.get("/portal/status").text
    worker = service.spawn("worker")
    try:
        service.until(lambda: "The worker has never run" not in officer.get("/portal/status").text)
    finally:
        worker.terminate()
        assert worker.wait(20) in (0, -15)
