"""Running measures of all kinds: of collected events first, then of main tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from asccld.cli import measure_outputs as outputs
from asccld.cli import measure_views as views
from asccld.cli.measure_checks import council_of
from asccld.cli.measure_inputs import Asked, computed
from asccld.cli.measure_main import computed_from_main

if TYPE_CHECKING:
    from ibis.backends import BaseBackend

    from asccld.cli.measure_outputs import Outcome, Plan


def run_measures(con: BaseBackend, wanted: Sequence[str], told: Asked, plan: Plan, council: str | None) -> Outcome:
    """Compute the measures and write their tables; `council` is that of the workbook.

    Returns what is to be said of them when they are written.
    """
    from asccld.measures import measure_named

    found = outputs.Outcome()

    of_events = [name for name in wanted if measure_named(name).input == "events"]
    of_main = [name for name in wanted if name not in of_events]
    if of_events:
        with computed(con, of_events, told) as made:
            found.took(views.tell_run(made))
            asked_for = council_of(council, made)
            figures = outputs.written(con, made, plan)
            if plan.workbook:
                of = asked_for or outputs.only_council(figures)
                facts = views.facts(made, of, figures)
                outputs.write_workbook(plan.workbook, figures, facts, of, published=plan.rounded)
    if of_main:
        with computed_from_main(con, of_main, told) as runs:
            for run in runs:
                found.took(views.tell_main_run(run))
                _ = outputs.written(con, run, plan, found.failed)
                views.tell_notes(run)
    return found
