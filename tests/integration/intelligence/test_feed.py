"""An agency's feed: taken if it signed exactly this and it is newer than the last; refused by name, nothing changed."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from breather import cli, intel_commands
from breather.domain.instant import Millis
from breather.protocol.envelope import EVERYONE, Envelope, MessageType
from breather.protocol.feed import join_feed, write_feed
from breather.protocol.key_list import Purpose
from breather.protocol.message import sign_message
from breather.protocol.peer_folder import PinnedPeer, pin_peer
from breather.protocol.signed_list import SignedKeyList
from tests.lists import addresses_text, eth, tron, written
from tests.unit.protocol import samples
from tests.unit.protocol.samples import AGENCY, EXCHANGE, NOW


class Fixed:
    def now(self) -> Millis:
        return NOW

    def suspect(self) -> bool:
        return False


class Operator:
    """At an exchange that has pinned the agency."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "BREATHER_DATABASE": f"sqlite:///{folder / 'exchange.db'}",
            "BREATHER_INTELLIGENCE": str(folder / "lists"),
            "BREATHER_KEYS": str(folder / "keys"),
            "COLUMNS": "200",
        }
        signed = SignedKeyList(*samples.signed_list(samples.key_list(AGENCY)))
        pin_peer(folder / "keys", PinnedPeer(samples.pinned(AGENCY)), signed, NOW)

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli.app, ["intel", *arguments], env=self.environment)

    def take(self, content: bytes, source: str = AGENCY, *more: str) -> Result:
        path = written(self.folder, "agency.feed", content)
        return self.run("import", "feed", str(path), "--source", source, *more)

    def listed(self, address: str) -> bool:
        return self.run("explain", address).exit_code == 0


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    monkeypatch.setattr(intel_commands, "SystemClock", Fixed)
    return Operator(tmp_path)


def entries(numbers: Iterable[int], **more: object) -> bytes:
    dates = {"confirmed_at": "2026-11-20T02:00:00Z", "expires_at": "2027-05-20T02:00:00Z"}
    lines = [{"network": "TRON", "address": tron(number), "typology": "investment", **dates} for number in numbers]
    return b"".join(json.dumps({**line, **more}).encode() + b"\n" for line in lines)


HEAD = replace(samples.envelope(MessageType.FEED), recipient=EVERYONE)


def feed(number: int, lines: bytes, head: Envelope = HEAD, purpose: Purpose = Purpose.FEEDS) -> bytes:
    about = replace(head, sequence=number)
    body = write_feed(about, hashlib.sha256(lines).hexdigest(), NOW)
    key = samples.private(about.sender, purpose)
    return join_feed(sign_message(key, about, body, NOW), body, lines)


def test_a_confirmed_address_is_found_with_the_agency_s_name_until_the_next_feed_leaves_it_out(
    operator: Operator,
) -> None:
    assert "2 entries in force, of 2026-11-22" in operator.take(feed(3, entries([1, 2]))).stdout
    said = operator.run("explain", tron(1)).stdout
    assert AGENCY in said
    assert "scam, investment" in said
    assert "confirmed by the agency" in said
    assert "until 2027-05-20" in said
    assert "removed 1" in operator.take(feed(4, entries([2, 5]))).stdout
    assert [operator.listed(tron(number)) for number in (1, 2, 5)] == [False, True, True]


def test_what_the_agency_withdraws_counts_no_more_and_a_bad_entry_costs_itself(operator: Operator) -> None:
    lines = entries([1]) + entries([2], withdrawn=True) + entries([3], expires_at="soon") + b'{"network":"TRON"}\n'
    said = operator.take(feed(1, lines + entries([4], address=eth(4)))).stdout
    assert "1 entries in force" in said
    assert "taken-back: 1" in said
    assert "unreadable: 2" in said
    assert "agency.feed:6" in said
    assert "other-network: 1" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (feed(8, entries([7])).replace(b'"sequence":8', b'"sequence":9'), "signature does not fit"),
        (feed(8, entries([7])).replace(tron(7).encode(), tron(8).encode()), "altered"),
        (feed(8, entries([7, 8]))[:-40], "altered or cut off"),
        (feed(8, entries([7])).partition(b"\n")[2], "must begin with the line 'breather-feed-signature"),
        (feed(8, entries([7]), purpose=Purpose.MESSAGES), "key"),
        (feed(8, entries([7]), replace(HEAD, sender=EXCHANGE)), "No peer 'demo-exchange' is pinned here"),
        (feed(8, entries([7]), replace(HEAD, mode="live")), "live message, and this service is in test mode"),
        (feed(8, entries([7]), replace(HEAD, recipient=EXCHANGE)), "This is for demo-exchange"),
        (b"", "must begin with"),
        (b"\xff\xfe" * 900_000, "must begin with"),
        (feed(2, entries([7])), "is number 2, and number 3 was in force already"),
        (feed(3, entries([7])), "is number 3, and another feed of that number was in force already"),
    ],
    ids=[
        "altered-number",
        "altered-entries",
        "cut-off",
        "unsigned",
        "another-key",
        "not-pinned",
        "live",
        "for-another",
        "empty",
        "noise",
        "older",
        "same-number",
    ],
)
def test_what_the_agency_did_not_sign_or_has_replaced_is_refused_by_name(
    operator: Operator, content: bytes, said: str
) -> None:
    assert operator.take(feed(3, entries([1]))).exit_code == 0
    refused = operator.take(content, AGENCY, "--accept", "older", "--accept", "size")
    assert refused.exit_code in (1, 2)
    assert isinstance(refused.exception, SystemExit), refused.exception
    assert said in refused.stderr
    assert [operator.listed(tron(number)) for number in (1, 7)] == [True, False], "what was in force is"


def test_a_number_that_was_in_force_is_not_forgotten_with_its_list(operator: Operator) -> None:
    newest = feed(3, entries([1]))
    assert operator.take(newest).exit_code == 0
    assert operator.run("drop", AGENCY).exit_code == 0
    assert "number 3 was in force" in operator.take(feed(2, entries([7]))).stderr
    assert operator.take(newest).exit_code == 0
    assert operator.take(newest).stdout.startswith(f"{AGENCY}: nothing changed")


def test_a_feed_is_imported_under_the_name_of_the_agency(operator: Operator) -> None:
    assert "no agency 'macau-pi' is pinned here; did you mean 'macau-pj'?" in operator.take(b"", "macau-pi").stderr
    path = str(written(operator.folder, "a.feed", feed(1, entries([1]))))
    assert "a feed is one file" in operator.run("import", "feed", path, path, "--source", AGENCY).stderr
    sanctions = written(operator.folder, "sanctioned_addresses_ETH.txt", addresses_text([1]))
    assert operator.run("import", "feed", str(sanctions), "--source", AGENCY).exit_code == 2
    said = operator.run("import", "jsonl", path, "--source", AGENCY, "--map", "address=address").stderr
    assert "does not look like jsonl, but like feed" in said
