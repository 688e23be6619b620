"""The customer's link and cookie (G1 and G2): one use, fifteen minutes, and forms only with their own value."""

import re
import sqlite3

import pytest

from breather.domain.instant import HOUR, MINUTE
from tests.exchange_process import HOME, ORIGIN, ExchangeProcess
from tests.integration.exchange.withdrawals import Page, counts, open_page, small, withdrawal


def minted(service: ExchangeProcess, name: str, **body: str) -> str:
    service.post("/v1/withdrawals", withdrawal(name))
    reply = service.post(f"/v1/withdrawals/{name}/links", body)
    assert reply.status_code == 201
    url: str = reply.json()["url"]
    return url


def test_a_link_is_minted_on_demand_and_never_part_of_a_decision(service: ExchangeProcess) -> None:
    decision = service.post("/v1/withdrawals", withdrawal("link-1"))
    assert "/a/" not in decision.text
    one, two = minted(service, "link-1"), minted(service, "link-1")
    assert one != two
    assert len(one.rpartition("/")[2]) == 22
    assert service.post("/v1/withdrawals/link-1/links", {}).json()["expires_at"] == service.instant(15 * MINUTE)


def test_it_is_used_once(exchange: ExchangeProcess) -> None:
    url = minted(exchange, "link-2")
    assert Page(exchange, url).opened.status_code == 303
    again = exchange.client.get(url)
    assert again.status_code == 410
    assert "set-cookie" not in again.headers


def test_it_lives_fifteen_minutes(exchange: ExchangeProcess) -> None:
    last, late = minted(exchange, "link-3"), minted(exchange, "link-3")
    exchange.advance(15 * MINUTE - 1)
    assert exchange.client.get(last).status_code == 303
    exchange.advance(1)
    assert exchange.client.get(late).status_code == 410


def test_unknown_used_and_expired_look_alike(service: ExchangeProcess) -> None:
    used = minted(service, "link-4")
    service.client.get(used)
    expired = minted(service, "link-4")
    service.advance(15 * MINUTE)
    pages = [service.client.get(url) for url in (used, expired, f"{service.url}/a/{'x' * 22}", f"{service.url}/a/%00")]
    assert {page.status_code for page in pages} == {410}
    assert len({page.content for page in pages}) == 1


def test_the_cookie_has_every_flag(service: ExchangeProcess) -> None:
    opened = service.client.get(minted(service, "link-5"))
    cookie = opened.headers["set-cookie"]
    name, *flags = [part.strip() for part in cookie.split(";")]
    assert re.match(r"__Host-breather-alert-[0-9a-f]{8}=", name)
    assert set(flags) == {"Path=/", "Secure", "HttpOnly", "SameSite=None", "Partitioned"}
    assert opened.headers["location"] == f"/alert?page={name[22:30]}"
    assert opened.headers["cache-control"] == "no-store"
    assert opened.headers["referrer-policy"] == "no-referrer"


def test_the_page_has_every_header(service: ExchangeProcess) -> None:
    page = open_page(service, _withdrawn(service, "link-6"))
    for reply in (page.shown, service.client.get(f"{service.url}/alert")):
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert reply.headers["x-content-type-options"] == "nosniff"
        policy = reply.headers["content-security-policy"]
        assert f"frame-ancestors {ORIGIN}" in policy
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy


def test_the_link_is_in_no_log_and_no_table(service: ExchangeProcess) -> None:
    url = minted(service, "link-7")
    token = url.rpartition("/")[2]
    page = Page(service, url)
    assert token not in service.log()
    path = service.settings.database.removeprefix("sqlite:///")
    with sqlite3.connect(path) as database:
        everything = "\n".join(database.iterdump())
    database.close()
    assert token not in everything
    assert page.cookie.partition("=")[2] not in everything


