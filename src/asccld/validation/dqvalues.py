"""The national data-quality values table: counts by module, field, status, validity and value.

Columns and labels as the Department's (methods: DHSC create_GetDQValues_procedure.sql): la_name, la_code, module,
datafield, fieldstatus, fieldvalidity, value, count, and a copy for England without values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from asccld.standard import Field, Release
from asccld.validation.lexicon import Lexicon
from asccld.validation.masking import shown_references, shown_value
from asccld.validation.status import STATUS_LABELS, VALIDITY_LABELS

MASKED = "N/A - PID"
NATIONAL = ("England", "99999")
VALUE_CHARACTERS = 255
DQ_COLUMNS = ("la_name", "la_code", "module", "datafield", "fieldstatus", "fieldvalidity", "value", "count")


@dataclass
class DQValues:
    """Counts by field, status, check and value, growing chunk by chunk.

    The national table shows every value of most fields, also dates of death and whatever slipped into the wrong column.
    Ours does so with `show_identifiers`; else such values are masked as the national table masks others.
    """

    release: Release
    show_identifiers: bool = False
    _parts: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    def add(self, prepared: pl.DataFrame, frame: pl.DataFrame, lexicons: Mapping[str, Lexicon]) -> None:
        """Count one chunk; `frame` holds the cells as submitted."""
        for f in (f for f in self.release.fields if f.module_order is not None and f.name in frame.columns):
            counted = prepared.select(status=f"status.{f.name}", check=f"check.{f.name}")
            counted = counted.with_columns(value=self._shown(f, frame, lexicons))
            self._parts.append(
                counted.group_by("status", "check", "value").len("count").with_columns(field=pl.lit(f.name))
            )

    def _shown(self, f: Field, frame: pl.DataFrame, lexicons: Mapping[str, Lexicon]) -> pl.Series | pl.Expr:
        cells = frame[f.name].str.head(VALUE_CHARACTERS)
        if f.value_shown == "hidden":
            return pl.lit(None, pl.String)
        if f.value_shown == "masked" or (f.identifying and not self.show_identifiers):
            return pl.lit(MASKED)
        if self.show_identifiers:
            return cells
        if f.name in lexicons:
            return _masked(cells, [e.text for e in lexicons[f.name].entries if e.kind == "unknown"])
        if f.name == "event_reference":
            return shown_references(cells)
        # a value in its own form may be shown; any other may be anything
        own = pl.col("check") >= 0
        return pl.when(own).then(cells).otherwise(shown_value(pl.lit(cells), f.type))

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


def _masked(cells: pl.Series, doubtful: Sequence[str]) -> pl.Series:
    """Cells whose text nobody can place may hold anything, also a name."""
    return cells.set(cells.is_in(list(doubtful)), MASKED) if len(doubtful) > _PLACEHOLDERS else cells


_PLACEHOLDERS = 1  # every lexicon has one entry for texts beyond its bounds


def _both(council: pl.DataFrame, england: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    counted = pl.concat(
        [council.with_columns(national=pl.lit(value=False)), england.with_columns(national=pl.lit(value=True))]
    )
    total = counted.group_by("national", "place", *keys).agg(pl.col("count").sum())
    return total.sort("national", "place", "fieldstatus", "fieldvalidity", "value").select(DQ_COLUMNS)
