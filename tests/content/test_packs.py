"""The sample packs as content: whole, signed, plain, and right for who reads them in each language."""

import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from breather.domain.finding import Refused
from breather.domain.instant import parse_instant
from breather.domain.pack import LocaleText, Pack
from breather.domain.typology import Typology
from breather.protocol.pack import check_pack, read_folder, read_pack, verify_pack
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


def _files() -> list[Path]:
    return sorted(path for name in NAMES for path in sample_pack(name).rglob("*") if path.is_file())


TEXTS = [(name, locale) for name in NAMES for locale in _pack(name).locales]


def test_the_macau_sample_is_there_in_its_four_languages() -> None:
    assert ("macau-pj", "zh-Hant") in TEXTS
    assert {locale for name, locale in TEXTS if name == "macau-pj"} == {"zh-Hant", "zh-Hans", "pt", "en"}


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


def _wanted(name: str) -> set[Typology]:
    return {
        Typology.GENERAL,
        Typology.INVESTMENT,
        Typology.FAKE_POLICE,
        Typology.FEE_TO_UNLOCK,
        Typology.EXCHANGE_IMPERSONATION,
        Typology.TASK_JOB,
        Typology.KNOWN_ADDRESS,
    } | ({Typology.CHIP_EXCHANGE} if name.startswith("macau") else set())


@pytest.mark.parametrize(("name", "locale"), TEXTS)
def test_alerts_have_three_variants_that_really_differ(name: str, locale: str) -> None:
    text = _pack(name).text(locale)
    assert _wanted(name) <= text.alerts.keys()
    for variants in text.alerts.values():
        assert len({alert.title for alert in variants}) == len(variants) >= 3
        assert len({alert.body for alert in variants}) == len(variants)


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


# Words of the wrong place or tone, per locale: Macau and not Taiwan or Brazil, calm and without blame.
WORDS_TO_AVOID = {
    "zh-Hant": ["網路", "資訊安全", "帳號", "詐欺", "简", "愚蠢", "貪", "殺豬", "澳門騙"],
    "zh-Hans": ["網", "網络", "愚蠢", "贪", "杀猪", "澳门骗", "透过"],
    "pt": ["você", "celular", "tela", "senha", "golpe", "ônibus", "culpado", "ingénu", "estúpid", "ganânci"],
    "en": [
        "pig",
        "butcher",
        "greed",
        "naive",
        "stupid",
        "foolish",
        "gullible",
        "victim",
        "must act",
        "immediately",
    ],
}


@pytest.mark.parametrize(("name", "locale"), TEXTS)
def test_words_of_the_wrong_place_or_tone_are_absent(name: str, locale: str) -> None:
    text = "\n".join(_sentences(tomllib.loads(_text(name, locale)))).lower()
    start = "" if locale.startswith("zh") else r"(?<!\w)"  # Chinese has no spaces to begin a word with
    found = [word for word in WORDS_TO_AVOID.get(locale, []) if re.search(start + word, text)]
    assert found == []


@pytest.mark.parametrize(("name", "locale"), TEXTS)
def test_nobody_is_shouted_at(name: str, locale: str) -> None:
    for sentence in _sentences(tomllib.loads(_text(name, locale))):
        assert "!" not in sentence
        assert "！" not in sentence
        assert not re.search(r"\b[A-ZÀ-Ý]{5,}\b", sentence), sentence


# What the first screen must say (guarantees H1), and what officers never do, by words that carry it.
CARRIERS = {
    "zh-Hant": (["告訴您", "騙局", "掛線", "親手"], ["致電", "密碼", "轉帳", "保密"]),
    "zh-Hans": (["告诉您", "骗局", "挂断", "亲手"], ["打电话", "密码", "转账", "保密"]),
    "pt": (
        ["lhe disse", "burla", "Desligue", "própria mão"],
        ["telefona", "palavras-passe", "dinheiro", "esconda"],
    ),
    "en": (["told you", "scam", "Hang up", "yourself"], ["ring you first", "passwords", "money", "secret"]),
}


@pytest.mark.parametrize(("name", "locale"), [entry for entry in TEXTS if entry[1] in CARRIERS])
def test_the_first_screen_says_all_that_it_must(name: str, locale: str) -> None:
    text = _pack(name).text(locale)
    first, never = CARRIERS[locale]
    assert [word for word in first if word not in text.first_screen] == []
    assert [word for word in never if word not in text.officers_never] == []


SAFE_ACTIONS = {
    "zh-Hant": r"停|不要|請勿|掛線|撥打|等一等",
    "zh-Hans": r"停|不要|请勿|挂断|拨打|等一等",
    "pt": r"\b[Pp]are|\b[Nn]ão|Desligue|parar|marque|[Ee]spere",
    "en": r"[Ss]top|[Dd]o not|[Hh]ang up|no more|wait|dial|pause",
}


def _alerts(text: LocaleText) -> Iterator[str]:
    for variants in text.alerts.values():
        yield from (alert.body for alert in variants)


@pytest.mark.parametrize(("name", "locale"), [entry for entry in TEXTS if entry[1] in SAFE_ACTIONS])
def test_every_alert_names_a_safe_action(name: str, locale: str) -> None:
    text = _pack(name).text(locale)
    assert [body for body in _alerts(text) if not re.search(SAFE_ACTIONS[locale], body)] == []


@pytest.mark.parametrize(("name", "locale"), TEXTS)
def test_a_watched_session_reads_no_number_and_no_police_status(name: str, locale: str) -> None:
    watched = _pack(name).text(locale).watched
    joined = f"{watched.nothing_sent} {watched.hang_up} {watched.stop}".lower()
    assert not re.search(r"\d|polic|políc|警", joined)


def test_the_numbers_are_those_that_the_police_gave() -> None:
    pack = _pack("macau-pj")
    assert [(contact.number, str(contact.as_of)) for contact in pack.contacts] == [
        ("8800 7777", "2026-01-14"),
        ("993", "2026-01-14"),
    ]


def test_a_sample_with_one_letter_changed_is_found() -> None:
    files = dict(read_folder(sample_pack("macau-pj")))
    files["texts/zh-Hant.toml"] = files["texts/zh-Hant.toml"].replace("騙".encode(), "编".encode(), 1)
    [finding] = verify_pack(files, [SAMPLE_PUBLIC_KEY], "test")
    assert finding.pointer == "texts/zh-Hant.toml"


def test_a_sample_never_passes_for_a_real_pack() -> None:
    files = dict(read_folder(sample_pack("macau-pj")))
    files["pack.toml"] = files["pack.toml"].replace(b"sample = true", b"sample = false")
    with pytest.raises(Refused, match="sample_mark"):
        read_pack(files)
