"""The columns of a history: what an exchange was submitted, and when it left or was stopped, one row a withdrawal.

The names are those of the body of POST /v1/withdrawals, with `_` between the parts. Instants are ms UTC, dollars are
millionths, `amount` is decimal text in whole units of the asset; what is not there is *not known*. The simulator writes
it, the exchange exports it, replay and backtest read it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Holds(StrEnum):
    """What a column holds: text, a whole number of 64 bits, or yes and no."""

    TEXT = "text"
    WHOLE = "whole number"
    FLAG = "boolean"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    holds: Holds
    required: bool = False


_TEXT, _WHOLE, _FLAG = Holds.TEXT, Holds.WHOLE, Holds.FLAG

SUBMITTED: tuple[Column, ...] = (
    Column("at", _WHOLE, required=True),
    Column("id", _TEXT, required=True),
    Column("customer_ref", _TEXT, required=True),
    Column("asset", _TEXT, required=True),
    Column("network", _TEXT, required=True),
    Column("amount", _TEXT, required=True),
    Column("destination_address", _TEXT, required=True),
    Column("destination_memo", _TEXT),
    Column("amount_usd", _WHOLE),
    Column("kind", _TEXT, required=True),
    Column("locale", _TEXT),
    *(Column(f"residence_{source}", _TEXT) for source in ("kyc", "document", "phone", "ip")),
    Column("account_opened_at", _WHOLE),
    Column("account_balance_usd", _WHOLE),
    Column("account_last_deposit_at", _WHOLE),
    Column("account_last_deposit_kind", _TEXT),
    *(Column(f"session_{seen}", _FLAG) for seen in ("new_device", "remote_access", "screen_shared", "on_call")),
    Column("session_security_changed_at", _WHOLE),
    # What was reported afterwards.
    Column("broadcast_at", _WHOLE),
    Column("stopped_at", _WHOLE),
)
