"""What lists of words can find in one language: orders that no police force gives, and subjects that tell too much.

An alert asks for nothing: no password or code, no payment, no secrecy. The lists below find such an order where it is
written in the usual words and in one sentence, and take it for harmless where the words before it forbid it, ask about
it or report it (*never give...*, *if a caller tells you to...*). They cannot find an order in unusual words or spread
over two sentences, and for a language without a list they find nothing, which the check says. That two people read
every sentence before it is signed is not replaced by them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from breather.domain.finding import Finding


@dataclass(frozen=True, slots=True)
class _Words:
    """Regular expressions of one language; `{secret}` in `give` and `asks` stands for a `credential`.

    `give`, `transfer` and `secrecy` are orders; `asks` is a credential asked for by a question. `harmless` are words
    that, standing before an order, make it none. `tells` is what a neutral subject never says.
    """

    credential: str
    give: str
    transfer: str
    secrecy: str
    asks: str
    harmless: str
    tells: str


@dataclass(frozen=True, slots=True)
class _Language:
    """The same, compiled. `order` has a named group for each kind of order."""

    order: re.Pattern[str]
    asks: re.Pattern[str]
    credential: re.Pattern[str]
    harmless: re.Pattern[str]
    tells: re.Pattern[str]


_WRONG: Mapping[str, str] = {
    "credentials": "asks for a password, code or key; an alert asks for nothing. Say that nobody may have it",
    "transfer": "tells the reader to send or pay; an alert moves no money. Say what nobody honest would ask for",
    "secrecy": "tells the reader to keep silent; an alert never does. Say whom to talk to",
}
_SENTENCE = re.compile(r"[^.!?。！？;；…]+[.!?。！？;；…]*")
_IN = r"[^.?!]"


def _compiled(words: _Words) -> _Language:
    give, asks = (text.replace("{secret}", f"(?:{words.credential})") for text in (words.give, words.asks))
    order = f"(?P<credentials>{give})|(?P<transfer>{words.transfer})|(?P<secrecy>{words.secrecy})"
    texts = (order, asks, words.credential, words.harmless, words.tells)
    return _Language(*(re.compile(text, re.IGNORECASE) for text in texts))


_ENGLISH = _Words(
    credential=r"\b(?:passwords?|passcodes?|pins?|otps?|codes?|(?:recovery|seed) (?:words?|phrases?)|private keys?)\b",
    give=rf"\b(?:enter|type|give|send|tell|read|share|confirm|provide|show|submit)\b{_IN}{{0,40}}{{secret}}",
    transfer=rf"\b(?:send|transfer|move|pay|deposit)\b{_IN}{{0,60}}\b(?:to|into)\b{_IN}{{0,30}}\b(?:accounts?|address|wallet)\b"
    rf"|\bpay\b{_IN}{{0,20}}\b(?:fees?|tax|deposit|fine|bail)\b",
    secrecy=r"\bkeep (?:this|it|that|everything)(?: a)? (?:secret|private|confidential|to yourself)\b"
    rf"|\b(?:do not|don[’']t|never|must not|should not) (?:tell|speak|talk|mention|inform|contact|call)\b{_IN}{{0,40}}"
    r"\b(?:anyone|anybody|family|bank|police|friends?)\b|\btell (?:no ?one|nobody)\b|\bspeak to (?:no ?one|nobody)\b",
    asks=r"\bwhat(?:[’']s| is| are)\b[^?]{0,20}\byour\b[^?]{0,20}{secret}",
    harmless=r"\b(?:never|not|no|nobody|none|if|who|whoever|scammers?|callers?|criminals?|someone|somebody|told"
    r"|tell people|asks?|asked|says?|said|wants?|I)\b|n[’']t\b",
    tells=r"\b(?:police|scams?|fraud|crime|crypto|victim)",
)
_PORTUGUESE = _Words(
    credential=r"\b(?:palavras?-passe|senhas?|pin|c[oó]digos?|palavras de recupera[cç][aã]o|chaves? privadas?)\b",
    give=rf"\b(?:introduza|indique|envie|forne[cç]a|diga|escreva|partilhe|dê|confirme|mostre|digite)\b{_IN}{{0,40}}{{secret}}",
    transfer=rf"\b(?:transfira|envie|mova|deposite|pague|passe)\b{_IN}{{0,60}}\b(?:para|numa?|na)\b{_IN}{{0,30}}"
    rf"\b(?:conta|endere[cç]o|carteira)\b|\bpague\b{_IN}{{0,20}}\b(?:taxa|imposto|cau[cç][aã]o|multa)\b",
    secrecy=rf"\b(?:guarde|mantenha)\b{_IN}{{0,15}}\bsegredo\b"
    rf"|\bn[aã]o (?:conte|diga|fale|contacte|telefone)\b{_IN}{{0,30}}"
    r"\b(?:ningu[eé]m|fam[ií]lia|banco|pol[ií]cia|amigos?)\b",
    asks=r"\bqual\b[^?]{0,15}\b(?:sua|seu)\b[^?]{0,15}{secret}",
    harmless=r"\b(?:n[aã]o|nunca|nem|ningu[eé]m|nenhum\w*|se|quem|burl\w+|algu[eé]m|pede\w*|disse\w*|diz\w*|manda\w*"
    r"|tenho)\b",
    tells=r"pol[ií]cia|burla|fraude|crime|cripto|v[ií]tima",
)
_SILENT = "(?:不要|不可|勿|別|别)"
_ANYONE = "(?:任何人|家人|[親亲]友|朋友|[銀银]行|警)"
_CHINESE = _Words(
    credential="密[碼码]|[驗验][證证][碼码]|助[記记][詞词]|私[鑰钥]",
    give="(?:[輸输]入|提供|告[訴诉]我|[發发][送給给]|回[復复覆]|[傳传][給给送]|交出|[說说]出)[^，。；]{0,10}{secret}"
    "|(?:把|[將将]){secret}[^，。；]{0,6}(?:告[訴诉]|[發发][送給给]|[傳传][送給给]|交)",
    transfer="(?:[請请][^，。；]{0,14}?|(?:^|[，；：])(?:立即|[馬马]上|先)?(?:把|[將将])[^，。；]{0,14}?)"
    "(?:[轉转匯汇存付繳缴移]|充值|[儲储]值)[^，。；]{0,12}?(?:[帳账賬][戶户號号]|[戶户][口頭头]|[錢钱]包|地址|款|[費费稅税])",
    secrecy=f"{_SILENT}(?:告[訴诉]|通知|[聯联][絡络繫系])[^，。；]{{0,6}}{_ANYONE}"
    f"|{_SILENT}[對对跟向和與与][^，。；]{{0,4}}{_ANYONE}[^，。；]{{0,6}}[說说講讲談谈提]|保密",
    asks="[您你]的{secret}是(?:什[麼么]|甚麼|多少)",
    harmless="不|勿|別|别|如果|若|叫|要求|要[您你]|[讓让][您你]|[說说]|有人|[對对]方|[騙骗]|[詐诈]|假|[誰谁]|我",
    tells="警|[騙骗]|[詐诈]|罪|[虛虚][擬拟]",
)
_MALAY = _Words(
    credential=r"\b(?:kata laluan|kod|pin|tac|otp|(?:frasa|perkataan) pemulihan|kunci peribadi)\b",
    give=rf"\b(?:masukkan|beri(?:kan)?|beritahu|hantar(?:kan)?|kongsi(?:kan)?|taip|sahkan|tunjukkan)\b{_IN}{{0,40}}{{secret}}",
    transfer=rf"\b(?:hantar(?:kan)?|pindahkan|bayar|masukkan|kirim(?:kan)?)\b{_IN}{{0,60}}\b(?:ke|kepada|dalam)\b{_IN}{{0,30}}"
    rf"\b(?:akaun|alamat|dompet)\b|\bbayar\b{_IN}{{0,20}}\b(?:yuran|fi|cukai|deposit|denda|caj)\b",
    secrecy=r"\brahsiakan\b|\bsimpan rahsia\b"
    rf"|\b(?:jangan|tidak boleh|usah) (?:beritahu|maklumkan|bercakap|cakap|cerita(?:kan)?|hubungi)\b{_IN}{{0,30}}"
    r"\b(?:sesiapa|keluarga|bank|polis|kawan)\b",
    asks=r"\bapakah?\b[^?]{0,20}{secret}[^?]{0,10}\banda\b",
    harmless=r"\b(?:jangan|tidak|tak|bukan|tiada|usah|jika|kalau|apabila|penipu\w*|pemanggil|seseorang|sesiapa|(?:me)?nyuruh"
    r"|(?:me)?minta|suruh|disuruh|diminta|berkata|katanya|mendakwa|saya)\b",
    tells=r"\b(?:polis|penipu|scam|jenayah|kripto|mangsa)",
)
_TAMIL = _Words(
    credential="கடவுச்சொ|மறைச்சொ|குறியீ|மீட்புச் சொ|தனிப்பட்ட சாவி|OTP",
    give=rf"{{secret}}{_IN}*?(?:உள்ளிடுங்கள்|உள்ளிடவும்|கொடுங்கள்|கொடுக்கவும்|தாருங்கள்|அனுப்புங்கள்|அனுப்பவும்|பகிருங்கள்|சொல்லுங்கள்)",
    transfer=rf"(?:பண|தொகை|கட்டண|வைப்புத்|வரி){_IN}*?(?:அனுப்புங்கள்|அனுப்பவும்|மாற்றுங்கள்|மாற்றவும்|செலுத்துங்கள்|செலுத்தவும்|கட்டுங்கள்)",
    secrecy=rf"(?:யாரிடமும்|குடும்பத்தின|வங்கியிட|காவல்|போலி[ஸச]|நண்பர){_IN}*?(?:சொல்லாதீர்கள்|கூறாதீர்கள்|பேசாதீர்கள்|சொல்ல வேண்டாம்)"
    "|இரகசியமாக வை|ரகசியமாக வை",
    asks="உங்கள் {secret}[^?]*என்ன",
    harmless="மோசடி|என்றால்|யாராவது|ஒருவர்|நான்",
    tells="காவல்|மோசடி|போலி[ஸச]|குற்ற",
)
_LANGUAGES: Mapping[str, _Language] = {
    language: _compiled(words)
    for words, languages in (
        (_ENGLISH, ("en",)),
        (_PORTUGUESE, ("pt",)),
        (_CHINESE, ("zh", "yue")),
        (_MALAY, ("ms",)),
        (_TAMIL, ("ta",)),
    )
    for language in languages
}


def has_lists(locale: str) -> bool:
    """Whether orders can be looked for in the locale's language at all."""
    return _tongue(locale) in _LANGUAGES


