"""Who this service is to its peers: `identity` in the key folder, made once by `breather identity create`.

root.private          signs key lists and nothing else; belongs off line, and is needed only to issue the next list
<purpose>.private     one Ed25519 key for each purpose in which this service signs
key-list              the current key list with the root's signature (`signed_list`)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from breather.domain.instant import DAY, Millis
from breather.protocol.key_list import (
    KeyList,
    ListedKey,
    Purpose,
    listed_key,
    read_key_list,
    sign_key_list,
    write_key_list,
)
from breather.protocol.signed_list import SignedKeyList, read_signed_list, replace_file, write_signed_list
from breather.protocol.signing import generate, load_private_key, save_private_key
from breather.protocol.trust import Role, fingerprint_of

FOLDER = "identity"
ROOT = "root.private"
KEY_LIST = "key-list"
KEYS_LIVE = 365 * DAY
LIST_LIVES = 90 * DAY
# From when a new key counts. An owner whose clock is behind is to be told so, and not that its key is of the future.
BEFORE = DAY

PURPOSES: Mapping[Role, tuple[Purpose, ...]] = MappingProxyType(
    {
        Role.EXCHANGE: (Purpose.MESSAGES,),
        Role.AGENCY: (Purpose.MESSAGES, Purpose.RECEIPTS, Purpose.FEEDS),
    }
)


@dataclass(frozen=True, slots=True)
class OwnIdentity:
    """What `serve` signs with. The root is not in it."""

    keys: KeyList
    signed: SignedKeyList
    private: Mapping[Purpose, Ed25519PrivateKey]

    @property
    def organisation(self) -> str:
        return self.keys.organisation

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.keys.root)


def create_identity(folder: Path, organisation: str, role: Role, mode: str, now: Millis) -> OwnIdentity:
    """A new root, its keys and their first list. FileExistsError where there is one: an identity is never overwritten.

    ValueError, with what would be right, for a name that no peer could read.
    """
    place = folder / FOLDER
    if (place / ROOT).exists() or (place / KEY_LIST).exists():
        raise FileExistsError(f"{place} has an identity already; peers have pinned its root")
    root, private = generate(), {purpose: generate() for purpose in PURPOSES[role]}
    rows = tuple(_row(purpose, key, now) for purpose, key in private.items())
    public = root.public_key().public_bytes_raw()
    signed = _signed(root, KeyList(mode, organisation, 1, now, Millis(now + LIST_LIVES), public, rows))
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    save_private_key(place / ROOT, root)
    for purpose, key in private.items():
        save_private_key(place / f"{purpose.value}.private", key)
    replace_file(place / KEY_LIST, write_signed_list(signed))
    return OwnIdentity(read_key_list(signed.body), signed, MappingProxyType(private))


def load_identity(folder: Path) -> OwnIdentity:
    """FileNotFoundError where none was created; ValueError or Malformed for files that are not what they should be."""
    place = folder / FOLDER
    signed = read_signed_list((place / KEY_LIST).read_bytes())
    private = {
        purpose: load_private_key(file) for purpose in Purpose if (file := place / f"{purpose.value}.private").exists()
    }
    return OwnIdentity(read_key_list(signed.body), signed, MappingProxyType(private))


def issue_list(folder: Path, rows: Iterable[ListedKey], now: Millis) -> OwnIdentity:
    """The next key list, with exactly these rows; the root has to be in the folder for it (FileNotFoundError)."""
    place = folder / FOLDER
    before = load_identity(folder).keys
    root = load_private_key(place / ROOT)
    if root.public_key().public_bytes_raw() != before.root:
        raise ValueError(f"{place / ROOT} is another root than the one that peers have pinned")
    following = replace(
        before,
        sequence=before.sequence + 1,
        issued_at=now,
        expires_at=Millis(now + LIST_LIVES),
        keys=tuple(rows),
    )
    replace_file(place / KEY_LIST, write_signed_list(_signed(root, following)))
    return load_identity(folder)


def with_key(rows: Iterable[ListedKey], purpose: Purpose, public: bytes, now: Millis) -> tuple[ListedKey, ...]:
    """The rows and one more key, such as an officer's for sealing, whose private half is not kept here."""
    return (*rows, listed_key(purpose, public, Millis(now - BEFORE), Millis(now + KEYS_LIVE)))


def without_key(rows: Iterable[ListedKey], kid: str, because: str, now: Millis) -> tuple[ListedKey, ...]:
    """The rows with this one taken back; it stays listed. LookupError for a key that is not in them."""
    found = tuple(rows)
    if kid not in {row.kid for row in found}:
        raise LookupError(f"no key {kid} is in the list; it has {', '.join(row.kid for row in found)}")
    return tuple(replace(row, revoked_at=now, revoked_because=because) if row.kid == kid else row for row in found)


def _row(purpose: Purpose, key: Ed25519PrivateKey, now: Millis) -> ListedKey:
    raw = key.public_key().public_bytes_raw()
    return listed_key(purpose, raw, Millis(now - BEFORE), Millis(now + KEYS_LIVE))


def _signed(root: Ed25519PrivateKey, keys: KeyList) -> SignedKeyList:
    body = write_key_list(keys)
    return SignedKeyList(body, sign_key_list(root, keys.mode, body))
