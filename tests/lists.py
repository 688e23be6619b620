"""Small lists of every format, made up: addresses computed from numbers, hosts under `.example`."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import base58
from eth_utils.address import to_checksum_address

from breather.domain.asset import Network
from breather.domain.entry import Claim
from breather.domain.instant import Millis, parse_instant
from breather.intelligence.importers.finding import Dated, Rejected, Row, Terms
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.list_format import Found, ListFormat, importer_of

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
    return list(importer_of(wanted)(ListFile(path), terms or Terms()))


def claims(found: Iterable[Found]) -> list[Claim]:
    return [each for each in found if isinstance(each, Claim)]


def rejected(found: Iterable[Found]) -> list[tuple[str, int]]:
    """(reason, line) of each."""
    return [(each.reason.value, each.line) for each in found if isinstance(each, Rejected)]


def rows(found: Iterable[Found]) -> int:
    return sum(1 for each in found if isinstance(each, Row))


def dated(found: Iterable[Found]) -> list[Millis]:
    return [each.at for each in found if isinstance(each, Dated)]


ETH = Network.ETHEREUM
