"""The second yardstick: the same rows, rules and reply, stored as most people would: an ORM, a pool, a commit each.

python -m bench.as_usual     (settings from the environment, as for the service, over a database that it has made)

Only what lies between a decision and its rows is different: the server, the reading of the body, the rules and the
rendering are the service's own.
"""

import os
import threading
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Engine, MetaData, Table, create_engine, event, select
from sqlalchemy.orm import Session, registry
from sqlalchemy.types import NullType
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from breather.bootstrap import running_exchange
from breather.clock import SystemClock
from breather.domain.cooling_off import Hold, Pause
from breather.domain.instant import Millis
from breather.domain.profile import Profiles
from breather.domain.withdrawal import CustomerRef, Withdrawal
from breather.exchange.assess import Asking, Assessed, assess_on
from breather.serve import serve
from breather.settings import Settings, read_settings
from breather.storage.exchange.encoding import encode_profile
from breather.storage.exchange.profiles import changed_profiles, decode_profile, profile_keys, profiles_from
from breather.storage.exchange.sheet import Pair, Sheet
from breather.storage.exchange.withdrawals import (
    ENOUGH,
    Decided,
    WithdrawalRow,
    hold_of,
    hold_row,
    pause_of,
    pause_row,
    withdrawal_row,
)
from breather.web.api_keys import Scope, authorise
from breather.web.exchange.bodies import WithdrawalBody
from breather.web.exchange.replies import decision_bytes
from breather.web.exchange.submission import read_withdrawal
from breather.web.shape import read_shape

TABLES = ("journal", "withdrawal", "pause", "hold", "profile", "listing")


class Models:
    """A mapped class for each table, as the database has it."""

    def __init__(self, engine: Engine) -> None:
        metadata, mapped = MetaData(), registry()
        # The columns are ANY in strict tables, which no type of an ORM is: values go in and out as they are.
        event.listen(metadata, "column_reflect", lambda inspector, table, column: column.update(type=NullType()))
        metadata.reflect(engine, only=TABLES)
        self._classes: dict[str, Any] = {}
        for name in TABLES:
            found: Any = type(name.capitalize(), (), {})
            table: Table = metadata.tables[name]
            mapped.map_imperatively(found, table)
            self._classes[name] = found

    def __getattr__(self, name: str) -> Any:
        return self._classes[name]

    def made(self, name: str, values: dict[str, Any]) -> Any:
        found = self._classes[name]()
        for column, value in values.items():
            setattr(found, column, value)
        return found


