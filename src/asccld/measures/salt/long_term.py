"""Long-term support in the latest submissions: the rows that LTS001, LTS004, ASCOF 2E and 3D all begin with.

What the tables ask of a row is decided here, once, and kept as numbers: settings as ranks, values of lists as codes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from ibis.expr.types import Table, Value

from asccld.measures.codes import coded
from asccld.measures.episodes import END, START, episodes, with_open_ends
from asccld.measures.identity import identifiers, sure_people
from asccld.measures.lists import listed
from asccld.measures.selection import of_latest_files
from asccld.measures.setting import is_long_term, setting_codes, with_setting
from asccld.measures.source import RECORD, Source, alive, is_client, touches
from asccld.processing.text import first_of_month, same

CHAIN_GAP_DAYS = 1
"""Support that goes on within a day is one chain."""

CODED = {
    "primary_support_reason": "primary_support_reasons",
    "has_unpaid_carer": "unpaid_carer_values",
    "ethnicity": "ethnicities",
    "employment_status": "employment",
    "accommodation_status": "accommodation",
}
"""Columns kept as codes, each with its list."""

PAYMENT = "Direct Payment"
_AS_THEY_ARE = ("date_of_death", START, END, "gender", "service_component", "event_reference")


def long_term_rows(source: Source) -> Table:
    """Rows of the four long-term service types, of clients, in the latest submissions, begun by the period's end.

    Columns: record and council, identifiers (see `sure_people`), `born`, `is_service`, `setting_rank`, `odd_mechanism`,
    the codes of CODED, and dates and texts as they are.
    """
    # Kept with codes: the many cases of a setting would each read the texts again.
    return with_setting(source.shared("long_term_rows", lambda: _rows(source)))


def _rows(source: Source) -> Table:
    rows = of_latest_files(source)
    kept = rows.filter(is_long_term(rows), is_client(rows), rows.event_start_date <= source.settings.end)
    known = [c for c in _AS_THEY_ARE if c in rows.columns]
    return kept.select(RECORD, "la_code", *known, **identifiers(kept), **_decided(kept))


def _decided(rows: Table) -> dict[str, Value]:
    """What is read from texts: only of the columns that are there, because a measure asked for them."""
    made: dict[str, Value] = {}
    if "der_birth_year" in rows.columns:
        made["born"] = first_of_month(rows.der_birth_year, rows.der_birth_month)
    if "event_type" in rows.columns:
        made["is_service"] = same(rows.event_type, "Service").fill_null(False)
    lists = {column: listed(table) for column, table in CODED.items() if column in rows.columns}
    return made | setting_codes(rows) | coded(rows, lists)


def supported_in_year(source: Source) -> Table:
    """Rows that overlap the period, with person: the population of LTS001a."""
    return _supported(source, in_year=True)


def supported_on_day(source: Source) -> Table:
    """Rows that are open on the last day, with person: the population of LTS001b and of ASCOF 3D."""
    return source.shared("supported_on_day", lambda: _supported(source, in_year=False))


def supported_for_a_year(source: Source) -> Table:
    """Rows open on the last day, in a chain of support that began more than 12 months before: that of LTS001c."""
    settings, rows = source.settings, long_term_rows(source)
    people = sure_people(
        rows.filter(rows.born.notnull(), alive(rows, settings.end)), within_la=settings.documented("x9")
    )
    ended = with_open_ends(people, settings.today)
    group = ["la_code", "person"]
    forgotten = [] if settings.documented("x8") else ["la_code"]
    running = settings.documented("x1")
    spans = episodes(ended, group, CHAIN_GAP_DAYS, running_latest_end=running, shared_by=forgotten)
    latest_start = settings.lts001c_chain_start_before + timedelta(days=_days_later(settings.options["d8"]))
    long = spans.filter(spans.episode_start < latest_start, spans[END] >= settings.end)
    return cast("Table", ended.semi_join(long, [*group, START, END]))


def _supported(source: Source, *, in_year: bool) -> Table:
    settings, rows = source.settings, long_term_rows(source)
    first = settings.start if in_year else settings.end
    kept = rows.filter(rows.born.notnull(), touches(rows, first, settings.end), alive(rows, first))
    return sure_people(kept, within_la=settings.documented("x9"))


def _days_later(reading: str) -> int:
    """By how many days the readings of "more than 12 months" differ from the script's (D8)."""
    return {"replicate": 0, "documented": 1, "notes": 2}[reading]
