"""The sample packs as content: whole, signed, plain, and right for who reads them in each language."""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.finding import Refused
from breather.domain.instant import parse_instant
from breather.domain.pack import LocaleText, Pack
from breather.domain.typology import Typology
from breather.protocol.pack import check_pack, read_folder, read_pack, verify_pack, warnings_of_pack
from breather.samples import SAMPLE_PUBLIC_KEY, sample_names, sample_pack

NAMES = sample_names("packs")
NOW = parse_instant("2026-11-22T10:43:00Z")

# Pairs (traditional, simplified) of common characters; one in the other script's file was overlooked there.
# Only characters that the other script never uses are listed, which leaves out those that serve in both.
PAIRS = """
這这 電电 話话 號号 錢钱 帳账 轉转 騙骗 請请 會会 說说 時时 間间 關关 開开 問问 題题 員员 貨货 買买
賣卖 銀银 碼码 險险 資资 產产 與与 為为 從从 來来 個个 們们 對对 應应 該该 還还 沒没 過过 進进 遠远
邊边 讓让 認认 識识 證证 護护 變变 實实 際际 幣币 門门 區区 國国 圖图 場场 報报 導导 師师 動动 務务
勞劳 單单 額额 處处 兩两 無无 點点 聯联 絡络 網网 線线 紙纸 給给 統统 經经 總总 續续 麼么 體体 舉举
記记 訴诉 誰谁 調调 誤误 讀读 貼贴 費费 賬账 贏赢 車车 軟软 輸输 達达 選选 鎖锁 錯错 隨随 雙双 難难
顯显 願愿 類类 顧顾 驗验 齊齐 龍龙 謹谨 詢询 撥拨 寫写 屬属 嗎吗 確确 檢检 構构 樣样 機机 權权 歡欢
歲岁 歷历 滿满 減减 溫温 漢汉 潔洁 獨独 獎奖 環环 畫画 異异 當当 盡尽 監监 視视 禮礼 種种 稱称 窮穷
競竞 筆笔 簡简 籌筹 級级 結结 絕绝 緊紧 練练 緩缓 罰罚 職职 聽听 聲声 脫脱 腦脑 莊庄 華华 藝艺 藥药
蘇苏 虛虚 補补 裝装 覺觉 觀观 規规 親亲 討讨 許许 設设 評评 詞词 試试 詳详 語语 談谈 論论 謝谢 議议
賭赌 賴赖 購购 賺赚 質质 趕赶 較较 輕轻 辦办 遞递 適适 鈔钞 錄录 鏈链 閉闭 陸陆 陰阴 陳陈 雖虽 離离
靈灵 靜静 頁页 頂顶 項项 順顺 須须 預预 頭头 飯饭 館馆 騷骚 驚惊 麗丽 黃黄 黨党 僅仅 側侧 偽伪 備备
傳传 債债 傷伤 億亿 優优 儲储 內内 剛刚 創创 協协 參参 啟启 喚唤 喪丧 嚴严 園园 圍围 團团 壞坏 壓压
夠够 奪夺 婦妇 學学 寶宝 將将 專专 尋寻 層层 帶带 幫帮 廠厂 廣广 強强 恆恒 惡恶 態态 慮虑 懷怀 戲戏
戰战 擊击 擇择 擔担 據据 攔拦 敗败 數数 斷断 暫暂 業业 極极 獲获 損损 滯滞 絲丝 繳缴 稅税 僞伪 啓启
彈弹 憑凭 淨净 貴贵 賊贼 贓赃 鑰钥 銷销 釣钓 鍵键
"""


def _telltales(index: int) -> frozenset[str]:
    return frozenset(pair[index] for pair in PAIRS.split())


def _sentences(table: object) -> Iterator[str]:
    if isinstance(table, str):
        yield table
    elif isinstance(table, dict):
        for value in table.values():
            yield from _sentences(value)
    elif isinstance(table, list):
        for value in table:
            yield from _sentences(value)


def _text(name: str, locale: str) -> str:
    return (sample_pack(name) / "texts" / f"{locale}.toml").read_text(encoding="utf-8")


@functools.cache
def _pack(name: str) -> Pack:
    """Reading one takes as long as all the rest of these tests."""
    return read_pack(read_folder(sample_pack(name)))


@functools.cache
def _files_of(name: str) -> Mapping[str, bytes]:
    return read_folder(sample_pack(name))


def _files() -> list[Path]:
    return sorted(path for name in NAMES for path in sample_pack(name).rglob("*") if path.is_file())


TEXTS = [(name, locale) for name in NAMES for locale in _pack(name).locales]


