"""Faults of values with a defined list: unknown, in capitals, misspelt, of another release."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import polars as pl

from asccld.standard import Field
from asccld.synthetic.recipe import ROW, Kitchen, Recipe, filled, one
from asccld.validation import Check

UNKNOWN_TEXT = "Not a value of this list"


def wrong_values(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    """A value that is not in the list, in one of the ways that the rules tell apart."""
    problem = check.rule.parameters["problem"]
    if problem == "unknown":
        yield one(check, f, pl.lit(UNKNOWN_TEXT), filled(f.name), filler=True)
    elif problem == "dropped":
        yield from _dropped(check, f, kitchen)
    elif swaps := _SWAPS[problem](f, kitchen):
        value = pl.col(f.name)
        text = value.replace_strict(swaps, default=None, return_dtype=pl.String)
        yield one(check, f, text, value.is_in(list(swaps)), filler=True)


def _dropped(check: Check, f: Field, kitchen: Kitchen) -> Iterator[Recipe]:
    lost = [
        m.from_value
        for m in kitchen.release.mappings
        if m.defined_list == f.defined_list and m.to_value is None and m.from_value
    ]
    if lost:
        yield one(check, f, pl.lit(pl.Series(lost)).gather(ROW % len(lost)), filled(f.name))


def _in_capitals(f: Field, kitchen: Kitchen) -> dict[str, str]:
    return {t: t.upper() for t in kitchen.texts(f.name) if t.upper() not in kitchen.every_value}


def _misspelt(f: Field, kitchen: Kitchen) -> dict[str, str]:
    """A letter doubled in the middle, in values long enough that nobody takes it for another word."""
    doubled = {t: t[: len(t) // 2] + t[len(t) // 2 - 1 :] for t in kitchen.texts(f.name) if len(t) > 4}
    return {t: slip for t, slip in doubled.items() if slip not in kitchen.every_value}


def _of_earlier(f: Field, kitchen: Kitchen) -> dict[str, str]:
    return {
        m.to_value: m.from_value
        for m in kitchen.release.mappings
        if m.defined_list == f.defined_list
        and m.from_value
        and m.to_value
        and m.from_value != m.to_value
        and m.from_value not in kitchen.texts(f.name)
    }


def _of_later(f: Field, kitchen: Kitchen) -> dict[str, str]:
    """Only where the later wording is more than another capital letter, which is a fault of its own."""
    here = kitchen.texts(f.name)
    taken = {t.casefold() for t in here} | {v.casefold() for v in _of_earlier(f, kitchen).values()}
    later = (r for r in kitchen.standard.releases.values() if r.previous == kitchen.release.id)
    return {
        m.from_value: m.to_value
        for r in later
        for m in r.mappings
        if m.defined_list == f.defined_list and m.from_value and m.to_value and m.to_value.casefold() not in taken
    }


_SWAPS: Mapping[str, Callable[[Field, Kitchen], dict[str, str]]] = {
    "case": _in_capitals,
    "near": _misspelt,
    "earlier": _of_earlier,
    "later": _of_later,
}
