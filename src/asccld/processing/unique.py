"""One record of each event: nothing is merged, the best record is kept.

Method: DHSC `GetUniqueEvents` (dhsc-2026-06). Counting unit: events. Columns in: der_unique_event_ref,
der_event_end_date, event_outcome_hierarchy, der_conversation, der_unique_record_id, in joined tables the reference
period, in single ones mechanism and costs. Columns out: the same.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import ibis
from ibis.expr.types import Table, Value

from asccld.processing.columns import RECORD_ID, threshold
from asccld.processing.identity import is_service_key
from asccld.processing.text import OPEN_END, blank_if_missing, folded, two_decimals

Mode = Literal["single", "joined"]


def unique_events(rows: Table, mode: Mode) -> Table:
    """The record that ranks first of each event, or in a single table of each event and cost."""
    best = ibis.window(group_by=_partition(rows, mode), order_by=_order(rows, mode))
    ranked = rows.mutate(record_rank=ibis.row_number().over(best))
    return ranked.filter(ranked.record_rank == 0).drop("record_rank")


def _partition(rows: Table, mode: Mode) -> list[Value]:
    if mode == "joined":
        return [rows.der_unique_event_ref]
    costs = (
        folded(rows.delivery_mechanism_cleaned),
        two_decimals(rows.unit_cost),
        folded(rows.cost_frequency_unit_type_cleaned),
        two_decimals(rows.planned_units_per_week),
    )
    return [rows.der_unique_event_ref, *(is_service_key(rows, blank_if_missing(cost)) for cost in costs)]


def _order(rows: Table, mode: Mode) -> list[Value]:
    order = [
        rows.der_event_end_date.coalesce(ibis.literal(date.fromisoformat(OPEN_END))).desc(),
        rows.event_outcome_hierarchy.fill_null(int(threshold("unique_events", "no_outcome"))).asc(),
        rows.der_conversation.cast("int32").fill_null(-1).desc(),
        rows[RECORD_ID].desc(),
    ]
    return [rows.ref_period_end_date.desc(), *order] if mode == "joined" else order
