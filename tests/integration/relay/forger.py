"""An exchange's stream as tests look at it, and answers as whoever holds the agency's keys could make them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from breather.couriers.letter import Answer, Courier
from breather.domain.disposition import Disposed, Disposition
from breather.domain.instant import Millis
from breather.protocol.changes import (
    ChangesPage,
    DispositionEntry,
    Entry,
    write_changes,
)
from breather.protocol.disposition import write_disposition
from breather.protocol.envelope import Envelope, MessageType, message_id
from breather.protocol.identity_folder import load_identity
from breather.protocol.key_list import Purpose
from breather.protocol.manifest import join_changes, write_manifest
from breather.protocol.message import sign_message
from breather.storage.exchange.referrals import is_listed
from tests.agency_process import AgencyProcess
from tests.integration.exchange.withdrawals import query
from tests.relaying_exchange import Meddler, RelayingExchange
from tests.sending_exchange import AGENCY, REFERRAL

Meddle = Callable[[Courier], Courier]
COUNTED = ("referral", "delivery", "listing", "set_aside", "journal")


def altered(after: Callable[[Answer], Answer]) -> Meddle:
    return lambda courier: Meddler(courier, after=after)


def delivered(exchange: RelayingExchange, count: int = 1) -> list[str]:
    referrals = exchange.promise(count)
    exchange.lane().deliver_due()
    assert {exchange.states()[each] for each in referrals} == {"receipted"}
    return referrals


def caught_up(exchange: RelayingExchange) -> None:
    """Past what other tests of this module left in the stream: it is for the same exchange."""
    lane = exchange.lane()
    while lane.pull_once():
        pass
    assert stream(exchange)[2] is None, stream(exchange)


def stream(exchange: RelayingExchange) -> tuple[Any, ...]:
    return exchange.rows("SELECT after, manifest, problem FROM stream")[0]


def counts(exchange: RelayingExchange) -> dict[str, int]:
    return {table: exchange.rows(f"SELECT count(*) FROM {table}")[0][0] for table in COUNTED}


def dispose(agency: AgencyProcess, referral: str, disposition: str, **fields: str) -> None:
    officer = agency.officers[0] if agency.officers else agency.officer()
    number = query(agency.settings.database, f"SELECT number FROM referral WHERE id = '{referral}'")[0][0]
    if 'name="disposition"' not in officer.page(number).text:
        officer.claim(number)
    reply = officer.dispose(number, disposition, **fields)
    assert reply.status_code == 303, reply.text


def listed(exchange: RelayingExchange) -> bool:
    with exchange.database.reading() as reader:
        return is_listed(reader, REFERRAL.destination.key)


class Forger:
    """Answers to a pull as whoever holds the agency's keys could make them. `changed` are members of an envelope."""

    def __init__(self, exchange: RelayingExchange) -> None:
        self.exchange = exchange
        self.identity = load_identity(exchange.agency.settings.keys)
        self.now = exchange.agency.now
        self.after, self.manifest, _ = stream(exchange)

    def envelope(self, kind: MessageType, sequence: int = 1, **changed: Any) -> Envelope:
        made = Envelope(
            kind, "test", AGENCY, self.exchange.settings.vasp, message_id(kind, self.now, bytes(10)), sequence
        )
        return replace(made, **changed)

    def disposition(self, referral: str, found: str = "confirmed-scam", **how: Any) -> DispositionEntry:
        number, duplicate = how.pop("number", self.after + 1), how.pop("duplicate_of", None)
        key = how.pop("key", self.identity.private[Purpose.MESSAGES])
        envelope = self.envelope(MessageType.DISPOSITION, **how)
        body = write_disposition(envelope, Disposed(referral, Disposition(found), self.now, duplicate))
        return DispositionEntry(number, body, sign_message(key, envelope, body, self.now))

    def page(self, entries: Sequence[Entry], **changed: Any) -> bytes:
        after = changed.pop("after", self.after)
        through = max([after, *(entry.number for entry in entries)])
        envelope = self.envelope(MessageType.CHANGES, **changed)
        return write_changes(envelope, ChangesPage(after, through, False, tuple(entries)))

    def answer(self, page: bytes, **how: Any) -> Answer:
        """`at` is when it was signed, `issued` when it began; `key` signs; `hashed` is what the manifest is about."""
        at, issued = Millis(how.pop("at", self.now)), Millis(how.pop("issued", self.now))
        key = how.pop("key", self.identity.private[Purpose.FEEDS])
        hashed = how.pop("hashed", page)
        envelope = self.envelope(MessageType.MANIFEST, **{"sequence": self.manifest + 1, **how})
        head = write_manifest(envelope, hashed, issued)
        signed = sign_message(key, envelope, head, at).headers()
        return Answer(200, {name.lower(): value for name, value in signed.items()}, join_changes(head, page))

    def pull(self, answer: Answer) -> None:
        self.exchange.lane(altered(lambda _: answer)).pull_once()
