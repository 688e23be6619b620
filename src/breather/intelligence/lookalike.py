"""Look-alikes: a destination made to be taken for one that the customer has used (address poisoning).

Whoever does it searches for a key whose address begins and ends like the one in her history, and lets it appear there.
Agreement counts from both ends; digits in between are what nobody compares. The thresholds come from data: docs/adr/
0009 says which, and what was rejected. A run of one digit (leading zeros, 7777) is worth one digit: people who like
such addresses search for them, too. Capitals of hexadecimal digits are a checksum and are not compared: half the
software shows them small.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from breather.domain.asset import Network
from breather.intelligence.stellar import account_of

# What stands before and after each address in the text that is searched; no address has either.
_BEGIN, _END = ":", " "


class Grade(StrEnum):
    """Strong: chance or taste hardly explain it. Weak: they often do."""

    WEAK = "weak"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Resemblance:
    """`front` and `back` characters agree at the ends of `address` and `known`, not counting what every address has.

    `differs`: where `address` has other characters, as (start, end) in its text.
    """

    address: str
    known: str
    grade: Grade
    front: int
    back: int
    differs: tuple[tuple[int, int], ...]

    @property
    def marked(self) -> str:
        """The address with brackets around what differs, for an analyst."""
        text, at = "", 0
        for start, end in self.differs:
            text, at = f"{text}{self.address[at:start]}[{self.address[start:end]}]", end
        return text + self.address[at:]


@dataclass(frozen=True, slots=True)
class Alphabet:
    """What agreement is worth, in characters. `least`: in total, to be one at all. Strong: from `strong` on where each
    end has `each_end` of them, and from `alone` on wherever they stand, where chance never gets and a slip of one
    finger does.
    """

    least: int
    strong: int
    each_end: int
    alone: int
    folded: bool = False

    @property
    def probe(self) -> int:
        """One end at least has so many."""
        return (self.least + 1) // 2


HEXADECIMAL = Alphabet(least=6, strong=6, each_end=2, alone=11, folded=True)
BASE58 = Alphabet(least=4, strong=5, each_end=1, alone=8)
BASE64 = Alphabet(least=4, strong=5, each_end=1, alone=8)
# bech32, CashAddr, and Stellar's base32.
FIVE_BITS = Alphabet(least=5, strong=5, each_end=2, alone=9)

# By network: how addresses of one kind begin, and how many characters at the front say little or nothing because all
# or a quarter of them have the same. The first that fits counts.
_KINDS: Mapping[Network, tuple[tuple[str, int, Alphabet], ...]] = MappingProxyType(
    {
        Network.TRON: (("T", 1, BASE58),),
        Network.BITCOIN: (("bc1q", 4, FIVE_BITS), ("bc1p", 4, FIVE_BITS), ("1", 1, BASE58), ("3", 1, BASE58)),
        Network.LITECOIN: (("ltc1q", 5, FIVE_BITS), ("ltc1p", 5, FIVE_BITS), ("L", 1, BASE58), ("M", 1, BASE58)),
        Network.DOGECOIN: (("D", 1, BASE58), ("9", 1, BASE58), ("A", 1, BASE58)),
        Network.BITCOIN_CASH: (("q", 2, FIVE_BITS), ("p", 2, FIVE_BITS)),
        Network.XRP: (("r", 1, BASE58),),
        Network.TON: (("U", 3, BASE64),),
        Network.CARDANO: (("addr1", 7, FIVE_BITS), ("DdzFFzCqr", 10, BASE58), ("Ae2tdPwUPE", 11, BASE58)),
        Network.STELLAR: (("G", 2, FIVE_BITS),),
        Network.COSMOS: (("cosmos1", 7, FIVE_BITS),),
        Network.POLKADOT: (("1", 2, BASE58),),
        Network.SOLANA: (("", 0, BASE58),),
    }
)
_EVM = (("0x", 2, HEXADECIMAL),)


def resembles(network: Network, address: str, candidates: Sequence[str]) -> Resemblance | None:
    """The candidate that `address` resembles most; None if none, or if it is one of them.

    All are canonical spellings; `candidates` are addresses that this customer has paid, of any network: those of
    another form are passed over.
    """
    spelled = {each.lower() if each.startswith(_EVM[0][0]) else each: each for each in candidates}
    found = resembles_paid(network, address, "".join(f"{_BEGIN}{each}{_END}" for each in spelled))
    return None if found is None else replace(found, known=spelled.get(found.known, found.known))


def resembles_paid(network: Network, address: str, paid: str) -> Resemblance | None:
    """`resembles` for candidates as a profile keeps them (`CustomerProfile.paid`): each between a colon and a space,
    0x in small letters, and `known` as it stands there.

    Microseconds for 64 of them, for nearly always two searches of one text say no.
    """
    if network is Network.STELLAR:
        address, paid = account_of(address), _accounts(paid)
    kind = next((each for each in _KINDS.get(network, _EVM) if address.startswith(each[0])), None)
    if kind is None:
        return None
    begins, skipped, alphabet = kind
    text = address.lower() if alphabet.folded else address
    probe = alphabet.probe
    head, tail = text[: skipped + probe], text[-probe:]
    if _BEGIN + head not in paid and tail + _END not in paid:
        return None
    if f"{_BEGIN}{text}{_END}" in paid:
        return None
    near = [each for each in _addresses(paid) if each.startswith(head) or each.endswith(tail)]
    likely = [each for each in near if each.startswith(begins)]
    found = [each for known in likely if (each := _compare(address, known, skipped, alphabet)) is not None]
    return max(found, key=lambda each: (each.grade is Grade.STRONG, each.front + each.back), default=None)


def _addresses(paid: str) -> list[str]:
    return [each.partition(_BEGIN)[2] for each in paid.split(_END)]


def _accounts(paid: str) -> str:
    """Stellar's numbered addresses as their accounts, which is how people read them."""
    return "".join(f"{_BEGIN}{account_of(each)}{_END}" for each in _addresses(paid))


def _compare(address: str, known: str, skipped: int, alphabet: Alphabet) -> Resemblance | None:
    text, other = address.lower() if alphabet.folded else address, known
    # Addresses of one kind differ by a character in length at most.
    if abs(len(text) - len(other)) > 1:
        return None
    front = _common(text[skipped:], other[skipped:]) if text[:skipped] == other[:skipped] else 0
    back = _common(text[skipped + front :][::-1], other[skipped + front :][::-1])
    if front + back < alphabet.least:
        return None
    worth = _worth(text[skipped : skipped + front]) + _worth(text[len(text) - back :])
    both = front >= alphabet.each_end and back >= alphabet.each_end
    strong = worth >= alphabet.alone or (both and worth >= alphabet.strong)
    grade = Grade.STRONG if strong else Grade.WEAK
    return Resemblance(address, known, grade, front, back, _differing(text, other, skipped + front, back))


def _common(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _worth(part: str) -> int:
    """Its characters, those that only repeat the one before left out."""
    return sum(1 for at, character in enumerate(part) if at == 0 or character != part[at - 1])


def _differing(text: str, other: str, front: int, back: int) -> tuple[tuple[int, int], ...]:
    if len(text) != len(other):
        return ((front, len(text) - back),)
    spans: list[tuple[int, int]] = []
    for at, (left, right) in enumerate(zip(text, other, strict=True)):
        if left == right:
            continue
        if spans and spans[-1][1] == at:
            spans[-1] = (spans[-1][0], at + 1)
        else:
            spans.append((at, at + 1))
    return tuple(spans)
