"""The public verify page: an alert's code is confirmed although nothing was transmitted for it (guarantee G4)."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx
import pytest

from breather.domain.alert_code import make_code, minute_of
from breather.domain.instant import DAY, HOUR, MINUTE, Millis
from breather.web.texts import all_texts
from tests.agency_process import AgencyProcess, running_agency_process
from tests.integration.agency.stored import counts, rows
from tests.markup import Element, parse

WRONG = "0000-0000-0000"
# Each test comes from an address of its own, so that the limit of one is not another's trouble.
_ADDRESSES = iter(range(1, 65_000))


@pytest.fixture(scope="module")
def verifying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgencyProcess]:
    """Behind one proxy, which says whose request it is."""
    folder: Path = tmp_path_factory.mktemp("verifying")
    with running_agency_process(folder, f"sqlite:///{folder / 'agency.db'}", proxies=1) as found:
        yield found


def address() -> str:
    number = next(_ADDRESSES)
    return f"198.51.{number // 250}.{number % 250}"


def check(agency: AgencyProcess, code: str, place: str = "", locale: str = "en") -> httpx.Response:
    return agency.client.post(
        f"{agency.url}/verify?locale={locale}", data={"code": code}, headers={"X-Forwarded-For": place or address()}
    )


def code_of(agency: AgencyProcess, at: Millis | None = None, serial: int = 7, exchange: str = "demo-exchange") -> str:
    slot = agency.slots[exchange]
    return make_code(slot.number, minute_of(agency.now if at is None else at), serial, slot.key)


def minute(at: Millis) -> str:
    """`Sunday 22 November, 18:43`, in the agency's time zone."""
    return all_texts()["en"].moment(at, "Asia/Macau")


def answer(reply: httpx.Response) -> Element:
    assert reply.status_code == 200, reply.text
    return parse(reply.text).one("section", role="status")


def facts(reply: httpx.Response) -> list[str]:
    return [each.text for each in answer(reply).all("dd")]


def test_a_code_is_confirmed_with_exchange_minute_and_heading(verifying: AgencyProcess) -> None:
    found = check(verifying, code_of(verifying))
    assert answer(found).one("h2").text == "This code is confirmed"
    assert facts(found) == ["Demo Exchange", minute(verifying.now), "Judiciary Police reminder"]
    assert "Nobody has looked up this code before you." in answer(found).text


@pytest.mark.parametrize("locale", ["en", "pt", "zh-Hans", "zh-Hant"])
def test_in_every_language_with_its_own_heading(verifying: AgencyProcess, locale: str) -> None:
    found = check(verifying, code_of(verifying, serial=8), locale=locale)
    heading = verifying.slots["demo-exchange"].headings[locale]
    assert facts(found)[2] == heading
    assert parse(found.text).one("html").attributes["lang"] == locale


@pytest.mark.parametrize("locale", ["en", "pt", "zh-Hans", "zh-Hant"])
def test_the_rule_is_said_before_and_after(verifying: AgencyProcess, locale: str) -> None:
    words = {"en": "dialled yourself", "pt": "marcou por si", "zh-Hans": "自己拨打", "zh-Hant": "自己撥打"}
    before = verifying.client.get(f"{verifying.url}/verify?locale={locale}")
    for page in (before, check(verifying, WRONG, locale=locale)):
        assert words[locale] in parse(page.text).one("aside").text


def test_a_code_is_read_as_people_write_it(verifying: AgencyProcess) -> None:
    code = code_of(verifying, serial=9)
    for typed in (code.lower(), code.replace("-", ""), code.replace("-", " "), f"  {code}  "):
        assert answer(check(verifying, typed)).one("h2").text == "This code is confirmed"


def wrong_codes(agency: AgencyProcess) -> dict[str, str]:
    good = code_of(agency, serial=10)
    last = "1" if good[-1] != "1" else "2"
    slot = agency.slots["demo-exchange"]
    return {
        "unknown": WRONG,
        "mistyped": good[:-1] + last,
        "expired": code_of(agency, Millis(agency.now - 49 * HOUR)),
        "of the future": code_of(agency, Millis(agency.now + HOUR)),
        "under another key": make_code(slot.number, minute_of(agency.now), 10, bytes(32)),
        "of no slot": make_code(900, minute_of(agency.now), 10, slot.key),
        "no code": "hello",
        "hostile": "<script>alert(1)</script>",
        "long": "A" * 64,
    }


KINDS = "unknown,mistyped,expired,of the future,under another key,of no slot,no code,hostile,long".split(",")


@pytest.mark.parametrize("kind", KINDS)
def test_every_wrong_code_is_answered_alike_to_the_byte(verifying: AgencyProcess, kind: str) -> None:
    first = check(verifying, WRONG)
    found = check(verifying, wrong_codes(verifying)[kind])
    assert found.content == first.content
    assert dict(found.headers) | {"date": ""} == dict(first.headers) | {"date": ""}
    assert answer(found).one("h2").text == "This code is not confirmed"


