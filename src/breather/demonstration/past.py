"""The invented past of an exchange, through the real use cases, with the campaign beginning in the midst of it."""

import msgspec

from breather.bootstrap import exchange_database, exchange_identity
from breather.clock import SystemClock
from breather.demo.history import history
from breather.demo.step import PastEvent, PastWithdrawal
from breather.demonstration.cast import Exchange
from breather.demonstration.terms import RELAY
from breather.domain.event import Actor, Event, EventKind
from breather.domain.instant import DAY, Millis
from breather.domain.refusal import Refusal
from breather.exchange.activate import activate, check
from breather.exchange.assess import assess
from breather.exchange.clear import clear
from breather.exchange.respond import respond
from breather.exchange.snapshot import Snapshot, read_snapshot
from breather.protocol.pack import read_folder
from breather.samples import SAMPLE_PUBLIC_KEY, sample_campaign, sample_pack
from breather.settings import Settings
from breather.storage.database import Database
from breather.web.exchange.bodies import WithdrawalBody
from breather.web.exchange.event_reading import event_of, read_event_body
from breather.web.exchange.submission import read_withdrawal
from breather.web.shape import read_shape

CAMPAIGN, PACK = "macau-pj-trial", "macau-pj"
BEGAN_DAYS_AGO = 20
# Everybody was introduced before that past began: no act is ever dated before the one that went before it.
INTRODUCED_DAYS_AGO = 61
# The first exchange's past is what the first look falls on; the second one's is there so that it has one.
WITHDRAWALS, WITHDRAWALS_ELSEWHERE = 240, 40


class PastClock:
    """Follows the invented history, so that the real use cases see it as it happened."""

    def __init__(self, at: Millis) -> None:
        self.at = at

    def now(self) -> Millis:
        return self.at

    def suspect(self) -> bool:
        return False


def before_the_past() -> PastClock:
    """The clock of the introduction."""
    return PastClock(Millis(SystemClock().now() - INTRODUCED_DAYS_AGO * DAY))


def live_through(exchange: Exchange, pause_seconds: int) -> None:
    """Referrals are promised on the way, and delivered once the worker runs."""
    now = SystemClock().now()
    first = exchange.vasp == "demo-exchange"
    count = WITHDRAWALS if first else WITHDRAWALS_ELSEWHERE
    steps = list(history(now, seed=1 if first else 2, count=count, vasp=exchange.vasp))
    clock = PastClock(Millis(now - 60 * DAY))
    database = exchange_database(exchange.settings, clock)
    began = Millis(now - BEGAN_DAYS_AGO * DAY)
    snapshot = _snapshot(database, exchange.settings)
    active = False
    for step in steps:
        if not active and step.at >= began:
            clock.at, active = began, True
            _activate(database, exchange, pause_seconds)
            snapshot = _snapshot(database, exchange.settings)
        clock.at = max(clock.at, Millis(step.at))
        _relive(database, snapshot, step)
    database.close()


def _activate(database: Database, exchange: Exchange, pause_seconds: int) -> None:
    """The sample campaign with the relay turned on, and pauses of seconds that say what they stand for."""
    files = dict(read_folder(sample_campaign(CAMPAIGN)))
    text = files["campaign.toml"].decode()
    shorter = text.replace('pause = "60m"', f'pause = "{pause_seconds}s"\ndemo_stands_for = "60m"')
    if shorter == text:
        raise ValueError("the sample campaign has no pause of 60m to shorten")
    agencies = exchange_identity(exchange.settings).agencies
    with database.writing() as tx:
        files["campaign.toml"] = f"{shorter}{RELAY}".encode()
        pack = read_folder(sample_pack(PACK))
        candidate = check(files, pack, [SAMPLE_PUBLIC_KEY], "test", tx.now, agencies=agencies)
        activate(tx, candidate, "demonstration")


def _relive(database: Database, snapshot: Snapshot, step: PastWithdrawal | PastEvent) -> None:
    """Some events suppose another decision than was made; those are refused, as they would have been."""
    caller = f"vasp:{snapshot.identity.vasp}"
    try:
        with database.writing() as tx:
            if isinstance(step, PastWithdrawal):
                body = read_shape(msgspec.json.encode(step.body), WithdrawalBody)
                assess(tx, snapshot, read_withdrawal(body), caller)
                return
            event = _past_event(step, snapshot.identity.vasp)
            if event.kind is EventKind.BROADCAST:
                clear(tx, snapshot, step.withdrawal, caller, time_suspect=False)
            respond(tx, snapshot, step.withdrawal, event, time_suspect=False)
    except Refusal:
        return


def _past_event(step: PastEvent, vasp: str) -> Event:
    if step.by == "link":
        return Event(str(step.body["id"]), EventKind.ACKNOWLEDGE, Actor.CUSTOMER)
    return event_of(read_event_body(msgspec.json.encode(step.body)), vasp)


def _snapshot(database: Database, settings: Settings) -> Snapshot:
    with database.reading() as reader:
        return read_snapshot(reader, exchange_identity(settings))
