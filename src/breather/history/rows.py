"""Rows of a history file as values of the domain; the first that cannot be one is named, with its column."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from breather.domain.amount import MicroUsd, parse_units
from breather.domain.asset import Asset, Network, decimals_of
from breather.domain.catalogue import CATALOGUE, FROM_LISTS
from breather.domain.disposition import Disposition
from breather.domain.feature import FeatureValue, Unknown
from breather.domain.finding import Finding, Refused, nearest
from breather.domain.friction import WORDS, Friction
from breather.domain.instant import EARLIEST, LATEST, Millis
from breather.domain.withdrawal import (
    Account,
    CustomerRef,
    DepositKind,
    Destination,
    Kind,
    Residence,
    Session,
    Withdrawal,
    WithdrawalId,
)
from breather.history.schema import exported_schema, feature_column, order_schema, submitted_schema, unknown_column
from breather.history.served import Act, Found, Served

_SCHEMA = exported_schema()
_ASSETS: Mapping[str, Asset] = {each.value: each for each in Asset}
_NETWORKS: Mapping[str, Network] = {each.value: each for each in Network}
_KINDS: Mapping[str, Kind] = {each.value: each for each in Kind}
_DEPOSIT_KINDS: Mapping[str, DepositKind] = {each.value: each for each in DepositKind}
_INSTANTS = ("at", "account_opened_at", "account_last_deposit_at", "session_security_changed_at")


class _Wrong(ValueError):
    """A value of a row. `column` says where."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


class Rows:
    """Rows of all parts of one history, one after the other: each must come after the one before."""

    def __init__(self, *, has_order: bool, has_decided: bool, features: Collection[str] = ()) -> None:
        """Which groups of columns there are, and which features."""
        self._has_order, self._has_decided = has_order, has_decided
        names = [*submitted_schema().names]
        names += order_schema().names if has_order else []
        names += ["friction"] if has_decided else []
        self._lists = tuple(name for name in FROM_LISTS if name in features)
        names += [column for name in self._lists for column in (feature_column(name), unknown_column(name))]
        self._names = names
        self._required = [name for name in names if not _SCHEMA.field(name).nullable]
        self._position, self._at = -1, EARLIEST
        self._row = 0

    def read(self, file: Path, batch: Any) -> list[Served]:
        """Raises Refused."""
        columns = {name: batch.column(name).to_pylist() for name in self._names}
        found: list[Served] = []
        values: dict[str, Any] = {}
        try:
            for cells in zip(*columns.values(), strict=True):
                self._row += 1
                values = dict(zip(columns, cells, strict=True))
                found.append(self._served(values))
        except _Wrong as wrong:
            pointer = f"{file.name}:{wrong.column}"
            message = f"row {self._row}, withdrawal {values.get('id')!r}: {wrong}"
            raise Refused(f"{file} cannot be replayed", [Finding(pointer, "bad-value", message)]) from None
        return found

    def _served(self, values: dict[str, Any]) -> Served:
        for name in self._required:
            if values[name] is None:
                raise _Wrong(name, "is null, and may not be")
        for name in _INSTANTS:
            at = values[name]
            if at is not None and not EARLIEST <= at <= LATEST:
                raise _Wrong(name, f"{at} is no instant in ms UTC of the years 1970 to 9999")
        at = Millis(values["at"])
        if at < self._at:
            raise _Wrong("at", "lies before the row before it; a history is in order of time")
        position = values["number"] if self._has_order else at
        if self._has_order and position <= self._position:
            raise _Wrong("number", "does not come after that of the row before it")
        self._position, self._at = position, at
        return Served(
            position=position,
            at=at,
            asked=_withdrawal(values),
            friction=_friction(values["friction"]) if self._has_decided else None,
            broadcast=self._act(values, position, "broadcast_at", "broadcast_number"),
            stop=self._act(values, position, "stopped_at", "stop_number"),
            found=tuple(_found(values["dispositions"], position)) if self._has_order else (),
            lists=_lists(values, self._lists),
        )

    def _act(self, values: dict[str, Any], after: int, instant: str, number: str) -> Act | None:
        at = values[instant]
        if self._has_order:
            position = values[number]
            if position is None:
                return None  # stopped together with another withdrawal: the profiles know only that one
            if at is None or position <= after:
                raise _Wrong(number, "is the number of nothing that happened after the decision")
            if not values["at"] <= at <= LATEST:
                raise _Wrong(instant, "lies before the submission")
            return Act(position, Millis(at))
        if at is None:
            return None
        if not values["at"] <= at <= LATEST:
            raise _Wrong(instant, "lies before the submission")
        return Act(at, Millis(at))