def orders(pointer: str, text: str, locale: str) -> list[Finding]:
    """What the text orders and no alert may; empty for a language without lists."""
    language = _LANGUAGES.get(_tongue(locale))
    if language is None:
        return []
    return [
        Finding(pointer, f"asks-for-{kind}", f"{_WRONG[kind]} ({sentence.strip()!r})")
        for sentence in _SENTENCE.findall(text)
        for kind in _orders_in(sentence, language)
    ]


def telling(pointer: str, text: str, locale: str) -> list[Finding]:
    """What a subject says that others may read on a locked screen."""
    language = _LANGUAGES.get(_tongue(locale))
    found = language.tells.search(text) if language else None
    if found is None:
        return []
    message = f"says {found[0]!r} to whoever sees it; a neutral subject is about the account, and nothing more"
    return [Finding(pointer, "telling-subject", message)]


def _orders_in(sentence: str, language: _Language) -> Iterator[str]:
    if sentence.rstrip().endswith(("?", "？")):
        if language.asks.search(sentence):
            yield "credentials"
        return
    for found in language.order.finditer(sentence):
        kind = found.lastgroup or ""
        # A ban on telling is itself a negative sentence: only what stands before it can make it harmless.
        before = sentence[: found.start() if kind == "secrecy" else found.end()]
        kept_from_all = kind == "secrecy" and language.credential.search(sentence)
        if not kept_from_all and not language.harmless.search(before):
            yield kind


def _tongue(locale: str) -> str:
    return locale.split("-", maxsplit=1)[0].lower()
