"""Turning the standard's condition trees into Polars expressions over a prepared chunk.

Three-valued: null means that a field which decides is blank although mandatory, or cannot be recognised (FieldStatus
"Undetermined"). Comparisons ignore case and trailing blanks, as the national database does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

import polars as pl

from asccld.standard.conditions import Both, Condition, Constant, Either, Not, Test
from asccld.validation.lexicon import Lexicon, is_one_of

TextTest = Callable[[str], bool]


class ConditionCompiler:
    """Compiles conditions against what a chunk holds.

    Of each field a prepared chunk has `code.<name>` for a list, `blank.<name>`, `status.<name>` once known, and
    `age_at_period_end`. `absent` are fields of the release that the file lacks: nothing can be said of them.
    """

    def __init__(
        self, lexicons: Mapping[str, Lexicon], present: frozenset[str], absent: frozenset[str], decided: set[str]
    ) -> None:
        self._lexicons = lexicons
        self._present = present
        self._absent = absent
        self._decided = decided
        self._tests: dict[Test, pl.Expr] = {}
        """Fields whose status column may hold "mandatory"."""

    def compile(self, condition: Condition) -> pl.Expr:
        """A nullable boolean expression."""
        match condition:
            case Constant(value):
                return pl.lit(value)
            case Not(operand):
                return ~self.compile(operand)
            case Both(operands):
                return reduce(lambda a, b: a & b, (self.compile(o) for o in operands))
            case Either(operands):
                return reduce(lambda a, b: a | b, (self.compile(o) for o in operands))
            case Test():
                if condition not in self._tests:
                    self._tests[condition] = self._test(condition)
                return self._tests[condition]

    def _test(self, test: Test) -> pl.Expr:
        name = test.column
        if test.operator == "between":
            low, high = test.operands
            return pl.col(name).is_between(int(low), int(high)) if name in self._present else pl.lit(None, pl.Boolean)
        if name in self._absent:
            return pl.lit(None, pl.Boolean)
        if test.operator in ("present", "blank"):
            blank = pl.col(f"blank.{name}") if name in self._present else pl.lit(value=True)
            return blank if test.operator == "blank" else ~blank
        if name not in self._present:
            return pl.lit(text_test(test)(""))  # the release has no such item: an empty text
        return self._of_list(test)

    def _of_list(self, test: Test) -> pl.Expr:
        name, holds = test.column, text_test(test)
        lexicon = self._lexicons[name]
        code = pl.col(f"code.{name}")
        true = lexicon.codes(test, lambda e: e.meaning is not None and holds(e.meaning))
        unknown = lexicon.codes("unknown", lambda e: e.meaning is None)
        result, undetermined = (is_one_of(code, codes) for codes in (true, unknown))
        if name in self._decided:
            # blank decides nothing where the field ought to be filled; elsewhere it is an empty text
            undetermined = undetermined | (pl.col(f"blank.{name}") & ~pl.col(f"status.{name}").is_in([0, 1]))
        return pl.when(undetermined).then(None).otherwise(result)


def text_test(test: Test) -> TextTest:
    """The comparison of a condition as a test of one text."""
    operands = tuple(_folded(o) for o in test.operands)
    match test.operator:
        case "=":
            return lambda text: _folded(text) == operands[0]
        case "<>":
            return lambda text: _folded(text) != operands[0]
        case "starts":
            return lambda text: _folded(text).startswith(operands[0])
        case "contains":
            return lambda text: operands[0] in _folded(text)
        case "in":
            return lambda text: _folded(text) in operands
        case _:
            raise AssertionError(test.operator)


def _folded(text: str) -> str:
    return text.rstrip().casefold()
