"""Everything that the simulator assumes, in one place, each with its source, and how an operator says otherwise."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from breather.domain.finding import Finding, Refused, nearest
from breather.domain.instant import DAY, MINUTE, Millis
from breather.domain.typology import Typology
from breather.simulation.places import PLACES

MOST_CUSTOMERS = 20_000_000
# Each case needs somebody else, and somebody has to be left.
_MOST_CASES = 80_000
_WHAT = "the simulator's parameters cannot be used"


def _whole(default: int, low: int = 0, high: int = 1_000) -> int:
    """A whole number with the range that an override must keep to; without one, a share per mille."""
    found: int = field(default=default, metadata={"low": low, "high": high})
    return found


# Kinds of case; `mule` is not a typology of any alert, so it is counted apart.
TYPOLOGY_WEIGHTS: Mapping[Typology, int] = {
    Typology.INVESTMENT: 420,
    Typology.FEE_TO_UNLOCK: 120,
    Typology.FAKE_POLICE: 140,
    Typology.EXCHANGE_IMPERSONATION: 100,
    Typology.TASK_JOB: 120,
    Typology.ADDRESS_POISONING: 60,
    Typology.CHIP_EXCHANGE: 40,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Shares are per mille unless the name says otherwise. Where a default comes from, with the grade of the source:
    P official, N press, S secondary, D our arithmetic on it, I our inference. I means that nothing is published.

    The stage
        customers, exchanges, begins, days: I, a stage for trying things out.
        jurisdiction: the place of the trial of August 2024 (N macaonews.org, binance-macau-police-scam-prevention).
        unknown: I, a tenth; what rules are measured with.

    People and habits
        residents, students, second_exchange, newcomers: I.
        balance_median_usd, balance_spread, yearly_withdrawals, yearly_spread, most_yearly: I; log-normal, as such
            sums are everywhere.
        usual_share, usual_spread, new_address, service_address, top_up: I.
        screenless, ip_abroad, new_device, on_call, security_change: I, of honest customers: what false alarms live on.

    Scams
        victims_per_100000: D, a year; Macau counted 1,260 fraud cases in 2025 (N macaudailytimes.com.mo,
            total-scam-losses), some 180 per 100,000 residents of all kinds. Customers of an exchange are fewer and
            more exposed (I): 300.
        mules_per_100000: I; nine people were indicted for one ring of sham coin dealers in Taiwan, May 2024 (S
            goldwebnexus.com).
        investment ... chip_exchange: weights of the typologies, I. In Macau 2024 investment was 9 % of cases of all
            kinds and the largest loss (N macaupostdaily.com/news/24275); where the money leaves as crypto it leads.
        student_victims: I; 109 student cases in Macau in 2024 (same), of fake police and paid tasks.
        student_september: I, per mille of another month's: students arrive, and are called, in September.
        cases_per_gang: I; many-to-one addresses are an indicator of paid tasks (FATF 2020, P).
        reloaded: I; fee-to-unlock follows a loss (HK romance, then fake police: P adcc.gov.hk).

    Under alerts: the share who stop at a friction, out of those whom nobody coached, at the first showing
        stops_unprompted: D, cancellations without any alert, the 5 % of the sample-size arithmetic for a trial.
        stops_notice: D, the 7 % of the same arithmetic; the published 20.4 % (N crowdfundinsider.com, Hong Kong) has
            no comparison group and is no effect.
        stops_questions: D, 24 % of those whom Singapore's police and banks wrote to (N bizinsider.org).
        stops_cooling_off: P, 30 % lower losses with decline, questions and chat (Revolut; before and after, vendor).
        stops_hold: I, above a pause: a person speaks to her.
        stops_known_address: N, 20 to 30 % went on after Hong Kong's alert on listed payees (scmp.com 3258557).
        coached: I, of victims; answers and disbelief are rehearsed beforehand (N conversation.which.co.uk, P UK
            Finance). coached_keeps: I, what coaching leaves of an effect. coached_lies: I.
        repeated_keeps: D, 55 of 76: static against changing warnings (N cacmb4.acm.org/news/228212).
        abandons_notice, abandons_questions, abandons_cooling_off, abandons_hold: I, honest customers beyond
            stops_unprompted: the cost of a false alarm. More than A$100m were abandoned at one bank's prompts, of
            which nobody knows how much was honest (P news.nab.com.au).
        returns, returns_elsewhere: I, of stopped victims, and of those who return; nothing is published on how many try
            again. That they are talked to until they do is (N conversation.which.co.uk; a team for those who do not
            believe the police: N rti.org.tw).
        lapses: I, of those who did not stop at a pause. asks_help: I. says_listening: I, of those whose session is
            shared.
    """

    customers: int = _whole(10_000, 1, MOST_CUSTOMERS)
    exchanges: int = _whole(1, 1, 8)
    jurisdiction: str = "MO"
    begins: str = "2025-07-01"
    days: int = _whole(365, 1, 3_660)
    unknown: int = _whole(100)

    residents: int = _whole(930)
    students: int = _whole(120)
    second_exchange: int = _whole(250)
    newcomers: int = _whole(200)
    balance_median_usd: int = _whole(1_500, 10, 1_000_000)
    balance_spread: int = _whole(1_500, 0, 2_500)
    yearly_withdrawals: int = _whole(2, 1, 1_000)
    yearly_spread: int = _whole(1_000, 0, 2_500)
    most_yearly: int = _whole(400, 1, 5_000)
    usual_share: int = _whole(250, 1, 1_000)
    usual_spread: int = _whole(700, 0, 2_500)
    new_address: int = _whole(60)
    service_address: int = _whole(250)
    top_up: int = _whole(450)
    screenless: int = _whole(90)
    ip_abroad: int = _whole(40)
    new_device: int = _whole(30)
    on_call: int = _whole(8)
    security_change: int = _whole(12)

    victims_per_100000: int = _whole(300, 0, 50_000)
    mules_per_100000: int = _whole(40, 0, 20_000)
    investment: int = _whole(TYPOLOGY_WEIGHTS[Typology.INVESTMENT])
    fee_to_unlock: int = _whole(TYPOLOGY_WEIGHTS[Typology.FEE_TO_UNLOCK])
    fake_police: int = _whole(TYPOLOGY_WEIGHTS[Typology.FAKE_POLICE])
    exchange_impersonation: int = _whole(TYPOLOGY_WEIGHTS[Typology.EXCHANGE_IMPERSONATION])
    task_job: int = _whole(TYPOLOGY_WEIGHTS[Typology.TASK_JOB])
    address_poisoning: int = _whole(TYPOLOGY_WEIGHTS[Typology.ADDRESS_POISONING])
    chip_exchange: int = _whole(TYPOLOGY_WEIGHTS[Typology.CHIP_EXCHANGE])
    student_victims: int = _whole(400)
    student_september: int = _whole(4_000, 0, 20_000)
    cases_per_gang: int = _whole(12, 1, 1_000)
    reloaded: int = _whole(600)

    stops_unprompted: int = _whole(50)
    stops_notice: int = _whole(70)
    stops_questions: int = _whole(240)
    stops_cooling_off: int = _whole(300)
    stops_hold: int = _whole(500)
    stops_known_address: int = _whole(750)
    coached: int = _whole(600)
    coached_keeps: int = _whole(500)
    coached_lies: int = _whole(800)
    repeated_keeps: int = _whole(724)
    abandons_notice: int = _whole(5)
    abandons_questions: int = _whole(20)
    abandons_cooling_off: int = _whole(60)
    abandons_hold: int = _whole(150)
    returns: int = _whole(300)
    returns_elsewhere: int = _whole(400)
    lapses: int = _whole(120)
    asks_help: int = _whole(30)
    says_listening: int = _whole(100)

    def __post_init__(self) -> None:
        """Raises Refused with everything that is wrong."""
        # What belongs together is looked at once each part is what it should be.
        if findings := _wrong_values(self) or _wrong_together(self):
            raise Refused(_WHAT, findings)

    @property
    def begins_at(self) -> Millis:
        """Midnight where the customers live."""
        days = date.fromisoformat(self.begins).toordinal() - date(1970, 1, 1).toordinal()
        return Millis(days * DAY - PLACES[self.jurisdiction].offset_minutes * MINUTE)

    @property
    def typology_weights(self) -> tuple[int, ...]:
        """In the order of `TYPOLOGY_WEIGHTS`."""
        return tuple(int(getattr(self, typology.value.replace("-", "_"))) for typology in TYPOLOGY_WEIGHTS)


