"""Passwords of people: what can be set, what matches, and that nothing else does."""

from typing import Literal

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.people.password import (
    LONGEST,
    SHORTEST,
    BadPassword,
    BrokenHash,
    hash_password,
    password_matches,
)

RIGHT = "four calm ferries at dawn"
STORED = hash_password(RIGHT)


def test_the_hash_is_argon2id_with_the_parameters_of_the_docstring() -> None:
    assert STORED.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_two_hashes_of_one_password_differ_and_both_match() -> None:
    again = hash_password(RIGHT)
    assert again != STORED
    assert password_matches(STORED, RIGHT)
    assert password_matches(again, RIGHT)


@pytest.mark.parametrize(
    "wrong",
    ["", RIGHT.upper(), RIGHT + " ", " " + RIGHT, RIGHT[:-1], RIGHT + "\x00", "x" * 100_000, "\ud800" * 20],
)
def test_anything_else_does_not_match(wrong: str) -> None:
    assert password_matches(STORED, wrong) is False


@settings(max_examples=5)
@given(st.text(max_size=40))
def test_no_text_but_the_password_matches(text: str) -> None:
    assert password_matches(STORED, text) is (text == RIGHT)


def test_the_same_letters_typed_on_another_keyboard_match() -> None:
    composed, decomposed = "palavra-passe da polícia", "palavra-passe da poli\u0301cia"
    assert composed != decomposed
    assert password_matches(hash_password(composed), decomposed)


@pytest.mark.parametrize("tried", ["", RIGHT, "a password long enough"])
def test_where_no_password_is_set_nothing_matches(tried: str) -> None:
    assert password_matches(None, tried) is False


def test_a_password_that_could_never_be_set_matches_not_even_its_own_hash() -> None:
    """An impossible password is checked as an empty one; a stored hash of the empty text must not open the door."""
    assert password_matches(PasswordHasher().hash(""), "") is False


def test_where_no_password_is_set_the_same_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the time of the answer would tell that the console has no password yet."""
    checked: list[str] = []

    verify = PasswordHasher.verify

    def watching(hasher: PasswordHasher, stored: str, password: str) -> Literal[True]:
        checked.append(stored.rsplit("$", 2)[0])
        return verify(hasher, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", watching)
    password_matches(None, RIGHT)
    password_matches(STORED, RIGHT)
    password_matches(STORED, "short")
    assert checked == ["$argon2id$v=19$m=65536,t=3,p=4"] * 3


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        ("", f"has 0 characters; at least {SHORTEST}"),
        ("x" * (SHORTEST - 1), f"at least {SHORTEST}"),
        ("x" * (LONGEST + 1), f"at most {LONGEST}"),
        ("a password with a \x00 in it", "invisible character"),
        ("a password with a \ud800 in it", "invisible character"),
        ("a password with a \u200b in it", "invisible character"),
    ],
)
def test_what_cannot_be_set_says_what_would_be_right(refused: str, said: str) -> None:
    with pytest.raises(BadPassword, match=said):
        hash_password(refused)


def test_the_longest_and_the_shortest_possible_passwords_work() -> None:
    for text in ("x" * SHORTEST, "遏" * LONGEST):
        assert password_matches(hash_password(text), text)


@pytest.mark.parametrize(
    "broken", ["plain text", "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA", "$2b$12$abcdefghijklmnopqrstuv"]
)
def test_a_broken_hash_is_said_and_matches_nothing(broken: str) -> None:
    with pytest.raises(BrokenHash, match="password set"):
        password_matches(broken, RIGHT)


def test_an_empty_hash_is_broken_not_absent() -> None:
    with pytest.raises(BrokenHash):
        password_matches("", RIGHT)


def test_a_hash_made_with_other_parameters_still_matches() -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(RIGHT)
    assert password_matches(weaker, RIGHT)
