"""Guarantee F4 under kill -9 and a long absence: promised = receipted + pending + dead, and nothing doubled in effect.

Here in a short form; `make chaos` kills 50 times and keeps the agency away for a minute.
"""

import os
import random

from breather.domain.instant import SECOND
from breather.exchange.relay import LEASE
from tests.relaying_exchange import RelayingExchange, ended, kept_promises, settled

KILLS = int(os.environ.get("BREATHER_TEST_KILLS", "3"))
SECONDS_AWAY = int(os.environ.get("BREATHER_TEST_SECONDS_AWAY", "4"))
UNTRIED = "SELECT count(*) FROM delivery WHERE state = 'pending' AND attempts = 0"
SEED = int(os.environ.get("BREATHER_TEST_SEED", "1"))


def test_killed_at_any_moment_nothing_is_lost_and_nothing_doubled(relaying: RelayingExchange) -> None:
    """The agency and the worker in turn, by SIGKILL, while referrals are promised and delivered; then it is away."""
    agency, chance = relaying.agency, random.Random(SEED)
    agency.start()
    worker, promised = relaying.spawn(), list[str]()
    for turn in range(KILLS):
        promised += relaying.promise(chance.randint(1, 40))
        enough = chance.randrange(len(promised))

        def so_far(least: int = enough) -> bool:
            agency.advance(LEASE // 4)  # what failed again and again waits for hours, by the service's clock
            return len(relaying.arrived()) >= least

        relaying.until(so_far, f"{enough} arrive before kill {turn}")
        if turn % 2:
            agency.kill()
            kept_promises(relaying, promised)
            agency.start()
        else:
            worker.kill()
            worker.wait()
            kept_promises(relaying, promised)
            worker = relaying.spawn()
        agency.advance(LEASE)

    promised += away_under_traffic(relaying)

    def done() -> bool:
        agency.advance(10 * LEASE)  # what failed eight times waits for half a day
        return settled(relaying)

    relaying.until(done, "everything is receipted")
    kept_promises(relaying, promised)
    assert sorted(relaying.arrived()) == sorted(promised)
    assert ended(worker) == 0


def away_under_traffic(relaying: RelayingExchange) -> list[str]:
    """The agency is killed and comes again later; service time goes on meanwhile, in each second of which referrals are
    promised and tried.
    """
    agency, promised = relaying.agency, list[str]()
    agency.kill()
    for _ in range(SECONDS_AWAY):
        promised += relaying.promise(3)
        agency.advance(SECOND)
        relaying.until(lambda: relaying.rows(UNTRIED) == [(0,)], "each is tried")
    states = relaying.states()
    assert {states[referral] for referral in promised} == {"pending"}
    agency.start()
    return promised
