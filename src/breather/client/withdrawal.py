"""A withdrawal as the exchange describes it to Breather: the body of `POST /v1/withdrawals`.

None means *not known* and is left out; it is never sent as "no". Instants are integer milliseconds UTC,
amounts are decimal strings in whole units of the asset ("5000", "0.25"), never floats.
"""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from breather.client.instant import format_instant

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def _known(part: "DataclassInstance", *, instants: frozenset[str] = frozenset()) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if value is not None:
            body[field.name] = format_instant(value) if field.name in instants else value
    return body


@dataclass(frozen=True, slots=True, kw_only=True)
class Residence:
    """Evidence of where the customer lives, ISO 3166-1 alpha-2, strongest first. A document counts only if
    it proves residence; nationality does not belong here.
    """

    kyc: str | None = None
    document: str | None = None
    phone: str | None = None
    ip: str | None = None

    def body(self) -> dict[str, Any]:
        return _known(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`balance_usd` is the whole balance before this withdrawal; `last_deposit_kind` is fiat, card, crypto
    or internal.
    """

    opened_at: int | None = None
    balance_usd: str | None = None
    last_deposit_at: int | None = None
    last_deposit_kind: str | None = None

    def body(self) -> dict[str, Any]:
        return _known(self, instants=frozenset({"opened_at", "last_deposit_at"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvidence:
    """What the exchange saw of the session in which the customer is acting now."""

    new_device: bool | None = None
    remote_access: bool | None = None
    screen_shared: bool | None = None
    on_call: bool | None = None
    security_changed_at: int | None = None

    def body(self) -> dict[str, Any]:
        return _known(self, instants=frozenset({"security_changed_at"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One withdrawal under the exchange's own id (1 to 64 characters). The id is what makes a retry
    harmless.
    """

    id: str
    customer: str
    asset: str
    network: str
    amount: str
    address: str
    memo: str | None = None
    amount_usd: str | None = None
    kind: str | None = None
    locale: str | None = None
    residence: Residence = Residence()
    account: Account = Account()
    session: SessionEvidence = SessionEvidence()

    def body(self) -> dict[str, Any]:
        """The JSON body; the same withdrawal always gives the same one."""
        body: dict[str, Any] = {
            "id": self.id,
            "customer": {"ref": self.customer},
            "asset": self.asset,
            "network": self.network,
            "amount": self.amount,
            "destination": {"address": self.address, "memo": self.memo},
        }
        for name in ("amount_usd", "kind", "locale"):
            if (value := getattr(self, name)) is not None:
                body[name] = value
        for name, part in (
            ("residence", self.residence),
            ("account", self.account),
            ("session", self.session),
        ):
            if known := part.body():
                body[name] = known
        return body
