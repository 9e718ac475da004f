"""What `asccld measure` refuses before anything is computed: what a measure cannot do without, and a wrong window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from asccld.errors import AsccldError

if TYPE_CHECKING:
    from asccld.cli.measure_inputs import Asked
    from asccld.measures import Computed


def refuse_lacking(wanted: Sequence[str], told: Asked) -> None:
    """Raise AsccldError where a measure lacks a table, or a reference table or an option cannot be read."""
    from asccld.measures import MeasureReference, measure_named
    from asccld.measures.dhsc.costs import cost_window
    from asccld.measures.dhsc.quality import refuse_without_quality
    from asccld.measures.dhsc.run_plan import WITH_FOLLOW_UP
    from asccld.measures.references import AREAS, HOSPITAL
    from asccld.processing.lookups import reference_files

    if all(measure_named(name).input == "events" for name in wanted):
        return
    if "dq_values" in wanted:
        refuse_without_quality(told.quality)
    if "costs" in wanted:
        _ = cost_window(told.settings)
    lookups = MeasureReference.read(told.reference)
    if told.reference:
        _ = reference_files(told.reference)  # refuses a folder of nothing that we know
    for name in wanted:
        for table in (HOSPITAL, AREAS) if name in WITH_FOLLOW_UP else ():
            _ = lookups.needed(table, name)


def council_of(code: str | None, made: Computed) -> str | None:
    """The council that the workbook is asked for, as the events have it; raises AsccldError where they lack it."""
    from asccld.standard.names import did_you_mean

    if code is None:
        return None
    codes: Any = made.source.events.select("la_code").distinct().to_pyarrow()["la_code"].to_pylist()
    known, wanted = sorted({str(c).strip().upper() for c in codes if c}), code.strip().upper()
    if wanted not in known:
        near = did_you_mean(wanted, known) or f"There are: {', '.join(known[:20]) or 'none'}"
        raise AsccldError("The events have no such council", f"--la {code}", near)
    return wanted
