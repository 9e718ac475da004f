"""The dates and options of a run: those of the published scripts, derived from the period unless given.

How each default follows from the period, and why, is in `data/period_parameters.csv`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from types import MappingProxyType

from asccld.errors import AsccldError
from asccld.measures.options import resolved
from asccld.measures.registry import measure_table
from asccld.processing.options import UnknownOption
from asccld.standard.calendar import months_later
from asccld.standard.names import did_you_mean
from asccld.standard.tables import Row

FAR_FUTURE = date(9999, 1, 1)
"""Stands for open ends unless `today` is given: no figure depends on the day of the run (X5)."""

YEAR_START = (4, 1)
"""The financial year begins on 1 April."""


class ImpossibleDates(AsccldError):
    """Dates that no data could ever serve."""


@dataclass(frozen=True)
class Settings:
    """All that a run may be told; make it with `settings_for`."""

    start: date
    end: date
    today: date
    """Stands for open ends; a far-future day unless given, and always so where x5 is documented."""
    import_after: date
    """Only files imported after this day's midnight count as the latest submission."""
    import_by: date
    """The last day on which a latest submission may be imported."""
    sts_import_by: date
    """Versions of events imported after this day's midnight do not count (x19 may include the day)."""
    lts001c_chain_start_before: date
    ascof_2b2c_snapshot: date
    ascof_2b2c_import_before: date
    options: Mapping[str, str]

    @property
    def year_start(self) -> date:
        """The 1 April by which a latest submission must begin."""
        return min(self.start, financial_year_start(self.end))

    def documented(self, option: str) -> bool:
        """Whether an option is set to what is documented instead of what the script does."""
        return self.options[option] == "documented"


PARAMETERS = tuple(f.name for f in fields(Settings) if f.name not in {"start", "end", "options"})
"""Dates that may be given as options of these names."""


def settings_for(start: date, end: date, given: Mapping[str, str | date] | None = None) -> Settings:
    """The settings of a period; `given` holds dates by the names in PARAMETERS, and options.

    Raises ImpossibleDates and UnknownOption.
    """
    dates = {name: day_of(name, value) for name, value in (given or {}).items() if name in PARAMETERS}
    named = {name: str(value) for name, value in (given or {}).items() if name not in PARAMETERS}
    _refuse_impossible(start, end)
    options = _resolved(named)
    chosen = _derived(start, end, options) | dates
    if options["x5"] == "documented":
        chosen["today"] = FAR_FUTURE
    _refuse_empty_window(chosen)
    return Settings(start=start, end=end, options=MappingProxyType(options), **chosen)


def financial_year_start(day: date) -> date:
    """The 1 April of the financial year that a day is in."""
    first = date(day.year, *YEAR_START)
    return first if day >= first else date(day.year - 1, *YEAR_START)


def _resolved(named: Mapping[str, str]) -> dict[str, str]:
    near = {n: did_you_mean(n, PARAMETERS) for n in named}
    try:
        return resolved(named)
    except UnknownOption as error:
        name = (error.where or "").removeprefix("--option ").partition("=")[0]
        if error.remedy.startswith("Did you mean") or not near.get(name):
            raise
        raise UnknownOption(error.what, error.where, near[name]) from None


def day_of(name: str, value: str | date) -> date:
    """The day that an option gives; raises ImpossibleDates."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        example = f"Example: --option {name}=2024-03-01"
        raise ImpossibleDates(f"'{value}' is not a day", f"--option {name}", example) from None


def _refuse_impossible(start: date, end: date) -> None:
    if end < start:
        raise ImpossibleDates(f"The period ends ({end}) before it starts ({start})", "--end", "Swap --start and --end")
    if not date.min.year + 1 < end.year < date.max.year - 1:
        raise ImpossibleDates(f"The calendar has too few years around {end}", "--end", "Choose another end")


def _refuse_empty_window(dates: Mapping[str, date]) -> None:
    if dates["import_by"] < dates["import_after"]:
        raise ImpossibleDates(
            f"No file can be imported after {dates['import_after']} and by {dates['import_by']}",
            "--option import_by",
            "Give a later day, --option import_by=DATE, or an earlier one, --option import_after=DATE",
        )


def _derived(start: date, end: date, options: Mapping[str, str]) -> dict[str, date]:
    days = {row["parameter"]: _counted_from(row, end) for row in measure_table("period_parameters") if _fits(row, end)}
    if options["d1"] == "documented":
        year = financial_year_start(end)
        days["import_after"] = min(start, year) - timedelta(days=1)
        days["import_by"] = date(year.year + 1, 7, 31)
    return {"today": FAR_FUTURE} | days


def _fits(row: Row, end: date) -> bool:
    year_end = end + timedelta(days=1) == financial_year_start(end + timedelta(days=1))
    return {"always": True, "the period ends on 31 March": year_end, "otherwise": not year_end}[row["when"]]


def _counted_from(row: Row, end: date) -> date:
    year = financial_year_start(end)
    bases = {
        "period end": end,
        "day after period end": end + timedelta(days=1),
        "day after financial year end": date(year.year + 1, *YEAR_START),
    }
    moved = months_later(bases[row["from"]], 12 * int(row["years"]) + int(row["months"]))
    return moved + timedelta(days=int(row["days"]))
