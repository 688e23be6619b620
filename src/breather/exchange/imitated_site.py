"""What a site that somebody asks about can be read as: a service that a list in force names, in other letters.

For people who look into a site, not for decisions: allow lists are read through for it, once for each question.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from publicsuffixlist import PublicSuffixList

from breather.domain.entry import HOST, Standing
from breather.domain.instant import Millis
from breather.intelligence.claim_record import read_claim
from breather.intelligence.domain_name import BadDomain, DomainName, read_domain
from breather.intelligence.imitation import Way, brands, has_mixed_scripts, imitated
from breather.intelligence.list_folder import ListFolder
from breather.storage.exchange.intelligence import InForce, lists_in_force
from breather.storage.reader import Reader


@dataclass(frozen=True, slots=True)
class Reading:
    """How people may read the name of a site. `service`: the registered domain of the one that it can be taken for, and
    `source` who names that one; "" where it can be taken for none that is known.
    """

    site: str
    service: str = ""
    source: str = ""
    way: Way | None = None
    mixed_scripts: bool = False

    @property
    def is_suspicious(self) -> bool:
        return bool(self.service) or self.mixed_scripts


def reading_of(reader: Reader, folder: ListFolder, text: str, suffixes: PublicSuffixList, now: Millis) -> Reading:
    """`text` is a host or a link. Nothing is suspicious in what nobody could have registered, or is a service's own.

    Raises DamagedFile.
    """
    try:
        site = read_domain(text, suffixes)
    except BadDomain:
        return Reading(text)
    own: dict[str, list[DomainName]] = defaultdict(list)
    named: dict[str, str] = {}
    for source, host in _services(lists_in_force(reader), folder, now):
        try:
            service = read_domain(host, suffixes)
        except BadDomain:
            continue
        own[service.label].append(service)
        named.setdefault(service.registrable, source)
    if site.registrable in named:
        return Reading(site.shown)
    mixed = any(has_mixed_scripts(label) for label in site.shown.split("."))
    found = imitated(site, brands(own))
    if found is None:
        return Reading(site.shown, mixed_scripts=mixed)
    service = min(own[found.brand], key=lambda each: (each.suffix != site.suffix, each.registrable))
    return Reading(site.shown, service.registrable, named[service.registrable], found.way, mixed)


def _services(rows: InForce, folder: ListFolder, now: Millis) -> Iterator[tuple[str, str]]:
    """(list, host) of every host that a list in force allows. Only lists that counted some are read."""
    for each in rows.lists:
        ended = each.expires_at is not None and each.expires_at <= now
        if ended or not msgspec.json.decode(each.summary).get("services"):
            continue
        for _, record in folder.snapshot(each.snapshot).records():
            claim = read_claim(record)
            ruled = rows.rulings.get((each.name, claim.scope, claim.value))
            withdrawn = ruled is not None and ruled.ruling == Standing.WITHDRAWN
            if claim.scope == HOST and claim.allows and not withdrawn:
                yield each.name, claim.value
