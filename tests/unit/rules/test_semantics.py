"""The compiled language agrees with the naive one on generated expressions and values."""

from collections.abc import Mapping

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from breather.domain.feature import FeatureValue, Phase, Unknown
from breather.domain.rules import Expression, Truth, can_hit, read_expression
from breather.domain.rules.token import MOST_CHARACTERS, MOST_TOKENS
from tests.scenarios.rules.features import FEATURES
from tests.unit.rules.decided import decided
from tests.unit.rules.generated import conditions, values
from tests.unit.rules.kleene import Part, truth
from tests.unit.rules.printed import printed

TRUTHS = {0: Truth.MISS, 1: Truth.HIT, 0.5: Truth.UNDETERMINED}


def compiled(part: Part, space: str = " ") -> Expression:
    tokens = printed(part)
    text = space.join(tokens)
    assume(len(tokens) <= MOST_TOKENS and len(text) <= MOST_CHARACTERS)
    return read_expression(text, FEATURES)


@settings(max_examples=200, deadline=None)
@given(part=conditions(), given_values=st.lists(values(), min_size=1, max_size=4))
def test_three_valued_logic_is_that_of_kleene(part: Part, given_values: list[dict[str, FeatureValue]]) -> None:
    expression = compiled(part)
    for each in given_values:
        assert decided(expression, each) is TRUTHS[truth(part, each)]


@settings(max_examples=100, deadline=None)
@given(part=conditions(2), space=st.sampled_from(["\n", "\t ", "  ", "\r\n"]))
def test_white_space_parentheses_and_case_of_keywords_mean_nothing(part: Part, space: str) -> None:
    plain = compiled(part)
    assert read_expression(f"({plain.text})", FEATURES).root == plain.root
    if "'" not in plain.text:
        assert compiled(part, space).root == plain.root
        lowered = plain.text.replace(" AND ", " and ").replace("NOT ", "nOt ").replace(" NULL", " Null")
        assert read_expression(lowered, FEATURES).root == plain.root


@settings(max_examples=200, deadline=None)
@given(part=conditions(), fixed=st.sets(st.sampled_from(sorted(FEATURES))), each=values())
def test_what_cannot_hit_never_does(part: Part, fixed: set[str], each: Mapping[str, FeatureValue]) -> None:
    expression = compiled(part)
    newcomer = {name: Unknown.NO_HISTORY if name in fixed else value for name, value in each.items()}
    if decided(expression, newcomer) is Truth.HIT:
        assert can_hit(expression, frozenset(fixed))


@settings(max_examples=100, deadline=None)
@given(part=conditions(), each=values())
def test_an_expression_reads_no_feature_but_those_it_names(part: Part, each: dict[str, FeatureValue]) -> None:
    expression = compiled(part)
    named = {name: value for name, value in each.items() if name in expression.features}
    assert decided(expression, named) is decided(expression, each)
    assert all(name in expression.text for name in expression.features)
    phases = {FEATURES[name].phase for name in expression.features}
    assert expression.phase is max(phases, default=Phase.SUBMIT)
