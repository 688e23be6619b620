"""What `breather doctor` says of the relay: how a promise could be forgotten without anybody noticing."""

from collections.abc import Iterator

from breather.domain.instant import DAY, HOUR, MINUTE, Millis, format_instant
from breather.domain.referral import Tier
from breather.domain.sign import Sign
from breather.exchange.correspondent import CLOCK
from breather.exchange.relay import RelayState, Stream, relay_state
from breather.exchange.snapshot import Snapshot
from breather.protocol.peer_folder import PinnedPeer
from breather.storage.exchange.referrals import Delivery
from breather.storage.reader import Reader

# Beyond this the schedule has tried six times, and a person should look why.
WAITS_TOO_LONG = HOUR
STALE_AFTER = MINUTE
LIST_ENDS_SOON = 14 * DAY


def examine_relay(reader: Reader, snapshot: Snapshot, now: Millis) -> Iterator[Sign]:
    """Nothing where no campaign sends anything, no agency is pinned, and nothing was ever promised."""
    state = relay_state(reader, now)
    peers = {name: snapshot.identity.peers[name] for name in sorted(snapshot.identity.agencies)}
    for name in sorted(_addressees(snapshot, now) | state.waiting.keys()):
        if name not in peers:
            yield Sign(True, f"no agency {name} is pinned: nothing can be sent to it", _add(name))
    streams = {stream.agency: stream for stream in state.streams}
    for name, pinned in peers.items():
        yield from _peer(name, pinned, streams.get(name), now)
    yield from _deliveries(state)
    if state.set_aside_count:
        newest = state.set_aside[0]
        what = f"{state.set_aside_count} changes were set aside; the newest, {newest.agency}'s {newest.number}"
        yield Sign(True, f"{what}: {newest.problem}", "look at them in the console; tell the agency")


def _addressees(snapshot: Snapshot, now: Millis) -> frozenset[str]:
    """To whom campaigns in force send referrals."""
    return frozenset(
        one.campaign.relay.addressee
        for one in snapshot.campaigns.values()
        if one.period.contains(now) and one.campaign.relay and one.campaign.relay.terms.tier >= Tier.PSEUDONYMOUS
    )


def _peer(name: str, pinned: PinnedPeer, stream: Stream | None, now: Millis) -> Iterator[Sign]:
    if pinned.courier is None:
        yield Sign(True, f"{name} is pinned without an address to deliver to", _add(name))
    keys = pinned.peer.key_list
    if keys is not None and keys.expires_at - now < LIST_ENDS_SOON:
        what = f"the key list of {name} expires at {format_instant(keys.expires_at)}"
        yield Sign(True, what, "ask the agency for a newer one; its changes bring it, too")
    if pinned.courier is None:
        return
    if stream is None or stream.pulled_at is None:
        because = f": {stream.problem}" if stream is not None and stream.problem else ""
        yield Sign(True, f"{name} was never asked for its changes{because}", _look_at(stream))
    elif now - stream.pulled_at > STALE_AFTER or stream.problem:
        because = f": {stream.problem}" if stream.problem else ""
        what = f"the changes of {name} were last taken at {format_instant(stream.pulled_at)}{because}"
        yield Sign(True, what, _look_at(stream))
    else:
        yield Sign(False, f"the changes of {name} were taken at {format_instant(stream.pulled_at)}")


def _deliveries(state: RelayState) -> Iterator[Sign]:
    counts = state.counts
    if any(counts.values()):
        said = ", ".join(f"{counts[each]} {each.value}" for each in Delivery)
        yield Sign(False, f"{sum(counts.values())} referrals were promised: {said}")
    if state.oldest_pending is not None and state.oldest_pending > WAITS_TOO_LONG:
        hours = state.oldest_pending / HOUR
        yield Sign(True, f"a referral has waited for {hours:.0f} h to be delivered", "look at the relay in the console")
    for name, problem in state.failures.items():
        remedy = "set the clock" if problem.startswith(CLOCK) else "it is tried again; see docs/relay.md"
        yield Sign(True, f"the last delivery to {name} failed: {problem}", remedy)
    if counts[Delivery.DEAD] and state.dead:
        yield Sign(
            True, f"{state.dead} referrals could not be delivered", "replay them in the console, or tell the agency"
        )


def _look_at(stream: Stream | None) -> str:
    if stream is not None and stream.problem and stream.problem.startswith(CLOCK):
        return "set the clock of this machine"
    return "start `breather exchange worker`; see docs/relay.md"


def _add(name: str) -> str:
    return f"run `breather peer add {name} ... --deliver-to https://...`"
