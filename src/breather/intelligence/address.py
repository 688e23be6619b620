"""Destinations as people type them, to the one spelling that is stored, compared and paid to.

`canonical_address` is the door: behind it, two destinations are the same exactly if their texts are equal.
What cannot be read is refused with the reason, and with the network that the text belongs to where it is good
elsewhere: the commonest expensive mistake is the right address on the wrong network.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from breather.domain.asset import Network
from breather.intelligence.bad_address import AddressFault, BadAddress, spelled
from breather.intelligence.bitcoin import read_bitcoin
from breather.intelligence.ethereum import read_ethereum
from breather.intelligence.tron import read_tron

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
    }
)

_FAMILIES: Mapping[Reader, str] = MappingProxyType(
    {
        read_tron: "a TRON address",
        read_bitcoin: "a Bitcoin address",
        read_ethereum: "an Ethereum-style address (0x...)",
    }
)


def canonical_address(network: Network, text: str) -> str:
    """The canonical spelling of an address on `network`.

    TRON and Bitcoin base58: as given; Bitcoin bech32: small letters; 0x addresses: EIP-55 capitals.
    Raises BadAddress with a code, a message and, where nothing is lost by it, the right spelling.
    """
    _refuse_unusable_text(text)
    reader = READERS[network]
    try:
        return reader(text)
    except BadAddress:
        family = _family_of(text, reader)
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
    if text != text.strip():
        raise BadAddress(AddressFault.CHARACTER, "there is white space around the address", text.strip())
    for position, character in enumerate(text, start=1):
        # Letters of other scripts look like Latin ones and are how look-alike addresses get past the eye.
        if not "!" <= character <= "~":
            message = f"character {position} is {spelled(character)}; an address has only plain letters and digits"
            raise BadAddress(AddressFault.CHARACTER, message)


def _family_of(text: str, tried: Reader) -> str:
    """What kind of address the text is on another network; "" if on none."""
    for reader, family in _FAMILIES.items():
        if reader is tried:
            continue
        try:
            reader(text)
        except BadAddress:
            continue
        return family
    return ""
