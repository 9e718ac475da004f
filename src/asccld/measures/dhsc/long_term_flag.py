"""Whether somebody had long-term support when an event began.

Method: DHSC dashboard facts (dhsc-2026-06): a service of the group `Long term support`, of any client type, is open
that day. Counting unit: events. Known limitation: a service that ended before the period is not in the single main
table, so an event that began before the period may be flagged `No` wrongly.
"""

from __future__ import annotations

from datetime import date
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, StringValue, Table

from asccld.measures.main_table import PERSON
from asccld.measures.source import RECORD
from asccld.processing.text import OPEN_END, same

NEW, EXISTING = "NEW", "EXISTING"
_OPEN = date.fromisoformat(OPEN_END)


def long_term_spells(rows: Table) -> Table:
    """First and last day of every long-term service."""
    services = rows.filter(
        same(rows.event_type, "Service"),
        same(rows.service_type_grouped, "Long term support"),
        rows.event_start_date.notnull(),
    )
    return services.select(
        *PERSON, day=services.event_start_date, last_day=services.der_event_end_date.fill_null(ibis.literal(_OPEN))
    )


def with_long_term_flag(events: Table, spells: Table) -> Table:
    """Adds `lts_flag`, Yes or No, and `client_status`: EXISTING where a service began before the event's first day.

    The status is ours: it leaves out support that begins with the event, which may be what the event led to.
    """
    days = events.select(
        *PERSON,
        day=events.event_start_date,
        last_day=ibis.null("date"),
        record=events[RECORD],
        is_event=ibis.literal(1, "int8"),
    )
    starts = spells.mutate(record=ibis.null("int64"), is_event=ibis.literal(0, "int8"))
    rows = ibis.union(starts.select(*days.columns), days)
    by_day = {"group_by": list(PERSON), "preceding": None, "following": 0}
    told = rows.mutate(
        since_today=rows.last_day.max().over(ibis.window(order_by=[rows.day, rows.is_event], **by_day)),
        since_before=rows.last_day.max().over(ibis.window(order_by=[rows.day, rows.is_event.desc()], **by_day)),
    )
    flags = told.filter(told.is_event == 1).select(
        flag_of="record",
        lts_flag=_either(told.since_today >= told.day, "Yes", "No"),
        client_status=_either(told.since_before >= told.day, EXISTING, NEW),
    )
    return events.inner_join(flags, events[RECORD] == flags.flag_of).drop("flag_of")


def _either(test: BooleanValue, yes: str, no: str) -> StringValue:
    return cast("StringValue", test.fill_null(False).ifelse(ibis.literal(yes), ibis.literal(no)))
