"""The demo exchange as a process of its own, set up by environment variables.

BREATHER_DEMO_PORT             where to listen; browse it as http://localhost:PORT
BREATHER_DEMO_SERVICE_URL      Breather, as http://127.0.0.1:PORT: another site than localhost, on purpose
BREATHER_DEMO_API_KEY          with the scopes assess, respond, clear, read; test mode only
BREATHER_DEMO_CLEARANCE_KEYS   kid=base64 of the public key; several with commas between
BREATHER_DEMO_DATABASE         the file with the exchange's own books
BREATHER_DEMO_VASP             default demo-exchange
BREATHER_DEMO_SECRET           64 hex digits; default random, which signs everybody out at a restart
"""

import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import uvicorn

from breather.client import Breather
from breather.demo.site import create_site

PREFIX = "BREATHER_DEMO_"


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """What the process needs to know."""

    port: int
    service_url: str
    api_key: str = field(repr=False)
    clearance_keys: Mapping[str, str]
    database: Path
    vasp: str
    secret: bytes = field(repr=False)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Raises ValueError naming the variable and what it should be."""
        try:
            port = int(_needed(environment, "PORT"))
            secret = bytes.fromhex(environment.get(f"{PREFIX}SECRET") or secrets.token_hex(32))
        except ValueError as error:
            raise ValueError(f"{PREFIX}PORT must be a number and {PREFIX}SECRET hex digits: {error}") from error
        return cls(
            port=port,
            service_url=_needed(environment, "SERVICE_URL"),
            api_key=_needed(environment, "API_KEY"),
            clearance_keys=read_keys(_needed(environment, "CLEARANCE_KEYS")),
            database=Path(_needed(environment, "DATABASE")),
            vasp=environment.get(f"{PREFIX}VASP", "demo-exchange"),
            secret=secret,
        )


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(PREFIX + name, "")
    if not value:
        raise ValueError(f"{PREFIX}{name} is not set; `breather demo` sets it")
    return value


def read_keys(text: str) -> dict[str, str]:
    """`kid=base64,kid=base64` as a mapping. Raises ValueError."""
    keys: dict[str, str] = {}
    for pair in text.split(","):
        kid, separator, key = pair.strip().partition("=")
        if not (kid and separator and key):
            raise ValueError(f"{PREFIX}CLEARANCE_KEYS: {pair!r} is not of the form kid=base64")
        keys[kid] = key
    return keys


def now_millis() -> int:
    return time.time_ns() // 1_000_000


def run(environment: Mapping[str, str] | None = None) -> None:
    """Serve until the process is told to end. Raises ValueError for settings that cannot be right."""
    settings = DemoSettings.read(os.environ if environment is None else environment)
    with Breather(
        settings.service_url,
        settings.api_key,
        vasp=settings.vasp,
        mode="test",
        clearance_keys=settings.clearance_keys,
        timeout=3.0,
    ) as client:
        site = create_site(client, settings.database, settings.service_url, now_millis, settings.secret)
        uvicorn.run(site, host="127.0.0.1", port=settings.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    run()
