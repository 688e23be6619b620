"""Tables as TOML, for files that a person goes on writing. Only what packs hold: texts, numbers, lists, tables."""

import json
from collections.abc import Iterator, Mapping

Table = Mapping[str, object]


def toml_text(table: Table, remark: str = "") -> str:
    """The table as a file, under a comment. TypeError for a value that no pack has."""
    lines = [f"# {line}" for line in remark.splitlines()]
    return "\n".join([*lines, *_lines(table, "")]).lstrip("\n") + "\n"


def _lines(table: Table, name: str) -> Iterator[str]:
    """The plain values first, as TOML wants it, then the tables under their full names."""
    inner = {key: tables for key, value in table.items() if (tables := _tables(value))}
    for key, value in table.items():
        if key not in inner:
            yield f"{key} = {_value(value)}"
    for key, tables in inner.items():
        full = f"{name}.{key}" if name else key
        listed = isinstance(table[key], list)
        for one in tables:
            if listed or not all(map(_tables, one.values())):
                yield f"\n[[{full}]]" if listed else f"\n[{full}]"
            yield from _lines(one, full)


def _tables(value: object) -> list[Table]:
    """The table, or those of a list of them; none for a plain value."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, Mapping)]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # a TOML text escapes as JSON does
    if isinstance(value, list):
        items = [_value(item) for item in value]
        short = f"[{', '.join(items)}]"
        return short if len(short) <= 100 else "[\n" + "".join(f"    {item},\n" for item in items) + "]"
    raise TypeError(f"{type(value).__name__} is no value of a pack")
