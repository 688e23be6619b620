"""`python -m bench intelligence`: a look-up among ten million listed addresses, against SQLite and a Python set.

What is asked is not listed, as nearly always in life; `lookup_listed_us` is the other case, with the whole entry. The
addresses are invented, sorted into a snapshot and indexed by the code that imports lists.

`lookalike_us`: whether an address resembles one of the last 64 that its customer paid, with the fetch of what she paid:
the row of her profile, from SQLite and decoded, 32 customers at a time, as the writer decides a batch; nothing of it
resembles, as nearly always. `lookalike_alone_us` is the comparison without the fetch, which a decision makes for its
other features anyway. All times are the processor's, of one thread: on a machine with other work, only the clock on
the wall would tell of that.
"""

import gc
import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from time import process_time

from bench.figure import Figure, compared
from breather.domain.asset import Network
from breather.domain.entry import Category, Claim
from breather.domain.instant import Millis
from breather.domain.profile import CustomerProfile, Profiles
from breather.domain.withdrawal import Destination
from breather.intelligence.address_index import INDEX_SUFFIX, WHERE_SUFFIX
from breather.intelligence.claim_sorter import ClaimSorter
from breather.intelligence.known import Intelligence, Source
from breather.intelligence.likeness import likeness_of
from breather.intelligence.list_folder import ListFolder
from breather.intelligence.snapshot_file import SUFFIX
from breather.storage.database import open_database
from breather.storage.exchange.encoding import decode_customer
from breather.storage.exchange.profiles import Key, Profile, stored_profiles, write_profiles
from breather.storage.query import read_queries
from breather.storage.schema import parse_schema

LISTED = 10_000_000
ASKED = 20_000
ROUNDS = 15
CUSTOMERS, PAID, BATCH = 2_048, 64, 32
NOW = Millis(1_767_225_600_000)
_MEGABYTE = 1e6
_SALT = b"a bench's own sa"

Ask = Callable[[str], object]


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = ListFolder(Path(name))
        addresses = _addresses(LISTED)
        known, sizes = _indexed(folder, addresses)
        ours: Ask = lambda address: known.find(Network.ETHEREUM, address, NOW)  # noqa: E731  one of three alike
        rivals = {"sqlite": _sqlite(folder.path / "listed.db", addresses), "set": _set(addresses)}
        strangers = _addresses(ASKED)
        listed = addresses[:: LISTED // ASKED][:ASKED]
        gc.freeze()
        figures = _figures("lookup_us", ours, rivals, strangers)
        figures += _figures("lookup_listed_us", ours, rivals, listed)
        index, rest = sizes
        against = (sys.getsizeof(set(addresses)) + sum(map(sys.getsizeof, addresses))) / _MEGABYTE
        database = (folder.path / "listed.db").stat().st_size / _MEGABYTE
        figures.append(Figure("index_mb", index, "MB shared", "set", round(against), round(index / against, 3), 0))
        figures.append(Figure("index_mb", index, "MB shared", "sqlite", round(database), round(index / database, 3), 0))
        figures += _lookalike(folder.path / "profiles.db")
        figures.append(Figure("entries_mb", rest, "MB on disk, read for hits", "nothing", 0, 0, 0))
        return figures


def _addresses(count: int) -> list[str]:
    """Small letters: what is sorted and found here is text, and its capitals would only take time to compute."""
    noise = os.urandom(20 * count)
    return ["0x" + noise[place : place + 20].hex() for place in range(0, 20 * count, 20)]


def _indexed(folder: ListFolder, addresses: Sequence[str]) -> tuple[Intelligence, tuple[float, float]]:
    """The opened index; megabytes of what every process maps and uses, and of what only hits touch."""
    with folder.alone() as work:
        sorter = ClaimSorter(work, _SALT)
        for address in addresses:
            sorter.add(Claim("ETH", address, Category.SCAM, label="invented"))
        sorter.write(folder.path / f"all{SUFFIX}")
    name = folder.index_of(["all"], _SALT)
    size = {each.suffix: each.stat().st_size / _MEGABYTE for each in folder.path.iterdir()}
    known = Intelligence(folder.opened(name, ["all"]), [Source("bench")])
    return known, (round(size[INDEX_SUFFIX], 1), round(size[WHERE_SUFFIX] + size[SUFFIX], 1))


def _sqlite(path: Path, addresses: Sequence[str]) -> Ask:
    """As most people would: the address is the key of a table, and the connection stays open."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA mmap_size = 4000000000")
    connection.execute("CREATE TABLE listed (address TEXT PRIMARY KEY, label TEXT NOT NULL) WITHOUT ROWID")
    rows: Iterator[tuple[str, str]] = ((address, "invented") for address in sorted(addresses))
    with connection:
        connection.executemany("INSERT INTO listed VALUES (?, ?)", rows)
    return lambda address: connection.execute("SELECT label FROM listed WHERE address = ?", (address,)).fetchone()


def _set(addresses: Sequence[str]) -> Ask:
    return set(addresses).__contains__


def _figures(name: str, ours: Ask, rivals: dict[str, Ask], asked: Sequence[str]) -> list[Figure]:
    """Microseconds of the processor a look-up, by round and alternating; the first one only warms the pages."""
    times: dict[str, list[float]] = {each: [] for each in ("", *rivals)}
    for _ in range(ROUNDS + 1):
        for each, ask in {"": ours, **rivals}.items():
            started = process_time()
            for address in asked:
                ask(address)
            times[each].append((process_time() - started) / len(asked) * 1e6)
    return [compared(name, "us", times[""][1:], each, times[each][1:]) for each in rivals]


def _lookalike(path: Path) -> list[Figure]:
    """Microseconds of the processor a withdrawal, fetched and compared."""
    queries = read_queries(files("breather.storage.exchange"))
    database = open_database(f"sqlite:///{path}", queries, lambda: NOW)
    schema = files("breather.storage.exchange").joinpath("schema.sql").read_text("utf-8")
    database.create(parse_schema(schema, "bench"), "bench")
    paid = [f"ETH:{address} " for address in _addresses(CUSTOMERS * PAID)]
    keys = [("customer", f"c-{number}") for number in range(CUSTOMERS)]
    rows: dict[Key, Profile] = {
        key: CustomerProfile(paid="".join(paid[number * PAID :][:PAID])) for number, key in enumerate(keys)
    }
    with database.writing() as tx:
        write_profiles(tx, rows)
    asked = [Destination(Network.ETHEREUM, address) for address in _addresses(CUSTOMERS)]
    whole, alone = [], []
    with database.reading() as reader:
        for _ in range(ROUNDS + 1):
            fetching = comparing = 0.0
            for place in range(0, CUSTOMERS, BATCH):
                batch = keys[place : place + BATCH]
                started = process_time()
                found = stored_profiles(reader, batch)
                met = [Profiles(decode_customer(found[key])) for key in batch]
                fetched = process_time()
                for profiles, destination in zip(met, asked[place : place + BATCH], strict=True):
                    likeness_of(profiles, destination)
                comparing += process_time() - fetched
                fetching += fetched - started
            whole.append((fetching + comparing) / CUSTOMERS * 1e6)
            alone.append(comparing / CUSTOMERS * 1e6)
    database.close()
    return [
        compared("lookalike_us", "us", whole[1:], "lookalike_alone_us", alone[1:]),
        compared("lookalike_alone_us", "us", alone[1:], "lookalike_us", whole[1:]),
    ]
