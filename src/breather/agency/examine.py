"""What `breather doctor --service agency` looks at: what is wrong, and what to do about it."""

from collections.abc import Iterator

from breather.agency.expire import HEARTBEAT
from breather.agency.snapshot import Snapshot
from breather.domain.instant import DAY, SECOND, Millis, format_instant
from breather.domain.referral import Tier
from breather.domain.sign import Sign
from breather.protocol.identity_folder import PURPOSES
from breather.protocol.key_list import Purpose
from breather.protocol.peer_folder import PinnedPeer
from breather.protocol.trust import Role, keys_for
from breather.storage.agency.portal_reader import PortalReader
from breather.storage.agency.portal_record import ReceivedRow
from breather.storage.reader import Reader

# The portal's status page says *late* and *expires soon* by the same measures.
LATE_AFTER = 30 * SECOND
SOON = 14 * DAY
RENEW = "issue the next one with `breather identity renew --service agency`, where the root is kept"


def examine(reader: Reader, snapshot: Snapshot, now: Millis) -> Iterator[Sign]:
    yield from _worker(PortalReader(reader), now)
    yield from _identity(snapshot, now)
    yield from _peers(snapshot, now)
    for row in PortalReader(reader).received():
        yield from _lost(row)
    if not snapshot.slots:
        yield Sign(
            True, "no alert-code slot: the verify page confirms nothing", "run `breather alert-slot create EXCHANGE`"
        )
    if reader.one("find_portal_password") is None:
        yield Sign(True, "the portal has no password", "run `breather agency-password set`")


def _worker(reader: PortalReader, now: Millis) -> Iterator[Sign]:
    seen = [beat.at for beat in reader.heartbeats() if beat.process == HEARTBEAT]
    if not seen:
        yield Sign(True, "the worker has never run", "start `breather agency worker`, or `breather agency` for both")
    elif now - seen[0] > LATE_AFTER:
        yield Sign(True, f"the worker was last seen at {format_instant(seen[0])}", "start `breather agency worker`")
    else:
        yield Sign(False, f"the worker was seen at {format_instant(seen[0])}")


def _identity(snapshot: Snapshot, now: Millis) -> Iterator[Sign]:
    own = snapshot.identity
    until = format_instant(own.keys.expires_at)
    if own.keys.expires_at <= now:
        yield Sign(True, f"the key list expired at {until}: exchanges believe nothing that is signed here", RENEW)
    elif own.keys.expires_at - now < SOON:
        yield Sign(True, f"the key list expires at {until}", RENEW)
    else:
        yield Sign(False, f"key list {own.keys.sequence} of {own.organisation} is good until {until}")
    for purpose in PURPOSES[Role.AGENCY]:
        if purpose not in own.private:
            what = f"there is no {purpose}.private in the key folder"
            yield Sign(True, what, "put it back from where the keys are kept; nothing is answered without it")


def _peers(snapshot: Snapshot, now: Millis) -> Iterator[Sign]:
    exchanges = [pinned for pinned in snapshot.peers.values() if pinned.peer.role is Role.EXCHANGE]
    if not exchanges:
        yield Sign(True, "no exchange is pinned: nothing can be received", "run `breather peer add`")
    for pinned in exchanges:
        yield _peer(pinned, now)
    asks = [pinned.peer.organisation for pinned in exchanges if pinned.terms.tier is Tier.IDENTIFIED]
    if asks and not keys_for(snapshot.as_peer, Purpose.SEALING, now):
        what = f"no officer's key is listed and in date, so {', '.join(asks)} can seal no subject"
        yield Sign(True, what, "run `breather identity seal-to age1...`")


def _peer(pinned: PinnedPeer, now: Millis) -> Sign:
    name, keys = pinned.peer.organisation, pinned.peer.key_list
    again = f"run `breather peer add {name}` with its next key list"
    if keys is None or keys.expires_at <= now:
        return Sign(True, f"the key list of {name} has expired: everything it sends is refused", again)
    until = format_instant(keys.expires_at)
    if keys.expires_at - now < SOON:
        return Sign(True, f"the key list of {name} expires at {until}", again)
    if pinned.terms.tier < Tier.PSEUDONYMOUS:
        what = f"the relay terms with {name} stop at {pinned.terms.tier.word}: every referral is refused"
        return Sign(True, what, f"run `breather peer add {name}` with --terms")
    return Sign(False, f"{name} may send {pinned.terms.tier.word} referrals; its key list is good until {until}")


def _lost(row: ReceivedRow) -> Iterator[Sign]:
    """An exchange numbers what it promises: what is missing among the numbers is on its way, or was given up there."""
    if missing := row.sequence - row.referrals:
        what = f"{missing} of the {row.sequence} referrals that {row.sender} has numbered are not here"
        yield Sign(True, what, f"if they do not come, ask {row.sender} for its dead letters")
