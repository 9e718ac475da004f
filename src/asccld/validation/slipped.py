"""Rows whose cells have slipped into other columns: none of their values may be shown.

No one sign tells: an NHS number is often blank, a birth date sometimes wrong. Two together do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce

import polars as pl

from asccld.validation.kinds import LATER, UNKNOWN, WRONG_FORM, is_blank, kind_of

_SIGNS = 2
_SOME_UNKNOWN = 3
_MANY_UNKNOWN = 4
"""So many unknown texts in a row are a sign by themselves, unless it is how the file's rows are."""
_HABIT = 0.1


def slipped_rows(prepared: pl.DataFrame, lists: Iterable[str]) -> pl.Series:
    """Which rows of a chunk show at least two signs; `lists` are the list columns."""
    has = frozenset(prepared.columns)
    signs = [*_signs_of_people(has), *_signs_of_file(prepared, has), *_signs_of_lists(has)]
    number = reduce(lambda a, b: a + b, (s.fill_null(value=False).cast(pl.UInt8) for s in signs), pl.lit(0, pl.UInt8))
    # LATER and UNKNOWN are the last kinds of lists
    doubtful = [kind_of(n) >= min(LATER, UNKNOWN) for n in lists if f"kind.{n}" in has]
    unknown = reduce(lambda a, b: a + b, (d.cast(pl.UInt8) for d in doubtful), pl.lit(0, pl.UInt8))
    counted = prepared.select_seq(pl.col("row"), signs=number, unknown=unknown)
    many = counted["unknown"] >= _MANY_UNKNOWN
    alone = many if many.sum() <= max(_SIGNS, _HABIT * prepared.height) else many & False
    return (counted["signs"] + (counted["unknown"] >= _SOME_UNKNOWN).cast(pl.UInt8) >= _SIGNS) | alone


def _signs_of_people(has: frozenset[str]) -> Iterator[pl.Expr]:
    if "kind.nhs_number" in has:
        known = pl.col(_PERSON).is_not_null() if _PERSON in has else pl.lit(value=True)
        yield (kind_of("nhs_number") == WRONG_FORM) | (is_blank("nhs_number") & known)
    if "kind.date_of_birth" in has:
        yield is_blank("date_of_birth") | (kind_of("date_of_birth") == WRONG_FORM)


_PERSON = "value.la_person_unique_identifier"


def _signs_of_file(prepared: pl.DataFrame, has: frozenset[str]) -> Iterator[pl.Expr]:
    if "value.la_code" in has:
        # first of the most frequent, in the order of text: the same file gives the same rows
        codes = prepared["value.la_code"]
        commonest = codes.drop_nulls().mode().sort() if codes.n_unique() > 1 else codes.clear()
        if commonest.len():
            yield pl.col("value.la_code").ne_missing(commonest.item(0))
    ends = [f"reporting_period_{end}_date" for end in ("start", "end")]
    if ends := [kind_of(e) == WRONG_FORM for e in ends if f"kind.{e}" in has]:
        yield pl.any_horizontal(ends)


def _signs_of_lists(has: frozenset[str]) -> Iterator[pl.Expr]:
    for name in ("event_type", "client_type"):
        if f"code.{name}" in has:
            yield kind_of(name) == UNKNOWN
