"""Taking the findings of a chunk from the masks of its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import NamedTuple

import polars as pl

from asccld.validation.findings import Failing, Findings, Found
from asccld.validation.result import HIDDEN, SEVERITIES
from asccld.validation.shapes import form_of, shown_value


class Taken(NamedTuple):
    """A failing check of a free column, and where."""

    found: Failing
    field: str
    places: pl.Series


def listed(findings: Findings, failed: Mapping[int, pl.Series], prepared: pl.DataFrame) -> Found:
    """The findings of a chunk: of each check that failed, where and, if it differs from row to row, on what text."""
    has = frozenset(prepared.columns)
    places = pl.int_range(prepared.height, dtype=pl.UInt32, eager=True)
    failing: list[Failing] = []
    at: list[pl.Series] = []
    free: dict[str, list[Taken]] = {}
    for index, mask in failed.items():
        check = findings.checks[index]
        here = places.filter(mask)
        here = here if check.rule.listed is None else here.head(check.rule.listed)
        found = Failing(check, int(mask.sum()), here.len())
        if check.field and findings.shows_value(check):
            name = check.field.name
            if f"code.{name}" in has:
                found.texts = prepared[f"code.{name}"][here]
            elif f"value.{name}" in has:
                free.setdefault(form_of(check.field), []).append(Taken(found, name, here))
        failing.append(found)
        at.append(here)
    for form, parts in free.items():
        _take_values(form, parts, findings, prepared)
    return Found(failing, pl.concat(at) if at else places.clear(), _marks(findings, failed, prepared.height))


def _take_values(form: str, parts: Sequence[Taken], findings: Findings, prepared: pl.DataFrame) -> None:
    """Give the failing checks of one form of value their values as they may be shown, all in one go."""
    value = pl.col("value")
    cells = {"value": _column("value", parts, prepared)}
    if not findings.show_identifiers:
        value = shown_value(value, form, findings.first_year)
        if form == "date":
            cells |= {"date": _column("date", parts, prepared)}
            cells |= {n: pl.concat(prepared[n][p.places] for p in parts) for n in _OWN if n in prepared.columns}
            own = pl.any_horizontal((pl.col("date") == pl.col(n)).fill_null(value=False) for n in _OWN if n in cells)
            value = pl.when(own).then(pl.lit(HIDDEN)).otherwise(value) if len(cells) > 2 else value
    shown = own_copy(pl.DataFrame(cells).select(value.alias("value")).to_series())
    start = 0
    for part in parts:
        part.found.texts, start = shown.slice(start, part.places.len()), start + part.places.len()


def _column(what: str, parts: Sequence[Taken], prepared: pl.DataFrame) -> pl.Series:
    return pl.concat(prepared[f"{what}.{p.field}"][p.places] for p in parts)


_OWN = ("date.date_of_birth", "date.date_of_death")


def own_copy(texts: pl.Series) -> pl.Series:
    """The texts in memory of their own: a view would keep the whole chunk alive."""
    return texts + ""


def _marks(findings: Findings, failed: Mapping[int, pl.Series], height: int) -> pl.DataFrame:
    """Which events have a finding of each severity."""
    none = pl.repeat(value=False, n=height, eager=True)
    masks = {s: [m for i, m in failed.items() if findings.checks[i].severity == s] for s in SEVERITIES}
    return pl.DataFrame({s: reduce(lambda a, b: a | b, m, none).fill_null(value=False) for s, m in masks.items()})
