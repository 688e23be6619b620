"""Stand-ins on the console: what met another decision, what was set aside, and that nothing of a customer is listed."""

import re
from pathlib import Path

from breather.domain.stand_in import Guards, Spent
from breather.exchange.drain import digest_of, drain, set_aside
from breather.exchange.link import digest
from breather.exchange.stood_in import make_stood_in
from breather.web.exchange.console_pages import render_stand_ins
from tests import console_views as views
from tests.served_world import ServedWorld, served_world
from tests.unit.exchange.world import asked_for

SESSION = "a-session-of-the-console"


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def logged_in(served: ServedWorld) -> None:
    """With a session that was begun before; its cookie has the name that the door gives it."""
    served.world.write(
        lambda tx: tx.run("insert_console_session", hash=digest(SESSION), created_at=tx.now, expires_at=tx.now + 10**9)
    )
    served.ask("GET", "/console/login")
    (door,) = [name for name in served.cookies if "-door-" in name]
    served.cookies[door.replace("-door-", "-console-")] = SESSION


def test_it_lists_conflicts_and_what_was_set_aside() -> None:
    page = render_stand_ins(views.stand_ins())
    said = text_of(page)
    assert "1,204 in the last 24 hours 37 not in the database yet" in said
    assert "Met another decision 2" in said
    assert 'href="/console/withdrawals/wd-2087"' in page
    assert "it could not be held any more: already-broadcast" in said
    assert "9f2c9f2c9f2c9f2c entry 20,481 its checksum does not hold" in said


def test_without_any_it_says_so() -> None:
    said = text_of(render_stand_ins(views.stand_ins(quiet=True)))
    assert "Met another decision none" in said
    assert "Set aside none" in said


def test_it_is_read_from_the_database_by_whoever_is_logged_in(tmp_path: Path) -> None:
    with served_world(tmp_path) as served:
        world = served.world
        assert served.ask("GET", "/console/stand-ins").status_code == 303
        logged_in(served)
        assert "Met another decision none" in text_of(served.ask("GET", "/console/stand-ins").text)
        stood = make_stood_in(
            world.snapshot, asked_for("met", 20), Guards(fresh=False), Spent(), world.now, "vasp:shop"
        )
        world.assess(asked_for("met", 20))
        world.write(lambda tx: drain(tx, world.snapshot, stood))
        world.write(lambda tx: set_aside(tx, b"\x00 of ana", "not a stand-in"))
        page = served.ask("GET", "/console/stand-ins").text
        assert "a stand-in said hold, the decision notice; it is held now" in page
        assert 'href="/console/withdrawals/met"' in page
        assert digest_of(b"\x00 of ana")[:16] in page
        assert "ana" not in text_of(page), "the record names a customer, the list does not"
