"""The ASCOF figures as they are published: the latest period, the previous one computed anew, and what came before.

Method: DHSC ASCOF main script (dhsc-2026-06). Of the figures that are published already, all stay but those of the two
periods. Columns in: see `asccld measures show ascof_published`; what is published already comes as reference tables
(`LA_PBI_ASCOF`, `LA_PBI_ASCOF_Excl`, `ASCOF2D_Part1_Metrics`, `ASCOF2D_Part2_Metrics`). The details of people are those
of the latest period for both (Q7). Without hospital episodes there is no 2D, and a note says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, NumericValue, StringValue, Table, Value

from asccld.measures.dhsc.areas import ENGLAND
from asccld.measures.dhsc.ascof_2d_figures import PART_1, PART_2
from asccld.measures.dhsc.figures import EXCLUDED, FIGURES, label, period_label
from asccld.measures.dhsc.people import latest_people
from asccld.measures.dhsc.run_plan import WITH_FOLLOW_UP, Run, for_run, run_plan
from asccld.measures.main_table import MainSource
from asccld.measures.references import AREAS, COUNCILS, HOSPITAL
from asccld.measures.registry import measure_named
from asccld.measures.run_main import tables_of
from asccld.measures.settings import Settings
from asccld.processing.run import Tables
from asccld.processing.text import folded, folded_text, same

NAME = "ascof_published"
FIGURES_BEFORE, EXCLUDED_BEFORE = "LA_PBI_ASCOF", "LA_PBI_ASCOF_Excl"
FIRST_YEAR = "1 Apr 23 - 31 Mar 24"
"""Not in the copies for the Better Care Fund."""
SMALL = 6
"""Counts below it are shown as 0 in those copies."""
PEOPLE = "latest people"
"""Under which name `latest_people` keeps its table."""
WITH_UNKNOWN = ("ascof_2e_ld", "ascof_2e", "ascof_3d")
"""Measures that count what they could not classify."""
PARTS_OF_2D = {
    "_part1": ("ASCOF2D_Part1_Metrics", tuple(c for c in PART_1 if c != "slice")),
    "_part2": ("ASCOF2D_Part2_Metrics", tuple(c for c in PART_2 if c != "slice")),
}
"""What was published before of each part, and its columns."""
_TEXTS = {"reporting_period", "la_code", "la_name", "measure", "description", "group", "area", "client_type"}
_SHARES = {"outcome", "outcome_percent"}


def ascof_published(source: MainSource, settings: Settings) -> Mapping[str, Table]:  # noqa: ARG001 - as every measure
    """All figures and excluded counts, and the copies for the Better Care Fund."""
    return published_tables(PlannedRuns(source))


def published_tables(runs: PlannedRuns) -> Mapping[str, Table]:
    """The same from runs of which other tables may have been asked."""
    return Tables(
        {
            "": lambda: _figures(runs),
            "_excluded": lambda: _excluded(runs),
            "_bcf_2c": lambda: _bcf_2c(runs),
            "_bcf_2d_part1": lambda: _bcf_2d(runs, "_part1"),
            "_bcf_2d_part2": lambda: _bcf_2d(runs, "_part2"),
        }
    )


class PlannedRuns:
    """Every measure for its two periods; people are described as they are at the end of the latest one (Q7)."""

    def __init__(self, source: MainSource) -> None:
        self.source = source
        self._sources: dict[tuple[date, date], MainSource] = {(source.settings.start, source.settings.end): source}
        self._lacking = {m: missing for m in WITH_FOLLOW_UP if (missing := _missing_for_2d(source))}

    @property
    def plan(self) -> tuple[Run, ...]:
        """The runs for which there is all that they need; a note says which are left out."""
        for measure, missing in self._lacking.items():
            self.source.note(f"{measure} is left out: there is no {' and no '.join(missing)}")
        return tuple(run for run in run_plan(self.source.settings) if run.measure not in self._lacking)

    def tables(self, run: Run) -> Mapping[str, Table]:
        """The tables of a run."""
        return tables_of(measure_named(run.measure), self._source(run))

    def _source(self, run: Run) -> MainSource:
        days = (run.start, run.end)
        if days not in self._sources:
            people = {PEOPLE: latest_people(self.source)}
            self._sources[days] = replace(self.source, settings=for_run(self.source.settings, run), _shared=people)
        return self._sources[days]


def _missing_for_2d(source: MainSource) -> list[str]:
    return [table for table in (HOSPITAL, AREAS) if source.reference.found(table) is None]


# ---------------------------------------------------------------- tables


def _figures(runs: PlannedRuns) -> Table:
    wanted = [run for run in runs.plan if run.measure not in WITH_FOLLOW_UP]
    return _published(runs, FIGURES_BEFORE, FIGURES, [(run, "") for run in wanted])


def _excluded(runs: PlannedRuns) -> Table:
    wanted = [run for run in runs.plan if run.measure in WITH_UNKNOWN]
    return _published(runs, EXCLUDED_BEFORE, EXCLUDED, [(run, "_unknown") for run in wanted])


def _parts_of_2d(runs: PlannedRuns, part: str) -> Table:
    before, columns = PARTS_OF_2D[part]
    wanted = [run for run in runs.plan if run.measure in WITH_FOLLOW_UP]
    return _published(runs, before, columns, [(run, part) for run in wanted])


def _published(runs: PlannedRuns, before: str, columns: Sequence[str], wanted: Sequence[tuple[Run, str]]) -> Table:
    """What was published before of other periods, and the tables of these runs."""
    new = [_councils_only(runs.tables(run)[suffix].select(*columns)) for run, suffix in wanted]
    labels = {period_label(for_run(runs.source.settings, run)) for run, _ in wanted}
    earlier = runs.source.reference.found(before)
    old = [_other_periods(earlier, columns, labels)] if earlier is not None else []
    return ibis.union(*old, *new) if old or new else _nothing(columns)


def _councils_only(table: Table) -> Table:
    """Without the regions and the England that an option may have added: what is published is of councils."""
    if "la_code" not in table.columns:
        return table
    return table.filter(table.la_code.notnull(), table.la_code != ENGLAND[0])


def _other_periods(table: Table, columns: Sequence[str], labels: Collection[str]) -> Table:
    replaced = folded(table.reporting_period).isin([folded_text(text) for text in sorted(labels)])
    kept = table.filter(~replaced)
    return kept.select(**{column: _typed(kept[column], column) for column in columns})


def _typed(value: Value, column: str) -> Value:
    if column in _TEXTS:
        return value
    number = cast("NumericValue", cast("StringValue", value).nullif("").cast("float64"))
    return number if column in _SHARES else cast("Value", number.cast("int64"))


def _nothing(columns: Sequence[str]) -> Table:
    kinds = {c: "string" if c in _TEXTS else "float64" if c in _SHARES else "int64" for c in columns}
    return ibis.memtable({c: [] for c in columns}, schema=kinds)


# ---------------------------------------------------------------- Better Care Fund


def _bcf_2c(runs: PlannedRuns) -> Table:
    runs.source.note(f"{NAME}_bcf_2c has every numerator beside the suppressed one, as officially: not for publication")
    figures = _figures(runs)
    rows = figures.filter(same(figures.measure, label("ascof_2c").measure), _after_first_year(figures))
    regions = _councils(runs.source).select("code_key", "region")
    joined = rows.left_join(regions, folded(rows.la_code) == regions.code_key)
    return joined.select(
        *(rows[c] for c in rows.columns),
        numerator_supressed=_suppressed(rows.numerator),
        denominator_supressed=_suppressed(rows.denominator),
        region=regions.region,
    )


def _bcf_2d(runs: PlannedRuns, part: str) -> Table:
    table = _parts_of_2d(runs, part)
    rows = table.filter(_after_first_year(table))
    named = _councils(runs.source).select("name_key", "la_code", "region")
    joined = rows.left_join(named, folded(rows.area) == named.name_key)
    return joined.select(named.la_code, named.region, *(rows[c] for c in rows.columns))


def _councils(source: MainSource) -> Table:
    listed = source.reference.needed(COUNCILS, NAME)
    return listed.select("la_code", "region", code_key=folded(listed.la_code), name_key=folded(listed.la_name))


def _after_first_year(rows: Table) -> BooleanValue:
    return cast("BooleanValue", ~same(rows.reporting_period, FIRST_YEAR))


def _suppressed(count: Value) -> Value:
    number = cast("NumericValue", count)
    return (number < SMALL).ifelse(0, number)
