"""Conditions in words, for the people who have to act on them."""

from __future__ import annotations

from asccld.standard.conditions import Both, Condition, Constant, Either, Not, Test, parse
from asccld.standard.model import Release

_DERIVED = {"age_at_period_end": "the age at the end of the reporting period"}


def in_words(text: str, release: Release) -> str:
    """A condition as a reader of the specification would say it, with the headers of a release."""
    condition = parse(text)
    if isinstance(condition, Constant):
        return "every row" if condition.value else "no row"
    return f"rows where {_words(condition, release)}"


def _words(condition: Condition, release: Release) -> str:
    match condition:
        case Constant(value):
            return "always" if value else "never"
        case Test():
            return _test(condition, release, negated=False)
        case Not(Test() as test):
            return _test(test, release, negated=True)
        case Not(operand):
            return f"it is not so that {_words(operand, release)}"
        case Both(operands):
            return " and ".join(_grouped(o, release) for o in operands)
        case Either(operands):
            return " or ".join(_grouped(o, release) for o in operands)


def _grouped(condition: Condition, release: Release) -> str:
    words = _words(condition, release)
    return f"({words})" if isinstance(condition, Either | Both) else words


def _test(test: Test, release: Release, *, negated: bool) -> str:
    field = release.by_name.get(test.column)
    name = field.header if field else _DERIVED.get(test.column, test.column)
    quoted = [f"'{o}'" for o in test.operands]
    verb = "is not" if negated != (test.operator == "<>") else "is"
    match test.operator:
        case "=" | "<>":
            return f"{name} {verb} {quoted[0]}"
        case "in":
            return f"{name} {verb} {' or '.join(quoted)}"
        case "starts":
            return f"{name} {'does not begin' if negated else 'begins'} with {quoted[0]}"
        case "contains":
            return f"{name} {'does not contain' if negated else 'contains'} {quoted[0]}"
        case "present":
            return f"{name} is {'blank' if negated else 'filled'}"
        case "blank":
            return f"{name} is {'filled' if negated else 'blank'}"
        case "between":
            return f"{name} {verb} from {test.operands[0]} to {test.operands[1]}"