@pytest.mark.parametrize("act", ["stop", "acknowledge", "answers", "help", "listening"])
@pytest.mark.parametrize("csrf", ["", "x" * 22, "é"])
def test_a_form_without_its_own_value_does_nothing(service: ExchangeProcess, act: str, csrf: str) -> None:
    name = f"link-8-{act}-{len(csrf)}"
    page = open_page(service, _withdrawn(service, name))
    before = counts(service)
    assert page.post(f"/alert/{act}", {"q.coached": "no"}, csrf=csrf).status_code == 410
    assert counts(service) == before
    assert service.state(name)["state"] == "offered"


def test_the_value_of_another_page_does_nothing(service: ExchangeProcess) -> None:
    mine, other = (open_page(service, _withdrawn(service, name)) for name in ("link-9", "link-10"))
    assert other.post("/alert/stop", csrf=mine.csrf()).status_code == 410
    assert service.state("link-10")["state"] == "offered"


def test_without_the_cookie_nothing_is_shown_or_done(service: ExchangeProcess) -> None:
    page = open_page(service, _withdrawn(service, "link-11"))
    csrf = page.csrf()
    assert service.client.get(f"{service.url}/alert").status_code == 410
    assert service.client.get(f"{service.url}/alert/state").json() == {"state": "expired"}
    assert service.client.post(f"{service.url}/alert/stop", data={"csrf": csrf}).status_code == 410
    assert service.state("link-11")["state"] == "offered"


def test_nothing_on_the_page_confirms(service: ExchangeProcess) -> None:
    page = open_page(service, _withdrawn(service, "link-12"))
    page.answer_all()
    service.advance(HOUR)
    csrf = page.csrf_of("/alert")
    for act in ("confirm", "release", "broadcast", "held", "lifted", "shown", "answer"):
        assert page.post(f"/alert/{act}", csrf=csrf).status_code == 404
    page.post("/alert/acknowledge", csrf=csrf)
    assert service.state("link-12")["state"] == "elapsed"


def test_half_the_answers_count_for_nothing(service: ExchangeProcess) -> None:
    page = open_page(service, _withdrawn(service, "link-13"))
    asked = page.questions()
    assert len(asked) > 1
    again = page.post("/alert/answers", {asked[0]: "no"})
    assert again.status_code == 422
    assert service.state("link-13")["state"] == "offered"
    assert page.post("/alert/answers", dict.fromkeys(asked, "perhaps")).status_code == 422


def test_answers_cannot_be_given_twice(service: ExchangeProcess) -> None:
    page = open_page(service, _withdrawn(service, "link-14"))
    asked = page.questions()
    page.answer_all()
    due = service.state("link-14")["elapses_at"]
    service.advance(MINUTE)
    csrf = page.csrf_of("/alert")
    page.post("/alert/answers", {name: "none" if name == "q.sounds-like" else "yes" for name in asked}, csrf=csrf)
    state = service.state("link-14")
    assert (state["elapses_at"], state["watched"]) == (due, False)


