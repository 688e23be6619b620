"""What a clearance says: the token without which payout code must not broadcast (guarantees C).

`jti` is the withdrawal's id, so a second clearance of one withdrawal is the same permission and is spent once.
"""

from dataclasses import dataclass

from breather.domain.instant import SECOND, Millis
from breather.domain.withdrawal import Withdrawal

LIFETIME = 120 * SECOND
TYPE = "breather-clearance+jwt"


@dataclass(frozen=True, slots=True)
class Clearance:
    vasp: str
    mode: str
    withdrawal: Withdrawal
    not_before: Millis
    expires_at: Millis

    def claims(self) -> dict[str, object]:
        """The JWS payload: base units as text, for they do not fit 64 bits; times in seconds, as RFC 7519 has them."""
        asked = self.withdrawal
        return {
            "iss": "breather",
            "vasp": self.vasp,
            "mode": self.mode,
            "jti": asked.id,
            "customer": asked.customer,
            "asset": asked.asset.value,
            "network": asked.destination.network.value,
            "amount": str(int(asked.amount)),
            "address": asked.destination.address,
            "memo": asked.destination.memo,
            "nbf": self.not_before // SECOND,
            "exp": self.expires_at // SECOND,
        }


def issue(vasp: str, mode: str, withdrawal: Withdrawal, now: Millis) -> Clearance:
    """Valid from now for two minutes, both rounded down to the second so that the lifetime never exceeds the limit."""
    start = now // SECOND * SECOND
    return Clearance(vasp, mode, withdrawal, Millis(start), Millis(start + LIFETIME))
