"""Steps 1 to 8 by plain HTTP: asked, answered on the page, paused, confirmed, cleared, broadcast. On both engines."""

from breather.client import Cleared, verify_clearance
from breather.domain.instant import HOUR, MINUTE, SECOND
from tests.exchange_process import VASP, ExchangeProcess
from tests.integration.exchange.withdrawals import address_of, assert_journal_has_no_gap, open_page, small, withdrawal


def payout(name: str) -> Cleared:
    """What the exchange's own rows say."""
    return Cleared(
        vasp=VASP,
        mode="test",
        withdrawal=name,
        customer=f"c-{name}",
        asset="USDT",
        network="TRON",
        amount_units=5_000_000_000,
        address=address_of(name),
    )


def test_from_the_question_to_the_broadcast(exchange: ExchangeProcess) -> None:
    asked = exchange.post("/v1/withdrawals", withdrawal("flow-1"))
    assert asked.status_code == 201, asked.text
    decision = asked.json()
    assert (decision["decision"], decision["friction"], decision["typology"]) == (
        "intervene", "cooling_off", "investment",
    )  # fmt: skip
    assert decision["jurisdiction"]["code"] == "MO"
    assert {contact["number"] for contact in decision["alert"]["contacts"]} == {"8800 7777", "993"}
    assert decision["pause"]["seconds"] == 3600
    assert exchange.post("/v1/withdrawals/flow-1/clearance", {}).json()["state"] == "offered"

    page = open_page(exchange, "flow-1")
    assert page.opened.status_code == 303
    assert page.shown.status_code == 200
    assert exchange.confirm("flow-1", "early").json()["type"] == "urn:breather:problem:not-answered"
    assert page.answer_all().status_code == 303
    running = exchange.state("flow-1")
    assert running["state"] == "running"
    assert running["elapses_at"] == exchange.instant(HOUR)

    started = exchange.instant()
    exchange.advance(HOUR - 1)
    early = exchange.confirm("flow-1", "too-early")
    assert (early.status_code, early.json()["elapses_at"]) == (409, running["elapses_at"])
    exchange.advance(1)
    assert exchange.state("flow-1")["state"] == "elapsed"
    old = exchange.confirm("flow-1", "old-session", session_started_at=started)
    assert (old.status_code, old.json()["type"]) == (409, "urn:breather:problem:session-too-old")
    confirmed = exchange.confirm("flow-1", "confirmed")
    assert confirmed.status_code == 201, confirmed.text
    assert confirmed.json()["state"] == "released"
    assert confirmed.json()["clearable"] is True

    cleared = exchange.post("/v1/withdrawals/flow-1/clearance", {})
    assert cleared.status_code == 200, cleared.text
    proof = verify_clearance(
        cleared.json()["clearance"], exchange.clearance_keys, payout("flow-1"), exchange.now // SECOND
    )
    assert proof.jti == "flow-1"

    sent = exchange.event("flow-1", {"id": "sent", "event": "broadcast", "transaction_id": "ab" * 32})
    assert (sent.status_code, sent.json()["outcome"]) == (201, "proceeded")
    assert (
        exchange.post("/v1/withdrawals/flow-1/clearance", {}).json()["type"] == "urn:breather:problem:already-broadcast"
    )
    assert page.get("/alert").status_code == 200
    assert_journal_has_no_gap(exchange)


def test_a_notice_is_acknowledged_on_the_page_and_cleared(exchange: ExchangeProcess) -> None:
    asked = exchange.post("/v1/withdrawals", small("notice-1")).json()
    assert (asked["decision"], asked["friction"]) == ("intervene", "notice")
    assert exchange.post("/v1/withdrawals/notice-1/clearance", {}).status_code == 409
    page = open_page(exchange, "notice-1")
    assert page.post("/alert/acknowledge").status_code == 303
    state = exchange.state("notice-1")
    assert (state["state"], state["resolution"]["event"]) == ("released", "acknowledge")
    assert exchange.post("/v1/withdrawals/notice-1/clearance", {}).status_code == 200


def test_she_stops_and_nothing_can_be_cleared_any_more(exchange: ExchangeProcess) -> None:
    exchange.post("/v1/withdrawals", withdrawal("stop-1"))
    page = open_page(exchange, "stop-1")
    assert page.post("/alert/stop").status_code == 303
    state = exchange.state("stop-1")
    assert (state["state"], state["outcome"]) == ("stopped", "stopped")
    assert exchange.confirm("stop-1", "after").json()["resolution"] == "stop"
    assert exchange.post("/v1/withdrawals/stop-1/clearance", {}).json()["state"] == "stopped"


def test_somebody_listening_can_never_be_confirmed(exchange: ExchangeProcess) -> None:
    exchange.post("/v1/withdrawals", withdrawal("listen-1"))
    page = open_page(exchange, "listen-1")
    assert page.answer_all(listening="yes").status_code == 303
    assert exchange.state("listen-1")["watched"] is True
    exchange.advance(2 * HOUR)
    refused = exchange.confirm("listen-1", "never")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:breather:problem:watched")
    assert exchange.post("/v1/withdrawals/listen-1/clearance", {}).status_code == 409


def test_untouched_it_lapses_and_nothing_leaves(exchange: ExchangeProcess) -> None:
    exchange.post("/v1/withdrawals", withdrawal("lapse-1"))
    exchange.advance(24 * HOUR - 1)
    assert exchange.state("lapse-1")["state"] == "offered"
    exchange.advance(1)
    lapsed = exchange.state("lapse-1")
    assert (lapsed["state"], lapsed["outcome"]) == ("lapsed", "lapsed")
    assert exchange.confirm("lapse-1", "late").json()["resolution"] == "lapsed"


def test_a_smaller_one_after_a_stop_makes_it_reduced(exchange: ExchangeProcess) -> None:
    exchange.post("/v1/withdrawals", withdrawal("less-1"))
    stopped = exchange.event("less-1", {"id": "s", "event": "stop"}).json()
    exchange.advance(MINUTE)
    exchange.post(
        "/v1/withdrawals", withdrawal("less-2", "less-1", customer={"ref": "c-less-1"}, amount="100", amount_usd="100")
    )
    state = exchange.state("less-1")
    assert state["outcome"] == "reduced"
    changed = exchange.get(f"/v1/withdrawals?changed_after={stopped['changed']}").json()
    assert {"less-1", "less-2"} <= {one["id"] for one in changed["changes"]}


def test_the_list_of_changes_gives_each_change_once(exchange: ExchangeProcess) -> None:
    start, more = 0, True  # behind all that other tests left
    while more:
        found = exchange.get(f"/v1/withdrawals?changed_after={start}&limit=500").json()
        start, more = found["next"], found["more"]
    for number in range(5):
        exchange.post("/v1/withdrawals", withdrawal(f"list-{number}"))
    seen, after, more = [], start, True
    while more:
        found = exchange.get(f"/v1/withdrawals?changed_after={after}&limit=2").json()
        seen += [one["id"] for one in found["changes"]]
        after, more = found["next"], found["more"]
    assert seen == [f"list-{number}" for number in range(5)]
    assert exchange.get(f"/v1/withdrawals?changed_after={after}").json() == {
        "changes": [],
        "next": after,
        "more": False,
    }
