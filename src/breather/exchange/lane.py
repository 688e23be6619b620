"""One agency's lane: a thread that delivers to it and one that pulls from it. Neither delays the other, and no agency
delays another.
"""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from breather.clock import Clock
from breather.couriers.letter import Courier
from breather.couriers.peer_address import DeliverTo
from breather.domain.instant import Millis
from breather.exchange import feedback
from breather.exchange.correspondent import Correspondent
from breather.exchange.hands import SENDS_FOR_SECONDS, Hands, Result
from breather.exchange.pull import ENTROPY_BYTES, PullFailed, ask, ask_key_list, pull
from breather.exchange.relay import claim_batch, is_due, release, settle
from breather.protocol.peer_folder import PinnedPeer
from breather.protocol.refusal import Refusal
from breather.protocol.signed_list import SignedKeyList
from breather.protocol.trust import Peer
from breather.storage.database import Database
from breather.storage.failure import StorageFailure

_log = structlog.get_logger("breather.relay")

BATCH = 32
SETTLES_TRIED = 20


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between looking for something due, between pulls, and between looking for other peers."""

    poll: float = 0.2
    pull: float = 10.0
    look: float = 1.0


USUAL = Pace()


@dataclass(frozen=True, slots=True)
class Means:
    """What every lane works with. `courier` makes one for an address; `keep` takes an agency's newer key list into the
    key folder (name, list, now); `on_fatal` is told of a failure after which the process must not go on.
    """

    database: Database
    clock: Clock
    courier: Callable[[DeliverTo], Courier]
    keep: Callable[[str, SignedKeyList, Millis], Peer]
    on_fatal: Callable[[StorageFailure], None]
    pace: Pace = USUAL


class Lane:
    """`start` and `stop` it once. `pinned` is replaced by reference when the agency has a newer key list."""

    def __init__(self, means: Means, sender: Correspondent, pinned: PinnedPeer) -> None:
        address = pinned.courier
        if address is None:
            raise ValueError(f"{pinned.peer.organisation} is pinned without an address to deliver to")
        self.sender = sender
        self.pinned = pinned
        self.name = pinned.peer.organisation
        self._means = means
        self._stop = threading.Event()
        self._hands = Hands(self.name, means.database, means.clock.now, lambda: means.courier(address), self._stop)
        self._puller = means.courier(address)
        self._threads = (
            threading.Thread(target=self._deliver_on, name=f"deliver-{self.name}", daemon=True),
            threading.Thread(target=self._pull_on, name=f"pull-{self.name}", daemon=True),
        )

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def ask_to_stop(self) -> None:
        """What is under way is finished and settled; what was claimed and not begun is given back."""
        self._stop.set()

    def join(self) -> None:
        """Returns once it has ended; then its connections are closed."""
        for thread in self._threads:
            thread.join()
        self.close()

    def close(self) -> None:
        """For a lane that is not running (any more)."""
        self._hands.close()
        self._puller.close()

    def deliver_due(self) -> bool:
        """Deliver one batch of what is due. Whether there may be more."""
        database = self._means.database
        with database.reading() as reader:
            if not is_due(reader, self.name, self._means.clock.now()):
                return False
        until = time.monotonic() + SENDS_FOR_SECONDS
        with database.writing() as tx:
            batch = claim_batch(tx, self.name, BATCH)
        self._settle(self._hands.carry(self.sender, self.pinned.peer, batch, until))
        return len(batch) == BATCH

    def pull_once(self) -> bool:
        """One pull, and one more if the agency had to be asked for a newer key list first. Whether there is more."""
        try:
            return self._pulled()
        except PullFailed as failure:
            if not (failure.other_keys and self._newer_list()):
                self._record(str(failure))
                return False
        try:
            return self._pulled()
        except PullFailed as failure:
            self._record(str(failure))
            return False

    def _settle(self, results: Sequence[Result]) -> None:
        """Until it is stored; else the lease runs out, and everything is delivered again, which changes nothing."""
        random = secrets.SystemRandom()
        for _ in range(SETTLES_TRIED):
            try:
                with self._means.database.writing() as tx:
                    for claimed, attempt in results:
                        if attempt is None:
                            release(tx, claimed)
                        elif not settle(tx, claimed, attempt, random.random()):
                            _log.warning("settled by another", referral=claimed.referral)
                return
            except StorageFailure as failure:
                self._unless_fatal(failure, "settling failed")
                self._stop.wait(0.5)

    def _pulled(self) -> bool:
        means, peer = self._means, self.pinned.peer
        with means.database.writing() as tx:
            question = ask(tx, self.sender, self.name, secrets.token_bytes(ENTROPY_BYTES))
        found = pull(self.sender, peer, self._puller, question, means.clock.now)
        with means.database.writing() as tx:
            applied = feedback.apply(tx, self.sender, peer, found, lambda signed: means.keep(self.name, signed, tx.now))
        if applied is not None and (applied.applied or applied.aside):
            _log.info("feedback", agency=self.name, applied=applied.applied, set_aside=applied.aside)
        return applied is not None and applied.more

    def _newer_list(self) -> bool:
        """Whether the agency has another key list that its pinned root signed; it is used from now on."""
        means, before = self._means, self.pinned.peer
        try:
            found = means.keep(self.name, ask_key_list(self._puller), means.clock.now())
        except (PullFailed, Refusal):
            return False
        if found.list_hash == before.list_hash:
            return False
        with means.database.writing() as tx:
            feedback.take_list(tx, before, found)
        self.pinned = PinnedPeer(found, self.pinned.terms, self.pinned.courier)
        return True

    def _record(self, problem: str) -> None:
        _log.warning("pull failed", agency=self.name, problem=problem)
        with self._means.database.writing() as tx:
            feedback.fail(tx, self.name, problem)

    def _deliver_on(self) -> None:
        self._go_on(self.deliver_due, self._means.pace.poll)

    def _pull_on(self) -> None:
        self._go_on(self.pull_once, self._means.pace.pull)

    def _go_on(self, act: Callable[[], bool], every: float) -> None:
        while not self._stop.is_set():
            more = False
            try:
                more = act()
            except StorageFailure as failure:
                self._unless_fatal(failure, "round skipped")
            except Exception:  # noqa: BLE001 - a thread that ended silently would be a lane that nobody knows is closed
                _log.exception("round broke", agency=self.name)
            if not more:
                self._stop.wait(every)

    def _unless_fatal(self, failure: StorageFailure, what: str) -> None:
        if failure.fatal:
            self._means.on_fatal(failure)
        _log.warning(what, agency=self.name, reason=str(failure))
