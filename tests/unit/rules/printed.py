"""Parts to text, with as few parentheses as the grammar allows: each one left out is a claim about powers."""

from tests.unit.rules.kleene import Part

_LEVELS = {"OR": 1, "AND": 2, "NOT": 3, "is": 4, "null": 4, "between": 4, "in": 4, "compare": 4}
_NUMBER_LEVELS = {"+": 5, "-": 5, "*": 6, "minus": 7}


def printed(part: Part, needed: int = 0) -> list[str]:
    """The tokens of a part; in parentheses if it binds more weakly than its place needs."""
    level = _LEVELS.get(part[0]) or _NUMBER_LEVELS.get(part[0]) or 9
    tokens = _plain(part)
    return ["(", *tokens, ")"] if level < needed else tokens


def _plain(part: Part) -> list[str]:
    match part:
        case ("constant" | "is", *_, value):
            constant = "TRUE" if value else "FALSE"
            return [constant] if part[0] == "constant" else [*printed(part[2], 5), part[1], constant]
        case ("feature" | "number" | "text" as what, value):
            return ["'" + value.replace("'", "''") + "'" if what == "text" else str(value)]
        case ("AND" | "OR" as word, first, *others):
            level = _LEVELS[word] + 1
            return printed(first, level) + [t for other in others for t in (word, *printed(other, level))]
        case ("NOT", inner):
            return ["NOT", *printed(inner, 3)]
        case ("null", negated, inner):
            return [*printed(inner, 5), "IS", *(["NOT"] if negated else []), "NULL"]
        case ("between", inner, low, high):
            return [*printed(inner, 5), "BETWEEN", *printed(low, 5), "AND", *printed(high, 5)]
        case ("in", negated, inner, options):
            listed = [t for option in options for t in (",", *printed(option))][1:]
            return [*printed(inner, 5), *(["NOT"] if negated else []), "IN", "(", *listed, ")"]
        case ("compare", sign, left, right):
            return [*printed(left, 5), sign, *printed(right, 5)]
        case _:
            return _plain_number(part)


def _plain_number(part: Part) -> list[str]:
    match part:
        case ("minus", inner):
            return ["-", *printed(inner, 7)]
        case ("ratio", left, right):
            return ["ratio", "(", *printed(left), ",", *printed(right), ")"]
        case (sign, left, right):
            level = _NUMBER_LEVELS[sign]
            return [*printed(left, level), sign, *printed(right, level + 1)]
        case _:
            raise AssertionError(part)