LANGUAGES = {
    "macau-pj": ("zh-Hant", "zh-Hans", "pt", "en"),
    "hongkong-police": ("zh-Hant", "zh-Hans", "en"),
    "singapore-police": ("en", "zh-Hans", "ms", "ta"),
    "taiwan-police": ("zh-Hant", "en"),
    "malaysia-police": ("ms", "en", "zh-Hans"),
    "uk-police": ("en",),
}


def test_every_place_is_there_in_its_languages() -> None:
    assert {name: _pack(name).locales for name in NAMES} == LANGUAGES


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_reads_checks_and_verifies(name: str) -> None:
    files = read_folder(sample_pack(name))
    pack = read_pack(files)
    assert verify_pack(files, [SAMPLE_PUBLIC_KEY], "test") == [], "sign again: python -m breather.samples"
    assert check_pack(pack, NOW, "test") == []
    assert pack.id == name
    assert pack.sample


@pytest.mark.parametrize("name", NAMES)
def test_sample_contacts_expire_by_the_end_of_2028(name: str) -> None:
    pack = _pack(name)
    assert max(str(contact.expires) for contact in pack.contacts) <= "2028-12-31"
    assert pack.expires <= parse_instant("2029-01-01T00:00:00Z")


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_asked_more_than_six_questions(name: str) -> None:
    pack = _pack(name)
    assert max(len(pack.questions_for(typology)) for typology in Typology) <= 6


def test_samples_are_text_only_and_carry_no_emblem() -> None:
    assert _files()
    for path in _files():
        assert path.suffix in {".toml", ".md", ""}, path
        path.read_bytes().decode("utf-8")


@pytest.mark.parametrize(("name", "locale"), TEXTS)
def test_every_locale_is_marked_as_a_sample_at_its_head_and_on_the_page(name: str, locale: str) -> None:
    text = _pack(name).text(locale)
    assert "Breather" in text.sample_mark
    assert "Breather" in _text(name, locale).splitlines()[0]


@pytest.mark.parametrize(("name", "locale"), TEXTS)
def test_alerts_have_three_variants_that_really_differ(name: str, locale: str) -> None:
    text = _pack(name).text(locale)
    assert set(text.alerts) == set(Typology)
    for variants in text.alerts.values():
        assert len({alert.title for alert in variants}) == len(variants) >= 3
        assert len({alert.body for alert in variants}) == len(variants)


@pytest.mark.parametrize(("name", "locale"), TEXTS)
def test_no_sentence_stands_there_twice(name: str, locale: str) -> None:
    """Nothing was copied and forgotten; a tip may serve two typologies."""
    text = _pack(name).text(locale)
    said = [*_alerts(text), *(alert.title for variants in text.alerts.values() for alert in variants)]
    said += [*text.why.values(), *(question.text for question in text.questions.values())]
    assert [sentence for sentence in said if said.count(sentence) > 1] == []


WHY_IDS = frozenset(
    """
    first-in-seven-days new-address-large-amount much-larger-than-usual most-of-balance rising-amounts
    new-account-empties soon-after-deposit many-people-send-here after-security-change someone-else-on-screen
    split-amounts long-idle-account answers-coached answers-fee-to-unlock answers-police-call
    answers-investment answers-task returned-after-stop desk-review
    """.split()
)


@pytest.mark.parametrize("name", NAMES)
def test_the_reasons_that_campaigns_name_are_there(name: str) -> None:
    assert _pack(name).why_ids >= WHY_IDS


@pytest.mark.parametrize(("name", "locale"), [entry for entry in TEXTS if entry[1].startswith("zh")])
def test_no_character_of_the_other_chinese_script(name: str, locale: str) -> None:
    foreign = _telltales(1 if locale == "zh-Hant" else 0)
    text = "".join(_sentences(tomllib.loads(_text(name, locale))))
    assert not foreign & set(text)


def test_the_telltale_list_tells_the_scripts_apart() -> None:
    hant, hans = _telltales(0), _telltales(1)
    assert not hant & hans
    assert len(hant) > 250
    assert hans & set(_text("macau-pj", "zh-Hans"))
    assert hant & set(_text("macau-pj", "zh-Hant"))


