"""Lists are swapped while a service answers: each decision knows the old ones or the new ones, and none is refused."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from breather.bootstrap import exchange_database
from breather.exchange.take_list import Accept, Publication, drop_lists, take_list
from breather.intelligence.importers.finding import Terms
from breather.intelligence.list_folder import ListFolder
from breather.intelligence.list_format import ListFormat
from tests.exchange_process import ExchangeProcess
from tests.integration.exchange.withdrawals import address_of, small
from tests.lists import SALT, written

SOURCE = "swapped"
KNOWN_WITHIN_SECONDS = 20.0
COLUMNS = {"address": "address", "category": "kind"}

Import = Callable[[dict[str, str]], None]


@pytest.fixture
def imports(exchange: ExchangeProcess, tmp_path: Path) -> Iterator[Import]:
    """Puts a list into force beside the running service, as the command does; takes it out at the end."""
    folder = ListFolder(exchange.settings.intelligence)
    with closing(exchange_database(exchange.settings, exchange.clock)) as database:

        def take(said: dict[str, str]) -> None:
            rows = "".join(f"{address_of(name)},{kind}\n" for name, kind in said.items())
            path = written(tmp_path, "list.csv", f"address,kind\n{rows}")
            terms = Terms(columns=COLUMNS)
            publication = Publication(SOURCE, ListFormat.CSV, [path], terms, accept=[Accept.OLDER, Accept.SIZE])
            take_list(database, folder, publication, "operator", lambda: SALT)

        yield take
        drop_lists(database, folder, [SOURCE], "operator")


def test_an_import_changes_what_a_running_service_answers_without_one_error_in_between(
    exchange: ExchangeProcess, imports: Import
) -> None:
    """Asked without a pause until the answer changes, five imports long; the files of the first are gone by then."""
    listed = f"listed-{exchange.settings.port}"
    for number in range(5):
        kind = ("scam", "exchange")[number % 2]
        imports({listed: kind, f"other-{number}": "scam"})
        seen: list[Any] = []
        until = time.monotonic() + KNOWN_WITHIN_SECONDS
        while True:
            assert time.monotonic() < until, f"import {number} is not known: {seen[-3:]}"
            reply = exchange.post("/v1/withdrawals", small(f"{listed}-{number}-{len(seen)}", payee=listed))
            assert reply.status_code == 201, reply.text
            seen.append([said["category"] for said in reply.json()["lists"]])
            if seen[-1] == [kind]:
                break
            assert seen[-1] == seen[0], "the old list or the new one, each as a whole"
        friction = "cooling_off" if kind == "scam" else "notice"
        assert reply.json()["friction"] == friction, reply.text
