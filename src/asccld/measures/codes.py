"""Values of a list as small numbers: what is counted and compared a dozen times is then a byte and not a text.

A value is 0 where it is missing, its place on the list from 1, and OTHER for anything else, whose text is kept too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, Column, IntegerValue, StringValue, Table, Value

from asccld.measures.lookups import looked_up
from asccld.processing.text import folded_text

MISSING, OTHER = 0, 99


def code_of(value: Value, texts: Sequence[str]) -> IntegerValue:
    """The place of a value on the list, 0 where it is missing, 99 where it is not on the list."""
    places = {folded_text(text): ibis.literal(place, "int8") for place, text in enumerate(texts, 1)}
    known = looked_up(value, places, ibis.literal(OTHER, "int8"))
    return cast("IntegerValue", value.isnull().ifelse(ibis.literal(MISSING, "int8"), known))


def coded(rows: Table, columns: Mapping[str, Sequence[str]]) -> dict[str, Value]:
    """For each column its `<column>_code` and `<column>_other`."""
    made: dict[str, Value] = {}
    for column, texts in columns.items():
        code = code_of(rows[column], texts)
        made[f"{column}_code"] = code
        made[f"{column}_other"] = (code == OTHER).ifelse(rows[column], None)
    return made


def text_of(code: Column, other: Column, texts: Sequence[str]) -> StringValue:
    """The list's spelling of a code, or the other text."""
    return cast("StringValue", code.cases(*enumerate(texts, 1), else_=other))


def code_in(code: Column, texts: Sequence[str], wanted: Sequence[str]) -> BooleanValue:
    """Whether a code is that of one of the wanted values of the list."""
    return cast("BooleanValue", code.isin([place for place, text in enumerate(texts, 1) if text in set(wanted)]))


def place_of(text: str, texts: Sequence[str]) -> int:
    """The code of a value of the list."""
    return list(texts).index(text) + 1


def differing(*columns: Column) -> BooleanValue:
    """For an aggregation: whether the rows of a group differ in any of the columns; missing differs from the rest."""
    tests = [(c.min() != c.max()).fill_null(False) | (c.isnull().any() & c.notnull().any()) for c in columns]
    return reduce(lambda a, b: cast("BooleanValue", a | b), tests)
