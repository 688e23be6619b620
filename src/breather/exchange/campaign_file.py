"""A campaign's folder (`campaign.toml`, `examples.toml`) read into a Campaign: strict, with every finding at once."""

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from breather.domain.amount import USD_DECIMALS, MicroUsd
from breather.domain.assignment import Experiment
from breather.domain.campaign import Budget, Campaign, DeskTerms, PauseTerms, Relay, Screenless
from breather.domain.catalogue import CATALOGUE, NEWCOMER_UNKNOWN
from breather.domain.finding import Finding, Refused, nearest
from breather.domain.friction import WORDS, Friction
from breather.domain.instant import DAY, HOUR, MINUTE, SECOND
from breather.domain.pack import Pack
from breather.domain.referral import Tier
from breather.domain.rules import (
    BadExpression,
    ExpressionError,
    can_hit,
    outside,
    pointed,
    pointless,
    read_expression,
)
from breather.domain.ruling import Rule, Rulebook
from breather.domain.stand_in import StandInLimits
from breather.domain.typology import REFUSED, Typology
from breather.domain.withdrawal import Kind
from breather.exchange.places import PLACES
from breather.protocol.strict_table import StrictTable, parse_toml
from breather.protocol.terms_table import read_review, read_rows

CAMPAIGN = "campaign.toml"
EXAMPLES = "examples.toml"
SHORTEST_PAUSE = MINUTE
LONGEST_PAUSE = DAY
LONGEST_HOLD = 3 * DAY
MOST_STOOD_IN_USD = 10_000_000

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_UNITS: Mapping[str, int] = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}


def read_campaign(files: Mapping[str, bytes]) -> Campaign:
    """Raises Refused with every finding. What only the pack can tell is `check_against_pack`'s."""
    campaign, findings = try_campaign(files)
    if campaign is None:
        raise Refused("not a campaign", findings)
    if findings:
        raise Refused(f"the campaign {campaign.id or CAMPAIGN} cannot be used", findings)
    return campaign


def try_campaign(files: Mapping[str, bytes]) -> tuple[Campaign | None, list[Finding]]:
    """With findings, the campaign is good only for looking for more of them: each wrong value is a stand-in, each rule
    that cannot be read is FALSE. None where there is no table to read.
    """
    findings = [
        Finding(name, "unknown-file", f"a campaign has {CAMPAIGN} and {EXAMPLES} only")
        for name in sorted(files.keys() - {CAMPAIGN, EXAMPLES})
    ]
    if CAMPAIGN not in files:
        return None, [*findings, Finding(CAMPAIGN, "missing-file", "is missing")]
    table = parse_toml(CAMPAIGN, files[CAMPAIGN], findings)
    return (None if table is None else _campaign(table)), findings


def check_against_pack(campaign: Campaign, pack: Pack) -> list[Finding]:
    """What the two must agree on; empty if they do."""
    findings = []
    if (campaign.pack, campaign.pack_version) != (pack.id, pack.version):
        message = f"names {campaign.pack} version {campaign.pack_version}, but this is {pack.id} version {pack.version}"
        findings.append(Finding(f"{CAMPAIGN}:pack", "other-pack", message))
    if campaign.jurisdiction != pack.jurisdiction:
        message = f"is {campaign.jurisdiction}, but the pack is for {pack.jurisdiction}"
        findings.append(Finding(f"{CAMPAIGN}:jurisdiction", "other-jurisdiction", message, pack.jurisdiction))
    if pack.sample and not campaign.sample:
        message = "must be true: the pack is a sample"
        findings.append(Finding(f"{CAMPAIGN}:sample", "sample-pack", message))
    for number, rule in enumerate(campaign.rules, 1):
        if rule.why not in pack.why_ids:
            pointer = f"{CAMPAIGN}:rule[{number}].why"
            message = (
                f"{rule.why!r} (rule {rule.id}) is not a sentence of the pack; it has {', '.join(sorted(pack.why_ids))}"
            )
            findings.append(Finding(pointer, "unknown-why", message, nearest(rule.why, pack.why_ids)))
    return findings


