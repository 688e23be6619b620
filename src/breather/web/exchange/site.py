"""What the routes of the exchange's service share: the running exchange, and how it is reached from outside."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from breather.exchange.running import RunningExchange
from breather.web.exchange.figures import Figures


@dataclass(frozen=True, slots=True)
class Site:
    """`public_url` has no slash at its end. `frame_ancestors` are the origins that may frame the alert page."""

    exchange: RunningExchange
    clearance_key: Ed25519PrivateKey
    public_url: str
    exchange_home: str
    frame_ancestors: tuple[str, ...]
    deadline_ms: int
    figures: Figures = field(default_factory=Figures)
