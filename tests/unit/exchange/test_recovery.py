"""A database that forgot what was acknowledged (guarantee D5): found out, nothing cleared, and the way out."""

from pathlib import Path

import pytest

from breather.domain.event import EventKind
from breather.domain.instant import MINUTE
from breather.domain.refusal import Recovering
from breather.exchange.relay import claim
from breather.storage.failure import StorageFailure, WrongDatabase
from breather.storage.recovery import CLEARANCES_LIVE, Fact, begin_recovery, recovery_of, say_fact
from breather.storage.witness import WITNESS, Witness, keep_witness, observe, read_witness, why_behind
from breather.storage.witnessing import Witnessing
from breather.storage.writer import Writer
from tests.past_the_service import execute
from tests.unit.exchange.test_relay import AGENCY
from tests.unit.exchange.test_subject import agreed, sealed
from tests.unit.exchange.world import World, asked_for, event


def seen(world: World) -> Witness:
    return world.read(observe)


def behind(world: World, witness: Witness) -> str:
    return world.read(lambda reader: why_behind(reader, witness))


def entered(world: World, because: str = "for the tests") -> None:
    world.write(lambda tx: begin_recovery(tx, because, "witness", None))


def said(world: World, fact: Fact) -> bool:
    """Whether the mode has ended with it."""
    return world.write(lambda tx: say_fact(tx, fact, "Ana Lei", "compared with payout's book")) is None


def test_a_database_with_everything_is_not_behind(world: World, tmp_path: Path) -> None:
    world.assess(asked_for("w-1", 100))
    witness = seen(world)
    assert behind(world, witness) == ""
    world.assess(asked_for("w-2", 100))
    assert behind(world, witness) == "", "ahead of a witness is where a database always is"
    assert seen(world) != witness


def test_a_lost_entry_and_another_one_in_its_place_are_both_found_out(world: World) -> None:
    world.assess(asked_for("w-1", 100))
    witness = seen(world)
    ahead = Witness(witness.service, witness.epoch, witness.number + 1, "0" * 64, witness.at, {})
    assert f"ends with entry {witness.number}" in behind(world, ahead)
    other = Witness(witness.service, witness.epoch, witness.number, "0" * 64, witness.at, {})
    assert "is not the one that was acknowledged" in behind(world, other)
    lost = Witness(witness.service, "of-a-lost-database", 0, "", witness.at, {})
    assert "another database" in behind(world, lost)


def test_the_witness_of_another_service_says_nothing(world: World) -> None:
    witness = seen(world)
    with pytest.raises(WrongDatabase, match="BREATHER_WITNESS"):
        behind(world, Witness("agency", witness.epoch, 0, "", witness.at, {}))


