"""Sessions of the demo exchange. When one began is what decides about confirming (guarantees G1)."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from breather.demo.books import Books

FRESH = 5 * 60_000


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in. `started_at`: when this session began; `authenticated_at`: last proof of identity
    in it.
    """

    customer: str
    started_at: int
    authenticated_at: int

    def fresh(self, now: int) -> bool:
        return now - self.authenticated_at <= FRESH


class Sessions:
    """Sessions are kept under the hash of their cookie; the form token is a MAC of it."""

    def __init__(self, books: Books, secret: bytes) -> None:
        self._books = books
        self._secret = secret

    def new_cookie(self) -> str:
        return secrets.token_urlsafe(32)

    def csrf(self, cookie: str) -> str:
        """The token that a form of this cookie's holder carries."""
        return hmac.new(self._secret, b"form\n" + cookie.encode(), hashlib.sha256).hexdigest()

    def csrf_is(self, cookie: str, token: str) -> bool:
        return hmac.compare_digest(self.csrf(cookie).encode(), token.encode())

    def begin(self, customer: str, now: int) -> str:
        """A new session under a new cookie, so that a cookie planted before the sign-in is worth nothing."""
        cookie = self.new_cookie()
        with self._books.writing() as page:
            page.run("begin_session", hash=self._hash(cookie), customer=customer, now=now)
        return cookie

    def of(self, cookie: str) -> Session | None:
        with self._books.reading() as page:
            row = page.one("session", hash=self._hash(cookie))
        return None if row is None else Session(row["customer"], row["started_at"], row["authenticated_at"])

    def authenticate(self, cookie: str, now: int) -> None:
        with self._books.writing() as page:
            page.run("authenticate_session", hash=self._hash(cookie), now=now)

    def end(self, cookie: str) -> None:
        with self._books.writing() as page:
            page.run("end_session", hash=self._hash(cookie))

    def _hash(self, cookie: str) -> str:
        return hmac.new(self._secret, b"session\n" + cookie.encode(), hashlib.sha256).hexdigest()
