"""Rows whose cells have slipped into other columns: none of their values may be shown.

No one sign tells: an NHS number is often blank, a birth date sometimes wrong. Two together do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

import polars as pl

from asccld.validation.lexicon import Lexicon, is_one_of
from asccld.validation.status import NOT_IN_LIST, WRONG_FORM

_SIGNS = 2
_SOME_UNKNOWN = 3
_MANY_UNKNOWN = 4
"""So many unknown texts in a row are a sign by themselves, unless it is how the file's rows are."""
_HABIT = 0.1


def slipped_rows(prepared: pl.DataFrame, lexicons: Mapping[str, Lexicon]) -> pl.Series:
    """Which rows of a chunk show at least two signs."""
    has = frozenset(prepared.columns)
    signs = [*_signs_of_people(has), *_signs_of_file(prepared, has), *_signs_of_kind(has, lexicons)]
    number = reduce(lambda a, b: a + b, (s.fill_null(value=False).cast(pl.UInt8) for s in signs), pl.lit(0, pl.UInt8))
    checked = [pl.col(f"check.{n}") == NOT_IN_LIST for n in lexicons if f"check.{n}" in has]
    unknown = reduce(lambda a, b: a + b, (c.cast(pl.UInt8) for c in checked), pl.lit(0, pl.UInt8))
    counted = prepared.select(pl.col("row"), signs=number, unknown=unknown)
    many = counted["unknown"] >= _MANY_UNKNOWN
    alone = many if many.sum() <= max(_SIGNS, _HABIT * prepared.height) else many & False
    return (counted["signs"] + (counted["unknown"] >= _SOME_UNKNOWN).cast(pl.UInt8) >= _SIGNS) | alone


def _signs_of_people(has: frozenset[str]) -> Iterator[pl.Expr]:
    if "check.nhs_number" in has:
        known = pl.col("value.la_person_unique_identifier").is_not_null() if _PERSON in has else pl.lit(value=True)
        yield (pl.col("check.nhs_number") == WRONG_FORM) | (pl.col("blank.nhs_number") & known)
    if "check.date_of_birth" in has:
        yield pl.col("blank.date_of_birth") | (pl.col("check.date_of_birth") == WRONG_FORM)


_PERSON = "value.la_person_unique_identifier"


def _signs_of_file(prepared: pl.DataFrame, has: frozenset[str]) -> Iterator[pl.Expr]:
    if "value.la_code" in has:
        # first of the most frequent, in the order of text: the same file gives the same rows
        codes = prepared["value.la_code"]
        commonest = codes.drop_nulls().mode().sort() if codes.n_unique() > 1 else codes.clear()
        if commonest.len():
            yield pl.col("value.la_code").ne_missing(commonest.item(0))
    ends = [f"check.reporting_period_{end}_date" for end in ("start", "end")]
    if ends := [pl.col(e) == WRONG_FORM for e in ends if e in has]:
        yield pl.any_horizontal(ends)


def _signs_of_kind(has: frozenset[str], lexicons: Mapping[str, Lexicon]) -> Iterator[pl.Expr]:
    for name in ("event_type", "client_type"):
        if name in lexicons and f"code.{name}" in has:
            yield is_one_of(pl.col(f"code.{name}"), lexicons[name].of_kind("unknown"))
