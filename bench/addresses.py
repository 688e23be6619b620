"""`python -m bench addresses --data FOLDER`: agreement with published address vectors, and the time of a reading.

Agreement is with what the vectors' README says they mean: *invalid* is as that format, so what is another valid form of
the network is valid; an address that is well-formed and cannot be paid is recognised; a test network's is refused as
that. Every vector where our answer is not the file's own word has a line of its own (`address_read_otherwise`) with the
reason, whether it counts or not, and `address_agreement_verbatim` counts none of them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from timeit import repeat
from typing import Any

from bench.figure import Figure
from bench.lookalike import NoData
from breather.domain.asset import Network
from breather.intelligence.address import READERS, canonical_address
from breather.intelligence.bad_address import AddressFault, BadAddress
from tests.addresses import ADDRESSES

NETWORKS: Mapping[str, Network] = {
    "bitcoin": Network.BITCOIN,
    "ethereum": Network.ETHEREUM,
    "tron": Network.TRON,
    "solana": Network.SOLANA,
    "litecoin": Network.LITECOIN,
    "dogecoin": Network.DOGECOIN,
    "bitcoin-cash": Network.BITCOIN_CASH,
    "xrp-ledger": Network.XRP,
    "ton": Network.TON,
    "cardano": Network.CARDANO,
    "stellar": Network.STELLAR,
    "cosmos": Network.COSMOS,
    "polkadot": Network.POLKADOT,
}
OFF_CURVE = "no point of the curve, as a program's own addresses on Solana are; they can be paid"
UNPAYABLE = "recognised, and refused because it cannot be paid"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is why we say otherwise than the file; "" where we do not, and where nothing explains it."""

    network: str
    address: str
    same: bool
    reason: str

    @property
    def agrees(self) -> bool:
        return self.same or bool(self.reason)


def run(data: Path) -> list[Figure]:
    path = data / "addresses" / "bip_utils_vectors.json"
    if not path.is_file():
        raise NoData(f"{path} is not there; give the development data's folder with --data")
    networks = json.loads(path.read_text("utf-8"))["networks"]
    verdicts = [verdict for name, network in NETWORKS.items() for verdict in _verdicts(name, network, networks[name])]
    return [
        _share("address_agreement", [one.agrees for one in verdicts]),
        _share("address_agreement_verbatim", [one.same for one in verdicts]),
        *[_otherwise(one) for one in verdicts if not one.same],
        _share("test_networks_refused", list(_test_networks(networks))),
        *_times(),
    ]


def _share(name: str, good: list[bool]) -> Figure:
    return Figure(name, round(100 * sum(good) / len(good), 2), "%", f"of {len(good)}", sum(good), 0, 0)


def _otherwise(one: Verdict) -> Figure:
    """1 where the reason makes it an agreement, 0 where nothing explains it."""
    unit = f"{one.network} {one.address}"
    return Figure("address_read_otherwise", int(one.agrees), unit, one.reason or "UNEXPLAINED", 0, 0, 0)


def _verdicts(name: str, network: Network, vectors: Mapping[str, Any]) -> Iterator[Verdict]:
    for expected in ("valid", "invalid"):
        for vector in vectors[expected]:
            refused = _refusal(network, vector["address"])
            same = (refused is None) == (expected == "valid")
            yield Verdict(name, vector["address"], same, "" if same else _reason(network, vector, refused))


def _reason(network: Network, vector: Mapping[str, Any], refused: BadAddress | None) -> str:
    if refused is not None:
        return f"{UNPAYABLE}: {refused.message}" if refused.code is AddressFault.UNPAYABLE else ""
    if other := vector.get("also_valid_as"):
        return f"listed as no {vector['format']}; the list itself says that it is a valid {', '.join(other)}"
    return OFF_CURVE if network is Network.SOLANA and vector["reason"] == "Invalid public key" else ""


def _test_networks(networks: Mapping[str, Any]) -> Iterator[bool]:
    for name, network in NETWORKS.items():
        for vector in networks.get(f"{name}-testnet", {}).get("valid", ()):
            refused = _refusal(network, vector["address"])
            yield refused is not None and "test network" in refused.message


def _refusal(network: Network, text: str) -> BadAddress | None:
    try:
        canonical_address(network, text)
    except BadAddress as bad:
        return bad
    return None


def _times() -> Iterator[Figure]:
    """Microseconds for one address of each family, the first network of each."""
    seen = set()
    for network, reader in READERS.items():
        if reader not in seen:
            seen.add(reader)
            address = ADDRESSES[network]
            once = repeat(partial(canonical_address, network, address), number=1_000, repeat=7)
            best = min(once) * 1e3
            yield Figure(f"address_us_{network.value.lower()}", round(best, 2), "us", "", 0, 0, 0)
