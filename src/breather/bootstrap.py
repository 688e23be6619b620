"""The composition root: settings and a clock in, a running service out. Everything is put together here, by hand."""

import os
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from uuid import uuid4

from prometheus_client.metrics_core import Metric
from starlette.applications import Starlette

from breather.agency.running import RunningAgency
from breather.clock import Clock, watched
from breather.couriers.webhook import Webhook
from breather.exchange.correspondent import Correspondent
from breather.exchange.expire import expire
from breather.exchange.guards import KeptGuards
from breather.exchange.lane import USUAL, Means, Pace
from breather.exchange.lanes import AddressBook, Lanes
from breather.exchange.running import Outside, RunningExchange
from breather.exchange.snapshot import Identity
from breather.exchange.standby import Standby
from breather.exchange.time_confirmed import confirmed_time
from breather.intelligence.list_folder import ListFolder
from breather.logs import LEVELS, lines_to
from breather.protocol.alert_slot import taken_slots
from breather.protocol.identity_folder import load_identity
from breather.protocol.key_folder import KeyFolder
from breather.protocol.key_list import Purpose
from breather.protocol.peer_folder import keep_list, load_peers
from breather.retaining import Retention
from breather.settings import AgencySettings, Settings, witness_folder
from breather.storage.database import Database, open_database
from breather.storage.erasure_journal import ErasureJournal
from breather.storage.failure import StorageFailure
from breather.storage.query import read_queries
from breather.storage.schema import Schema, parse_schema
from breather.storage.spool import Spool
from breather.storage.transaction import Transaction
from breather.storage.witnessing import Witnessing
from breather.storage.writer import Writer
from breather.web.agency.app import create_app as create_agency_app
from breather.web.agency.site import Site as AgencySite
from breather.web.exchange.app import create_app
from breather.web.exchange.figures import Figures
from breather.web.exchange.metrics import exchange_metrics
from breather.web.exchange.site import Site
from breather.web.metrics import Service, ServiceMetrics, start_metrics
from breather.worker import work

EXIT_STORAGE_FATAL = 70


def exchange_schema(settings: Settings) -> Schema:
    """One database is one VASP in one mode; another's is refused, or a test key would open a live service."""
    text = files("breather.storage.exchange").joinpath("schema.sql").read_text("utf-8")
    return parse_schema(text, f"exchange of {settings.vasp}, {settings.mode}")


def exchange_database(settings: Settings, clock: Clock, *, serves: bool = False, creates: bool = True) -> Database:
    """The store of record, created if it is empty and `creates`. Only the serving process checkpoints (design 6)."""
    queries = read_queries(files("breather.storage.exchange"))
    database = open_database(settings.database, queries, clock.now, checkpoints=serves)
    if creates:
        database.create(exchange_schema(settings), epoch=uuid4().hex)
    else:
        database.check(exchange_schema(settings))
    return database


def exchange_identity(settings: Settings) -> Identity:
    """Read from the key folder anew each time. Raises what `load_peers` and `taken_slots` raise for a wrong file."""
    return Identity(
        vasp=settings.vasp,
        mode=settings.mode,
        assignment_keys=KeyFolder(settings.keys).assignment_keys(),
        peers=load_peers(settings.keys),
        slots=taken_slots(settings.keys),
    )


def running_exchange(settings: Settings, clock: Clock) -> RunningExchange:
    """Raises WrongDatabase for a witness that is none, or of another service."""
    standing = watched(clock)
    database = exchange_database(settings, standing, serves=True)
    # Before anything is served: a database that is behind clears nothing from its first request on (guarantee D5).
    witnessing = Witnessing(database, witness_folder(settings))
    spool = Spool(settings.spool_file, settings.spool_slots, on_fatal=_exit)
    writer = Writer(database, on_fatal=_exit, limit=settings.queue)
    standby = Standby(spool, standing, KeptGuards())
    lists = ListFolder(settings.intelligence)
    outside = Outside(standby, lists, witnessing)
    return RunningExchange(database, writer, standing, lambda: exchange_identity(settings), outside)


