"""One record of each event: nothing is merged, the best record is kept.

Method: DHSC `GetUniqueEvents` (dhsc-2026-06). Counting unit: events. Columns in: event_number,
der_event_end_date, event_outcome_hierarchy, der_conversation, der_unique_record_id, in joined tables the reference
period, in single ones mechanism and costs. Columns out: the same.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import ibis
from ibis.expr.types import Table, Value

from asccld.processing.columns import RECORD_ID, threshold
from asccld.processing.text import OPEN_END, blank_if_missing, fingerprint, folded, is_service, on_duckdb, two_decimals

Mode = Literal["single", "joined"]


COST_IDENTITY = "cost_identity_"


def with_cost_identity(rows: Table, *, hashed: bool | None = None) -> Table:
    """Adds the columns `cost_identity_0`, ...: records of one service with equal mechanism and costs agree in them.

    `hashed` as in `with_identity`.
    """
    by_hash = on_duckdb(rows) if hashed is None else hashed
    costs = (
        folded(rows.delivery_mechanism_cleaned),
        two_decimals(rows.unit_cost),
        folded(rows.cost_frequency_unit_type_cleaned),
        two_decimals(rows.planned_units_per_week),
    )
    of_services = [is_service(rows).ifelse(blank_if_missing(cost), None) for cost in costs]
    keys = fingerprint(of_services, hashed=by_hash)
    return rows.mutate(**{f"{COST_IDENTITY}{place}": key for place, key in enumerate(keys)})


def unique_events(rows: Table, mode: Mode) -> Table:
    """The record that ranks first of each event, or in a single table of each event and cost."""
    costs = [rows[c] for c in rows.columns if c.startswith(COST_IDENTITY)] if mode == "single" else []
    best = ibis.window(group_by=[rows.event_number, *costs], order_by=_order(rows, mode))
    ranked = rows.mutate(record_rank=ibis.row_number().over(best))
    return ranked.filter(ranked.record_rank == 0).drop("record_rank")


def _order(rows: Table, mode: Mode) -> list[Value]:
    order = [
        rows.der_event_end_date.coalesce(ibis.literal(date.fromisoformat(OPEN_END))).desc(),
        rows.event_outcome_hierarchy.fill_null(int(threshold("unique_events", "no_outcome"))).asc(),
        rows.der_conversation.cast("int32").fill_null(-1).desc(),
        rows[RECORD_ID].desc(),
    ]
    return [rows.ref_period_end_date.desc(), *order] if mode == "joined" else order
