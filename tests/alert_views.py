"""Views of the alert page in every state and language, for tests: invented texts, Macau's public numbers."""

from dataclasses import dataclass, replace
from typing import Any, Final

from breather.domain.instant import Millis, parse_instant
from breather.web.exchange.alert_page import CODED, AlertView, ContactLine, QuestionLine, Screen
from breather.web.exchange.alert_told import Naming, Stage, ToldLine

_WORDS: Final = tuple(
    "agency heading sample_mark first_screen officers_never title body amount network address csrf".split()
)
_LISTS: Final = ("why", "tips", "contacts", "questions")
NOW: Final = parse_instant("2026-11-22T15:38:00+08:00")
LOCALES: Final = ("zh-Hant", "zh-Hans", "pt", "en")


@dataclass(frozen=True)
class Words:
    """One language of an invented pack."""

    agency: str
    heading: str
    sample_mark: str
    first_screen: str
    officers_never: str
    title: str
    body: str
    why: str
    tips: tuple[str, ...]
    contacts: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]
    yes: str
    no: str
    options: tuple[str, ...]
    held: str


WORDS: Final = {
    "zh-Hant": Words(
        agency="澳門司法警察局",
        heading="司法警察局提示",
        sample_mark="樣本：並非司法警察局發出",
        first_screen="如果有人事先告訴你會出現這個畫面，或教你按哪個鍵，那就是詐騙。請掛線，然後親自撥打以下號碼。",
        officers_never="警員不會先致電給你，也不會要求你轉帳、說出密碼或保守秘密。",
        title="這筆錢是要匯去一個「投資平台」嗎？",
        body="有人在網上認識你，帶你投資虛擬資產，起初讓你看見利潤，甚至讓你取回少量款項。"
        "之後你再投入的錢，往往取不回來。",
        why="這是你第一次把較大金額轉到這個地址。",
        tips=(
            "平台上的利潤數字可以造假。",
            "要先付稅款或保證金才可提款，就是詐騙。",
            "先與家人談一談，再作決定。",
        ),
        contacts=(("反詐騙查詢熱線", "24 小時"), ("報案熱線", "24 小時")),
        questions=("有沒有人教你怎樣回答這些問題？", "有沒有人叫你不要告訴家人或警察？"),
        yes="有",
        no="沒有",
        options=("網上認識的人帶我投資", "有人自稱警察或政府人員", "要先付款才可取回錢", "以上都不是"),
        held="收款地址與一宗舉報有關，交易平台正在查核。",
    ),
    "zh-Hans": Words(
        agency="澳门司法警察局",
        heading="司法警察局提示",
        sample_mark="样本：并非司法警察局发出",
        first_screen="如果有人事先告诉你会出现这个画面，或教你按哪个键，那就是诈骗。请挂断电话，然后亲自拨打以下号码。",
        officers_never="警员不会先打电话给你，也不会要求你转账、说出密码或保守秘密。",
        title="这笔钱是要汇去一个“投资平台”吗？",
        body="有人在网上认识你，带你投资虚拟资产，开始时让你看见利润，甚至让你取回少量款项。"
        "之后你再投入的钱，往往取不回来。",
        why="这是你第一次把较大金额转到这个地址。",
        tips=(
            "平台上的利润数字可以造假。",
            "要先付税款或保证金才能提款，就是诈骗。",
            "先和家人谈一谈，再作决定。",
        ),
        contacts=(("反诈骗查询热线", "24 小时"), ("报案热线", "24 小时")),
        questions=("有没有人教你怎样回答这些问题？", "有没有人叫你不要告诉家人或警察？"),
        yes="有",
        no="没有",
        options=("网上认识的人带我投资", "有人自称警察或政府人员", "要先付款才能取回钱", "以上都不是"),
        held="收款地址与一宗举报有关，交易平台正在核查。",
    ),
    "pt": Words(
        agency="Polícia Judiciária de Macau",
        heading="Aviso da Polícia Judiciária",
        sample_mark="Amostra: não emitida pela Polícia Judiciária",
        first_screen="Se alguém lhe disse que este aviso ia aparecer, ou em que botão carregar, é uma burla. "
        "Desligue e marque o número por si.",
        officers_never="Os agentes nunca ligam primeiro, nem pedem dinheiro, palavras-passe ou segredo.",
        title="Este dinheiro vai para uma plataforma de investimento?",
        body="Alguém que conheceu na Internet ensina-o a investir em ativos virtuais. No início mostra-lhe "
        "lucros e até o deixa levantar um pouco. Depois, o que enviar já não volta.",
        why="É a primeira vez que envia um montante elevado para este endereço.",
        tips=(
            "Os lucros que vê no ecrã podem ser inventados.",
            "Pagar um imposto ou caução para levantar o seu dinheiro é sinal de burla.",
            "Fale com a família antes de decidir.",
        ),
        contacts=(("Consultas contra burlas", "24 horas"), ("Participação de crimes", "24 horas")),
        questions=(
            "Alguém lhe disse como responder a estas perguntas?",
            "Alguém lhe pediu que não contasse à família ou à polícia?",
        ),
        yes="Sim",
        no="Não",
        options=(
            "Alguém que conheci na Internet ensina-me a investir",
            "Alguém diz ser da polícia ou do Governo",
            "Tenho de pagar para receber o meu dinheiro",
            "Nada disto",
        ),
        held="O endereço consta de uma denúncia e a sua plataforma está a verificá-la.",
    ),
    "en": Words(
        agency="Macau Judiciary Police",
        heading="Judiciary Police reminder",
        sample_mark="Sample: not issued by the Judiciary Police",
        first_screen="If someone told you that this would appear, or what to press, it is a scam. "
        "Hang up and dial the number yourself.",
        officers_never="Officers never ring you first, and never ask for transfers, passwords or secrecy.",
        title="Is this money going to an investment platform?",
        body="Someone you met online teaches you to invest in virtual assets. At first they show you "
        "profits, and even let you take a little out. What you send after that does not come back.",
        why="This is the first time you send a large amount to this address.",
        tips=(
            "The profits you see on a screen can be invented.",
            "Having to pay a tax or deposit to get your money out is the sign of a scam.",
            "Talk to your family before you decide.",
        ),
        contacts=(("Anti-scam enquiries", "24 hours"), ("Crime reports", "24 hours")),
        questions=(
            "Has anyone told you how to answer these questions?",
            "Has anyone asked you to keep this from your family or the police?",
        ),
        yes="Yes",
        no="No",
        options=(
            "Someone I met online teaches me to invest",
            "Someone says they are police or government",
            "I must pay to get my own money back",
            "None of these",
        ),
        held="The address is named in a complaint, and your exchange is checking it.",
    ),
}


