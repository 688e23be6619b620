"""Domain names as customers and analysts give them, to the one spelling and the part that somebody registered.

Sources: UTS 46 and RFC 5890 to 5892 for international names (`idna`, not transitional: as browsers do); the Public
Suffix List *with its private section*, because on `pages.dev` or `github.io` each name is somebody else's, and to list
the parent would list them all. The list comes with `publicsuffixlist`; nothing is fetched.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

import idna
from publicsuffixlist import PublicSuffixList

LONGEST_TEXT = 2_000
LONGEST_NAME, LONGEST_LABEL = 253, 63
ENCODED = "xn--"
# Underscores are no letters of host names, and yet in many that resolve.
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# How analysts write a link so that nobody follows it.
_DEFANGED = re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)", re.IGNORECASE)
_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]{0,20}:)?//", re.IGNORECASE)


class DomainFault(StrEnum):
    """Stable names for programs; the message is for people."""

    EMPTY = "domain_empty"
    FORM = "domain_form"
    LABEL = "domain_label"
    LENGTH = "domain_length"
    IP_ADDRESS = "domain_ip_address"
    SINGLE = "domain_single_label"
    SUFFIX = "domain_suffix"


class BadDomain(ValueError):
    """The text names no domain that somebody could have registered."""

    def __init__(self, code: DomainFault, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class DomainName:
    """`name` and the others in ASCII, small letters, no dot at the end. `shown` as people read it.

    `registrable` is the suffix and one label: what one party has. `suffix` is under which.
    """

    name: str
    registrable: str
    suffix: str
    shown: str

    @property
    def label(self) -> str:
        """What was registered, without the suffix, as people read it."""
        labels = self.shown.split(".")
        return labels[len(labels) - self.suffix.count(".") - 2]


def load_suffixes() -> PublicSuffixList:
    """The list of the installed version, with its private section. A fifth of a second: do it once."""
    return PublicSuffixList(accept_unknown=True, only_icann=False)


def read_domain(text: str, suffixes: PublicSuffixList) -> DomainName:
    """A host name, alone or in a link, also one written with `[.]` and `hxxp`. Raises BadDomain.

    Unknown top-level names count as suffixes: the list is older than the newest of them.
    """
    host = _host(text)
    if _is_ip_address(host):
        raise BadDomain(DomainFault.IP_ADDRESS, f"{host} is an IP address and no domain")
    labels = ascii_name(host).split(".")
    if len(labels) < 2:
        raise BadDomain(DomainFault.SINGLE, f"{host!r} has no dot: it is no domain that somebody could have registered")
    name = ".".join(labels)
    if len(name) > LONGEST_NAME:
        raise BadDomain(DomainFault.LENGTH, f"a domain has at most {LONGEST_NAME} characters; this has {len(name)}")
    registrable = suffixes.privatesuffix(name)
    if registrable is None:
        raise BadDomain(DomainFault.SUFFIX, f"{name} is what others register their names under; name the whole host")
    suffix = registrable.partition(".")[2]
    return DomainName(name, registrable, suffix, ".".join(map(_shown, labels)))


def ascii_name(host: str) -> str:
    """The one spelling of a host's name, by UTS 46: small letters, ASCII, no dot at the end. Raises BadDomain."""
    return ".".join(_encoded(label) for label in _mapped(host).split("."))


def _host(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise BadDomain(DomainFault.LENGTH, f"a link has at most {LONGEST_TEXT} characters; this has {len(text)}")
    rest = _DEFANGED.sub(".", text.strip())
    if scheme := _SCHEME.match(rest):
        rest = rest[scheme.end() :]
    # In this order: an @ after the first slash, question mark or hash is no part of the host.
    rest = re.split(r"[/\\?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    host = rest if rest.startswith("[") else re.sub(r":\d{0,5}$", "", rest)
    if not host:
        raise BadDomain(DomainFault.EMPTY, "there is no domain in this")
    return host


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]").removesuffix("."))
    except ValueError:
        return False
    return True


def _mapped(host: str) -> str:
    """UTS 46: small letters, one form of each character, a plain dot; without one dot at the end."""
    try:
        # Plain letters need no table, and nearly all names are plain.
        mapped = host.lower() if host.isascii() else idna.uts46_remap(host, std3_rules=False, transitional=False)
    except idna.IDNAError as error:
        raise BadDomain(DomainFault.LABEL, f"no domain can be written so: {error}") from None
    mapped = mapped.removesuffix(".")
    if not mapped or ".." in mapped or mapped[0] == "." or mapped[-1] == ".":
        raise BadDomain(DomainFault.FORM, f"{host!r} has an empty part between its dots")
    return mapped


def _encoded(label: str) -> str:
    if label.isascii():
        if not _LABEL.fullmatch(label):
            message = f"{label[:LONGEST_LABEL]!r} has something other than letters, digits and hyphens, or is too long"
            raise BadDomain(DomainFault.LABEL, message)
        return label
    try:
        return idna.alabel(label).decode("ascii")
    except idna.IDNAError as error:
        # Emoji and the like: IDNA 2008 has no place for them, registries and browsers do.
        encoded = ENCODED + label.encode("punycode").decode("ascii")
        drawn = all(each.isalnum() or each.isascii() or unicodedata.category(each) in {"So", "Sk"} for each in label)
        if drawn and _LABEL.fullmatch(encoded):
            return encoded
        if len(encoded) > LONGEST_LABEL:
            raise BadDomain(DomainFault.LENGTH, f"{label[:LONGEST_LABEL]!r} is too long") from None
        raise BadDomain(DomainFault.LABEL, f"{label!r} cannot be part of a domain: {error}") from None


def _shown(label: str) -> str:
    """As people read it; as it stands where it says nothing that can be read."""
    if not label.startswith(ENCODED):
        return label
    try:
        return label[len(ENCODED) :].encode("ascii").decode("punycode")
    except ValueError:
        return label
