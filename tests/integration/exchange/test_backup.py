"""`breather backup` while the service decides, and `breather restore` into an empty place."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from breather.backing import restore_backup, say, take_backup
from breather.bootstrap import erasure_journal, exchange_database
from breather.domain.instant import DAY
from breather.exchange.erase import erase_withdrawal
from breather.operate import examination
from breather.storage.failure import WrongDatabase
from breather.storage.recovery import CLEARANCES_LIVE, Fact
from tests.exchange_process import ExchangeProcess, prepared_exchange
from tests.integration.exchange.withdrawals import assert_journal_has_no_gap, elsewhere, query, withdrawal


@pytest.fixture
def own(tmp_path: Path) -> Iterator[ExchangeProcess]:
    with prepared_exchange(tmp_path, f"sqlite:///{tmp_path / 'exchange.db'}") as found:
        found.start()
        yield found


def epoch(exchange: ExchangeProcess) -> str:
    ((found,),) = query(exchange.settings.database, "SELECT value FROM meta WHERE name = 'epoch'")
    return str(found)


def test_what_was_decided_before_it_is_there_again_with_the_same_bytes(own: ExchangeProcess, tmp_path: Path) -> None:
    before = own.post("/v1/withdrawals", withdrawal("kept-1")).content
    made = take_backup(own.settings, own.clock, tmp_path / "backup")
    own.post("/v1/withdrawals", withdrawal("lost-1"))
    first = epoch(own)
    with pytest.raises(FileExistsError, match="stop the service"):
        restore_backup(own.settings, own.clock, tmp_path / "backup")
    assert own.stop() == 0
    for file in list(tmp_path.glob("exchange.db*")):
        file.rename(tmp_path / f"away-{file.name}")
    assert restore_backup(own.settings, own.clock, tmp_path / "backup").manifest == made
    own.start()
    assert own.post("/v1/withdrawals", withdrawal("kept-1")).content == before
    assert own.get("/v1/withdrawals/lost-1").status_code == 404
    assert epoch(own) != first, "a database that is behind says that it is another one"
    assert query(own.settings.database, "SELECT count(*) FROM journal WHERE kind = 'restored'") == [(1,)]
    assert_journal_has_no_gap(own)


def test_postgresql_is_left_to_its_own_tools_which_are_named(own: ExchangeProcess, tmp_path: Path) -> None:
    settings = replace(own.settings, database="postgresql://nobody@/nowhere")
    for act in (take_backup, restore_backup):
        with pytest.raises(WrongDatabase, match=r"`pg_basebackup .*`pg_dump "):
            act(settings, own.clock, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_restored_it_clears_nothing_until_two_facts_are_said(own: ExchangeProcess, tmp_path: Path) -> None:
    """And what was erased after the copy was made is erased again before anything is served."""
    own.post("/v1/withdrawals", elsewhere("back-1"))
    own.post("/v1/withdrawals", elsewhere("back-2"))
    take_backup(own.settings, own.clock, tmp_path / "backup")
    database = exchange_database(own.settings, own.clock)
    with database.writing() as tx:
        erasure_journal(own.settings).append(["back-2"], "retention", tx.now)
        erase_withdrawal(tx, "back-2", "retention", "retention", tx.now)
    database.close()
    own.event("back-1", {"id": "stop", "event": "stop"})
    assert own.stop() == 0
    for file in list(tmp_path.glob("exchange.db*")):
        file.rename(tmp_path / f"away-{file.name}")
    assert restore_backup(own.settings, own.clock, tmp_path / "backup").erased == 1
    own.start()

    assert own.get("/v1/withdrawals/back-2").status_code == 410
    again = own.post("/v1/withdrawals", elsewhere("back-2"))
    assert (again.status_code, again.json()["type"]) == (410, "urn:breather:problem:erased")
    refused = own.post("/v1/withdrawals/back-1/clearance", {})
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:breather:problem:recovering")
    assert int(refused.headers["retry-after"]) >= 1
    ready = own.get("/readyz", key="")
    assert ready.status_code == 200, "decisions go on, or nothing could be told again"
    assert [note["code"] for note in ready.json()["notes"]] == ["recovering"]
    assert own.post("/v1/withdrawals", elsewhere("back-3")).status_code == 201
    assert any("recovery mode" in sign.what for sign in list(examination(own.settings, own.clock)) if sign.wrong)

    assert own.event("back-1", {"id": "stop", "event": "stop"}).status_code == 201, "told again"
    own.advance(CLEARANCES_LIVE)
    assert say(own.settings, own.clock, Fact.WITHDRAWALS, "Ana Lei", "payout's book") is not None
    assert say(own.settings, own.clock, Fact.PEERS, "Rui Chan", "no agency is pinned") is None
    stopped = own.post("/v1/withdrawals/back-1/clearance", {})
    assert (stopped.status_code, stopped.json()["type"]) == (409, "urn:breather:problem:not-clearable")
    assert own.post("/v1/withdrawals/back-3/clearance", {}).status_code == 200


def test_one_that_fell_back_while_the_service_was_away_is_found_out(own: ExchangeProcess, tmp_path: Path) -> None:
    """As a standby that lagged, or files that somebody copied back without saying so."""
    own.post("/v1/withdrawals", elsewhere("away-1"))
    assert own.stop() == 0
    older = {file: file.read_bytes() for file in tmp_path.glob("exchange.db*")}
    own.start()
    own.post("/v1/withdrawals", elsewhere("away-2"))
    assert own.stop() == 0
    for file in list(tmp_path.glob("exchange.db*")):
        file.unlink()
    for file, content in older.items():
        file.write_bytes(content)
    own.start()
    assert own.post("/v1/withdrawals/away-1/clearance", {}).json()["type"] == "urn:breather:problem:recovering"
    (note,) = own.get("/readyz", key="").json()["notes"]
    assert "was acknowledged" in note["message"]


def test_a_backup_older_than_the_erasures_are_remembered_is_refused(own: ExchangeProcess, tmp_path: Path) -> None:
    take_backup(own.settings, own.clock, tmp_path / "backup")
    own.stop()
    for file in list(tmp_path.glob("exchange.db*")):
        file.rename(tmp_path / f"away-{file.name}")
    own.advance(15 * DAY)
    forgetful = replace(own.settings, keep_days=60, backup_days=14)
    with pytest.raises(WrongDatabase, match="BREATHER_BACKUP_DAYS"):
        restore_backup(forgetful, own.clock, tmp_path / "backup")
    assert not (tmp_path / "exchange.db").exists()
    restore_backup(replace(forgetful, backup_days=16), own.clock, tmp_path / "backup")


def test_the_worker_erases_what_is_older_than_its_period(tmp_path: Path) -> None:
    with prepared_exchange(tmp_path, f"sqlite:///{tmp_path / 'exchange.db'}", keep_days=30) as own:
        own.start()
        own.post("/v1/withdrawals", elsewhere("old-1"))
        own.advance(20 * DAY)
        own.post("/v1/withdrawals", elsewhere("young-1"))
        own.advance(11 * DAY)
        worker = own.spawn("worker")
        try:
            until = time.monotonic() + 60
            while own.get("/v1/withdrawals/old-1").status_code != 410:
                assert time.monotonic() < until, "it is never erased"
                time.sleep(0.05)
        finally:
            worker.terminate()
            assert worker.wait(20) == 0
        assert own.get("/v1/withdrawals/young-1").status_code == 200
        assert [line.id for line in erasure_journal(own.settings).lines()] == ["old-1"]
        assert_journal_has_no_gap(own)
