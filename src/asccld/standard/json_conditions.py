"""Conditions of the standard as JSON Schema, with the national database's rules for text and for what is missing.

Case and trailing spaces do not matter, and JSON Schema's patterns have no flag for that, so each letter becomes a class
(`[Ss]`). A test against a blank cell is neither true nor false: what must be true and what must be false are therefore
written separately, and `not` swaps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asccld.standard.conditions import Both, Condition, Constant, Either, Not, Test

Json = dict[str, Any]

CELL: Json = {"type": "string", "pattern": r"\S"}
"""A cell that holds something."""

_SPECIAL = frozenset(r"\^$.|?*+()[]{}/")


class Inexpressible(Exception):
    """The condition looks at something that a single row does not hold."""


def when_true(condition: Condition, headers: Mapping[str, str]) -> Json:
    """A schema for the rows on which the condition is true; `headers` maps columns to headers."""
    match condition:
        case Constant(value):
            return {} if value else {"not": {}}
        case Not(operand):
            return when_false(operand, headers)
        case Both(operands):
            return {"allOf": [when_true(o, headers) for o in operands]}
        case Either(operands):
            return {"anyOf": [when_true(o, headers) for o in operands]}
        case Test():
            return _test(condition, headers, wanted=True)


def when_false(condition: Condition, headers: Mapping[str, str]) -> Json:
    """A schema for the rows on which the condition is false, which is less than "not true"."""
    match condition:
        case Constant(value):
            return when_true(Constant(not value), headers)
        case Not(operand):
            return when_true(operand, headers)
        case Both(operands):
            return {"anyOf": [when_false(o, headers) for o in operands]}
        case Either(operands):
            return {"allOf": [when_false(o, headers) for o in operands]}
        case Test():
            return _test(condition, headers, wanted=False)


def _test(test: Test, headers: Mapping[str, str], *, wanted: bool) -> Json:
    header = headers.get(test.column)
    if header is None or test.operator == "between":
        raise Inexpressible(f"{test.column} is not a cell of the row")
    filled: Json = {"required": [header], "properties": {header: CELL}}
    if test.operator in ("present", "blank"):
        return filled if (test.operator == "present") is wanted else {"not": filled}
    matches: Json = {"pattern": _pattern(test)}
    positive = wanted is (test.operator != "<>")
    cell: Json = {"type": "string"} | matches if positive else CELL | {"not": matches}
    return {"required": [header], "properties": {header: cell}}


def _pattern(test: Test) -> str:
    texts = "|".join("".join(_any_case(c) for c in o) for o in test.operands)
    match test.operator:
        case "starts":
            return f"^({texts})"
        case "contains":
            return f"({texts})"
        case _:
            return f"^({texts}) *$"


def _any_case(character: str) -> str:
    if character.lower() != character.upper():
        return f"[{character.upper()}{character.lower()}]"
    return f"\\{character}" if character in _SPECIAL else character
