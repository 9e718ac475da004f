"""ASCOF 2B and 2C: people newly admitted to residential or nursing care, per 100,000 of the population.

Method: DHSC ASCOF 2B/2C (dhsc-2026-06), from the joined main table and the latest person details. Counting unit:
people, once per council, in the younger band where somebody was admitted in both. Columns in: see `asccld measures
show`. Columns out: the common table; `_people`, who is counted; `_admissions`, every admission of the period and
whether it is new. Known limitations: services without a component are left out (Q10); people without a date of birth
are not counted; the rate needs the reference table of populations: a council of the data that it lacks has no rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, DateValue, Table

from asccld.measures.dhsc.figures import FIGURES, OLDER, WORKING, councils, label, period_label, share
from asccld.measures.dhsc.people import latest_of
from asccld.measures.dhsc.reablement import days as days_of
from asccld.measures.main_table import PERSON, PERSON_ID, MainSource
from asccld.measures.references import COUNCILS, NO_POPULATION, POPULATION, how_to_give
from asccld.measures.settings import Settings
from asccld.measures.source import RECORD, in_list, record_list, with_record_ids
from asccld.processing.run import Tables
from asccld.processing.text import OPEN_END, age_at, contains, folded, same

PER = 100_000
CARE_HOMES = ("Long term support: Residential care", "Long term support: Nursing care")
SELF_FUNDED = "NFA: Self-funded client or under 12wk disregard"
NEW, EXISTING = "New", "Existing"
ADULT, OLDEST_WORKING = 18, 64


def ascof_2b(source: MainSource, settings: Settings) -> Mapping[str, Table]:
    """People aged 18 to 64 newly admitted to residential or nursing care."""
    return _tables(source, settings, "ascof_2b", WORKING)


def ascof_2c(source: MainSource, settings: Settings) -> Mapping[str, Table]:
    """People aged 65 and over newly admitted to residential or nursing care."""
    return _tables(source, settings, "ascof_2c", OLDER)


def _tables(source: MainSource, settings: Settings, name: str, band: str) -> Mapping[str, Table]:
    admissions = partial(_admissions, source, settings)
    return Tables(
        {
            "": lambda: _figures(source, name, band, _people(admissions(), band)),
            "_people": lambda: _people(admissions(), band),
            "_admissions": lambda: _shown(admissions(), band),
        }
    )


def _admissions(source: MainSource, settings: Settings) -> Table:
    return source.shared("ascof_2bc admissions", lambda: _with_status(_stays(source, settings), settings))


def _stays(source: MainSource, settings: Settings) -> Table:
    """Every stay in a care home of somebody with a known birth who did not die before the period."""
    rows = source.rows.filter(
        same(source.rows.event_type, "Service"),
        same(source.rows.client_type_cleaned, "Service user"),
        in_list(source.rows.service_type_cleaned, *CARE_HOMES),
        _is_long_stay(source.rows, settings),
    )
    people = latest_of(source, "der_birth_date", "date_of_death")
    known = people.filter(
        people.der_birth_date.notnull(), people.date_of_death.isnull() | (people.date_of_death >= settings.start)
    )
    joined = rows.inner_join(known, list(PERSON))
    start = cast("DateValue", joined.event_start_date)
    return source.keep(
        joined.select(
            RECORD,
            *PERSON,
            PERSON_ID,
            "la_name",
            "event_start_date",
            "der_event_end_date",
            "event_outcome_cleaned",
            der_age_event_start=age_at(cast("DateValue", joined.der_birth_date), start),
        )
    )


def _is_long_stay(rows: Table, settings: Settings) -> BooleanValue:
    """A component of residential or nursing care that is not short; the script drops rows without one (Q10)."""
    component = rows.service_component_cleaned
    named = (contains(component, "residential") | contains(component, "nursing")) & ~contains(component, "short")
    return cast("BooleanValue", named.fill_null(settings.documented("q10")))


def _with_status(stays: Table, settings: Settings) -> Table:
    """Admissions of the period, one per person and day, each new or existing."""
    latest_end = _latest_end_before(stays)
    in_period = stays.event_start_date.between(settings.start, settings.end)
    kept = ~same(stays.event_outcome_cleaned, SELF_FUNDED).fill_null(False)
    rows = stays.filter(in_period, kept)
    admissions = rows.group_by(*PERSON, "event_start_date", "der_age_event_start").agg(
        **{PERSON_ID: rows[PERSON_ID].min()}, la_name=rows.la_name.min(), record_ids=record_list(rows, once=True)
    )
    found = admissions.left_join(latest_end, [*PERSON, "event_start_date"]).drop(
        *(f"{c}_right" for c in (*PERSON, "event_start_date"))
    )
    days = found.event_start_date.delta(found.latest_end, unit="day")
    existing = (days < days_of("ascof_2b_2c", "earlier stay before an admission")).fill_null(False)
    return with_record_ids(found.mutate(person_status=existing.ifelse(EXISTING, NEW)).drop("latest_end"))


def _latest_end_before(stays: Table) -> Table:
    """For each person and start, the latest end of the stays that started strictly earlier."""
    end = stays.der_event_end_date.coalesce(ibis.literal(date.fromisoformat(OPEN_END)))
    ended = stays.select(*PERSON, "event_start_date", end=end)
    starts = ended.group_by(*PERSON, "event_start_date").agg(end=ended.end.max())
    known = starts.filter(starts.event_start_date.notnull())
    earlier = ibis.window(group_by=list(PERSON), order_by=[known.event_start_date], preceding=(None, 1))
    return known.select(*PERSON, "event_start_date", latest_end=known.end.max().over(earlier))


def _people(admissions: Table, band: str) -> Table:
    """Who is newly admitted as an adult, once, in the younger band where there are both."""
    new = admissions.filter(admissions.person_status == NEW, admissions.der_age_event_start >= ADULT)
    banded = new.mutate(age_band=(new.der_age_event_start <= OLDEST_WORKING).ifelse(WORKING, OLDER))
    people = banded.group_by(*PERSON).agg(
        **{PERSON_ID: banded[PERSON_ID].min()},
        la_name=banded.la_name.min(),
        age_band=banded.age_band.min(),
        lists=banded.record_ids.collect(),
    )
    counted = people.filter(people.age_band == band)
    return counted.select("la_code", "la_name", PERSON_ID, "age_band", record_ids=counted.lists.sort().join(","))


def _shown(admissions: Table, band: str) -> Table:
    older = admissions.der_age_event_start > OLDEST_WORKING
    rows = admissions.filter(older if band == OLDER else ~older)
    return rows.select(
        PERSON_ID, "la_code", "la_name", "event_start_date", "der_age_event_start", "person_status", "record_ids"
    )


def _figures(source: MainSource, name: str, band: str, people: Table) -> Table:
    named = label(name)
    numbers = people.group_by("la_code").agg(admitted=people.count())
    areas = _populations(source, name, band)
    found = areas.left_join(numbers, "la_code").drop("la_code_right")
    numerator = found.admitted.fill_null(0).cast("int64")
    return found.select(
        reporting_period=ibis.literal(period_label(source.settings)),
        la_code=found.la_code,
        la_name=found.la_name,
        measure=ibis.literal(named.measure),
        description=ibis.literal(named.description),
        group=ibis.literal(band),
        numerator=numerator,
        denominator=found.population,
        outcome=share(numerator, found.population, times=PER),
    ).select(*FIGURES)


def _populations(source: MainSource, name: str, band: str) -> Table:
    """Councils with the population of a band; without the table, every council and no population.

    The script drops a council that the table lacks. Here one of the data stays, without a population, and is named.
    """
    table = source.reference.found(POPULATION)
    known = councils(source)
    if table is None:
        source.note(f"{name}: {NO_POPULATION}. {how_to_give(POPULATION)}")
        return known.mutate(population=ibis.null("int64"))
    everybody = table.filter(
        same(table.gender, "All"), same(table.geography, "Local Authority"), same(table.age_band, band)
    )
    listed = source.reference.needed(COUNCILS, name)
    area = listed.select(la_code=folded(listed.la_code).upper(), area=folded(listed.la_area_code))
    by_area = everybody.select(area=folded(everybody.code), population=everybody.population.cast("int64"))
    populated = area.inner_join(by_area, "area").select("la_code", "population")
    held = source.rows.select("la_code").distinct()
    lacking = known.semi_join(held, "la_code").anti_join(populated, "la_code")
    names = [str(n) for n in lacking.order_by("la_name").to_pyarrow()["la_name"].to_pylist()]
    if names:
        source.note(f"{name}: numerators only, because {POPULATION} has no population ({band}) of: {', '.join(names)}")
    return ibis.union(
        known.inner_join(populated, "la_code").select("la_code", "la_name", "population"),
        lacking.select("la_code", "la_name", population=ibis.null("int64")),
    )
