"""Shadows for the tests, and what of a store is anybody's but a shadow's."""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from breather.domain.campaign import Campaign
from breather.domain.feature import Features, Phase
from breather.domain.friction import Friction
from breather.domain.rules import Undetermined
from breather.domain.ruling import Rule, Rulebook
from breather.exchange.beside import Words, decode_words
from breather.exchange.snapshot import Shadow
from tests.unit.exchange.world import World, rule_of

NUMBER = 7
OTHER_RULES = (
    rule_of("small-ones-too", "amount_usd >= 100", Friction.QUESTIONS),
    rule_of("all-to-known", "NOT destination_is_new", Friction.HOLD),
    rule_of("half-of-it", "balance_share >= 0.5", Friction.COOLING_OFF),
    rule_of("told", "answer_told_what_to_say", Friction.HOLD),
    rule_of("reminder", "amount_usd >= 0", Friction.NOTICE),
)
OWN_TABLES = frozenset({"shadow", "shadow_word"})


class Broken(Rulebook):
    """Rules that fail whenever they are asked."""

    __slots__ = ("wrong",)

    def __init__(self, rules: Iterable[Rule], wrong: Exception) -> None:
        super().__init__(rules)
        self.wrong = wrong

    def decide(self, features: Features, phase: Phase) -> tuple[list[Rule], list[Rule], Undetermined[Rule]]:
        raise self.wrong


def begin(world: World, rules: Rulebook | None = None, number: int = NUMBER, **changes: Any) -> Campaign:
    """From now on a shadow runs beside the world's campaign: the same version, but for what is given."""
    campaign = world.active.campaign
    shadow = replace(campaign, version=2, rules=campaign.rules if rules is None else rules, **changes)
    world.snapshot = replace(world.snapshot, shadows={(campaign.id, campaign.version): Shadow(number, shadow)})
    return shadow


def words(world: World, withdrawal: str, phase: str = "submit") -> Words:
    row = world.row(withdrawal)
    said = row.shadow_said if phase == "submit" else row.shadow_answered
    found = world.read(lambda reader: reader.one("find_shadow_word", shadow=row.shadow, phase=phase, said=said))
    assert found is not None
    return decode_words(found["words"])


def everything(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as SQLite has it, but what is a shadow's own."""
    connection = sqlite3.connect(file)
    try:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: _rows(connection, name) for name in tables if name not in OWN_TABLES}
    finally:
        connection.close()


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    kept = ", ".join(name for name in columns if table != "withdrawal" or not name.startswith("shadow"))
    return sorted(connection.execute(f"SELECT {kept} FROM {table}").fetchall(), key=repr)
