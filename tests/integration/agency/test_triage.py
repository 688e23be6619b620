"""What officers do, through the portal's own forms, and what the record says afterwards."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from breather.domain.asset import Network
from breather.domain.withdrawal import Destination
from tests.agency_process import PASSWORD, AgencyProcess, OfficerPage, hidden
from tests.integration.agency.stored import assert_journal_has_no_gap, counts, rows
from tests.sending_exchange import ADDRESS, REFERRAL, TON_ADDRESS


@pytest.fixture(scope="module")
def ng(agency: AgencyProcess) -> OfficerPage:
    return agency.officer("Ng 4711")


@pytest.fixture(scope="module")
def lei(agency: AgencyProcess) -> OfficerPage:
    return agency.officer("Lei 0815")


@pytest.fixture
def number(agency: AgencyProcess, ng: OfficerPage) -> int:
    """A new referral's place in the inbox."""
    return ng.number_of(agency.demo.send().envelope.id)


def acts(agency: AgencyProcess, number: int) -> list[tuple[object, ...]]:
    return rows(agency, f"SELECT kind, actor FROM journal WHERE subject = 'referral/{number}' ORDER BY number")


def standing(agency: AgencyProcess, number: int) -> tuple[object, ...]:
    [found] = rows(agency, f"SELECT standing, claimed_by, disposition FROM referral WHERE number = {number}")
    return found


def test_each_act_is_one_entry_of_the_journal(agency: AgencyProcess, ng: OfficerPage, number: int) -> None:
    ng.claim(number)
    ng.post(number, "hand-back")
    ng.claim(number)
    ng.dispose(number, "not-a-scam", note="an exchange's own hot address")
    assert acts(agency, number) == [
        ("received", "exchange:demo-exchange"),
        ("claimed", "officer:Ng 4711"),
        ("handed-back", "officer:Ng 4711"),
        ("claimed", "officer:Ng 4711"),
        ("disposed", "officer:Ng 4711"),
    ]
    assert standing(agency, number) == ("decided", "Ng 4711", "not-a-scam")
    assert_journal_has_no_gap(agency)


def test_a_claimed_referral_is_nobody_elses(
    agency: AgencyProcess, ng: OfficerPage, lei: OfficerPage, number: int
) -> None:
    ng.claim(number)
    before = counts(agency)
    for act in ("claim", "hand-back", "dispose"):
        refused = lei.post(number, act, disposition="confirmed-scam", form=f"{act}-{number}", seen="0")
        assert refused.status_code == 409, act
        assert "Ng 4711 claimed this referral" in refused.text
    assert counts(agency) == before
    assert standing(agency, number) == ("claimed", "Ng 4711", None)


def test_claiming_twice_is_a_normal_answer(agency: AgencyProcess, ng: OfficerPage, number: int) -> None:
    fields = {"csrf": hidden(ng.page(number).text, "csrf")}
    for _ in range(2):
        assert ng.client.post(f"/portal/referrals/{number}/claim", data=fields).status_code == 303
    assert acts(agency, number)[1:] == [("claimed", "officer:Ng 4711")]


def test_nothing_is_decided_without_a_claim(agency: AgencyProcess, ng: OfficerPage, number: int) -> None:
    refused = ng.dispose(number, "confirmed-scam", form="never-claimed", seen="0")
    assert refused.status_code == 409
    assert "Claim this referral first" in refused.text
    assert standing(agency, number) == ("waiting", None, None)


def test_pressing_twice_decides_once(agency: AgencyProcess, ng: OfficerPage, number: int) -> None:
    ng.claim(number)
    page = ng.page(number).text
    fields = {name: hidden(page, name) for name in ("csrf", "form", "seen")}
    before = counts(agency)
    for _ in range(3):
        reply = ng.client.post(f"/portal/referrals/{number}/dispose", data={**fields, "disposition": "insufficient"})
        assert reply.status_code == 303
    after = counts(agency)
    assert (after["disposition"] - before["disposition"], after["change"] - before["change"]) == (1, 1)


