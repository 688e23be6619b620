"""The columns of a history file: each name once, each feature twice, and the simulator's the same as the exchange's."""

from breather.domain.catalogue import CATALOGUE
from breather.history.schema import (
    exported_schema,
    feature_schema,
    order_schema,
    replayed_schema,
    submitted_schema,
)
from breather.simulation.parquet import HISTORY_SCHEMA


def test_no_column_has_the_name_of_another() -> None:
    names = exported_schema().names
    assert len(names) == len(set(names))


def test_every_feature_has_a_value_and_a_reason_for_having_none() -> None:
    wanted = [column for name in CATALOGUE for column in (f"feature_{name}", f"feature_{name}__unknown")]
    assert feature_schema().names == wanted
    types = {name: str(feature_schema().field(f"feature_{name}").type) for name in CATALOGUE}
    assert (types["amount_usd"], types["destination_is_new"], types["asset"]) == ("double", "bool", "string")


def test_the_simulator_writes_what_the_exchange_submits() -> None:
    assert submitted_schema().equals(HISTORY_SCHEMA)


def test_only_the_exchange_knows_the_order_of_the_journal() -> None:
    assert set(exported_schema().names) - set(replayed_schema().names) == set(order_schema().names)
