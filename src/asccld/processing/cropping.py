"""Services that vanish between two files are closed at the end of the earlier reference period.

Method: DHSC `GetDerivedFields` (dhsc-2026-06); it changes joined tables only. Columns in: la_name, reference period,
event_number, der_event_end_date. Columns out: the same, `der_event_end_date` changed and `cropped` added. Known
limitations: only a reference period that starts on the very next day counts as the next (Q3), and identity uses
submitted wording (Q5).
"""

from __future__ import annotations

from typing import cast

import ibis
from ibis.expr.types import BooleanValue, Table

from asccld.processing.text import folded


def cropped(rows: Table, *, prior: str = "official") -> Table:
    """Open services of a prior reference period that the next one does not hold end with their period.

    A period is prior when another of the council starts later. With `prior="robust"` (option late_quarter) it is prior
    only when another starts after it has ended: a late file for one quarter inside a longer file's span then no longer
    closes every open service of the longer file.
    """
    periods = _council_periods(rows)
    later = periods.mutate(
        latest_start=periods.ref_period_start_date.max().over(ibis.window(group_by=periods.name_key))
    )
    ends = later.ref_period_start_date if prior == "official" else later.ref_period_end_date
    later = later.mutate(prior=later.latest_start > ends)
    marked = rows.left_join(
        later,
        [
            folded(rows.la_name) == later.name_key,
            rows.ref_period_start_date == later.ref_period_start_date,
            rows.ref_period_end_date == later.ref_period_end_date,
        ],
    ).select(*(rows[c] for c in rows.columns), prior=later.prior.fill_null(False))
    return _closed(marked)


def _council_periods(rows: Table) -> Table:
    # A view: joined with the rows that it is made of, its columns must stay apart from theirs.
    return rows.select("ref_period_start_date", "ref_period_end_date", name_key=folded(rows.la_name)).distinct().view()


def _closed(rows: Table) -> Table:
    end, period_end = rows.der_event_end_date, rows.ref_period_end_date
    goes_on = cast("BooleanValue", rows.prior & (end.isnull() | (end > period_end)))
    next_day = (period_end + ibis.interval(days=1)).cast("date")
    found = rows.select(found_event=rows.event_number, found_start=rows.ref_period_start_date).distinct().view()
    seen = rows.left_join(found, [rows.event_number == found.found_event, next_day == found.found_start])
    seen = seen.select(*(rows[c] for c in rows.columns), vanished=goes_on & found.found_event.isnull())
    closed = seen.mutate(
        der_event_end_date=seen.vanished.ifelse(seen.ref_period_end_date, seen.der_event_end_date),
        cropped=seen.vanished,
    )
    return closed.drop("prior", "vanished")
