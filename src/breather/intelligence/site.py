"""Under which names lists may know a site that somebody asks about: its host, and each domain above it that is its
owner's too.

A list that names `evil.example` means `login.evil.example` as well; one that names `fake.pages.dev` means nobody else
on `pages.dev`. The suffix list says where the owner's part ends.
"""

from publicsuffixlist import PublicSuffixList

from breather.intelligence.domain_name import BadDomain, DomainFault, read_domain
from breather.intelligence.host import read_host

# What somebody may list, although nobody could register it: a number, or a suffix as a whole.
_LISTED_AS_IT_IS = frozenset({DomainFault.IP_ADDRESS, DomainFault.SUFFIX})


def names_of(text: str, suffixes: PublicSuffixList) -> tuple[str, ...]:
    """As `Intelligence.find_host` takes them, the whole host first, what somebody registered last. `text` is a host or
    a link, also with a page, and as analysts write it (`hxxp`, `[.]`).

    Raises BadDomain, NotTaken.
    """
    try:
        domain = read_domain(text, suffixes)
    except BadDomain as bad:
        if bad.code not in _LISTED_AS_IT_IS:
            raise
        return (read_host(text),)
    names = [domain.name]
    while names[-1] != domain.registrable:
        names.append(names[-1].partition(".")[2])
    return tuple(names)
