"""`python -m bench lookalike --data FOLDER`: look-alikes found, and how often chance and taste make one.

The folder is the development data (not part of the project): pairs of address poisoning, and labelled addresses.
"""

import csv
import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from time import process_time
from timeit import repeat

import base58
import numpy as np
import pyarrow.parquet as pq
from bech32 import encode

from bench.figure import Figure
from breather.domain.asset import Network
from breather.intelligence.ethereum import with_capitals
from breather.intelligence.lookalike import Grade, Resemblance, resembles, resembles_paid

SEED = 20_221_128
RANDOM_ADDRESSES = 100_000
GRID_TOTALS = range(6, 15)
GRID_PAIRS = 40
CANDIDATES = 64
HEX = "0123456789abcdef"

Pair = tuple[str, str]


class NoData(Exception):
    """The folder is not there, or not that one."""


def run(data: Path) -> list[Figure]:
    if not (data / "poisoning").is_dir():
        raise NoData(f"{data} has no folder poisoning/; give the development data's folder with --data")
    figures = [_recall(data, name, network) for name, network in (("eth", Network.ETHEREUM), ("bsc", Network.BSC))]
    figures.append(_grid())
    for suffix, (network, made) in RANDOM.items():
        figures += _random_collisions(suffix, network, made)
    figures += _labelled(data)
    figures += _times()
    return figures


def _figure(name: str, value: float, unit: str, against: str = "", against_value: float = 0) -> Figure:
    return Figure(name, value, unit, against, against_value, 0, 0)


def real_pairs(data: Path, name: str) -> set[Pair]:
    """(intended, look-alike), small letters. Pairs seen in both directions are one party's own and left out."""
    with (data / "poisoning" / f"{name}_payoffs.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["intended_address"].lower(), row["poison_address"].lower())
            for row in csv.DictReader(file)
            if row["reversed_pair_also_present"] != "true"
        }


def _recall(data: Path, name: str, network: Network) -> Figure:
    """`against`: the share that is graded strong."""
    found = [resembles(network, poison, [intended]) for intended, poison in sorted(real_pairs(data, name))]
    strong = sum(one is not None and one.grade is Grade.STRONG for one in found)
    share = sum(one is not None for one in found) / len(found)
    return _figure(f"recall_{name}", round(share, 4), f"of {len(found)}", "strong", round(strong / len(found), 4))


def _grid() -> Figure:
    """Every split of 6 to 14 digits in total, in every mixture of capitals and small letters; random elsewhere."""
    dice = random.Random(SEED)
    found = strong = count = 0
    for total in GRID_TOTALS:
        for front in range(total + 1):
            for _ in range(GRID_PAIRS):
                known, made = _pair(dice, front, total - front)
                count += 1
                one = resembles(Network.ETHEREUM, made, [known])
                found += one is not None
                strong += one is not None and one.grade is Grade.STRONG
    return _figure("recall_grid", round(found / count, 4), f"of {count}", "strong", round(strong / count, 4))


def _pair(dice: random.Random, front: int, back: int) -> Pair:
    """Agreeing in exactly so many digits; each spelled small, or with the capitals of EIP-55."""
    known = "".join(dice.choices(HEX, k=40))
    middle = list("".join(dice.choices(HEX, k=40 - front - back)))
    for at, place in ((0, front), (-1, 39 - back)):
        while middle[at] == known[place]:
            middle[at] = dice.choice(HEX)
    made = known[:front] + "".join(middle) + known[40 - back :]
    spelled = [dice.choice((str, with_capitals))(each) for each in (known, made)]
    return f"0x{spelled[0]}", f"0x{spelled[1]}"


def _digest(number: int) -> bytes:
    return hashlib.sha256(f"{SEED} {number}".encode()).digest()


RANDOM: dict[str, tuple[Network, Callable[[int], str]]] = {
    "": (Network.ETHEREUM, lambda number: f"0x{_digest(number)[:20].hex()}"),
    "_tron": (Network.TRON, lambda number: base58.b58encode_check(b"\x41" + _digest(number)[:20]).decode()),
    "_p2pkh": (Network.BITCOIN, lambda number: base58.b58encode_check(b"\0" + _digest(number)[:20]).decode()),
    "_bech32": (Network.BITCOIN, lambda number: str(encode("bc", 0, list(_digest(number)[:20])))),
    "_solana": (Network.SOLANA, lambda number: base58.b58encode(_digest(number)).decode()),
}


