"""Who agreed to be named: sealed by the exchange for officers alone, once, and nothing of it on its pages or disks."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bech32 import bech32_decode, convertbits
from pyrage import x25519

from breather.client.instant import format_instant
from breather.demo.site import catch_up
from breather.protocol.sealing import Binding, open_subject
from tests.integration.client.fake_service import FakeBreather, Kept, Refused, serving
from tests.integration.demo.browser import Browser, World

REFERRAL = "ref_01m81dm8s0c6893mxyp2mq14at"
BINDING = Binding("test", "demo-exchange", "macau-pj", REFERRAL)


class ConsentingBreather(FakeBreather):
    """The fake, whose customers may agree to be named. `taken`: subjects by referral; `loses` answers after taking."""

    def __init__(self) -> None:
        super().__init__()
        self.officer = x25519.Identity.generate()
        self.consented: set[str] = set()
        self.taken: dict[str, dict[str, Any]] = {}
        self.revoked = False
        self.loses = 0

    def agree(self, withdrawal: str) -> None:
        self.consented.add(withdrawal)
        self._touch(self.withdrawals[withdrawal])

    def answer(self, method: str, target: str, body: Any) -> tuple[int, Any]:
        if not target.endswith("/subject"):
            return super().answer(method, target, body)
        self.requests.append((method, target, body))
        if self.broken:
            raise Refused(503, "no-decision")
        if self.revoked:
            raise Refused(409, "no-consent")
        self.taken[body["referral"]] = body
        if self.loses:
            self.loses -= 1
            raise Refused(503, "no-decision")
        return 201, self._view(self.withdrawals[target.split("/")[3]])

    def _view(self, kept: Kept) -> dict[str, Any]:
        agreed = kept.body["id"] in self.consented
        wanted = {
            "referral": REFERRAL,
            "mode": "test",
            "sender": "demo-exchange",
            "recipient": "macau-pj",
            "keys": dict([self._key()]),
            "consented_at": format_instant(self.now),
        }
        return {
            **super()._view(kept),
            "consented_at": format_instant(self.now) if agreed else None,
            "subject_wanted": wanted if agreed and not self.taken else None,
        }

    def _key(self) -> tuple[str, str]:
        raw = bytes(convertbits(bech32_decode(str(self.officer.to_public()))[1] or [], 5, 8, False) or [])
        return hashlib.sha256(raw).hexdigest()[:16], base64.b64encode(raw).decode()


class ConsentingWorld(World):
    fake: ConsentingBreather

    def round(self) -> None:
        """What the site does every two seconds, whether or not somebody looks."""
        catch_up(self.site.state.site)

    def sent(self) -> list[dict[str, Any]]:
        return [body for _, target, body in self.fake.requests if target.endswith("/subject")]

    def waiting(self) -> int:
        """How many are consented to and not asked about, or sealed and not sent."""
        with self.books.reading() as page:
            return len(page.all("all_consented")) + len(page.all("open_subjects"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ConsentingWorld]:
    fake = ConsentingBreather()
    with serving(fake) as url:
        made = ConsentingWorld(fake, url, tmp_path / "demo.db")
        with made.breather:
            yield made


@pytest.fixture
def withdrawal(world: ConsentingWorld) -> str:
    browser = Browser(world.site)
    browser.sign_in("c-mei")
    return browser.withdraw()


def test_who_she_is_is_sealed_for_the_officers_and_says_that_she_is_invented(
    world: ConsentingWorld, withdrawal: str
) -> None:
    world.fake.agree(withdrawal)
    world.round()
    (sent,) = world.sent()
    assert (sent["id"], sent["referral"]) == (f"subject-{REFERRAL}", REFERRAL)
    subject = open_subject(base64.b64decode(sent["ciphertext"]), str(world.fake.officer), BINDING)
    assert subject.name == "阿美 Mei (invented)"
    assert (subject.telephone, subject.mail) == ("+853 0000 0001", "mei@customer.example")
    assert subject.reference == withdrawal
    world.round()
    assert len(world.sent()) == 1
    assert world.waiting() == 0


def test_who_did_not_agree_is_not_even_asked_about(world: ConsentingWorld, withdrawal: str) -> None:
    world.round()
    asked = [target for method, target, _ in world.fake.requests if method == "GET" and target.endswith(withdrawal)]
    assert asked == []
    assert world.sent() == []


def test_while_breather_is_away_the_sealed_bytes_are_kept_and_sent_after_a_restart(
    world: ConsentingWorld, withdrawal: str
) -> None:
    """An answer may be lost after it was taken: sealed anew, it would be another subject."""
    world.fake.agree(withdrawal)
    world.fake.loses = 2
    world.round()
    world.round()
    restarted = ConsentingWorld(world.fake, world.url, world.path)
    restarted.round()
    restarted.round()
    restarted.breather.close()
    first, *again = world.sent()
    assert again == [first, first]
    assert restarted.waiting() == 0


def test_what_was_not_asked_about_is_asked_about_again(world: ConsentingWorld, withdrawal: str) -> None:
    world.fake.agree(withdrawal)
    with world.books.writing() as page:
        page.run("add_consented", withdrawal=withdrawal)
    world.fake.broken = True
    world.round()
    assert world.waiting() == 1
    world.fake.broken = False
    world.round()
    assert len(world.sent()) == 1
    assert world.waiting() == 0


def test_a_consent_taken_back_meanwhile_ends_it(world: ConsentingWorld, withdrawal: str) -> None:
    world.fake.agree(withdrawal)
    world.fake.revoked = True
    world.round()
    world.round()
    assert len(world.sent()) == 1
    assert world.waiting() == 0


def test_neither_page_nor_books_know_of_it(world: ConsentingWorld, withdrawal: str, tmp_path: Path) -> None:
    browser = Browser(world.site)
    browser.sign_in("c-mei")
    before = browser.get(f"/withdrawals/{withdrawal}").text
    world.fake.agree(withdrawal)
    world.round()
    assert world.sent()
    assert browser.get(f"/withdrawals/{withdrawal}").text == before
    for file in tmp_path.glob("demo.db*"):
        kept = file.read_bytes()
        for plain in (b"+853 0000 0001", b"customer.example", b"(invented)"):
            assert plain not in kept, file.name
