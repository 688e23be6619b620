"""Small lists of every format, made up: addresses computed from numbers, hosts under `.example`."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import base58
from eth_utils.address import to_checksum_address

from breather.domain.asset import Network
from breather.domain.entry import Claim
from breather.domain.instant import Millis, parse_instant
from breather.intelligence.address_index import AddressIndex, build_index
from breather.intelligence.claim_sorter import ClaimSorter
from breather.intelligence.importers.finding import Dated, Rejected, Row, Terms
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.known import Intelligence, Ruled, Ruling, Source
from breather.intelligence.list_format import IMPORTERS, Found, ListFormat
from breather.intelligence.snapshot_file import SnapshotFile

NOW = parse_instant("2026-11-22T10:00:00Z")
SALT = bytes(range(16))


def made(number: int) -> bytes:
    return hashlib.sha256(f"made up {number}".encode()).digest()


def eth(number: int) -> str:
    return str(to_checksum_address(made(number)[:20]))


def tron(number: int) -> str:
    return base58.b58encode_check(b"\x41" + made(number)[:20]).decode()


def btc(number: int) -> str:
    return base58.b58encode_check(b"\x00" + made(number)[:20]).decode()


def tagpack(tags: str, header: str = "") -> str:
    return f"title: Made up\ncreator: nobody\n{header}tags:\n{tags}"


def addresses_text(numbers: Iterable[int]) -> str:
    """An OFAC file's content."""
    return "".join(f"{eth(number)}\n" for number in numbers)


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(wanted: ListFormat, path: Path, terms: Terms | None = None) -> list[Found]:
    return list(IMPORTERS[wanted](ListFile(path), terms or Terms()))


def claims(found: Iterable[Found]) -> list[Claim]:
    return [each for each in found if isinstance(each, Claim)]


def rejected(found: Iterable[Found]) -> list[tuple[str, int]]:
    """(reason, line) of each."""
    return [(each.reason.value, each.line) for each in found if isinstance(each, Rejected)]


def rows(found: Iterable[Found]) -> int:
    return sum(1 for each in found if isinstance(each, Row))


def dated(found: Iterable[Found]) -> list[Millis]:
    return [each.at for each in found if isinstance(each, Dated)]


def known(
    folder: Path,
    lists: Mapping[str, list[Claim]],
    expires: Mapping[str, Millis] | None = None,
    rulings: Mapping[Ruling, Ruled] | None = None,
) -> Intelligence:
    """What these lists say, each with its operator's date; `folder` gets their files."""
    folder.mkdir(exist_ok=True)
    opened = []
    for name in sorted(lists):
        sorter = ClaimSorter(folder, SALT)
        for claim in lists[name]:
            sorter.add(claim)
        sorter.write(folder / f"{name}.list")
        opened.append(SnapshotFile(folder / f"{name}.list"))
    build_index(folder, "all", opened)
    sources = [Source(name, (expires or {}).get(name)) for name in sorted(lists)]
    return Intelligence(AddressIndex(folder, "all", opened), sources, rulings)


ETH = Network.ETHEREUM