def check_constants(campaign: Campaign) -> list[Finding]:
    """What constants alone settle in a rule. A campaign in force that has it goes on: only a new one is refused."""
    return [
        _in_rule(number, rule, "pointless-constant", error)
        for number, rule in enumerate(campaign.rules, 1)
        for error in pointless(rule.when)
    ]


def warnings_of(campaign: Campaign) -> list[Finding]:
    """What is allowed and probably not meant: a constant that a feature never is, a rule that nobody can hit at her
    first withdrawal.
    """
    found = []
    for number, rule in enumerate(campaign.rules, 1):
        found += [_in_rule(number, rule, "out-of-range", error) for error in outside(rule.when)]
        if not can_hit(rule.when, NEWCOMER_UNKNOWN):
            message = (
                f"rule {rule.id} can never hit at a first withdrawal; unknown is not false: add `... IS NULL OR`, "
                "or give newcomers a rule of their own"
            )
            found.append(Finding(f"{CAMPAIGN}:rule[{number}].when", "no-newcomer", message))
    return found


def _in_rule(number: int, rule: Rule, code: str, error: ExpressionError) -> Finding:
    message = f"rule {rule.id}: {error.message}\n{pointed(rule.when.text, error)}"
    return Finding(f"{CAMPAIGN}:rule[{number}].when", code, message, error.suggestion)


def _campaign(table: StrictTable) -> Campaign:
    kinds = table.table("screenless")
    rules = tuple(_rule(entry) for entry in table.tables("rule"))
    for rule_id in sorted({rule.id for rule in rules if rule.id and [other.id for other in rules].count(rule.id) > 1}):
        table.note("rule", "repeated-id", f"the id {rule_id!r} is used twice; every rule needs its own")
    campaign = Campaign(
        id=_id(table, "id"),
        version=table.integer("version", 1, 1_000_000),
        jurisdiction=_place(table, "jurisdiction"),
        pack=_id(table, "pack"),
        pack_version=table.integer("pack_version", 1, 1_000_000),
        sample=table.boolean("sample"),
        time_zone=table.text("time_zone"),
        length=_duration(table, "length", DAY, 3650 * DAY),
        pause=_pause(table.table("cooling_off"), table.table("hold")),
        desk=_desk(table.table("desk")),
        budget=_budget(table.table("budget")),
        experiment=_experiment(table.table("experiment")),
        screenless={
            kind: Screenless(kinds.word(kind.value, [answer.value for answer in Screenless]) or "proceed")
            for kind in Kind
            if kind is not Kind.INTERACTIVE
        },
        rules=Rulebook(rules),
        relay=_relay(table.table("relay")) if table.has("relay") else None,
        stand_in=_stand_in(table.table("stand_in")) if table.has("stand_in") else None,
    )
    kinds.close()
    table.close()
    return campaign


def _pause(cooling_off: StrictTable, hold: StrictTable) -> PauseTerms:
    demo = cooling_off.has("demo_stands_for")
    shortest = SECOND if demo else SHORTEST_PAUSE
    terms = PauseTerms(
        duration=_duration(cooling_off, "pause", shortest, LONGEST_PAUSE),
        joins_up_to_percent=cooling_off.integer("joins_up_to_percent", 100, 200),
        lapses_after=_duration(cooling_off, "lapses_after", DAY, 30 * DAY),
        released_covers=_duration(cooling_off, "released_covers", HOUR, 7 * DAY),
        hold_maximum=_duration(hold, "maximum", HOUR, LONGEST_HOLD),
        demo_stands_for=_duration(cooling_off, "demo_stands_for", MINUTE, LONGEST_PAUSE) if demo else None,
    )
    cooling_off.word("at_end", ["confirm"])
    cooling_off.close()
    hold.close()
    return terms


def _desk(table: StrictTable) -> DeskTerms:
    terms = DeskTerms(table.integer("urgent_route_minutes", 1, 24 * 60), table.integer("appeal_days", 1, 365))
    table.close()
    return terms


