"""Sanctioned addresses of the US Treasury's OFAC, one a line, one file for each asset.

The form of https://github.com/0xB10C/ofac-sanctioned-digital-currency-addresses: the asset is in the file's name,
`sanctioned_addresses_XBT.txt`. Some assets are tokens (USDT), and some addresses stand in the wrong file; the person is
sanctioned all the same, so an address whose form names another network is taken for that one.
"""

import re
from collections.abc import Iterator

from breather.domain.entry import Category, Claim, Confidence
from breather.intelligence.importers.finding import Dated, NotThisFormat, Reason, Rejected, Row, Terms
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.importers.said import Said, about_address

_NAME = re.compile(r"sanctioned_addresses_([A-Za-z0-9]{2,10})\.txt")
_TOKEN = "USDT"  # noqa: S105  an asset without a network of its own
_SAID = Said(Category.SANCTIONED, label="OFAC SDN", confidence=Confidence.HIGH)


def read(file: ListFile, terms: Terms) -> Iterator[Row | Claim | Rejected | Dated]:
    """Raises NotThisFormat where neither the name nor the terms say which asset it is."""
    named = _NAME.fullmatch(file.name)
    if named is None and terms.network is None:
        raise NotThisFormat(
            f"{file.name!r} does not name the asset; name it like sanctioned_addresses_ETH.txt, or say --network"
        )
    asset = "" if named is None else named[1]
    for line in file.lines():
        if isinstance(line, Rejected):
            yield line
            continue
        number, text = line
        if not text.strip():
            continue
        yield Row(number)
        claim = about_address(_SAID, number, text, asset, terms)
        if isinstance(claim, Rejected) and claim.reason is Reason.OTHER_NETWORK:
            elsewhere = about_address(_SAID, number, text, _TOKEN, terms)
            claim = claim if isinstance(elsewhere, Rejected) else elsewhere
        yield claim
