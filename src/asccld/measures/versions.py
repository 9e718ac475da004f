"""The latest version of an event among all submissions (rule VER).

Method: NHS England, STS001, STS002a, STS002b and ASCOF 2A (nhse-2024-03). The end date is no part of the key, so an
open row and its later, closed version are one event.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import cast

from ibis.expr.types import BooleanValue, StringValue, Table, Value

from asccld.processing.text import blank_if_missing, folded

APART = "\x1f"
"""Between parts of a key that are compared on their own; nobody types it."""


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


def one_key(rows: Table, parts: Sequence[str], *, joined: bool) -> Value:
    """The same as one text, in which parts that are compared on their own stay apart."""
    first, *others = event_key(rows, parts, joined=joined)
    whole = cast("StringValue", first)
    for part in others:
        whole = whole + APART + cast("StringValue", part)
    return whole


def latest_versions(rows: Table, event: Sequence[str], versioned: BooleanValue) -> Table:
    """Of the rows with versions, those whose time of import is the latest of their event; several of one file all stay.

    `event` are the columns that versions share, and which say whether a row has versions at all; whoever lacks one of
    them has none. Filter by `imported_by` first.
    """
    # Found by grouping, because a window over all rows would sort them first.
    dated = rows.filter(versioned)
    of_event = dated.group_by(*event).agg(latest=dated.importdate.max(), earliest=dated.importdate.min())
    several = of_event.filter(of_event.latest > of_event.earliest)
    outdated = [*(rows[c] == several[c] for c in event), rows.importdate < several.latest]
    return cast("Table", rows.anti_join(several, outdated))
