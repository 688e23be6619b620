"""Destinations as people type them, to the one spelling that is stored, compared and paid to.

`canonical_address` is the door: behind it, two destinations are the same exactly if their texts are equal.
What cannot be read is refused with the reason, and with the network that the text belongs to where it is good
elsewhere: the commonest expensive mistake is the right address on the wrong network. `destination.py` adds the memo.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from breather.domain.asset import Network
from breather.intelligence.bad_address import AddressFault, BadAddress, spelled
from breather.intelligence.bitcoin import read_bitcoin
from breather.intelligence.bitcoin_cash import read_bitcoin_cash
from breather.intelligence.cardano import read_cardano
from breather.intelligence.cosmos import read_cosmos
from breather.intelligence.dogecoin import read_dogecoin
from breather.intelligence.ethereum import read_ethereum
from breather.intelligence.litecoin import read_litecoin
from breather.intelligence.polkadot import read_polkadot
from breather.intelligence.solana import read_solana
from breather.intelligence.stellar import read_stellar
from breather.intelligence.ton import read_ton
from breather.intelligence.tron import read_tron
from breather.intelligence.xrp import XrpAccount, read_account, read_xrp

T = TypeVar("T")
Reader = Callable[[str], str]

LONGEST = 128

READERS: Mapping[Network, Reader] = MappingProxyType(
    {
        Network.TRON: read_tron,
        Network.BITCOIN: read_bitcoin,
        Network.ETHEREUM: read_ethereum,
        Network.BSC: read_ethereum,
        Network.POLYGON: read_ethereum,
        Network.ARBITRUM: read_ethereum,
        Network.OPTIMISM: read_ethereum,
        Network.BASE: read_ethereum,
        Network.AVALANCHE: read_ethereum,
        Network.SOLANA: read_solana,
        Network.LITECOIN: read_litecoin,
        Network.DOGECOIN: read_dogecoin,
        Network.BITCOIN_CASH: read_bitcoin_cash,
        Network.XRP: read_xrp,
        Network.TON: read_ton,
        Network.CARDANO: read_cardano,
        Network.STELLAR: read_stellar,
        Network.COSMOS: read_cosmos,
        Network.POLKADOT: read_polkadot,
    }
)

# Solana last: it has no checksum, and takes for its own what only looks like it.
_FAMILIES: Mapping[Reader, str] = MappingProxyType(
    {
        read_tron: "a TRON address",
        read_bitcoin: "a Bitcoin address",
        read_ethereum: "an Ethereum-style address (0x...)",
        read_litecoin: "a Litecoin address",
        read_dogecoin: "a Dogecoin address",
        read_bitcoin_cash: "a Bitcoin Cash address",
        read_xrp: "an address of the XRP Ledger",
        read_ton: "a TON address",
        read_cardano: "a Cardano address",
        read_stellar: "a Stellar address",
        read_cosmos: "an address of the Cosmos Hub",
        read_polkadot: "a Polkadot address",
        read_solana: "a Solana address",
    }
)


# These say already what the text is.
_SAID = frozenset({AddressFault.NETWORK, AddressFault.UNPAYABLE, AddressFault.KEY})


def canonical_address(network: Network, text: str) -> str:
    """The canonical spelling of an address on `network`; docs/addresses.md says which that is.

    Raises BadAddress with a code, a message and, where nothing is lost by it, the right spelling. An X-address of the
    XRP Ledger that carries a tag is refused, because the tag would be lost: `canonical_destination` keeps it.
    """
    return _read(network, text, READERS[network])


def canonical_account(text: str) -> XrpAccount:
    """Account and tag on the XRP Ledger, from either of its spellings. Raises BadAddress."""
    return _read(Network.XRP, text, read_account)


def _read(network: Network, text: str, reader: Callable[[str], T]) -> T:
    _refuse_unusable_text(text)
    try:
        return reader(text)
    except BadAddress as bad:
        family = "" if bad.code in _SAID else _family_of(text, network)
        if not family:
            raise
        # The other network's name says more than "character 2 is 'x'".
        message = f"this is {family}, but the network is {network}"
        raise BadAddress(AddressFault.NETWORK, message) from None


def _refuse_unusable_text(text: str) -> None:
    if not text.strip():
        raise BadAddress(AddressFault.EMPTY, "the address is empty")
    if len(text) > LONGEST:
        message = f"an address has at most {LONGEST} characters; this has {len(text)}"
        raise BadAddress(AddressFault.LENGTH, message)
    if text.isascii() and text.isprintable() and " " not in text:
        return
    if text != text.strip():
        raise BadAddress(AddressFault.CHARACTER, "there is white space around the address", text.strip())
    for position, character in enumerate(text, start=1):
        # Letters of other scripts look like Latin ones and are how look-alike addresses get past the eye.
        if not "!" <= character <= "~":
            message = f"character {position} is {spelled(character)}; an address has only plain letters and digits"
            raise BadAddress(AddressFault.CHARACTER, message)


def _family_of(text: str, tried: Network) -> str:
    """What kind of address the text is on another network; "" if on none. Raises BadAddress for a secret key."""
    for reader, family in _FAMILIES.items():
        if reader is READERS[tried]:
            continue
        try:
            reader(text)
        except BadAddress as bad:
            if bad.code is AddressFault.KEY:
                raise
            # What cannot be paid still says whose it is.
            if bad.code is not AddressFault.UNPAYABLE:
                continue
        return family
    return ""
