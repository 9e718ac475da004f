"""The rows of a bound extract as frames of the columns that are needed, counted as they pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from asccld.intake.mapping.deriving import is_judged
from asccld.intake.mapping.extracts import Bound
from asccld.intake.mapping.showing import HEADED
from asccld.intake.mapping.suggesting_headers import without_numbers

ROWS_AT_ONCE = 60_000


@dataclass
class Read:
    """What was met while reading an extract."""

    rows: int = 0
    """Rows with any content."""
    blank: int = 0
    """Rows without."""
    misshapen: int = 0
    first_misshapen: int | None = None
    names: list[pl.Series] = field(default_factory=list[pl.Series])
    """Names of people in columns that are called so."""
    notes: list[str] = field(default_factory=list[str])


def frames(bound: Bound, read: Read) -> Iterator[pl.DataFrame]:
    """The needed columns and `row`; columns of few texts as categories."""
    extract, named = bound.extract, bound.named
    for chunk in extract.chunks(ROWS_AT_ONCE, repeating=_repeating(bound)):
        read.rows += chunk.frame.height
        if chunk.shape.height:
            read.misshapen += chunk.shape.height
            read.first_misshapen = read.first_misshapen or int(chunk.shape["row"][0])
        read.names += [without_numbers(chunk.frame[name]).alias(HEADED) for name in named]
        yield chunk.frame.select("row", *bound.own)
    read.blank = extract.blank_rows
    read.notes = [note.message for note in extract.notes]


def _repeating(bound: Bound) -> list[int]:
    """Columns that are only ever judged."""
    plan = bound.plan
    often = {bound.names[s.source.column] for s in plan.sources if s.source.column and is_judged(s)}
    often |= {bound.names[c] for codes in plan.codes for c in codes.columns}
    often |= {bound.names[r.column] for r in plan.spec.leave_out}
    return [int(name) for name in often - set(bound.keys) if "." not in name]
