"""The national data-quality values table: counts by module, field, status, validity and value.

Columns and labels as the Department's (methods: DHSC create_GetDQValues_procedure.sql): la_name, la_code, module,
datafield, fieldstatus, fieldvalidity, value, count, and a copy for England without values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import polars as pl

from asccld.identifying import HIDDEN
from asccld.identifying.masking import People, References
from asccld.identifying.shapes import form_of, is_safe, own_dates
from asccld.standard import Field, Release
from asccld.validation.findings import MANY_TEXTS, without_people
from asccld.validation.kinds import BLANK_CHECKS, UNKNOWN, check_of
from asccld.validation.slipped import Slips, perhaps, surely
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
    first_year: int = 0
    """A date before is masked."""
    _parts: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    def count(self, prepared: pl.DataFrame, frame: pl.DataFrame, signs: pl.Series) -> list[pl.DataFrame]:
        """One chunk counted; `frame` holds the cells as submitted, `signs` those of slipped rows."""
        fields = (f for f in self.release.fields if f.module_order is not None and f.name in frame.columns)
        slipped, undecided = surely(signs), _undecided(prepared, signs)
        return [self._counted(f, prepared, self._shown(f, prepared, frame, slipped), undecided) for f in fields]

    def add(self, parts: Iterable[pl.DataFrame]) -> None:
        """Add one chunk's counts."""
        self._parts += parts

    def _counted(
        self, f: Field, prepared: pl.DataFrame, value: pl.Series | pl.Expr, undecided: pl.DataFrame
    ) -> pl.DataFrame:
        cells = prepared.select(status=f"status.{f.name}", kind=f"kind.{f.name}").with_columns(value=value)
        if self._is_free(f):
            counted = cells.hstack(undecided).group_by("status", "kind", "value", *undecided.columns).len("count")
        else:
            counted = cells.group_by("status", "kind", "value").len("count").with_columns(*_DECIDED)
        pairs = zip(counted["kind"].to_list(), counted["status"].to_list(), strict=True)
        checks = pl.Series([check_of(kind, status, self.release.previous) for kind, status in pairs], dtype=pl.Int8)
        kept = counted.select("status", checks.alias("check"), "value", "signs", "council", "count")
        return kept.with_columns(field=pl.lit(f.name))

    def _is_free(self, f: Field) -> bool:
        """Whether values of a field are shown that may be anything."""
        found = self.release.list_of(f.name)
        unseen = self.show_identifiers or f.identifying or f.value_shown in ("hidden", "masked")
        return not (unseen or (found and found.values))

    def _shown(self, f: Field, prepared: pl.DataFrame, frame: pl.DataFrame, slipped: pl.Series) -> pl.Series | pl.Expr:
        cells = frame[f.name].cast(pl.String).str.head(VALUE_CHARACTERS)
        if f.value_shown == "hidden":
            return pl.lit(None, pl.String)
        if f.value_shown == "masked" or (f.identifying and not self.show_identifiers):
            return pl.lit(MASKED)
        if self.show_identifiers:
            return cells
        if f"code.{f.name}" in prepared.columns:
            return _masked(cells, prepared[f"kind.{f.name}"] == UNKNOWN)
        value = prepared[f"value.{f.name}"]
        if f.name == "event_reference":
            return _masked(cells, slipped & value.is_not_null())
        told = slipped | ~value.to_frame("v").select(is_safe(pl.col("v"), form_of(f), self.first_year)).to_series()
        for own in own_dates(prepared, [f.name]):
            told |= own
        return _masked(cells, value.is_not_null() & told)

    def table(
        self, la_code: str | None, la_name: str | None, people: People, slips: Slips, swapped: Collection[str] = ()
    ) -> pl.DataFrame:
        """The table of one council and its England copy, in the order of modules and fields.

        `swapped` are columns of codes that hold something else.
        """
        self._parts = [self._without_people(p, people, slips, swapped) for p in self._parts]
        council = self._counts("status", "check", "value").with_columns(
            la_name=pl.lit(la_name, pl.String), la_code=pl.lit(la_code, pl.String)
        )
        england = council.with_columns(
            la_name=pl.lit(NATIONAL[0]), la_code=pl.lit(NATIONAL[1]), value=pl.lit(None, pl.String)
        )
        keys = [c for c in DQ_COLUMNS if c != "count"]
        return _both(council, england, keys)

    def _without_people(
        self, part: pl.DataFrame, people: People, slips: Slips, swapped: Collection[str]
    ) -> pl.DataFrame:
        """Counts of one field, masking values of free columns that agree with the file's people or have slipped."""
        f = self.release.by_name[part["field"].item(0)]
        if not self._is_free(f):
            return part
        value = part["value"].str.strip_chars()
        clean = References.of(value).shown(people) if f.name == "event_reference" else without_people(value, people)
        slipped = slips.among(part["signs"], part["council"]) & ~part["check"].is_in(BLANK_CHECKS)
        if f.name in swapped and value.n_unique() > MANY_TEXTS:
            slipped |= ~part["check"].is_in(BLANK_CHECKS)
        return part.with_columns(_masked(part["value"], (clean == HIDDEN).fill_null(value=False) | slipped))

    def _counts(self, *keys: str) -> pl.DataFrame:
        by_name = {f.name: f for f in self.release.fields if f.module_order is not None}
        counts = pl.concat(self._parts) if self._parts else pl.DataFrame(schema=_PART)
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


_PART = {
    "status": pl.Int8,
    "check": pl.Int8,
    "value": pl.String,
    "signs": pl.UInt8,
    "council": pl.String,
    "count": pl.UInt32,
    "field": pl.String,
}
_DECIDED = pl.lit(0, pl.UInt8).alias("signs"), pl.lit(None, pl.String).alias("council")


def _undecided(prepared: pl.DataFrame, signs: pl.Series) -> pl.DataFrame:
    """The signs and the council of rows of which only the whole file tells whether their cells have slipped."""
    column = pl.col("value.la_code") if "value.la_code" in prepared.columns else pl.lit(None, pl.String)
    return prepared.with_columns(signs=signs).select(
        signs=pl.when(perhaps(signs)).then(pl.col("signs")).otherwise(pl.lit(0, pl.UInt8)),
        council=pl.when(perhaps(signs)).then(column),
    )


def _masked(cells: pl.Series, told: pl.Series) -> pl.Series:
    return cells.set(told.fill_null(value=False), MASKED)


def _both(council: pl.DataFrame, england: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    counted = pl.concat(
        [council.with_columns(national=pl.lit(value=False)), england.with_columns(national=pl.lit(value=True))]
    )
    total = counted.group_by("national", "place", *keys).agg(pl.col("count").sum())
    return total.sort("national", "place", "fieldstatus", "fieldvalidity", "value").select(DQ_COLUMNS)
