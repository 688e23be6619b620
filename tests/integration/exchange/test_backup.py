"""`breather backup` while the service decides, and `breather restore` into an empty place."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from breather.backing import restore_backup, take_backup
from breather.storage.failure import WrongDatabase
from tests.exchange_process import ExchangeProcess, prepared_exchange
from tests.integration.exchange.withdrawals import assert_journal_has_no_gap, query, withdrawal


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
