"""A whole pack at a given instant, in a given mode: may it serve?"""

from dataclasses import replace

import pytest

from breather.domain.instant import Millis, parse_instant
from breather.protocol.pack import check_pack, read_pack
from tests.unit.pack.builders import NOW, codes, sample, with_text


def _at(instant: str, mode: str = "test") -> list[tuple[str, str]]:
    return codes(check_pack(sample(), parse_instant(instant), mode))


def test_the_sample_may_serve_in_test_mode() -> None:
    assert check_pack(sample(), NOW, "test") == []


def test_live_mode_refuses_a_sample() -> None:
    assert codes(check_pack(sample(), NOW, "live")) == [("pack.toml:sample", "sample-in-live")]
    assert check_pack(replace(sample(), sample=False), NOW, "live") == []


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-02-01T00:00:00+08:00", []),
        ("2026-01-31T23:59:59+08:00", [("pack.toml:valid_from", "not-yet-valid")]),
        ("2028-12-31T23:59:59+08:00", []),
        ("2029-01-01T00:00:00+08:00", [("pack.toml:expires", "expired")]),
    ],
)
def test_validity_has_its_first_instant_and_not_its_last(instant: str, expected: list[tuple[str, str]]) -> None:
    assert _at(instant) == expected


def test_messages_say_when() -> None:
    [early] = check_pack(sample(), Millis(sample().valid_from - 1), "test")
    assert early.message == "the pack is not valid before 2026-01-31T16:00:00.000Z"
    [late] = check_pack(sample(), sample().expires, "test")
    assert late.message == "the pack expired at 2028-12-31T16:00:00.000Z"


def test_an_expired_contact_is_named_with_its_date() -> None:
    pack = read_pack(with_text("contacts.toml", "expires = 2028-12-31", "expires = 2026-11-21"))
    [finding] = check_pack(pack, NOW, "test")
    assert finding.pointer == "contacts.toml:contact[1].expires"
    assert finding.code == "contact-expired"
    assert finding.message == "contact 'pj-enquiry' (8800 7777) expired on 2026-11-21"


def test_a_contact_that_expires_today_is_good_today() -> None:
    pack = read_pack(with_text("contacts.toml", "expires = 2028-12-31", "expires = 2026-11-22"))
    assert check_pack(pack, NOW, "test") == []


def test_a_locale_left_without_a_number_is_named() -> None:
    contacts = tuple(replace(contact, expires_at=NOW) for contact in sample().contacts)
    found = codes(check_pack(replace(sample(), contacts=contacts), NOW, "test"))
    assert found[:2] == [(f"contacts.toml:contact[{n}].expires", "contact-expired") for n in (1, 2)]
    assert found[2:] == [
        (f"texts/{locale}.toml:contact", "no-contact") for locale in ("zh-Hant", "zh-Hans", "pt", "en")
    ]


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = {code for _, code in _at("2030-01-01T00:00:00Z", mode="live")}
    assert found == {"sample-in-live", "expired", "contact-expired", "no-contact"}
