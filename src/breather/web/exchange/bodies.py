"""What the exchange's JSON API takes: types that decode requests, explain errors, and make the OpenAPI document."""

from typing import Annotated

import msgspec
from msgspec import Meta

from breather.domain.asset import Asset, Network
from breather.domain.withdrawal import DepositKind, Kind
from breather.protocol.sealing import SEALED_LIMIT

# Python's `$` also matches before a last line feed; the lookahead forbids it, and JSON Schema reads it the same way.
ID_PATTERN = r"^[A-Za-z0-9._:~-]{1,64}$(?!\n)"

BASE64_PATTERN = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$(?!\n)"
REFERRAL_PATTERN = r"^ref_[0-9a-hjkmnp-tv-z]{26}$(?!\n)"
REFERRAL_EXAMPLE = "ref_01jd9n3v8m0123456789abcdef"
CIPHERTEXT_LIMIT = 4 * -(-SEALED_LIMIT // 3)
MOST_KEYS = 20

Id = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=ID_PATTERN,
        description="The caller's own id, 1 to 64 of A-Z a-z 0-9 . _ : ~ -",
        examples=["wd-1001"],
    ),
]
Ref = Annotated[str, Meta(min_length=1, max_length=128, description="A pseudonymous reference, never a name")]
Decimal = Annotated[
    str, Meta(min_length=1, max_length=50, description="A decimal number in a string", examples=["5000"])
]
Instant = Annotated[
    str, Meta(min_length=1, max_length=40, description="RFC 3339 with a time zone", examples=["2026-01-31T09:30:00Z"])
]
Place = Annotated[str, Meta(min_length=1, max_length=20, description="ISO 3166-1 alpha-2", examples=["MO"])]
Locale = Annotated[str, Meta(min_length=1, max_length=35, description="BCP 47", examples=["zh-Hant"])]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
KeyId = Annotated[
    str, Meta(pattern=r"^[0-9a-f]{16}$(?!\n)", description="The first 16 hexadecimal digits of its SHA-256")
]


class CustomerBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    ref: Ref


class DestinationBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    address: Annotated[str, Meta(min_length=1, max_length=200)]
    memo: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class ResidenceBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Evidence of residence, strongest first. A document counts only if it proves residence, not nationality."""

    kyc: Place | None = None
    document: Place | None = None
    phone: Place | None = None
    ip: Place | None = None


class AccountBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    opened_at: Instant | None = None
    balance_usd: Decimal | None = None
    last_deposit_at: Instant | None = None
    last_deposit_kind: DepositKind | None = None


class SessionBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What was seen of the session. null, or leaving it out, is *not known*, which is not *no*."""

    new_device: bool | None = None
    remote_access: bool | None = None
    screen_shared: bool | None = None
    on_call: bool | None = None
    security_changed_at: Instant | None = None


class WithdrawalBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A withdrawal, before anything leaves. Only the first six fields are needed; the others sharpen the decision."""

    id: Id
    customer: CustomerBody
    asset: Asset
    network: Network
    amount: Decimal
    destination: DestinationBody
    amount_usd: Decimal | None = None
    kind: Kind = Kind.INTERACTIVE
    locale: Locale | None = None
    residence: ResidenceBody = ResidenceBody()
    account: AccountBody = AccountBody()
    session: SessionBody = SessionBody()


class ConfirmBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag_field="event", tag="confirm"):
    """The customer's decision, after fresh authentication in a session begun after the pause elapsed."""

    id: Id
    session_started_at: Instant
    authenticated_at: Instant
    session: SessionBody = SessionBody()


class StopBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag_field="event", tag="stop"):
    id: Id


class HelpBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag_field="event", tag="help"):
    id: Id


class BroadcastBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag_field="event", tag="broadcast"):
    """It has left. A destination becomes familiar only by this: unreported, every one stays new, and costs friction."""

    id: Id
    transaction_id: Annotated[
        str,
        Meta(min_length=1, max_length=128, pattern=r"^[!-~]+$(?!\n)", description="Printable ASCII without spaces"),
    ]


class HeldBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag_field="event", tag="held"):
    """`reason` becomes part of the customer's own record."""

    id: Id
    reason: Text
    max_hours: Annotated[int, Meta(ge=1, le=72)] = 72


class LiftedBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag_field="event", tag="lifted"):
    id: Id
    reason: Text


class RevokeBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True, tag_field="event", tag="revoke-consent"):
    """The customer told the exchange that the police shall not know who she is after all."""

    id: Id


EventBody = ConfirmBody | StopBody | HelpBody | BroadcastBody | HeldBody | LiftedBody | RevokeBody
EVENT_BODIES: tuple[type[EventBody], ...] = (
    ConfirmBody,
    StopBody,
    HelpBody,
    BroadcastBody,
    HeldBody,
    LiftedBody,
    RevokeBody,
)


class SubjectBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Who asks for help, sealed by `breather.client` in the exchange's own process. Never in the clear."""

    id: Id
    referral: Annotated[
        str,
        Meta(pattern=REFERRAL_PATTERN, description="The id that `subject_wanted` named", examples=[REFERRAL_EXAMPLE]),
    ]
    ciphertext: Annotated[
        str,
        Meta(
            min_length=4,
            max_length=CIPHERTEXT_LIMIT,
            pattern=BASE64_PATTERN,
            description=f"Base64 of an age v1 file of at most {SEALED_LIMIT} bytes",
        ),
    ]
    keys: Annotated[
        tuple[KeyId, ...],
        Meta(min_length=1, max_length=MOST_KEYS, description="The ids of the keys that it is sealed to, each once"),
    ]


class LinkBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    locale: Locale | None = None


class ClearanceBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Nothing to say: what is cleared is what was asked for."""
