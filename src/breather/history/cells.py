"""Values of the domain as cells and columns of a history file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Features, Unknown
from breather.domain.instant import Millis
from breather.domain.withdrawal import Withdrawal
from breather.history.schema import feature_column, feature_schema, unknown_column

Cells = dict[str, Any]
_FEATURES = feature_schema()


def submitted_cells(asked: Withdrawal, at: Millis) -> Cells:
    """What was submitted; when it left or was stopped is the caller's to add."""
    residence, account, session = asked.residence, asked.account, asked.session
    return {
        "at": at,
        "id": asked.id,
        "customer_ref": asked.customer,
        "asset": asked.asset.value,
        "network": asked.destination.network.value,
        "amount": asked.amount_text,
        "destination_address": asked.destination.address,
        "destination_memo": asked.destination.memo,
        "amount_usd": asked.amount_usd,
        "kind": asked.kind.value,
        "locale": asked.locale,
        "residence_kyc": residence.kyc,
        "residence_document": residence.document,
        "residence_phone": residence.phone,
        "residence_ip": residence.ip,
        "account_opened_at": account.opened_at,
        "account_balance_usd": account.balance_usd,
        "account_last_deposit_at": account.last_deposit_at,
        "account_last_deposit_kind": None if account.last_deposit_kind is None else account.last_deposit_kind.value,
        "session_new_device": session.new_device,
        "session_remote_access": session.remote_access,
        "session_screen_shared": session.screen_shared,
        "session_on_call": session.on_call,
        "session_security_changed_at": session.security_changed_at,
    }


def undetermined_cells(undetermined: Mapping[str, Mapping[str, str]]) -> list[dict[str, str]]:
    """From rule to feature to class, as the list that a file holds."""
    return [
        {"rule": rule, "feature": feature, "unknown": str(unknown)}
        for rule, features in undetermined.items()
        for feature, unknown in features.items()
    ]


def table_of(schema: Any, rows: Sequence[Cells]) -> Any:
    """A cell that is not there is null."""
    columns = [pa.array([row.get(field.name) for row in rows], field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def feature_columns(rows: Sequence[Features]) -> dict[str, Any]:
    """The columns of `feature_schema`, one element a row. A feature that a row does not have is null in both."""
    columns: dict[str, Any] = {}
    for name in CATALOGUE:
        values = [row.get(name) for row in rows]
        kind = _FEATURES.field(feature_column(name)).type
        known, unknown = feature_column(name), unknown_column(name)
        # Most features are known in every row, and looking at the types alone is quick.
        if Unknown in set(map(type, values)):
            # Unknown is a text, too, so its type is what tells.
            columns[known] = pa.array([None if type(value) is Unknown else value for value in values], kind)
            reasons = [value if type(value) is Unknown else None for value in values]
            columns[unknown] = pa.array(reasons, pa.string())
        else:
            columns[known] = pa.array(values, kind)
            columns[unknown] = pa.nulls(len(rows), pa.string())
    return columns


def joined(schema: Any, columns: Mapping[str, Any], rows: int) -> Any:
    """A table of `schema`; a column that is not given is null."""
    made: Iterable[Any] = (
        columns[field.name] if field.name in columns else pa.nulls(rows, field.type) for field in schema
    )
    return pa.Table.from_arrays(list(made), schema=schema)
