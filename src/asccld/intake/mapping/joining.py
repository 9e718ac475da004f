"""Extracts that are looked up: read whole, one row for each key, and joined to events without multiplying any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from asccld.counting import counted
from asccld.intake.mapping.deriving import Given, blank_rows, given_by
from asccld.intake.mapping.extracts import Bound
from asccld.intake.mapping.plan import Plan
from asccld.intake.mapping.reading import Read, frames
from asccld.intake.mapping.values import cleaned


@dataclass
class LookUp:
    """An extract that is looked up, in memory; a row is told by its place."""

    bound: Bound
    keys: pl.DataFrame
    """The key, columns "0", "1" and so on, and `place`."""
    frame: pl.DataFrame
    given: Given
    read: Read
    without_key: int
    used: list[pl.Series] = field(default_factory=list[pl.Series])
    """Places of rows that events asked for."""

    @property
    def name(self) -> str:
        """What the mapping calls it."""
        return self.bound.name

    def places(self, key: pl.DataFrame) -> pl.Series:
        """The place of the row for each key, null where there is none. A key that lacks a part has no row."""
        return key.join(self.keys, on=key.columns, how="left", maintain_order="left")["place"]

    def was_used(self) -> pl.Series:
        """Whether each row belongs to an event that was written."""
        mask = pl.repeat(False, self.frame.height, dtype=pl.Boolean, eager=True)
        return mask.scatter(pl.concat(self.used).unique(), True) if self.used else mask


def look_up(bound: Bound, plan: Plan) -> LookUp:
    """Read an extract that is looked up; raises MappingError where two rows have one key."""
    read = Read()
    parts = list(frames(bound, read))
    frame = pl.concat(parts, how="vertical_relaxed") if parts else empty_frame(bound)
    blank = blank_rows(frame)
    frame, nothing = frame.filter(~blank), int(blank.sum())
    read.rows, read.blank = read.rows - nothing, read.blank + nothing
    key = key_of(frame, bound.keys, bound.plan.blanks)
    whole = key.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
    without = frame.height - int(whole.sum())
    if without:
        frame, key = frame.filter(whole), key.filter(whole)
    _refuse_multiplying(bound, plan, key, frame["row"])
    keys = key.with_row_index("place")
    return LookUp(bound, keys, frame, given_by(bound, frame, plan), read, without)


def empty_frame(bound: Bound) -> pl.DataFrame:
    """The needed columns of an extract without rows."""
    return pl.DataFrame(schema={"row": pl.UInt32} | dict.fromkeys(bound.own, pl.String))


def key_of(frame: pl.DataFrame, columns: Sequence[str], blanks: Sequence[str]) -> pl.DataFrame:
    """The key of each row, columns "0", "1" and so on, without blanks around it."""
    return frame.select(cleaned(pl.col(name).cast(pl.String), blanks).alias(str(at)) for at, name in enumerate(columns))


def _refuse_multiplying(bound: Bound, plan: Plan, key: pl.DataFrame, rows: pl.Series) -> None:
    several = key.is_duplicated()
    if not several.any():
        return
    again = key.filter(several).with_columns(rows.filter(several))
    counts = again.group_by(key.columns, maintain_order=True).agg(rows="row", most=pl.len())
    first = ", ".join(str(r) for r in counts["rows"][0].head(3).to_list())
    names = ", ".join(bound.plan.spec.key)
    what = (
        f"{counted(counts.height, 'key')} of {names} in {bound.extract.place} {_stand(counts.height)} "
        f"in more than one row ({counted(again.height, 'row')}; the first in rows {first}): "
        "the join would multiply events"
    )
    remedy = (
        "Export one row for each key, or add the column that tells the rows apart to key. "
        "Rows that are events themselves belong to an extract without a key"
    )
    plan.file.refuse([plan.file.fault(("extract", bound.name, "key"), what, remedy)])


def _stand(keys: int) -> str:
    return "stands" if keys == 1 else "stand"
