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
from ibis.expr.types import BooleanValue, Table

from asccld.measures.codes import MISSING, code_in, place_of
from asccld.measures.identity import sure_people
from asccld.measures.lists import listed, listed_where
from asccld.measures.picking import agreed_status, best_rows, days_before, known_flag
from asccld.measures.salt.long_term import CODED, long_term_rows
from asccld.measures.setting import COMMUNITY, LONG_TERM, NURSING, RESIDENTIAL, ranks_of, trimmed
from asccld.measures.settings import Settings
from asccld.measures.source import Source, age_born, alive, touches
from asccld.measures.tallies import people_by
from asccld.processing.run import Tables
from asccld.processing.text import folded_text

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
            "_2": lambda: _counted(_of_table_2(_with_table(two())), ACCOMMODATION, "table"),
            "_invalid": lambda: ibis.union(
                _invalid(source, settings, EMPLOYMENT, "1"), _invalid(source, settings, ACCOMMODATION, "2")
            ),
            "_people": lambda: _shown(one().mutate(table=ibis.literal("1")), EMPLOYMENT),
            "_2_people": lambda: _shown(_with_table(two()), ACCOMMODATION),
        }
    )


def _rows(source: Source) -> Table:
    """Long-term services in the year of people with a learning disability, with person."""
    return source.shared("lts004", lambda: _cohort(source))


def _cohort(source: Source) -> Table:
    settings, rows = source.settings, long_term_rows(source)
    kinds = [NURSING, RESIDENTIAL, COMMUNITY] if settings.documented("d20") else LONG_TERM
    reasons = listed(CODED["primary_support_reason"])
    kept = rows.filter(
        rows.is_service,
        rows.setting_rank.isin(ranks_of(*kinds)),
        rows.primary_support_reason_code == place_of("Learning Disability Support", reasons),
        touches(rows, settings.start, settings.end),
        alive(rows, settings.start),
        age_born(rows, settings.end).between(*AGES),
    )
    return sure_people(kept, within_la=settings.documented("x9"))


def _on_list(rows: Table, status: Status) -> BooleanValue:
    """Whether the status is on the list: spaces before it do not matter here; a missing one is not."""
    code, other = rows[f"{status.column}_code"], rows[f"{status.column}_other"]
    spelt = trimmed(other).isin([folded_text(v) for v in listed(status.valid)])
    return cast("BooleanValue", code.between(MISSING + 1, len(listed(status.valid))) | spelt.fill_null(False))


def _people(source: Source, settings: Settings, status: Status) -> Table:
    """One row per person: the latest status, known before unknown, Unknown where several conflict (rule DED-B)."""
    return source.shared(f"lts004 {status.column}", lambda: _picked(_rows(source), settings, status))


def _picked(rows: Table, settings: Settings, status: Status) -> Table:
    if settings.documented("d21"):
        people = _latest(rows, settings, status)
        return people.filter(_on_list(people, status))
    return _latest(rows.filter(_on_list(rows, status)), settings, status)


def _latest(rows: Table, settings: Settings, status: Status) -> Table:
    last = best_rows(rows.mutate(merit=days_before(rows, settings.end)), ["person"])
    texts = listed(status.valid)
    unknown = 1 - known_flag(last[f"{status.column}_code"], place_of("Unknown", texts))
    known = best_rows(last.mutate(merit=unknown), ["la_code", "person"])
    return agreed_status(known, status.column, texts, missing_gender_agrees=settings.documented("x13"))


def _with_table(people: Table) -> Table:
    """2a or 2b; missing for a status with a blank before it, which the script puts in neither."""
    code, texts = people.accommodation_status_code, listed("accommodation")
    settled, other = (code_in(code, texts, listed_where("accommodation", "settled", a)) for a in ("yes", "no"))
    return people.mutate(table=ibis.cases((settled, "2a"), (other, "2b")))


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
