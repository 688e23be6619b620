"""Orders that no alert gives, found in each language that has lists; and what only sounds like one, left alone."""

import pytest

from breather.protocol.pack_language import has_lists, orders, telling
from tests.unit.pack.builders import codes, findings_of, with_text

ORDERS = """
en | credentials | Enter your password below.
en | credentials | Tell the officer your PIN now.
en | credentials | What is your recovery phrase?
en | transfer | Please send your money to the safe account.
en | transfer | Pay the fee today.
en | secrecy | Keep this a secret.
en | secrecy | Hang up. Do not tell your family.
en | secrecy | Do not call the police.
pt | credentials | Introduza a sua palavra-passe.
pt | credentials | Qual é a sua palavra-passe?
pt | transfer | Transfira o saldo para a conta segura.
pt | transfer | Pague a multa hoje.
pt | secrecy | Guarde segredo.
pt | secrecy | Não conte a ninguém.
zh-Hant | credentials | 請輸入您的密碼。
zh-Hant | credentials | 您的密碼是甚麼？
zh-Hant | credentials | 請停下，並提供驗證碼。
zh-Hant | transfer | 請把資產轉到以下地址。
zh-Hant | transfer | 把錢匯到安全帳戶。
zh-Hant | secrecy | 請保密。
zh-Hant | secrecy | 不要告訴家人。
zh-Hans | credentials | 请输入验证码。
zh-Hans | transfer | 请立即把钱转到安全账户。
zh-Hans | secrecy | 请停下。不要跟家人说。
ms | credentials | Masukkan kata laluan anda.
ms | transfer | Hantar wang ke akaun selamat.
ms | transfer | Bayar denda itu hari ini.
ms | secrecy | Rahsiakan perkara ini.
ms | secrecy | Jangan beritahu keluarga anda.
ta | credentials | உங்கள் கடவுச்சொல்லை உள்ளிடுங்கள்.
ta | credentials | உங்கள் கடவுச்சொல் என்ன?
ta | transfer | பணத்தை இந்தக் கணக்கிற்கு அனுப்புங்கள்.
ta | secrecy | யாரிடமும் சொல்லாதீர்கள்.
"""

HARMLESS = """
en | Never give passwords, codes or recovery words to anyone.
en | Never tell anyone your password.
en | If a caller says that you must send everything to a new wallet, it is a scam.
en | No police officer asks you to send money to a safe account.
en | Scammers tell people to speak to no one.
en | Did anyone tell you to keep this secret?
en | I have to pay a tax, deposit or fee to get my money out.
en | You are sending a large amount to an address that you have never used before.
pt | Nunca dê palavras-passe a ninguém.
pt | Nunca pede que transfira dinheiro para uma conta segura.
pt | Os burlões mandam guardar segredo.
zh-Hant | 密碼、驗證碼和助記詞，不要給任何人。
zh-Hant | 請不要把資產轉到那個地址。
zh-Hant | 不會要求您轉帳，也不會要求您向家人或銀行保密。
zh-Hans | 骗子会让您输入验证码。
ms | Jangan beri kata laluan kepada sesiapa.
ms | Jika pemanggil menyuruh anda hantar wang ke akaun baharu, itu penipuan.
ta | கடவுச்சொல்லை யாருக்கும் கொடுக்காதீர்கள்.
"""


def _rows(table: str) -> list[list[str]]:
    return [line.split(" | ") for line in table.strip().splitlines()]


@pytest.mark.parametrize(("locale", "kind", "text"), _rows(ORDERS))
def test_an_order_is_found(locale: str, kind: str, text: str) -> None:
    assert [finding.code for finding in orders("p", text, locale)] == [f"asks-for-{kind}"]


@pytest.mark.parametrize(("locale", "text"), _rows(HARMLESS))
def test_what_forbids_asks_about_or_reports_an_order_is_none(locale: str, text: str) -> None:
    assert orders("p", text, locale) == []


def test_the_finding_shows_the_sentence_and_says_what_would_be_right() -> None:
    [finding] = orders("texts/en.toml:alert.general.variants[1].body", "Stop. Enter your PIN. Wait.", "en")
    assert "'Enter your PIN.'" in finding.message
    assert "Say that nobody may have it" in finding.message


def test_a_language_without_lists_finds_nothing_and_is_known_for_it() -> None:
    assert not has_lists("th")
    assert orders("p", "Enter your password.", "th") == []
    assert all(has_lists(locale) for locale in ("en", "pt-PT", "zh-Hant-HK", "yue", "ms", "ta"))


@pytest.mark.parametrize(
    ("locale", "subject"),
    [("en", "Police reminder"), ("pt", "Aviso de burla"), ("zh-Hant", "警方提示"), ("ms", "Amaran penipuan")],
)
def test_a_subject_that_others_may_read_names_neither_scam_nor_police(locale: str, subject: str) -> None:
    assert [finding.code for finding in telling("p", subject, locale)] == ["telling-subject"]
    assert telling("p", "A short note", locale) == []


def test_a_pack_with_an_order_in_it_is_refused_at_that_place() -> None:
    altered = with_text("texts/pt.toml", '"Antes de enviar, fale com', '"Introduza a palavra-passe e fale com')
    assert codes(findings_of(altered)) == [("texts/pt.toml:tips.general[2]", "asks-for-credentials")]
