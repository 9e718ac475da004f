"""The periods for which the Department computes ASCOF every quarter: the latest and the previous one, and those of 2D.

Method: DHSC ASCOF main script (dhsc-2026-06). The previous period starts and ends three months before the latest one
and is computed anew, because what followed its last days was not yet known. ASCOF 2D needs twelve weeks of follow-up:
its latest period is the previous one of the others. Known limitation: the previous period of 2D loses its last day
where the month three months before is longer (Q8), unless `q8=documented`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from asccld.measures.settings import Settings
from asccld.standard.calendar import month_end, months_later

LAG_MONTHS = 3
LATEST, PREVIOUS = "latest", "previous"
WITH_FOLLOW_UP = ("ascof_2d",)
"""Measures whose periods lie three months behind those of the others."""
MEASURES = ("ascof_2a", "ascof_2b", "ascof_2c", "ascof_2e_ld", "ascof_2e", "ascof_3d", *WITH_FOLLOW_UP)
"""What the Department runs for each of the two periods."""


@dataclass(frozen=True)
class Run:
    """One measure for one period."""

    measure: str
    period: str
    """`latest` or `previous`."""
    start: date
    end: date


def year_up_to(end: date) -> date:
    """The first day of the twelve months that end on a day."""
    day_after = end + timedelta(days=1)
    return months_later(day_after, -12)


def run_plan(settings: Settings) -> tuple[Run, ...]:
    """Every measure for its latest and its previous period; the latest one is that of the settings."""
    return tuple(
        Run(measure, period, *days)
        for measure in MEASURES
        for period, days in _periods(settings, with_follow_up=measure in WITH_FOLLOW_UP).items()
    )


def for_run(settings: Settings, run: Run) -> Settings:
    """The same settings for another period."""
    return replace(settings, start=run.start, end=run.end)


def _periods(settings: Settings, *, with_follow_up: bool) -> dict[str, tuple[date, date]]:
    latest = (settings.start, settings.end)
    previous = (months_later(settings.start, -LAG_MONTHS), month_end(months_later(settings.end, -LAG_MONTHS)))
    if not with_follow_up:
        return {LATEST: latest, PREVIOUS: previous}
    end = months_later(previous[1], -LAG_MONTHS)
    if settings.documented("q8"):
        end = month_end(end)
    return {LATEST: previous, PREVIOUS: (months_later(previous[0], -LAG_MONTHS), end)}
