"""LTS004: employment and accommodation of people with a learning disability, aged 18 to 64.

Method: NHS England, LTS004 (nhse-2024-03), from the latest submission of each council. Counting unit: people; somebody
known to two councils counts where an event started last. Columns in: see `asccld measures show`. Known limitation: the
last status of the period is used, which may have been filled in later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, StringValue, Table

from asccld.measures.identity import with_person
from asccld.measures.lists import listed, listed_where
from asccld.measures.picking import agreed_status, best_rows, known_flag
from asccld.measures.salt.long_term import long_term_rows
from asccld.measures.setting import COMMUNITY, NURSING, RESIDENTIAL, is_long_term, trimmed
from asccld.measures.settings import Settings
from asccld.measures.source import RECORD, Source, age_on, alive, has_birth, in_list, touches
from asccld.measures.tallies import people_by
from asccld.processing.run import Tables
from asccld.processing.text import folded_text, same

AGES = (18, 64)
INVALID = "NULL/Invalid"


@dataclass(frozen=True)
class Status:
    """One of the two things that the return asks about a person."""

    column: str
    valid: str
    """The list of values."""


EMPLOYMENT = Status("employment_status", "employment")
ACCOMMODATION = Status("accommodation_status", "accommodation")


def lts004(source: Source, settings: Settings) -> Mapping[str, Table]:
    """Table 1 (employment), tables 2a and 2b (settled and other accommodation), and who is in neither."""
    one = partial(_people, source, settings, EMPLOYMENT)
    two = partial(_people, source, settings, ACCOMMODATION)
    return Tables(
        {
            "": lambda: _counted(one(), EMPLOYMENT).mutate(table=ibis.literal("1")),
            "_2": lambda: _counted(_of_table_2(two()), ACCOMMODATION, "table"),
            "_invalid": lambda: ibis.union(
                _invalid(source, settings, EMPLOYMENT, "1"), _invalid(source, settings, ACCOMMODATION, "2")
            ),
            "_people": lambda: _shown(one().mutate(table=ibis.literal("1")), EMPLOYMENT),
            "_2_people": lambda: _shown(two(), ACCOMMODATION),
        }
    )


def _rows(source: Source) -> Table:
    """Long-term services in the year of people with a learning disability, with person."""
    return source.shared("lts004", lambda: _cohort(source))


def _cohort(source: Source) -> Table:
    settings, rows = source.settings, long_term_rows(source)
    kinds = [NURSING, RESIDENTIAL, COMMUNITY] if settings.documented("d20") else []
    kept = rows.filter(
        same(rows.event_type, "Service"),
        is_long_term(rows, *kinds),
        same(rows.primary_support_reason, "Learning Disability Support"),
        touches(rows, settings.start, settings.end),
        alive(rows, settings.start),
        has_birth(rows),
        age_on(rows, settings.end).between(*AGES),
    )
    people = with_person(kept, within_la=settings.documented("x9"))
    statuses = (EMPLOYMENT.column, ACCOMMODATION.column)
    return people.select(RECORD, "la_code", "person", "id", "gender", "event_start_date", *statuses)


def _on_list(rows: Table, status: Status) -> BooleanValue:
    """Whether the status is on the list: spaces before it do not matter here; a missing one is not."""
    found = trimmed(rows[status.column]).isin([folded_text(v) for v in listed(status.valid)])
    return cast("BooleanValue", found.fill_null(False))


def _people(source: Source, settings: Settings, status: Status) -> Table:
    """One row per person: the latest status, known before unknown, Unknown where several conflict (rule DED-B)."""
    return source.shared(f"lts004 {status.column}", lambda: _picked(_rows(source), settings, status))


def _picked(rows: Table, settings: Settings, status: Status) -> Table:
    people = _latest(rows if settings.documented("d21") else rows.filter(_on_list(rows, status)), settings, status)
    return people.filter(_on_list(people, status)).mutate(table=_table(people[status.column]))


def _latest(rows: Table, settings: Settings, status: Status) -> Table:
    last = best_rows(rows, ["person"], [rows.event_start_date.desc()])
    known = best_rows(last, ["la_code", "person"], [known_flag(last[status.column], "Unknown").desc()])
    return agreed_status(known, status.column, missing_gender_agrees=settings.documented("x13"))


def _table(status: object) -> StringValue:
    """2a or 2b; missing for a status with a blank before it, which the script puts in neither."""
    settled, other = (listed_where("accommodation", "settled", answer) for answer in ("yes", "no"))
    value = cast("StringValue", status)
    return cast("StringValue", ibis.cases((in_list(value, *settled), "2a"), (in_list(value, *other), "2b")))


def _of_table_2(people: Table) -> Table:
    return people.filter(people.table.notnull())


def _invalid(source: Source, settings: Settings, status: Status, table: str) -> Table:
    """People whose status is missing or not on the list and who are in no row of the table."""
    rows = _rows(source)
    if settings.documented("d21"):
        latest = _latest(rows, settings, status)
        outside = latest.filter(~_on_list(latest, status))
    else:
        outside = rows.filter(~_on_list(rows, status)).anti_join(_people(source, settings, status), "person")
    counts = people_by(cast("Table", outside), "la_code", "gender")
    statuses = {s.column: ibis.literal(INVALID if s == status else None, "string") for s in (EMPLOYMENT, ACCOMMODATION)}
    named = counts.mutate(**statuses, table=ibis.literal(table))
    return named.select("la_code", "gender", *statuses, "count", "table")


def _counted(people: Table, status: Status, *labels: str) -> Table:
    counts = people_by(people, "la_code", "gender", status.column, *labels)
    return counts.select("la_code", "gender", status.column, "count", *labels)


def _shown(people: Table, status: Status) -> Table:
    return people.select("la_code", "gender", status.column, "id", "table", "record_ids")
