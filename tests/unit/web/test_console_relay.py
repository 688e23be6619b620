"""The relay on the console: what waits, what died and can be replayed, what came back; and whose console it is."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from breather.domain.event import EventKind
from breather.domain.instant import MINUTE, Millis
from breather.exchange.link import digest
from breather.exchange.relay import Refused
from breather.storage.exchange.referrals import Delivery
from breather.web.exchange.console_pages import render_relay, render_withdrawal
from breather.web.exchange.console_relay import referral_line, relay_view
from tests import console_rows as stored
from tests import console_views as views
from tests.served_world import ServedWorld, served_world
from tests.unit.exchange.world import asked_for, event

SESSION = "a-session-of-the-console"


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


# The page


def test_it_says_what_is_promised_what_waits_and_why() -> None:
    said = text_of(render_relay(views.relay()))
    assert "2 pending 1,411 receipted 2 dead" in said
    assert "has waited for 1 h 35 min" in said
    assert "1 of the dead was not sent because the customer took her consent back" in said
    assert "macau-pj: the last attempt failed. unreachable: the connection was refused 2 waiting" in said


def test_a_dead_letter_has_a_button_and_what_it_died_of() -> None:
    page = render_relay(views.relay())
    assert "refused: wrong-recipient" in page
    assert re.findall(r'action="(/console/relay/[^"]+)"', page) == [f"/console/relay/{stored.DEAD.id}/replay"]
    assert page.count('name="csrf" value="csrf-value"') == 2
    assert f'href="/console/withdrawals/{stored.DEAD.withdrawal}"' in page


def test_without_dead_letters_there_is_nothing_to_press_but_logging_out() -> None:
    page = render_relay(views.relay(dead=()))
    assert re.findall(r'<form method="post" action="([^"]+)"', page) == ["/console/logout"]
    assert "Dead letters none" in text_of(page)


def test_a_consent_taken_back_is_never_replayed() -> None:
    assert not referral_line(stored.TAKEN_BACK).replayable
    assert referral_line(stored.DEAD).replayable
    assert not referral_line(stored.WAITING).replayable


@pytest.mark.parametrize(
    ("ago", "problem", "says"),
    [
        (MINUTE, None, "in step"),
        (MINUTE + 1, None, "late"),
        (0, "altered: not what was signed", "failing"),
        (None, None, "late"),
    ],
)
def test_a_stream_is_in_step_failing_or_late(ago: int | None, problem: str | None, says: str) -> None:
    pulled = None if ago is None else Millis(stored.NOW - ago)
    stream = replace(stored.RELAY.streams[1], pulled_at=pulled, problem=problem)
    said = text_of(render_relay(views.relay(replace(stored.RELAY, streams=(stream,)))))
    assert f"macau-pj {says}" in said
    assert (problem or "") in said


def test_what_was_set_aside_names_the_change() -> None:
    said = text_of(render_relay(views.relay()))
    assert "macau-pj change 204 disposition unknown-referral" in said
    none = replace(stored.RELAY, set_aside=(), set_aside_count=0)
    assert "Set aside" not in text_of(render_relay(views.relay(none)))


def test_an_empty_relay_is_said_to_be_empty() -> None:
    empty = replace(
        stored.RELAY,
        counts=dict.fromkeys(Delivery, 0),
        oldest_pending=None,
        waiting={},
        failures={},
        dead=0,
        streams=(),
        set_aside=(),
        set_aside_count=0,
    )
    said = text_of(render_relay(relay_view(views.FRAME, empty, ())))
    assert "0 pending 0 receipted 0 dead" in said
    assert "waited" not in said


def test_a_withdrawal_shows_each_referral_with_its_finding() -> None:
    said = text_of(render_withdrawal(views.referred()))
    assert "She agreed to be named 22 Nov 2026 10:33:05 , text consent.zh-Hant.1" in said
    assert "pseudonymous to macau-pj receipted" in said
    assert "Disposition confirmed scam" in said
    assert "identified to macau-pj pending" in said
    assert "Failed 3 times" in said
    assert "Next attempt 22 Nov 2026 10:45:05 in 2 min" in said
    assert "Problem refused: wrong-recipient" in said
    assert "Referrals" not in text_of(render_withdrawal(views.withdrawal()))


@pytest.mark.parametrize("word", ["problem", "addressee", "disposition"])
def test_words_from_outside_are_only_ever_text(word: str) -> None:
    hostile: dict[str, Any] = {word: "<script>alert(1)</script>\"'&"}
    dead = replace(stored.DEAD, **hostile)
    for page in (render_relay(views.relay(dead=(dead,))), render_withdrawal(views.withdrawal(referrals=(dead,)))):
        assert "<script" not in page


# Over HTTP


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedWorld]:
    """Somebody is logged in, and the agency has refused the one referral that was promised."""
    with served_world(tmp_path) as found:
        world = found.world
        world.relay()
        world.assess(asked_for("w1", 5000))
        world.respond("w1", event(EventKind.HELP, "h"))
        found.deliver(Refused("refused: wrong-recipient"))
        log_in(found)
        yield found


def log_in(served: ServedWorld) -> None:
    world = served.world
    world.write(
        lambda tx: tx.run(
            "insert_console_session", hash=digest(SESSION), created_at=tx.now, expires_at=tx.now + 60 * MINUTE
        )
    )
    served.ask("GET", "/console/login")
    (door,) = served.cookies
    served.cookies[door.replace("door", "console")] = SESSION


def button(page: str) -> tuple[str, str]:
    found = re.search(r'action="(/console/relay/[^"]+)"><input type="hidden" name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1], found[2]


def test_a_dead_letter_is_replayed_once_and_the_journal_says_by_whom(served: ServedWorld) -> None:
    action, csrf = button(served.ask("GET", "/console/relay").text)
    for _ in range(2):
        assert served.ask("POST", action, data={"csrf": csrf}).headers["location"] == "/console/relay"
    (row,) = served.world.referrals("w1")
    assert row.delivery is Delivery.PENDING
    assert "1 ● pending".replace("● ", "") in text_of(served.ask("GET", "/console/relay").text)
    page = text_of(served.ask("GET", "/console/withdrawals/w1").text)
    assert page.count("replayed by console") == 1
    for entry in ("referred by", "dead-letter by relay"):
        assert entry in page


def test_neither_a_stranger_nor_a_form_from_elsewhere_replays(served: ServedWorld) -> None:
    action, csrf = button(served.ask("GET", "/console/relay").text)
    served.ask("POST", action, data={"csrf": "guessed"})
    kept, served.cookies = served.cookies, {}
    served.ask("POST", action, data={"csrf": csrf})
    assert served.ask("GET", "/console/relay").headers["location"] == "/console/login"
    served.cookies = kept
    served.world.wait(60 * MINUTE)
    served.ask("POST", action, data={"csrf": csrf})
    (row,) = served.world.referrals("w1")
    assert row.delivery is Delivery.DEAD


@pytest.mark.parametrize("name", ["nobody", "%00", "ref_01m81dm8s0c6893mxyp2mq14at"])
def test_what_is_no_dead_letter_is_left_alone(served: ServedWorld, name: str) -> None:
    _, csrf = button(served.ask("GET", "/console/relay").text)
    assert served.ask("POST", f"/console/relay/{name}/replay", data={"csrf": csrf}).status_code == 303


def test_two_exchanges_on_one_host_keep_their_consoles_apart(served: ServedWorld, tmp_path: Path) -> None:
    """Cookies ignore ports: under one name, logging in to one would log out of the other."""
    with served_world(tmp_path / "other", vasp="vasp-2") as other:
        other.ask("GET", "/console/login")
        assert not other.cookies.keys() & served.cookies.keys()
        assert all(re.fullmatch(r"breather-exchange-(door|console)-[0-9a-f]{8}", name) for name in served.cookies)
