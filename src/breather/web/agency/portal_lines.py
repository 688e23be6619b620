"""From rows to what the pages of the portal show."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from breather.agency.examine import LATE_AFTER, SOON
from breather.agency.snapshot import Snapshot
from breather.domain.instant import Millis
from breather.protocol.peer_folder import PinnedPeer
from breather.protocol.trust import show_fingerprint
from breather.storage.agency.portal_record import HeartbeatRow, JournalRow, NoteRow, ReceivedRow, ReferralFile
from breather.web.agency import portal_words as words
from breather.web.agency.portal_view import (
    Decided,
    Draft,
    Entry,
    Fact,
    Frame,
    PeerLine,
    ProcessLine,
    ReferralView,
    SlotLine,
    StatusView,
)


def referral_view(frame: Frame, file: ReferralFile, form: str, draft: Draft, problem: str = "") -> ReferralView:
    """`draft` and `problem` where the officer's form could not be taken."""
    row = file.row
    sent = _members(file.body)
    others = tuple(other for other in file.about if other.number != row.number)
    return ReferralView(
        frame=frame,
        row=row,
        facts=(
            Fact("Pattern", words.typology(row.typology)),
            Fact("Asset", row.asset or ""),
            Fact("Amount", words.band(row.amount_band)),
            Fact("Day", row.day or ""),
        ),
        campaign=_edition(sent, "campaign"),
        pack=_edition(sent, "pack"),
        follows=sent.get("follows") or "",
        follows_number=file.follows,
        followed_by=file.followed_by,
        sealed_to=tuple(str(key) for key in (sent.get("sealed") or {}).get("keys", ())),
        mine=row.claimed_by == frame.officer,
        others=others,
        earlier=tuple(other for other in others if other.sender == row.sender),
        decided=tuple(_decided(note, number) for number, note in enumerate(file.notes)),
        timeline=tuple(_entry(entry) for entry in file.timeline),
        original=words.pretty(file.body),
        form=form,
        draft=draft,
        problem=problem,
    )


def status_view(
    frame: Frame, snapshot: Snapshot, heartbeats: Iterable[HeartbeatRow], received: Iterable[ReceivedRow]
) -> StatusView:
    own, counted = snapshot.identity, {row.sender: row for row in received}
    return StatusView(
        frame=frame,
        processes=tuple(
            ProcessLine(beat.process, beat.at, beat.detail, frame.now - beat.at > LATE_AFTER) for beat in heartbeats
        ),
        peers=tuple(_peer(pinned, counted.get(name), frame.now) for name, pinned in sorted(snapshot.peers.items())),
        slots=tuple(
            SlotLine(slot.number, slot.exchange, slot.name, tuple(slot.headings.values()))
            for _, slot in sorted(snapshot.slots.items())
        ),
        organisation=own.organisation,
        fingerprint=show_fingerprint(own.fingerprint),
        list_sequence=own.keys.sequence,
        list_expires_at=own.keys.expires_at,
        list_standing=_standing(own.keys.expires_at, frame.now),
    )


def _peer(pinned: PinnedPeer, received: ReceivedRow | None, now: Millis) -> PeerLine:
    keys = pinned.peer.key_list
    assert keys is not None, "a peer is pinned with its key list"
    return PeerLine(
        name=pinned.peer.organisation,
        role=pinned.peer.role.value,
        fingerprint=show_fingerprint(pinned.peer.fingerprint),
        sequence=keys.sequence,
        expires_at=keys.expires_at,
        standing=_standing(keys.expires_at, now),
        tier=pinned.terms.tier.word,
        referrals=0 if received is None else received.referrals,
        last_at=None if received is None else received.last_at,
    )


def _standing(expires_at: Millis, now: Millis) -> str:
    if expires_at <= now:
        return "expired"
    return "expires soon" if expires_at - now < SOON else "in date"


def _decided(note: NoteRow, place: int) -> Decided:
    """The newest comes first: everything after it was replaced."""
    return Decided(note.disposition, note.duplicate_of or "", note.note, note.officer, note.at, place > 0)


def _entry(entry: JournalRow) -> Entry:
    found = _members(entry.body)
    detail = words.disposition(str(found["disposition"])) if "disposition" in found else ""
    return Entry(entry.number, entry.at, words.act(entry.kind), words.actor(entry.actor), detail)


def _members(raw: bytes) -> Mapping[str, Any]:
    """Of a body that was read strictly before it was stored."""
    found = json.loads(raw)
    assert isinstance(found, dict)
    return found


def _edition(sent: Mapping[str, Any], name: str) -> str:
    edition = sent.get(name)
    return f"{edition['id']}, version {edition['version']}" if isinstance(edition, dict) else ""
