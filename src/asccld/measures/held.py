"""What days the events hold, and which periods they can therefore not serve."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from ibis.expr.types import Table

from asccld.errors import AsccldError
from asccld.measures.settings import Settings

LIMITS = ("import_by", "sts_import_by", "ascof_2b2c_import_before")
"""Parameters that say by when a file must be imported to count."""


class OutsideData(AsccldError):
    """A period, or a window of import, in which the events have nothing."""


def days_held(events: Table) -> dict[str, date | None]:
    """First and last start of an event, end of a reporting period and day of import; None where there is none."""
    columns = ("event_start_date", "reporting_period_start_date", "reporting_period_end_date", "importdate")
    present = [c for c in columns if c in events.columns]
    bounds: dict[str, Any] = {f"first_{c}": events[c].min() for c in present}
    bounds |= {f"last_{c}": events[c].max() for c in present}
    found = events.aggregate(**bounds).to_pyarrow().to_pylist()[0]
    return {name: value.date() if isinstance(value, datetime) else value for name, value in found.items()}


def refuse_outside(events: Table, settings: Settings, parameters: Collection[str]) -> None:
    """Raise OutsideData, saying what the events hold, for a period that they cannot serve. Asks the data once."""
    held = days_held(events)
    _refuse_period(held, settings)
    first, last = held["first_importdate"], held["last_importdate"]
    if first is None or last is None:
        return
    imported = f"The events were imported from {first} to {last}"
    late = {n: day for n in LIMITS if n in parameters and (day := getattr(settings, n)) < first}
    if late:
        days = " and ".join(dict.fromkeys(str(day) for day in late.values()))
        where = ", ".join(f"{name}={day}" for name, day in late.items())
        remedy = f"Give a later day: {later_limits(late, last)}"
        raise OutsideData(f"{imported}, and only files imported by {days} count", where, remedy)
    if "import_after" in parameters and settings.import_after > last:
        what = f"{imported}, and only files imported after {settings.import_after} count"
        raise OutsideData(
            what, f"import_after={settings.import_after}", "Choose an earlier period, or --option import_after=DATE"
        )


def later_limits(names: Iterable[str], imported: date) -> str:
    """The options, all of them together, by which a file counts that was imported on this day."""
    # The day after: some limits leave out what was imported on the day itself.
    return " ".join(f"--option {name}={imported + timedelta(days=1)}" for name in names)


def _refuse_period(held: dict[str, date | None], settings: Settings) -> None:
    first = held.get("first_reporting_period_start_date") or held["first_event_start_date"]
    last = held.get("last_reporting_period_end_date") or held["last_event_start_date"]
    if first is None or last is None:
        return
    if settings.start > last or settings.end < first:
        raise OutsideData(
            f"The events hold the days from {first} to {last}, and nothing of {settings.start} to {settings.end}",
            "--start, --end",
            "Choose a period within them",
        )


def refuse_outside_main(main: Table, settings: Settings, mode: str) -> list[str]:
    """Raise OutsideData for a period that a main table does not serve; say where it holds a part of it only.

    A joined table may hold more or less than the period, a single one is of one period alone. Asks the data once.
    """
    first, last = _main_days(main)
    if last is None:
        return []
    starts, ends = first is not None and settings.start < first, settings.end > last
    outside = settings.start > last or (first is not None and settings.end < first)
    if outside or (mode == "single" and (starts or ends)):
        what = f"The main table holds {_from_to(first, last)}, and the period is {settings.start} to {settings.end}"
        raise OutsideData(what, "--start, --end", "Choose a period within it, or build the table anew")
    notes = (
        (starts, f"The main table starts on {first}: figures for the days from {settings.start} are incomplete"),
        (ends, f"The main table ends on {last}: figures for the days until {settings.end} are incomplete"),
    )
    return [text for holds, text in notes if holds]


def _main_days(main: Table) -> tuple[date | None, date | None]:
    """The first day, where the table tells it, and the last."""
    bounds: dict[str, Any] = {"last": main.ref_period_end_date.max()}
    if "ref_period_start_date" in main.columns:
        bounds["first"] = main.ref_period_start_date.min()
    found = main.aggregate(**bounds).to_pyarrow().to_pylist()[0]
    return found.get("first"), found["last"]


def _from_to(first: date | None, last: date) -> str:
    return f"the days from {first} to {last}" if first else f"days until {last}"
