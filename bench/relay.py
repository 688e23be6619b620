"""How long a referral takes to the officers' inbox, and 10,000 that waited for an agency to come back.

Against `direct`: the same agency, given the same referrals by as many connections, by a caller who promises nothing,
keeps nothing and asks no database what is due.
"""

import os
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from statistics import quantiles

import httpx

from bench.figure import Figure, compared
from bench.place import free_port, wait_for
from bench.rig import Void
from breather.bootstrap import exchange_database, exchange_identity
from breather.clock import SystemClock
from breather.couriers.webhook import Webhook
from breather.demonstration.cast import AGENCY, AGENCY_NAME, Cast, Exchange
from breather.demonstration.introduction import introduce
from breather.demonstration.terms import RELAY
from breather.domain.asset import Asset, Network
from breather.domain.referral import AmountBand, Edition, Referral, ReferralBasis, Tier
from breather.domain.typology import Typology
from breather.domain.withdrawal import Destination
from breather.exchange.activate import activate, check
from breather.exchange.correspondent import Correspondent
from breather.exchange.deliver import deliver
from breather.exchange.hands import HANDS
from breather.exchange.relay import Claimed, Delivered
from breather.protocol.envelope import Envelope, MessageType, message_id
from breather.protocol.identity_folder import load_identity
from breather.protocol.key_list import Purpose
from breather.protocol.pack import read_folder
from breather.protocol.referral import write_referral
from breather.samples import SAMPLE_PUBLIC_KEY, sample_campaign, sample_pack
from breather.settings import AgencySettings, Settings, as_environment
from breather.storage.exchange.referrals import Promise, next_sequence, promise

