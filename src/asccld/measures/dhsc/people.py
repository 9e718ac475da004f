"""The latest known details of every person: one row per council and person of the joined main table.

Method: DHSC `Create_person_details_table` (dhsc-2026-06). Counting unit: people. Columns in: see `asccld measures show
person_details`. Columns out: those of the national table; `_conflicts` has who contradicts themselves in what. The
Department builds it once per quarter, for the latest period, and uses it for the previous one too (Q7): only the age
and the evidence of an unpaid carer depend on the period. Known limitation: the council's own identifiers of a person
are listed in alphabetical order, the national table has them in any.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import cast

import ibis
from ibis.expr.types import DateValue, Table, Value

from asccld.measures.dhsc.figures import short_day, working_band
from asccld.measures.dhsc.latest_known import (
    DAYS,
    FIRST_DAY,
    PERIODS,
    conflicts,
    latest_known,
    period_number,
    person_fields,
)
from asccld.measures.dhsc.local_ids import all_identifiers, latest_identifiers
from asccld.measures.dhsc.presumed_home import UNKNOWN, presumed_accommodation, settled_group
from asccld.measures.main_table import PERSON, PERSON_ID, MainSource
from asccld.measures.references import UNPAID_CARER
from asccld.measures.settings import Settings
from asccld.measures.source import in_list, record_list, with_record_ids
from asccld.processing.run import Tables
from asccld.processing.text import age_at, days_from, first_of_month, folded

CARER = ("Unpaid carer", "Unpaid carer known by association")
LINKED = ("adult_1_linked_person_id", "adult_2_linked_person_id", "adult_3_linked_person_id")
DETAILS = (
    "reporting_period_end_date", "la_code", PERSON_ID, "la_person_unique_identifier_latest",
    "la_person_unique_identifier_concat", "accommodation_status", "accommodation_status_group", "employment_status",
    "gender", "ethnicity", "der_birth_year", "der_birth_month", "der_birth_date", "der_age_end_of_period",
    "der_working_age_band_end_of_period", "date_of_death", "has_unpaid_carer", "primary_support_reason",
    "client_funding_status",
)  # fmt: skip
_YES = "Yes"
_MONTHS, _YEARS = 128, 2**17


def person_details(source: MainSource, settings: Settings) -> Mapping[str, Table]:
    """Everybody's latest known details, and the contradictions that were resolved."""
    people = partial(latest_people, source)
    return Tables(
        {
            "": lambda: _shown(people(), _records(source), settings),
            "_conflicts": lambda: conflicts(_with_carer(source), _ranked(source), person_fields()),
        }
    )


def latest_people(source: MainSource) -> Table:
    """The details of section 9 by la_code and `person`, kept once for all measures of a run."""
    return source.shared("latest people", lambda: _details(source))


def latest_of(source: MainSource, *columns: str) -> Table:
    """Some of the details, by la_code and `person`."""
    return latest_people(source).select(*PERSON, *columns)


def _details(source: MainSource) -> Table:
    rows, found = source.rows, _ranked(source)
    nowhere = folded(found.accommodation_status) == UNKNOWN.lower()
    homes = presumed_accommodation(rows, found.filter(nowhere).select(*PERSON)).rename(presumed="accommodation_status")
    ids = latest_identifiers(_identifiers(source))
    joined = found
    for part in (homes, _cared_for(source), births_and_deaths(rows), ids):
        joined = joined.left_join(part, list(PERSON)).drop(*(f"{c}_right" for c in PERSON))
    status = joined.accommodation_status
    presumed = joined.presumed.coalesce(UNKNOWN)
    home = cast("Value", (folded(status) == UNKNOWN.lower()).ifelse(presumed, status))
    return joined.mutate(
        accommodation_status=home,
        accommodation_status_group=settled_group(home),
        has_unpaid_carer=joined.is_cared_for.fill_null(False).ifelse(_YES, joined.has_unpaid_carer),
    ).drop("presumed", "is_cared_for")


