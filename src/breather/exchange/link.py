"""Links for the customer's page: minted by the VASP, exchanged once for a session, both short-lived (guarantee G2).

Only hashes are stored. Whoever reads the database cannot open anybody's page.
"""

import hashlib
from dataclasses import dataclass

import msgspec

from breather.domain.instant import MINUTE, Millis
from breather.storage.exchange.withdrawals import wanted_withdrawal
from breather.storage.reader import Reader
from breather.storage.transaction import Transaction

LINK_LIVES = 15 * MINUTE
SESSION_LIVES = 24 * 60 * MINUTE
STEP = 7


@dataclass(frozen=True, slots=True)
class PageSession:
    """The page of one withdrawal, opened in one browser. `csrf` must come back with every form."""

    withdrawal: str
    locale: str | None
    csrf: str


def digest(secret: str) -> str:
    """How links, sessions and API keys are stored: 128 bits or more of randomness need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def mint(tx: Transaction, withdrawal: str, token: str, locale: str | None, actor: str) -> Millis:
    """Store a link; returns when it expires. `token` is 128 random bits in text."""
    wanted_withdrawal(tx, withdrawal)
    expires_at = Millis(tx.now + LINK_LIVES)
    tx.journal(STEP, "link", withdrawal, actor, msgspec.json.encode({"expires_at": expires_at}))
    tx.run(
        "insert_link",
        hash=digest(token),
        withdrawal=withdrawal,
        locale=locale,
        created_at=tx.now,
        expires_at=expires_at,
    )
    return expires_at


def redeem(tx: Transaction, token: str, session: str, csrf: str) -> str | None:
    """Exchange a link for a session, once. None for a link that is unknown, used or expired: they look alike."""
    if tx.run("use_link", hash=digest(token), now=tx.now) == 0:
        return None
    link = tx.one("find_link", hash=digest(token))
    assert link is not None
    withdrawal: str = link["withdrawal"]
    tx.journal(STEP, "opened", withdrawal, "customer", b"{}")
    tx.run(
        "insert_page_session",
        hash=digest(session),
        withdrawal=withdrawal,
        locale=link["locale"],
        csrf=csrf,
        created_at=tx.now,
        expires_at=Millis(tx.now + SESSION_LIVES),
    )
    return withdrawal


def find_session(reader: Reader, session: str, now: Millis) -> PageSession | None:
    row = reader.one("find_page_session", hash=digest(session))
    if row is None or row["expires_at"] <= now:
        return None
    return PageSession(row["withdrawal"], row["locale"], row["csrf"])
