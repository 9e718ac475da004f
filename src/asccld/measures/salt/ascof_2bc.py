"""ASCOF 2B and 2C: people newly admitted to residential or nursing care, NHS England's version.

Method: NHS England, ASCOF 2B/2C (nhse-2024-03), over all submissions. Counting unit: people. Columns in: see `asccld
measures show`. Columns out: people by council; the rate needs a population, which is no part of the script. Known
limitation: a new event can start whenever anything changes, and stays that ended before the snapshot are not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import partial
from typing import cast

from ibis.expr.types import Table

from asccld.measures.identity import identifiers, sure_people
from asccld.measures.setting import NURSING, RESIDENTIAL, is_long_term
from asccld.measures.settings import Settings
from asccld.measures.source import RECORD, Source, age_on, has_birth, is_client, record_list, with_record_ids
from asccld.measures.versions import event_key
from asccld.processing.run import Tables
from asccld.processing.text import fingerprint, on_duckdb, same

WORKING_AGE = (18, 64)
PARTS = ("service_type", "service_component", "delivery_mechanism")


def nhse_ascof_2b(source: Source, settings: Settings) -> Mapping[str, Table]:
    """People aged 18 to 64 newly admitted to residential or nursing care."""
    return _tables(partial(_of_age, source, settings, *WORKING_AGE))


def nhse_ascof_2c(source: Source, settings: Settings) -> Mapping[str, Table]:
    """People aged 65 and over newly admitted to residential or nursing care."""
    return _tables(partial(_of_age, source, settings, WORKING_AGE[1] + 1, None))


def _tables(people: Callable[[], Table]) -> Mapping[str, Table]:
    return Tables({"": lambda: _totals(people()), "_people": people})


def _totals(people: Table) -> Table:
    return people.group_by("la_code").agg(total=people.count())


def _of_age(source: Source, settings: Settings, first: int, last: int | None) -> Table:
    people = source.shared("ascof_2bc", lambda: _new_admissions(source, settings))
    age = people.der_age_snapshot_date
    return people.filter(age >= first if last is None else age.between(first, last))


def _new_admissions(source: Source, settings: Settings) -> Table:
    """Who was first admitted in the year, once per council and age."""
    stays = _stays(source, settings)
    seen = stays if settings.documented("d23") else _still_open(stays, settings)
    year_start = _year_before(settings.ascof_2b2c_snapshot)
    before = seen.filter(seen.event_start_date < year_start).select("person").distinct()
    started = (seen.event_start_date >= year_start) & (seen.event_start_date < settings.ascof_2b2c_snapshot)
    new = cast("Table", seen.filter(started).anti_join(before, "person"))
    people = new.group_by("la_code", "person", der_age_snapshot_date=new.age).agg(
        id=new.id.min(), record_ids=record_list(new, once=True)
    )
    return with_record_ids(people.select("id", "la_code", "der_age_snapshot_date", "record_ids"))


def _stays(source: Source, settings: Settings) -> Table:
    """Every submitted row of residential and nursing care, with person and what its versions share."""
    events = source.events
    rows = events.filter(
        same(events.event_type, "Service"), is_client(events), is_long_term(events, RESIDENTIAL, NURSING),
        has_birth(events),
    )  # fmt: skip
    key = fingerprint(event_key(rows, PARTS, joined=not settings.documented("x20")), hashed=on_duckdb(rows))
    narrow = rows.select(
        RECORD, "la_code", "importdate", "event_start_date", "event_end_date",
        age=age_on(rows, settings.ascof_2b2c_snapshot), **identifiers(rows),
        **{f"key_{place}": part for place, part in enumerate(key)},
    )  # fmt: skip
    return source.keep(sure_people(source.keep(narrow), within_la=settings.documented("x9")))


def _still_open(stays: Table, settings: Settings) -> Table:
    """Stays open on the snapshot, less those that a later version closed before it."""
    ended = (stays.event_end_date < settings.ascof_2b2c_snapshot).fill_null(False)
    in_time = stays.importdate < datetime.combine(settings.ascof_2b2c_import_before, time())
    keys = ["la_code", "person", "event_start_date", *(c for c in stays.columns if c.startswith("key_"))]
    versions = stays.group_by(*keys).agg(
        closed=stays.importdate.max(where=in_time & ended), open=stays.importdate.max(where=in_time & ~ended)
    )
    # The latest version decides; one file may hold both, and then the stay goes on.
    closed = versions.filter((versions.closed > versions.open) | (versions.closed.notnull() & versions.open.isnull()))
    return cast("Table", stays.filter(~ended).anti_join(closed, keys))


def _year_before(day: date) -> date:
    return date(day.year - 1, day.month, min(day.day, 28) if day.month == 2 else day.day)