def _random_collisions(suffix: str, network: Network, made: Callable[[int], str]) -> list[Figure]:
    """Per hundred million pairs. `against`: graded strong."""
    addresses = [made(number) for number in range(RANDOM_ADDRESSES)]
    grades = Counter(one.grade for one in found_among(network, addresses))
    pairs = RANDOM_ADDRESSES * (RANDOM_ADDRESSES - 1) / 2 / 1e8
    value, strong = (round(count / pairs, 1) for count in (grades.total(), grades[Grade.STRONG]))
    return [_figure(f"collisions_per_1e8{suffix}", value, "pairs", "strong", strong)]


def found_among(network: Network, addresses: Sequence[str]) -> Iterator[Resemblance]:
    """What `resembles` says of every pair that could be one: all that agree in one character less than it asks for."""
    least = {"0x": 5}.get(addresses[0][:2], 4 if addresses[0].startswith("bc1") else 3)
    skipped = {"0x": 2, "bc": 4}.get(addresses[0][:2], 0 if network is Network.SOLANA else 1)
    for one, other in sorted(close_pairs(addresses, least, skipped)):
        found = resembles(network, addresses[one], [addresses[other]])
        if found is not None:
            yield found


def close_pairs(addresses: Sequence[str], least: int, skipped: int) -> set[tuple[int, int]]:
    """Indices of all pairs that agree in `least` characters at the ends, by sorting on every split."""
    width = max(map(len, addresses))
    front = np.array([list(each[skipped : skipped + least].encode()) for each in addresses], np.int64)
    back = np.array([list(each[-least:].encode()) for each in addresses], np.int64)
    assert width < 128
    pairs: set[tuple[int, int]] = set()
    for split in range(least + 1):
        key = np.zeros(len(addresses), np.int64)
        for column in [*front.T[:split], *back.T[split:]]:
            key = key * 128 + column
        order = np.argsort(key, kind="stable")
        ends = np.flatnonzero(np.append(np.diff(key[order]) != 0, True)) + 1
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            if end - start > 1:
                pairs.update(combinations(sorted(order[start:end].tolist()), 2))
    return pairs


def labelled(data: Path) -> list[str]:
    """Every Ethereum-style address that a label is known of."""
    folder = data / "labels"
    found = pq.read_table(folder / "etherscan_labels.parquet", columns=["address"]).column(0).to_pylist()
    found += pq.read_table(folder / "graphsense_tags.parquet", columns=["address"]).column(0).to_pylist()
    small = {each.strip().lower() for each in found}
    return sorted(each for each in small if len(each) == 42 and each.startswith("0x") and not each[2:].strip(HEX))


def _labelled(data: Path) -> list[Figure]:
    """`against` is what chance alone makes among so many. Most are taste: leading zeros, and other searched runs."""
    addresses = labelled(data)
    pairs = len(addresses) * (len(addresses) - 1) / 2
    found = list(found_among(Network.ETHEREUM, addresses))
    strong = [one for one in found if one.grade is Grade.STRONG]
    ends = [one for one in found if min(one.front, one.back) < 2 and one not in strong]
    # P(front + back >= 6), and of it with two digits at each end, for random digits.
    by_chance, both_ends = pairs * (6 * 15 / 16 + 1) / 16**6, pairs * (2 * 15 / 16 + 1) / 16**6
    return [
        _figure("collisions_labelled", len(found), f"of {pairs:.3g}", "chance", round(by_chance)),
        _figure("collisions_labelled_strong", len(strong), f"of {pairs:.3g}", "chance", round(both_ends)),
        _figure("collisions_labelled_one_end", len(ends), f"of {len(found)}"),
    ]


def _times() -> list[Figure]:
    """Microseconds against 64 of her addresses, as her profile keeps them. `against`: where one is found."""
    known = [_digest(number)[:20].hex() for number in range(CANDIDATES)]
    paid = "".join(f"{Network.ETHEREUM}:0x{each} " for each in known)
    other = _digest(CANDIDATES)[:20].hex()
    made = f"0x{with_capitals(known[7][:6] + other[6:36] + known[7][36:])}"
    other = f"0x{with_capitals(other)}"
    assert resembles_paid(Network.ETHEREUM, other, paid) is None
    assert resembles_paid(Network.ETHEREUM, made, paid) is not None
    calm, found = (
        min(repeat(partial(resembles_paid, Network.ETHEREUM, each, paid), number=500, repeat=9, timer=process_time))
        / 500
        * 1e6
        for each in (other, made)
    )
    return [_figure("resembles_us", round(calm, 2), "us", "found", round(found, 2))]
