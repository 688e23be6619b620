"""Strategies: conditions that keep the types, and values for every feature, unknown and extreme ones too."""

from hypothesis import strategies as st

from breather.domain.feature import Feature, FeatureValue, Unknown, ValueType
from tests.scenarios.rules.features import FEATURES
from tests.unit.rules.kleene import Part

_ORDERS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
_EQUALITIES = st.sampled_from(["=", "<>"])
# Few and extreme: numbers that meet each other, and numbers that overflow when they do.
_CONSTANTS = st.sampled_from([0, 1, 2, 3, 0.5, 7, 1e308, 5e-324]) | st.floats(0, 1e6)
_CONSTANT_NUMBERS = st.tuples(st.just("number"), _CONSTANTS)
_SIGNED = _CONSTANT_NUMBERS | st.tuples(st.just("minus"), _CONSTANT_NUMBERS)
_OPEN_TEXTS = st.sampled_from(["", "tron", "it's", "a AND b", "高"]).map(lambda text: ("text", text))
_CLOSED_TEXTS = st.sampled_from(FEATURES["network"].values).map(lambda text: ("text", text))


def _feature(kind: ValueType) -> st.SearchStrategy[Part]:
    names = [feature.name for feature in FEATURES.values() if feature.type is kind]
    return st.sampled_from(names).map(lambda name: ("feature", name))


_ANY_FEATURE = st.sampled_from(sorted(FEATURES)).map(lambda name: ("feature", name))


def numbers(depth: int) -> st.SearchStrategy[Part]:
    leaf = _CONSTANT_NUMBERS | _feature(ValueType.NUMBER) | _feature(ValueType.NUMBER)
    if depth == 0:
        return leaf
    inner = numbers(depth - 1)
    signs = st.sampled_from(["+", "-", "*", "ratio"])
    return leaf | st.tuples(signs, inner, inner) | st.tuples(st.just("minus"), inner)


def _tests(inner: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    number, flag = numbers(2), st.booleans()
    network, label = st.just(("feature", "network")), st.just(("feature", "source_label"))
    return st.one_of(
        st.tuples(st.just("compare"), _ORDERS, number, number),
        st.tuples(st.just("compare"), _EQUALITIES, network, _CLOSED_TEXTS),
        st.tuples(st.just("compare"), _EQUALITIES, _OPEN_TEXTS, label),
        st.tuples(st.just("compare"), _EQUALITIES, network, label),
        st.tuples(st.just("between"), number, number, number),
        st.tuples(st.just("in"), flag, number, st.lists(_SIGNED, min_size=1, max_size=3)),
        st.tuples(st.just("in"), flag, label, st.lists(_OPEN_TEXTS, min_size=1, max_size=3)),
        st.tuples(st.just("null"), flag, number | st.sampled_from(sorted(FEATURES)).map(lambda n: ("feature", n))),
        st.tuples(st.just("is"), _EQUALITIES, inner, flag),
    )


def conditions(depth: int = 3) -> st.SearchStrategy[Part]:
    leaf = _feature(ValueType.BOOLEAN) | st.tuples(st.just("constant"), st.booleans())
    if depth == 0:
        return leaf | _tests(leaf)
    inner = conditions(depth - 1)
    joined = st.sampled_from(["AND", "OR"])
    return st.one_of(
        _tests(inner),
        st.tuples(joined, inner, inner),
        st.tuples(joined, inner, inner, inner),
        st.tuples(st.just("NOT"), inner),
    )


def _value(feature: Feature) -> st.SearchStrategy[FeatureValue]:
    unknown = st.sampled_from(Unknown)
    if feature.type is ValueType.BOOLEAN:
        return st.booleans() | unknown
    if feature.type is ValueType.TEXT:
        return st.sampled_from(feature.values or ("", "tron", "it's", "a AND b", "高", "not_yet")) | unknown
    few = st.sampled_from([0, 1, 2, 3, -0.0, 0.5, -1, 7, 1e308, -1e308, 10**400, -(10**309), 2**53 + 1])
    return few | st.floats() | unknown


def values() -> st.SearchStrategy[dict[str, FeatureValue]]:
    return st.fixed_dictionaries({name: _value(feature) for name, feature in FEATURES.items()})
