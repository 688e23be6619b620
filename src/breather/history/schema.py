"""The schema of a history file: four groups of columns, of which only the first is always there.

    submitted   what the exchange was submitted, and when it left or was stopped (`domain/history.py`)
    order       where each act stands in the journal: the order in which serving met them, also at equal instants
    decided     what the decision was
    features    `feature_<name>` for each feature of the catalogue, and beside it why it is not known

A simulated history has the first group only. What the exchange exports has all four; what replay writes for a simulated
one has all but the order.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import ValueType
from breather.domain.history import SUBMITTED, Holds

_TEXT, _WHOLE = pa.string(), pa.int64()
_HELD: Mapping[Holds, Any] = MappingProxyType({Holds.TEXT: _TEXT, Holds.WHOLE: _WHOLE, Holds.FLAG: pa.bool_()})
_VALUES: Mapping[ValueType, Any] = MappingProxyType(
    {ValueType.NUMBER: pa.float64(), ValueType.BOOLEAN: pa.bool_(), ValueType.TEXT: _TEXT}
)
FEATURE_PREFIX, UNKNOWN_SUFFIX = "feature_", "__unknown"

_ORDER = pa.schema(
    [
        pa.field("number", _WHOLE, nullable=False),  # the journal entry of the decision
        pa.field("broadcast_number", _WHOLE),
        # Of a stop of its own. Another withdrawal's stop may have stopped this one with it: `stopped_at` says so, and
        # no profile counts it.
        pa.field("stop_number", _WHOLE),
        # What agencies found about a referral of this withdrawal, in order: it decides `destination_confirmed`.
        pa.field(
            "dispositions",
            pa.list_(pa.struct([("number", _WHOLE), ("referral", _TEXT), ("disposition", _TEXT)])),
            nullable=False,
        ),
    ]
)
_DECIDED = pa.schema(
    [
        pa.field("friction", _TEXT, nullable=False),  # as it was done, at submission
        pa.field("asked", _TEXT, nullable=False),  # as the rules asked for it
        pa.field("campaign", _TEXT),
        pa.field("campaign_version", _WHOLE),
        pa.field("hits", pa.list_(_TEXT), nullable=False),
        pa.field(
            "undetermined",
            pa.list_(pa.struct([("rule", _TEXT), ("feature", _TEXT), ("unknown", _TEXT)])),
            nullable=False,
        ),
    ]
)


def submitted_schema() -> Any:
    """What every history has; also what the simulator writes."""
    return pa.schema([pa.field(each.name, _HELD[each.holds], nullable=not each.required) for each in SUBMITTED])


def order_schema() -> Any:
    return _ORDER


def decided_schema() -> Any:
    return _DECIDED


def feature_schema() -> Any:
    """For each feature, in the order of the catalogue, `feature_<name>` with its value (DOUBLE, BOOLEAN or VARCHAR;
    null: unknown) and `feature_<name>__unknown` with the class of its absence (null: known). Both null: it was not
    recorded, being younger than the decision.

    The prefix keeps the feature `amount_usd`, in dollars, apart from what was submitted, in millionths.
    """
    fields = []
    for name, feature in CATALOGUE.items():
        fields += [pa.field(feature_column(name), _VALUES[feature.type]), pa.field(unknown_column(name), _TEXT)]
    return pa.schema(fields)


def feature_column(feature: str) -> str:
    return FEATURE_PREFIX + feature


def unknown_column(feature: str) -> str:
    return FEATURE_PREFIX + feature + UNKNOWN_SUFFIX


def exported_schema() -> Any:
    """What `breather history export` writes: all four groups."""
    return _joined(submitted_schema(), _ORDER, _DECIDED, feature_schema())


def replayed_schema() -> Any:
    """What `breather replay --features` writes for a history that has no features yet: all groups but the order."""
    return _joined(submitted_schema(), _DECIDED, feature_schema())


def _joined(*schemas: Any) -> Any:
    return pa.schema([field for schema in schemas for field in schema])
