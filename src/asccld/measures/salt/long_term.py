"""Long-term support in the latest submissions: the rows that LTS001, LTS004, ASCOF 2E and 3D all begin with."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from ibis.expr.types import Table

from asccld.measures.episodes import END, START, episodes, with_open_ends
from asccld.measures.identity import with_person
from asccld.measures.selection import of_latest_files
from asccld.measures.setting import is_long_term, with_setting
from asccld.measures.source import RECORD, Source, alive, has_birth, is_client, touches

CHAIN_GAP_DAYS = 1
"""Support that goes on within a day is one chain."""

_CARRIED = (
    RECORD, "la_code", "der_nhs_number_traced_pseudo", "la_person_unique_identifier", "der_birth_year",
    "der_birth_month", "date_of_death", "event_type", "event_start_date", "event_end_date", "service_type",
    "service_component", "delivery_mechanism", "primary_support_reason", "has_unpaid_carer", "ethnicity", "gender",
    "employment_status", "accommodation_status", "event_reference",
)  # fmt: skip


def long_term_rows(source: Source) -> Table:
    """Rows of the four long-term service types, of clients, in the latest submissions, begun by the period's end."""
    return source.shared("long_term_rows", lambda: _rows(source))


def _rows(source: Source) -> Table:
    rows = of_latest_files(source)
    begun = rows.event_start_date <= source.settings.end
    kept = rows.filter(is_long_term(rows), is_client(rows), begun)
    return kept.select(*(c for c in _CARRIED if c in rows.columns))


def supported_in_year(source: Source) -> Table:
    """Rows that overlap the period, with person and setting: the population of LTS001a."""
    return source.shared("supported_in_year", lambda: _supported(source, in_year=True))


def supported_on_day(source: Source) -> Table:
    """Rows that are open on the last day, with person and setting: the population of LTS001b and of ASCOF 3D."""
    return source.shared("supported_on_day", lambda: _supported(source, in_year=False))


def supported_for_a_year(source: Source) -> Table:
    """Rows open on the last day, in a chain of support that began more than 12 months before: that of LTS001c."""
    return source.shared("supported_for_a_year", lambda: _chained(source))


def _supported(source: Source, *, in_year: bool) -> Table:
    settings, rows = source.settings, long_term_rows(source)
    first = settings.start if in_year else settings.end
    kept = rows.filter(touches(rows, first, settings.end), alive(rows, first), has_birth(rows))
    return _placed(source, with_person(kept, within_la=settings.documented("x9")))


def _chained(source: Source) -> Table:
    settings, rows = source.settings, long_term_rows(source)
    kept = rows.filter(alive(rows, settings.end), has_birth(rows))
    people = with_open_ends(with_person(kept, within_la=settings.documented("x9")), settings.today)
    running, forgets_council = settings.documented("x1"), not settings.documented("x8")
    group = ["la_code", "person"]
    spans = episodes(
        people, group, CHAIN_GAP_DAYS, running_latest_end=running, shared_by=["la_code"] if forgets_council else []
    )
    latest_start = settings.lts001c_chain_start_before + timedelta(days=_days_later(settings.options["d8"]))
    long = spans.filter(spans.episode_start < latest_start, spans[END] >= settings.end)
    return _placed(source, cast("Table", people.semi_join(long, [*group, START, END])))


def _days_later(reading: str) -> int:
    """By how many days the readings of "more than 12 months" differ from the script's (D8)."""
    return {"replicate": 0, "documented": 1, "notes": 2}[reading]


def _placed(source: Source, rows: Table) -> Table:
    return with_setting(rows, own_spelling=source.settings.documented("x22"))