def _wrong_values(parameters: Parameters) -> list[Finding]:
    findings = []
    for each in fields(Parameters):
        value: object = getattr(parameters, each.name)
        kind = type(each.default)
        if type(value) is not kind:
            wanted = "a whole number" if kind is int else "a text"
            findings.append(Finding(f"/{each.name}", "type", f"is {value!r}; it must be {wanted}"))
        elif isinstance(value, int) and not each.metadata["low"] <= value <= each.metadata["high"]:
            low, high = each.metadata["low"], each.metadata["high"]
            findings.append(Finding(f"/{each.name}", "range", f"is {value}; it must be from {low} to {high}"))
    return findings


def _wrong_together(parameters: Parameters) -> list[Finding]:
    findings = []
    if parameters.jurisdiction not in PLACES:
        findings.append(Finding("/jurisdiction", "unknown-place", f"must be one of {', '.join(PLACES)}"))
    if not _is_date(parameters.begins):
        findings.append(Finding("/begins", "date", f"is {parameters.begins!r}; write it like 2025-07-01, from 1980"))
    if parameters.victims_per_100000 * parameters.days // 365 + parameters.mules_per_100000 > _MOST_CASES:
        message = f"make more than {_MOST_CASES} cases in 100,000 customers in the simulated time"
        findings.append(Finding("/victims_per_100000", "too-many", message))
    if not any(parameters.typology_weights):
        findings.append(Finding("/investment", "weights", "every typology has weight 0; one must have more"))
    return findings


def _is_date(text: str) -> bool:
    try:
        return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None and 1980 <= date.fromisoformat(text).year <= 2200
    except ValueError:
        return False


def read_parameters(text: str, more: Mapping[str, object] | None = None) -> Parameters:
    """TOML with any of the fields; `more` (such as the command line's) goes before it. Raises Refused."""
    try:
        given: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(_WHAT, [Finding("/", "toml", f"is not TOML: {error}")]) from None
    given.update(more or {})
    names = [each.name for each in fields(Parameters)]
    findings = [
        Finding(f"/{name}", "unknown-key", "there is no such parameter.", nearest(name, names))
        for name in given
        if name not in names
    ]
    if findings:
        raise Refused(_WHAT, findings)
    return Parameters(**given)


def format_parameters(parameters: Parameters, seed: int) -> str:
    """TOML that `read_parameters` reads again; the seed stands in a comment, for it is no assumption."""
    lines = [f"# breather simulate, seed {seed}: everything here is invented"]
    for each in fields(Parameters):
        value = getattr(parameters, each.name)
        lines.append(f'{each.name} = "{value}"' if isinstance(value, str) else f"{each.name} = {value}")
    return "\n".join(lines) + "\n"
