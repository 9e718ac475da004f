"""ASCOF 2E: people with long-term support who live at home or with family; all, or those with a learning disability.

Method: DHSC ASCOF 2E (dhsc-2026-06), from the joined main table and the latest person details. Counting unit: people
who had long-term support at any time in the period, in the band of their age at the end of their latest service.
Columns in: see `asccld measures show`. Columns out: the common table by gender; `_unknown`, how many live
nobody knows where; `_people`, who is counted. Known limitation: people of unknown age are in neither number.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import cast

import ibis
from ibis.expr.types import DateValue, Table

from asccld.measures.dhsc.figures import (
    OLDER,
    TOTAL,
    UNKNOWN,
    WORKING,
    by_groups,
    excluded,
    figures,
    label,
    working_band,
)
from asccld.measures.dhsc.people import latest_of
from asccld.measures.main_table import PERSON, PERSON_ID, MainSource
from asccld.measures.registry import measure_table
from asccld.measures.settings import Settings
from asccld.measures.source import in_list, record_list, with_record_ids
from asccld.processing.run import Tables
from asccld.processing.text import age_at, same

ADULT = 18
LEARNING_DISABILITY = "Learning Disability Support"
"""As the script spells it, in Release 1 wording; case makes no difference (Q20)."""
PRESUMED = ("Unknown", "Unknown: Presumed at home", "Unknown: Presumed in community")
GENDERS = ("Male", "Female")
_DETAILS = ("accommodation_status", "accommodation_status_group", "gender", "der_birth_date", "date_of_death",
            "primary_support_reason")  # fmt: skip


def ascof_2e(source: MainSource, settings: Settings) -> Mapping[str, Table]:
    """Everybody aged 18 and over."""
    return _tables(source, settings, "ascof_2e", (WORKING, OLDER))


def ascof_2e_ld(source: MainSource, settings: Settings) -> Mapping[str, Table]:
    """People aged 18 to 64 whose latest primary support reason is a learning disability."""
    return _tables(source, settings, "ascof_2e_ld", (WORKING,))


def _tables(source: MainSource, settings: Settings, name: str, bands: tuple[str, ...]) -> Mapping[str, Table]:
    people = partial(_people, source, settings, name)
    return Tables(
        {
            "": lambda: _figures(source, people(), name, bands),
            "_unknown": lambda: _unknown(source, people(), name),
            "_people": lambda: people().drop("person"),
        }
    )


def _people(source: MainSource, settings: Settings, name: str) -> Table:
    adults = source.shared("ascof_2e people", lambda: _adults(source, settings))
    if name == "ascof_2e":
        return adults.drop("primary_support_reason")
    of_cohort = same(adults.primary_support_reason, LEARNING_DISABILITY)
    return adults.filter(of_cohort, adults.person_working_age_band == WORKING).drop("primary_support_reason")


def _supported(source: MainSource, settings: Settings) -> Table:
    """Who had long-term support in the period, until when it lasted, at most the period's end."""
    rows = source.rows
    last = ibis.literal(settings.end)
    kept = rows.filter(
        same(rows.client_type_cleaned, "Service user"),
        same(rows.event_type, "Service"),
        in_list(rows.service_type_cleaned, *long_term_types()),
        rows.event_start_date <= settings.end,
        rows.der_event_end_date.isnull()
        | ((rows.der_event_end_date >= rows.event_start_date) & (rows.der_event_end_date >= settings.start)),
    )
    dated = kept.mutate(until=ibis.least(kept.der_event_end_date.coalesce(last), last))
    return dated.group_by(*PERSON).agg(
        **{PERSON_ID: dated[PERSON_ID].min()},
        la_name=dated.la_name.min(),
        until=dated.until.max(),
        record_ids=record_list(dated, once=True),
    )


def long_term_types() -> tuple[str, ...]:
    """The four long-term service types, prison included."""
    return tuple(r["service_type"] for r in measure_table("dhsc_service_ranks") if r["long_term"] == "yes")


def _adults(source: MainSource, settings: Settings) -> Table:
    joined = _supported(source, settings).inner_join(latest_of(source, *_DETAILS), list(PERSON))
    age = age_at(cast("DateValue", joined.der_birth_date), cast("DateValue", joined.until))
    aged = joined.mutate(person_age=age)
    adults = aged.filter(
        aged.date_of_death.isnull() | (aged.date_of_death >= settings.start),
        aged.person_age.isnull() | (aged.person_age >= ADULT),
    )
    band = working_band(adults.person_age)
    known = band != UNKNOWN
    return with_record_ids(
        adults.select(
            "la_code",
            "la_name",
            PERSON_ID,
            "accommodation_status",
            "gender",
            "person_age",
            person_working_age_band=band,
            accommodation_status_group=adults.accommodation_status_group,
            in_denominator=known.ifelse(1, 0),
            in_numerator=(known & (adults.accommodation_status_group == 1)).fill_null(False).ifelse(1, 0),
            record_ids=adults.record_ids,
            person=adults.person,
            primary_support_reason=adults.primary_support_reason,
        )
    )


def _figures(source: MainSource, people: Table, name: str, bands: tuple[str, ...]) -> Table:
    labels = {band: label(f"{name} {band}") for band in bands}
    described = people.filter(people.in_denominator == 1).mutate(
        description=people.person_working_age_band.cases(*((band, x.description) for band, x in labels.items()))
    )
    genders = {g: same(described.gender, g) for g in GENDERS}
    grouped = by_groups(described, {**genders, TOTAL: None})
    counts = grouped.group_by("la_code", "description", "group").agg(
        numerator=grouped.in_numerator.sum(), denominator=grouped.count()
    )
    return figures(source, tuple(labels.values()), counts, present=("group",))


def _unknown(source: MainSource, people: Table, name: str) -> Table:
    named = label(f"{name} unknown")
    nowhere = people.accommodation_status_group.isnull() | in_list(people.accommodation_status, *PRESUMED)
    unknown = people.filter(nowhere)
    counts = unknown.group_by("la_code", measure=ibis.literal(named.measure)).agg(count=unknown.count())
    return excluded(source, (named,), counts)
