"""Rows whose cells have slipped into other columns: none of their values may be shown.

No one sign tells: an NHS number is often blank, a birth date sometimes wrong. Two together do. A chunk is searched for
the signs that a row shows by itself; what takes the whole file to tell (which council is the usual one, and whether
unknown texts are its habit) is decided when it has been read, so that nothing depends on where the chunks begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import polars as pl

from asccld.validation.kinds import LATER, UNKNOWN, WRONG_FORM, is_blank, kind_of

_SIGNS = 2
_SOME_UNKNOWN = 3
_MANY_UNKNOWN = 4
"""So many unknown texts in a row are a sign by themselves, unless it is how the file's rows are."""
_HABIT = 0.1
_MANY = 4
"""Added to the signs of a row with many unknown texts."""


def signs_of_slips(prepared: pl.DataFrame, lists: Iterable[str]) -> pl.Series:
    """What rows of a chunk show by themselves (UInt8); `lists` are the list columns. See `Slips`."""
    has = frozenset(prepared.columns)
    signs = [*_signs_of_people(has), *_signs_of_period(has), *_signs_of_lists(has)]
    # LATER and UNKNOWN are the last kinds of lists
    unknown = _number(kind_of(n) >= min(LATER, UNKNOWN) for n in lists if f"kind.{n}" in has)
    counted = prepared.select_seq(pl.col("row"), signs=_number(signs), unknown=unknown)
    number = counted["signs"] + (counted["unknown"] >= _SOME_UNKNOWN).cast(pl.UInt8)
    return number.clip(upper_bound=_SIGNS) + (counted["unknown"] >= _MANY_UNKNOWN).cast(pl.UInt8) * _MANY


def surely(signs: pl.Series) -> pl.Series:
    """Rows that have slipped whatever the rest of the file is like."""
    return signs % _MANY >= _SIGNS


def perhaps(signs: pl.Series) -> pl.Series:
    """Rows of which only the rest of the file tells."""
    return (signs > 0) & ~surely(signs)


@dataclass(frozen=True)
class Slips:
    """What a whole file says about its slipped rows."""

    usual_council: str | None
    """The most frequent LA code; None where nothing can differ from it."""
    many_tell: bool
    """Whether many unknown texts are a sign by themselves."""

    @classmethod
    def of(cls, signs: Sequence[pl.Series], councils: Sequence[pl.Series]) -> Slips:
        """From the signs of all rows and, where the file has the column, their LA codes."""
        many = sum(int((s >= _MANY).sum()) for s in signs)
        return cls(_usual(councils), many <= max(_SIGNS, _HABIT * sum(s.len() for s in signs)))

    def among(self, signs: pl.Series, councils: pl.Series | None) -> pl.Series:
        """Which rows have slipped."""
        slipped = surely(signs)
        if self.many_tell:
            slipped |= signs >= _MANY
        if self.usual_council is None or councils is None:
            return slipped
        elsewhere = (councils != self.usual_council).fill_null(value=True)
        return slipped | (elsewhere & (signs > 0))


def _usual(councils: Sequence[pl.Series]) -> str | None:
    if not councils:
        return None
    # first of the most frequent, in the order of text: the same file gives the same rows
    most = pl.concat(councils).drop_nulls().mode().cast(pl.String).sort()
    return most.item(0) if most.len() else None


def _number(signs: Iterable[pl.Expr]) -> pl.Expr:
    return reduce(lambda a, b: a + b, (s.fill_null(value=False).cast(pl.UInt8) for s in signs), pl.lit(0, pl.UInt8))


def _signs_of_people(has: frozenset[str]) -> Iterator[pl.Expr]:
    if "kind.nhs_number" in has:
        known = pl.col(_PERSON).is_not_null() if _PERSON in has else pl.lit(value=True)
        yield (kind_of("nhs_number") == WRONG_FORM) | (is_blank("nhs_number") & known)
    if "kind.date_of_birth" in has:
        yield is_blank("date_of_birth") | (kind_of("date_of_birth") == WRONG_FORM)


_PERSON = "value.la_person_unique_identifier"


def _signs_of_period(has: frozenset[str]) -> Iterator[pl.Expr]:
    ends = [f"reporting_period_{end}_date" for end in ("start", "end")]
    if ends := [kind_of(e) == WRONG_FORM for e in ends if f"kind.{e}" in has]:
        yield pl.any_horizontal(ends)


def _signs_of_lists(has: frozenset[str]) -> Iterator[pl.Expr]:
    for name in ("event_type", "client_type"):
        if f"code.{name}" in has:
            yield kind_of(name) == UNKNOWN
