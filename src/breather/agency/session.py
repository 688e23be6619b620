"""Officers' sessions in the portal. Only hashes of the cookies are stored."""

import hashlib
from dataclasses import dataclass

from breather.agency.triage import LONGEST_NAME, actor_of
from breather.domain.instant import HOUR, Millis
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction

SESSION_LIVES = 8 * HOUR
STEP = 0


@dataclass(frozen=True, slots=True)
class OfficerSession:
    """`officer` is what was said at the door: with one password for all, nobody has checked it."""

    officer: str
    csrf: str


def begin(tx: Transaction, session: str, officer: str) -> None:
    """`session` is 256 random bits in text. ValueError for a name that could not be shown to a colleague."""
    name = officer_name(officer)
    expires_at = Millis(tx.now + SESSION_LIVES)
    tx.run("insert_portal_session", hash=digest(session), officer=name, created_at=tx.now, expires_at=expires_at)
    tx.journal(STEP, "portal-login", None, actor_of(name), b"{}")


def find(reader: Reader, session: str, now: Millis) -> OfficerSession | None:
    row = reader.one("find_portal_session", hash=digest(session)) if session else None
    if row is None or row["expires_at"] <= now:
        return None
    return OfficerSession(row["officer"], csrf_of(session))


def end(tx: Transaction, session: str) -> None:
    tx.run("end_portal_session", hash=digest(session))


def officer_name(text: str) -> str:
    """Without the spaces around it. ValueError with what would be right."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise ValueError(f"a name or service number has 1 to {LONGEST_NAME} printable characters")
    return name


def csrf_of(session: str) -> str:
    """Derived from the session, so that no row is needed for it; it does not reveal the session."""
    return digest(f"breather/portal-csrf\n{session}")


def digest(secret: str) -> str:
    """128 bits or more of randomness need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
