"""Step 11 against a real agency: what it found is applied once; what does not hang from its manifest is not."""

import base64

from breather.couriers.letter import Courier
from breather.domain.disposition import Disposition
from breather.domain.instant import MINUTE
from breather.exchange import feedback
from breather.exchange.pull import ask, pull
from breather.exchange.relay import relay_state
from breather.protocol.changes import (
    DispositionEntry,
    Entry,
    EntryKind,
    KeyListEntry,
    PackRevocationEntry,
    ReleaseEntry,
)
from breather.protocol.key_list import Purpose
from breather.protocol.message import Signature
from breather.protocol.peer_folder import load_peers
from breather.protocol.signing import generate
from tests.integration.relay.forger import (
    Forger,
    caught_up,
    counts,
    delivered,
    dispose,
    listed,
    stream,
)
from tests.relaying_exchange import Meddler, RelayingExchange
from tests.sending_exchange import AGENCY


def test_a_finding_comes_back_and_lists_its_destination_until_it_is_taken_back(exchange: RelayingExchange) -> None:
    caught_up(exchange)
    (referral,) = delivered(exchange)
    assert not listed(exchange)
    dispose(exchange.agency, referral, "confirmed-scam")
    exchange.lane().pull_once()
    row = exchange.row(referral)
    assert (row.found, row.duplicate_of, row.closed_at) == (Disposition.CONFIRMED_SCAM, None, exchange.agency.now)
    assert listed(exchange)
    sql = "SELECT kind, withdrawal, actor FROM journal WHERE step = 11 ORDER BY number"
    assert exchange.rows(sql)[-1] == ("disposed", row.withdrawal, f"agency:{AGENCY}")
    closed = exchange.agency.now
    exchange.agency.advance(MINUTE)
    dispose(exchange.agency, referral, "not-a-scam")
    exchange.lane().pull_once()
    row = exchange.row(referral)
    assert (row.found, row.closed_at) == (Disposition.NOT_A_SCAM, closed), "closed is when it was first"
    assert not listed(exchange)
    dispose(exchange.agency, referral, "confirmed-scam")
    exchange.lane().pull_once()
    assert listed(exchange)


def test_a_duplicate_of_our_own_names_it_and_lists_nothing(sqlite_exchange: RelayingExchange) -> None:
    caught_up(sqlite_exchange)
    first, second = delivered(sqlite_exchange, 2)
    dispose(sqlite_exchange.agency, second, "duplicate", duplicate_of=first)
    sqlite_exchange.lane().pull_once()
    row = sqlite_exchange.row(second)
    assert (row.found, row.duplicate_of) == (Disposition.DUPLICATE, first)
    assert not listed(sqlite_exchange)


def test_the_same_page_by_hand_would_be_applied(sqlite_exchange: RelayingExchange) -> None:
    """The counterpart: what is altered above is what makes the difference."""
    (referral,) = delivered(sqlite_exchange)
    caught_up(sqlite_exchange)
    forger = Forger(sqlite_exchange)
    forger.pull(forger.answer(forger.page([forger.disposition(referral)])))
    assert sqlite_exchange.row(referral).found is Disposition.CONFIRMED_SCAM
    assert stream(sqlite_exchange) == (forger.after + 1, forger.manifest + 1, None)


def test_what_cannot_be_applied_is_set_aside_and_holds_up_nothing(exchange: RelayingExchange) -> None:
    theirs = exchange.agency.other.send().envelope.id
    mine, last = delivered(exchange, 2)
    caught_up(exchange)
    forger = Forger(exchange)
    first = forger.after + 1
    bad: list[Entry] = [
        forger.disposition(theirs, number=first),
        forger.disposition(mine, "duplicate", duplicate_of=theirs, number=first + 1),
        forger.disposition(mine, recipient="other-exchange", number=first + 2),
        forger.disposition(mine, key=generate(), number=first + 3),
        forger.disposition(mine, key=forger.identity.private[Purpose.FEEDS], number=first + 4),
        DispositionEntry(first + 5, b"{}", Signature("0" * 16, forger.now, bytes(64))),
        KeyListEntry(first + 6, b"{}", bytes(64)),
        ReleaseEntry(first + 7, EntryKind.PACK, "macau-pj", 2, "0" * 64),
        PackRevocationEntry(first + 8, "macau-pj", 1, "0" * 64, "a number is wrong"),
    ]
    forger.pull(forger.answer(forger.page([*bad, forger.disposition(last, number=first + 9)])))
    assert exchange.row(last).found is Disposition.CONFIRMED_SCAM
    assert exchange.row(mine).found is None
    assert stream(exchange) == (first + 9, forger.manifest + 1, None)
    with exchange.database.reading() as reader:
        state = relay_state(reader, exchange.agency.now)
    ours = sorted((each for each in state.set_aside if each.number >= first), key=lambda each: each.number)
    problems = [each.problem.partition(":")[0] for each in ours]
    kinds = ["unsupported-kind"] * 2
    assert problems == [
        "unknown-referral", "foreign-referral", "wrong-recipient", "unknown-key", "wrong-purpose", "malformed",
        "malformed", *kinds,
    ]  # fmt: skip
    assert len(ours) == len(bad)
    noted = exchange.rows("SELECT count(*) FROM journal WHERE kind = 'set-aside'")
    assert noted == [(state.set_aside_count,)]


def test_a_page_is_applied_once_by_whoever_is_first(exchange: RelayingExchange) -> None:
    """Two workers pulled at the same time: the second finds that the stream has gone on."""
    (referral,) = delivered(exchange)
    caught_up(exchange)
    dispose(exchange.agency, referral, "confirmed-scam")
    lane, peer = exchange.lane(), load_peers(exchange.settings.keys)[AGENCY].peer
    found = []
    for turn in (b"a" * 10, b"b" * 10):
        with exchange.database.writing() as tx:
            question = ask(tx, exchange.sender, AGENCY, turn)
        found.append(pull(exchange.sender, peer, lane._puller, question, exchange.clock.now))
    before = counts(exchange)["journal"]
    results = []
    for each in reversed(found):
        with exchange.database.writing() as tx:
            results.append(feedback.apply(tx, exchange.sender, peer, each, lambda signed: peer))
    assert results == [feedback.Applied(1, 0, False), None]
    assert counts(exchange)["journal"] == before + 1


def test_the_pulls_are_numbered_and_signed_for_this_agency(sqlite_exchange: RelayingExchange) -> None:
    caught_up(sqlite_exchange)
    meddlers: list[Meddler] = []

    def watch(courier: Courier) -> Courier:
        meddlers.append(Meddler(courier))
        return meddlers[-1]

    lane = sqlite_exchange.lane(watch)
    lane.pull_once()
    lane.pull_once()
    sent = [base64.b64decode(letter.headers["Breather-Message"]) for each in meddlers for letter in each.carried]
    assert len(sent) == 2
    assert sent[0] != sent[1]
    last = sqlite_exchange.rows("SELECT last FROM counter WHERE type = 'pull'")[0][0]
    assert f'"sequence":{last}'.encode() in sent[1]
