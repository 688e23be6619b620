"""Process settings: environment variables named `BREATHER_...`, read once, strictly (`docs/settings.md`)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from breather.domain.finding import Finding, Refused, nearest
from breather.logs import LEVELS

T = TypeVar("T", "Settings", "AgencySettings")

PREFIX: Final = "BREATHER_"
AGENCY_PREFIX: Final = "BREATHER_AGENCY_"
# Read by other parts of the project, and never taken for a misspelt setting.
OTHER_PREFIXES: Final = ("BREATHER_DEMO_", "BREATHER_TEST_", AGENCY_PREFIX)

# Reminders go out after two and four weeks, and a pause, a hold and an appeal have to be over.
LEAST_KEPT_DAYS: Final = 30

# They become part of a page's security policy, so nothing else may stand in them.
LOOPBACK = "127.0.0.1"
_ORIGIN: Final = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


def _text(value: str) -> str:
    if not value or len(value) > 500 or not value.isprintable():
        raise ValueError("must be a text of 1 to 500 characters")
    return value


def _file(value: str) -> Path | None:
    return None if value == "" else Path(_text(value))


def _folder(value: str) -> Path:
    return Path(_text(value))


def _word(*allowed: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in allowed:
            near = nearest(value, allowed)
            raise ValueError(f"must be {' or '.join(allowed)}" + (f"; did you mean {near}?" if near else ""))
        return value

    return read


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isascii() or not value.isdigit() or len(value) > 12 or not least <= int(value) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(value)

    return read


def _number_or_none(least: int, most: int) -> Callable[[str], int]:
    """0, which means never, or a number in the range."""
    some = _number(least, most)

    def read(value: str) -> int:
        try:
            return 0 if value == "0" else some(value)
        except ValueError:
            raise ValueError(f"must be 0, or a whole number from {least} to {most}") from None

    return read


def _url(value: str) -> str:
    parts = urlsplit(value)
    odd = any(mark in " <>\"'`\\" or not mark.isprintable() for mark in value)
    if odd or parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://breather.example")
    return value.rstrip("/")


def _listener(value: str) -> str:
    """HOST:PORT; a port alone is one of this machine."""
    host, colon, port = value.rpartition(":")
    try:
        return value and f"{_text(host) if colon else LOOPBACK}:{_number(1, 65535)(port)}"
    except ValueError:
        raise ValueError("must be a port from 1 to 65535, or HOST:PORT such as 10.0.0.5:9464") from None


def _origins(value: str) -> tuple[str, ...]:
    found = tuple(value.split())
    if not all(_ORIGIN.fullmatch(origin) for origin in found):
        raise ValueError("must be origins separated by spaces, such as https://www.exchange.example, without a path")
    return found


def _zone(value: str) -> str:
    try:
        ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be the IANA name of a time zone, such as Asia/Macau") from None
    return value


def _setting(read: Callable[[str], Any], default: Any) -> Any:
    return field(default=default, metadata={"read": read})


@dataclass(frozen=True, slots=True)
class Settings:
    """Of one exchange service. Both of its processes read the same."""

    database: str = _setting(_text, "sqlite:///breather.db")
    keys: Path = _setting(_folder, Path("keys"))
    witness: str = _setting(_text, "")
    intelligence: Path = _setting(_folder, Path("intelligence"))
    mode: str = _setting(_word("test", "live"), "test")
    vasp: str = _setting(_text, "my-exchange")
    host: str = _setting(_text, LOOPBACK)
    port: int = _setting(_number(1, 65535), 8080)
    public_url: str = _setting(_url, "http://127.0.0.1:8080")
    exchange_origins: tuple[str, ...] = _setting(_origins, ())
    exchange_home: str = _setting(_url, "http://localhost:8081")
    deadline_ms: int = _setting(_number(1, 60_000), 100)
    queue: int = _setting(_number(1, 100_000), 1024)
    spool: Path | None = _setting(_file, None)
    spool_slots: int = _setting(_number(16, 1_000_000), 4096)
    keep_days: int = _setting(_number_or_none(LEAST_KEPT_DAYS, 36_500), 0)
    backup_days: int = _setting(_number(1, 3650), 30)
    log_level: str = _setting(_word(*LEVELS), "info")
    metrics: str = _setting(_listener, "")
    worker_seconds: int = _setting(_number(1, 3600), 10)

    @property
    def spool_file(self) -> Path:
        """Beside the key folder if it was not said where: that is a place of this one service's own."""
        return self.spool or self.keys.with_name(f"{self.keys.name}.spool")


@dataclass(frozen=True, slots=True)
class AgencySettings:
    """Of one agency service. `organisation` is its name to peers, `name` what the public and its officers read."""

    database: str = _setting(_text, "sqlite:///agency.db")
    keys: Path = _setting(_folder, Path("agency-keys"))
    witness: str = _setting(_text, "")
    mode: str = _setting(_word("test", "live"), "test")
    organisation: str = _setting(_text, "my-agency")
    name: str = _setting(_text, "My agency")
    host: str = _setting(_text, LOOPBACK)
    port: int = _setting(_number(1, 65535), 8090)
    public_url: str = _setting(_url, "http://127.0.0.1:8090")
    zone: str = _setting(_zone, "UTC")
    proxies: int = _setting(_number(0, 5), 0)
    queue: int = _setting(_number(1, 100_000), 1024)
    log_level: str = _setting(_word("debug", "info", "warning", "error"), "info")
    metrics: str = _setting(_listener, "")
    worker_seconds: int = _setting(_number(1, 3600), 10)


def witness_folder(settings: Settings | AgencySettings) -> Path:
    """Outside of the database; beside the keys unless it is set."""
    return Path(settings.witness) if settings.witness else settings.keys.with_name(f"{settings.keys.name}-witness")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises Refused with every variable that is wrong, and for a `BREATHER_` variable that no setting has."""
    return _read(Settings, PREFIX, OTHER_PREFIXES, environment)


def read_agency_settings(environment: Mapping[str, str]) -> AgencySettings:
    """The same for variables named `BREATHER_AGENCY_...`; those of the exchange service are passed over."""
    return _read(AgencySettings, AGENCY_PREFIX, (), environment)


def _read(of: type[T], prefix: str, passed_over: tuple[str, ...], environment: Mapping[str, str]) -> T:
    findings: list[Finding] = []
    known = {prefix + setting.name.upper(): setting for setting in fields(of)}
    values: dict[str, Any] = {}
    for name, value in environment.items():
        if not name.startswith(prefix) or name.startswith(passed_over):
            continue
        if name not in known:
            findings.append(Finding(name, "unknown-setting", "is not a setting", nearest(name, known)))
            continue
        setting = known[name]
        try:
            values[setting.name] = setting.metadata["read"](value)
        except ValueError as error:
            findings.append(Finding(name, "bad-setting", str(error)))
    settings = of(**values) if not findings else of()
    if settings.mode == "live" and not settings.public_url.startswith("https://"):
        findings.append(Finding(f"{prefix}PUBLIC_URL", "not-https", "must be https in live mode"))
    if findings:
        raise Refused("the settings cannot be used", findings)
    return settings


def as_environment(settings: Settings | AgencySettings) -> dict[str, str]:
    """The variables that these settings are made of: for processes started from here."""
    prefix = PREFIX if isinstance(settings, Settings) else AGENCY_PREFIX
    found = {}
    for setting in fields(settings):
        value = getattr(settings, setting.name)
        assert setting.default is not MISSING
        if value != setting.default:
            found[prefix + setting.name.upper()] = " ".join(value) if isinstance(value, tuple) else str(value)
    return found