class UsualSheet:
    """What `Sheet` offers, one query and one object at a time."""

    def __init__(self, session: Session, models: Models, now: Millis) -> None:
        self._session = session
        self._models = models
        last = session.execute(select(models.journal).order_by(models.journal.number.desc()).limit(1)).scalar()
        self._number = 0 if last is None else int(last.number)
        self.tx = SimpleNamespace(now=now, journal=self._journal, run=self._never)

    def known(self, withdrawal: str) -> WithdrawalRow | None:
        found = self._session.execute(select(self._models.withdrawal).filter_by(id=withdrawal)).scalar()
        return None if found is None else WithdrawalRow(**_columns(found))

    def is_listed(self, destination: str) -> bool:
        wanted = select(self._models.listing).filter_by(destination=destination, withdrawn_at=None)
        return self._session.execute(wanted).first() is not None

    def profiles(self, customer: CustomerRef, destination: str) -> Profiles:
        found = []
        for key in profile_keys(customer, destination):
            row = self._session.get(self._models.profile, {"kind": key[0], "key": key[1]})
            found.append(decode_profile(key, None if row is None else row.state))
        return profiles_from(found)

    def keep_profiles(self, customer: CustomerRef, destination: str, before: Profiles, after: Profiles) -> None:
        for (kind, key), profile in changed_profiles(customer, destination, before, after).items():
            values = {"kind": kind, "key": key, "state": encode_profile(profile), "at": int(self.tx.now)}
            self._session.merge(self._models.made("profile", values))

    def holds(self, pair: Pair) -> tuple[Hold, ...]:
        hold = self._models.hold
        wanted = select(hold).filter_by(customer=pair[0], destination=pair[1]).order_by(hold.placed_at, hold.id)
        return tuple(hold_of(_columns(row)) for row in self._session.execute(wanted).scalars())

    def pauses(self, pair: Pair) -> Sequence[Pause]:
        pause = self._models.pause
        wanted = select(pause).filter_by(customer=pair[0], destination=pair[1])
        wanted = wanted.order_by(pause.resolution.is_not(None), pause.offered_at.desc(), pause.id.desc()).limit(ENOUGH)
        return tuple(pause_of(_columns(row)) for row in self._session.execute(wanted).scalars())

    def joined_amounts(self, pause: str) -> list[tuple[int, bool]]:
        wanted = select(self._models.withdrawal).filter_by(pause=pause)
        return [(int(row.amount), row.stopped_at is not None) for row in self._session.execute(wanted).scalars()]

    def decision_of(self, withdrawal: str) -> bytes | None:
        found = self.known(withdrawal)
        return None if found is None else found.decision

    def add_withdrawal(self, asked: Withdrawal, decided: Decided, number: int) -> None:
        row = withdrawal_row(asked, decided, number, self.tx.now)
        more = {"raised_friction": row["friction"], "changed": number}
        self._add("withdrawal", row | more)

    def add_pause(self, pause: Pause, pair: Pair) -> None:
        self._add("pause", pause_row(pause, *pair))

    def add_hold(self, hold: Hold, pair: Pair) -> None:
        self._add("hold", hold_row(hold, *pair))

    def flush(self) -> None:
        self._session.flush()

    def _journal(self, step: int, kind: str, withdrawal: str | None, actor: str, body: bytes) -> int:
        self._number += 1
        entry = {"number": self._number, "at": int(self.tx.now), "step": step, "kind": kind}
        self._add("journal", entry | {"withdrawal": withdrawal, "actor": actor, "body": body})
        return self._number

    def _add(self, name: str, values: dict[str, Any]) -> None:
        plain = {column: _plain(value) for column, value in values.items()}
        self._session.add(self._models.made(name, plain))

    def _never(self, name: str, **values: Any) -> None:
        raise AssertionError("the load stops nothing and has no shadow: nobody asks for this")


def _plain(value: Any) -> Any:
    if isinstance(value, int):
        return int(value)
    return str.__str__(value) if isinstance(value, str) else value


def _columns(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def usual_app(settings: Settings) -> Starlette:
    clock = SystemClock()
    exchange = running_exchange(settings, clock)  # for its snapshot; its writer gets nothing to do
    engine = _engine(settings)
    models = Models(engine)
    turn = threading.Lock()  # SQLite has one writer; without it most of the time would go into retries

    def decide(asking: Asking) -> Assessed:
        with turn, Session(engine) as session, session.begin():
            sheet = UsualSheet(session, models, clock.now())
            (found,) = assess_on(cast(Sheet, sheet), [asking])
        if isinstance(found, Exception):
            raise found
        return found

    async def answer(request: Request) -> Response:
        snapshot = exchange.snapshot
        key = authorise(request, snapshot, Scope.ASSESS)
        asked = read_withdrawal(read_shape(await request.body(), WithdrawalBody))
        assessed = await run_in_threadpool(decide, Asking(snapshot, asked, f"vasp:{key.name}"))
        return Response(decision_bytes(snapshot, assessed), 201, media_type="application/json")

    return Starlette(routes=[Route("/v1/withdrawals", answer, methods=["POST"])])


def _engine(settings: Settings) -> Engine:
    """SQLite as the service sets it: WAL, FULL, secure_delete."""
    engine = create_engine(settings.database, pool_size=16)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "cache_size=-32768"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


if __name__ == "__main__":
    found = read_settings(os.environ)
    serve(usual_app(found), found)
