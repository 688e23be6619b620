"""In which order replay lets things happen, and what a campaign decides where the history does not say."""

from dataclasses import replace

import pytest

from breather.domain.catalogue import FROM_LISTS
from breather.domain.feature import Unknown
from breather.domain.friction import Friction
from breather.domain.instant import DAY, Millis
from breather.domain.withdrawal import Residence
from breather.history.replay import Replay, decided_by
from breather.history.served import Act, Found, Served
from tests.unit.domain.strategies import campaign, rule, withdrawal

AT = Millis(1_800_000_000_000)


def served(number: int, position: int, at: Millis = AT, **more: object) -> Served:
    made = Served(position=position, at=at, asked=withdrawal(number, 80), friction=Friction.NONE)
    return replace(made, **more)  # type: ignore[arg-type]  # any field of Served


def stops_seen(*rows: Served) -> list[object]:
    replay = Replay()
    return [replay.submit(row).features["destination_stops"] for row in rows]


@pytest.mark.parametrize(("stopped", "seen"), [(2, 1.0), (4, 0.0)])
def test_within_one_instant_the_numbers_say_what_came_first(stopped: int, seen: float) -> None:
    assert stops_seen(served(1, 1, stop=Act(stopped, AT)), served(2, 3)) == [0.0, seen]


def test_without_numbers_what_happened_at_the_instant_of_a_submission_happened_before_it() -> None:
    first, second = served(1, AT, stop=Act(AT, AT)), served(2, AT, stop=Act(AT, AT))
    assert stops_seen(first, second, served(3, AT)) == [0.0, 1.0, 2.0]


def test_what_happens_later_is_not_yet_known() -> None:
    later = Millis(AT + DAY)
    rows = (served(1, AT, stop=Act(later, later)), served(2, AT), served(3, later - 1, Millis(later - 1)))
    assert stops_seen(*rows, served(4, later, later)) == [0.0, 0.0, 0.0, 1.0]


def test_a_broadcast_makes_the_destination_familiar() -> None:
    replay = Replay()
    replay.submit(served(1, 1, broadcast=Act(2, AT)))
    features = replay.submit(served(2, 3, Millis(AT + DAY))).features
    assert (features["destination_is_new"], features["days_since_first_to_destination"]) == (False, 1.0)
    assert features["amount_over_median"] == 1.0


def test_what_an_agency_finds_is_known_until_it_finds_otherwise() -> None:
    replay = Replay()
    found = (Found(2, "r-1", True), Found(4, "r-2", True), Found(5, "r-1", False), Found(7, "r-2", False))
    rows = [served(1, 1, found=found), *(served(number, number) for number in (3, 6, 8))]
    assert [replay.submit(row).features["destination_confirmed"] for row in rows] == [False, True, True, False]


def test_the_friction_that_was_decided_counts_as_an_alert_and_an_intervention() -> None:
    replay = Replay(decided_by(campaign(rule("never", "amount_usd < 0", Friction.HOLD))))
    assert replay.submit(served(1, 1, friction=Friction.QUESTIONS)).decided is None
    features = replay.submit(served(2, 2)).features
    assert (features["interventions_30d"], features["days_since_notice"]) == (1.0, 0.0)


def test_a_campaign_decides_where_the_history_does_not_say() -> None:
    replay = Replay(decided_by(campaign(rule("every", "amount_usd > 0", Friction.QUESTIONS))))
    at_home, abroad = Residence(kyc="MO"), Residence(kyc="PT")
    rows = [
        replace(served(number, number, friction=None), asked=replace(withdrawal(number, 80), residence=where))
        for number, where in ((1, abroad), (2, at_home), (3, at_home))
    ]
    found = [replay.submit(row) for row in rows]
    assert [each.features["interventions_30d"] for each in found] == [0.0, 0.0, 1.0]
    decided = [each.decided for each in found]
    assert [None if each is None else each.friction.word for each in decided] == ["none", "questions", "questions"]
    assert [each is not None and each.campaign is not None for each in decided] == [False, True, True]


def test_answers_are_not_yet_known() -> None:
    features = Replay().submit(served(1, 1)).features
    assert features["answer_holds_key"] is Unknown.NOT_YET


def test_what_lists_said_is_taken_as_it_was_recorded() -> None:
    """They change, and their past is not kept; where nothing was recorded, nobody was asked."""
    replay = Replay()
    said = {"destination_listed": "scam", "destination_label": Unknown.FAILED}
    recorded = replay.submit(served(1, 1, lists=said)).features
    assert (recorded["destination_listed"], recorded["destination_label"]) == ("scam", Unknown.FAILED)
    assert recorded["destination_label_place"] is Unknown.NOT_PROVIDED
    assert {replay.submit(served(2, 2)).features[name] for name in FROM_LISTS} == {Unknown.NOT_PROVIDED}
