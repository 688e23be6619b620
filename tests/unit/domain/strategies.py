"""Withdrawals, campaigns and rules for the tests of the domain, built in a line."""

from collections.abc import Mapping
from types import MappingProxyType

from breather.domain.amount import BaseUnits, MicroUsd
from breather.domain.asset import Asset, Network
from breather.domain.assignment import Experiment
from breather.domain.campaign import Budget, Campaign, DeskTerms, PauseTerms, Screenless
from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Feature, FeatureValue, Phase, ValueType
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR
from breather.domain.rules import read_expression
from breather.domain.ruling import Rule, Rulebook
from breather.domain.typology import Typology
from breather.domain.withdrawal import CustomerRef, Destination, Kind, Withdrawal, WithdrawalId

ADDRESSES = ("TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")
SOMEWHERE = Destination(Network.TRON, ADDRESSES[0])


def withdrawal(number: int = 1, usd: int | None = 80, customer: str = "c-1", to: Destination = SOMEWHERE) -> Withdrawal:
    """`usd` whole dollars of USDT."""
    return Withdrawal(
        id=WithdrawalId(f"wd-{number}"),
        customer=CustomerRef(customer),
        asset=Asset.USDT,
        amount=BaseUnits((usd or 1) * 10**6),
        destination=to,
        amount_usd=None if usd is None else MicroUsd(usd * 10**6),
    )


def rule(name: str, when: str, friction: Friction, typology: Typology = Typology.GENERAL, why: str = "") -> Rule:
    return Rule(name, read_expression(when, CATALOGUE), friction, typology, why or f"why-{name}", "tested")


def campaign(*rules: Rule, screenless: Screenless = Screenless.PROCEED) -> Campaign:
    return Campaign(
        id="trial",
        version=1,
        jurisdiction="MO",
        pack="macau-pj",
        pack_version=1,
        sample=True,
        time_zone="Asia/Macau",
        length=30 * DAY,
        pause=PauseTerms(HOUR, 120, DAY, DAY, 3 * DAY),
        desk=DeskTerms(30, 30),
        budget=Budget(7 * DAY, 60),
        experiment=Experiment("trial-1", 1, 0.0),
        screenless={kind: screenless for kind in Kind if kind is not Kind.INTERACTIVE},
        rules=Rulebook(rules),
    )


def ordinary(feature: Feature) -> FeatureValue:
    if feature.type is ValueType.TEXT:
        return feature.values[0]
    return False if feature.type is ValueType.BOOLEAN else 0.0


# Every submit feature known and unremarkable; a test changes what it is about.
ORDINARY: Mapping[str, FeatureValue] = MappingProxyType(
    {name: ordinary(feature) for name, feature in CATALOGUE.items() if feature.phase is Phase.SUBMIT}
    | {"kind": Kind.INTERACTIVE.value, "days_since_notice": 30.0}
)
