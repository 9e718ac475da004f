"""Whole rows that should not be there: repeated rows, repeated events, blank rows; all added at the end of the file."""

from __future__ import annotations

import polars as pl

from asccld.synthetic.chance import mixed

_IDENTITY = (
    "la_code", "nhs_number", "la_person_unique_identifier", "client_type", "event_type", "event_reference",
    "event_start_date", "event_end_date", "request_route_of_access", "assessment_type", "service_type",
    "service_component", "delivery_mechanism", "unit_cost", "cost_frequency_unit_type", "planned_units_per_week",
)  # fmt: skip
"""An event is repeated when all these agree, the reference aside, which nobody compares."""


def appended_rows(
    faulty: pl.DataFrame, truth: pl.DataFrame, written: pl.DataFrame, seed: int, count: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The file with `count` rows of each kind added, and the truth with theirs."""
    intact = ~pl.any_horizontal(name for name in _IDENTITY if name in written.columns)
    donors = written.select(intact.alias("intact")).with_row_index("row")
    donors = donors.filter(pl.col("intact") & faulty["event_start_date"].is_not_null())
    drawn = donors.sort(mixed(pl.col("row"), f"{seed} repeated"), "row").head(2 * count)["row"]
    events = faulty[drawn.head(drawn.len() // 2)].with_columns(event_reference=pl.col("event_reference") + "-2")
    rows = faulty[drawn.tail(drawn.len() - drawn.len() // 2)]
    blanks = faulty.clear(count)
    parts = {"duplicate-event": events, "duplicate-row": rows, "row-blank": blanks}
    rules = pl.Series([rule for rule, part in parts.items() for _ in range(part.height)], dtype=pl.String)
    positions = pl.int_range(faulty.height, faulty.height + rules.len(), dtype=pl.UInt32, eager=True)
    added = pl.DataFrame({"row": positions, "field": pl.Series([None] * rules.len(), dtype=pl.String), "rule": rules})
    return pl.concat([faulty, *parts.values()]), pl.concat([truth, added])
