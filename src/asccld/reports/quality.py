"""Completeness and validity, from the counts of the national data-quality model.

The national model says of every cell whether it must, may or need not be filled, and whether it passed. How rates
are made of that is not published; these formulas are ours (inferred):

* completeness = filled cells / cells where the item applies
* validity = passed cells, among them those that are blank and may be, / cells where the item applies
* mandatory failure rate = blank cells where the item is mandatory / cells where it is mandatory

"Applies" is mandatory, or applicable but not mandatory. Not applicable is not missing; undetermined is counted apart.
"""

from __future__ import annotations

import polars as pl

APPLICABLE = ("Mandatory", "Applicable but not mandatory")
BLANK_MANDATORY = "Failed: Blank (Mandatory)"
BLANK_ALLOWED = "Passed: Blank (Not Mandatory)"
UNGROUPED = "Not in the national data-quality table"
"""What a report says where a field has no module."""

RATE_COLUMNS = (
    "applicable",
    "mandatory",
    "filled",
    "passed",
    "blank_mandatory",
    "invalid",
    "earlier_release",
    "not_applicable",
    "undetermined",
    "completeness",
    "validity",
    "mandatory_failure_rate",
)
"""Columns of every table made here, after its keys."""

FORMULAS = (
    ("Completeness", "filled cells, divided by the cells where the item applies"),
    (
        "Validity",
        "cells that passed, those that may be blank included, divided by the cells where the item applies",
    ),
    ("Mandatory failure rate", "blank cells where the item is mandatory, divided by the cells where it is mandatory"),
)


def by_field(fields: pl.DataFrame) -> pl.DataFrame:
    """One row per field, in the order of the file: field, header, module and RATE_COLUMNS."""
    return _rates(fields, ["field", "header", "module"])


def by_field_and_event_type(fields: pl.DataFrame) -> pl.DataFrame:
    """One row per field and event type: field, header, module, event_type and RATE_COLUMNS."""
    return _rates(fields, ["field", "header", "module", "event_type"])


def by_module(fields: pl.DataFrame) -> pl.DataFrame:
    """One row per module: module and RATE_COLUMNS."""
    return _rates(fields, ["module"])


def overall(fields: pl.DataFrame) -> pl.DataFrame:
    """One row: RATE_COLUMNS over all fields."""
    return _rates(fields.with_columns(all=pl.lit("all")), ["all"]).drop("all")


def _rates(fields: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    status, validity = pl.col("field_status"), pl.col("field_validity")
    applies, mandatory = status.is_in(APPLICABLE), status == "Mandatory"

    def cells(which: pl.Expr) -> pl.Expr:
        return pl.col("count").filter(which).sum().cast(pl.Int64)

    counted = fields.group_by(keys, maintain_order=True).agg(
        applicable=cells(applies),
        mandatory=cells(mandatory),
        filled=cells(applies & ~validity.is_in([BLANK_MANDATORY, BLANK_ALLOWED])),
        passed=cells(applies & validity.str.starts_with("Passed")),
        blank_mandatory=cells(mandatory & (validity == BLANK_MANDATORY)),
        invalid=cells(applies & (validity == "Failed: Invalid")),
        earlier_release=cells(applies & (validity == "Failed: Release 1")),
        not_applicable=cells(status == "Not applicable"),
        undetermined=cells(status == "Undetermined"),
    )
    return counted.with_columns(
        completeness=_share("filled", "applicable"),
        validity=_share("passed", "applicable"),
        mandatory_failure_rate=_share("blank_mandatory", "mandatory"),
    )


def _share(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))
