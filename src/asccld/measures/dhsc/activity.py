"""The dashboard's facts: services as they are, and requests, assessments and reviews counted where they are alike.

Method: DHSC dashboard scripts 1 to 5 (dhsc-2026-06), from the single main table. Counting unit: events. Columns in: see
`asccld measures show`. Columns out: those of the national fact tables; then ours: duration, status of client and event,
and the records. Known limitation: events of twelve months only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import ibis
from ibis.expr.types import DateValue, Table, Value

from asccld.measures.dhsc.long_term_flag import long_term_spells, with_long_term_flag
from asccld.measures.main_table import PERSON_ID, MainSource
from asccld.measures.registry import measure_named, measure_table
from asccld.measures.settings import Settings
from asccld.measures.source import RECORD, record_list, with_record_ids
from asccld.processing.run import Tables
from asccld.processing.text import days_from, fingerprint, folded, on_duckdb, same

OPEN, ENDED = "OPEN", "ENDED"
COUNTED = ("lts_flag", "event_count")
"""Columns of a fact that no single event has."""


def services(source: MainSource, settings: Settings) -> Mapping[str, Table]:
    """Every service of the period."""
    return Tables({"": lambda: _services(source, settings)})


def requests(source: MainSource, settings: Settings) -> Mapping[str, Table]:
    """Requests that are alike in every shown column."""
    return Tables({"": lambda: _counted(source, settings, "requests", "Request")})


def assessments(source: MainSource, settings: Settings) -> Mapping[str, Table]:
    """Assessments that are alike in every shown column."""
    return Tables({"": lambda: _counted(source, settings, "assessments", "Assessment")})


def reviews(source: MainSource, settings: Settings) -> Mapping[str, Table]:
    """Reviews that are alike in every shown column."""
    return Tables({"": lambda: _counted(source, settings, "reviews", "Review")})


def fact_columns(rows: Table, name: str) -> dict[str, Value]:
    """The national columns of a fact, from those of the main table: cleaned values go by short names."""
    sources = {row["column"]: row["main_column"] for row in measure_table("fact_sources")}
    official = measure_named(name).output("").columns
    return {c: rows[sources.get(c, c)] for c in official if sources.get(c, c) in rows.columns}


def _services(source: MainSource, settings: Settings) -> Table:
    told = with_long_term_flag(events_of(source, "Service"), _spells(source))
    more = _ours(told, settings)
    return told.select(**fact_columns(told, "services"), **more, record_ids=told[RECORD].cast("string"))


def events_of(source: MainSource, event_type: str) -> Table:
    """The events of a type, which is compared whole here and not by what it contains (C11)."""
    return source.rows.filter(same(source.rows.event_type, event_type))


def _spells(source: MainSource) -> Table:
    return source.shared("long-term spells", lambda: long_term_spells(source.rows))


def _counted(source: MainSource, settings: Settings, name: str, event_type: str) -> Table:
    rows = events_of(source, event_type)
    kept = source.shared(f"{name} counted", lambda: _groups(rows, _spells(source), name))
    wide = rows.inner_join(kept, rows[RECORD] == kept.shown_record)
    official = {c: wide[c] for c in COUNTED} | fact_columns(wide, name)
    order = measure_named(name).output("").columns
    return wide.select(**{c: official[c] for c in order}, **_ours(wide, settings), record_ids=wide.record_ids)


def _groups(rows: Table, spells: Table, name: str) -> Table:
    """One row per group of events that are alike: one of its records, how many there are, and which."""
    shown = fact_columns(rows, name)
    texts = {c: folded(v) if v.type().is_string() else v for c, v in shown.items() if c not in {"la_code", PERSON_ID}}
    keys = {f"key_{i}": k for i, k in enumerate(fingerprint(list(texts.values()), hashed=on_duckdb(rows)))}
    narrow = rows.select(RECORD, "la_code", "person", "event_start_date", **keys)
    told = with_long_term_flag(narrow, spells)
    same_day = ("la_code", "person", "event_start_date", "lts_flag", "client_status")
    groups = told.group_by(*same_day, *keys).agg(
        shown_record=told[RECORD].min(), event_count=told.count(), record_ids=record_list(told, once=True)
    )
    return with_record_ids(groups.select("shown_record", "lts_flag", "client_status", "event_count", "record_ids"))


def _ours(rows: Table, settings: Settings) -> dict[str, Value]:
    """Days from the first to the last, both counted, where an open event runs to the period's end; and who is new."""
    start, end = cast("DateValue", rows.event_start_date), cast("DateValue", rows.der_event_end_date)
    last_day = ibis.literal(settings.end)
    running = end.isnull() | (end > last_day)
    return {
        "duration_days": days_from(start, end.fill_null(last_day)) + 1,
        "client_status": rows.client_status,
        "event_status": running.ifelse(ibis.literal(OPEN), ibis.literal(ENDED)),
    }
