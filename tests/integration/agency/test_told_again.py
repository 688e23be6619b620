"""An agency whose database was restored tells on after what exchanges have seen, never one number twice (D5)."""

from collections.abc import Iterator
from importlib.resources import files

import pytest

from breather.agency.tell import COUNTED, last_told, tell_key_list
from breather.domain.instant import Millis
from breather.protocol.signed_list import SignedKeyList
from breather.storage.database import Database, open_database
from breather.storage.query import read_queries
from breather.storage.recovery import begin_recovery
from breather.storage.schema import parse_schema
from breather.storage.witness import Witness
from tests.engines import database_url, postgresql_server  # noqa: F401  # fixtures, used by name

STORAGE = files("breather.storage.agency")
SIGNED = SignedKeyList(b"{}", b"s" * 64)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:  # noqa: F811  # the fixture above
    found = open_database(database_url, read_queries(STORAGE), lambda: Millis(1_800_000_000_000))
    found.create(parse_schema(STORAGE.joinpath("schema.sql").read_text("utf-8"), "agency"), "epoch")
    yield found
    found.close()


def told(database: Database) -> int:
    with database.writing() as tx:
        tell_key_list(tx, ["exchange-1"], SIGNED)
        return last_told(tx, "exchange-1")


def test_changes_go_on_after_what_the_witness_saw(database: Database) -> None:
    """The exchange asks for what comes after number 40: 3 would be passed over for ever."""
    assert [told(database), told(database)] == [1, 2]
    witness = Witness("agency", "epoch", 90, "", 0, {f"exchange-1 {COUNTED}": 40, "exchange-1 manifest": 700})
    with database.writing() as tx:
        begin_recovery(tx, "restored", "operator", witness)
    assert told(database) == 41
    assert told(database) == 42
    with database.writing() as tx:
        tx.run("count_message", peer="exchange-1", type="manifest")
        row = tx.one("find_counter", peer="exchange-1", type="manifest")
    assert row == {"last": 701}


def test_an_older_witness_takes_no_number_back(database: Database) -> None:
    assert [told(database) for _ in range(3)] == [1, 2, 3]
    with database.writing() as tx:
        begin_recovery(tx, "restored", "operator", Witness("agency", "epoch", 1, "", 0, {f"exchange-1 {COUNTED}": 1}))
    assert told(database) == 4
