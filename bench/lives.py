"""The past of `population`, decided the usual way: an operator prepares, withdrawals come, most of them leave."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import msgspec

from bench.population import body, past, town_name
from breather.bootstrap import exchange_database, exchange_identity
from breather.domain.assignment import Experiment
from breather.domain.event import Actor, Event, EventKind
from breather.domain.friction import Friction
from breather.domain.instant import DAY, SECOND, Millis
from breather.exchange.assess import Asking, Assessed, assess_all
from breather.exchange.respond import respond
from breather.exchange.snapshot import Snapshot, read_snapshot
from breather.operate import activate_campaign, create_api_key, create_signing_keys
from breather.samples import sample_campaign
from breather.settings import Settings
from breather.storage.database import Database
from breather.web.api_keys import Scope
from breather.web.exchange.bodies import WithdrawalBody
from breather.web.exchange.submission import read_withdrawal

CAMPAIGN = "macau-pj-trial"
PAST = 25 * DAY  # of the 31 that the campaign lasts
# Before now: whoever comes in the run was a customer for days, and what was open from the past has lapsed.
ENDED = 2 * DAY
SENT_AFTER = 60 * SECOND


@dataclass
class PastClock:
    """Says what it was set to."""

    at: Millis

    def now(self) -> Millis:
        return self.at

    def suspect(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Prepared:
    """`key` may submit; `number` is the journal's head before the first withdrawal; `secret` draws the arms."""

    key: str
    number: int
    experiment: Experiment
    secret: bytes


def prepare(settings: Settings, clock: PastClock) -> Prepared:
    """Makes the database. Everything that an operator does before the first withdrawal."""
    create_signing_keys(settings)
    activate_campaign(settings, clock, sample_campaign(CAMPAIGN), None)
    key = create_api_key(settings, clock, "bench", [Scope.ASSESS])
    database = exchange_database(settings, clock)
    with closing(database), database.reading() as reader:
        snapshot = read_snapshot(reader, exchange_identity(settings))
        head = reader.one("journal_head")
    active = snapshot.campaign_for("MO", clock.now())
    assert active is not None, "it was activated a moment ago"
    assert head is not None, "which is in the journal"
    experiment = active.campaign.experiment
    return Prepared(key, head["number"], experiment, snapshot.identity.assignment_keys[experiment.key_version])


def live(settings: Settings, clock: PastClock, towns: int, each: int) -> None:
    """`each` withdrawals of every one of the first `towns`, evenly over PAST, in the database that `prepare` made.

    They are decided by the service's own command, a batch for all towns at a time; what nothing stands before is sent a
    minute later. Nobody does anything with the rest: its pauses lapse.
    """
    database = exchange_database(settings, clock)
    began = clock.now()
    with database.reading() as reader:
        snapshot = read_snapshot(reader, exchange_identity(settings))
    for number, wish in enumerate(past(each)):
        clock.at = Millis(began + PAST * (number + 1) // (each + 1))
        asked = [body(f"{number:06d}-{town_name(town)}", town, wish) for town in range(towns)]
        free = _decided(database, snapshot, asked)
        clock.at = Millis(clock.at + SENT_AFTER)
        if free:
            _sent(database, snapshot, free)
    database.close()


def _decided(database: Database, snapshot: Snapshot, bodies: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ids of those that may go at once."""
    batch = [Asking(snapshot, read_withdrawal(msgspec.convert(each, WithdrawalBody)), "vasp:bench") for each in bodies]
    with database.writing() as tx:
        found = assess_all(tx, batch)
    free: list[str] = []
    for one in found:
        assert isinstance(one, Assessed), one
        if one.record.friction == Friction.NONE.word:
            free.append(one.asked.id)
    return free


def _sent(database: Database, snapshot: Snapshot, withdrawals: Sequence[str]) -> None:
    with database.writing() as tx:
        for withdrawal in withdrawals:
            event = Event("sent", EventKind.BROADCAST, Actor.VASP, "bench", transaction_id=f"tx-{withdrawal}")
            respond(tx, snapshot, withdrawal, event, time_suspect=False)
