"""One row, or one value, per person: the strongest setting, the latest known status, Unknown where they conflict.

Method: NHS England, LTS and ASCOF tables (nhse-2024-03), rules DED-A and DED-B of the method reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import ibis
from ibis.expr.types import IntegerValue, Table, Value

from asccld.measures.source import record_list, with_record_ids
from asccld.processing.text import folded, same


def known_flag(value: Value, unknown: str) -> IntegerValue:
    """1 for a value that says something: 0 where it is missing or the unknown value; invalid text says something."""
    return cast("IntegerValue", (value.isnull() | same(value, unknown)).ifelse(0, 1))


def best_rows(rows: Table, of: Sequence[str], order: Sequence[Value]) -> Table:
    """Rows that come first of their group in that order; equals all stay."""
    place = ibis.rank().over(ibis.window(group_by=list(of), order_by=list(order)))
    ranked = rows.mutate(place=place)
    return ranked.filter(ranked.place == 0).drop("place")


def one_value(
    rows: Table,
    of: Mapping[str, Value],
    column: str,
    shown: Value,
    *,
    conflict: str,
    more: Mapping[str, Any] | None = None,
) -> Table:
    """One row per group with its value, or with `conflict` where it has several that differ.

    `of` names the columns of the result and says by which values they are compared; groups where a value is missing
    are compared as missing. A missing value is one of the values. Adds `record_ids`.
    """
    compared = folded(shown)
    different = compared.nunique() + shown.isnull().any().cast("int64")
    found = rows.group_by(**of).agg(
        **{column: shown.min()}, different=different, record_ids=record_list(rows), **(more or {})
    )
    said = (found.different > 1).ifelse(conflict, found[column])
    return with_record_ids(found.mutate(**{column: said}).drop("different"))
