"""Who takes part in the demonstration, where each keeps its things, and on which port it listens."""

import socket
from dataclasses import dataclass
from pathlib import Path

from breather.demo.invented import OTHER_EXCHANGE
from breather.settings import AgencySettings, Settings

# As the sample's relay terms name it.
AGENCY, AGENCY_NAME = "macau-pj", "Demo Police (invented)"
EXCHANGES = (("demo-exchange", "Demo Exchange"), (OTHER_EXCHANGE, "Second Demo Exchange"))
# The service of the first exchange and its site, the same of the second, and the agency.
PORTS = 2 * len(EXCHANGES) + 1
LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Exchange:
    """`settings` are those of its Breather. `site_url` is on another host than that, so that a frame is cross-site."""

    vasp: str
    name: str
    settings: Settings
    site_port: int
    books: Path

    @property
    def site_url(self) -> str:
        return f"http://localhost:{self.site_port}"


@dataclass(frozen=True, slots=True)
class Cast:
    exchanges: tuple[Exchange, ...]
    agency: AgencySettings
    folder: Path


def cast_of(folder: Path, port: int) -> Cast:
    """Everybody, with settings for `folder` and the five ports that begin with `port`."""
    exchanges = tuple(
        _exchange(folder / vasp, vasp, name, port + 2 * number) for number, (vasp, name) in enumerate(EXCHANGES)
    )
    last = port + PORTS - 1
    agency = AgencySettings(
        database=f"sqlite:///{folder / 'agency.db'}",
        keys=folder / "agency-keys",
        organisation=AGENCY,
        name=AGENCY_NAME,
        port=last,
        public_url=f"http://127.0.0.1:{last}",
        zone="Asia/Macau",
        worker_seconds=2,
    )
    return Cast(exchanges, agency, folder)


def _exchange(folder: Path, vasp: str, name: str, port: int) -> Exchange:
    folder.mkdir()
    site = f"http://localhost:{port + 1}"
    settings = Settings(
        database=f"sqlite:///{folder / 'breather.db'}",
        keys=folder / "keys",
        vasp=vasp,
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        exchange_origins=(site,),
        exchange_home=site,
        deadline_ms=500,
        worker_seconds=2,
    )
    return Exchange(vasp, name, settings, port + 1, folder / "books.db")


def refuse_taken(port: int) -> None:
    """ValueError, with all the ports that are used, where one of them cannot be listened on."""
    last = port + PORTS - 1
    used = f"the demonstration uses {port} to {last}; choose another first one with --port"
    if not 1 <= port <= LAST_PORT - PORTS + 1:
        raise ValueError(f"ports end at {LAST_PORT}, and {used}")
    for number in range(port, last + 1):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                raise ValueError(f"port {number} is taken; {used}") from None