# Words of the wrong tone, per language: calm and without blame.
TONE = {
    "zh": ["愚蠢", "貪", "贪", "殺豬", "杀猪", "澳門騙", "澳门骗"],
    "pt": ["culpado", "ingénu", "estúpid", "ganânci"],
    "en": ["pig", "butcher", "greed", "naive", "stupid", "foolish", "gullible", "victim", "must act", "immediately"],
    "ms": ["bodoh", "tamak", "mangsa", "cuai", "scam macau"],
    "ta": ["முட்டாள்", "பேராசை", "ஏமாளி"],
}
# Words of another place: each public is written to in its own usage.
PLACE = {
    ("macau-pj", "zh-Hant"): ["网", "網路", "資訊安全", "帳號", "詐欺", "轉賬", "香港"],
    ("macau-pj", "zh-Hans"): ["网络", "透过", "香港"],
    ("macau-pj", "pt"): ["você", "celular", "tela", "senha", "golpe", "ônibus"],
    ("hongkong-police", "zh-Hant"): ["網路", "帳號", "詐欺", "轉帳", "詐騙集團", "軟體", "視訊", "澳門", "司法"],
    ("hongkong-police", "zh-Hans"): ["网络", "透过", "澳门", "司法"],
    ("hongkong-police", "en"): ["macau", "judiciary", "casino", "chips"],
    ("singapore-police", "en"): ["macau", "hong kong", "mainland", "judiciary", "casino", "chips"],
    ("singapore-police", "zh-Hans"): ["澳门", "香港", "账户", "户口", "屏幕", "短信", "司法", "赌场", "筹码"],
    ("singapore-police", "ms"): ["diraja", "malaysia"],
    (
        "taiwan-police",
        "zh-Hant",
    ): "網上 轉賬 視像 按金 結餘 掛線 甚麼 充值 點讚 酒店 騙徒 黑客 應用程式 拘捕令 澳門 香港".split(),
    ("taiwan-police", "en"): ["macau", "hong kong", "mainland", "judiciary", "casino", "chips"],
    ("malaysia-police", "en"): ["macau", "hong kong", "mainland", "judiciary", "casino", "chips", "singapore"],
    ("malaysia-police", "ms"): ["singapura", "macau"],
    ("malaysia-police", "zh-Hans"): ["澳门", "香港", "账户", "户头", "屏幕", "短信", "司法", "赌场", "筹码"],
    ("uk-police", "en"): ["macau", "hong kong", "mainland", "judiciary", "casino", "chips", "singapore"],
}


@pytest.mark.parametrize(("name", "locale"), TEXTS)
def test_words_of_the_wrong_place_or_tone_are_absent(name: str, locale: str) -> None:
    text = "\n".join(_sentences(tomllib.loads(_text(name, locale)))).lower()
    start = "" if locale.startswith("zh") else r"(?<!\w)"  # Chinese has no spaces to begin a word with
    words = [*TONE[locale.partition("-")[0]], *PLACE.get((name, locale), [])]
    found = [word for word in words if re.search(start + word, text)]
    assert found == []


@pytest.mark.parametrize(("name", "locale"), TEXTS)
def test_nobody_is_shouted_at(name: str, locale: str) -> None:
    for sentence in _sentences(tomllib.loads(_text(name, locale))):
        assert "!" not in sentence
        assert "！" not in sentence
        assert not re.search(r"\b[A-ZÀ-Ý]{5,}\b", sentence), sentence


# What the first screen must say (guarantees H1), and what officers never do, by words that carry it.
CARRIERS = {
    "zh-Hant": (["告訴您", "騙局|詐騙", "掛線|掛斷", "親手"], ["致電|打電話", "密碼", "轉帳|轉賬|匯款", "保密"]),
    "zh-Hans": (["告诉您", "骗局", "挂断", "亲手"], ["打电话", "密码", "转账", "保密"]),
    "pt": (["lhe disse", "burla", "Desligue", "própria mão"], ["telefona", "palavras-passe", "dinheiro", "esconda"]),
    "en": (["told you", "scam", "Hang up", "yourself"], ["ring you first", "passwords", "money", "secret"]),
    "ms": (["memberitahu anda", "penipuan", "Letakkan", "sendiri"], ["menelefon", "kata laluan", "wang", "berahsia"]),
    "ta": (["சொல்லியிருந்தால்", "மோசடி", "துண்டியுங்கள்", "நீங்களே"], ["அழைக்கவே", "கடவுச்சொ", "பணத்தை", "இரகசியம்"]),
}


@pytest.mark.parametrize(("name", "locale"), TEXTS)
def test_the_first_screen_says_all_that_it_must(name: str, locale: str) -> None:
    text = _pack(name).text(locale)
    first, never = CARRIERS[locale]
    assert [word for word in first if not re.search(word, text.first_screen)] == []
    assert [word for word in never if not re.search(word, text.officers_never)] == []


