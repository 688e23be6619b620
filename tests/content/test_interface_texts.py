"""The interface's own words: complete in every language, plain, without numbers, addresses or blame."""

import re
from importlib import resources

import pytest

from breather.domain.finding import Refused
from breather.domain.instant import parse_instant
from breather.web.agency.portal_words import zone_text
from breather.web.texts import REFERENCE, Texts, all_texts, placeholders, read_texts, texts_for

TAGS = ("en", "pt", "zh-Hans", "zh-Hant")
REFERENCE_WORDS = all_texts()[REFERENCE].words

# Characters that only one of the two scripts uses, from words that these files could hold.
ONLY_TRADITIONAL = "這個來開關電話帳戶轉裏還沒無問題時間後會說請為應處條錢實點擊繼續嗎與動須當將對筆騙"
ONLY_SIMPLIFIED = "这个来开关电话账户转里还没无问题时间后会说请为应处条钱实点击继续吗与动须当将对笔骗"

BLAME = re.compile(
    r"\b(stupid|foolish|greed|careless|your fault\b(?<!not your fault)|victim|pig.butcher|macau scam|"
    r"estúpid|ganânci|descuidad|vítima)|愚蠢|貪心|贪心|大意|殺豬盤|杀猪盘|澳門騙局",
    re.IGNORECASE,
)
BRAZILIAN = re.compile(r"\b(você|tela|celular|usuário|senha|golpe|saque|aplicativo|baixar|clicando)\b", re.IGNORECASE)

# Said by Python and not by a template: how a moment is put together, and the options of a yes-or-no question.
IN_CODE = frozenset({"chrome.moment", "questions.yes", "questions.no"})


def source_of(tag: str) -> str:
    return resources.files("breather.web").joinpath("texts", f"{tag}.toml").read_text("utf-8")


def words_of(texts: Texts) -> dict[str, str]:
    return {key: value for key, value in texts.words.items() if not key.startswith("locale.")}


def test_the_four_languages_of_macau_ship() -> None:
    assert tuple(sorted(all_texts())) == TAGS


@pytest.mark.parametrize("tag", TAGS)
def test_every_language_has_the_same_keys_and_placeholders(tag: str) -> None:
    words = all_texts()[tag].words
    assert set(words) == set(REFERENCE_WORDS)
    assert {key: placeholders(words[key]) for key in words} == {
        key: placeholders(text) for key, text in REFERENCE_WORDS.items()
    }


def test_every_text_is_used_and_every_used_text_exists() -> None:
    folders = [resources.files("breather.web").joinpath("templates", name) for name in ("alert", "verify")]
    templates = "".join(each.read_text("utf-8") for folder in folders for each in folder.iterdir())
    used = set(re.findall(r"""say\(["']([a-z_.]+)["']""", templates)) | IN_CODE
    assert used == set(words_of(all_texts()[REFERENCE]))


@pytest.mark.parametrize("tag", TAGS)
def test_no_text_holds_a_number_or_an_address(tag: str) -> None:
    """Numbers to dial come from the pack alone, signed by the agency (guarantees H)."""
    for key, text in words_of(all_texts()[tag]).items():
        assert not re.search(r"\d|www\.|https?:|@", text), key


@pytest.mark.parametrize("tag", TAGS)
def test_no_text_blames_and_none_speaks_for_the_police(tag: str) -> None:
    for key, text in words_of(all_texts()[tag]).items():
        assert not BLAME.search(text), key
        assert not re.search(r"police|polícia|judici|警", text, re.IGNORECASE), key


@pytest.mark.parametrize("tag", TAGS)
def test_texts_are_short_enough_to_read_under_pressure(tag: str) -> None:
    longest = 80 if tag.startswith("zh") else 160
    button = 20 if tag.startswith("zh") else 52
    for key, text in words_of(all_texts()[tag]).items():
        assert len(text) <= (button if key.startswith("action.") and key != "action.stop_note" else longest), key


def test_chinese_keeps_to_one_script() -> None:
    traditional = set("".join(all_texts()["zh-Hant"].words.values()))
    simplified = set("".join(all_texts()["zh-Hans"].words.values()))
    assert not traditional & set(ONLY_SIMPLIFIED)
    assert not simplified & set(ONLY_TRADITIONAL)