@pytest.mark.parametrize("other", [{"disposition": "confirmed-scam"}, {"note": "added after going back"}])
def test_the_same_form_with_something_else_in_it_is_refused(
    agency: AgencyProcess, ng: OfficerPage, number: int, other: dict[str, str]
) -> None:
    """Back in the browser, another choice, pressed again: it must not look as if that had been taken."""
    ng.claim(number)
    page = ng.page(number).text
    fields = {**{name: hidden(page, name) for name in ("csrf", "form", "seen")}, "disposition": "insufficient"}
    assert ng.client.post(f"/portal/referrals/{number}/dispose", data=fields).status_code == 303
    before = counts(agency)
    refused = ng.client.post(f"/portal/referrals/{number}/dispose", data={**fields, **other})
    assert refused.status_code == 409
    assert "after this page was shown" in refused.text
    assert counts(agency) == before


def test_two_officers_at_once_are_one_claim(
    agency: AgencyProcess, ng: OfficerPage, lei: OfficerPage, number: int
) -> None:
    gate = Barrier(2)
    tokens = {officer: hidden(officer.page(number).text, "csrf") for officer in (ng, lei)}

    def press(officer: OfficerPage) -> int:
        gate.wait()
        return officer.client.post(f"/portal/referrals/{number}/claim", data={"csrf": tokens[officer]}).status_code

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(press, (ng, lei))) == [303, 409]
    assert [kind for kind, _ in acts(agency, number)] == ["received", "claimed"]


def test_nobody_decides_on_what_has_changed_meanwhile(agency: AgencyProcess, ng: OfficerPage, number: int) -> None:
    ng.claim(number)
    old = ng.page(number).text
    ng.dispose(number, "insufficient")
    stale = {name: hidden(old, name) for name in ("csrf", "seen")}
    refused = ng.client.post(
        f"/portal/referrals/{number}/dispose",
        data={**stale, "form": "another-tab", "disposition": "confirmed-scam", "note": "typed for a while"},
    )
    assert refused.status_code == 409
    assert "after this page was shown" in refused.text
    assert "typed for a while" in refused.text, "what was typed is kept"
    assert standing(agency, number) == ("decided", "Ng 4711", "insufficient")


def test_a_form_without_a_choice_says_so(agency: AgencyProcess, ng: OfficerPage, number: int) -> None:
    ng.claim(number)
    for fields in ({}, {"disposition": "freeze-it"}):
        refused = ng.post(number, "dispose", **fields)
        assert refused.status_code == 422
        assert "Choose what you found." in refused.text


def test_a_note_has_a_bound_and_is_never_cut(agency: AgencyProcess, ng: OfficerPage, number: int) -> None:
    ng.claim(number)
    assert ng.dispose(number, "insufficient", note="x" * 4_001).status_code == 409
    assert ng.dispose(number, "insufficient", note="x" * 4_000).status_code == 303
    assert ng.dispose(number, "insufficient", note="舉報" * 2_000).status_code == 303, "as long in Chinese"
    assert rows(agency, f"SELECT count(*) FROM disposition WHERE note = '{'舉報' * 2_000}'") == [(1,)]


def test_undecided_referrals_of_a_destination_are_counted_down_once(
    agency: AgencyProcess, ng: OfficerPage, number: int
) -> None:
    def undecided() -> object:
        [found] = rows(agency, f"SELECT undecided FROM destination WHERE address = '{ADDRESS}' AND memo IS NULL")
        return found[0]

    before = undecided()
    ng.claim(number)
    ng.dispose(number, "insufficient")
    ng.dispose(number, "confirmed-scam")
    assert isinstance(before, int)
    assert undecided() == before - 1


