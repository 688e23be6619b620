"""Invented customers who asked for help in the days before the demo began, so that officers find something to read.

Both exchanges know `REFERRED`, an address where somebody collects; each refers it for its own customers.
"""

from breather.client import Account, Residence, Withdrawal
from breather.demo.invented import DAY, HOUR, OTHER_EXCHANGE, invented_address
from breather.demo.step import MINUTE, PastEvent, PastWithdrawal

REFERRED = invented_address("TRON", "referred by both exchanges")
_ELSEWHERE = invented_address("TRON", "referred by one exchange")
# Hours before the demo begins, the address, the amount; the first of each is the oldest.
_ASKED = ((53, REFERRED, "2800"), (27, _ELSEWHERE, "1200"), (3, REFERRED, "6400"))
_ASKED_ELSEWHERE = ((30, REFERRED, "3100"), (5, invented_address("TRON", "referred by the other"), "1700"))


def referred(vasp: str, now: int) -> list[PastWithdrawal | PastEvent]:
    """What they withdrew, that they asked for help and that they stopped; in order of time."""
    found: list[PastWithdrawal | PastEvent] = []
    for number, (hours, address, amount) in enumerate(_ASKED_ELSEWHERE if vasp == OTHER_EXCHANGE else _ASKED):
        at = now - hours * HOUR
        withdrawal = f"past-help-{number}"
        body = Withdrawal(
            id=withdrawal,
            customer=f"h-help-{number}",
            asset="USDT",
            network="TRON",
            amount=amount,
            address=address,
            amount_usd=f"{amount}.00",
            kind="interactive",
            locale="zh-Hant",
            residence=Residence(kyc="MO", phone="MO", ip="MO"),
            account=Account(opened_at=at - 200 * DAY, balance_usd=f"{amount}.00", last_deposit_at=at - 40 * HOUR),
        ).body()
        found += [
            PastWithdrawal(at, body),
            PastEvent(at + 4 * MINUTE, withdrawal, "vasp", {"id": f"{withdrawal}-help", "event": "help"}),
            PastEvent(at + 9 * MINUTE, withdrawal, "vasp", {"id": f"{withdrawal}-stop", "event": "stop"}),
        ]
    return found