def at(minutes: float) -> Millis:
    """An instant so many minutes after `NOW`."""
    return Millis(NOW + round(minutes * 60_000))


# A pseudonymous referral that has come all the way, and her name after it.
TOLD: Final = (
    ToldLine(False, Stage.RECEIVED, at(-2), at(-2)),
    ToldLine(True, Stage.CLOSED, at(-1), at(-1), at(0)),
)
CODE: Final = "00B7-K3QW-9X4T"


def _questions(words: Words) -> tuple[QuestionLine, ...]:
    plain = (("yes", words.yes), ("no", words.no))
    kinds = tuple(zip(("investment", "fake-police", "fee-to-unlock", "none"), words.options, strict=True))
    coached, secret = words.questions
    return (
        QuestionLine("coached", coached, plain),
        QuestionLine("secret", secret, plain),
        QuestionLine("sounds-like", words.title, kinds),
    )


def _base(screen: Screen, locale: str) -> AlertView:
    words = WORDS[locale]
    return AlertView(
        screen=screen,
        locale=locale,
        locales=LOCALES,
        larger=False,
        agency=words.agency,
        heading=words.heading,
        sample_mark=words.sample_mark,
        first_screen=words.first_screen,
        officers_never=words.officers_never,
        title=words.title,
        body=words.body,
        why=(words.why,),
        tips=words.tips,
        contacts=tuple(
            ContactLine(number, *line) for number, line in zip(("8800 7777", "993"), words.contacts, strict=True)
        ),
        questions=_questions(words),
        amount="5,000 USDT",
        network="TRON",
        address="TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE",
        now=NOW,
        decided_at=at(-20),
        time_zone="Asia/Macau",
        csrf="c5rf-0123456789",
        urgent_route_minutes=30,
    )


def _differences(screen: Screen, locale: str) -> dict[str, Any]:
    running = {"elapses_at": at(42), "lapses_at": at(24 * 60 + 42), "pause_seconds": 3_600}
    over = {"elapses_at": at(-5), "lapses_at": at(24 * 60 - 5), "pause_seconds": 3_600}
    coded = {"code": CODE} if screen in CODED else {}
    known: dict[Screen, dict[str, Any]] = {
        Screen.ALERT: {"lapses_at": at(24 * 60 - 20), "pause_seconds": 3_600},
        Screen.QUESTIONS: {"lapses_at": at(24 * 60 - 20), "pause_seconds": 3_600},
        Screen.RUNNING: running,
        Screen.ELAPSED: over,
        Screen.STOPPED: over,
        Screen.HELP: {**running, "help_asked_at": at(-2), "told": TOLD[:1], "naming": Naming.OFFERED},
        Screen.CONSENT: {**running, "help_asked_at": at(-2), "told": TOLD[:1], "naming": Naming.OFFERED},
        Screen.HELD: {**running, "held_until": at(72 * 60), "held_reason": WORDS[locale].held},
        Screen.LAPSED: {"elapses_at": at(-25 * 60), "lapses_at": at(-60), "pause_seconds": 3_600},
        Screen.WATCHED: running,
        Screen.RELEASED: over,
        Screen.PROCEEDED: over,
        Screen.EXPIRED: dict.fromkeys(_WORDS, "") | dict.fromkeys(_LISTS, ()),
    }
    return {**coded, **known.get(screen, {})}


def a_view(screen: Screen, locale: str = "en", **changes: Any) -> AlertView:
    """The ordinary view of one screen, with the given fields changed."""
    return replace(_base(screen, locale), **{**_differences(screen, locale), **changes})
