"""Tokens to a tree: a Pratt parser, in which every operator has one power and none is guessed.

Names are looked up while parsing, so that a misspelt feature is reported even where the grammar breaks later.
"""

from collections.abc import Mapping
from dataclasses import replace

from breather.domain.feature import Feature
from breather.domain.finding import nearest
from breather.domain.rules import tree
from breather.domain.rules.error import MOST_SUGGESTED, BadExpression, ExpressionError
from breather.domain.rules.token import KEYWORDS, Kind, Token, tokenize

DEEPEST = 20

# How strongly an operator binds. Comparisons do not associate: a second one beside the first is refused.
_OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _MINUS = range(1, 8)
_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_POWERS: Mapping[str, int] = {
    "OR": _OR,
    "AND": _AND,
    **dict.fromkeys([*_COMPARISONS, "IN", "NOT", "BETWEEN", "IS"], _COMPARE),
    **dict.fromkeys(["+", "-"], _ADD),
    "*": _MULTIPLY,
}


class _Stopped(Exception):
    """The grammar broke, and what follows cannot be read. The error is among the parser's."""


def parse(text: str, catalogue: Mapping[str, Feature]) -> tuple[tree.Node, list[ExpressionError]]:
    """The tree, and the errors in spite of which it could be read (its unknown names are `Missing`).

    Raises BadExpression where it could not.
    """
    tokens, errors = tokenize(text)
    parser = _Parser(tokens, catalogue, errors)
    try:
        return parser.whole(), errors
    except _Stopped:
        raise BadExpression(text, errors) from None


