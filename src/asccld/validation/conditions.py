"""Turning the standard's condition trees into Polars expressions over a prepared chunk.

Three-valued: null means that a field which decides is blank although mandatory, or cannot be recognised (FieldStatus
"Undetermined"). Comparisons ignore case and trailing blanks, as the national database does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

import polars as pl

from asccld.standard.conditions import Both, Condition, Constant, Either, Not, Test
from asccld.validation.kinds import APPLICABLE, NOT_APPLICABLE, is_blank
from asccld.validation.lexicon import Lexicon, is_one_of

TextTest = Callable[[str], bool]


class ConditionCompiler:
    """Compiles conditions against what a chunk holds.

    Of each field a prepared chunk has `kind.<name>`, for a list also `meaning.<name>`, `status.<name>` once decided,
    and `age_at_period_end`. `present` are the fields in the file, `absent` those of the release that it lacks: nothing
    can be said of them. Each test becomes a column `test.<n>` of its own, which many conditions share.
    """

    def __init__(self, lexicons: Mapping[str, Lexicon], present: frozenset[str], absent: frozenset[str]) -> None:
        self._lexicons = lexicons
        self._present = present
        self._absent = absent
        self._tests: dict[tuple[Test, bool], str] = {}
        self._fresh: list[pl.Expr] = []
        self.decided: set[str] = set()
        """Fields whose status is known."""

    def compile(self, condition: Condition) -> pl.Expr:
        """A nullable boolean expression over `test.` columns; see `fresh`."""
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
                return self._column(condition)

    def fresh(self) -> list[pl.Expr]:
        """The test columns that were asked for since the last call."""
        made, self._fresh = self._fresh, []
        return made

    def _column(self, test: Test) -> pl.Expr:
        key = test, test.column in self.decided
        if key not in self._tests:
            self._tests[key] = f"test.{len(self._tests)}"
            self._fresh.append(self._test(test).alias(self._tests[key]))
        return pl.col(self._tests[key])

    def _test(self, test: Test) -> pl.Expr:
        name = test.column
        if test.operator == "between":
            low, high = test.operands
            return pl.col(name).is_between(int(low), int(high)) if name in self._present else pl.lit(None, pl.Boolean)
        if name in self._absent:
            return pl.lit(None, pl.Boolean)
        if test.operator in ("present", "blank"):
            blank = is_blank(name) if name in self._present else pl.lit(value=True)
            return blank if test.operator == "blank" else ~blank
        if name not in self._present:
            return pl.lit(text_test(test)(""))  # the release has no such item: an empty text
        return self._of_list(test)

    def _of_list(self, test: Test) -> pl.Expr:
        name, holds = test.column, text_test(test)
        meanings = self._lexicons[name].meanings
        meaning = pl.col(f"meaning.{name}")
        result = is_one_of(meaning, [i for i, m in enumerate(meanings) if m is not None and holds(m)])
        undetermined = meaning == meanings.index(None)
        if name in self.decided:
            # blank decides nothing where the field ought to be filled; elsewhere it is an empty text
            needless = pl.col(f"status.{name}").is_between(NOT_APPLICABLE, APPLICABLE)
            undetermined = undetermined | (is_blank(name) & ~needless)
        return pl.when(~undetermined).then(result)


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
