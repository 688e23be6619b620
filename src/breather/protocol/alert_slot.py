"""Alert-code slots: the key that one exchange and one agency share, and what the agency says about a code under it.

One file per slot in the key folder, readable by its owner only: `alert-codes/<slot>.toml` at the agency that gave it,
`alert-codes/<agency>.<slot>.toml` at the exchange that took it, for two agencies may give the same number.

    exchange = "demo-exchange"
    name = "Demo Exchange"
    key = "BASE64"
    agency = "macau-pj"
    [heading]
    en = "Judiciary Police reminder"

The same slot and key stand at both ends, carried out of band. Name and headings matter where codes are confirmed;
`agency`, whose slot it is, matters at the exchange, and stands only there.
"""

import base64
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import tomli_w

from breather.domain.alert_code import KEY_BYTES, SLOTS
from breather.domain.finding import Finding, Refused
from breather.protocol.signing import decode_base64
from breather.protocol.strict_table import parse_toml

FOLDER = "alert-codes"
_SUFFIX = ".toml"
# The part before the dot is an agency as its key list names it, and so holds no dot itself.
_STEM = re.compile(r"(?:[a-z0-9-]+\.)?(0|[1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True)
class AlertSlot:
    """`key` is 32 secret bytes. `headings` by locale, as the alerts of this exchange are headed.

    `agency` is empty where the slot was given, and names who gave it where it was taken.
    """

    number: int
    exchange: str
    name: str
    key: bytes
    headings: Mapping[str, str]
    agency: str = ""

    def __repr__(self) -> str:
        return f"AlertSlot({self.number}, {self.exchange!r})"  # a key in a traceback would be a key in a log

    @property
    def stem(self) -> str:
        """Its file's name without the ending."""
        return f"{self.agency}.{self.number}" if self.agency else str(self.number)


def given_slots(keys: Path) -> Mapping[int, AlertSlot]:
    """At an agency: every slot that it gave, by number. Raises Refused for a file that is none."""
    return MappingProxyType({slot.number: slot for slot in _load_all(keys) if not slot.agency})


def taken_slots(keys: Path) -> Mapping[str, AlertSlot]:
    """At an exchange: of each agency, the newest slot that it gave (numbers rise). Raises Refused like the other."""
    return MappingProxyType({slot.agency: slot for slot in _load_all(keys) if slot.agency})


def save_slot(keys: Path, slot: AlertSlot) -> Path:
    """Write a new slot. FileExistsError: a slot keeps its key, so that its codes can be read to their end."""
    folder = keys / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{slot.stem}{_SUFFIX}"
    text = tomli_w.dumps(
        {
            "exchange": slot.exchange,
            "name": slot.name,
            "key": base64.b64encode(slot.key).decode("ascii"),
            **({"agency": slot.agency} if slot.agency else {}),
            "heading": dict(slot.headings),
        }
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return path


def read_slot(text: str) -> tuple[int, bytes]:
    """Number and key from `SLOT:KEY`, as the agency printed it. ValueError, which never repeats the key."""
    number, _, key = text.strip().partition(":")
    if not (number.isascii() and number.isdigit() and len(number) <= 4 and int(number) < SLOTS):
        raise ValueError(f"a slot is written SLOT:KEY, with a slot from 0 to {SLOTS - 1}, as the agency printed it")
    try:
        return int(number), decode_base64(key, KEY_BYTES)
    except ValueError as problem:
        raise ValueError(f"what follows the colon is no key of {KEY_BYTES} bytes in base64: {problem}") from None


def free_slot(given: Iterable[int]) -> int:
    """The lowest number that was never given. ValueError once all are."""
    number = min(set(range(SLOTS)).difference(given), default=None)
    if number is None:
        raise ValueError(f"all {SLOTS} slots are given")
    return number


def _load_all(keys: Path) -> list[AlertSlot]:
    return sorted(map(_load, (keys / FOLDER).glob(f"*{_SUFFIX}")), key=lambda slot: slot.number)


def _load(file: Path) -> AlertSlot:
    findings: list[Finding] = []
    named = _STEM.fullmatch(file.stem)
    number = int(named[1]) if named else SLOTS
    if number >= SLOTS:
        findings.append(Finding(file.name, "no-slot", f"is not named after a slot from 0 to {SLOTS - 1}"))
    table = parse_toml(file.name, file.read_bytes(), findings)
    if table is None:
        raise Refused(f"{file} is no alert-code slot", findings)
    headings = table.table("heading")
    key = b""
    try:
        key = decode_base64(table.text("key"), KEY_BYTES)
    except ValueError as problem:
        table.note("key", "no-key", f"is {problem}")
    slot = AlertSlot(
        number,
        table.text("exchange"),
        table.text("name"),
        key,
        MappingProxyType({locale: headings.text(locale) for locale in headings.names()}),
        table.text("agency") if table.has("agency") else "",
    )
    table.close()
    if not findings and file.stem != slot.stem:
        findings.append(Finding(file.name, "other-name", "is not named after its slot and agency", slot.stem + _SUFFIX))
    if findings:
        raise Refused(f"{file} is no alert-code slot", findings)
    return slot