SAFE_ACTIONS = {
    "zh-Hant": r"停|不要|請勿|掛線|撥打|等一等",
    "zh-Hans": r"停|不要|请勿|挂断|拨打|等一等",
    "pt": r"\b[Pp]are|\b[Nn]ão|Desligue|parar|marque|[Ee]spere",
    "en": r"[Ss]top|[Dd]o not|[Hh]ang up|no more|wait|dial|pause",
    "ms": r"[Bb]erhenti|[Hh]entikan|[Jj]angan|Letakkan|tunggu|dail",
    "ta": r"நிறுத்|துண்டி|அனுப்பாதீர்கள்|கட்டாதீர்கள்|சேர்க்காதீர்கள்|காத்திரு|அழை",
}


def _alerts(text: LocaleText) -> Iterator[str]:
    for variants in text.alerts.values():
        yield from (alert.body for alert in variants)


@pytest.mark.parametrize(("name", "locale"), TEXTS)
def test_every_alert_names_a_safe_action(name: str, locale: str) -> None:
    text = _pack(name).text(locale)
    assert [body for body in _alerts(text) if not re.search(SAFE_ACTIONS[locale], body)] == []


@pytest.mark.parametrize(("name", "locale"), TEXTS)
def test_a_watched_session_reads_no_number_and_no_police_status(name: str, locale: str) -> None:
    watched = _pack(name).text(locale).watched
    joined = f"{watched.nothing_sent} {watched.hang_up} {watched.stop}".lower()
    assert not re.search(r"\d|polic|políc|polis|警|காவல்|公安", joined)


# What is known of each number, and how old that is: pack, number, whether it takes reports and answers day and night.
# A number that is not here was not confirmed by anybody, and may not be shown.
NUMBERS = """
macau-pj         | 8800 7777     | unknown | unknown | 2026-01-14
macau-pj         | 993           | yes     | unknown | 2026-01-14
hongkong-police  | 18222         | no      | yes     | 2024-04-23
singapore-police | 1799          | no      | yes     | 2025-09-01
taiwan-police    | 165           | unknown | yes     | 2026-02-01
taiwan-police    | 110           | unknown | unknown | 2026-02-01
malaysia-police  | 997           | yes     | yes     | 2026-03-03
uk-police        | 0300 123 2040 | yes     | no      | 2025-12-01
uk-police        | 101           | yes     | unknown | 2025-12-01
"""
_KNOWN = {True: "yes", False: "no", None: "unknown"}


def test_the_numbers_are_those_that_were_confirmed_and_claim_no_more() -> None:
    rows = [
        (name, each.number, _KNOWN[each.takes_reports], _KNOWN[each.hours_24], str(each.as_of))
        for name in NAMES
        for each in _pack(name).contacts
    ]
    assert sorted(rows) == sorted(tuple(cell.strip() for cell in line.split("|")) for line in NUMBERS.split("\n")[1:-1])


@pytest.mark.parametrize("name", NAMES)
def test_whether_a_number_answers_from_abroad_is_unknown_until_somebody_says_so(name: str) -> None:
    assert {contact.from_abroad for contact in _pack(name).contacts} == {None}
    assert all(contact.source for contact in _pack(name).contacts)


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_without_a_number_for_reports_says_so(name: str) -> None:
    codes = {finding.code for finding in warnings_of_pack(_pack(name), NOW)}
    assert ("no-report-number" in codes) == (name not in {"macau-pj", "malaysia-police", "uk-police"})
    assert "unknown" in codes
    assert "no-lists" not in codes
    assert (sample_pack(name) / "README.md").is_file()


@settings(max_examples=120)
@given(st.data())
def test_one_letter_changed_anywhere_is_refused_and_named(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    files = dict(_files_of(name))
    file = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[file]) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != files[file][at]))
    files[file] = files[file][:at] + bytes([other]) + files[file][at + 1 :]
    named = {finding.pointer for finding in verify_pack(files, [SAMPLE_PUBLIC_KEY], "test")}
    # The manifest names a file that it lists otherwise, or is itself not what was signed.
    assert named if file in {"MANIFEST", "SIGNATURE"} else named == {file}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("added", [{}, {"README2.md": b""}], ids=["left out", "renamed"])
def test_a_file_left_out_or_renamed_is_refused_and_named(name: str, added: Mapping[str, bytes]) -> None:
    files = {file: content for file, content in _files_of(name).items() if file != "README.md"}
    named = [finding.pointer for finding in verify_pack({**files, **added}, [SAMPLE_PUBLIC_KEY], "test")]
    assert named == ["README.md", *added]


def test_a_sample_never_passes_for_a_real_pack() -> None:
    files = dict(read_folder(sample_pack("macau-pj")))
    files["pack.toml"] = files["pack.toml"].replace(b"sample = true", b"sample = false")
    with pytest.raises(Refused, match="sample_mark"):
        read_pack(files)
