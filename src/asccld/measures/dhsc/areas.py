"""Rows of regions and of England beside those of councils: sums of their councils' counts, and the outcome anew.

Ours; the Department publishes them in other tables. Columns in and out: those of the common table. A region has no
code; England has that of the national tables. Known limitation: a region is what the councils of the data make of it,
so councils that have no data make its rate too small.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis.expr.types import Table

from asccld.measures.dhsc.figures import FIGURES, share
from asccld.processing.text import folded

ENGLAND = ("99999", "England")
CELL = ("reporting_period", "measure", "description", "group")


def with_areas(figures: Table, councils: Table, *, times: int) -> Table:
    """The figures of councils as they are, then those of the regions of the lookup and of England."""
    listed = councils.select(code_of=folded(councils.la_code).upper(), region=councils.region)
    placed = figures.left_join(listed, folded(figures.la_code).upper() == listed.code_of)
    named = placed.filter(placed.region.notnull(), placed.region != "")
    code, name = ENGLAND
    by_region = _summed(named, (*CELL, "region"))
    regions = by_region.mutate(la_code=ibis.null("string"), la_name=by_region.region)
    england = _summed(placed, CELL).mutate(la_code=ibis.literal(code), la_name=ibis.literal(name))
    return ibis.union(figures.select(*FIGURES), *(_with_outcome(a, times) for a in (regions, england)))


def _summed(rows: Table, by: Sequence[str]) -> Table:
    """Counts of an area; missing where that of one of its councils is missing."""
    known = rows.denominator.count() == rows.count()
    return rows.group_by(*by).agg(
        numerator=rows.numerator.sum(), denominator=known.ifelse(rows.denominator.sum(), None)
    )


def _with_outcome(areas: Table, times: int) -> Table:
    return areas.mutate(outcome=share(areas.numerator, areas.denominator, times=times)).select(*FIGURES)
