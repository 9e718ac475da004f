"""The main table that the Department's measures work on: given with `--main`, or built first from collected events."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from asccld.cli.measure_inputs import Asked, source_of
from asccld.cli.tabular import talk
from asccld.counting import counted
from asccld.errors import AsccldError

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

    from asccld.measures import ComputedFromMain

MAIN_START = "main_start"
FIRST_DAY = date(2023, 4, 1)
"""The first day of the national collection: where a joined main table starts unless `main_start` says otherwise."""


@contextmanager
def computed_from_main(con: BaseBackend, wanted: Sequence[str], told: Asked) -> Generator[list[ComputedFromMain]]:
    """The measures of the main tables that they need, joined ones first, while the engine reads them."""
    from asccld.engine import keeper, named
    from asccld.measures import MeasureReference, compute_from_main, measure_named

    settings, lookups = told.settings, MeasureReference.read(told.reference)
    quality = _quality_items(con, told)
    modes = {mode: [n for n in wanted if measure_named(n).input == mode] for mode in ("joined", "single")}
    source: Any = told.main
    with named(con, source or str(told.events or told.store)):
        made: list[ComputedFromMain] = []
        for mode, names in modes.items():
            if names:
                main = given_main(con, told.main, names) if told.main else _built(con, told, mode)
                hold = keeper(con)
                made.append(compute_from_main(names, main, settings, reference=lookups, quality=quality, hold=hold))
        yield made


def given_main(con: BaseBackend, source: str, wanted: Sequence[str]) -> Table:
    """The table that was given, with the types of its columns; that it is the right one is the measures' to say."""
    from asccld.engine import table
    from asccld.measures.main_table import IDENTIFYING, mode_of, needed_main_columns
    from asccld.measures.run import measures_for

    present = table(con, source).columns
    measures_for(wanted, mode_of(present))
    kinds = needed_main_columns(wanted) | dict.fromkeys(IDENTIFYING, "string")
    # What tells the two main tables apart, and their days, is kept; what the measures lack they say themselves.
    marks = {c: kind for c, kind in (("unit_cost", "string"), ("ref_period_start_date", "date")) if c in present}
    dates = dict.fromkeys(("ref_period_end_date", "der_event_end_date"), "date")
    return table(con, source, columns={**marks, **kinds, **dates}, optional=tuple(kinds))


def _built(con: BaseBackend, told: Asked, mode: Any) -> Table:  # noqa: ANN401 - joined or single
    """The main table of the events or of the register, kept in the engine."""
    from asccld.engine import keeper, table
    from asccld.measures.held import OutsideData
    from asccld.processing import Reference, process
    from asccld.processing.inputs import ALIASES, RepeatedRecords, input_columns

    if told.as_of is None:
        raise AsccldError("A main table is of a day", "--as-of", "Give the day by which files count")
    source, withdrawn = source_of(told.events, told.store, told.catalogue, told.as_of)
    columns, optional = input_columns(dict(table(con, source, aliases=ALIASES).schema().items()))
    events = table(con, source, columns=columns, optional=optional, aliases=ALIASES)
    start = joined_start(told) if mode == "joined" else told.start
    options = {name: value for name, value in told.of_main.items() if name != MAIN_START}
    made = process(
        events,
        mode=mode,
        start=start,
        end=told.end,
        as_of=told.as_of,
        reference=Reference.read(told.reference),
        options=options,
        excluded=withdrawn,
        hold=keeper(con),
    )
    found = made.repeated().to_pyarrow().to_pylist()[0]
    if found["rows"] != found["records"]:
        raise RepeatedRecords(found["rows"], found["records"], str(told.store or told.events), blank=found["blank"])
    councils = made.steps["submissions"].la_name.nunique().to_pyarrow().as_py()
    if not councils:
        remedy = "asccld process --explain shows which file serves what"
        raise OutsideData(f"No council has a file that serves {start} to {told.end}", "--start, --end", remedy)
    talk(f"Built the {mode} main table, {start} to {told.end} as of {told.as_of}: {counted(councils, 'council')}")
    return keeper(con)(made.main)


def joined_start(told: Asked) -> date:
    """The first day of the joined table: so many whole quarters before the end that the period is covered."""
    from asccld.measures.settings import day_of
    from asccld.standard.calendar import months_later

    if given := told.of_main.get(MAIN_START):
        return day_of(MAIN_START, given)
    first = min(FIRST_DAY, told.start)
    after, months = date.fromordinal(told.end.toordinal() + 1), 0
    while months_later(after, -months - 3) >= first:
        months += 3
    start = months_later(after, -months)
    return start if start <= told.start else months_later(after, -months - 3)


def _quality_items(con: BaseBackend, told: Asked) -> Table | None:
    from asccld.cli.process_checks import quality_items

    return quality_items(con, told.quality) if told.quality else None
