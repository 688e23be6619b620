"""Whole columns of parameters for PostgreSQL: arrays in its binary format, written in one go.

psycopg's own arrays look at each element anew, and take their type from what is in them: a column of nothing but NULL
would have none. Here the query has said the type. The format is that of PostgreSQL's `array_recv`.
"""

import struct
from collections.abc import Mapping
from typing import Any

from psycopg import DataError, adapt
from psycopg.pq import Format

_HEAD = struct.Struct("!iiIii")  # dimensions, whether any is NULL, type of the elements, how many, the first's number
_LENGTH = struct.Struct("!i")
_NUMBER = struct.Struct("!iq")
_NULL = _LENGTH.pack(-1)


class Column(list[Any]):
    """The values of one parameter, one for each row; each kind has its own class, by which psycopg knows it."""


class Texts(Column):
    """str or None."""


class Numbers(Column):
    """int or None."""


class Blobs(Column):
    """bytes or None."""


COLUMNS: Mapping[str, type[Column]] = {"TEXT": Texts, "BIGINT": Numbers, "BYTES": Blobs}


class ColumnDumper(adapt.Dumper):
    """`oid` is the array's type, `element` that of what is in it."""

    format = Format.BINARY
    element = 0

    def dump(self, obj: Any) -> bytes:
        nulls = None in obj
        parts = [_HEAD.pack(1, nulls, self.element, len(obj), 1)]
        try:
            parts += (
                [self.one(value) for value in obj]
                if not nulls
                else [_NULL if value is None else self.one(value) for value in obj]
            )
        except (struct.error, AttributeError, TypeError) as error:
            raise DataError(f"a value is of another type than its column, or out of its range: {error}") from error
        return b"".join(parts)

    @staticmethod
    def one(value: Any) -> bytes:
        raise NotImplementedError


class TextsDumper(ColumnDumper):
    oid = 1009
    element = 25

    @staticmethod
    def one(value: Any) -> bytes:
        written: bytes = value.encode()
        return _LENGTH.pack(len(written)) + written


class NumbersDumper(ColumnDumper):
    oid = 1016
    element = 20

    @staticmethod
    def one(value: Any) -> bytes:
        return _NUMBER.pack(8, value)


class BlobsDumper(ColumnDumper):
    oid = 1001
    element = 17

    @staticmethod
    def one(value: Any) -> bytes:
        return _LENGTH.pack(len(value)) + bytes(value)