def test_officers_see_exchanges_beside_each_other(agency: AgencyProcess, ng: OfficerPage) -> None:
    mine, theirs = agency.demo.send(), agency.other.send()
    page = ng.page(ng.number_of(mine.envelope.id)).text
    assert f'href="/portal/referrals/{ng.number_of(theirs.envelope.id)}"' in page
    listed = ng.get("/portal/destinations").text
    assert re.search(r"referrals? from [2-9] exchanges", " ".join(listed.split()))


@pytest.mark.parametrize("path", ["/portal", "/portal/destinations", "/portal/status", "/portal/referrals/1"])
def test_without_a_session_there_is_only_the_door(agency: AgencyProcess, path: str) -> None:
    reply = agency.client.get(agency.url + path)
    assert (reply.status_code, reply.headers["location"]) == (303, "/portal/login")
    reply = agency.client.get(agency.url + path, headers={"Cookie": "breather-agency-portal=guessed"})
    assert reply.status_code == 303


def test_the_script_is_told_that_the_session_is_over(agency: AgencyProcess) -> None:
    assert agency.client.get(f"{agency.url}/portal/latest").status_code == 401


def test_a_form_from_elsewhere_does_nothing(agency: AgencyProcess, ng: OfficerPage, number: int) -> None:
    before = counts(agency)
    for csrf in ("", "guessed", hidden(agency.client.get(f"{agency.url}/portal/login").text, "csrf")):
        reply = ng.client.post(f"/portal/referrals/{number}/claim", data={"csrf": csrf})
        assert (reply.status_code, reply.headers["location"]) == (303, "/portal/login")
    assert counts(agency) == before


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + " ", PASSWORD.upper()])
def test_another_password_opens_nothing(agency: AgencyProcess, password: str) -> None:
    door = agency.client.get(f"{agency.url}/portal/login")
    fields = {"csrf": hidden(door.text, "csrf"), "officer": "Ng", "password": password}
    cookie = door.headers["set-cookie"].partition(";")[0]
    reply = agency.client.post(f"{agency.url}/portal/login", data=fields, headers={"Cookie": cookie})
    assert reply.status_code == 403
    assert "That is not the password." in reply.text


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "a\u202eb"])
def test_a_name_that_a_colleague_could_not_read_is_refused(agency: AgencyProcess, name: str) -> None:
    door = agency.client.get(f"{agency.url}/portal/login")
    fields = {"csrf": hidden(door.text, "csrf"), "officer": name, "password": PASSWORD}
    cookie = door.headers["set-cookie"].partition(";")[0]
    reply = agency.client.post(f"{agency.url}/portal/login", data=fields, headers={"Cookie": cookie})
    assert reply.status_code == 422
    assert "1 to 64 printable characters" in reply.text


def test_logging_out_ends_the_session(agency: AgencyProcess) -> None:
    officer = agency.officer("Chan")
    cookie = officer.client.cookies["breather-agency-portal"]
    officer.client.post("/portal/logout", data={"csrf": hidden(officer.get().text, "csrf")})
    reply = agency.client.get(f"{agency.url}/portal", headers={"Cookie": f"breather-agency-portal={cookie}"})
    assert reply.status_code == 303


def test_a_session_ends_after_a_shift(agency: AgencyProcess) -> None:
    officer = agency.officer("Night shift")
    agency.advance(8 * 60 * 60 * 1000)
    assert officer.get("/portal").status_code == 303


@pytest.mark.parametrize("wanted", ["0", "999999", "x", "-1", "9" * 40, "%00"])
def test_a_referral_that_never_arrived_is_a_page_of_its_own(agency: AgencyProcess, wanted: str) -> None:
    reply = agency.officer("Chan").get(f"/portal/referrals/{wanted}")
    assert reply.status_code == 404
    assert "There is no referral" in reply.text


@pytest.mark.parametrize("path", ["/portal/", "/portal/nothing", "/portal/referrals/1/claim/"])
def test_what_is_not_there_is_a_page_and_no_redirection(agency: AgencyProcess, path: str) -> None:
    """A redirection to the address without the slash would name whatever host the request claims."""
    reply = agency.client.get(agency.url + path, headers={"Host": "evil.example"})
    assert (reply.status_code, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]


