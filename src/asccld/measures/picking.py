"""One row, or one value, per person: the strongest setting, the latest known status, Unknown where they conflict.

Method: NHS England, LTS and ASCOF tables (nhse-2024-03), rules DED-A and DED-B of the method reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

import ibis
from ibis.expr.types import Column, DateValue, IntegerValue, Table, Value

from asccld.measures.codes import MISSING, OTHER, differing, place_of, text_of
from asccld.measures.source import record_list, with_record_ids
from asccld.processing.text import days_from, folded

MOST_DAYS = 10_000_000
"""More days than the calendar has: what weighs more is multiplied by it."""


def known_flag(code: Column, unknown: int) -> IntegerValue:
    """1 for a value that says something: 0 where it is missing or the unknown value; invalid text says something."""
    return cast("IntegerValue", code.isin([MISSING, unknown]).ifelse(0, 1))


def days_before(rows: Table, day: date) -> IntegerValue:
    """How many days before a day an event started: the smaller, the later."""
    return days_from(cast("DateValue", rows.event_start_date), cast("DateValue", ibis.literal(day))).cast("int64")


def best_rows(rows: Table, of: Sequence[str], merit: str = "merit") -> Table:
    """Rows with the smallest merit of their group; equals all stay."""
    best = rows.group_by(*of).agg(**{merit: rows[merit].min()})
    return cast("Table", rows.semi_join(best, [*of, merit]))


def one_value(
    rows: Table,
    of: Sequence[str],
    column: str,
    texts: Sequence[str],
    conflict: str,
    *,
    apart: Mapping[str, Value] | None = None,
    spelt: Sequence[str] = ("id",),
) -> Table:
    """One row per group with the code of a coded column, or that of `conflict` where the rows of a group differ.

    Groups are told apart by the columns `of` and the values `apart`; of the columns `spelt` the smallest spelling is
    shown. A value that is not on the list keeps its text. Adds `record_ids`.
    """
    code, other = rows[f"{column}_code"], rows[f"{column}_other"]
    keys = {f"of_{name}": expression for name, expression in (apart or {}).items()}
    found = rows.group_by(*of, **keys).agg(
        **{name: rows[name].min() for name in spelt},
        conflicts=differing(code, cast("Column", folded(other))),
        code=code.min(),
        other=other.min(),
        record_ids=record_list(rows, once=True),
    )
    said = found.conflicts.ifelse(ibis.literal(place_of(conflict, texts), "int8"), found.code)
    own_text = (said == OTHER).ifelse(found.other, None)
    agreed = found.mutate(**{f"{column}_code": said, f"{column}_other": own_text})
    return with_record_ids(agreed.select(*of, *spelt, f"{column}_code", f"{column}_other", "record_ids"))


def agreed_status(rows: Table, column: str, texts: Sequence[str], *, missing_gender_agrees: bool) -> Table:
    """One row per council, person and gender with the status, Unknown where there are several (rule DED-B, step 4).

    The script's join fails for people without a gender, so each of their statuses stays, unless
    `missing_gender_agrees` (X13).
    """
    apart: dict[str, Value] = {"gender": folded(rows.gender)}
    if not missing_gender_agrees:
        nobody = rows.gender.isnull()
        apart["code"] = nobody.ifelse(rows[f"{column}_code"], None)
        apart["other"] = nobody.ifelse(folded(rows[f"{column}_other"]), None)
    people = ("la_code", "person")
    agreed = one_value(rows, people, column, texts, "Unknown", apart=apart, spelt=("id", "gender"))
    return agreed.mutate(**{column: text_of(agreed[f"{column}_code"], agreed[f"{column}_other"], texts)})
