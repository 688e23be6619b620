"""An exchange's database filled by hand: rows as the service could have left them, without walking the flow."""

from importlib.resources import files
from typing import Any

from breather.domain.asset import Asset, Network
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR
from breather.storage.dialect import Dialect
from breather.storage.query import Queries, parse_queries, read_queries
from breather.storage.schema import parse_schema
from breather.storage.transaction import Transaction

FOLDER = files("breather.storage.exchange")
INSERTS = """
-- name: test_withdrawal
INSERT INTO withdrawal (id, number, customer, asset, network, amount, destination, decided_at, friction,
                        raised_friction, pause, submitted, decision, changed, stopped_at, stopped_by, broadcast_at)
VALUES (:id, :number, :customer, :asset, :network, :amount, :destination, :decided_at, :friction, :friction,
        :pause, :body, :body, :number, :stopped_at, :stopped_by, :broadcast_at);
-- name: test_pause
INSERT INTO pause (id, customer, destination, asset, friction, covers_up_to, duration, lapses_after, offered_at,
                   started_at, resolution, resolved_by, resolved_at, actor)
VALUES (:id, :customer, :destination, 'USDT', 3, '9', :duration, :lapses_after, :offered_at, :started_at,
        :resolution, 'ev-1', :resolved_at, 'key');
-- name: test_hold
INSERT INTO hold (id, customer, destination, withdrawal, reason, placed_at, ends_at, lifted_at, actor)
VALUES (:id, :customer, :destination, :withdrawal, 'asked', :placed_at, :ends_at, :lifted_at, 'desk');
-- name: test_heartbeat
INSERT INTO heartbeat (process, at, detail) VALUES (:process, :at, 'queue 0');
-- name: test_pack
INSERT INTO pack (hash, id, version, files, stored_at) VALUES (:hash, 'macau-pj', 1, :files, :at);
-- name: test_campaign
INSERT INTO campaign (id, version, hash, pack, files, jurisdiction, starts_at, ends_at, retired_at, activated_by)
VALUES (:id, :version, 'h', :pack, :files, 'MO', :starts_at, :ends_at, :retired_at, 'console');
"""


def queries() -> Queries:
    extra = {dialect: {query.name: query for query in parse_queries(INSERTS, dialect, "here")} for dialect in Dialect}
    return read_queries(FOLDER).joined(Queries(extra[Dialect.SQLITE], extra[Dialect.POSTGRESQL]))


QUERIES = queries()
SCHEMA = parse_schema(FOLDER.joinpath("schema.sql").read_text(encoding="utf-8"), "exchange")


def decide(tx: Transaction, withdrawal: str, friction: Friction = Friction.NONE, **changes: Any) -> int:
    """One withdrawal and its journal entry; returns the number."""
    number = tx.journal(6, "decided", withdrawal, "key", b'{"friction":"none"}')
    facts = {
        "id": withdrawal,
        "customer": "c-1",
        "asset": Asset.USDT.value,
        "network": Network.TRON.value,
        "amount": "5000000000",
        "destination": "TRON:Tone",
        "decided_at": tx.now,
        "pause": None,
        "stopped_at": None,
        "stopped_by": None,
        "broadcast_at": None,
    }
    tx.run("test_withdrawal", **{**facts, "body": b"{}", "number": number, "friction": friction} | changes)
    return number


def pause(tx: Transaction, name: str, **changes: Any) -> None:
    facts = {
        "id": name,
        "customer": "c-1",
        "destination": "TRON:Tone",
        "duration": HOUR,
        "lapses_after": DAY,
        "offered_at": tx.now,
        "started_at": None,
        "resolution": None,
        "resolved_at": None,
    }
    tx.run("test_pause", **facts | changes)


def hold(tx: Transaction, name: str, **changes: Any) -> None:
    facts = {
        "id": name,
        "customer": "c-1",
        "destination": "TRON:Tone",
        "withdrawal": "wd-0",
        "placed_at": tx.now,
        "ends_at": tx.now + 3 * DAY,
        "lifted_at": None,
    }
    tx.run("test_hold", **facts | changes)
