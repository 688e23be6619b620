"""What may stand in a text of a pack, and what nobody may smuggle into one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breather.protocol import pack_words
from breather.protocol.pack_words import refused_words, too_long
from tests.unit.pack.builders import codes, findings_of, with_text

REFUSED = [
    ("See https://example.org for help", "link"),
    ("See tg://resolve now", "link"),
    ("See www.example", "link"),
    ("See example.org", "link"),
    ("See EXAMPLE.ORG/help now", "link"),
    ("請看ｗｗｗ．example．com", "link"),
    ("請看example。com", "link"),
    ("See 10.0.0.1 now", "link"),
    ("Veja polícia.mo", "link"),
    ("Write to help@example.org", "e-mail"),
    ("Write to ＠helper", "e-mail"),
    ("Call 8800 7777", "number"),
    ("Call 8800-7777", "number"),
    ("Call 88 00 77 77", "number"),
    ("Call +853 123 456", "number"),
    ("Dial 993 now", "number"),
    ("請致電９９３", "number"),
    ("Send to TXYZ1234567890abcdef1", "code"),
    ("<b>Stop</b>", "markup"),
    ("Press [here]", "markup"),
    ("a\u0000b", "control-character"),
    ("a\u202eb", "control-character"),
    ("a\u2066b", "control-character"),
    ("a\u200bb", "control-character"),
    ("a\nb", "control-character"),
    ("a\u2028b", "control-character"),
    ("You may be a mule", "word-to-avoid"),
    ("Money mules go to prison", "word-to-avoid"),
    ("This is Pig Butchering", "word-to-avoid"),
    ("小心殺豬盤", "word-to-avoid"),
    ("小心杀猪盘", "word-to-avoid"),
    ("A Macau scam", "word-to-avoid"),
    ("", "empty"),
    ("   ", "empty"),
    ("Stop ", "spaces"),
]

ACCEPTED = [
    "Stop. Hang up, e.g. now, at 9.30 a.m. or so.",
    "Wait 24 h; 1.5 of 3 steps. 20.4 % stopped. In 2024, 5 000 USDT.",
    "Pare. Não envie: «conta segura» não existe.",
    "請停下。不要轉出「安全帳戶」，USDT 也一樣。",
    "It's a “safe account”? No, it is not!",
    "The mulefoot is a breed.",
]


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_refused(text: str, code: str) -> None:
    assert code in [finding.code for finding in refused_words("p", text, ["8800 7777", "993"])]


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted(text: str) -> None:
    assert refused_words("p", text, ["8800 7777", "993"]) == []


def test_a_short_number_is_refused_only_if_it_is_a_contact() -> None:
    assert refused_words("p", "Wait 993 seconds", []) == []


def test_a_link_cut_by_an_invisible_character_is_still_a_link() -> None:
    found = [finding.code for finding in refused_words("p", "See exam\u200bple.o\u200brg")]
    assert found == ["control-character", "link"]


@given(st.characters(codec="utf-8"), st.integers(0, 4))
def test_no_invisible_character_passes_anywhere(char: str, at: int) -> None:
    text = "Stop"[:at] + char + "Stop"[at:]
    hidden = unicodedata.category(char) in {"Cc", "Cf", "Co", "Zl", "Zp"}
    assert hidden == ("control-character" in [finding.code for finding in refused_words("p", text)])


@pytest.mark.parametrize(
    ("locale", "limit"),
    [("en", 60), ("pt", 60), ("ms", 60), ("zh-Hant", 24), ("zh-Hans", 24), ("ja", 24), ("ko-KR", 24)],
)
def test_the_limit_follows_the_script_of_the_locale(locale: str, limit: int) -> None:
    assert too_long("p", "x" * limit, pack_words.TITLE, locale) == []
    [finding] = too_long("p", "x" * (limit + 1), pack_words.TITLE, locale)
    assert (finding.code, finding.message) == (
        "too-long",
        f"has {limit + 1} characters; at most {limit} fit in {locale}",
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "texts/en.toml",
            '"Put the phone down first.',
            '"Visit safe-account.com first.',
            ("tips.general[1]", "link"),
        ),
        ("texts/pt.toml", "Nada foi enviado.", "Ligue 8800 7777.", ("watched.nothing_sent", "number")),
        (
            "texts/en.toml",
            'what_for = "Ask the',
            'what_for = "Ask @helper the',
            ("contact.pj-enquiry.what_for", "e-mail"),
        ),
        (
            "texts/en.toml",
            '"None of these."',
            '"None\\u0000 of these."',
            ("question.sounds-like.options.none", "control-character"),
        ),
        (
            "texts/zh-Hant.toml",
            '"轉出之前，請先停一停"',
            f'"{"停" * 25}"',
            ("alert.general.variants[1].title", "too-long"),
        ),
        (
            "texts/en.toml",
            'body = "Money',
            f'body = "{"Money " * 60}',
            ("alert.general.variants[1].body", "too-long"),
        ),
        (
            "texts/en.toml",
            'title = "Stop',
            'title = "Stop stop stop stop stop stop stop',
            ("alert.general.variants[1].title", "too-long"),
        ),
    ],
)
def test_every_kind_of_text_is_checked(file: str, old: str, new: str, expected: tuple[str, str]) -> None:
    place, code = expected
    assert codes(findings_of(with_text(file, old, new))) == [(f"{file}:{place}", code)]


def test_every_text_of_a_locale_is_looked_at() -> None:
    """Whatever sentence is replaced by a link, the pack is refused at that place."""
    lines = with_text("texts/en.toml", "", "")["texts/en.toml"].decode().splitlines()
    sentences = [number for number, line in enumerate(lines) if line.rstrip(",").endswith('"') and line[0] != "#"]
    assert len(sentences) > 110
    for number in sentences[::7]:
        altered = [*lines]
        start = altered[number].index('"')
        altered[number] = (
            altered[number][:start] + '"Go to example.org now"' + ("," if lines[number].endswith(",") else "")
        )
        found = findings_of({**with_text("texts/en.toml", "", ""), "texts/en.toml": "\n".join(altered).encode()})
        assert [finding.code for finding in found] == ["link"], lines[number]
