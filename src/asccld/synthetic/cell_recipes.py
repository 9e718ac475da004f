"""Faults of a single cell, whatever the rest of its row says."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from asccld.standard import Field
from asccld.synthetic.identifiers import with_check_digit
from asccld.synthetic.recipe import ROW, Kitchen, Recipe, blank, day, filled, one
from asccld.validation import Check


def trimmed(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    """Blanks after the value, or before it."""
    text = pl.col(f.name)
    yield one(check, f, pl.when(ROW % 2 == 0).then(text + " ").otherwise("  " + text), filled(f.name), filler=True)


def literal_null(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    """The word NULL in an empty cell."""
    yield one(check, f, pl.lit("NULL"), blank(f.name), filler=True)


def date_form(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    """A day that no month has, or a date written another way."""
    if check.rule.parameters["problem"] == "unreadable":
        yield one(check, f, pl.lit("31/02/2025"), filled(f.name))
    else:
        yield one(check, f, day(f.name).dt.strftime("%Y-%m-%d"), filled(f.name))


def number(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    """A number that is none, or in another form."""
    text = pl.col(f.name)
    value = {"unreadable": "about " + text, "decimals": text + "5", "whole": text + ".5"}
    yield one(check, f, value[check.rule.parameters["problem"]], filled(f.name))


def number_range(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    """A number below or above what is allowed."""
    limits = check.rule.parameters
    value = "-" + pl.col(f.name) if "minimum" in limits else pl.lit(str(int(limits["maximum"]) + 5))
    yield one(check, f, value, filled(f.name))


def form(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    """An identifier in another form."""
    text = pl.col(f.name)
    spaced = pl.concat_str(text.str.slice(0, 3), text.str.slice(3, 3), text.str.slice(6), separator=" ")
    value = {"nhs-number": spaced, "postcode": pl.lit("Not known"), "gp-practice-code": pl.lit("GP1")}
    yield one(check, f, value.get(check.rule.parameters["format"], "Location " + text), filled(f.name))


def check_digit(check: Check, f: Field, _: Kitchen) -> Iterator[Recipe]:
    """An NHS number whose last digit does not agree."""
    yield one(check, f, _with_wrong_digit(pl.col(f.name)), filled(f.name))


def _with_wrong_digit(number: pl.Expr) -> pl.Expr:
    other = (number.str.slice(9).cast(pl.Int32) + 1) % 10
    return number.str.slice(0, 9) + other.cast(pl.String)


def nhs_range(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    """A number of another range, with a wrong check digit: a right one might be somebody's."""
    low = check.rule.parameters["ranges"].split("-")[0]
    if check.rule.id == "nhs-number-test":
        return
    if check.rule.id == "nhs-number-placeholder":
        value = pl.lit(pl.Series([str(d) * 10 for d in range(10)])).gather(ROW % 10)
    else:
        stems = pl.int_range(int(low) // 10, int(low) // 10 + kitchen.rows * 2 + 10, dtype=pl.Int64, eager=True)
        value = _with_wrong_digit(pl.lit(with_check_digit(pl.DataFrame({"stem": stems}))["number"]).gather(ROW))
    yield one(check, f, value, filled(f.name))
