"""The national data-quality values table: counts by module, field, status, validity and value.

Columns and labels as the Department's (methods: DHSC create_GetDQValues_procedure.sql): la_name, la_code, module,
datafield, fieldstatus, fieldvalidity, value, count, and a copy for England without values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from asccld.standard import Field, Release
from asccld.validation.status import STATUS_LABELS, VALIDITY_LABELS

MASKED = "N/A - PID"
NATIONAL = ("England", "99999")
VALUE_CHARACTERS = 255
DQ_COLUMNS = ("la_name", "la_code", "module", "datafield", "fieldstatus", "fieldvalidity", "value", "count")


@dataclass
class DQValues:
    """Counts by field, status, check and value, growing chunk by chunk."""

    release: Release
    _parts: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    def add(self, prepared: pl.DataFrame, frame: pl.DataFrame, fields: Sequence[Field]) -> None:
        """Count one chunk; `frame` holds the cells as submitted."""
        for f in (f for f in fields if f.module_order is not None):
            shown = {
                "raw": frame[f.name].str.head(VALUE_CHARACTERS),
                "masked": pl.lit(MASKED),
                "hidden": pl.lit(None, pl.String),
            }[f.value_shown]
            counted = prepared.select(status=f"status.{f.name}", check=f"check.{f.name}").with_columns(value=shown)
            self._parts.append(
                counted.group_by("status", "check", "value").len("count").with_columns(field=pl.lit(f.name))
            )

    def table(self, la_code: str | None, la_name: str | None) -> pl.DataFrame:
        """The table of one council and its England copy, in the order of modules and fields."""
        council = self._counts("status", "check", "value").with_columns(
            la_name=pl.lit(la_name, pl.String), la_code=pl.lit(la_code, pl.String)
        )
        england = council.with_columns(
            la_name=pl.lit(NATIONAL[0]), la_code=pl.lit(NATIONAL[1]), value=pl.lit(None, pl.String)
        )
        keys = [c for c in DQ_COLUMNS if c != "count"]
        return _both(council, england, keys)

    def _counts(self, *keys: str) -> pl.DataFrame:
        by_name = {f.name: f for f in self.release.fields if f.module_order is not None}
        schema = {"status": pl.Int8, "check": pl.Int8, "value": pl.String, "count": pl.UInt32, "field": pl.String}
        counts = pl.concat(self._parts) if self._parts else pl.DataFrame(schema=schema)
        return (
            counts.group_by("field", *keys)
            .agg(pl.col("count").sum())
            .with_columns(
                module=pl.col("field").replace_strict(
                    {n: f.module for n, f in by_name.items()}, return_dtype=pl.String
                ),
                datafield=pl.col("field").replace_strict(
                    {n: f.national_name for n, f in by_name.items()}, return_dtype=pl.String
                ),
                place=pl.col("field").replace_strict(
                    {n: f.module_order for n, f in by_name.items()}, return_dtype=pl.Int32
                ),
                fieldstatus=pl.col("status").replace_strict(STATUS_LABELS, return_dtype=pl.String),
                fieldvalidity=pl.col("check").replace_strict(VALIDITY_LABELS, return_dtype=pl.String),
            )
        )


def _both(council: pl.DataFrame, england: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    counted = pl.concat(
        [council.with_columns(national=pl.lit(value=False)), england.with_columns(national=pl.lit(value=True))]
    )
    total = counted.group_by("national", "place", *keys).agg(pl.col("count").sum())
    return total.sort("national", "place", "fieldstatus", "fieldvalidity", "value").select(DQ_COLUMNS)
