"""The hands of a lane: a few connections to one agency, which carry one batch between them.

The agency gathers what arrives together into one commit, so a few connections are much faster than one.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from breather.couriers.letter import Courier
from breather.domain.instant import SECOND, Millis
from breather.domain.referral import Tier
from breather.exchange.correspondent import Correspondent
from breather.exchange.deliver import deliver
from breather.exchange.relay import LEASE, Attempt, Claimed, Failed, is_still_ours
from breather.protocol.trust import Peer
from breather.storage.database import Database
from breather.storage.failure import StorageFailure

_log = structlog.get_logger("breather.relay")

HANDS = 4
# No letter of a batch is begun later than this after the claim; one may then take 10 s, and the lease is 60 s.
SENDS_FOR_SECONDS = LEASE / SECOND / 2

# None where nothing was tried: no time was left, the service is stopping, or it may not leave any more.
Result = tuple[Claimed, Attempt | None]


class Hands:
    """One courier for each hand. `stop`, once set, lets them finish what they hold and begin nothing."""

    def __init__(
        self,
        name: str,
        database: Database,
        clock: Callable[[], Millis],
        courier: Callable[[], Courier],
        stop: threading.Event,
    ) -> None:
        self._database = database
        self._clock = clock
        self._couriers = tuple(courier() for _ in range(HANDS))
        self._pool = ThreadPoolExecutor(HANDS, f"hand-{name}")
        self._stop = stop

    def close(self) -> None:
        self._pool.shutdown()
        for courier in self._couriers:
            courier.close()

    def carry(self, sender: Correspondent, agency: Peer, batch: Sequence[Claimed], until: float) -> list[Result]:
        """One attempt for each, none begun later than `until` on the monotonic clock; what each came to."""
        shares = [batch[start::HANDS] for start in range(min(HANDS, len(batch)))]

        def work(courier: Courier, share: Sequence[Claimed]) -> list[Result]:
            return [(claimed, self._attempt(sender, agency, courier, claimed, until)) for claimed in share]

        return [each for part in self._pool.map(work, self._couriers, shares) for each in part]

    def _attempt(
        self, sender: Correspondent, agency: Peer, courier: Courier, claimed: Claimed, until: float
    ) -> Attempt | None:
        if time.monotonic() >= until or self._stop.is_set():
            return None
        try:
            if claimed.tier == Tier.IDENTIFIED.word:
                with self._database.reading() as reader:
                    if not is_still_ours(reader, claimed):
                        return None  # she took her consent back since it was claimed
            return deliver(sender, agency, courier, claimed, self._clock)
        except StorageFailure:
            return None
        except Exception as error:  # noqa: BLE001 - a poisonous referral fails alone, and is dead after its time
            _log.exception("attempt broke", referral=claimed.referral)
            return Failed(f"unexpected: {type(error).__name__}; the log of the worker says more")
