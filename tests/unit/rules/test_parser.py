"""What each form of the grammar becomes, and where in the text it is said to stand."""

from collections.abc import Iterator
from dataclasses import fields

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from breather.domain.rules import BadExpression, read_expression, tree
from breather.domain.rules.parser import parse
from breather.domain.rules.token import MOST_TOKENS, Kind, tokenize
from tests.scenarios.rules.features import FEATURES
from tests.unit.rules.generated import conditions
from tests.unit.rules.kleene import Part
from tests.unit.rules.printed import printed

AMOUNT = tree.FeatureUse(FEATURES["amount_usd"])
SHARED = tree.FeatureUse(FEATURES["screen_shared"])
STRANGER = tree.FeatureUse(FEATURES["said_stranger"])
NETWORK = tree.FeatureUse(FEATURES["network"])
ONE, TWO = tree.NumberLiteral(1.0), tree.NumberLiteral(2.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("screen_shared", SHARED),
        ("true", tree.BooleanLiteral(True)),
        ("NOT screen_shared", tree.Not(SHARED)),
        ("screen_shared AND said_stranger AND TRUE", tree.All((SHARED, STRANGER, tree.BooleanLiteral(True)))),
        ("screen_shared OR said_stranger", tree.Any((SHARED, STRANGER))),
        ("(screen_shared OR TRUE) OR TRUE", tree.Any((tree.Any((SHARED, tree.BooleanLiteral(True))),
            tree.BooleanLiteral(True)))),
        ("amount_usd >= 1", tree.Comparison(">=", AMOUNT, ONE)),
        ("1 <> amount_usd", tree.Comparison("<>", ONE, AMOUNT)),
        ("amount_usd IN (1, -2)", tree.Membership(AMOUNT, (ONE, tree.NumberLiteral(-2.0)), False)),
        ("network NOT IN ('tron')", tree.Membership(NETWORK, (tree.TextLiteral("tron"),), True)),
        ("amount_usd BETWEEN 1 AND 2", tree.Between(AMOUNT, ONE, TWO)),
        ("amount_usd IS NULL", tree.IsNull(AMOUNT, False)),
        ("network IS NOT NULL", tree.IsNull(NETWORK, True)),
        ("ratio(amount_usd, 2) > 1", tree.Comparison(">", tree.Ratio(AMOUNT, TWO), ONE)),
        ("-amount_usd < 1", tree.Comparison("<", tree.Negative(AMOUNT), ONE)),
        ("amount_usd - 1 = 2", tree.Comparison("=", tree.Arithmetic("-", AMOUNT, ONE), TWO)),
    ],
)  # fmt: skip
def test_each_form_has_its_node(text: str, expected: tree.Node) -> None:
    assert parse(text, FEATURES) == (expected, [])


def test_an_unknown_name_leaves_a_gap_and_the_rest_is_read() -> None:
    root, errors = parse("amout_usd > 1 AND screen_shared", FEATURES)
    assert root == tree.All((tree.Comparison(">", tree.Missing("amout_usd"), ONE), SHARED))
    assert [(error.at, error.length) for error in errors] == [(0, 9)]


def parts_of(node: tree.Place) -> Iterator[tree.Place]:
    yield node
    for part in fields(node):
        value = getattr(node, part.name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, tree.Place):
                yield from parts_of(inner)


@settings(max_examples=100, deadline=None)
@given(part=conditions(2))
def test_every_part_stands_where_it_says(part: Part) -> None:
    """The characters that a node names, read by themselves, are that node again."""
    tokens = printed(part)
    assume(len(tokens) <= MOST_TOKENS)
    text = " ".join(tokens)
    root, _ = parse(text, FEATURES)
    assert (root.at, root.length) == (0, len(text))
    for node in parts_of(root):
        own = text[node.at : node.at + node.length]
        if own.startswith("-") and isinstance(node, tree.NumberLiteral):
            assert float(own.replace(" ", "")) == node.value
        else:
            assert parse(own, FEATURES)[0] == node


@settings(max_examples=100, deadline=None)
@given(part=conditions(2), data=st.data())
def test_every_misspelt_name_is_reported_at_its_place_with_the_right_one(part: Part, data: st.DataObject) -> None:
    tokens = printed(part)
    assume(len(tokens) <= MOST_TOKENS)
    named = [index for index, token in enumerate(tokens) if token in FEATURES]
    assume(named)
    wrong = data.draw(st.sets(st.sampled_from(named), min_size=1))
    spelt = [token + "x" if index in wrong else token for index, token in enumerate(tokens)]
    with pytest.raises(BadExpression) as refusal:
        read_expression(" ".join(spelt), FEATURES)
    expected = [(len(" ".join([*spelt[:index], ""])), tokens[index]) for index in sorted(wrong)]
    assert [(error.at, error.suggestion) for error in refusal.value.errors] == expected


SWAPPED = {"amount_usd": "network", "network": "screen_shared", "screen_shared": "amount_usd"}


@settings(max_examples=100, deadline=None)
@given(part=conditions(1), data=st.data())
def test_a_feature_of_another_type_is_refused_wherever_it_stands(part: Part, data: st.DataObject) -> None:
    tokens = printed(part)
    places = [index for index, token in enumerate(tokens) if token in SWAPPED and "IS" not in tokens]
    assume(places)
    index = data.draw(st.sampled_from(places))
    swapped = [*tokens[:index], SWAPPED[tokens[index]], *tokens[index + 1 :]]
    with pytest.raises(BadExpression):
        read_expression(" ".join(swapped), FEATURES)


@pytest.mark.parametrize(
    ("text", "kinds", "words"),
    [
        ("a<=1", [Kind.NAME, Kind.WORD, Kind.NUMBER], ["a", "<=", "1"]),
        ("a< =1", [Kind.NAME, Kind.WORD, Kind.WORD, Kind.NUMBER], ["a", "<", "=", "1"]),
        ("1.5e-3", [Kind.NUMBER], ["1.5e-3"]),
        ("1-3", [Kind.NUMBER, Kind.WORD, Kind.NUMBER], ["1", "-", "3"]),
        ("aNd", [Kind.WORD], ["AND"]),
        ("android", [Kind.NAME], ["android"]),
        ("'and'", [Kind.TEXT], ["and"]),
        ("'' '''' 'a''b'", [Kind.TEXT] * 3, ["", "'", "a'b"]),
        ("_a1", [Kind.NAME], ["_a1"]),
        ("", [], []),
    ],
)
def test_tokens(text: str, kinds: list[Kind], words: list[str]) -> None:
    tokens, mended = tokenize(text)
    assert [token.kind for token in tokens] == [*kinds, Kind.END]
    assert [token.word for token in tokens] == [*words, ""]
    assert mended == []


def test_tokens_know_the_characters_they_were_read_from() -> None:
    tokens, _ = tokenize("amount_usd >\n 'it''s'")
    assert [(token.at, token.length) for token in tokens] == [(0, 10), (11, 1), (14, 7), (21, 0)]