def shape(element: Element) -> list[object]:
    """Elements and their nesting, without words and without what only colours them."""
    inside = [shape(each) for each in element.inside if isinstance(each, Element)]
    return [element.tag, sorted(set(element.attributes) - {"class"}), inside]


def test_right_and_wrong_answers_have_one_shape_and_one_length(verifying: AgencyProcess) -> None:
    right, wrong = check(verifying, code_of(verifying, serial=11)), check(verifying, WRONG)
    assert shape(parse(right.text)) == shape(parse(wrong.text))
    assert len(right.content) == len(wrong.content)
    assert right.headers.keys() == wrong.headers.keys()
    assert right.status_code == wrong.status_code


def test_right_and_wrong_answers_leave_the_same_rows(verifying: AgencyProcess) -> None:
    added = []
    for code in (code_of(verifying, serial=12), "1111-1111-1111"):
        before = counts(verifying)
        check(verifying, code)
        after = counts(verifying)
        added.append({table: after[table] - before[table] for table in after})
    assert added[0] == added[1] == {**dict.fromkeys(added[0], 0), "lookup": 1}


def test_right_and_wrong_answers_take_the_same_time(verifying: AgencyProcess) -> None:
    """Taken alternately, medians compared; the bound is wide, because a machine that tests is busy."""
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(40):
        for right in (True, False):
            code = code_of(verifying, serial=1000 + number) if right else f"2222-2222-{number:04d}"
            began = perf_counter()
            check(verifying, code)
            times[right].append(perf_counter() - began)
    confirmed, refused = median(times[True]), median(times[False])
    assert abs(confirmed - refused) < 0.35 * max(confirmed, refused), (confirmed, refused)


def test_a_code_that_was_looked_up_before_says_so_and_since_when(verifying: AgencyProcess) -> None:
    code, first = code_of(verifying, serial=13), verifying.now
    check(verifying, code)
    verifying.advance(5 * MINUTE)
    assert f"looked up before, first on {minute(first)}." in answer(check(verifying, code.lower())).text


def test_a_borrowed_code_betrays_itself(verifying: AgencyProcess) -> None:
    """Of another exchange, a day ago: the answer says both."""
    yesterday = Millis(verifying.now - DAY)
    code = code_of(verifying, yesterday, exchange="other-exchange")
    assert facts(check(verifying, code))[:2] == ["Other Exchange", minute(yesterday)]


def test_an_address_that_asks_too_much_has_to_wait(verifying: AgencyProcess) -> None:
    place, others = address(), address()
    codes = [check(verifying, f"3333-3333-{number:04d}", place).status_code for number in range(12)]
    assert codes == [200] * 10 + [429] * 2
    refused = check(verifying, code_of(verifying, serial=14), place)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= 60
    assert "confirmed" not in refused.text
    assert check(verifying, code_of(verifying, serial=14), others).status_code == 200


def test_what_the_caller_says_of_himself_does_not_help(verifying: AgencyProcess) -> None:
    """Only the proxy's own entry counts, which is the last one."""
    place = address()
    codes = [check(verifying, WRONG, f"203.0.113.{number}, {place}").status_code for number in range(12)]
    assert codes == [200] * 10 + [429] * 2


def test_one_ipv6_network_is_one_caller(verifying: AgencyProcess) -> None:
    codes = [check(verifying, WRONG, f"2001:db8:0:7::{number:x}").status_code for number in range(1, 13)]
    assert codes == [200] * 10 + [429] * 2


def test_neither_codes_nor_addresses_are_written_down(verifying: AgencyProcess) -> None:
    code, place = code_of(verifying, serial=15), address()
    check(verifying, code, place)
    plain = code.replace("-", "")
    stored = b"".join(path.read_bytes() for path in verifying.folder.glob("agency.db*"))
    for secret in (code, plain, place):
        assert secret.encode() not in stored
        assert secret not in verifying.log()


def test_nothing_typed_is_not_asked(verifying: AgencyProcess) -> None:
    before = counts(verifying)
    assert parse(check(verifying, "   ").text).all("section") == []
    assert counts(verifying) == before


@pytest.mark.parametrize(
    ("accepted", "locale"),
    [
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt"),
        ("zh-TW,zh;q=0.9", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("zh-Hant-MO", "zh-Hant"),
        ("fr,de;q=0.7", "en"),
        ("", "en"),
        ("fr;q=1, zh-HK;q=0.5", "zh-Hant"),
    ],
)
def test_the_browser_says_which_language(verifying: AgencyProcess, accepted: str, locale: str) -> None:
    page = verifying.client.get(f"{verifying.url}/verify", headers={"Accept-Language": accepted})
    assert parse(page.text).one("html").attributes["lang"] == locale


def test_the_front_door_is_the_publics(verifying: AgencyProcess) -> None:
    reply = verifying.client.get(f"{verifying.url}/")
    assert (reply.status_code, reply.headers["location"]) == (303, "/verify")


def test_looked_up_codes_are_put_away_when_their_time_is_over(verifying: AgencyProcess) -> None:
    check(verifying, code_of(verifying, serial=16))
    assert rows(verifying, "SELECT max(expires_at) - max(first_at) FROM lookup") == [(49 * HOUR,)]
