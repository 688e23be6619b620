"""Logs: one JSON object a line, on standard error, for whatever the machine collects them with.

What may be logged is what the operator needs to find a case: the withdrawal's id, codes, numbers. Never a customer,
an address, an amount, a token, or the text of a request (guarantee G2); a test greps a run for them.
"""

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

    The event loop writes it, and a line by structlog would take it several times as long.
    """
    encode = msgspec.json.Encoder().encode

    def write(line: msgspec.Struct) -> None:
        to.write(encode(line) + b"\n")
        to.flush()

    return write