@pytest.mark.parametrize("body", [b"csrf=a&csrf=b", b"csrf=%00", b"\xff\xfe", b"&".join([b"a=1"] * 200), b"x" * 20_000])
def test_a_form_that_is_none(service: ExchangeProcess, body: bytes) -> None:
    page = open_page(service, _withdrawn(service, "link-15"))
    headers = {"Cookie": page.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    reply = service.client.post(f"{service.url}/alert/stop", content=body, headers=headers)
    assert reply.status_code in (400, 410, 413), reply.text
    assert service.state("link-15")["state"] == "offered"


def test_saying_that_somebody_listens_sticks(service: ExchangeProcess) -> None:
    page = open_page(service, _withdrawn(service, "link-16"))
    page.post("/alert/listening")
    assert service.state("link-16")["watched"] is True
    watched = page.get("/alert").text
    assert 'action="/alert/stop' in watched
    assert 'action="/alert/answers' not in watched
    assert 'action="/alert/answers' not in page.get("/alert?screen=questions").text


def test_asking_for_help_is_told_to_the_vasp(service: ExchangeProcess) -> None:
    page = open_page(service, _withdrawn(service, "link-17"))
    assert page.post("/alert/help").status_code == 303
    assert service.state("link-17")["help_asked_at"] == service.instant()


def test_a_notice_is_not_answered_and_questions_are_not_acknowledged(service: ExchangeProcess) -> None:
    service.post("/v1/withdrawals", small("link-18"))
    notice = open_page(service, "link-18")
    notice.post("/alert/answers", {}, csrf=notice.csrf_of("/alert"))
    assert service.state("link-18")["state"] == "offered"
    page = open_page(service, _withdrawn(service, "link-19"))
    page.post("/alert/acknowledge")
    assert service.state("link-19")["state"] == "offered"


def test_the_quick_exit_leads_home_and_the_pause_goes_on(service: ExchangeProcess) -> None:
    page = open_page(service, _withdrawn(service, "link-20"))
    page.answer_all()
    left = page.get("/alert/leave")
    assert (left.status_code, left.headers["location"]) == (303, HOME)
    assert left.headers["referrer-policy"] == "no-referrer"
    assert service.state("link-20")["state"] == "running"


def test_language_travels_and_nothing_else_does(service: ExchangeProcess) -> None:
    opened = service.client.get(minted(service, "link-21") + "?locale=pt&next=https://evil.example&size=larger")
    assert re.fullmatch(r"/alert\?locale=pt&size=larger&page=[0-9a-f]{8}", opened.headers["location"])
    page = Page(service, minted(service, "link-21", locale="zh-Hant"))
    assert 'lang="zh-Hant"' in page.shown.text
    assert 'lang="pt"' in page.get("/alert?locale=pt").text
    assert page.get("/alert?locale=%22%3E%3Cscript%3E").status_code == 200


def test_two_alerts_in_one_browser_stay_two(service: ExchangeProcess) -> None:
    """The Stop of each page stops its own withdrawal, also the older one's, also where one was opened twice."""
    names = [_withdrawn(service, name) for name in ("link-30", "link-31")]
    pages = [open_page(service, name) for name in (*names, names[0])]
    jar = "; ".join(page.cookie for page in pages)
    for page in pages:
        page.cookie, page.path = jar, page.opened.headers["location"]
    shown = [page.csrf_of(page.path) for page in pages]
    assert len(set(shown)) == 3
    assert pages[0].get("/alert").status_code == 410, "which of the three?"
    stop = pages[0].path.replace("/alert?", "/alert/stop?")
    assert pages[0].post(stop, csrf=shown[1]).status_code == 410
    assert pages[0].post(stop, csrf=shown[0]).headers["location"] == pages[0].path
    assert [service.state(name)["state"] for name in names] == ["stopped", "offered"]


def test_a_notice_is_acknowledged_anew_after_a_hold(service: ExchangeProcess) -> None:
    service.post("/v1/withdrawals", small("link-32"))
    page = open_page(service, "link-32")
    page.post("/alert/acknowledge")
    assert service.state("link-32")["state"] == "released"
    service.advance(1000)
    service.event("link-32", {"id": "h", "event": "held", "reason": "looked at"})
    service.event("link-32", {"id": "l", "event": "lifted", "reason": "nothing found"})
    assert service.state("link-32")["state"] == "offered"
    service.advance(1000)
    page.post("/alert/acknowledge")
    page.post("/alert/acknowledge")
    assert service.state("link-32")["state"] == "released"


def test_the_clock_of_the_page_is_the_services(service: ExchangeProcess) -> None:
    page = open_page(service, _withdrawn(service, "link-22"))
    page.answer_all()
    said = page.get("/alert/state").json()
    assert len(said.pop("version")) == 12
    assert said == {"state": "running", "elapses_at": service.instant(HOUR), "now": service.instant()}


def test_looking_alone_changes_nothing(service: ExchangeProcess) -> None:
    """A link preview asks with HEAD; what only looks must not use the link up."""
    url = minted(service, "link-23")
    assert service.client.head(url).status_code == 405
    assert service.client.get(url).status_code == 303


def _withdrawn(service: ExchangeProcess, name: str) -> str:
    assert service.post("/v1/withdrawals", withdrawal(name)).status_code in (200, 201)
    return name
