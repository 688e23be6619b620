"""Referrals on their way: a post to which everything happens, and an agency whose power is cut (F4, J1, J3, J4)."""

import json
import os
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from breather.couriers.letter import Answer, Courier
from breather.domain.instant import SECOND
from breather.exchange.relay import LEASE
from tests.agency_process import AgencyProcess, prepared_agency
from tests.chaos.bad_post import BadPost, Fate
from tests.chaos.disk import Power, power_cut
from tests.chaos.notes import Kept, Kind, Note
from tests.chaos.planted import Planted, launcher
from tests.integration.exchange.withdrawals import query
from tests.relaying_exchange import Meddler, RelayingExchange, settled

REFERRALS = int(os.environ.get("BREATHER_TEST_REFERRALS", "24"))
SEED = int(os.environ.get("BREATHER_TEST_SEED", "1"))
TURNS = 6  # of the bad post: what fails again and again for two days is given up
STALL_SECONDS, TRIES = 0.2, 50


@contextmanager
def agency_on_a_disk(folder: Path, fault: Planted | None = None) -> Iterator[tuple[AgencyProcess, Power]]:
    data = folder / "data"
    data.mkdir()
    with prepared_agency(folder, f"sqlite:///{data / 'agency.db'}") as agency, power_cut(data) as power:
        agency.around = power.environment
        if fault is not None:
            agency.launcher = launcher(fault, "agency")
        agency.start()
        yield agency, power


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AgencyProcess, Power]]:
    with agency_on_a_disk(tmp_path_factory.mktemp("agency")) as found:
        yield found


@contextmanager
def relaying_to(agency: AgencyProcess, database: str) -> Iterator[RelayingExchange]:
    found = RelayingExchange(agency, database)
    try:
        yield found
    finally:
        found.close()


def test_letters_lost_late_doubled_and_altered_arrive_once(
    watched: tuple[AgencyProcess, Power], database_url: str
) -> None:
    """What the agency has in the end is what was promised, byte for byte, and each once."""
    agency, _ = watched
    post = BadPost(random.Random(SEED))
    with relaying_to(agency, database_url) as exchange:
        before = set(exchange.arrived())
        promised = exchange.promise(REFERRALS)
        bodies = {referral: exchange.row(referral).body for referral in promised}
        lane = exchange.lane(post.courier)
        for turn in count():
            post.mended = turn >= TURNS
            lane.deliver_due()
            agency.advance(SECOND)
            post.late_ones_arrive()
            agency.advance(10 * LEASE)
            ended = exchange.rows("SELECT problem FROM delivery WHERE state NOT IN ('pending', 'receipted')")
            assert ended == [], "nobody on the way ends a delivery"
            if settled(exchange):
                break
        arrived = {name: body for name, body in exchange.arrived().items() if name not in before}
        assert arrived == bodies
        assert sorted(exchange.states()) == sorted(promised)
    assert set(post.fates) == set(Fate), "not everything happened"


def receipts_while_syncs_stall(exchange: RelayingExchange, power: Power) -> bool:
    """Whether a receipt comes while no sync returns; afterwards all have come."""
    told = threading.Event()
    exchange.promise(3)

    def hears(courier: Courier) -> Courier:
        meddler = Meddler(courier)

        def receipted(answer: Answer) -> Answer:
            assert answer.status == 201, answer
            power.mark(json.loads(meddler.carried[-1].body)["id"])
            told.set()
            return answer

        meddler.after = receipted
        return meddler

    with ThreadPoolExecutor(1) as thread:
        with power.stalled():
            delivering = thread.submit(exchange.lane(hears).deliver_due)
            early = told.wait(STALL_SECONDS)
        delivering.result()
    assert settled(exchange), exchange.rows("SELECT state, problem FROM delivery")
    return early


def lost_in_a_cut(power: Power, folder: Path, moments: Callable[[Sequence[Note]], list[int]]) -> list[set[str]]:
    """At each moment: the referrals that had a receipt, and are not in what is left of the agency's database."""
    lost = []
    cuts = power.cuts(random.Random(SEED), lambda notes: [(at, Kept.NOTHING) for at in moments(notes)])
    for left in cuts:
        database = f"sqlite:///{left.write(folder / str(left.at)) / 'agency.db'}"
        lost.append(set(left.marks) - {row[0] for row in query(database, "SELECT id FROM referral")})
    return lost


def after_each_mark(notes: Sequence[Note]) -> list[int]:
    return [at for at, note in enumerate(notes, start=1) if note.kind is Kind.MARK]


def test_what_was_receipted_outlives_a_power_cut(watched: tuple[AgencyProcess, Power], tmp_path: Path) -> None:
    agency, power = watched
    with relaying_to(agency, f"sqlite:///{tmp_path / 'exchange.db'}") as exchange:
        assert not receipts_while_syncs_stall(exchange, power)
        lost = lost_in_a_cut(power, tmp_path / "cuts", after_each_mark)
        assert lost == [set()] * len(exchange.states())


def test_a_receipt_before_the_commit_is_found(tmp_path: Path) -> None:
    """Planted: the agency answers, and commits then. Not always found at the first try, as with a decision."""
    with (
        agency_on_a_disk(tmp_path, Planted.BEFORE_COMMIT) as (agency, power),
        relaying_to(agency, f"sqlite:///{tmp_path / 'exchange.db'}") as exchange,
    ):
        assert any(receipts_while_syncs_stall(exchange, power) for _ in range(TRIES))
        assert any(lost_in_a_cut(power, tmp_path / "cuts", after_each_mark)), "nothing was lost"
