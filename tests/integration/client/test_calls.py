"""The client against a server that keeps to the contract."""

import threading
from collections.abc import Iterator

import pytest

from breather.client import Breather, Conflict, Destination, Problem, SessionEvidence, State, Withdrawal, Word
from breather.client.withdrawal import Residence
from tests.integration.client.fake_service import API_KEY, KID, PAUSE, START, FakeBreather, serving

ADDRESS = "TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE"


@pytest.fixture
def fake() -> FakeBreather:
    return FakeBreather()


@pytest.fixture
def breather(fake: FakeBreather) -> Iterator[Breather]:
    with (
        serving(fake) as url,
        Breather(url, API_KEY, vasp="demo-exchange", clearance_keys={KID: fake.public}) as client,
    ):
        yield client


def withdrawal(name: str = "wd-1", kyc: str = "MO", amount: str = "5000") -> Withdrawal:
    return Withdrawal(
        id=name, customer="c-1", asset="USDT", network="TRON", amount=amount, address=ADDRESS,
        locale="zh-Hant", residence=Residence(kyc=kyc),
    )  # fmt: skip


def test_a_decision_is_read_with_its_alert(breather: Breather) -> None:
    assessment = breather.assess(withdrawal(), deadline=5)
    assert (assessment.decision, assessment.friction, assessment.jurisdiction) == (
        Word.INTERVENE,
        "cooling_off",
        "MO",
    )
    assert assessment.alert is not None
    assert assessment.alert["contacts"][0]["number"] == "8800 7777"
    assert assessment.why is None


def test_the_service_is_told_to_answer_before_the_client_stops_listening(
    breather: Breather, fake: FakeBreather
) -> None:
    breather.assess(withdrawal(), deadline=5)
    assert fake.headers[0]["Breather-Deadline-Ms"] == "4000"


def test_a_repeat_gives_the_same_decision_over_the_same_connection(breather: Breather, fake: FakeBreather) -> None:
    assert breather.assess(withdrawal(), deadline=5) == breather.assess(withdrawal(), deadline=5)
    assert len(breather._connections._idle) == 1


def test_a_changed_repeat_is_a_conflict_that_names_the_field(breather: Breather) -> None:
    breather.assess(withdrawal(), deadline=5)
    with pytest.raises(Conflict) as caught:
        breather.assess(withdrawal(amount="4999"), deadline=5)
    assert caught.value.code == "changed-retry"
    assert caught.value.errors[0].pointer == "/amount"


def test_a_refused_value_is_raised_with_where_and_what_would_be_right(breather: Breather) -> None:
    body = {**withdrawal().body(), "destination": {"address": "bad", "memo": None}}
    with pytest.raises(Problem) as caught:
        breather.assess(body, deadline=5)
    assert (caught.value.status, caught.value.code) == (422, "invalid")
    assert "/destination/address: the checksum does not match (copy it again)" in str(caught.value)


def test_a_wrong_key_is_the_callers_mistake_not_an_outage(fake: FakeBreather) -> None:
    with (
        serving(fake) as url,
        Breather(url, "brk_test_" + "B" * 43, vasp="demo-exchange") as client,
        pytest.raises(Problem) as caught,
    ):
        client.assess(withdrawal(), deadline=5)
    assert caught.value.code == "unauthenticated"


def test_a_withdrawal_walks_to_its_broadcast(breather: Breather, fake: FakeBreather) -> None:
    breather.assess(withdrawal(), deadline=5)
    assert breather.withdrawal("wd-1").state is State.OFFERED
    assert breather.link("wd-1", "pt").expires_at == START + 900_000
    fake.start_pause("wd-1")
    with pytest.raises(Conflict) as early:
        breather.clearance("wd-1")
    assert (early.value.code, early.value.members) == ("not-clearable", {"state": "running"})
    fake.now += PAUSE
    again = breather.confirm(
        "wd-1",
        "ev-1",
        session_started_at=fake.now,
        authenticated_at=fake.now,
        session=SessionEvidence(on_call=False),
    )
    assert (again.state, again.clearable, again.elapses_at) == (State.RELEASED, True, START + PAUSE)
    assert breather.clearance("wd-1").count(".") == 2
    assert breather.broadcast("wd-1", "ev-2", "0xabc").transaction_id == "0xabc"