def _budget(table: StrictTable) -> Budget:
    budget = Budget(
        _duration(table, "notice_every", DAY, 365 * DAY), table.integer("interruptions_per_thousand", 1, 1000)
    )
    table.close()
    return budget


def _experiment(table: StrictTable) -> Experiment:
    """The holdout is given in percent, and is 0 until trials are built: a share nobody analyses helps nobody."""
    experiment = Experiment(_id(table, "id"), table.integer("key_version", 1, 1000), 0.0)
    table.integer("holdout_percent", 0, 0)
    table.close()
    return experiment


def _relay(table: StrictTable) -> Relay:
    """Whether its terms may be used, in this mode and on this day, is `activate.check`'s to say."""
    terms = read_rows(table)
    if terms.tier is Tier.AGGREGATE:
        message = "cannot be used yet: daily counts are not sent; leave [relay] out, or say pseudonymous"
        table.note("tier", "tier-not-sent", message, Tier.PSEUDONYMOUS.word)
    if table.has("review"):
        terms = replace(terms, review=read_review(table.table("review")))
    relay = Relay(_id(table, "addressee"), terms)
    table.close()
    return relay


def _stand_in(table: StrictTable) -> StandInLimits:
    """Whole US dollars. Each bound lies within the next: one that does not was meant otherwise."""
    bounds = ("per_withdrawal_usd", "per_customer_day_usd", "per_hour_usd")
    found = [table.integer(name, 1, MOST_STOOD_IN_USD) for name in bounds]
    for (name, one), (wider, other) in pairwise(zip(bounds, found, strict=True)):
        if one > other and not table.already_wrong(name) and not table.already_wrong(wider):
            table.note(wider, "bounds-crossed", f"must be at least {name}, which is {one}", str(one))
    table.close()
    return StandInLimits(*(MicroUsd(bound * 10**USD_DECIMALS) for bound in found))


def _rule(table: StrictTable) -> Rule:
    rule_id = _id(table, "id")
    text = table.text("when")
    try:
        expression = read_expression(text, CATALOGUE)
    except BadExpression as bad:
        for error in () if table.already_wrong("when") else bad.errors:
            message = f"rule {rule_id}: {error.message}\n{pointed(text, error)}"
            table.note("when", "bad-expression", message, error.suggestion)
        expression = read_expression("FALSE", CATALOGUE)
    typology = table.text("typology")
    if typology == REFUSED:
        table.note("typology", "refused-typology", "no rule and no alert is about a suspicion against the customer")
    rule = Rule(
        id=rule_id,
        when=expression,
        friction=Friction.from_word(table.word("friction", WORDS[1:]) or "notice"),
        typology=Typology(table.closed("typology", typology, [known.value for known in Typology]) or "general"),
        why=table.text("why"),
        because=table.text("because"),
    )
    table.close()
    return rule


def _id(table: StrictTable, key: str) -> str:
    value = table.text(key)
    if not table.already_wrong(key) and (len(value) > 64 or not _ID.fullmatch(value)):
        table.note(key, "bad-id", "must be words of a-z and 0-9 joined by single hyphens, at most 64 characters")
    return value


def _place(table: StrictTable, key: str) -> str:
    value = table.text(key)
    if not table.already_wrong(key) and value not in PLACES:
        message = f"{value[:40]!r} is not a code of ISO 3166-1; it has two capital letters, such as MO"
        table.note(key, "unknown-place", message, value.upper() if value.upper() in PLACES else "")
    return value


def _duration(table: StrictTable, key: str, shortest: int, longest: int) -> int:
    """`45s`, `60m`, `24h`, `31d`, in milliseconds."""
    value = table.text(key)
    match = _DURATION.fullmatch(value)
    length = int(match[1]) * _UNITS[match[2]] if match else -1
    if not table.already_wrong(key) and not shortest <= length <= longest:
        message = f"must be a duration such as 45s, 60m, 24h or 31d, from {_words(shortest)} to {_words(longest)}"
        table.note(key, "bad-duration", message)
    return length


def _words(length: int) -> str:
    unit = next(unit for unit in "dhms" if length % _UNITS[unit] == 0)
    return f"{length // _UNITS[unit]}{unit}"