def work_for_exchange(settings: Settings, clock: Clock, pace: Pace = USUAL) -> None:
    """The worker's process, until it is asked to stop. The relay signs by `clock`, states go by the watched one."""
    standing = watched(clock)
    database = exchange_database(settings, standing)
    with database.reading() as reader:
        standing.follow(confirmed_time(reader))

    def put_away(tx: Transaction) -> int:
        standing.follow(confirmed_time(tx))
        return expire(tx, standing.suspect())

    retention = Retention(database, erasure_journal(settings), settings.keep_days, settings.backup_days)
    work(database, settings.worker_seconds, put_away, exchange_relay(settings, database, clock, pace), retention.work)


def erasure_journal(settings: Settings) -> ErasureJournal:
    return ErasureJournal(witness_folder(settings), exchange_schema(settings).service)


def exchange_relay(settings: Settings, database: Database, clock: Clock, pace: Pace = USUAL) -> Lanes:
    """A lane to every agency that is pinned with an address. Nothing is sent until an identity was created."""
    means = Means(
        database=database,
        clock=clock,
        courier=lambda address: Webhook(address, settings.mode),
        keep=lambda name, signed, now: keep_list(settings.keys, name, signed, now),
        on_fatal=_exit,
        pace=pace,
    )
    return Lanes(means, lambda: _address_book(settings))


def _address_book(settings: Settings) -> AddressBook:
    identity = exchange_identity(settings)
    agencies = {name: identity.peers[name] for name in identity.agencies}
    try:
        key = load_identity(settings.keys).private[Purpose.MESSAGES]
    except FileNotFoundError:
        return AddressBook(None, agencies)
    return AddressBook(Correspondent(settings.vasp, settings.mode, key), agencies)


def exchange_app(settings: Settings, exchange: RunningExchange) -> Starlette:
    """Its metrics begin to listen with it, where a port is set, and end with the exchange."""
    line = lines_to(sys.stderr.buffer)
    level = LEVELS.index(settings.log_level)
    figures = Figures(
        info=line if level <= LEVELS.index("info") else None,
        warning=line if level <= LEVELS.index("warning") else None,
    )
    _listen(settings, exchange, lambda: exchange_metrics(exchange, figures))
    return create_app(
        Site(
            figures=figures,
            exchange=exchange,
            clearance_key=KeyFolder(settings.keys).clearance_key(),
            public_url=settings.public_url,
            exchange_home=settings.exchange_home,
            frame_ancestors=settings.exchange_origins,
            deadline_ms=settings.deadline_ms,
        )
    )


def agency_schema(settings: AgencySettings) -> Schema:
    text = files("breather.storage.agency").joinpath("schema.sql").read_text("utf-8")
    return parse_schema(text, f"agency {settings.organisation}, {settings.mode}")


def agency_database(settings: AgencySettings, clock: Clock, *, serves: bool = False, creates: bool = True) -> Database:
    """The agency's store of record, created if it is empty and `creates`; never the exchange's."""
    queries = read_queries(files("breather.storage.agency"))
    database = open_database(settings.database, queries, clock.now, checkpoints=serves)
    if creates:
        database.create(agency_schema(settings), epoch=uuid4().hex)
    else:
        database.check(agency_schema(settings))
    return database


def running_agency(settings: AgencySettings, clock: Clock) -> RunningAgency:
    """Raises FileNotFoundError where no identity was created: nobody could be told anything."""
    database = agency_database(settings, clock, serves=True)
    witnessing = Witnessing(database, witness_folder(settings))
    writer = Writer(database, on_fatal=_exit, limit=settings.queue)
    return RunningAgency(database, writer, clock, settings.keys, witnessing)


def agency_app(settings: AgencySettings, agency: RunningAgency) -> Starlette:
    _listen(settings, agency)
    return create_agency_app(
        AgencySite(agency, settings.name, settings.public_url, settings.zone, settings.proxies),
    )


def _listen(
    settings: Settings | AgencySettings, service: Service, more: Callable[[], Iterator[Metric]] = lambda: iter(())
) -> None:
    if settings.metrics:
        host, _, port = settings.metrics.rpartition(":")
        start_metrics(ServiceMetrics(service, more), host.strip("[]"), int(port))


def _exit(failure: StorageFailure) -> None:
    """After a failed fsync nobody knows what is on the disk; going on could acknowledge what is lost (guarantee A2)."""
    os._exit(EXIT_STORAGE_FATAL)
