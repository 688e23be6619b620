"""Passwords of people: hashed with Argon2id, checked in constant time.

Parameters: the second recommended option of RFC 9106 section 4 (64 MiB, 3 passes, 4 lanes), about 50 ms of a
core: callers run it in a thread, one at a time, because every check in flight takes 64 MiB. Length: NIST
SP 800-63B-4 section 3.1.1.2 asks for 15 characters where a password stands alone, and for no composition
rules. API keys are not passwords: 256 random bits need no slow hash.
"""

import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from argon2.low_level import Type

SHORTEST = 15
LONGEST = 256

_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4, hash_len=32, salt_len=16, type=Type.ID)

# Of no password: checked where none is set, so that the time of an answer does not tell whether one is.
_NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$YnJlYXRoZXIgbm9ib2R5IQ$CSAF0lvWjTVpGRaeCUe9LsS73N0JI9xxe4CTsP78WGU"


class BadPassword(ValueError):
    """The password cannot be set; the message says what would be right."""


class BrokenHash(ValueError):
    """What is stored is not an Argon2 hash: nobody can log in until the password is set again."""


def hash_password(password: str) -> str:
    """The PHC string to store (`$argon2id$v=19$...`), with a fresh salt. Raises BadPassword."""
    text = _normal(password)
    if len(text) < SHORTEST:
        raise BadPassword(f"the password has {len(text)} characters; at least {SHORTEST} are needed")
    if len(text) > LONGEST:
        raise BadPassword(f"the password has {len(text)} characters; at most {LONGEST} are taken")
    if not _typeable(text):
        raise BadPassword("the password has an invisible character; use letters, digits, signs and spaces")
    return _HASHER.hash(text)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the one that was hashed; never where `stored` is None, because none was ever set.

    The work done is the same for a wrong password, an impossible one and a missing hash. Raises BrokenHash.
    """
    text = _normal(password)
    possible = SHORTEST <= len(text) <= LONGEST and _typeable(text)
    try:
        _HASHER.verify(_NOBODY if stored is None else stored, text if possible else "")
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError) as broken:
        raise BrokenHash("the stored password is not an Argon2 hash; run `breather password set`") from broken
    return stored is not None and possible


def _normal(password: str) -> str:
    # Typed on two keyboards the same password may differ in its code points; NIST SP 800-63B-4 asks for this.
    return unicodedata.normalize("NFKC", password)


def _typeable(text: str) -> bool:
    # Also keeps out lone surrogates, which have no UTF-8 form and so could be hashed on no machine.
    return text.isprintable()
