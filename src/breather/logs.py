"""Logs: one JSON object a line, on standard error, for whatever the machine collects them with.

What may be logged is what the operator needs to find a case: the withdrawal's id, codes, numbers. Never a customer,
an address, an amount, a token, or the text of a request (guarantee G2); a test greps a run for them.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import BinaryIO, Final, TextIO

import msgspec
import structlog

LEVELS: Final = ("debug", "info", "warning", "error")
Line = Callable[[msgspec.Struct], None]


def log_as_json(level: str, to: TextIO) -> None:
    """For everything that happens now and then."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(to),
    )


def lines_to(to: BinaryIO) -> Line:
    """For what happens with every decision: a struct with `timestamp`, `level` and `event`, encoded in one go.

    The event loop writes it, and a line by structlog would take it several times as long. What one round of the loop
    has to say is written at its end, together: each write lets go of Python's lock, and taking it back takes its time.
    """
    encode = msgspec.json.Encoder().encode
    lines: list[bytes] = []

    def write() -> None:
        text = b"\n".join(lines) + b"\n"
        lines.clear()  # first: what cannot be written must not keep all later ones from being tried
        to.write(text)
        to.flush()

    def add(line: msgspec.Struct) -> None:
        lines.append(encode(line))
        if len(lines) == 1:
            asyncio.get_running_loop().call_soon(write)

    return add
