"""The two engines and the words in which they differ.

The common subset has three types: TEXT, BIGINT (signed 64 bits) and BYTES. Booleans are 0 and 1, amounts are
text, instants are milliseconds: nothing that the engines store differently is left to choose.
"""

from enum import StrEnum


class Dialect(StrEnum):
    """The value is the middle word of a dialect file: `queries.sqlite.sql`."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"

    @property
    def bytes_word(self) -> str:
        """What this engine calls the type that the common subset calls BYTES."""
        return "BLOB" if self is Dialect.SQLITE else "BYTEA"


TYPES = ("TEXT", "BIGINT", "BYTES")
