"""One measure of one table: what `asccld measure` does, as a function."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ibis.expr.types import Table

from asccld.measures.references import MeasureReference
from asccld.measures.registry import measure_named
from asccld.measures.run import compute
from asccld.measures.run_main import compute_from_main
from asccld.measures.settings import settings_for
from asccld.processing.run import Hold


def measure(
    name: str,
    rows: Table,
    *,
    start: date,
    end: date,
    options: Mapping[str, str] | None = None,
    reference: MeasureReference | None = None,
    quality: Table | None = None,
    hold: Hold | None = None,
) -> Mapping[str, Table]:
    """The tables of a measure by suffix: `""` holds the figures, `_people` and the like who is behind them.

    `rows` are collected events or a main table, whichever the measure works on (`measure_named(name).input`). `options`
    are those of `asccld measure --option`; `hold` keeps steps that are used more than once, see `engine.keeper`. Every
    table is an expression, computed when it is asked for.

    Raises UnknownMeasure, UnknownOption, ImpossibleDates, MissingForMeasure, WrongInput, NoMainTable and OutsideData.
    """
    settings = settings_for(start, end, options or {})
    if measure_named(name).input == "events":
        return compute([name], rows, settings, hold=hold)[measure_named(name).name]
    made = compute_from_main([name], rows, settings, reference=reference, quality=quality, hold=hold)
    return made[measure_named(name).name]
