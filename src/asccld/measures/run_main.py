"""One run on a main table: the tables of any number of the Department's measures, computing what they share once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import cast

from ibis.expr.types import Table

from asccld.measures.dhsc.extras import with_extras
from asccld.measures.held import refuse_outside_main
from asccld.measures.main_table import PERSON_ID, MainSource, mode_of, with_person
from asccld.measures.model import Measure
from asccld.measures.references import MeasureReference
from asccld.measures.run import ByMeasure, MissingForMeasure, measures_for
from asccld.measures.settings import Settings
from asccld.processing.run import Hold, as_it_is

Compute = Callable[[MainSource, Settings], Mapping[str, Table]]


@dataclass(frozen=True)
class ComputedFromMain(ByMeasure):
    """The measures of a main table."""

    source: MainSource


def compute_from_main(
    names: Iterable[str],
    main: Table,
    settings: Settings,
    *,
    reference: MeasureReference | None = None,
    quality: Table | None = None,
    hold: Hold | None = None,
) -> ComputedFromMain:
    """The tables of these measures from the joined or the single main table, whichever they need.

    `quality` is the collector's data-quality table, of which dq_values is made.

    Raises UnknownMeasure, MissingForMeasure, NoMainTable, WrongInput and OutsideData.
    """
    mode = mode_of(main.columns)
    measures = measures_for(names, mode)
    beyond = refuse_outside_main(main, settings, mode)
    keep = hold or as_it_is
    lookups = (reference or MeasureReference.read()).held(keep)
    source = MainSource(with_person(_narrow(main, measures)), mode, settings, lookups, keep, quality=quality)
    for text in beyond:
        source.note(text)
    made = {m.name: partial(tables_of, m, source) for m in measures}
    return ComputedFromMain(made, settings, source)


def tables_of(measure: Measure, source: MainSource) -> Mapping[str, Table]:
    """The tables of one measure by suffix, each expressed when it is asked for."""
    module = import_module(f"asccld.measures.{measure.module}")
    tables = cast("Compute", getattr(module, measure.name))(source, source.settings)
    return with_extras(measure.name, tables, source)


def _narrow(main: Table, measures: Iterable[Measure]) -> Table:
    """The columns that the measures need."""
    wanted = dict.fromkeys(["la_code", PERSON_ID])
    for measure in measures:
        missing = [name for name in measure.needs if name not in main.columns]
        if missing:
            what = f"{measure.name} needs {', '.join(missing)}, and the main table has no such columns"
            raise MissingForMeasure(what, None, "Make the main table anew with: asccld process")
        wanted |= dict.fromkeys(measure.needs)
    return main.select(*wanted)
