"""The standard's conditions over clean rows, to find where a fault can be made.

In a clean file every value is in its list, so a condition is a plain test of texts: a blank is an empty text, capitals
and trailing blanks do not matter. (The checker has to decide what an unreadable value means; here there is none.)
"""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce

import polars as pl

from asccld.standard import Release
from asccld.standard.conditions import Both, Condition, Constant, Either, Not, Test, columns_of, parse

AGE = "age_at_period_end"
_AGE_COLUMNS = ("date_of_birth", "reporting_period_end_date")


def holds(condition: str, columns: Collection[str]) -> pl.Expr:
    """True where the condition holds; a column that the release does not have counts as blank."""
    return _compiled(parse(condition), frozenset(columns))


def _compiled(condition: Condition, columns: frozenset[str]) -> pl.Expr:
    match condition:
        case Constant(value):
            return pl.lit(value)
        case Not(operand):
            return ~_compiled(operand, columns)
        case Both(operands):
            return reduce(lambda a, b: a & b, (_compiled(o, columns) for o in operands))
        case Either(operands):
            return reduce(lambda a, b: a | b, (_compiled(o, columns) for o in operands))
        case Test():
            return _tested(condition, columns)


def _tested(test: Test, columns: frozenset[str]) -> pl.Expr:  # noqa: PLR0911 - one return per comparison
    if test.operator == "between":
        low, high = test.operands
        return _age(columns).is_between(int(low), int(high)).fill_null(value=False)
    text = pl.col(test.column).fill_null("").str.to_lowercase() if test.column in columns else pl.lit("")
    words = [o.rstrip().lower() for o in test.operands]
    match test.operator:
        case "present":
            return text != ""
        case "blank":
            return text == ""
        case "=":
            return text == words[0]
        case "<>":
            return text != words[0]
        case "starts":
            return text.str.starts_with(words[0])
        case "contains":
            return text.str.contains(words[0], literal=True)
        case "in":
            return text.is_in(words)


def _age(columns: frozenset[str]) -> pl.Expr:
    if not columns >= set(_AGE_COLUMNS):
        return pl.lit(None, dtype=pl.Int32)
    born, end = (pl.col(name).str.to_date("%d/%m/%Y") for name in _AGE_COLUMNS)
    month, end_month = born.dt.month(), end.dt.month()
    not_yet = (month > end_month) | ((month == end_month) & (born.dt.day() > end.dt.day()))
    return end.dt.year() - born.dt.year() - not_yet.cast(pl.Int32)


def read_by(condition: str, release: Release) -> frozenset[str]:
    """Every column whose fault could change what the checker makes of the condition, however indirectly."""
    found: frozenset[str] = frozenset()
    waiting = _columns(condition) & release.by_name.keys()
    while waiting:
        found |= waiting
        fields = (release.by_name[name] for name in waiting)
        waiting = (
            frozenset(name for f in fields for text in (f.applicable_when, f.mandatory_when) for name in _columns(text))
            - found
        )
        waiting &= release.by_name.keys()
    return found & release.by_name.keys()


def _columns(condition: str) -> frozenset[str]:
    names = columns_of(parse(condition))
    return (names - {AGE} | set(_AGE_COLUMNS)) if AGE in names else names
