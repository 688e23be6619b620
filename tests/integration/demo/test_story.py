"""What people live through at the demo exchange, from signing in to the end, whichever end it is."""

from breather.demo.invented import ethereum_address
from breather.demo.promise import deliver, follow
from tests.integration.client.fake_service import PAUSE
from tests.integration.demo.browser import ORIGIN, Browser, World


def elapsed(world: World, browser: Browser) -> str:
    """Mei's withdrawal whose pause is over."""
    browser.sign_in("c-mei")
    withdrawal = browser.withdraw()
    world.fake.start_pause(withdrawal)
    world.fake.now += PAUSE
    return withdrawal


def test_the_pause_elapses_she_signs_in_again_confirms_and_it_is_sent_once(world: World, browser: Browser) -> None:
    browser.sign_in("c-mei")
    withdrawal = browser.withdraw()
    shown = browser.get(f"/withdrawals/{withdrawal}").text
    assert 'data-state="offered"' in shown
    assert '<breather-alert link="http://127.0.0.1:1/a/' in shown
    assert f'<script src="{ORIGIN}/static/breather-alert.js" defer>' in shown

    world.fake.start_pause(withdrawal)
    assert 'data-state="running"' in browser.get(f"/withdrawals/{withdrawal}").text
    world.fake.now += PAUSE
    shown = browser.get(f"/withdrawals/{withdrawal}").text
    assert 'data-state="elapsed"' in shown
    assert "/sign-in-again" in shown
    assert "/confirm" not in shown

    assert browser.post(f"/withdrawals/{withdrawal}/sign-in-again").headers["location"] == f"/sign-in?next={withdrawal}"
    browser.sign_in("c-mei", withdrawal)
    assert f"/withdrawals/{withdrawal}/confirm" in browser.get(f"/withdrawals/{withdrawal}").text
    assert browser.post(f"/withdrawals/{withdrawal}/confirm").headers["location"] == f"/withdrawals/{withdrawal}"

    assert world.paid() == [withdrawal]
    assert world.held("c-mei") == 1_100_000_000
    shown = browser.get(f"/withdrawals/{withdrawal}").text
    assert 'data-state="paid"' in shown
    kept = world.fake.withdrawals[withdrawal]
    assert kept.transaction_id is not None
    assert kept.transaction_id in shown


def test_the_body_that_breather_gets_is_the_invented_customers(world: World, browser: Browser) -> None:
    browser.sign_in("c-mei")
    withdrawal = browser.withdraw(new_device="yes")
    body = world.fake.withdrawals[withdrawal].body
    assert body["residence"] == {"kyc": "MO", "document": "MO", "phone": "MO", "ip": "MO"}
    assert (body["customer"]["ref"], body["amount"], body["amount_usd"]) == ("c-mei", "5000", "5000.00")
    assert (body["locale"], body["account"]["balance_usd"]) == ("zh-Hant", "6100.00")
    assert body["session"] == {
        "new_device": True,
        "remote_access": False,
        "screen_shared": False,
        "on_call": False,
    }


def test_in_the_old_session_confirming_is_not_offered_and_ends_it(world: World, browser: Browser) -> None:
    withdrawal = elapsed(world, browser)
    browser.post("/authenticate", next=withdrawal)
    shown = browser.get(f"/withdrawals/{withdrawal}").text
    assert "/sign-in-again" in shown
    assert "/confirm" not in shown
    answer = browser.post(f"/withdrawals/{withdrawal}/confirm")
    assert answer.headers["location"] == f"/sign-in?next={withdrawal}&note=session-too-old"
    assert "sign in again" in browser.get(answer.headers["location"]).text
    assert browser.get("/").headers["location"] == "/sign-in"
    assert world.paid() == []


def test_a_refusal_without_words_of_its_own_is_still_said(world: World, browser: Browser) -> None:
    withdrawal = elapsed(world, browser)
    browser.sign_in("c-mei", withdrawal)
    world.fake.refuses = "unheard-of"
    answer = browser.post(f"/withdrawals/{withdrawal}/confirm")
    assert answer.headers["location"].endswith("?note=not-cleared")
    assert world.paid() == []


def test_before_the_pause_has_elapsed_a_new_session_confirms_nothing(world: World, browser: Browser) -> None:
    browser.sign_in("c-mei")
    withdrawal = browser.withdraw()
    world.fake.start_pause(withdrawal)
    answer = browser.post(f"/withdrawals/{withdrawal}/confirm")
    assert answer.headers["location"].endswith("?note=not-elapsed")
    assert world.paid() == []


def test_a_watched_session_is_refused_and_told_to_hang_up(world: World, browser: Browser) -> None:
    withdrawal = elapsed(world, browser)
    browser.sign_in("c-mei", withdrawal)
    answer = browser.post(f"/withdrawals/{withdrawal}/confirm", on_call="yes")
    assert answer.headers["location"].endswith("?note=watched")
    assert "請掛線" in browser.get(answer.headers["location"]).text
    assert world.paid() == []


def test_fresh_authentication_is_asked_for_again_after_five_minutes(world: World, browser: Browser) -> None:
    withdrawal = elapsed(world, browser)
    browser.sign_in("c-mei", withdrawal)
    world.fake.now += 5 * 60_000 + 1
    shown = browser.get(f"/withdrawals/{withdrawal}").text
    assert 'action="/authenticate"' in shown
    assert "/confirm" not in shown
    browser.post("/authenticate", next=withdrawal)
    assert "/confirm" in browser.get(f"/withdrawals/{withdrawal}").text
    browser.post(f"/withdrawals/{withdrawal}/confirm")
    assert world.paid() == [withdrawal]


