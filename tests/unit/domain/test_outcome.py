"""Step 8: what a withdrawal became, and what follows a stop."""

import pytest

from breather.domain.amount import BaseUnits
from breather.domain.asset import Asset
from breather.domain.cooling_off import Pause, Resolution, Resolved
from breather.domain.friction import Friction
from breather.domain.instant import DAY, HOUR, Millis
from breather.domain.outcome import Asked, Ending, Outcome, outcome_of
from breather.domain.standing import Standing

AT = Millis(1_800_000_000_000)
ASKED = Asked(Asset.USDT, BaseUnits(5000), "TRON:A", AT)
PAUSE = Pause("w", Asset.USDT, Friction.COOLING_OFF, BaseUnits(6000), HOUR, DAY, AT)
OPEN = Standing("w", AT, Friction.COOLING_OFF, PAUSE)
STOPPED_AT = Millis(AT + HOUR)
STOPPED = Standing("w", AT, Friction.COOLING_OFF, PAUSE, stopped=Resolved(Resolution.STOP, "e", STOPPED_AT, "customer"))


def followed_by(amount: int, destination: str, after: int, asset: Asset = Asset.USDT) -> Ending | None:
    following = Asked(asset, BaseUnits(amount), destination, Millis(STOPPED_AT + after))
    return outcome_of(STOPPED, ASKED, following, Millis(AT + 30 * DAY))


def test_an_open_one_has_not_ended() -> None:
    assert outcome_of(OPEN, ASKED, None, Millis(AT + DAY - 1)) is None


def test_one_that_nobody_finished_lapses_at_its_instant_whenever_one_looks() -> None:
    for later in (DAY, 400 * DAY):
        assert outcome_of(OPEN, ASKED, None, Millis(AT + later)) == Ending(Outcome.LAPSED, Millis(AT + DAY))


def test_what_was_broadcast_proceeded_even_after_a_stop() -> None:
    left = Standing("w", AT, Friction.NONE, None, stopped=STOPPED.stopped, broadcast_at=Millis(AT + 5))
    assert outcome_of(left, ASKED, None, STOPPED_AT) == Ending(Outcome.PROCEEDED, Millis(AT + 5))


@pytest.mark.parametrize(
    ("amount", "destination", "after", "outcome"),
    [
        (4999, "TRON:A", 0, Outcome.REDUCED),
        (4999, "TRON:A", DAY, Outcome.REDUCED),
        (4999, "TRON:A", DAY + 1, Outcome.STOPPED),
        (4999, "TRON:A", -1, Outcome.STOPPED),
        (5000, "TRON:A", 5, Outcome.STOPPED),
        (9000, "TRON:A", 5, Outcome.STOPPED),
        (9000, "TRON:B", 5, Outcome.REDIRECTED),
        (1, "TRON:B", DAY + 1, Outcome.STOPPED),
    ],
)
def test_what_follows_a_stop_within_a_day_says_what_it_became(
    amount: int, destination: str, after: int, outcome: Outcome
) -> None:
    found = followed_by(amount, destination, after)
    at = STOPPED_AT if outcome is Outcome.STOPPED else Millis(STOPPED_AT + after)
    assert found == Ending(outcome, at)


def test_less_of_another_asset_is_not_comparable() -> None:
    assert followed_by(1, "TRON:A", 5, Asset.TRX) == Ending(Outcome.STOPPED, STOPPED_AT)
