"""Process settings: environment variables named `BREATHER_...`, read once, strictly (`docs/settings.md`)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from breather.domain.finding import Finding, Refused, nearest

PREFIX: Final = "BREATHER_"
# Read by other parts of the project, and never taken for a misspelt setting.
OTHER_PREFIXES: Final = ("BREATHER_DEMO_", "BREATHER_TEST_")

# They become part of a page's security policy, so nothing else may stand in them.
_ORIGIN: Final = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


def _text(value: str) -> str:
    if not value or len(value) > 500 or not value.isprintable():
        raise ValueError("must be a text of 1 to 500 characters")
    return value


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


def _url(value: str) -> str:
    parts = urlsplit(value)
    odd = any(mark in " <>\"'`\\" or not mark.isprintable() for mark in value)
    if odd or parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://breather.example")
    return value.rstrip("/")


def _origins(value: str) -> tuple[str, ...]:
    found = tuple(value.split())
    if not all(_ORIGIN.fullmatch(origin) for origin in found):
        raise ValueError("must be origins separated by spaces, such as https://www.exchange.example, without a path")
    return found


def _setting(read: Callable[[str], Any], default: Any) -> Any:
    return field(default=default, metadata={"read": read})


@dataclass(frozen=True, slots=True)
class Settings:
    """Of one exchange service. Both of its processes read the same."""

    database: str = _setting(_text, "sqlite:///breather.db")
    keys: Path = _setting(_folder, Path("keys"))
    mode: str = _setting(_word("test", "live"), "test")
    vasp: str = _setting(_text, "my-exchange")
    host: str = _setting(_text, "127.0.0.1")
    port: int = _setting(_number(1, 65535), 8080)
    public_url: str = _setting(_url, "http://127.0.0.1:8080")
    exchange_origins: tuple[str, ...] = _setting(_origins, ())
    exchange_home: str = _setting(_url, "http://localhost:8081")
    deadline_ms: int = _setting(_number(1, 60_000), 100)
    queue: int = _setting(_number(1, 100_000), 1024)
    worker_seconds: int = _setting(_number(1, 3600), 10)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises Refused with every variable that is wrong, and for a `BREATHER_` variable that no setting has."""
    findings: list[Finding] = []
    known = {PREFIX + setting.name.upper(): setting for setting in fields(Settings)}
    values: dict[str, Any] = {}
    for name, value in environment.items():
        if not name.startswith(PREFIX) or name.startswith(OTHER_PREFIXES):
            continue
        if name not in known:
            findings.append(Finding(name, "unknown-setting", "is not a setting", nearest(name, known)))
            continue
        setting = known[name]
        try:
            values[setting.name] = setting.metadata["read"](value)
        except ValueError as error:
            findings.append(Finding(name, "bad-setting", str(error)))
    settings = Settings(**values) if not findings else Settings()
    if settings.mode == "live" and not settings.public_url.startswith("https://"):
        findings.append(Finding(f"{PREFIX}PUBLIC_URL", "not-https", "must be https in live mode"))
    if findings:
        raise Refused("the settings cannot be used", findings)
    return settings


def as_environment(settings: Settings) -> dict[str, str]:
    """The variables that `read_settings` makes these settings of: for processes started from here."""
    found = {}
    for setting in fields(Settings):
        value = getattr(settings, setting.name)
        assert setting.default is not MISSING
        if value != setting.default:
            found[PREFIX + setting.name.upper()] = " ".join(value) if isinstance(value, tuple) else str(value)
    return found
