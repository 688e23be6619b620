"""MetaMask-style phishing configuration: `blacklist`, `whitelist`, `fuzzylist`, `tolerance`.

Source: https://github.com/MetaMask/eth-phishing-detect. Hosts only. The whitelist's are services: a host on both lists
is shown as questioned. The fuzzylist names sites that others imitate; it is not about scams, and look-alikes of names
are found otherwise, so it is counted and not used. `version` is that of the format, not of the list.
"""

from collections.abc import Iterator

import msgspec

from breather.domain.entry import Category, Claim
from breather.intelligence.importers.finding import Dated, NotThisFormat, Reason, Rejected, Row, Terms
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.importers.said import Said, about_host


class _Config(msgspec.Struct):
    listed: list[str] = msgspec.field(name="blacklist")
    whitelist: list[str] = []
    fuzzylist: list[str] = []


def read(file: ListFile, terms: Terms) -> Iterator[Row | Claim | Rejected | Dated]:
    """`line` of what it yields is the place in the list that it is about. Raises NotThisFormat."""
    try:
        config = msgspec.json.decode(file.document(), type=_Config)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise NotThisFormat(f"{file.name} is no configuration with a 'blacklist' of hosts: {error}") from None
    listed = Said(terms.category or Category.PHISHING, label="blacklist")
    allowed = Said(Category.SERVICE, label="whitelist", allows=True)
    for said, hosts in ((listed, config.listed), (allowed, config.whitelist)):
        for place, host in enumerate(hosts, start=1):
            yield Row(place)
            yield about_host(said, place, host, terms)
    for place, host in enumerate(config.fuzzylist, start=1):
        yield Row(place)
        yield Rejected.of(Reason.NOT_USED, place, host, "is on the fuzzylist: a site that others imitate")
