"""Hostile rule texts: real rules, mutated where it hurts. By seed, so that a text that was found bad comes back."""

import re
from collections.abc import Callable, Mapping
from random import Random

from bench.policy import RULES
from breather.domain.catalogue import CATALOGUE

_SPLIT = re.compile(r"\s+|([A-Za-z_]\w*|[0-9.]+|'[^']*'|<>|<=|>=|.)")
SIGNS = ["AND", "OR", "NOT", "IN", "BETWEEN", "IS", "NULL", "TRUE", "FALSE", "=", "<>", "<", "<=", ">", ">=", "+", "-"]
SIGNS += ["*", "(", ")", ",", "ratio"]
NUMBERS = ["0", "1", "0.5", "1e308", "5e-324", "1e400", "0x10", "1_000", ".5", "5.", "1.2.3", "9" * 400, "1e-400", "٣"]
TEXTS = ["'TRON'", "'fiat'", "'tron'", "''", "''''", "'a''b'", "'", '"TRON"', "'\x00'", "'高'", "’TRON’"]
# What other languages would run, reach or leave out.
FOREIGN = [
    "(SELECT 1)", "; DROP TABLE withdrawal", "UNION SELECT amount_usd", "EXISTS (SELECT 1)", "amount_usd::TEXT",
    "CASE WHEN TRUE THEN 1 END", "COALESCE(amount_usd, 0)", "abs(amount_usd)", "__import__('os')", "lambda: 0",
    "amount_usd.__class__", "values['x']", "f'{1}'", "exec('1')", "v0", "rule0", "decide", "--", "/* */", "/", "%",
    "!=", "==", "&&", "||", "LIKE '%'", "~", "@x", "$1", "{{x}}", "${x}", "\\", "`x`", "?", ":x", "x := 1",
    "read_csv('x')", "pg_sleep(9)", "1/0", "None", "inf", "nan", "CURRENT_DATE", "'a' || 'b'", "amount_usd = NULL",
]  # fmt: skip
# Letters, digits and spaces that only look like ours, and characters that are not seen.
LOOK_ALIKES = {
    "a": "аａα",
    "e": "еｅ",
    "o": "оο０",
    "i": "іı",
    "s": "ѕ",
    "_": "＿",
    "1": "１١",
    " ": "\u00a0\u2003\u3000",
}
UNSEEN = ["\u200b", "\u202e", "\ufeff", "\u2066", "\x00", "\x1b", "\x7f", "\u0301", "\ud800", "\x85", "\u2028"]


def hostile_text(random: Random) -> str:
    text = random.choice(SEEDS)
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        text = random.choice(MUTATIONS)(text, random)
    return text


def _tokens(text: str) -> list[str]:
    return [token for token in _SPLIT.findall(text) if token]


def _something(random: Random) -> str:
    return random.choice(random.choice((SIGNS, SIGNS, NUMBERS, TEXTS, FOREIGN, NAMES, NAMES)))


def _at_a_token(change: Callable[[list[str], int, Random], None]) -> Callable[[str, Random], str]:
    def mutation(text: str, random: Random) -> str:
        tokens = _tokens(text[:4_000]) or ["TRUE"]
        change(tokens, random.randrange(len(tokens)), random)
        return " ".join(tokens)

    return mutation


def _replace(tokens: list[str], at: int, random: Random) -> None:
    tokens[at] = _something(random)


def _insert(tokens: list[str], at: int, random: Random) -> None:
    tokens.insert(at, _something(random))


def _delete(tokens: list[str], at: int, random: Random) -> None:
    del tokens[at : at + random.randint(1, 3)]


def _swap(tokens: list[str], at: int, random: Random) -> None:
    other = random.randrange(len(tokens))
    tokens[at], tokens[other] = tokens[other], tokens[at]


def _another_feature(tokens: list[str], at: int, random: Random) -> None:
    """Of the same type or another: both a rule that was not meant, and one that must be refused."""
    places = [place for place, token in enumerate(tokens) if token in CATALOGUE]
    tokens[random.choice(places) if places else at] = random.choice(NAMES)


def _misspell(tokens: list[str], at: int, random: Random) -> None:
    word = tokens[at]
    cut = random.randrange(len(word) + 1)
    tokens[at] = word[:cut] + random.choice("abcxyz_0") + word[cut + random.randint(0, 1) :]


def _repeat(tokens: list[str], at: int, random: Random) -> None:
    end = at + random.randint(1, 12)
    tokens[at:end] = tokens[at:end] * random.choice((2, 3, 10, 40))


def _wrap(text: str, random: Random) -> str:
    depth = random.choice((1, 2, 5, 19, 20, 21, 200))
    return random.choice(
        (
            "(" * depth + text + ")" * depth,
            "NOT " * depth + f"({text})",
            f"({text}) = TRUE",
            "ratio(1, " * depth + "1" + ")" * depth + " > 0 AND " + text,
            "-" * depth + "1 < 0 OR " + text,
            "(" * depth + text,
            "- " * depth + "amount_usd > 0",
        )
    )


def _join(text: str, random: Random) -> str:
    return f"({text}) {random.choice(('AND', 'OR', 'AND NOT', '=', ',', ''))} ({random.choice(SEEDS)})"


def _look_alike(text: str, random: Random) -> str:
    places = [at for at, character in enumerate(text) if character in LOOK_ALIKES]
    if not places:
        return text
    at = random.choice(places)
    return text[:at] + random.choice(LOOK_ALIKES[text[at]]) + text[at + 1 :]


def _unseen(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(UNSEEN) + text[at:]


def _noise(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    noise = "".join(chr(random.choice((random.randrange(128), random.randrange(0x3000)))) for _ in range(3))
    return text[:at] + noise + text[at + random.randint(0, 5) :]


def _grow(text: str, random: Random) -> str:
    sign = random.choice((" OR ", " AND ", " + ", " * ", " , "))
    part = random.choice((text, "amount_usd > 5", "amount_usd", "amout_usd", "1", "'a'"))
    return sign.join([part] * random.choice((5, 30, 60, 100, 10_000 // (len(part) + 1))))


SEEDS = [*RULES.values(), "TRUE", "amount_usd", "ratio(amount_usd, balance_share) * 2 - 1 > -3", "asset = 'USDT'"]
NAMES = sorted(CATALOGUE)
MUTATIONS: list[Callable[[str, Random], str]] = [
    *map(_at_a_token, (_replace, _replace, _insert, _insert, _delete, _swap, _another_feature, _misspell, _repeat)),
    _wrap, _join, _look_alike, _unseen, _noise, _grow,
]  # fmt: skip
KINDS: Mapping[str, int] = {"seeds": len(SEEDS), "mutations": len(MUTATIONS)}
