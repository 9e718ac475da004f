"""One run: from events to the tables of any number of measures, computing what they share once.

Two small questions are asked of the data first: what days they hold, so that a period beyond them is refused, and in
which wording they are. Everything else is an expression, made when it is asked for; `hold` keeps shared steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import cast

import ibis
from ibis.expr.types import Table

from asccld.errors import AsccldError
from asccld.measures.held import refuse_outside
from asccld.measures.model import Measure, Output
from asccld.measures.registry import measure_named
from asccld.measures.settings import Settings
from asccld.measures.source import Source
from asccld.measures.wording import Found, Wording, in_release_1, tidy_code
from asccld.processing.inputs import ALIASES
from asccld.processing.run import Hold, Tables, as_it_is

Compute = Callable[[Source, Settings], Mapping[str, Table]]


class MissingForMeasure(AsccldError):
    """Columns that a measure needs and the events lack."""


class WrongInput(AsccldError):
    """Another table than the one that a measure works on."""


INPUTS = {
    "events": "collected events",
    "joined": "a joined main table",
    "single": "a single main table",
}
"""What a measure may work on, in words."""


def measures_for(names: Iterable[str], given: str) -> list[Measure]:
    """The measures of these names, each once; raises WrongInput for one that works on something else than `given`."""
    wanted = [measure_named(name) for name in dict.fromkeys(measure_named(name).name for name in names)]
    for measure in wanted:
        if measure.input != given:
            what = f"{measure.name} works on {INPUTS[measure.input]}, and this is {INPUTS[given]}"
            remedy = f"Make it with: asccld process --mode {measure.input}"
            raise WrongInput(what, None, "Give --events or --store" if measure.input == "events" else remedy)
    return wanted


@dataclass(frozen=True)
class ByMeasure(Mapping[str, Mapping[str, Table]]):
    """Measure by name, then table by suffix, each expressed when it is asked for."""

    made_by: Mapping[str, Callable[[], Mapping[str, Table]]]
    settings: Settings

    def __getitem__(self, name: str) -> Mapping[str, Table]:
        return self.made_by[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self.made_by)

    def __len__(self) -> int:
        return len(self.made_by)


@dataclass(frozen=True)
class Computed(ByMeasure):
    """The measures of collected events, and what was found about the events."""

    source: Source
    wording: Found


def compute(
    names: Iterable[str],
    events: Table,
    settings: Settings,
    *,
    hold: Hold | None = None,
    wording: Wording = "auto",
) -> Computed:
    """The tables of these measures. Raises UnknownMeasure, MissingForMeasure, WrongInput and OutsideData.

    For measures that work on a main table use `compute_from_main`.
    """
    measures = measures_for(names, "events")
    keep = hold or as_it_is
    narrow = _narrow(events, measures)
    refuse_outside(narrow, settings, {p for m in measures for p in m.parameters})
    found = in_release_1(narrow, keep, wording)
    coded = found.events
    if not found.codes_tidy:
        coded = coded.mutate(la_code=tidy_code(coded.la_code))
    source = Source(coded, settings, keep)
    made = {measure.name: partial(_tables, measure, source) for measure in measures}
    return Computed(made, settings, source, found)


def _tables(measure: Measure, source: Source) -> Mapping[str, Table]:
    module = import_module(f"asccld.measures.{measure.module}")
    tables = cast("Compute", getattr(module, measure.name))(source, source.settings)
    zeros = {o.suffix: o for o in measure.outputs if o.zeros}
    made = {s: partial(_or_zeros, tables, s, zeros.get(s), source) for s in tables}
    return Tables(made)


def _or_zeros(tables: Mapping[str, Table], suffix: str, output: Output | None, source: Source) -> Table:
    return with_zeros(tables[suffix], source) if output else tables[suffix]


def with_zeros(counts: Table, source: Source) -> Table:
    """The counts, or, where nobody at all is counted, one row of zeros for each council of the events."""
    councils = source.shared("councils", lambda: source.events.select("la_code").distinct())
    number = counts.aggregate(counted=counts.count())
    empty = councils.cross_join(number.filter(number.counted == 0))
    schema = counts.schema()
    zero = {
        name: (ibis.literal(0) if kind.is_numeric() else ibis.null()).cast(kind)
        for name, kind in schema.items()
        if name != "la_code"
    }
    filled = empty.select(la_code=empty.la_code, **zero).select(*schema)
    return ibis.union(counts, filled)


def _narrow(events: Table, measures: Iterable[Measure]) -> Table:
    """The columns that the measures need, under the names by which they know them."""
    renamed = {ours: other for other, ours in ALIASES.items() if other in events.columns and ours not in events.columns}
    known = events.rename(renamed)
    for measure in measures:
        missing = [name for name in measure.needs if name not in known.columns]
        if missing:
            what = f"{measure.name} needs {', '.join(missing)}, and the events have no such columns"
            raise MissingForMeasure(what, None, "Add the columns, or leave the measure out")
    return known.select(*dict.fromkeys(name for measure in measures for name in measure.needs))
