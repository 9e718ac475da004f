"""The small language in which the standard says when a field applies, is mandatory, or when a rule runs.

    always | never
    client_type <> 'Carer known by association' and event_type starts 'Service'
    service_component in ('Short Term Nursing Care', 'Carer Respite') or date_of_death present
    age_at_period_end between 18 and 64

`and` binds tighter than `or`; `not (...)` negates. Comparisons follow the national database: case and trailing spaces
do not matter. The parser gives a tree that knows nothing of any engine; `validation.compile` turns it into Polars.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from asccld.errors import AsccldError

Operator = Literal["=", "<>", "starts", "contains", "in", "present", "blank", "between"]


@dataclass(frozen=True)
class Constant:
    """`always` or `never`."""

    value: bool


@dataclass(frozen=True)
class Test:
    """One comparison of a column with literals."""

    __test__ = False  # a name that pytest would otherwise try to collect

    column: str
    operator: Operator
    operands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Not:
    """The negation of a condition."""

    operand: Condition


@dataclass(frozen=True)
class Both:
    """All operands hold."""

    operands: tuple[Condition, ...]


@dataclass(frozen=True)
class Either:
    """At least one operand holds."""

    operands: tuple[Condition, ...]


Condition = Constant | Test | Not | Both | Either

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(<>|=|\(|\)|,)|([A-Za-z0-9_]+))")


class ConditionError(AsccldError):
    """A condition in a data file that cannot be read."""


@lru_cache(maxsize=1024)
def parse(text: str) -> Condition:
    """The tree of a condition; raises ConditionError naming the place that does not read."""
    return _Parser(text).whole()


def columns_of(condition: Condition) -> frozenset[str]:
    """The columns that a condition looks at."""
    match condition:
        case Constant():
            return frozenset()
        case Test():
            return frozenset({condition.column})
        case Not():
            return columns_of(condition.operand)
        case Both() | Either():
            return frozenset(column for o in condition.operands for column in columns_of(o))


def literals_of(condition: Condition) -> tuple[tuple[str, str], ...]:
    """(column, literal) pairs of `=`, `<>` and `in` tests: what must be a value of the column's list."""
    match condition:
        case Test(column, "=" | "<>" | "in", operands):
            return tuple((column, o) for o in operands)
        case Not():
            return literals_of(condition.operand)
        case Both() | Either():
            return tuple(pair for o in condition.operands for pair in literals_of(o))
        case _:
            return ()


def unparse(condition: Condition) -> str:
    """The condition as text that `parse` reads back to the same tree."""
    match condition:
        case Constant(value):
            return "always" if value else "never"
        case Test():
            return f"{condition.column} {_comparison(condition)}"
        case Not(Test() as test):
            return f"{test.column} not {_comparison(test)}"
        case Not(operand):
            return f"not ({unparse(operand)})"
        case Both(operands):
            return " and ".join(_grouped(o) for o in operands)
        case Either(operands):
            return " or ".join(_grouped(o) for o in operands)


def with_literals(condition: Condition, change: Callable[[str, str], str]) -> Condition:
    """The condition with every whole-value literal replaced by `change(column, literal)`; patterns stay."""
    match condition:
        case Test(column, "=" | "<>" | "in" as operator, operands):
            return Test(column, operator, tuple(change(column, o) for o in operands))
        case Not(operand):
            return Not(with_literals(operand, change))
        case Both(operands):
            return Both(tuple(with_literals(o, change) for o in operands))
        case Either(operands):
            return Either(tuple(with_literals(o, change) for o in operands))
        case _:
            return condition


def _comparison(test: Test) -> str:
    operands = [_quoted(o) for o in test.operands]
    match test.operator:
        case "present" | "blank":
            return test.operator
        case "between":
            return f"between {operands[0]} and {operands[1]}"
        case "in":
            return f"in ({', '.join(operands)})"
        case _:
            return f"{test.operator} {operands[0]}"


def _quoted(literal: str) -> str:
    return literal if literal.isascii() and literal.isdigit() else "'" + literal.replace("'", "''") + "'"


def _grouped(operand: Condition) -> str:
    return f"({unparse(operand)})" if isinstance(operand, Both | Either) else unparse(operand)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokens()
        self.at = 0

    def _tokens(self) -> list[str]:
        tokens: list[str] = []
        at, end = 0, len(self.text.rstrip())
        while at < end:
            found = _TOKEN.match(self.text, at)
            if found is None:
                raise self._error(f"cannot read from character {at + 1}")
            tokens.append(found.group().strip())
            at = found.end()
        return tokens

    def _error(self, why: str) -> ConditionError:
        return ConditionError(
            what=f"The condition does not read: {why}",
            where=self.text,
            remedy="Write it as in asccld/standard/conditions.py, for example: event_type = 'Service'",
        )

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self, expected: str | None = None) -> str:
        token = self._peek()
        if token == "" or (expected is not None and token != expected):
            raise self._error(f"expected {expected or 'more'} but found {token or 'the end'}")
        self.at += 1
        return token

    def _literal(self) -> str:
        token = self._take()
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token.isdigit():
            return token
        raise self._error(f"expected a quoted value but found {token}")

    def whole(self) -> Condition:
        condition = self._either()
        if self._peek():
            raise self._error(f"unexpected {self._peek()}")
        return condition

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._peek() == "or":
            self._take()
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self) -> Condition:
        parts = [self._single()]
        while self._peek() == "and":
            self._take()
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _single(self) -> Condition:
        match self._take():
            case "always" | "never" as word:
                return Constant(word == "always")
            case "not":
                return Not(self._single())
            case "(":
                inner = self._either()
                self._take(")")
                return inner
            case column:
                return self._test(column)

    def _test(self, column: str) -> Condition:
        if self._peek() == "not":
            self._take()
            return Not(self._test(column))
        match self._take():
            case "present" | "blank" as operator:
                return Test(column, operator)
            case "=" | "<>" | "starts" | "contains" as operator:
                return Test(column, operator, (self._literal(),))
            case "between":
                low = self._literal()
                self._take("and")
                return Test(column, "between", (low, self._literal()))
            case "in":
                return Test(column, "in", self._tuple())
            case other:
                raise self._error(f"unknown comparison {other}")

    def _tuple(self) -> tuple[str, ...]:
        self._take("(")
        values = [self._literal()]
        while self._peek() == ",":
            self._take()
            values.append(self._literal())
        self._take(")")
        return tuple(values)
