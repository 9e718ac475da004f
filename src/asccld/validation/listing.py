"""Taking the findings of a chunk from the masks of its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

import polars as pl

from asccld.identifying import HIDDEN
from asccld.identifying.shapes import own_dates
from asccld.validation.findings import Failing, Findings, Found
from asccld.validation.result import SEVERITIES


def listed(findings: Findings, failed: Mapping[int, pl.Series], prepared: pl.DataFrame) -> Found:
    """The findings of a chunk: of each check that failed, where and, if it differs from row to row, on what text."""
    places = pl.int_range(prepared.height, dtype=pl.UInt32, eager=True)
    failing: list[Failing] = []
    at: list[pl.Series] = []
    for index, mask in failed.items():
        check = findings.checks[index]
        here = places.filter(mask)
        at.append(here if check.rule.listed is None else here.head(check.rule.listed))
        failing.append(Failing(check, int(mask.sum()), at[-1].len()))
    _give_texts(findings, failing, at, prepared)
    return Found(failing, pl.concat(at) if at else places.clear(), _marks(findings, failed, prepared.height))


def _give_texts(
    findings: Findings, failing: Sequence[Failing], at: Sequence[pl.Series], prepared: pl.DataFrame
) -> None:
    """Give the checks of list columns the codes they failed on, those of free columns the values as submitted."""
    has = frozenset(prepared.columns)
    free: list[tuple[Failing, str, pl.Series]] = []
    for found, here in zip(failing, at, strict=True):
        if not (field := found.check.field) or not findings.shows_value(found.check):
            continue
        if f"code.{field.name}" in has:
            found.texts = prepared[f"code.{field.name}"][here]
        elif f"value.{field.name}" in has:
            free.append((found, field.name, here))
    if free:
        own = own_dates(prepared, () if findings.show_identifiers else {name for _, name, _ in free})
        _give_values(free, prepared, own)


def _give_values(free: Sequence[tuple[Failing, str, pl.Series]], prepared: pl.DataFrame, own: pl.DataFrame) -> None:
    """The values, a person's own dates hidden."""
    values = pl.concat(prepared[f"value.{name}"][here] for _, name, here in free)
    hidden = pl.concat(own[name][here] if name in own.columns else _no(here) for _, name, here in free)
    # a copy of its own: a view would keep the whole chunk alive
    values = own_copy(values.set(hidden, HIDDEN))
    start = 0
    for found, _, here in free:
        found.texts, start = values.slice(start, here.len()), start + here.len()


def _no(places: pl.Series) -> pl.Series:
    return _FALSE.new_from_index(0, places.len())


_FALSE = pl.Series([False])


def own_copy(texts: pl.Series) -> pl.Series:
    """The texts in memory of their own."""
    return texts + ""


def _marks(findings: Findings, failed: Mapping[int, pl.Series], height: int) -> pl.DataFrame:
    """Which events have a finding of each severity."""
    none = pl.repeat(value=False, n=height, eager=True)
    masks = {s: [m for i, m in failed.items() if findings.checks[i].severity == s] for s in SEVERITIES}
    return pl.DataFrame({s: reduce(lambda a, b: a | b, m, none).fill_null(value=False) for s, m in masks.items()})