def test_an_old_session_cannot_confirm(breather: Breather, fake: FakeBreather) -> None:
    breather.assess(withdrawal(), deadline=5)
    fake.start_pause("wd-1")
    fake.now += PAUSE
    with pytest.raises(Conflict) as caught:
        breather.confirm("wd-1", "ev-1", session_started_at=START, authenticated_at=fake.now, session=SessionEvidence())
    assert caught.value.code == "session-too-old"


def test_the_desk_holds_and_lifts(breather: Breather) -> None:
    breather.assess(withdrawal(), deadline=5)
    assert breather.held("wd-1", "ev-1", reason="the number called back").state is State.HELD
    assert breather.lifted("wd-1", "ev-2", reason="spoken with her").state is State.OFFERED
    assert breather.help("wd-1", "ev-3").state is State.OFFERED
    assert breather.stop("wd-1", "ev-4").state is State.STOPPED


def test_changes_are_paged_in_order(breather: Breather) -> None:
    for name in ("wd-1", "wd-2", "wd-3"):
        breather.assess(withdrawal(name), deadline=5)
    breather.stop("wd-1", "ev-1")
    first = breather.changes(limit=2)
    assert ([one.id for one in first.standings], first.more) == (["wd-2", "wd-3"], True)
    rest = breather.changes(first.next, limit=2)
    assert ([one.id for one in rest.standings], rest.more) == (["wd-1"], False)
    assert breather.changes(rest.next).standings == ()


def test_an_id_with_a_slash_stays_one_step_of_the_path(breather: Breather, fake: FakeBreather) -> None:
    breather.assess(withdrawal("a/b?c"), deadline=5)
    assert breather.withdrawal("a/b?c").id == "a/b?c"
    assert fake.requests[-1][1] == "/v1/withdrawals/a%2Fb%3Fc"


def test_threads_share_one_client_without_mixing_answers(breather: Breather) -> None:
    wrong: list[str] = []

    def one(name: str) -> None:
        for number in range(10):
            assessment = breather.assess(withdrawal(f"{name}-{number}"), deadline=10)
            if assessment.id != f"{name}-{number}" or assessment.decision is not Word.INTERVENE:
                wrong.append(f"{name}-{number}: {assessment}")

    threads = [threading.Thread(target=one, args=(f"t{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_only_this_clients_vasp_and_mode_can_be_verified(breather: Breather) -> None:
    from breather.client import Cleared

    expected = Cleared(
        vasp="another", mode="test", withdrawal="wd-1", customer="c-1", asset="USDT", network="TRON",
        amount_units=1, address=ADDRESS,
    )  # fmt: skip
    with pytest.raises(ValueError, match="this client is demo-exchange"):
        breather.verify("a.b.c", expected, 0)


def test_what_a_clearance_is_compared_with_is_the_withdrawal_and_the_destination_that_was_answered(
    breather: Breather, fake: FakeBreather
) -> None:
    asked = withdrawal("wd-1")
    fake.spellings[asked.address] = "its one spelling"
    destination = breather.assess(asked, deadline=5).destination
    assert destination == Destination("TRON", "its one spelling")
    payout = breather.payout(asked, destination, 5_000_000_000)
    assert (payout.address, payout.memo, payout.withdrawal) == ("its one spelling", None, "wd-1")
    assert (payout.vasp, payout.mode, payout.customer) == ("demo-exchange", "test", asked.customer)
    fake.withdrawals["wd-1"].state = "clear"
    assert breather.verify(breather.clearance("wd-1"), payout, fake.now / 1000).cleared == payout
    with pytest.raises(ValueError, match="wd-1 is on TRON; this destination is on ETH"):
        breather.payout(asked, Destination("ETH", "0x"), 1)
