"""Counting while the file passes: statuses by field and event type, months, periods, data-quality values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from asccld.standard import Field, Release
from asccld.validation.lexicon import Lexicon
from asccld.validation.result import FIELD_COLUMNS
from asccld.validation.status import STATUS_LABELS, VALIDITY_LABELS

BLANK_TYPE, OTHER_TYPE = "(blank)", "(not recognised)"
_STATUS_STEP, _TYPE_STEP = 8, 32
_VALIDITIES = tuple(dict.fromkeys(VALIDITY_LABELS.values()))


@dataclass
class Tallies:
    """Counts that grow chunk by chunk."""

    release: Release
    _codes: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    _months: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    _ended: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    _periods: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    @property
    def types(self) -> tuple[str, ...]:
        """The event types of the list, then what is none of them."""
        found = self.release.list_of("event_type")
        return (*(found.texts if found else ()), BLANK_TYPE, OTHER_TYPE)

    def add(self, chunk: pl.DataFrame, fields: Sequence[Field]) -> None:
        """Count one chunk that has status, check and `type` (position in `types`)."""
        counted = chunk.select(_code(f).value_counts(name="count").implode().alias(f.name) for f in fields)
        for f in fields:
            self._codes.append(
                counted[f.name].explode().struct.unnest().rename({f.name: "code"}).with_columns(field=pl.lit(f.name))
            )
        self._add_months(chunk)
        ends = ("date.reporting_period_start_date", "date.reporting_period_end_date")
        if set(ends) <= set(chunk.columns):
            self._periods.append(chunk.select(start=ends[0], end=ends[1]).group_by("start", "end").len("count"))

    def _add_months(self, chunk: pl.DataFrame) -> None:
        dates = [pl.col(c) for c in ("date.event_end_date", "date.event_start_date") if c in chunk.columns]
        if not dates:
            return
        self._months.append(_by_day(chunk, pl.coalesce(dates)))
        if "date.event_end_date" in chunk.columns:
            self._ended.append(_by_day(chunk, pl.col("date.event_end_date")))

    def fields(self) -> pl.DataFrame:
        """Counts by field, event type, FieldStatus and FieldValidity (FIELD_COLUMNS)."""
        if not self._codes:
            return pl.DataFrame(schema=FIELD_COLUMNS)
        code = pl.col("code")
        by_name = self.release.by_name
        total = pl.concat(self._codes).group_by("field", "code").agg(pl.col("count").sum())
        names = list(by_name)
        return (
            total.with_columns(
                header=_looked_up("field", {n: f.header for n, f in by_name.items()}),
                module=_looked_up("field", {n: f.module for n, f in by_name.items()}),
                event_type=(code // _TYPE_STEP).replace_strict(dict(enumerate(self.types)), return_dtype=pl.String),
                field_status=((code % _TYPE_STEP // _STATUS_STEP).cast(pl.Int8) - 1).replace_strict(
                    STATUS_LABELS, return_dtype=pl.String
                ),
                field_validity=(code % _STATUS_STEP).replace_strict(
                    dict(enumerate(_VALIDITIES)), return_dtype=pl.String
                ),
                place=_looked_up("field", {n: i for i, n in enumerate(names)}, pl.UInt32),
            )
            .sort("place", "code")
            .select(pl.col(c).cast(t) for c, t in FIELD_COLUMNS.items())
        )

    def _labelled(self, parts: list[pl.DataFrame]) -> pl.DataFrame:
        if not parts:
            return pl.DataFrame(schema={"event_type": pl.String, "month": pl.Date, "events": pl.UInt32})
        labels = dict(enumerate(self.types))
        return _unpacked(parts).select(
            pl.col("type").replace_strict(labels, return_dtype=pl.String).alias("event_type"),
            "month",
            pl.col("events").cast(pl.UInt32),
        )

    def months(self) -> pl.DataFrame:
        """Events by type and month of their end (of their start while open)."""
        return self._labelled(self._months)

    def ended(self) -> pl.DataFrame:
        """Events by type and month of their end date."""
        return self._labelled(self._ended)

    def periods(self) -> pl.DataFrame:
        """Stated reporting periods: start, end, count."""
        schema = {"start": pl.Date, "end": pl.Date, "count": pl.UInt32}
        return pl.concat(self._periods) if self._periods else pl.DataFrame(schema=schema)


_TYPES = 8  # room for the event types in a number that also holds the day


def _by_day(chunk: pl.DataFrame, day: pl.Expr) -> pl.DataFrame:
    """Events by type and day, packed in one number: counting small integers is many times faster than grouping."""
    packed = chunk.select((day.to_physical() * _TYPES + pl.col("type")).alias("packed")).to_series()
    return packed.drop_nulls().value_counts(name="events")


def _unpacked(parts: list[pl.DataFrame]) -> pl.DataFrame:
    day = (pl.col("packed") // _TYPES).cast(pl.Date)
    unpacked = pl.concat(parts).with_columns(
        type=(pl.col("packed") % _TYPES).cast(pl.UInt8), month=day.dt.month_start()
    )
    return unpacked.group_by("type", "month").agg(pl.col("events").sum()).sort("type", "month")


def _looked_up(column: str, table: Mapping[str, object], dtype: type[pl.DataType] = pl.String) -> pl.Expr:
    return pl.col(column).replace_strict(dict(table), return_dtype=dtype)


def _code(f: Field) -> pl.Expr:
    """Event type, status and validity of a field in one small number."""
    check = pl.col(f"check.{f.name}")
    validity = (
        pl.when(check == 1).then(_place(1)).when(check == 0).then(_place(0)).when(check == -1).then(_place(-1))
        .when(check == -7).then(_place(-7)).otherwise(_place(-2))
    )  # fmt: skip
    status = (pl.col(f"status.{f.name}") + 1).cast(pl.UInt8)
    return (pl.col("type") * _TYPE_STEP + status * _STATUS_STEP + validity).alias(f.name)


def _place(check: int) -> pl.Expr:
    return pl.lit(_VALIDITIES.index(VALIDITY_LABELS[check]), pl.UInt8)


def event_type_column(lexicon: Lexicon | None, types: Sequence[str]) -> pl.Expr:
    """`type`: the position of the row's event type in `types` (UInt8)."""
    if lexicon is None:
        return pl.lit(types.index(BLANK_TYPE), pl.UInt8).alias("type")
    places = [
        types.index(e.meaning) if e.meaning in types else types.index(OTHER_TYPE if e.meaning != "" else BLANK_TYPE)
        for e in lexicon.entries
    ]
    return pl.lit(pl.Series(places, dtype=pl.UInt8)).gather(pl.col("code.event_type")).alias("type")