def test_a_witness_is_kept_as_a_whole_and_read_back(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "beside" / "witness"
    assert read_witness(folder) is None
    keep_witness(folder, seen(world))
    assert read_witness(folder) == seen(world)
    assert [file.name for file in folder.iterdir()] == [WITNESS], "nothing half-written is left"
    assert (folder / WITNESS).stat().st_mode & 0o077 == 0
    (folder / WITNESS).write_text("{")
    with pytest.raises(WrongDatabase, match="recover begin"):
        read_witness(folder)


def test_what_is_behind_at_the_start_is_in_recovery_mode_under_a_new_epoch(world: World, tmp_path: Path) -> None:
    world.assess(asked_for("w-1", 100))
    now = seen(world)
    keep_witness(tmp_path, Witness(now.service, now.epoch, now.number + 5, "0" * 64, now.at, {"macau-pj pull": 41}))
    found = Witnessing(world.database, tmp_path)
    assert found.recovery is not None
    assert "ends with entry" in found.recovery.because
    assert seen(world).epoch != now.epoch
    assert seen(world).counters == {"macau-pj pull": 41}, "no peer gets one number twice"
    with pytest.raises(Recovering):
        world.clear("w-1")
    kept = read_witness(tmp_path)
    found.look()
    assert read_witness(tmp_path) == kept, "in the mode the witness goes on to say what is missing"


def test_a_start_after_the_mode_ended_is_an_ordinary_one(world: World, tmp_path: Path) -> None:
    """Also on a machine whose witness is still that of the former epoch."""
    former = seen(world)
    entered(world)
    world.wait(CLEARANCES_LIVE)
    assert not said(world, Fact.WITHDRAWALS)
    assert said(world, Fact.PEERS)
    keep_witness(tmp_path, former)
    found = Witnessing(world.database, tmp_path)
    assert found.recovery is None
    assert read_witness(tmp_path) == seen(world)


def test_nothing_is_cleared_until_both_facts_are_said_and_decisions_go_on(world: World, database_url: str) -> None:
    world.assess(asked_for("w-1", 100))
    world.respond("w-1", event(EventKind.ACKNOWLEDGE, "read"))
    entered(world)
    assert world.assess(asked_for("w-2", 100)).created, "telling again is how the database learns of it"
    world.wait(CLEARANCES_LIVE)
    for fact in Fact:
        with pytest.raises(Recovering):
            world.clear("w-1")
        said(world, fact)
    assert world.clear("w-1").withdrawal.id == "w-1"
    kinds = [kind for (kind,) in execute(database_url, "SELECT kind FROM journal ORDER BY number")]
    said_so = ["recovery-began", "recovery-fact", "recovery-fact", "recovered"]
    assert [kind for kind in kinds if kind.startswith("recover")] == said_so


def test_a_fact_is_refused_while_a_lost_clearance_may_still_be_spent(world: World) -> None:
    entered(world)
    world.wait(CLEARANCES_LIVE - 1000)
    with pytest.raises(ValueError, match="for 1 s more"):
        said(world, Fact.WITHDRAWALS)
    world.wait(1000)
    assert not said(world, Fact.WITHDRAWALS)


def test_outside_of_the_mode_there_is_nothing_to_say(world: World) -> None:
    with pytest.raises(LookupError, match="not in recovery mode"):
        said(world, Fact.PEERS)


def test_one_fact_twice_is_not_two(world: World) -> None:
    entered(world)
    assert not said(world, Fact.PEERS)
    assert not said(world, Fact.PEERS)
    recovery = world.read(recovery_of)
    assert recovery is not None
    assert recovery.missing == (Fact.WITHDRAWALS,)


def test_entering_it_again_asks_for_both_facts_anew(world: World) -> None:
    entered(world)
    said(world, Fact.PEERS)
    entered(world, "restored a second time")
    recovery = world.read(recovery_of)
    assert recovery is not None
    assert (recovery.missing, recovery.because) == (tuple(Fact), "restored a second time")


def test_no_subject_is_sealed_or_sent_while_a_withdrawn_consent_may_be_forgotten(world: World) -> None:
    subject = sealed(agreed(world))
    entered(world)
    assert world.wanted("w1") is None
    with pytest.raises(Recovering):
        world.accept("w1", subject)


def test_a_sealed_subject_waits_and_others_are_delivered(world: World) -> None:
    world.accept("w1", sealed(agreed(world)))
    entered(world)
    first = world.write(lambda tx: claim(tx, AGENCY))
    assert first is not None
    assert first.tier == "pseudonymous"
    assert world.write(lambda tx: claim(tx, AGENCY)) is None


def test_the_writer_notices_in_the_transaction_after(world: World, database_url: str, tmp_path: Path) -> None:
    """Between two looks of the witness: the very next command knows."""
    failures: list[StorageFailure] = []
    writer = Writer(world.database, on_fatal=failures.append)
    for _ in range(3):
        writer.submit(lambda tx: tx.journal(7, "shown", "w-1", "key:shop", b"{}")).result(30)
    witnessing = Witnessing(world.database, tmp_path)
    keep = seen(world).number
    witnessing.look()
    execute(database_url, f"DELETE FROM journal WHERE number > {keep - 2}")
    assert writer.submit(lambda tx: writer.fell_back).result(30)
    witnessing.look(writer.fell_back)
    assert witnessing.recovery is not None
    writer.close()
    assert failures == []


def test_a_folder_that_cannot_be_written_is_said_and_stops_nothing(world: World, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = Witnessing(world.database, tmp_path / "file" / "witness")
    assert "no witness can be left" in found.problem
    world.wait(MINUTE)
    assert world.assess(asked_for("w-1", 100)).created
    found.look()
    assert found.recovery is None
