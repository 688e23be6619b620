"""What an officer's page may ask the store. It holds a snapshot and cannot write."""

from collections.abc import Mapping

from breather.storage.agency.portal_record import (
    DestinationPage,
    DestinationRow,
    HeartbeatRow,
    InboxPage,
    JournalRow,
    NoteRow,
    ReceivedRow,
    ReferralFile,
    ReferralRow,
    Standing,
)
from breather.storage.reader import Reader

NEWEST = 2**62
MOST_ON_A_PAGE = 200
MOST_ABOUT = 200


class PortalReader:
    def __init__(self, connection: Reader) -> None:
        self._connection = connection

    def inbox(self, standing: Standing | None, before: int = NEWEST, limit: int = 50) -> InboxPage:
        """Referrals that came before number `before`, newest first; all of them where `standing` is None."""
        _hold_limit(limit)
        rows = (
            self._connection.all_as(ReferralRow, "portal_inbox", before=before, rows=limit + 1)
            if standing is None
            else self._connection.all_as(
                ReferralRow, "portal_inbox_standing", standing=standing, before=before, rows=limit + 1
            )
        )
        page = rows[:limit]
        return InboxPage(tuple(page), page[-1].number if len(rows) > limit else None)

    def destinations(self, before: int = NEWEST, limit: int = 50) -> DestinationPage:
        """Destinations whose latest referral came before number `before`, the latest first."""
        _hold_limit(limit)
        rows = self._connection.all_as(DestinationRow, "portal_destinations", before=before, rows=limit + 1)
        page = rows[:limit]
        return DestinationPage(tuple(page), page[-1].last_number if len(rows) > limit else None)

    def about(self, destination: str, limit: int = MOST_ABOUT) -> tuple[ReferralRow, ...]:
        """What every exchange referred about one destination, newest first. For officers only (guarantee F6)."""
        return tuple(self._connection.all_as(ReferralRow, "portal_about", destination=destination, rows=limit))

    def referral(self, number: int) -> ReferralFile | None:
        """One referral; None for a number that none has."""
        row = self._connection.one_as(ReferralRow, "portal_referral", number=number)
        body = self._connection.one("portal_body", number=number)
        if row is None or body is None:
            return None
        return ReferralFile(
            row=row,
            body=body["body"],
            about=self.about(row.key),
            notes=tuple(self._connection.all_as(NoteRow, "portal_notes", referral=number)),
            timeline=tuple(self._connection.all_as(JournalRow, "portal_timeline", subject=subject_of(number))),
            follows=self._other("portal_follows", number),
            followed_by=self._other("portal_followed_by", number),
        )

    def counts(self) -> Mapping[Standing, int]:
        """How many wait for an officer, and how many an officer has claimed."""
        counted = {row["standing"]: row["referrals"] for row in self._connection.all("portal_counts")}
        return {standing: counted.get(standing, 0) for standing in (Standing.WAITING, Standing.CLAIMED)}

    def latest(self) -> int:
        """Rises with every act on any referral; 0 while there is none."""
        row = self._connection.one("portal_latest")
        return 0 if row is None else int(row["changed"])

    def heartbeats(self) -> tuple[HeartbeatRow, ...]:
        return tuple(self._connection.all_as(HeartbeatRow, "portal_heartbeats"))

    def received(self) -> tuple[ReceivedRow, ...]:
        """How much each exchange has sent, by name."""
        return tuple(self._connection.all_as(ReceivedRow, "portal_received"))

    def _other(self, query: str, number: int) -> int | None:
        row = self._connection.one(query, number=number)
        return None if row is None else int(row["number"])


def subject_of(number: int) -> str:
    """How the journal names a referral."""
    return f"referral/{number}"


def _hold_limit(limit: int) -> None:
    if not 1 <= limit <= MOST_ON_A_PAGE:
        raise ValueError(f"limit is {limit}; 1 to {MOST_ON_A_PAGE} is right")
