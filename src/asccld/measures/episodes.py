"""Rows that describe one spell (rule ISL): requests, ST-Max episodes, chains of long-term support.

Method: NHS England (nhse-2024-03). A row joins the spell of the row just before it, by start and end, when it starts no
later than that row's end plus the gap. Known limitation of the script: a short row within a long one resets the
comparison (X1); `running_latest_end` compares with the latest end so far instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

import ibis
from ibis.expr.types import DateValue, IntegerValue, Table

START, END = "event_start_date", "event_end_date"


def with_open_ends(rows: Table, today: date) -> Table:
    """Rows whose open ends have become the day of the run."""
    return rows.mutate(**{END: rows[END].fill_null(ibis.literal(today))})


def with_episode(
    rows: Table,
    group: Sequence[str],
    gap_days: int,
    *,
    running_latest_end: bool = False,
    shared_by: Sequence[str] = (),
) -> Table:
    """Adds `episode`, a number within the group, and `episode_start`, the earliest start of its rows.

    Ends must be there: see `with_open_ends`. With `shared_by`, columns of the group that numbers do not heed, a row
    also has the numbers that rows of the same start and end have in other groups: the script joins them back by person
    and dates only, without the council (X8), so one row may become several.
    """
    spans = episodes(rows, group, gap_days, running_latest_end=running_latest_end, shared_by=shared_by)
    keys = [*group, START, END]
    return rows.inner_join(spans, keys).select(*(rows[c] for c in rows.columns), spans.episode, spans.episode_start)


def episodes(
    rows: Table,
    group: Sequence[str],
    gap_days: int,
    *,
    running_latest_end: bool = False,
    shared_by: Sequence[str] = (),
) -> Table:
    """The distinct spans of rows with their episode: columns of the group, start, end, episode, episode_start."""
    spans = rows.group_by(*group, START, END).agg(alike=rows.count())
    numbered = _numbered(_with_breaks(spans, group, gap_days, running=running_latest_end), group)
    return _with_numbers_of_others(numbered, group, shared_by) if shared_by else numbered


def _with_breaks(spans: Table, group: Sequence[str], gap_days: int, *, running: bool) -> Table:
    order = [spans[START], spans[END]]
    before = ibis.window(group_by=list(group), order_by=order)
    previous = spans[END].lag(1).over(before)
    if running:
        earlier = ibis.window(group_by=list(group), order_by=order, preceding=(None, 1))
        previous = spans[END].max().over(earlier)
    latest_start = cast("DateValue", spans[START] - ibis.interval(days=gap_days))
    parted = cast("IntegerValue", (previous >= latest_start).fill_null(False).ifelse(0, 1))
    # A row that ends long before it starts is parted from its own likes, and they, all alike, from the row before.
    backwards = (spans[END] >= latest_start).ifelse(0, spans.alike - 1)
    breaks = parted if running else parted + backwards
    return spans.mutate(opens=breaks > 0, breaks=breaks)


def _numbered(spans: Table, group: Sequence[str]) -> Table:
    so_far = ibis.window(group_by=list(group), order_by=[spans[START], spans[END]], preceding=None, following=0)
    opened = spans.opens.ifelse(spans[START], None)
    numbered = spans.mutate(episode=spans.breaks.sum().over(so_far), episode_start=opened.max().over(so_far))
    return numbered.select(*group, START, END, "episode", "episode_start")


def _with_numbers_of_others(spans: Table, group: Sequence[str], shared_by: Sequence[str]) -> Table:
    """Spans of those who are in several groups, with each other's numbers too; the others, nearly all, as they are."""
    people = [c for c in group if c not in shared_by]
    several = spans.group_by(*people).agg(
        **{f"first_{c}": spans[c].min() for c in shared_by}, **{f"last_{c}": spans[c].max() for c in shared_by}
    )
    several = several.filter(ibis.or_(*(several[f"first_{c}"] != several[f"last_{c}"] for c in shared_by)))
    single = cast("Table", spans.anti_join(several, people))
    known = cast("Table", spans.semi_join(several, people))
    numbers = known.select(*people, START, END, "episode").distinct()
    mixed = known.drop("episode", "episode_start").inner_join(numbers, [*people, START, END])
    mixed = mixed.select(*group, START, END, "episode")
    first = mixed[START].min().over(ibis.window(group_by=[*group, "episode"]))
    return ibis.union(single, mixed.mutate(episode_start=first))
