"""The worker as a process: alone, two at once, stopped past its lease, and told to end; killed it is in tests/chaos."""

import signal

from breather.domain.instant import SECOND
from breather.exchange.relay import LEASE
from breather.protocol.peer_folder import FOLDER
from tests.relaying_exchange import RelayingExchange, ended, kept_promises, settled
from tests.sending_exchange import AGENCY


def test_the_agency_is_away_then_comes_and_everything_arrives_once(sqlite_relaying: RelayingExchange) -> None:
    agency, promised = sqlite_relaying.agency, sqlite_relaying.promise(20)
    worker = sqlite_relaying.spawn()
    tried = "SELECT count(*) FROM delivery WHERE attempts > 0"
    sqlite_relaying.until(lambda: sqlite_relaying.rows(tried)[0][0] == 20, "every delivery is tried")
    assert set(sqlite_relaying.states().values()) == {"pending"}
    agency.start()
    agency.advance(2 * SECOND)
    sqlite_relaying.until(lambda: settled(sqlite_relaying), "everything is receipted")
    kept_promises(sqlite_relaying, promised)
    assert sorted(sqlite_relaying.arrived()) == sorted(promised)
    assert ended(worker) == 0


def test_two_workers_at_once_do_each_thing_once(relaying: RelayingExchange) -> None:
    relaying.agency.start()
    promised = relaying.promise(120)
    workers = [relaying.spawn() for _ in range(2)]
    promised += relaying.promise(30)
    relaying.until(lambda: settled(relaying), "everything is receipted")
    kept_promises(relaying, promised)
    assert [ended(worker) for worker in workers] == [0, 0]


def test_a_worker_stopped_past_its_lease_settles_nothing(sqlite_relaying: RelayingExchange) -> None:
    """SIGSTOP while it waits for an answer: another worker takes over, and the first finds that its lease has gone."""
    agency = sqlite_relaying.agency
    agency.start()
    assert agency.process is not None
    agency.process.send_signal(signal.SIGSTOP)  # nobody answers
    (referral,) = sqlite_relaying.promise()
    first = sqlite_relaying.spawn()
    leased = "SELECT lease, leased_until FROM delivery"
    sqlite_relaying.until(lambda: sqlite_relaying.rows(leased)[0][0] == 1, "the first worker claims it")
    first.send_signal(signal.SIGSTOP)
    agency.process.send_signal(signal.SIGCONT)
    agency.advance(LEASE + SECOND)
    second = sqlite_relaying.spawn()
    sqlite_relaying.until(lambda: settled(sqlite_relaying), "the second delivers it")
    row = sqlite_relaying.row(referral)
    first.send_signal(signal.SIGCONT)
    assert ended(first) == 0
    assert sqlite_relaying.row(referral) == row
    kept_promises(sqlite_relaying, [referral])
    assert ended(second) == 0


def test_a_peer_that_is_pinned_later_is_delivered_to_without_a_restart(sqlite_relaying: RelayingExchange) -> None:
    pin = sqlite_relaying.folder / FOLDER / f"{AGENCY}.toml"
    pin.unlink()
    with sqlite_relaying.database.writing() as tx:
        tx.run("raise_generation")
    sqlite_relaying.agency.start()
    promised = sqlite_relaying.promise(3)
    worker = sqlite_relaying.spawn()
    beats = "SELECT count(*) FROM heartbeat WHERE process = 'worker'"
    sqlite_relaying.until(lambda: sqlite_relaying.rows(beats)[0][0] == 1, "the worker is at work")
    assert set(sqlite_relaying.states().values()) == {"pending"}
    sqlite_relaying.pin()
    sqlite_relaying.until(lambda: settled(sqlite_relaying), "the new peer is delivered to")
    kept_promises(sqlite_relaying, promised)
    assert ended(worker) == 0


def test_told_to_end_it_settles_what_is_under_way_and_gives_back_the_rest(sqlite_relaying: RelayingExchange) -> None:
    sqlite_relaying.agency.start()
    promised = sqlite_relaying.promise(300)
    worker = sqlite_relaying.spawn()
    sqlite_relaying.until(lambda: bool(sqlite_relaying.arrived()), "it is in the middle of it")
    assert ended(worker) == 0
    kept_promises(sqlite_relaying, promised)
    states = sqlite_relaying.states()
    for referral in sqlite_relaying.arrived():
        assert states[referral] == "receipted", "what arrived was settled before the end"
    leased = sqlite_relaying.rows("SELECT count(*) FROM delivery WHERE state = 'pending' AND leased_until > 0")
    assert leased == [(0,)], "nothing is kept from the next worker"
