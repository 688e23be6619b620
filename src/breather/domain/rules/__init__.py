"""The language of rules: SQL's boolean expressions over the closed catalogue of features, and nothing more.

Grammar, from the weakest binding to the strongest:

    condition  ::= condition OR condition | condition AND condition | NOT condition | test | ( condition )
    test       ::= number (= | <> | < | <= | > | >=) number | number BETWEEN number AND number
                 | text (= | <>) text | condition (= | <>) (TRUE | FALSE)
                 | (number | text) [NOT] IN ( constant, ... ) | (feature | number) IS [NOT] NULL
                 | boolean feature | TRUE | FALSE
    number     ::= number (+ | -) number | number * number | - number | ratio(number, number)
                 | feature | constant | ( number )
    text       ::= feature | 'constant' | ( text )

The semantics are those of SQL:2023's three-valued logic; a rule is a hit, a miss, or undetermined.
"""

from breather.domain.rules.constants import outside, pointless, range_of, range_words
from breather.domain.rules.decider import Decider, Undetermined, make_decider
from breather.domain.rules.error import BadExpression, ExpressionError, pointed
from breather.domain.rules.expression import Expression, read_expression
from breather.domain.rules.reach import can_hit
from breather.domain.rules.reason import Reason, reasons
from breather.domain.rules.truth import Truth

__all__ = [
    "BadExpression",
    "Decider",
    "Expression",
    "ExpressionError",
    "Reason",
    "Truth",
    "Undetermined",
    "can_hit",
    "make_decider",
    "outside",
    "pointed",
    "pointless",
    "range_of",
    "range_words",
    "read_expression",
    "reasons",
]