def test_she_stops_at_the_exchange_and_nothing_can_be_sent_afterwards(world: World, browser: Browser) -> None:
    withdrawal = elapsed(world, browser)
    browser.post(f"/withdrawals/{withdrawal}/stop")
    assert world.fake.withdrawals[withdrawal].state == "stopped"
    assert 'data-state="stopped"' in browser.get(f"/withdrawals/{withdrawal}").text
    browser.sign_in("c-mei")
    for act in ("confirm", "payout"):
        assert browser.post(f"/withdrawals/{withdrawal}/{act}").headers["location"].endswith("?note=not-open")
    assert world.paid() == []
    assert world.held("c-mei") == 6_100_000_000


def test_a_stop_counts_here_even_while_breather_is_away_and_is_told_later(world: World, browser: Browser) -> None:
    browser.sign_in("c-ho")
    world.fake.claims = {"amount": "1"}
    withdrawal = browser.withdraw()
    world.fake.claims = {}
    world.fake.broken = True
    browser.post(f"/withdrawals/{withdrawal}/stop")
    assert world.status(withdrawal) == "stopped"
    world.fake.broken = False
    assert browser.post(f"/withdrawals/{withdrawal}/payout").headers["location"].endswith("?note=not-open")
    assert deliver(world.books, world.breather, world.fake.now) == 1
    assert world.fake.withdrawals[withdrawal].state == "stopped"
    assert world.paid() == []


def test_what_she_stopped_in_the_frame_is_stopped_here(world: World, browser: Browser) -> None:
    browser.sign_in("c-mei")
    seen, unseen = browser.withdraw(amount="10"), browser.withdraw(amount="20")
    world.breather.stop(seen, "by-link-1")
    world.breather.stop(unseen, "by-link-2")
    assert 'data-state="stopped"' in browser.get(f"/withdrawals/{seen}").text
    assert (world.status(seen), world.status(unseen)) == ("stopped", "open")
    assert follow(world.books, world.breather) == 2
    assert world.status(unseen) == "stopped"
    assert follow(world.books, world.breather) == 0


def test_where_no_campaign_applies_it_is_sent_at_once(world: World, browser: Browser) -> None:
    browser.sign_in("c-ho")
    withdrawal = browser.withdraw()
    assert world.paid() == [withdrawal]
    assert "breather-alert" not in browser.get(f"/withdrawals/{withdrawal}").text


def test_eighteen_decimals_are_paid_to_the_last_one(world: World, browser: Browser) -> None:
    browser.sign_in("c-alex")
    withdrawal = browser.withdraw(asset="ETH/ETH", address=ethereum_address("x"), amount="1.000000000000000001")
    world.fake.withdrawals[withdrawal].state = "released"
    browser.post(f"/withdrawals/{withdrawal}/payout")
    assert world.paid() == [withdrawal]
    with world.books.reading() as page:
        assert page.balances("c-alex")["ETH"] == 1_499_999_999_999_999_999


def test_without_an_answer_she_waits_with_the_last_alert_and_may_ask_again(world: World, browser: Browser) -> None:
    browser.sign_in("c-mei")
    browser.withdraw(amount="10")
    world.fake.broken = True
    withdrawal = browser.withdraw(amount="20")
    shown = browser.get(f"/withdrawals/{withdrawal}").text
    assert 'data-state="waiting"' in shown
    assert "8800 7777" in shown
    assert "breather-alert" not in shown
    assert browser.post(f"/withdrawals/{withdrawal}/payout").headers["location"].endswith("?note=no-answer")
    world.fake.broken = False
    browser.post(f"/withdrawals/{withdrawal}/ask")
    assert 'data-state="offered"' in browser.get(f"/withdrawals/{withdrawal}").text
    assert [body["id"] for _, target, body in world.fake.requests if target == "/v1/withdrawals"].count(withdrawal) == 2
    assert world.paid() == []


def test_while_breather_is_away_the_page_says_so_and_she_can_still_stop(world: World, browser: Browser) -> None:
    browser.sign_in("c-mei")
    withdrawal = browser.withdraw()
    world.fake.broken = True
    shown = browser.get(f"/withdrawals/{withdrawal}").text
    assert 'data-state="unknown"' in shown
    assert f"/withdrawals/{withdrawal}/stop" in shown
    assert "/payout" not in shown


def test_values_that_breather_refuses_are_shown_with_what_would_be_right(world: World, browser: Browser) -> None:
    browser.sign_in("c-alex")
    browser.get("/")
    answer = browser.post("/withdrawals", asset="USDT/TRON", address="bad<i>", amount="5")
    assert answer.status_code == 422
    assert "the checksum does not match" in answer.text
    assert "copy it again" in answer.text
    assert "<i>" not in answer.text
    assert world.paid() == []


def test_a_notice_is_sent_by_pressing_send_after_it_was_acknowledged(world: World, browser: Browser) -> None:
    browser.sign_in("c-mei")
    withdrawal = browser.withdraw()
    world.fake.withdrawals[withdrawal].state = "released"
    assert f"/withdrawals/{withdrawal}/payout" in browser.get(f"/withdrawals/{withdrawal}").text
    browser.post(f"/withdrawals/{withdrawal}/payout")
    assert world.paid() == [withdrawal]
