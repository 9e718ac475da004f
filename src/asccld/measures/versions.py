"""The latest version of an event among all submissions (rule VER).

Method: NHS England, STS001, STS002a, STS002b and ASCOF 2A (nhse-2024-03). The end date is no part of the key, so an
open row and its later, closed version are one event. Rows in: with `person` from the identity rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from asccld.processing.text import blank_if_missing, fingerprint, folded, on_duckdb


def imported_by(rows: Table, day: date, *, whole_day: bool) -> BooleanValue:
    """Imported no later than the first moment of the day, as the script has it, or than the day's end (X19)."""
    if whole_day:
        return cast("BooleanValue", rows.importdate < datetime.combine(day + timedelta(days=1), time()))
    return cast("BooleanValue", rows.importdate <= datetime.combine(day, time()))


def event_key(rows: Table, parts: Sequence[str], *, joined: bool) -> list[Value]:
    """What the versions of one event share besides council, person and start: the texts of `parts`.

    `joined` makes one text of them without separators, so a component and a mechanism may stand for each other (X20).
    """
    texts = [blank_if_missing(rows[part]) for part in parts]
    if not joined:
        return [folded(text) for text in texts]
    whole = texts[0]
    for text in texts[1:]:
        whole = cast("Value", whole + text)  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    return [folded(whole)]


def latest_versions(rows: Table, parts: Sequence[str], *, joined: bool) -> Table:
    """Rows whose time of import is the latest of their event; several of one file all stay.

    Filter by `imported_by` first.
    """
    of_event = fingerprint(event_key(rows, parts, joined=joined), hashed=on_duckdb(rows))
    event = ibis.window(group_by=[rows.la_code, rows.person, rows.event_start_date, *of_event])
    dated = rows.mutate(latest_import=rows.importdate.max().over(event))
    return dated.filter(dated.importdate == dated.latest_import).drop("latest_import")
