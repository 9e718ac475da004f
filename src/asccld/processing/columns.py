"""Names of columns: what the steps need, and what the main tables hold."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from asccld.standard.tables import Row, read_rows

DATA = Path(__file__).parent / "data"

Mode = Literal["single", "joined"]
"""Which main table: of one file per council for the whole period, or of one for each quarter."""


@cache
def method_table(name: str) -> tuple[Row, ...]:
    """One of the shipped tables of the method, as text."""
    return tuple(read_rows(DATA / f"{name}.csv"))


@cache
def threshold(step: str, parameter: str) -> float:
    """A number that the method fixes (`data/thresholds.csv`)."""
    return next(
        float(r["value"]) for r in method_table("thresholds") if (r["step"], r["parameter"]) == (step, parameter)
    )


@cache
def main_columns(mode: Mode) -> tuple[str, ...]:
    """The columns of the main table, in the national order and lower case."""
    return tuple(r["name"] for r in method_table("main_table_columns") if r[f"in_{mode}"] == "yes")


RECORD_ID = "der_unique_record_id"

PERSON_SOURCES = ("der_nhs_number_traced_pseudo", "der_nhs_number_pseudo", "la_person_unique_identifier")

IDENTITY_SOURCES = ("client_type", "request_route_of_access", "assessment_type", "service_type", "service_component")
"""Submitted values that tell one event from another, besides council, person, type and dates."""

COST_KEYS = ("delivery_mechanism", "unit_cost", "cost_frequency_unit_type", "planned_units_per_week")
"""What tells two records of one service apart in a single table."""

DECIDING = (
    RECORD_ID, "la_code", "la_name", "importdate", *PERSON_SOURCES, "event_type", "event_start_date", "event_end_date",
    "date_of_death", *IDENTITY_SOURCES, *COST_KEYS, "event_outcome", "der_conversation",
)  # fmt: skip
"""All that is needed to decide which records make the main table; everything else is carried once, at the end."""


@cache
def needed_columns() -> dict[str, str]:
    """Columns of collected events that a main table needs, with the kind each must have."""
    derived = {"ref_period_start_date", "ref_period_end_date"}
    kinds: dict[str, str] = {
        "reporting_period_start_date": "date",
        "reporting_period_end_date": "date",
        "event_end_date": "date",
    }
    for row in method_table("main_table_columns"):
        name = row["name"]
        if row["origin"].startswith("DHSC") or name in derived:
            continue
        name = "event_end_date" if name == "event_end_date_raw" else name.removesuffix("_raw")
        kinds[name] = _KINDS.get(name, "text")
    return kinds


_KINDS = {
    "date_of_death": "date",
    "event_start_date": "date",
    "event_end_date": "date",
    "importdate": "timestamp",
    "importfileid": "any",
    "no_of_adults_being_cared_for": "any",
    "der_unique_record_id": "integer",
    "der_birth_year": "integer",
    "der_birth_month": "integer",
    "der_age_event_start_date": "integer",
    "der_age_reporting_period_end_date": "integer",
    "der_conversation": "integer",
    "der_conversation_1": "integer",
    "unit_cost": "number",
    "planned_units_per_week": "number",
}
