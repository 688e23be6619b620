"""An exchange that imports lists in a test: its clock, its database, its folder, and what is in force there."""

import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from breather.bootstrap import exchange_database, running_exchange
from breather.domain.entry import Entry
from breather.domain.instant import DAY, Millis
from breather.exchange.open_intelligence import open_intelligence
from breather.exchange.running import RunningExchange
from breather.exchange.take_list import Accept, Publication, Taken, take_list
from breather.intelligence.importers.finding import Terms
from breather.intelligence.list_folder import ListFolder
from breather.intelligence.list_format import ListFormat
from breather.settings import Settings
from breather.storage.exchange.intelligence import InForce, lists_in_force
from tests.integration.exchange.withdrawals import query
from tests.lists import ETH, NOW, SALT, addresses_text, written

OFAC = "sanctioned_addresses_ETH.txt"


class ListStore:
    def __init__(self, database: str, folder: Path) -> None:
        self.settings = Settings(database=database, keys=folder / "keys", intelligence=folder / "lists")
        self.files = folder / "published"
        self.files.mkdir()
        self.folder = ListFolder(self.settings.intelligence)
        self.time = NOW
        self.database = exchange_database(self.settings, self)

    def now(self) -> Millis:
        return self.time

    def suspect(self) -> bool:
        return False

    def close(self) -> None:
        self.database.close()

    def take(self, publication: Publication) -> Taken:
        return take_list(self.database, self.folder, publication, "operator", lambda: SALT)

    def take_addresses(
        self,
        numbers: Iterable[int],
        source: str = "ofac",
        accept: Collection[Accept] = (),
        dated: Millis | None = None,
        expires_after: int | None = None,
    ) -> Taken:
        """An OFAC file with these made-up addresses."""
        path = written(self.files, OFAC, addresses_text(numbers))
        return self.take(Publication(source, ListFormat.OFAC, [path], Terms(), expires_after, dated, accept))

    def take_services(self, numbers: Iterable[int]) -> Taken:
        """A list of exchanges' own addresses, as the operator trusts it."""
        path = written(self.files, "services.csv", "address\n" + addresses_text(numbers))
        terms = Terms(ETH, allows=True, columns={"address": "address"})
        return self.take(Publication("services", ListFormat.CSV, [path], terms))

    def find(self, address: str) -> tuple[Entry, ...]:
        """What a decision would be told now."""
        with self.database.reading() as reader:
            return open_intelligence(reader, self.folder).find(ETH, address, self.time)

    def in_force(self) -> InForce:
        with self.database.reading() as reader:
            return lists_in_force(reader)

    def journal(self) -> list[tuple[str, dict[str, Any]]]:
        found = query(self.settings.database, "SELECT kind, body FROM journal ORDER BY number")
        return [(kind, json.loads(bytes(body))) for kind, body in found]

    def running(self) -> RunningExchange:
        return running_exchange(self.settings, self)

    def wait(self, days: int) -> None:
        self.time = Millis(self.time + days * DAY)
