"""Views of the console made of the invented rows: one of each page."""

from breather.domain.feature import Phase
from breather.domain.friction import Friction
from breather.domain.instant import DAY, MINUTE, Millis
from breather.exchange.relay import RelayState
from breather.storage.exchange.console_reader import NEWEST
from breather.storage.exchange.console_record import DecisionFilter, DecisionPage, WithdrawalFile
from breather.storage.exchange.referrals import ReferralRow
from breather.web.exchange.console_list import decisions_view
from breather.web.exchange.console_relay import relay_view
from breather.web.exchange.console_shadow import Found, ShadowView, shadow_said, shadow_view
from breather.web.exchange.console_stand_in import AsideLine, ConflictLine, StandInsView
from breather.web.exchange.console_status import status_view
from breather.web.exchange.console_view import (
    DecisionsView,
    Frame,
    LoginView,
    RelayView,
    RuleText,
    ShadowSaid,
    ShownAlert,
    StatusView,
    WithdrawalView,
    Wording,
)
from breather.web.exchange.console_withdrawal import withdrawal_view
from tests.console_rows import DEAD, HEARTBEATS, NOW, RELAY, WAITING, campaign, entries, file, referral, row, rows
from tests.shadow_rows import ANSWERED, ENDED, OUTCOMES, SHADOW, SUBMITTED, changed_rows, said_rows

FRAME = Frame("Demo Exchange", "test", NOW, "csrf-value")
LOGIN = LoginView("Demo Exchange", "test", "csrf-value")

RULES = {
    "first-in-seven-days": RuleText(
        "days_since_notice IS NULL OR days_since_notice >= 7",
        Phase.SUBMIT,
        "Every customer is reminded once in seven days",
        Friction.NOTICE,
        "general",
    ),
    "first-large-to-new-address": RuleText(
        "destination_is_new AND amount_usd >= 1000 AND (amount_over_median IS NULL OR amount_over_median > 3)",
        Phase.SUBMIT,
        "A first, unusually large withdrawal to an address never used before",
        Friction.COOLING_OFF,
        "investment",
    ),
    "most-of-balance": RuleText(
        "balance_share >= 0.5 AND amount_usd >= 2000 AND destination_is_new",
        Phase.SUBMIT,
        "At least half of what the customer has, to an address never used before",
        Friction.COOLING_OFF,
        "investment",
    ),
    "someone-on-the-screen": RuleText(
        "remote_access OR screen_shared",
        Phase.SUBMIT,
        "Somebody else sees or steers the session",
        Friction.HOLD,
        "fake-police",
    ),
    "paid-by-chip-dealer": RuleText(
        "asset = 'USDT' AND deposit_kind = 'amount_usd' AND destination_customers >= 5",
        Phase.SUBMIT,
        "Many customers withdraw to one address after a cash-like deposit",
        Friction.QUESTIONS,
        "chip-exchange",
    ),
}

ALERT = ShownAlert(
    pack="macau-pj",
    version=1,
    variant=1,
    locale="zh-Hant",
    sample_mark="Breather 項目的樣本文字，並非司法警察局發出",
    agency="司法警察局",
    heading="司法警察局提示",
    first_screen="如果有人事先告訴你會看到這個畫面，或教你按甚麼，這就是詐騙。請掛線，自己撥打以下號碼。",
    title="先停一停，錢仍在你的帳戶",
    body="有人教你把幣轉到「投資平台」的地址嗎？轉出後無法追回。",
    why=("這是你第一次轉到這個地址，而且金額較大。",),
    tips=("真正的投資不會催促你。", "先問一位你信任的家人。"),
    contacts=(("8800 7777", "防詐騙查詢熱線"), ("993", "報案")),
)


WORDING = Wording(RULES, ALERT)


def decisions(
    wanted: DecisionFilter | None = None, older: int | None = 4231, problem: str = "", empty: bool = False
) -> DecisionsView:
    """The list with today's counts; `empty` is a page on which nothing was found."""
    page = DecisionPage(() if empty else rows(), older, 2000 if empty and older else len(rows()))
    busy = dict(zip(Friction, (1204, 311, 42, 57, 3), strict=True))
    counts = dict.fromkeys(Friction, 0) if empty else busy
    return decisions_view(FRAME, page, counts, (wanted or DecisionFilter(), NEWEST, problem))


def withdrawal(
    found: WithdrawalFile | None = None,
    wording: Wording = WORDING,
    referrals: tuple[ReferralRow, ...] = (),
    shadow: ShadowSaid | None = None,
) -> WithdrawalView:
    """The page of the main story."""
    return withdrawal_view(FRAME, found or file(), entries(), wording, referrals, shadow)


def referred() -> WithdrawalView:
    """The main story, told to the police: closed once, her name on its way, and a letter that died."""
    agreed = row(consented_at=Millis(NOW - 10 * MINUTE), consent_text="consent.zh-Hant.1", consent_number=4240)
    return withdrawal(file(agreed), referrals=(referral(), WAITING, DEAD))


def shadow(change: str = "newly", found: Found | None = None) -> ShadowView:
    """A week of a shadow; `found` is what else is to be shown."""
    week = Found(said_rows(), True, OUTCOMES, changed_rows(), 4100)
    return shadow_view(FRAME, SHADOW, (SHADOW, ENDED), found or week, (change, NEWEST))


def no_shadow() -> ShadowView:
    return shadow_view(FRAME, None, (), Found(), ("newly", NEWEST))


def beside_a_shadow() -> WithdrawalView:
    """The main story, with what a shadow said of it."""
    return withdrawal(shadow=shadow_said(SHADOW, SUBMITTED, ANSWERED))


def relay(state: RelayState = RELAY, dead: tuple[ReferralRow, ...] = (DEAD,)) -> RelayView:
    return relay_view(FRAME, state, dead)


def status() -> StatusView:
    coming = {"starts_at": NOW + DAY, "ends_at": NOW + 32 * DAY}
    lost = {"pack": None, "pack_version": None}
    campaigns = (
        campaign(),
        campaign(id="hk-adcc", version=1, jurisdiction="HK", pack_hash="77" * 32, **coming),
        campaign(version=1, retired_at=NOW - 26 * DAY, starts_at=NOW - 40 * DAY),
        campaign(id="sg-spf", version=3, jurisdiction="SG", pack_hash="00" * 32, **lost),
    )
    expiry = {"5f" * 32: Millis(NOW + 770 * DAY), "77" * 32: Millis(NOW - DAY)}
    return status_view(FRAME, HEARTBEATS, campaigns, expiry)


def stand_ins(quiet: bool = False) -> StandInsView:
    """After an outage, in which a replica decided one id, and a slot of the spool was damaged."""
    if quiet:
        return StandInsView(FRAME, 0, 0, 0, 0)
    conflicts = (
        ConflictLine("wd-2087", "a stand-in said hold, the decision notice; it is held now", Millis(NOW - 42 * MINUTE)),
        ConflictLine(
            "wd-1990",
            "a stand-in said hold, the decision none; it could not be held any more: already-broadcast",
            Millis(NOW - 2 * DAY),
        ),
    )
    aside = (AsideLine("9f2c" * 16, 20_481, "its checksum does not hold", Millis(NOW - 40 * MINUTE)),)
    return StandInsView(FRAME, 1_204, 37, 2, 1, conflicts, aside)
