"""JSON read so that two readers cannot understand it differently.

Python takes the last of two equal names and reads NaN; another reader takes the first and refuses NaN. What
decides about a payout is therefore refused where readings could differ (RFC 8259, section 4: names SHOULD
be unique).
"""

import json
from typing import Any, NoReturn


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice in one object")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def read_object(data: bytes) -> dict[str, Any]:
    """UTF-8 bytes to one JSON object. Raises ValueError for anything else, including nesting too deep to
    read.
    """
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    return found