WAITING = 10_000
WATCHED = 300
PATIENCE_SECONDS = 900.0
ADDRESS = "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"
REFERRAL = Referral(
    Tier.PSEUDONYMOUS,
    ReferralBasis.CUSTOMER_ASKED,
    Destination(Network.TRON, ADDRESS),
    Edition("macau-pj-trial", 1),
    Edition("macau-pj", 1),
    Typology.INVESTMENT,
    Asset.USDT,
    AmountBand.TO_10_000,
    date(2026, 1, 31),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One exchange and one agency that know each other; `key` may do what an exchange's back end may."""

    exchange: Settings
    agency: AgencySettings
    key: str


def run() -> list[Figure]:
    """Raises Void."""
    with tempfile.TemporaryDirectory(prefix="breather-bench-") as name:
        place = _prepare(Path(name))
        with ExitStack() as running:
            running.enter_context(_running("exchange", place.exchange))
            with _running("agency", place.agency):
                inbox, alone = _watch(place), [_direct(place, 1) for _ in range(WATCHED)]
            _promise(place, WAITING)
            began = time.monotonic()
            with _running("agency", place.agency):
                _until(lambda: _count(place.exchange.database, "delivery", "state = 'receipted'") >= WAITING)
                drained = time.monotonic() - began
                direct = _direct(place, WAITING)
    return [
        compared("inbox_p99_ms", "ms", [_p99(inbox) * 1000], "direct", [_p99(alone) * 1000]),
        compared("drain_10000_s", "s", [drained], "direct", [direct]),
    ]


def _watch(place: Place) -> list[float]:
    """Seconds from sending *I need help* over HTTP until its referral is durable in the inbox, one at a time."""
    taken = []
    with httpx.Client(base_url=place.exchange.public_url, trust_env=False, timeout=30) as client:
        client.headers["Authorization"] = f"Bearer {place.key}"
        for number in range(WATCHED):
            body = {
                "id": f"wd-{number}", "customer": {"ref": f"c-{number}"}, "asset": "USDT", "network": "TRON",
                "amount": "5000", "amount_usd": "5000", "destination": {"address": ADDRESS}, "residence": {"kyc": "MO"},
            }  # fmt: skip
            _taken(client.post("/v1/withdrawals", json=body, headers={"Breather-Deadline-Ms": "10000"}))
            began = time.monotonic()
            _taken(client.post(f"/v1/withdrawals/wd-{number}/events", json={"id": "help", "event": "help"}))
            _until(partial(_arrived, place, number + 1), every=0.002)
            taken.append(time.monotonic() - began)
    return taken


def _arrived(place: Place, many: int) -> bool:
    return _count(place.agency.database, "referral", "1 = 1") >= many


def _direct(place: Place, many: int) -> float:
    """Seconds for `many` referrals, by as many connections as the relay uses."""
    identity = exchange_identity(place.exchange)
    pinned = identity.peers[AGENCY]
    assert pinned.courier is not None
    sender = Correspondent(identity.vasp, identity.mode, load_identity(place.exchange.keys).private[Purpose.MESSAGES])
    letters = [_letter(place, 10**6 + number) for number in range(many)]

    def carry(share: Sequence[Claimed]) -> None:
        assert pinned.courier is not None
        courier = Webhook(pinned.courier, "test")
        for letter in share:
            if not isinstance(deliver(sender, pinned.peer, courier, letter, SystemClock().now), Delivered):
                raise Void("a referral that was given directly was not receipted")
        courier.close()

    began = time.monotonic()
    hands = min(HANDS, many)
    with ThreadPoolExecutor(hands) as pool:
        list(pool.map(carry, [letters[start::hands] for start in range(hands)]))
    return time.monotonic() - began


def _letter(place: Place, sequence: int) -> Claimed:
    referral = message_id(MessageType.REFERRAL, SystemClock().now(), secrets.token_bytes(10))
    envelope = Envelope(MessageType.REFERRAL, "test", place.exchange.vasp, AGENCY, referral, sequence)
    return Claimed(referral, AGENCY, 1, 0, "wd", REFERRAL.tier.word, write_referral(envelope, REFERRAL))


def _promise(place: Place, many: int) -> None:
    """While the agency is away."""
    database = exchange_database(place.exchange, SystemClock())
    for _ in range(many // 500):
        with database.writing() as tx:
            for _ in range(500):
                made = _letter(place, next_sequence(tx, AGENCY, MessageType.REFERRAL))
                promised = Promise(
                    made.referral,
                    made.referral,
                    AGENCY,
                    REFERRAL.tier,
                    REFERRAL.basis,
                    REFERRAL.destination.key,
                    made.body,
                )
                promise(tx, promised, tx.journal(9, "referred", made.referral, "bench", b"{}"))
    database.close()


def _prepare(folder: Path) -> Place:
    port, other = free_port(), free_port()
    settings = Settings(
        database=f"sqlite:///{folder / 'exchange.db'}",
        keys=folder / "keys",
        vasp="bench-exchange",
        port=port,
        public_url=f"http://127.0.0.1:{port}",
    )
    agency = AgencySettings(
        database=f"sqlite:///{folder / 'agency.db'}",
        keys=folder / "agency-keys",
        organisation=AGENCY,
        name=AGENCY_NAME,
        port=other,
        public_url=f"http://127.0.0.1:{other}",
    )
    exchange = Exchange(settings.vasp, "Bench", settings, port, folder / "books.db")
    keys = introduce(Cast((exchange,), agency, folder), SystemClock())
    files = dict(read_folder(sample_campaign("macau-pj-trial")))
    files["campaign.toml"] += RELAY.encode()
    database = exchange_database(settings, SystemClock())
    with database.writing() as tx:
        pack, agencies = read_folder(sample_pack("macau-pj")), exchange_identity(settings).agencies
        activate(tx, check(files, pack, [SAMPLE_PUBLIC_KEY], "test", tx.now, agencies=agencies), "bench")
    database.close()
    return Place(settings, agency, keys.api[settings.vasp])


@contextmanager
def _running(service: str, settings: Settings | AgencySettings) -> Iterator[None]:
    """`serve` and `worker`, as they are shipped."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("BREATHER_")}
    environment: Mapping[str, str] = {**outside, **as_environment(settings)}
    command = [sys.executable, "-m", "breather", service]
    started = [
        subprocess.Popen([*command, each], env=environment, stderr=subprocess.DEVNULL) for each in ("serve", "worker")
    ]
    try:
        if not wait_for(started[0], settings.port):
            raise Void(f"{service} did not start")
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def _count(database: str, table: str, which: str) -> int:
    """Past the services, on a connection that only reads."""
    path = database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        found: int = connection.execute(f"SELECT COUNT(*) FROM {table} WHERE {which}").fetchone()[0]
        return found


def _until(holds: Callable[[], bool], every: float = 0.05) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > ends:
            raise Void("it never came")
        time.sleep(every)


def _taken(reply: httpx.Response) -> None:
    if reply.status_code != 201:
        raise Void(f"answered {reply.status_code}: {reply.text[:200]}")


def _p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[-1]
