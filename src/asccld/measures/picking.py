"""One row, or one value, per person: the strongest setting, the latest known status, Unknown where they conflict.

Method: NHS England, LTS and ASCOF tables (nhse-2024-03), rules DED-A and DED-B of the method reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import ibis
from ibis.expr.types import Column, IntegerValue, Table, Value

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


def one_value(rows: Table, of: Mapping[str, Value], shown: Mapping[str, Column], column: str, conflict: str) -> Table:
    """One row per group with its value, or with `conflict` where its rows have values that differ.

    `of` says by which values the groups are told apart, `shown` what is shown of a group in the end: its smallest
    spelling. A missing value differs from every other. Adds `record_ids`.
    """
    value = rows[column]
    different = folded(value).nunique() + value.isnull().any().cast("int64")
    spelt = {name: expression.min() for name, expression in shown.items()}
    keys = {f"of_{name}": expression for name, expression in of.items()}
    found = rows.group_by(**keys).agg(**spelt, value=value.min(), different=different, record_ids=record_list(rows))
    said = (found.different > 1).ifelse(conflict, found.value)
    return with_record_ids(found.mutate(**{column: said}).drop("different", "value", *keys))


def agreed_status(rows: Table, status: str, *, missing_gender_agrees: bool, conflict: str = "Unknown") -> Table:
    """One row per council, person and gender with the status, `conflict` where there are several (rule DED-B, step 4).

    The script's join fails for people without a gender, so each of their statuses stays, unless
    `missing_gender_agrees` (X13).
    """
    apart = folded(rows[status]).fill_null("")
    lone = ibis.literal("") if missing_gender_agrees else rows.gender.isnull().ifelse(apart, "")
    of = {"la_code": rows.la_code, "person": rows.person, "gender": folded(rows.gender), "lone": lone}
    shown = {name: rows[name] for name in ("la_code", "gender", "person", "id")}
    return one_value(rows, of, shown, status, conflict)
