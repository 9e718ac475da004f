"""The tables of ASCOF 2D: every area with every client type and slice, a figure missing where there is nobody.

Method: DHSC ASCOF 2D (dhsc-2026-06), parts E, F and G. Rows in: episodes with their outcomes, and discharges. A cell of
parts 1 and 2 without data is missing, one of the overlap table is 0 (Q11).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, StringValue, Table

from asccld.measures.dhsc.figures import TOTAL, councils, period_label, share
from asccld.measures.dhsc.reablement import EPISODE
from asccld.measures.main_table import MainSource
from asccld.measures.registry import measure_table
from asccld.processing.text import folded, folded_text

ENGLAND = "England"
PART_1 = ("area", "client_type", "slice", "reporting_period", "denominator", "numerator", "outcome_percent", "died",
          "readmitted", "entered_lt_resnurs")  # fmt: skip
PART_2 = ("reporting_period", "area", "client_type", "slice", "discharges", "reablement_count", "outcome_percent")
OVERLAP = {
    "total_death": ("100", "110", "101", "111"),
    "death_only": ("100",),
    "death_readmission": ("110",),
    "death_lts": ("101",),
    "total_readmission": ("010", "110", "011", "111"),
    "readmission_only": ("010",),
    "readmission_lts": ("011",),
    "total_lts": ("001", "101", "011", "111"),
    "lts_only": ("001",),
    "all_3_outcomes": ("111",),
}
"""Which combinations of death, readmission and long-term support each column of the overlap table counts."""


def slices() -> tuple[str, ...]:
    """Total, the age groups and the sexes (`data/ascof_2d_slices.csv`)."""
    return tuple(r["slice"] for r in measure_table("ascof_2d_slices"))


def part_1(source: MainSource, outcomes: Table) -> Table:
    """Episodes by area, client type and slice: how many, and how many stayed in the community."""
    rows = _sliced(_rolled(outcomes, "area"))
    counts = rows.group_by("area_key", "client_type", "slice").agg(
        denominator=rows[EPISODE].nunique(),
        numerator=_distinct(rows, "isnumerator"),
        died=_distinct(rows, "deaths_cluster_flag"),
        readmitted=_distinct(rows, "readmissions_cluster_flag"),
        entered_lt_resnurs=_distinct(rows, "lts_cluster_flag"),
    )
    found = _beside(_cells(source, outcomes, slices()), counts, ("area_key", "client_type", "slice"))
    percent = share(found.numerator, found.denominator, places=2)
    return found.mutate(outcome_percent=percent, reporting_period=_period(source)).select(*PART_1)


def part_2(source: MainSource, outcomes: Table, discharges: Table) -> Table:
    """Discharges by council of residence, and the episodes of the same cell of part 1."""
    given = part_1(source, outcomes)
    named = discharges.mutate(area=_as_in_cld(discharges.utla_name))
    rows = _sliced(_rolled(named, "area"))
    counts = rows.group_by("area_key", "client_type", "slice").agg(discharges=rows.spell.nunique())
    cells = given.mutate(area_key=folded(given.area), reablement_count=given.denominator)
    found = _beside(cells, counts, ("area_key", "client_type", "slice"))
    percent = share(found.reablement_count, found.discharges, places=2)
    known = found.reablement_count.notnull() & found.discharges.notnull()
    return found.mutate(outcome_percent=known.ifelse(percent, None)).select(*PART_2)


def overlap(source: MainSource, outcomes: Table) -> Table:
    """How many episodes have each combination of outcomes, by area and client type."""
    rows = _rolled(outcomes, "area")
    counts = rows.group_by("area_key", "client_type").agg(
        **{name: rows.count(where=rows.outcome_combo.isin(combinations)) for name, combinations in OVERLAP.items()}
    )
    found = _beside(_cells(source, outcomes, (TOTAL,)), counts, ("area_key", "client_type"))
    filled = {name: found[name].fill_null(0) for name in OVERLAP}
    return found.select(reporting_period=_period(source), area=found.area, client_type=found.client_type, **filled)


def without_slices(table: Table) -> Table:
    """The cells in total, without the column of slices."""
    return table.filter(table.slice == TOTAL).drop("slice")


# ---------------------------------------------------------------- cells and rows


def _period(source: MainSource) -> StringValue:
    return cast("StringValue", ibis.literal(period_label(source.settings)))


def _cells(source: MainSource, outcomes: Table, wanted: Sequence[str]) -> Table:
    """Every council, and England, with every client type that there is, and all together, and every slice."""
    listed = councils(source).select("la_name").distinct()
    areas = ibis.union(listed.select(area=listed.la_name), _listed("area", (ENGLAND,)))
    kinds = ibis.union(outcomes.select("client_type").distinct(), _listed("client_type", (TOTAL,)))
    cells = areas.cross_join(kinds).cross_join(_listed("slice", wanted))
    return cells.mutate(area_key=folded(cells.area))


def _listed(column: str, values: Sequence[str]) -> Table:
    return ibis.memtable({column: list(values)}, schema={column: "string"})


def _rolled(rows: Table, area: str) -> Table:
    """Each row for its area and for England, for its client type and for all together."""
    key = folded(rows[area])
    england = ibis.literal(folded_text(ENGLAND))
    by_area = ibis.union(rows.mutate(area_key=key), rows.mutate(area_key=england))
    return ibis.union(by_area, by_area.mutate(client_type=ibis.literal(TOTAL)))


def _sliced(rows: Table) -> Table:
    """Each row once for every slice that it belongs to: Total, its age group and its sex."""
    parts = [_slice(rows, r) for r in measure_table("ascof_2d_slices")]
    return ibis.union(*parts)


def _slice(rows: Table, row: Mapping[str, str]) -> Table:
    name = row["slice"]
    kept = rows.filter(folded(rows[row["column"]]) == folded_text(name)) if row["column"] else rows
    return kept.mutate(slice=ibis.literal(name))


def _distinct(rows: Table, flag: str) -> IntegerValue:
    return cast("IntegerValue", rows[EPISODE].nunique(where=cast("BooleanValue", rows[flag] == 1)))


def _beside(cells: Table, counts: Table, keys: Sequence[str]) -> Table:
    found = cells.left_join(counts, [cells[k] == counts[k] for k in keys])
    return found.select(*(cells[c] for c in cells.columns), *(counts[c] for c in counts.columns if c not in keys))


def _as_in_cld(name: StringValue) -> StringValue:
    """The name by which an area submits, where the two differ (`data/ascof_2d_areas.csv`)."""
    pairs = [(folded_text(r["utla_name"]), r["la_name"]) for r in measure_table("ascof_2d_areas")]
    return cast("StringValue", folded(name).cases(*pairs, else_=name))
