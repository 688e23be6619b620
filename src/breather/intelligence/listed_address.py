"""An address as a list prints it, to the network and spelling under which it will be looked up.

Lists are dirtier than customers: spaces, remarks, hexadecimal forms, placeholders. What can be repaired without a guess
is; what cannot is refused with the reason. A label belongs to a network, so an address without one is refused unless
its form leaves only one.
"""

import re
from collections.abc import Iterable

import base58

from breather.domain.asset import Network
from breather.intelligence.address import canonical_address
from breather.intelligence.bad_address import AddressFault, BadAddress
from breather.intelligence.importers.finding import Reason
from breather.intelligence.network_name import FOR_TOKENS, is_token, network_of

_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{40}")
# 0x0, 0x1 ... and "dead" are nobody's; nor is one digit forty times, which some interfaces use for "the native coin".
_SMALLEST = 1 << 32
# Where the form alone names the network. Every 0x network has the same form, so none of them is here.
_BY_FORM = (Network.TRON, Network.BITCOIN)


class NotTaken(ValueError):
    """The address cannot stand in a snapshot. `reason` is one of a closed list, the message is for people."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def read_listed(text: str, network_name: str, otherwise: Network | None) -> tuple[Network, str]:
    """Network and canonical address. `network_name` as the list has it; "" if it has none, then `otherwise` counts.

    Raises NotTaken.
    """
    wanted = text.strip()
    if not wanted:
        raise NotTaken(Reason.NOTHING_TO_FIND, "there is no address")
    if network_name and not is_token(network_name):
        network = network_of(network_name)
        if network is None:
            raise NotTaken(Reason.UNKNOWN_NETWORK, f"{network_name!r} is none of our networks")
        found = _canonical(network, wanted)
    elif network_name:
        network, found = _by_form(wanted, FOR_TOKENS)
    elif otherwise is not None:
        network, found = otherwise, _canonical(otherwise, wanted)
    else:
        network, found = _by_form(wanted, _BY_FORM)
    if _is_placeholder(found):
        raise NotTaken(Reason.PLACEHOLDER, "is a placeholder that nobody has a key for")
    return network, found


def _canonical(network: Network, text: str) -> str:
    try:
        return canonical_address(network, text)
    except BadAddress as bad:
        if bad.suggestion:
            # Never for a checksum: `BadAddress` suggests only what loses nothing.
            return _canonical_once(network, bad.suggestion)
        raise _not_taken(bad) from None


def _canonical_once(network: Network, text: str) -> str:
    try:
        return canonical_address(network, text)
    except BadAddress as bad:
        raise _not_taken(bad) from None


def _by_form(text: str, among: Iterable[Network]) -> tuple[Network, str]:
    for network in among:
        try:
            return network, canonical_address(network, text)
        except BadAddress:
            continue
    if _HEXADECIMAL.fullmatch(text):
        raise NotTaken(Reason.UNKNOWN_NETWORK, "0x addresses exist on many networks, and the list does not say which")
    names = ", ".join(among)
    raise NotTaken(Reason.UNKNOWN_NETWORK, f"the list names no network, and this has the form of none of {names}")


def _not_taken(bad: BadAddress) -> NotTaken:
    reason = Reason.OTHER_NETWORK if bad.code is AddressFault.NETWORK else Reason.BAD_ADDRESS
    return NotTaken(reason, bad.message)


def _is_placeholder(address: str) -> bool:
    if address.startswith("0x"):
        return int(address, 16) < _SMALLEST or len(set(address[2:].lower())) == 1
    try:
        payload = base58.b58decode_check(address)
    except ValueError:
        return False
    return int.from_bytes(payload[1:], "big") < _SMALLEST
