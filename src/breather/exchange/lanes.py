"""The lanes to all pinned agencies: begun, renewed and ended as the key folder changes."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from breather.domain.finding import Refused
from breather.exchange.correspondent import Correspondent
from breather.exchange.lane import Lane, Means
from breather.exchange.snapshot import read_generation
from breather.protocol.peer_folder import PinnedPeer
from breather.protocol.refusal import Refusal
from breather.storage.failure import StorageFailure

_log = structlog.get_logger("breather.relay")


@dataclass(frozen=True, slots=True)
class AddressBook:
    """Who writes, and the agencies that can be written to. `sender` is None until an identity was created."""

    sender: Correspondent | None
    agencies: Mapping[str, PinnedPeer]


class Lanes:
    """A thread that looks after the lanes. `read` reads the key folder anew whenever the generation rises."""

    def __init__(self, means: Means, read: Callable[[], AddressBook]) -> None:
        self._means = means
        self._read = read
        self._generation: int | None = None
        self._open: dict[str, Lane] = {}
        self._ending: list[threading.Thread] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look_after, name="relay", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns once everything under way is settled."""
        self._stop.set()
        self._thread.join()
        for lane in self._open.values():
            lane.ask_to_stop()
        for lane in self._open.values():
            lane.join()
        for ending in self._ending:
            ending.join()

    def _look_after(self) -> None:
        while not self._stop.is_set():
            try:
                self._look()
            except StorageFailure as failure:
                _log.warning("look skipped", reason=str(failure))
            except (Refused, Refusal, OSError, ValueError, LookupError) as problem:
                # The lanes go on as they are: one wrong file must not stop what is right.
                _log.error("key folder cannot be read", reason=str(problem))
            self._stop.wait(self._means.pace.look)

    def _look(self) -> None:
        with self._means.database.reading() as reader:
            generation = read_generation(reader)
        if generation == self._generation:
            return
        book = self._read()
        wanted = {} if book.sender is None else {name: each for name, each in book.agencies.items() if each.courier}
        for name in self._open.keys() - wanted.keys():
            self._end(name)
        for name, pinned in wanted.items():
            assert book.sender is not None
            self._renew(name, book.sender, pinned)
        self._generation = generation

    def _renew(self, name: str, sender: Correspondent, pinned: PinnedPeer) -> None:
        lane = self._open.get(name)
        if lane is not None and lane.pinned.courier == pinned.courier:
            lane.sender, lane.pinned = sender, pinned
            return
        if lane is not None:
            self._end(name)
        self._open[name] = Lane(self._means, sender, pinned)
        self._open[name].start()
        _log.info("lane open", agency=name)

    def _end(self, name: str) -> None:
        """Without waiting: what is under way is settled first, and leases keep it and its successor apart."""
        lane = self._open.pop(name)
        lane.ask_to_stop()
        self._ending.append(threading.Thread(target=lane.join, name=f"end-{name}", daemon=True))
        self._ending[-1].start()
        _log.info("lane closed", agency=name)
