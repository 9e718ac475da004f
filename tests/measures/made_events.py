"""A few made-up events and what a measure makes of them: each event is written with what matters, the rest is usual."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import ibis
import polars as pl

from asccld.engine import keeper
from asccld.measures import compute, needed_columns, settings_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

KINDS: dict[str, Any] = {"text": pl.String, "date": pl.Date, "timestamp": pl.Datetime("us"), "integer": pl.Int64}
PERIOD = (date(2023, 4, 1), date(2023, 12, 31))
NURSING, RESIDENTIAL, COMMUNITY, PRISON = (
    f"Long Term Support: {kind}" for kind in ("Nursing Care", "Residential Care", "Community", "Prison")
)
USUAL: dict[str, Any] = {
    "la_code": "101", "la_name": "Testshire", "importdate": datetime(2024, 1, 20, 10),  # noqa: DTZ001 - no zone
    "reporting_period_start_date": PERIOD[0], "reporting_period_end_date": PERIOD[1],
    "der_nhs_number_traced_pseudo": "N1", "der_birth_year": 1950, "der_birth_month": 6, "client_type": "Service User",
    "event_type": "Service", "service_type": COMMUNITY, "gender": "Male",
    "primary_support_reason": "Learning Disability Support",
}  # fmt: skip
SHORT = {
    "la": "la_code", "nhs": "der_nhs_number_traced_pseudo", "own": "la_person_unique_identifier",
    "born": "der_birth_year", "month": "der_birth_month", "died": "date_of_death", "client": "client_type",
    "kind": "event_type", "outcome": "event_outcome", "service": "service_type", "component": "service_component",
    "mechanism": "delivery_mechanism", "reason": "primary_support_reason", "carer": "has_unpaid_carer",
    "status": "accommodation_status", "employment": "employment_status", "imported": "importdate",
    "review": "review_reason", "method": "method_of_review", "reference": "event_reference",
}  # fmt: skip
DAYS = {"died", "start", "end"}


def event(start: str, end: str | None = None, **given: Any) -> dict[str, Any]:
    """An event from `start` to `end`, open without one; the other values by their short names."""
    row = USUAL | {"event_start_date": date.fromisoformat(start)}
    row["event_end_date"] = date.fromisoformat(end) if end else None
    for name, value in given.items():
        day = date.fromisoformat(value) if name in DAYS and value else value
        row[SHORT.get(name, name)] = datetime.fromisoformat(value) if name == "imported" else day
    if row["la_code"] != USUAL["la_code"]:
        row["la_name"] = f"Council {row['la_code']}"
    return row


def events_of(con: BaseBackend, names: Sequence[str], *rows: dict[str, Any]) -> Table:
    """A table of these events with what the measures need."""
    kinds = needed_columns(names)
    data = [{"der_unique_record_id": place} | row for place, row in enumerate(rows, 1)]
    frame = pl.DataFrame(
        [{c: row.get(c) for c in kinds} for row in data], schema={c: KINDS[k] for c, k in kinds.items()}
    )
    return con.create_table("events", frame.to_arrow())


def made(name: str, suffix: str, columns: str, *rows: dict[str, Any], **options: Any) -> list[tuple[Any, ...]]:
    """Those columns of an output of the measure, in order."""
    con = ibis.duckdb.connect()
    events = events_of(con, [name], *rows)
    start, end = options.pop("period", PERIOD)
    computed = compute([name], events, settings_for(start, end, options), hold=keeper(con))
    found = computed[name][suffix].to_polars().select(columns.split())
    con.disconnect()
    return sorted(found.rows(), key=str)
