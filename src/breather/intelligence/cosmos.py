"""Addresses of the Cosmos Hub (ATOM): bech32 over the 20 bytes of an account, cosmos1...

Sources: the Cosmos SDK's documentation, "Bech32 on Cosmos"; ADR-028 for the 32 bytes of modules and contracts, which
no customer has. Other chains of the family have other beginnings (osmo1, kava1) and are other networks.
"""

import re

from breather.intelligence.bad_address import AddressFault, BadAddress
from breather.intelligence.bech32_text import (
    BECH32,
    BECH32_CODE,
    bech32_start,
    check,
    digits_of,
    one_case,
    whole_bytes,
)

PREFIX = "cosmos1"
ACCOUNT_BYTES, MODULE_BYTES = 20, 32
LENGTH, MODULE_LENGTH = 45, 65
# Validators' and keys' own spellings.
_OTHER = re.compile(r"cosmos(?:valoper|valcons)?(?:pub)?1")
_START = bech32_start(PREFIX[:-1])


def read_cosmos(text: str) -> str:
    """The address in small letters. Raises BadAddress."""
    form = "an address of the Cosmos Hub begins with cosmos1 and has 45 characters"
    lowered = text.lower()
    if not lowered.startswith(PREFIX):
        if _OTHER.match(lowered):
            raise BadAddress(AddressFault.UNPAYABLE, f"this names a validator or a key; {form}")
        raise BadAddress(AddressFault.FORM, f"{form}; this one begins with '{text[: len(PREFIX)]}'")
    canonical = one_case(text)
    if len(canonical) not in {LENGTH, MODULE_LENGTH}:
        raise BadAddress(AddressFault.LENGTH, f"{form}; this one has {len(text)}")
    digits = digits_of(canonical, PREFIX)
    check(BECH32_CODE, _START, digits, BECH32, len(PREFIX) + 1)
    held = whole_bytes(digits[: -BECH32_CODE.length])
    if held == MODULE_BYTES:
        raise BadAddress(AddressFault.UNPAYABLE, f"this belongs to a module or a contract and to nobody; {form}")
    if held != ACCOUNT_BYTES:
        raise BadAddress(AddressFault.FORM, f"{form}; this one holds something else")
    return canonical
