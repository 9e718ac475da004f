"""Counting while the file passes: statuses by field and event type, months, periods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import polars as pl

from asccld.standard import Field, Release
from asccld.validation.kinds import check_of
from asccld.validation.lexicon import Lexicon
from asccld.validation.result import FIELD_COLUMNS
from asccld.validation.status import STATUS_LABELS, VALIDITY_LABELS

BLANK_TYPE, OTHER_TYPE = "(blank)", "(not recognised)"
_KINDS, _STATUSES = 16, 4
_TYPE_STEP = _KINDS * _STATUSES
"""A cell's kind, status and event type packed in one small number."""
_VALIDITIES = tuple(dict.fromkeys(VALIDITY_LABELS.values()))


class Counted(NamedTuple):
    """One chunk counted: the cells of each field, events by day, and stated periods."""

    cells: Mapping[str, Mapping[int, int]]
    """By field: how many cells have each packed number."""
    started: pl.DataFrame | None
    ended: pl.DataFrame | None
    periods: pl.DataFrame | None


@dataclass
class Tallies:
    """Counts that grow chunk by chunk."""

    release: Release
    _cells: dict[str, Counter[int]] = field(default_factory=dict[str, Counter[int]])
    _months: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    _ended: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    _periods: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    @property
    def types(self) -> tuple[str, ...]:
        """The event types of the list, then what is none of them."""
        found = self.release.list_of("event_type")
        return (*(found.texts if found else ()), BLANK_TYPE, OTHER_TYPE)

    def add(self, chunk: Counted) -> None:
        """Add one chunk's counts."""
        for name, cells in chunk.cells.items():
            self._cells.setdefault(name, Counter()).update(cells)
        for kept, part in ((self._months, chunk.started), (self._ended, chunk.ended), (self._periods, chunk.periods)):
            if part is not None:
                kept.append(part)

    def number(self, name: str, wanted: Callable[[int, int], bool]) -> int:
        """How many cells of a field have a status and a kind that are wanted."""
        cells = self._cells.get(name, Counter())
        return sum(n for code, n in cells.items() if wanted(*_status_and_kind(code)))

    def fields(self) -> pl.DataFrame:
        """Counts by field, event type, FieldStatus and FieldValidity (FIELD_COLUMNS)."""
        totals: Counter[tuple[int, int, int, int]] = Counter()
        fields = list(self.release.by_name.values())
        for place, cells in ((i, self._cells[f.name]) for i, f in enumerate(fields) if f.name in self._cells):
            for code, number in cells.items():
                status, kind = _status_and_kind(code)
                validity = VALIDITY_LABELS[check_of(kind, status, self.release.previous)]
                totals[place, code // _TYPE_STEP, status, _VALIDITIES.index(validity)] += number
        rows = [
            (f.name, f.header, f.module, self.types[t], STATUS_LABELS[status], _VALIDITIES[v], number)
            for (place, t, status, v), number in sorted(totals.items())
            for f in (fields[place],)
        ]
        return pl.DataFrame(rows, schema=FIELD_COLUMNS, orient="row")

    def _labelled(self, parts: list[pl.DataFrame]) -> pl.DataFrame:
        if not parts:
            return pl.DataFrame(schema={"event_type": pl.String, "month": pl.Date, "events": pl.UInt32})
        labels = dict(enumerate(self.types))
        return _unpacked(parts).select_seq(
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
    packed = chunk.select_seq((day.to_physical() * _TYPES + pl.col("type")).alias("packed")).to_series()
    return packed.drop_nulls().value_counts(name="events")


def _unpacked(parts: list[pl.DataFrame]) -> pl.DataFrame:
    day = (pl.col("packed") // _TYPES).cast(pl.Date)
    unpacked = pl.concat(parts).with_columns_seq(
        type=(pl.col("packed") % _TYPES).cast(pl.UInt8), month=day.dt.month_start()
    )
    return unpacked.group_by("type", "month").agg(pl.col("events").sum()).sort("type", "month")


def count(chunk: pl.DataFrame, fields: Sequence[Field]) -> Counted:
    """The counts of one chunk that has status, kind and `type` (position in `types`)."""
    has = frozenset(chunk.columns)
    packed = chunk.select_seq(_packed(f.name) for f in fields)
    cells = {s.name: dict(s.value_counts(name="count").iter_rows()) for s in packed.get_columns()}
    dates = [pl.col(c) for c in ("date.event_end_date", "date.event_start_date") if c in has]
    ends = {"start": "date.reporting_period_start_date", "end": "date.reporting_period_end_date"}
    stated = chunk.select_seq(**ends).group_by(*ends).len("count") if set(ends.values()) <= has else None
    return Counted(
        cells,
        _by_day(chunk, pl.coalesce(dates)) if dates else None,
        _by_day(chunk, pl.col("date.event_end_date")) if "date.event_end_date" in has else None,
        stated,
    )


@cache
def _packed(name: str) -> pl.Expr:
    status = (pl.col(f"status.{name}") + 1).cast(pl.UInt16)
    return (pl.col("type").cast(pl.UInt16) * _TYPE_STEP + status * _KINDS + pl.col(f"kind.{name}")).alias(name)


def _status_and_kind(packed: int) -> tuple[int, int]:
    return packed % _TYPE_STEP // _KINDS - 1, packed % _KINDS


def event_type_column(lexicon: Lexicon | None, types: Sequence[str]) -> pl.Expr:
    """`type`: the position of the row's event type in `types` (UInt8)."""
    if lexicon is None:
        return pl.lit(types.index(BLANK_TYPE), pl.UInt8).alias("type")
    places = [
        types.index(m) if m in types else types.index(OTHER_TYPE if m != "" else BLANK_TYPE) for m in lexicon.meanings
    ]
    return pl.lit(pl.Series(places, dtype=pl.UInt8)).gather(pl.col("meaning.event_type")).alias("type")
