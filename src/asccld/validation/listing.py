"""Taking the findings of a chunk from the masks of its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

import polars as pl

from asccld.standard import Field
from asccld.validation.findings import Failing, Findings, Found
from asccld.validation.result import HIDDEN, SEVERITIES
from asccld.validation.shapes import own_date, shown_value


def listed(findings: Findings, failed: Mapping[int, pl.Series], prepared: pl.DataFrame) -> Found:
    """The findings of a chunk: of each check that failed, where and, if it differs from row to row, on what text."""
    has = frozenset(prepared.columns)
    places = pl.int_range(prepared.height, dtype=pl.UInt32, eager=True)
    failing: list[Failing] = []
    at: list[pl.Series] = []
    free: dict[str, list[tuple[Failing, pl.Series]]] = {}
    for index, mask in failed.items():
        check = findings.checks[index]
        here = _first_of(places.filter(mask), check.rule.listed)
        found = Failing(check, int(mask.sum()), here.len())
        name = check.field.name if check.field and findings.shows_value(check) else ""
        if f"code.{name}" in has:
            found.texts = prepared[f"code.{name}"][here]
        elif f"value.{name}" in has:
            free.setdefault(name, []).append((found, here))
        failing.append(found)
        at.append(here)
    for parts in free.values():
        _take_values(parts, findings, prepared)
    return Found(failing, pl.concat(at) if at else places.clear(), _marks(findings, failed, prepared.height))


def _first_of(places: pl.Series, number: int | None) -> pl.Series:
    return places if number is None else places.head(number)


def _take_values(parts: Sequence[tuple[Failing, pl.Series]], findings: Findings, prepared: pl.DataFrame) -> None:
    """Give the failing checks of one free column their values as they may be shown, all in one go."""
    field = parts[0][0].check.field
    if field is None:
        return
    shown = _shown(field, pl.concat(here for _, here in parts), findings, prepared)
    start = 0
    for found, here in parts:
        found.texts, start = shown.slice(start, here.len()), start + here.len()


def _shown(field: Field, places: pl.Series, findings: Findings, prepared: pl.DataFrame) -> pl.Series:
    columns = [c for c in prepared.columns if c in _needed(field)]
    rows = prepared.select(columns)[places]
    value = pl.col(f"value.{field.name}")
    if not findings.show_identifiers:
        own = own_date(field.name, columns)
        value = pl.when(own).then(pl.lit(HIDDEN)).otherwise(shown_value(value, field, findings.first_year))
    return own_copy(rows.select(value).to_series())


def _needed(field: Field) -> tuple[str, ...]:
    return (f"value.{field.name}", f"date.{field.name}", "date.date_of_birth", "date.date_of_death", "row")


def own_copy(texts: pl.Series) -> pl.Series:
    """The texts in memory of their own: a view would keep the whole chunk alive."""
    return texts + ""


def _marks(findings: Findings, failed: Mapping[int, pl.Series], height: int) -> pl.DataFrame:
    """Which events have a finding of each severity."""
    none = pl.repeat(value=False, n=height, eager=True)
    masks = {s: [m for i, m in failed.items() if findings.checks[i].severity == s] for s in SEVERITIES}
    return pl.DataFrame({s: reduce(lambda a, b: a | b, m, none).fill_null(value=False) for s, m in masks.items()})
