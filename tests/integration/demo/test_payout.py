"""Without a valid clearance nothing is paid, whatever is sent; with one, it is paid once (guarantees C)."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.demo.payout import NotPaid, Stays, pay_out
from breather.demo.promise import deliver, stop
from tests.integration.client.fake_service import FakeBreather, serving
from tests.integration.demo.browser import Browser, World

FIELDS = (
    "csrf amount units address destination asset network memo customer status decision friction clearance jti"
    " transaction_id paid state next on_call session_started_at authenticated_at"
).split()
PATHS = ("payout", "confirm", "ask", "stop", "sign-in-again", "broadcast", "pay", "")


def test_no_form_that_anybody_can_send_pays_out_what_is_not_cleared(tmp_path: Path) -> None:
    fake = FakeBreather()
    values = st.one_of(
        st.sampled_from(["paid", "proceed", "released", "1", "0.000001", "wd-1", "", "a.b.c", "yes", "-5000"]),
        st.text(max_size=20),
    )
    with serving(fake) as url:
        world = World(fake, url, tmp_path / "demo.db")
        browser = Browser(world.site)

        @given(
            act=st.sampled_from(PATHS),
            form=st.dictionaries(st.sampled_from(FIELDS), values, max_size=6),
            ours=st.booleans(),
            state=st.sampled_from(["offered", "running", "held", "stopped", "lapsed"]),
        )
        @settings(max_examples=60, deadline=None)
        def any_form(act: str, form: dict[str, str], ours: bool, state: str) -> None:
            browser.sign_in("c-mei")
            withdrawal = browser.withdraw(amount="1")
            fake.withdrawals[withdrawal].state = state
            sent = {**form, **({"csrf": browser.csrf} if ours else {})}
            answer = browser.post(f"/withdrawals/{withdrawal}/{act}".rstrip("/"), **sent)
            assert answer.status_code < 500
            assert world.paid() == []
            assert world.held("c-mei") == 6_100_000_000

        with world.breather:
            any_form()


@pytest.mark.parametrize(
    "claims",
    [
        {"amount": "5000000001"},
        {"amount": "1"},
        {"address": "TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE"},
        {"customer": "c-alex"},
        {"jti": "wd-another"},
        {"asset": "TRX"},
        {"network": "ETH"},
        {"vasp": "another-exchange"},
        {"mode": "live"},
        {"memo": "7"},
        {"exp": 1},
        {"nbf": 9_999_999_999, "exp": 9_999_999_999 + 120},
    ],
)
def test_a_clearance_of_anything_else_pays_nothing(world: World, browser: Browser, claims: dict[str, Any]) -> None:
    world.fake.claims = claims
    browser.sign_in("c-ho")
    withdrawal = browser.withdraw()
    with pytest.raises(Stays) as caught:
        pay_out(world.books, world.breather, withdrawal, lambda: world.fake.now)
    assert caught.value.why is NotPaid.CLEARANCE_REFUSED
    assert world.paid() == []
    assert world.held("c-ho") == 8_000_000_000


def test_what_was_typed_otherwise_is_paid_in_the_spelling_that_breather_answered(
    world: World, browser: Browser
) -> None:
    typed, canonical = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    world.fake.spellings[typed] = canonical
    browser.sign_in("c-mei")
    withdrawal = browser.withdraw(asset="USDT/ETH", address=typed)
    with world.books.reading() as page:
        row = page.withdrawal(withdrawal)
    assert row is not None
    assert (row.address, row.payee, row.memo) == (typed, canonical, None)
    world.fake.withdrawals[withdrawal].state = "released"
    pay_out(world.books, world.breather, withdrawal, lambda: world.fake.now)
    assert world.paid() == [withdrawal]


def test_before_breather_has_answered_nobody_knows_what_would_be_paid(world: World, browser: Browser) -> None:
    world.fake.broken = True
    browser.sign_in("c-mei")
    withdrawal = browser.withdraw()
    world.fake.broken = False
    with pytest.raises(Stays) as caught:
        pay_out(world.books, world.breather, withdrawal, lambda: world.fake.now)
    assert (caught.value.why, world.paid()) == (NotPaid.NO_ANSWER, [])


def ready(world: World, browser: Browser) -> str:
    """Mei's withdrawal, cleared and not yet paid."""
    browser.sign_in("c-mei")
    withdrawal = browser.withdraw()
    world.fake.withdrawals[withdrawal].state = "released"
    browser.get(f"/withdrawals/{withdrawal}")
    return withdrawal