class _Parser:
    def __init__(self, tokens: list[Token], catalogue: Mapping[str, Feature], errors: list[ExpressionError]) -> None:
        self._tokens = tokens
        self._catalogue = catalogue
        self._errors = errors
        self._position = 0
        self._depth = 0
        self._nearest: dict[str, str] = {}

    def whole(self) -> tree.Node:
        if self._ended():
            raise self._stop(self._now, "the expression is empty; write TRUE for a rule that always hits")
        node = self._expression(0)
        if self._now.kind is Kind.WORD and self._now.word == ")":
            raise self._stop(self._now, "this ) closes nothing")
        if not self._ended():
            raise self._unexpected("AND, OR or the end of the expression")
        return node

    @property
    def _now(self) -> Token:
        return self._tokens[self._position]

    def _ended(self) -> bool:
        return self._now.kind is Kind.END

    def _take(self) -> Token:
        token = self._now
        if token.kind is not Kind.END:
            self._position += 1
        return token

    def _accept(self, word: str) -> bool:
        """Takes the current token if it is this word or sign. A text that reads the same is neither."""
        if self._now.kind is not Kind.WORD or self._now.word != word:
            return False
        self._position += 1
        return True

    def _expression(self, floor: int) -> tree.Node:
        """The longest expression whose operators all bind more strongly than `floor`."""
        left = self._operand(floor)
        compared = False
        while (power := self._power()) > floor:
            if power == _COMPARE and compared:
                raise self._chained()
            compared = compared or power == _COMPARE
            left = self._joined(left, power)
        return left

    def _power(self) -> int:
        return _POWERS.get(self._now.word, 0) if self._now.kind is Kind.WORD else 0

    def _joined(self, left: tree.Node, power: int) -> tree.Node:
        sign = self._now.word
        if power in (_AND, _OR):
            parts = [left]
            while self._accept(sign):
                parts.append(self._expression(power))
            joined = tree.All if power == _AND else tree.Any
            return joined(tuple(parts), at=left.at, length=self._since(left.at))
        if sign in _COMPARISONS:
            self._refuse_null(self._take())
            right = self._expression(_COMPARE)
            return tree.Comparison(sign, left, right, at=left.at, length=self._since(left.at))
        if power == _COMPARE:
            return self._tested(left)
        self._take()
        right = self._expression(power)
        return tree.Arithmetic(sign, left, right, at=left.at, length=self._since(left.at))

    def _tested(self, left: tree.Node) -> tree.Node:
        """IN, NOT IN, BETWEEN, IS NULL and IS NOT NULL, after their operand."""
        if self._accept("IS"):
            negated = self._accept("NOT")
            if not self._accept("NULL"):
                raise self._unexpected("NULL" if negated else "NULL or NOT NULL after IS")
            return tree.IsNull(left, negated, at=left.at, length=self._since(left.at))
        negated = self._accept("NOT")
        if self._accept("IN"):
            options = self._options()
            return tree.Membership(left, options, negated, at=left.at, length=self._since(left.at))
        if negated:
            hint = "; write NOT (x BETWEEN a AND b)" if self._now.word == "BETWEEN" else ""
            raise self._unexpected(f"IN after NOT{hint}" if hint else "IN after NOT")
        self._accept("BETWEEN")
        low = self._expression(_COMPARE)
        if not self._accept("AND"):
            raise self._unexpected("AND and the upper bound of BETWEEN")
        high = self._expression(_COMPARE)
        return tree.Between(left, low, high, at=left.at, length=self._since(left.at))

    def _options(self) -> tuple[tree.Literal, ...]:
        opening = self._now
        if not self._accept("("):
            raise self._unexpected("( and a list of constants")
        options = [self._option()]
        while self._accept(","):
            options.append(self._option())
        self._close(opening, ", or )")
        return tuple(options)

    def _option(self) -> tree.Literal:
        self._refuse_null()
        minus = self._now
        negative = self._accept("-")
        literal = self._literal()
        if negative and isinstance(literal, tree.NumberLiteral):
            return tree.NumberLiteral(-literal.value, at=minus.at, length=self._since(minus.at))
        if literal is None or negative:
            raise self._unexpected("a constant: a number, a 'text'")
        return literal

    def _literal(self) -> tree.Literal | None:
        token = self._now
        if token.kind is Kind.NUMBER:
            self._take()
            return tree.NumberLiteral(float(token.word), at=token.at, length=token.length)
        if token.kind is Kind.TEXT:
            self._take()
            return tree.TextLiteral(token.word, at=token.at, length=token.length)
        if self._accept("TRUE") or self._accept("FALSE"):
            return tree.BooleanLiteral(token.word == "TRUE", at=token.at, length=token.length)
        return None

    def _operand(self, floor: int) -> tree.Node:
        literal = self._literal()
        if literal is not None:
            return literal
        token = self._now
        if token.kind is Kind.NAME:
            self._take()
            return self._called(token) if self._accept("(") else self._named(token)
        if self._accept("("):
            inner = self._nested(token, 0)
            self._close(token, "AND, OR or )")
            return replace(inner, at=token.at, length=self._since(token.at))
        if self._accept("-"):
            operand = self._nested(token, _MINUS)
            return tree.Negative(operand, at=token.at, length=self._since(token.at))
        if floor < _COMPARE and self._accept("NOT"):
            operand = self._nested(token, _NOT)
            return tree.Not(operand, at=token.at, length=self._since(token.at))
        self._refuse_null()
        if token.kind is Kind.WORD and token.word == "NOT":
            raise self._stop(token, "NOT cannot stand here without parentheses; write (NOT ...)")
        raise self._unexpected("a feature, a constant or (")

    def _named(self, token: Token) -> tree.Node:
        feature = self._catalogue.get(token.word)
        if feature is not None:
            return tree.FeatureUse(feature, at=token.at, length=token.length)
        if token.word.upper() == "SELECT":
            raise self._stop(token, "there are no subqueries; what a rule needs to know becomes a feature")
        if token.word not in self._nearest and len(self._nearest) < MOST_SUGGESTED:
            self._nearest[token.word] = nearest(token.word.lower(), self._catalogue)
        message = f"there is no feature {token.word[:64]}"
        self._errors.append(ExpressionError(token.at, token.length, message, self._nearest.get(token.word, "")))
        return tree.Missing(token.word, at=token.at, length=token.length)

    def _called(self, token: Token) -> tree.Node:
        if token.word.lower() != "ratio":
            raise self._stop(token, f"there is no function {token.word[:64]}; the only one is ratio(a, b)")
        over = self._nested(token, 0)
        if not self._accept(","):
            raise self._unexpected("a comma: ratio takes two numbers, as in ratio(a, b),")
        under = self._nested(token, 0)
        self._close(token, ") after the two numbers of ratio(a, b)")
        return tree.Ratio(over, under, at=token.at, length=self._since(token.at))

    def _nested(self, opening: Token, floor: int) -> tree.Node:
        """An expression inside another. The limit keeps all who walk the tree off the end of the stack."""
        if self._depth == DEEPEST:
            raise self._stop(opening, f"nested more than {DEEPEST} deep; take parentheses or NOTs away")
        self._depth += 1
        node = self._expression(floor)
        self._depth -= 1
        return node

    def _close(self, opening: Token, expected: str) -> None:
        if self._accept(")"):
            return
        if self._now.kind is Kind.END:
            raise self._stop(opening, "the parenthesis that opens here is never closed")
        raise self._unexpected(expected)

    def _since(self, at: int) -> int:
        last = self._tokens[self._position - 1]
        return last.at + last.length - at

    def _refuse_null(self, sign: Token | None = None) -> None:
        """`= NULL` is SQL's best known trap: never true, and never refused by a database."""
        null = self._now
        if null.kind is not Kind.WORD or null.word != "NULL":
            return
        wanted = {"=": "IS NULL", "<>": "IS NOT NULL"}.get(sign.word, "") if sign else ""
        at = sign.at if sign and wanted else null.at
        message = "NULL is not a value; whether one is known is asked with IS NULL or IS NOT NULL"
        raise self._stop(replace(null, at=at, length=null.at + null.length - at), message, wanted)

    def _chained(self) -> _Stopped:
        return self._stop(
            self._now,
            "comparisons cannot be chained; write b BETWEEN a AND c, or a < b AND b < c, or use parentheses",
        )

    def _unexpected(self, expected: str) -> _Stopped:
        token = self._now
        if token.kind is Kind.END:
            return self._stop(token, f"expected {expected} but the expression ends here")
        shown = f"'{token.word[:40]}'" if token.kind is Kind.TEXT else token.word[:40]
        keyword = nearest(token.word.upper(), KEYWORDS) if token.kind is Kind.NAME else ""
        return self._stop(token, f"expected {expected} but found {shown}", keyword)

    def _stop(self, token: Token, message: str, suggestion: str = "") -> _Stopped:
        self._errors.append(ExpressionError(token.at, token.length, message, suggestion))
        return _Stopped()
