"""Why a text is not an address, in words that the person who typed it can act on.

`suggestion` is filled in only where the repair loses nothing: spaces around it, the capital X of `0X`, TRON's
hexadecimal form. An address whose checksum fails never gets a suggestion: whatever we proposed would be a
guess at where somebody's money goes.
"""

from enum import StrEnum


class AddressFault(StrEnum):
    """Stable names for programs; the message is for people."""

    EMPTY = "address_empty"
    CHARACTER = "address_character"
    LENGTH = "address_length"
    FORM = "address_form"
    CHECKSUM = "address_checksum"
    NETWORK = "address_network"
    # Well-formed, and on this network, but nothing that a withdrawal could be paid to.
    UNPAYABLE = "address_unpayable"
    # No address at all, but a secret key: whoever reads it owns what is there.
    KEY = "address_key"


class BadAddress(ValueError):
    """The text cannot be used as an address on that network."""

    def __init__(self, code: AddressFault, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.suggestion = suggestion


CHECKSUM_MESSAGE = "the checksum does not match: at least one character is wrong"


def of_test_network(network: str) -> BadAddress:
    """The refusal of an address that only a test network has. `network` is "Bitcoin", "Cardano" ..."""
    return BadAddress(
        AddressFault.NETWORK, f"this is an address of a {network} test network, where coins have no value"
    )


def refuse_foreign_characters(text: str, allowed: str, because: str) -> None:
    """Raises BadAddress naming the first character outside `allowed` and its position, counted from 1.

    `because` says what is written instead, for example "addresses of this kind never contain 0, O, I or l".
    """
    # Stripping is one call; only what it leaves is looked at character by character.
    if not text.strip(allowed):
        return
    for position, character in enumerate(text, start=1):
        if character not in allowed:
            raise BadAddress(AddressFault.CHARACTER, f"character {position} is {spelled(character)}; {because}")


def spelled(character: str) -> str:
    """A character so that it can be looked up: visible ASCII in quotes, all else by its code point."""
    names = {" ": "a space", "\t": "a tab", "\n": "a line break", "\r": "a line break"}
    if character in names:
        return names[character]
    if "!" <= character <= "~":
        return f"'{character}'"
    shown = f" '{character}'" if character.isprintable() else ""
    return f"U+{ord(character):04X}{shown}"
