"""What the routes of the agency's service share: the running agency, and how it is reached from outside."""

from dataclasses import dataclass

from breather.agency.running import RunningAgency


@dataclass(frozen=True, slots=True)
class Site:
    """`public_url` has no slash at its end. `zone` is the IANA name of the time zone that pages are written in.

    `proxies`: how many proxies of the operator's own stand in front and add to `X-Forwarded-For`.
    """

    agency: RunningAgency
    name: str
    public_url: str
    zone: str
    proxies: int
