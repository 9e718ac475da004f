"""One record of each event: nothing is merged, the best record is kept.

Method: DHSC `GetUniqueEvents` (dhsc-2026-06). Counting unit: events. Columns in: event_number,
der_event_end_date, event_outcome_hierarchy, der_conversation, der_unique_record_id, in joined tables the reference
period, in single ones mechanism and costs. Columns out: the same.
"""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.builders import WindowBuilder
from ibis.expr.types import Table

from asccld.processing.columns import RECORD_ID, Mode, threshold
from asccld.processing.text import OPEN_END, blank_if_missing, fingerprint, folded, is_service, on_duckdb, two_decimals

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
    ordered = _with_order(rows, mode)
    ranked = ordered.mutate(record_rank=ibis.row_number().over(_best(ordered, mode)))
    return ranked.filter(ranked.record_rank == 0).select(*rows.columns)


def ranked_events(rows: Table, mode: Mode) -> Table:
    """Every record with its rank (0 is kept), its order columns and those of the best record of its event."""
    ordered = _with_order(rows, mode)
    best = _best(ordered, mode)
    of_best = {f"best_{c.removeprefix(_ORDER)}": ordered[c].first().over(best) for c in _order_columns(ordered)}
    return ordered.mutate(record_rank=ibis.row_number().over(best), **of_best)


_ORDER = "order_"


def _order_columns(ordered: Table) -> list[str]:
    return [c for c in ordered.columns if c.startswith(_ORDER)]


def _with_order(rows: Table, mode: Mode) -> Table:
    """Adds what decides between records, without missing values: engines differ in where they sort those."""
    period = {"order_period": rows.ref_period_end_date} if mode == "joined" else {}
    return rows.mutate(
        **period,
        order_end=rows.der_event_end_date.coalesce(ibis.literal(date.fromisoformat(OPEN_END))),
        order_outcome=rows.event_outcome_hierarchy.fill_null(int(threshold("unique_events", "no_outcome"))),
        order_conversation=rows.der_conversation.cast("int32").fill_null(-1),
    )


def _best(ordered: Table, mode: Mode) -> WindowBuilder:
    costs = [ordered[c] for c in ordered.columns if c.startswith(COST_IDENTITY)] if mode == "single" else []
    order = [ordered.order_end.desc(), ordered.order_outcome.asc(), ordered.order_conversation.desc()]
    period = [ordered.order_period.desc()] if mode == "joined" else []
    return ibis.window(group_by=[ordered.event_number, *costs], order_by=[*period, *order, ordered[RECORD_ID].desc()])
