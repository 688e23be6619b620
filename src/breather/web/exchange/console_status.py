"""From heartbeats and campaigns to the status page."""

from collections.abc import Iterable, Mapping

from breather.domain.instant import Millis
from breather.exchange.examine import LATE_AFTER, SOON
from breather.storage.exchange.console_record import CampaignRow, HeartbeatRow
from breather.web.exchange.console_view import CampaignLine, Frame, ProcessLine, StatusView


def status_view(
    frame: Frame,
    heartbeats: Iterable[HeartbeatRow],
    campaigns: Iterable[CampaignRow],
    pack_expiry: Mapping[str, Millis],
) -> StatusView:
    """`pack_expiry` maps a pack's hash to the instant at which it expires; a pack missing there is shown as
    unknown."""
    return StatusView(
        frame=frame,
        processes=tuple(
            ProcessLine(beat.process, beat.at, beat.detail, frame.now - beat.at > LATE_AFTER) for beat in heartbeats
        ),
        campaigns=tuple(_campaign(row, pack_expiry.get(row.pack_hash), frame.now) for row in campaigns),
    )


def _campaign(row: CampaignRow, expires: Millis | None, now: Millis) -> CampaignLine:
    standing = row.standing(now)
    return CampaignLine(
        id=row.id,
        version=row.version,
        hash=row.hash,
        jurisdiction=row.jurisdiction,
        standing=standing,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        retired_at=row.retired_at,
        activated_by=row.activated_by,
        soon=standing == "active" and row.ends_at - now < SOON,
        pack=f"{row.pack} {row.pack_version}" if row.pack is not None else "",
        pack_hash=row.pack_hash,
        pack_expires=expires,
        pack_standing=_pack_standing(row, expires, now),
    )


def _pack_standing(row: CampaignRow, expires: Millis | None, now: Millis) -> str:
    if row.pack is None:
        return "not stored"
    if expires is None:
        return "expiry unknown"
    if expires <= now:
        return "expired"
    return "expires soon" if expires - now < SOON else "valid"