def _withdrawal(values: dict[str, Any]) -> Withdrawal:
    asset, network = _word(values, "asset", _ASSETS), _word(values, "network", _NETWORKS)
    decimals = decimals_of(asset, network)
    if decimals is None:
        raise _Wrong("network", f"{asset} is not on {network}")
    try:
        amount = parse_units(values["amount"], decimals)
    except ValueError as wrong:
        raise _Wrong("amount", str(wrong)) from None
    deposit_kind = values["account_last_deposit_kind"]
    return Withdrawal(
        id=WithdrawalId(values["id"]),
        customer=CustomerRef(values["customer_ref"]),
        asset=asset,
        amount=amount,
        destination=Destination(network, values["destination_address"], values["destination_memo"]),
        amount_usd=_dollars(values, "amount_usd"),
        kind=_word(values, "kind", _KINDS),
        locale=values["locale"],
        residence=Residence(
            values["residence_kyc"], values["residence_document"], values["residence_phone"], values["residence_ip"]
        ),
        session=Session(
            values["session_new_device"],
            values["session_remote_access"],
            values["session_screen_shared"],
            values["session_on_call"],
            values["session_security_changed_at"],
        ),
        account=Account(
            values["account_opened_at"],
            _dollars(values, "account_balance_usd"),
            values["account_last_deposit_at"],
            None if deposit_kind is None else _word(values, "account_last_deposit_kind", _DEPOSIT_KINDS),
        ),
    )


def _word(values: dict[str, Any], column: str, words: Mapping[str, Any]) -> Any:
    found = words.get(values[column])
    if found is None:
        near = nearest(str(values[column]), words)
        hint = f"; did you mean {near!r}?" if near else ""
        raise _Wrong(column, f"{str(values[column])[:40]!r} is not one of {', '.join(words)}{hint}")
    return found


def _dollars(values: dict[str, Any], column: str) -> MicroUsd | None:
    micro = values[column]
    if micro is not None and micro <= 0:
        raise _Wrong(column, "must be more than zero")
    return None if micro is None else MicroUsd(micro)


def _friction(word: str) -> Friction:
    try:
        return Friction.from_word(word)
    except KeyError:
        raise _Wrong("friction", f"{word[:40]!r} is not one of {', '.join(WORDS)}") from None


def _found(dispositions: Sequence[dict[str, Any]], after: int) -> Iterator[Found]:
    for each in dispositions:
        number = each["number"]
        if number is None or number <= after:
            raise _Wrong("dispositions", "has a number that does not come after the decision")
        yield Found(number, str(each["referral"]), each["disposition"] == Disposition.CONFIRMED_SCAM)


def _lists(values: dict[str, Any], names: Sequence[str]) -> dict[str, FeatureValue]:
    """What was recorded. A feature that is younger than the decision has neither a value nor a class."""
    found: dict[str, FeatureValue] = {}
    for name in names:
        word, unknown = values[feature_column(name)], values[unknown_column(name)]
        if word is not None:
            if word not in CATALOGUE[name].values:
                near = nearest(word, CATALOGUE[name].values)
                hint = f"; did you mean {near!r}?" if near else ""
                raise _Wrong(feature_column(name), f"{word[:40]!r} is no value of {name}{hint}")
            found[name] = word
        elif unknown is not None:
            try:
                found[name] = Unknown(unknown)
            except ValueError:
                raise _Wrong(unknown_column(name), f"{unknown[:40]!r} is not one of {', '.join(Unknown)}") from None
    return found
