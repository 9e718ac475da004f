"""Long-term support in the latest submissions: the rows that LTS001, LTS004, ASCOF 2E and 3D all begin with."""

from __future__ import annotations

from ibis.expr.types import Table

from asccld.measures.selection import of_latest_files
from asccld.measures.setting import is_long_term
from asccld.measures.source import RECORD, Source, is_client

_CARRIED = (
    RECORD, "la_code", "der_nhs_number_traced_pseudo", "la_person_unique_identifier", "der_birth_year",
    "der_birth_month", "date_of_death", "event_type", "event_start_date", "event_end_date", "service_type",
    "service_component", "delivery_mechanism", "primary_support_reason", "has_unpaid_carer", "ethnicity", "gender",
    "employment_status", "accommodation_status",
)  # fmt: skip


def long_term_rows(source: Source) -> Table:
    """Rows of the four long-term service types, of clients, in the latest submissions, begun by the period's end."""
    return source.shared("long_term_rows", lambda: _rows(source))


def _rows(source: Source) -> Table:
    rows = of_latest_files(source)
    begun = rows.event_start_date <= source.settings.end
    kept = rows.filter(is_long_term(rows), is_client(rows), begun)
    return kept.select(*(c for c in _CARRIED if c in rows.columns))
