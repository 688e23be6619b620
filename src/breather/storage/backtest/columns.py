"""What the columns of a history have to be, and what is wrong with those that a file has."""

from collections.abc import Iterable, Mapping

from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Feature, ValueType
from breather.domain.finding import Finding, nearest
from breather.storage.backtest.version import Version, unknown_column, value_column

_NUMBERS = frozenset({"DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT", "UINTEGER"})
_TYPES: Mapping[ValueType, tuple[str, frozenset[str]]] = {
    ValueType.NUMBER: ("DOUBLE", _NUMBERS),
    ValueType.BOOLEAN: ("BOOLEAN", frozenset({"BOOLEAN"})),
    ValueType.TEXT: ("VARCHAR", frozenset({"VARCHAR"})),
}
_TEXT = _TYPES[ValueType.TEXT]
_SUBMITTED: Mapping[str, tuple[str, frozenset[str]]] = {
    "id": _TEXT,
    "customer_ref": _TEXT,
    "at": ("BIGINT", frozenset({"BIGINT"})),
    **{f"residence_{source}": _TEXT for source in ("kyc", "document", "phone", "ip")},
}
# A feature's own column is never another's, misspelt.
_KNOWN = frozenset(written(name) for name in CATALOGUE for written in (value_column, unknown_column))


def spelt(name: str, columns: Iterable[str]) -> str:
    """The nearest column, and the first of all that which differs in capitals alone."""
    by_lower = {column.lower(): column for column in columns}
    return by_lower.get(nearest(name, by_lower), "")


def wrong_columns(columns: Mapping[str, str], versions: Iterable[Version]) -> list[Finding]:
    """Every column that is missing or holds something else, with the rules that name the feature."""
    # Whatever its capitals: a column that is only spelt otherwise is named one by one below.
    if not any(column.lower().startswith(value_column("")) for column in columns):
        if "at" not in columns:
            lacks = ", ".join(name for name in _SUBMITTED if name not in columns)
            return [Finding("columns", "no-history", f"is no history: it has no features, and none of {lacks}")]
        message = "has no features; `breather replay --features` writes them for a history that has none"
        return [Finding("feature_*", "no-features", message)]
    wanted = {**_SUBMITTED}
    naming: dict[str, list[str]] = {}
    for version in versions:
        for feature in version.features:
            wanted[value_column(feature.name)] = _TYPES[feature.type]
            wanted[unknown_column(feature.name)] = _TEXT
            naming[value_column(feature.name)] = _rules_with(feature, version)
    found = []
    for name, (written, accepted) in wanted.items():
        kind = columns.get(name, "").partition("(")[0]
        rules = f" (rules {', '.join(naming[name])})" if naming.get(name) else ""
        if not kind:
            message = f"is missing; it is {written}{rules}"
            found.append(
                Finding(
                    name,
                    "missing-column",
                    message,
                    spelt(name, [each for each in columns if each not in _KNOWN and each not in wanted]),
                )
            )
        elif kind not in accepted:
            found.append(Finding(name, "mistyped-column", f"is {kind}, and has to be {written}{rules}"))
    return found


def other_columns(columns: Mapping[str, str], first: Mapping[str, str], name: str) -> list[Finding]:
    """Each type would do, and DuckDB would quietly cast: 1.5 becomes 2 where the first part has integers."""
    return [
        Finding(column, "mistyped-column", f"is {kind}, and {first[column]} in {name}; parts have one type")
        for column, kind in columns.items()
        if column.startswith(value_column("")) and column in first and kind != first[column]
    ]


def _rules_with(feature: Feature, version: Version) -> list[str]:
    return [rule.id for rule in version.rules if feature.name in rule.when.features]
