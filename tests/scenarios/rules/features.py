"""A small catalogue for the tests of the language: every type, every phase, closed and open vocabularies."""

from types import MappingProxyType

from breather.domain.feature import Feature, Phase, ValueType


def _feature(
    name: str, kind: ValueType, phase: Phase = Phase.SUBMIT, values: tuple[str, ...] = ()
) -> tuple[str, Feature]:
    return name, Feature(name, kind, "", phase, "for tests", "when a test says so", values)


FEATURES = MappingProxyType(
    dict(
        [
            _feature("amount_usd", ValueType.NUMBER),
            _feature("amount_over_median", ValueType.NUMBER),
            _feature("days_since_notice", ValueType.NUMBER),
            _feature("destination_is_new", ValueType.BOOLEAN),
            _feature("screen_shared", ValueType.BOOLEAN),
            _feature("said_stranger", ValueType.BOOLEAN, Phase.ANSWER),
            _feature("destination_confirmed", ValueType.BOOLEAN, Phase.CONFIRM),
            _feature("network", ValueType.TEXT, values=("tron", "ethereum", "bitcoin")),
            _feature("source_label", ValueType.TEXT),
        ]
    )
)
