"""What a clearance claims: exactly what was asked for, for at most 120 seconds (guarantees C)."""

from hypothesis import given
from hypothesis import strategies as st

from breather.domain.amount import BaseUnits
from breather.domain.asset import Asset, Network
from breather.domain.clearance import issue
from breather.domain.instant import LATEST, Millis
from breather.domain.withdrawal import CustomerRef, Destination, Withdrawal, WithdrawalId

ASKED = Withdrawal(
    id=WithdrawalId("wd-1"),
    customer=CustomerRef("c-1"),
    asset=Asset.DAI,
    amount=BaseUnits(123_456_789_012_345_678_901),
    destination=Destination(Network.ETHEREUM, "0xAbC", "tag-7"),
)


def number(claims: dict[str, object], name: str) -> int:
    value = claims[name]
    assert type(value) is int
    return value


@given(st.integers(0, LATEST - 10**6).map(Millis))
def test_it_begins_now_and_never_outlives_two_minutes(now: Millis) -> None:
    clearance = issue("vasp-1", "test", ASKED, now)
    claims = clearance.claims()
    begins, ends = number(claims, "nbf"), number(claims, "exp")
    assert ends - begins <= 120
    assert begins * 1000 <= now < ends * 1000
    assert ends * 1000 - now <= 120_000
    assert clearance.expires_at == ends * 1000, "what is stored as outstanding is what the token says"


def test_it_names_everything_that_payout_compares() -> None:
    claims = issue("vasp-1", "test", ASKED, Millis(1_800_000_000_500)).claims()
    assert claims == {
        "iss": "breather",
        "vasp": "vasp-1",
        "mode": "test",
        "jti": "wd-1",
        "customer": "c-1",
        "asset": "DAI",
        "network": "ETH",
        "amount": "123456789012345678901",
        "address": "0xAbC",
        "memo": "tag-7",
        "nbf": 1_800_000_000,
        "exp": 1_800_000_120,
    }


def test_a_second_one_of_the_same_withdrawal_is_spent_with_the_first() -> None:
    first, second = (issue("vasp-1", "test", ASKED, Millis(at)).claims() for at in (10**12, 10**12 + 60_000))
    assert first["jti"] == second["jti"] == ASKED.id
    assert first["exp"] != second["exp"]
