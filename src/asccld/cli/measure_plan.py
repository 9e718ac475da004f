"""`asccld measure ascof --plan`: the official run plan: every measure for two periods, and what is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING

from asccld.cli import measure_outputs as outputs
from asccld.cli import measure_views as views
from asccld.cli.measure_main import computed_from_main
from asccld.cli.tabular import talk
from asccld.counting import counted
from asccld.errors import AsccldError

if TYPE_CHECKING:
    from pathlib import Path

    from ibis.backends import BaseBackend

    from asccld.cli.measure_inputs import Asked
    from asccld.cli.measure_outputs import Outcome, Plan

ASCOF = "ascof"
PUBLISHED = "ascof_published"
_EXAMPLE = "asccld measure ascof --plan --end 2026-03-31 --main joined.parquet --out ascof"


def planned_measures(names: Sequence[str]) -> list[str]:
    """The measures of the run plan, and the tables that are made of them; raises AsccldError for other names."""
    from asccld.measures.dhsc.run_plan import MEASURES

    if [name.strip().lower() for name in names] != [ASCOF]:
        raise AsccldError("The run plan is that of all ASCOF measures", "--plan", f"Example: {_EXAMPLE}")
    return [*MEASURES, PUBLISHED]


def possible(wanted: list[str], names: Sequence[str], reference: Path | None) -> list[str]:
    """The measures without those that need hospital episodes which nobody gave, unless they were named."""
    from asccld.measures.dhsc.run_plan import WITH_FOLLOW_UP
    from asccld.measures.references import HOSPITAL, file_of, reference_table

    asked = {name.strip().lower() for name in names}
    lacking = [name for name in wanted if name in WITH_FOLLOW_UP and name not in asked]
    if not lacking or (reference and file_of(reference_table(HOSPITAL), reference)):
        return wanted
    talk(f"{', '.join(lacking)} is left out: there is no {HOSPITAL}")
    return [name for name in wanted if name not in lacking]


def first_day(start: datetime | None, end: datetime | None) -> datetime | None:
    """The start of the twelve months up to the end; raises AsccldError for a start, or no or another end."""
    from asccld.measures.dhsc.run_plan import year_up_to
    from asccld.standard.calendar import month_end

    if start is not None:
        raise AsccldError("The run plan is of the twelve months up to --end", "--start", "Leave it out")
    if end is None:
        raise AsccldError("The run plan needs the last day of its latest period", "--end", f"Example: {_EXAMPLE}")
    last = month_end(end.date())
    if end.date() != last:
        remedy = f"Give the last day of a month, such as {last}"
        raise AsccldError("The run plan is of whole months", f"--end {end:%Y-%m-%d}", remedy)
    return datetime.combine(year_up_to(end.date()), time())


def planned_files(files: Plan) -> Plan:
    """The files of the run plan: each table of each measure twice, and those that are published once."""
    from asccld.measures.dhsc.run_plan import LATEST, PREVIOUS

    twice = [(name, suffix) for name, suffix in files.tables if name != PUBLISHED]
    both = [(name, f"{suffix}_{period}") for name, suffix in twice for period in (LATEST, PREVIOUS)]
    return replace(files, tables=(*both, *(table for table in files.tables if table[0] == PUBLISHED)))


def run_planned(con: BaseBackend, told: Asked, files: Plan) -> Outcome:
    """Compute and write the tables of the run plan; returns what is to be said of them."""
    from asccld.engine import keeper
    from asccld.measures.dhsc.published import PlannedRuns, published_tables

    keep, found = keeper(con), outputs.Outcome()
    with computed_from_main(con, [PUBLISHED], told) as (made,):
        found.took(views.tell_main_run(made))
        runs = PlannedRuns(made.source)
        for run in runs.plan:
            talk(f"{run.measure}, {run.period} period: {run.start} to {run.end}")
            for suffix, table in runs.tables(run).items():
                kept = keep(table)
                outputs.write_table(con, kept, files, run.measure, f"{suffix}_{run.period}")
                found.failed += outputs.failed_checks(f"{run.measure}{suffix}_{run.period}", kept)
        for suffix, table in published_tables(runs).items():
            kept = keep(table)
            outputs.write_table(con, kept, files, PUBLISHED, suffix)
            found.failed += outputs.failed_checks(f"{PUBLISHED}{suffix}", kept)
        views.tell_notes(made)
        number = len(runs.plan)
    talk(f"{counted(number, 'run')} of the plan, and what is published of them, in {files.folder}")
    return found