def test_portuguese_is_european() -> None:
    for key, text in words_of(all_texts()["pt"]).items():
        assert not BRAZILIAN.search(text), key


@pytest.mark.parametrize("tag", TAGS)
def test_the_safe_words_are_all_different(tag: str) -> None:
    """Two buttons that read alike would be pressed by mistake."""
    acts = [text for key, text in all_texts()[tag].words.items() if key.startswith("action.")]
    assert len(set(acts)) == len(acts)


@pytest.mark.parametrize(
    ("tag", "moment", "length", "left"),
    [
        ("en", "Sunday 22 November, 16:23", "60 minutes", ("42", "minutes")),
        ("pt", "domingo, 22 de novembro, 16:23", "60 minutos", ("42", "minutos")),
        ("zh-Hant", "11月22日週日 下午4:23", "60 分鐘", ("42", "分鐘")),
        ("zh-Hans", "11月22日周日 16:23", "60分钟", ("42", "分钟")),
    ],
)
def test_times_and_lengths_as_the_language_writes_them(
    tag: str, moment: str, length: str, left: tuple[str, str]
) -> None:
    texts = all_texts()[tag]
    assert texts.moment(parse_instant("2026-11-22T08:23:00Z"), "Asia/Macau") == moment
    assert texts.duration(3_600) == length
    assert texts.remaining(42 * 60) == left


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (1, "1 second"),
        (20, "20 seconds"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (3_600, "60 minutes"),
        (5_400, "90 minutes"),
        (7_200, "2 hours"),
        (86_400, "24 hours"),
    ],
)
def test_a_length_keeps_to_the_largest_plain_unit(seconds: int, written: str) -> None:
    assert all_texts()["en"].duration(seconds) == written


@pytest.mark.parametrize(
    ("locale", "place"), [("en", "Macau"), ("pt", "Macau"), ("zh-Hant", "澳門"), ("zh-Hans", "澳门")]
)
def test_macau_has_one_spelling_in_each_language(locale: str, place: str) -> None:
    assert all_texts()[locale].place("Asia/Macau") == place
    assert zone_text("Asia/Macau") == "Macau time", "the portal's English is the same"


@pytest.mark.parametrize(
    ("locale", "tag"),
    [
        ("zh-Hant", "zh-Hant"),
        ("zh-Hant-MO", "zh-Hant"),
        ("pt-PT", "pt"),
        ("fr", "en"),
        ("zh", "en"),
        ("", "en"),
    ],
)
def test_the_nearest_language_is_found(locale: str, tag: str) -> None:
    assert texts_for(locale).tag == tag


# The loader refuses, and names everything at once


def refused(source: str) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        read_texts("pt", source, REFERENCE_WORDS)
    return {finding.pointer: f"{finding.code} {finding.suggestion}".strip() for finding in caught.value.findings}


def test_missing_unknown_and_empty_texts_are_all_named() -> None:
    source = source_of("pt").replace("stop_note =", "stop_nota =").replace('back = "Voltar"', 'back = " "')
    assert refused(source) == {
        "action.stop_note": "missing",
        "action.stop_nota": "unknown action.stop_note",
        "action.back": "value",
    }


@pytest.mark.parametrize("wrong", ["dura {lenght}", "dura", "dura {length} {length2}", "dura {length", "dura {}"])
def test_placeholders_must_be_those_of_the_reference(wrong: str) -> None:
    source = source_of("pt").replace("Dura {length}. Nunca é prolongada sem o avisar.", wrong)
    assert set(refused(source)) == {"running.length_text"}


@pytest.mark.parametrize(
    ("old", "new", "pointer"),
    [
        ('direction = "ltr"', 'direction = "left"', "locale.direction"),
        ('cldr = "pt_PT"', 'cldr = "xx_PT"', "locale.cldr"),
        ('cldr = "pt_PT"', 'cldr = "!"', "locale.cldr"),
        ('back = "Voltar"', 'back = "<b>Voltar</b>"', "action.back"),
        ('back = "Voltar"', "back = 7", "action.back"),
    ],
)
def test_a_wrong_value_is_named(old: str, new: str, pointer: str) -> None:
    assert old in source_of("pt")
    assert set(refused(source_of("pt").replace(old, new))) == {pointer}


def test_a_file_that_is_not_toml_is_named() -> None:
    assert refused("[locale") == {"pt": "syntax"}
