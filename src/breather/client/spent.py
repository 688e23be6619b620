"""A clearance pays out once: its `jti` is kept for ever, in the exchange's own transaction.

The row and the payout must be one transaction. If they are two, a crash between them either loses a payout
or makes two. SQLite 3.24 or later and PostgreSQL; other databases need an INSERT of their own with the same
effect.
"""

from importlib import resources
from typing import Any, Protocol

from breather.client.failure import AlreadySpent

_FILES = resources.files("breather.client")
SPENT_SCHEMA = _FILES.joinpath("spent_table.sql").read_text(encoding="utf-8")
_SPEND = _FILES.joinpath("spend.sql").read_text(encoding="utf-8").partition("\n")[2].strip()


class Cursor(Protocol):
    """As much of a DB-API cursor (PEP 249) as is needed here."""

    @property
    def rowcount(self) -> int: ...

    def execute(self, operation: Any, parameters: Any, /) -> Any: ...


def spend(cursor: Cursor, jti: str, now: int, *, paramstyle: str = "qmark") -> None:
    """Keep `jti` as spent at `now` (milliseconds UTC). Raises AlreadySpent: then roll back and do not
    broadcast.

    `paramstyle` is the driver's own: `sqlite3.paramstyle` or `psycopg.paramstyle`. The cursor's transaction
    must be the one that pays out; of two at once, the second waits for the first and is then refused.
    """
    match paramstyle:
        case "qmark":
            statement = _SPEND
        case "format" | "pyformat":
            statement = _SPEND.replace("?", "%s")
        case _:
            raise ValueError(f"paramstyle {paramstyle!r} is not supported; it is one of qmark, format, pyformat")
    cursor.execute(statement, (jti, now))
    # Anything but one row, even a driver that does not count, means that nothing proves this to be the
    # first time.
    if cursor.rowcount != 1:
        raise AlreadySpent(jti)
