"""The exchange's web application over a `World`, in this process: what HTTP makes of use cases, without a socket."""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, TypeVar, cast

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from breather.domain.instant import Millis
from breather.exchange.link import digest, mint
from breather.exchange.relay import Attempt, Delivered, claim, settle
from breather.exchange.running import RunningExchange
from breather.exchange.snapshot import ApiKey, Identity, Snapshot
from breather.protocol.alert_slot import AlertSlot
from breather.storage.fair_queue import OURSELVES, Sender
from breather.storage.pending import Answer
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction
from breather.web.api_keys import Scope
from breather.web.exchange.app import create_app
from breather.web.exchange.site import Site
from tests.unit.exchange.world import World
from tests.unit.protocol.samples import AGENCY

T = TypeVar("T")
RECEIPTED = Delivered(b"{}", "kid 1 signature")
URL = "https://breather.example"
KEY = "brk_test_" + "A" * 43
SLOT = AlertSlot(7, "vasp-1", "Vasp One", b"s" * 32, {"en": "Judiciary Police reminder"}, AGENCY)


class NobodyWaits:
    """Commands are done at once, so there is no stand-in, and no flood."""

    def __len__(self) -> int:
        return 0

    @contextmanager
    def asking(self, withdrawal: str) -> Iterator[None]:
        yield

    def find(self, withdrawal: str) -> None:
        """None has been made."""

    def speaks_for(self, withdrawal: str) -> bool:
        """Nor is one on its way."""
        return False

    def settled(self, withdrawal: str) -> None:
        """Everything always is."""


class Running:
    """What the routes ask of a RunningExchange, with a World behind it; commands are done at once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.clock = self
        self.standby = NobodyWaits()
        self.waiting = 0

    def now(self) -> Millis:
        return self._world.now

    def suspect(self) -> bool:
        return False

    @property
    def noted(self) -> dict[str, str]:
        return {}

    def refuse_behind(self) -> None:
        """Its database never falls back."""

    @property
    def snapshot(self) -> Snapshot:
        return self._world.snapshot

    @property
    def identity(self) -> Identity:
        return self._world.snapshot.identity

    def submit(
        self, command: Callable[[Transaction], T], seconds: float | None = None, sender: Sender = OURSELVES
    ) -> Answer[T]:
        done: Answer[T] = Answer()
        try:
            done.set_result(self._world.write(command))
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to whoever asked, as with the writer
            done.set_exception(error)
        return done

    def unready(self) -> dict[str, str]:
        return {}

    def stands_by(self) -> bool:
        return True

    def read(self, question: Callable[[Reader, Millis], T]) -> T:
        return self._world.read(lambda reader: question(reader, self._world.now))


class ServedWorld:
    """`cookies` are kept by name, as a browser would for this one host."""

    def __init__(self, world: World, slots: Mapping[str, AlertSlot], vasp: str) -> None:
        self.world = world
        identity = replace(world.snapshot.identity, slots=slots, vasp=vasp)
        world.snapshot = replace(world.snapshot, identity=identity)
        self.narrow(*Scope)
        running = cast(RunningExchange, Running(world))
        self.app = create_app(Site(running, Ed25519PrivateKey.generate(), URL, f"{URL}/home", (), 20_000))
        self.cookies: dict[str, str] = {}
        self._tokens = count()

    def narrow(self, *scopes: str) -> None:
        """From now on the API key may do only this."""
        keys = {digest(KEY): ApiKey("shop", frozenset(scopes))}
        self.world.snapshot = replace(self.world.snapshot, api_keys=keys)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=URL) as client:
                return await client.request(method, path, **more)

        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        more["headers"] = {**more.get("headers", {}), "Cookie": cookie}
        reply = asyncio.run(asked())
        for header in reply.headers.get_list("set-cookie"):
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        return reply

    def api(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return self.ask(method, path, json=body, headers={"Authorization": f"Bearer {KEY}"})

    def open(self, withdrawal: str, locale: str = "en") -> None:
        """The customer's page, as the exchange shows it."""
        token = f"{withdrawal}-{next(self._tokens)}"
        self.world.write(lambda tx: mint(tx, withdrawal, token, locale, "vasp:shop"))
        assert self.ask("GET", f"/a/{token}").status_code == 303

    def open_again(self, withdrawal: str) -> None:
        """In a browser that has forgotten the earlier page."""
        self.cookies.clear()
        self.open(withdrawal)

    def page(self, query: str = "") -> str:
        return self.ask("GET", f"/alert{query}").text

    def deliver(self, attempt: Attempt = RECEIPTED) -> int:
        """What is due is tried once, and comes to this; how many there were."""

        def tried(tx: Transaction) -> bool:
            claimed = claim(tx, AGENCY)
            return claimed is not None and settle(tx, claimed, attempt, 0.5)

        return sum(1 for _ in iter(lambda: self.world.write(tried), False))

    def press(self, act: str, csrf: str | None = None) -> httpx.Response:
        found = re.search(r'name="csrf" value="([^"]+)"', self.page())
        value = csrf if csrf is not None else (found[1] if found else "")
        return self.ask("POST", f"/alert/{act}", data={"csrf": value})


@contextmanager
def served_world(
    folder: Path, slots: Mapping[str, AlertSlot] | None = None, vasp: str = "vasp-1"
) -> Iterator[ServedWorld]:
    """With one alert-code slot, unless others are given."""
    folder.mkdir(exist_ok=True)
    world = World(f"sqlite:///{folder / 'world.db'}")
    try:
        yield ServedWorld(world, {AGENCY: SLOT} if slots is None else slots, vasp)
    finally:
        world.close()