def test_a_form_that_is_too_large_is_answered_with_a_page(agency: AgencyProcess) -> None:
    officer = agency.officer("Chan")
    number = officer.number_of(agency.demo.send().envelope.id)
    reply = officer.post(number, "dispose", note="x" * 70_000)
    assert (reply.status_code, reply.headers["content-type"]) == (413, "text/html; charset=utf-8")


def test_logging_out_needs_the_pages_own_form(agency: AgencyProcess) -> None:
    """A form on somebody else's page comes without cookie or token: it may not even take the cookie away."""
    officer = agency.officer("Chan")
    for reply in (
        agency.client.post(f"{agency.url}/portal/logout", data={"csrf": "guessed"}),
        officer.client.post("/portal/logout", data={"csrf": "guessed"}),
    ):
        assert "set-cookie" not in reply.headers
    assert officer.get().status_code == 200


def test_a_login_gets_a_session_of_its_own(agency: AgencyProcess) -> None:
    """Whatever cookie somebody had put into the browser before."""
    door = agency.client.get(f"{agency.url}/portal/login")
    fields = {"csrf": hidden(door.text, "csrf"), "officer": "Chan", "password": PASSWORD}
    mark = door.headers["set-cookie"].partition(";")[0]
    given = {"Cookie": f"{mark}; breather-agency-portal=planted"}
    reply = agency.client.post(f"{agency.url}/portal/login", data=fields, headers=given)
    session = next(each for each in reply.headers.get_list("set-cookie") if each.startswith("breather-agency-portal="))
    assert "HttpOnly; SameSite=Strict" in session
    assert "planted" not in session
    planted = agency.client.get(f"{agency.url}/portal", headers={"Cookie": "breather-agency-portal=planted"})
    assert planted.status_code == 303


def test_every_page_and_every_act_refuses_to_be_framed(agency: AgencyProcess) -> None:
    officer = agency.officer("Chan")
    number = officer.number_of(agency.demo.send().envelope.id)
    paths = ("/portal", "/portal/destinations", "/portal/status", f"/portal/referrals/{number}", "/portal/login")
    pages = [officer.get(path) for path in (*paths, "/verify")] + [officer.post(number, "dispose")]
    for page in pages:
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"], page.url
        assert page.headers["cache-control"] == "no-store"


def test_nothing_that_came_is_ever_markup(agency: AgencyProcess) -> None:
    officer = agency.officer("Chan")
    hostile = "<script>alert(1)</script>\"'{{7*7}}"
    referral = replace(REFERRAL, destination=Destination(Network.TON, TON_ADDRESS, hostile))
    number = officer.number_of(agency.demo.send(referral).envelope.id)
    officer.claim(number)
    officer.dispose(number, "insufficient", note=hostile)
    for path in (f"/portal/referrals/{number}", "/portal", "/portal/destinations"):
        page = officer.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "{{7*7}}" in page


def test_the_inbox_is_in_the_order_of_arrival_and_filtered_by_standing(agency: AgencyProcess) -> None:
    officer = agency.officer("Chan")
    numbers = [officer.number_of(agency.demo.send().envelope.id) for _ in range(3)]
    officer.claim(numbers[1])
    all_of = [int(found) for found in re.findall(r'id="r(\d+)"', officer.get("/portal").text)]
    assert all_of == sorted(all_of, reverse=True)
    claimed = re.findall(r'id="r(\d+)"', officer.get("/portal?standing=claimed").text)
    assert str(numbers[1]) in claimed
    assert str(numbers[0]) not in claimed
    older = [int(found) for found in re.findall(r'id="r(\d+)"', officer.get(f"/portal?before={numbers[2]}").text)]
    assert max(older) == numbers[1]
