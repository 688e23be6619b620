"""Every refusal has its row outside, and the drawings of the trees are the trees."""

import re
from collections.abc import Iterator

import pytest

from breather.agency import refusal as acts
from breather.protocol import refusal as messages
from breather.web.agency.refusals import ACTS, MESSAGES


def concrete(tree: type[Exception]) -> Iterator[type[Exception]]:
    """The leaves: what is really raised."""
    for each in tree.__subclasses__():
        below = list(concrete(each))
        yield from below or [each]


@pytest.mark.parametrize(("tree", "table"), [(acts.Refusal, ACTS), (messages.Refusal, MESSAGES)])
def test_the_table_is_total_and_holds_nothing_else(tree: type[Exception], table: dict[str, tuple[int, str]]) -> None:
    codes = [getattr(each, "code") for each in concrete(tree)]  # noqa: B009  # the two trees share only this name
    assert sorted(codes) == sorted(table)
    assert len(set(codes)) == len(codes)
    assert all(400 <= status < 500 for status, _ in table.values())


def test_the_drawing_is_the_tree() -> None:
    assert acts.__doc__ is not None
    drawn = set(re.findall(r"^[|`]-- (\w+)", acts.__doc__, re.MULTILINE))
    assert drawn == {each.__name__ for each in concrete(acts.Refusal)}
