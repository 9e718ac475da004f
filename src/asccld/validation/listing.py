"""Taking the findings of a chunk from the masks of its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

import polars as pl

from asccld.validation.findings import Failing, Findings, Found
from asccld.validation.result import HIDDEN, SEVERITIES
from asccld.validation.shapes import own_dates


def listed(findings: Findings, failed: Mapping[int, pl.Series], prepared: pl.DataFrame) -> Found:
    """The findings of a chunk: of each check that failed, where and, if it differs from row to row, on what text."""
    has = frozenset(prepared.columns)
    places = pl.int_range(prepared.height, dtype=pl.UInt32, eager=True)
    failing: list[Failing] = []
    at: list[pl.Series] = []
    free: list[tuple[Failing, pl.Series, pl.Series]] = []
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
                own = own_dates(name, prepared, here) if not findings.show_identifiers else None
                free.append((found, prepared[f"value.{name}"][here], own if own is not None else _no(here)))
        failing.append(found)
        at.append(here)
    _give_values(free)
    return Found(failing, pl.concat(at) if at else places.clear(), _marks(findings, failed, prepared.height))


def _no(places: pl.Series) -> pl.Series:
    return _FALSE.new_from_index(0, places.len())


_FALSE = pl.Series([False])


def _give_values(free: Sequence[tuple[Failing, pl.Series, pl.Series]]) -> None:
    """Give the failing checks of free columns their values as submitted, the person's own dates hidden."""
    if not free:
        return
    # a copy of its own: a view would keep the whole chunk alive
    values = own_copy(pl.concat(v for _, v, _ in free).set(pl.concat(own for _, _, own in free), HIDDEN))
    start = 0
    for found, texts, _ in free:
        found.texts, start = values.slice(start, texts.len()), start + texts.len()


def own_copy(texts: pl.Series) -> pl.Series:
    """The texts in memory of their own."""
    return texts + ""


def _marks(findings: Findings, failed: Mapping[int, pl.Series], height: int) -> pl.DataFrame:
    """Which events have a finding of each severity."""
    none = pl.repeat(value=False, n=height, eager=True)
    masks = {s: [m for i, m in failed.items() if findings.checks[i].severity == s] for s in SEVERITIES}
    return pl.DataFrame({s: reduce(lambda a, b: a | b, m, none).fill_null(value=False) for s, m in masks.items()})
