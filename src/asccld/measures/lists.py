"""The lists of values that the methods accept, and the spelling under which a value is shown."""

from __future__ import annotations

from functools import cache
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, StringValue, Value

from asccld.measures.registry import measure_table
from asccld.processing.text import folded, folded_text


@cache
def listed(table: str) -> tuple[str, ...]:
    """The values of a list: the first column of its table."""
    return tuple(next(iter(row.values())) for row in measure_table(table))


@cache
def listed_where(table: str, column: str, answer: str) -> tuple[str, ...]:
    """The values of a list for which a column of its table says so."""
    return tuple(next(iter(row.values())) for row in measure_table(table) if row[column] == answer)


def listed_or(value: Value, table: str, otherwise: str) -> StringValue:
    """The list's spelling of a value, or `otherwise` for what is missing or not on the list."""
    text = folded(value)
    return cast("StringValue", ibis.cases(*((text == folded_text(t), t) for t in listed(table)), else_=otherwise))


def is_listed(value: Value, values: tuple[str, ...]) -> BooleanValue:
    """Whether a value is one of these; missing where it is missing."""
    return cast("BooleanValue", folded(value).isin([folded_text(v) for v in values]))
