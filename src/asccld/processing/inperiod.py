"""Events in the reference period, with the end that a death sets.

Method: DHSC `FilterToEventsInPeriod` (dhsc-2026-06). Counting unit: submitted rows. Columns in: rows with
ref_period_start_date and ref_period_end_date. Columns out: the same, `event_end_date` renamed `event_end_date_raw`, and
`der_event_end_date`. Known limitation: an end before the start survives; measures test for it themselves.
"""

from __future__ import annotations

from ibis.expr.types import Table

from asccld.processing.text import is_service, not_service


def with_event_end(rows: Table, *, death_on_first_day: str = "official") -> Table:
    """Adds `der_event_end_date`: the death, where it falls within the event or ends an open one.

    An open event of somebody who died on the day it started stays open (Q4); `death_on_first_day="documented"` ends it.
    """
    died, start, end = rows.date_of_death, rows.event_start_date, rows.event_end_date
    ends_open = died >= start if death_on_first_day == "documented" else died > start
    by_death = died.between(start, end) | (ends_open & end.isnull())
    dated = rows.mutate(der_event_end_date=by_death.ifelse(died, end))
    return dated.rename(event_end_date_raw="event_end_date")


def events_in_period(rows: Table, *, death_on_first_day: str = "official") -> Table:
    """Services that touch the reference period, and other events that end in it, of people alive at its start."""
    dated = with_event_end(rows, death_on_first_day=death_on_first_day)
    first, last = dated.ref_period_start_date, dated.ref_period_end_date
    end, died = dated.der_event_end_date, dated.date_of_death
    ends_within = not_service(dated) & end.between(first, last)
    touches = is_service(dated) & ((end >= first) | end.isnull())
    alive = died.isnull() | ((died >= first) & (died >= dated.event_start_date))
    return dated.filter(dated.event_start_date <= last, ends_within | touches, alive)
