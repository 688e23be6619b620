"""Sample packs and campaigns: our own words, for test mode, the demo and the tests. Live mode refuses them.

They are signed by a key that anyone can derive, published here on purpose. Its signature proves that the
files are whole and nothing else; it is worthless as a proof of origin and must never be trusted outside
test mode.
"""

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from breather.domain.finding import nearest

SAMPLE_KEY_SEED = "Breather sample key. Published and worthless: anyone can sign with it."
SAMPLE_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(SAMPLE_KEY_SEED.encode()).digest())
SAMPLE_PUBLIC_KEY = SAMPLE_KEY.public_key()
SAMPLE_MODE = "test"

_HERE = Path(__file__).parent


def sample_pack(name: str) -> Path:
    """The folder of a sample pack. LookupError, with the nearest name, if there is none."""
    return _sample("packs", name)


def sample_campaign(name: str) -> Path:
    """The folder of a sample campaign. LookupError, with the nearest name, if there is none."""
    return _sample("campaigns", name)


def sample_names(kind: str) -> tuple[str, ...]:
    """The names of the samples of a kind: `packs` or `campaigns`."""
    folder = _HERE / kind
    if not folder.is_dir():
        return ()
    return tuple(sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and entry.name[0] not in "_."))


def sample_relay(name: str) -> str:
    """The `[relay]` table of a sample, to be put at the end of a campaign.toml. LookupError if there is none."""
    names = sorted(file.stem for file in (_HERE / "relay").glob("*.toml"))
    if name not in names:
        near = nearest(name, names)
        raise LookupError(f"there are no sample relay terms {name!r}." + (f" Did you mean {near!r}?" if near else ""))
    return (_HERE / "relay" / f"{name}.toml").read_text(encoding="utf-8")


def _sample(kind: str, name: str) -> Path:
    names = sample_names(kind)
    if name in names:
        return _HERE / kind / name
    near = nearest(name, names)
    hint = f" Did you mean {near!r}?" if near else f" There are: {', '.join(names) or 'none'}."
    raise LookupError(f"there is no sample {name!r} among the {kind}.{hint}")
