"""What `breather doctor` looks at in the database and beside it: what is wrong, and what to do about it."""

from collections.abc import Iterator

from breather.domain.instant import DAY, SECOND, Millis, format_instant
from breather.domain.sign import Sign
from breather.exchange.examine_lists import examine_lists
from breather.exchange.examine_relay import examine_relay
from breather.exchange.expire import HEARTBEAT
from breather.exchange.snapshot import Snapshot
from breather.protocol.pack import check_pack
from breather.storage.exchange.shadow_reader import newest_shadows
from breather.storage.reader import Reader

LATE_AFTER = 30 * SECOND
SOON = 7 * DAY
BUDGET_WINDOW = 7 * DAY
# Below this, a share says more about chance than about the rules.
BUDGET_NEEDS = 200


def examine(reader: Reader, snapshot: Snapshot, now: Millis) -> Iterator[Sign]:
    yield from _worker(reader, now)
    yield from _keys(snapshot)
    yield from _campaigns(snapshot, now)
    yield from _shadows(reader, snapshot, now)
    yield from _budget(reader, snapshot, now)
    yield from _alarms(reader, now)
    yield from _stand_ins(reader, now)
    yield from examine_relay(reader, snapshot, now)
    yield from examine_lists(reader, now)
    if reader.one("find_console_password") is None:
        yield Sign(True, "the console has no password", "run `breather password set`")


def _worker(reader: Reader, now: Millis) -> Iterator[Sign]:
    beat = reader.one("find_heartbeat", process=HEARTBEAT)
    if beat is None:
        yield Sign(
            True, "the worker has never run", "start `breather exchange worker`, or `breather exchange` for both"
        )
    elif now - beat["at"] > LATE_AFTER:
        yield Sign(
            True, f"the worker was last seen at {format_instant(beat['at'])}", "start `breather exchange worker`"
        )
    else:
        yield Sign(False, f"the worker was seen at {format_instant(beat['at'])}")


def _keys(snapshot: Snapshot) -> Iterator[Sign]:
    if not snapshot.api_keys:
        yield Sign(True, "there is no API key", "run `breather apikey create NAME --scope assess ...`")
    if not snapshot.identity.assignment_keys:
        yield Sign(True, "there is no key for assignment", "run `breather signing-key create`")


def _campaigns(snapshot: Snapshot, now: Millis) -> Iterator[Sign]:
    active = [one for one in snapshot.campaigns.values() if one.period.contains(now)]
    if not active:
        yield Sign(True, "no campaign is active: every withdrawal proceeds", "run `breather campaign activate FOLDER`")
    for one in active:
        name = f"campaign {one.campaign.id} version {one.campaign.version} ({one.campaign.jurisdiction})"
        yield Sign(False, f"{name} is active until {format_instant(one.period.ends_at)}")
        if one.period.ends_at - now < SOON:
            yield Sign(True, f"{name} ends within a week", "activate the next version before it does")
        for finding in check_pack(one.pack, now, snapshot.identity.mode):
            yield Sign(True, f"pack {one.pack.id}: {finding}", "ask the agency for a new version of its pack")
        if one.pack.expires - now < SOON:
            yield Sign(
                True, f"pack {one.pack.id} expires at {format_instant(one.pack.expires)}", "ask for a new version"
            )


def _shadows(reader: Reader, snapshot: Snapshot, now: Millis) -> Iterator[Sign]:
    read = {shadow.number for shadow in snapshot.shadows.values()}
    for row in newest_shadows(reader):
        if row.stopped_at is not None:
            continue
        name = f"campaign {row.id} version {row.version} ({row.jurisdiction})"
        since = f"since {format_instant(row.started_at)}"
        stop = f"run `breather campaign stop-shadow {row.id}`"
        active = snapshot.campaigns[row.beside, row.beside_version].period.contains(now)
        if row.number not in read:
            yield Sign(True, f"{name} cannot be read by this release, and has said nothing as a shadow", stop)
        elif not active:
            yield Sign(True, f"{name} runs as a shadow {since}, and what it ran beside has ended", stop)
        else:
            yield Sign(False, f"{name} runs as a shadow of version {row.beside_version} {since}")


def _alarms(reader: Reader, now: Millis) -> Iterator[Sign]:
    """What left although it was stopped or never cleared: payout code that does not ask (design 4)."""
    row = reader.one("alarms_since", since=now - BUDGET_WINDOW)
    if row is not None and row["alarms"]:
        what = f"{row['alarms']} withdrawals of 7 days were broadcast after a stop or without a clearance"
        yield Sign(True, what, "look at them in the console; payout code must not broadcast without a clearance")


def _stand_ins(reader: Reader, now: Millis) -> Iterator[Sign]:
    """What was answered without a decision may hold people for no reason; what met another decision is a conflict."""
    row = reader.one("stand_in_counts", since=now - DAY)
    if row is None:
        return
    if row["lately"]:
        what = (
            f"{row['lately']} withdrawals of 24 hours were answered by a stand-in, because no decision was made in time"
        )
        yield Sign(True, what, "lift the holds in the console that a person finds no reason for; see docs/stand-in.md")
    if row["conflicts"]:
        newest = reader.all("stand_in_problems", most=1)[0]
        what = f"{row['conflicts']} stand-ins met another decision; the newest, {newest['withdrawal']}"
        yield Sign(True, f"{what}: {newest['problem']}", "look at them in the console, under Stand-ins")
    if row["aside"]:
        what = f"{row['aside']} records of the spool could not be read or stored, and were set aside"
        yield Sign(
            True,
            what,
            "look at them in the console, under Stand-ins, and compare the table stand_in_aside with what was answered",
        )


def _budget(reader: Reader, snapshot: Snapshot, now: Millis) -> Iterator[Sign]:
    """A campaign states how many it expects to interrupt; more than that is the desk's to look at (guarantee H7)."""
    for one in snapshot.campaigns.values():
        if not one.period.contains(now):
            continue
        since = max(now - BUDGET_WINDOW, one.period.starts_at)
        row = reader.one("interruptions_of", campaign=one.campaign.id, since=since)
        if row is None or row["asked"] < BUDGET_NEEDS:
            continue
        share = 1000 * row["interrupted"] / row["asked"]
        expected = one.campaign.budget.interruptions_per_thousand
        # The rate never without the count: "38 of 1,000" would read as if there had been 1,000.
        what = (
            f"campaign {one.campaign.id} interrupted {row['interrupted']:,} of the {row['asked']:,} withdrawals that "
            f"it decided in 7 days, a rate of {share:.0f} in a thousand; it expects at most {expected} in a thousand"
        )
        yield Sign(
            share > expected,
            what,
            "look at the hits in the console; tighten the rules, or correct the budget" if share > expected else "",
        )