def test_pressed_eight_times_at_once_it_is_paid_once(world: World, browser: Browser) -> None:
    withdrawal = ready(world, browser)
    answers = browser.at_once(f"/withdrawals/{withdrawal}/payout", 8)
    assert [answer.status_code for answer in answers] == [303] * 8
    notes = [answer.headers["location"].partition("?note=")[2] for answer in answers]
    assert notes.count("") == 1
    assert set(notes) <= {"", "already-spent", "not-open"}
    assert world.paid() == [withdrawal]
    assert world.held("c-mei") == 1_100_000_000


def test_eight_payouts_that_all_hold_a_clearance_spend_it_once(world: World, browser: Browser) -> None:
    withdrawal = ready(world, browser)
    start = threading.Barrier(8)
    ends: list[str] = []

    def one() -> None:
        def clock() -> int:
            start.wait()  # asked after the clearance was fetched: all eight have one before any pays
            return world.fake.now

        try:
            ends.append(pay_out(world.books, world.breather, withdrawal, clock))
        except Stays as stays:
            ends.append(stays.why)

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends, key=len)[:7] == [NotPaid.ALREADY_SPENT] * 7
    assert world.paid() == [withdrawal]
    assert world.held("c-mei") == 1_100_000_000


def test_a_stop_between_clearance_and_payout_wins_and_spends_nothing(world: World, browser: Browser) -> None:
    withdrawal = ready(world, browser)

    def stopping() -> int:
        assert stop(world.books, withdrawal, world.fake.now)
        return world.fake.now

    with pytest.raises(Stays) as caught:
        pay_out(world.books, world.breather, withdrawal, stopping)
    assert caught.value.why is NotPaid.NOT_OPEN
    assert world.paid() == []


def test_a_crash_while_booking_leaves_nothing_spent_nothing_debited(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    withdrawal = ready(world, browser)

    def crash(*args: object, **names: object) -> int:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr("breather.demo.payout.json.dumps", crash)  # the last thing before the promise is written
        with pytest.raises(sqlite3.OperationalError):
            pay_out(world.books, world.breather, withdrawal, lambda: world.fake.now)
    assert world.paid() == []
    assert world.held("c-mei") == 6_100_000_000
    pay_out(world.books, world.breather, withdrawal, lambda: world.fake.now)
    assert world.paid() == [withdrawal]


def test_two_withdrawals_cannot_spend_the_same_balance(world: World, browser: Browser) -> None:
    browser.sign_in("c-mei")
    first, second = browser.withdraw(), browser.withdraw()
    for withdrawal in (first, second):
        world.fake.withdrawals[withdrawal].state = "released"
        browser.post(f"/withdrawals/{withdrawal}/payout")
    assert world.paid() == [first]
    assert world.held("c-mei") == 1_100_000_000
    assert 'data-state="released"' in browser.get(f"/withdrawals/{second}").text


def test_the_broadcast_is_promised_with_the_payout_and_delivered_when_breather_is_back(
    world: World, browser: Browser
) -> None:
    withdrawal = ready(world, browser)
    transaction_id = pay_out(world.books, world.breather, withdrawal, lambda: world.fake.now)
    world.fake.broken = True
    for _ in range(3):
        assert deliver(world.books, world.breather, world.fake.now) == 0
    assert "待 Breather" in browser.get(f"/withdrawals/{withdrawal}").text
    world.fake.broken = False
    assert deliver(world.books, world.breather, world.fake.now) == 1
    assert world.fake.withdrawals[withdrawal].transaction_id == transaction_id
    assert deliver(world.books, world.breather, world.fake.now) == 0
    assert "已通知 Breather" in browser.get(f"/withdrawals/{withdrawal}").text


def test_an_event_that_breather_refuses_for_good_does_not_block_those_after_it(world: World, browser: Browser) -> None:
    first = ready(world, browser)
    pay_out(world.books, world.breather, first, lambda: world.fake.now)
    world.fake.withdrawals[first].transaction_id = "another"
    world.fake.now += 1
    second = browser.withdraw(amount="10")
    world.fake.withdrawals[second].state = "released"
    pay_out(world.books, world.breather, second, lambda: world.fake.now)
    assert deliver(world.books, world.breather, world.fake.now) == 1
    assert world.fake.withdrawals[second].transaction_id is not None
    with world.books.reading() as page:
        row = page.one("promise_of", event=f"broadcast-{first}")
    assert row is not None
    assert (row["delivered_at"], row["refused"]) == (None, "broadcast-differs")