def _identifiers(source: MainSource) -> Table:
    return source.shared("local identifiers", lambda: all_identifiers(source.rows))


def _ranked(source: MainSource) -> Table:
    return source.shared("latest known", lambda: latest_known(_with_carer(source), person_fields(), source.keep))


def _with_carer(source: MainSource) -> Table:
    """The main table with Has Unpaid Carer as the mapping cleans it."""
    mapping = source.reference.needed(UNPAID_CARER, "person_details")
    means = mapping.select(
        carer_key=folded(mapping.has_unpaid_carer_raw), has_unpaid_carer_cleaned=mapping.has_unpaid_carer_cleaned
    )
    rows = source.rows
    return rows.left_join(means, folded(rows.has_unpaid_carer) == means.carer_key).drop("carer_key")


def _cared_for(source: MainSource) -> Table:
    """Whoever is named as cared for by a carer of the same council with an event in the period."""
    rows, settings = source.rows, source.settings
    carers = rows.filter(
        in_list(rows.client_type_cleaned, *CARER),
        rows.event_start_date <= settings.end,
        rows.der_event_end_date.isnull() | (rows.der_event_end_date >= settings.start),
    )
    named = ibis.union(*(carers.select("la_code", local=folded(carers[c])) for c in LINKED))
    known = named.filter(named.local.notnull()).distinct()
    cared = cast("Table", _identifiers(source).semi_join(known, ["la_code", "local"]))
    return cared.select(*PERSON, is_cared_for=ibis.literal(True)).distinct()


def births_and_deaths(rows: Table) -> Table:
    """The earliest birth of the latest reference period that has one; of its deaths likewise, the latest."""
    packed = rows.select(*PERSON, born=_born(rows), died=_died(rows))
    found = packed.group_by(*PERSON).agg(born=packed.born.min(), died=packed.died.max())
    parts = found.select(
        *PERSON,
        der_birth_year=((found.born // _MONTHS) % _YEARS - 2).nullif(-2).cast("int32"),
        der_birth_month=(found.born % _MONTHS - 2).nullif(-2).cast("int32"),
        date_of_death=(ibis.literal(FIRST_DAY) + (found.died % DAYS).cast("int32").as_interval("D")).cast("date"),
    )
    return parts.mutate(der_birth_date=first_of_month(parts.der_birth_year, parts.der_birth_month))


def _born(rows: Table) -> Value:
    """Smallest first: whole dates, then the later period, then the earlier year and month; missing is earliest."""
    whole = rows.der_birth_year.notnull() & rows.der_birth_month.notnull()
    year = (rows.der_birth_year.clip(-1, _YEARS - 3) + 2).fill_null(0).cast("int64")
    month = (rows.der_birth_month.clip(-1, _MONTHS - 3) + 2).fill_null(0).cast("int64")
    order = whole.ifelse(0, 1).cast("int64") * PERIODS + (PERIODS - 1 - period_number(rows))
    return cast("Value", (order * _YEARS + year) * _MONTHS + month)


def _died(rows: Table) -> Value:
    died = days_from(cast("DateValue", ibis.literal(FIRST_DAY)), cast("DateValue", rows.date_of_death))
    return cast("Value", period_number(rows) * DAYS + died.cast("int64"))


def _records(source: MainSource) -> Table:
    """The records of every person: all of them may speak."""
    rows = source.rows
    return with_record_ids(rows.group_by(*PERSON).agg(record_ids=record_list(rows, once=True)))


def _shown(people: Table, records: Table, settings: Settings) -> Table:
    last = ibis.literal(settings.end)
    age = age_at(cast("DateValue", people.der_birth_date), cast("DateValue", last))
    aged = people.mutate(
        reporting_period_end_date=ibis.literal(short_day(settings.end)),
        der_age_end_of_period=age,
        der_working_age_band_end_of_period=working_band(age),
    )
    return aged.left_join(records, list(PERSON)).select(*(aged[c] for c in DETAILS), records.record_ids)
