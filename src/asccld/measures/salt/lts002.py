"""LTS002a and LTS002b: reviews of people with long-term support, and what followed planned ones.

Method: NHS England's guide (nhse-2024-03) describes it without code, so this is ours after its description: whoever is
in LTS001a (LTS002b: LTS001c), reviews that ended in the period, by the setting that the person has there. Counting
unit: events, told apart by event reference. Known limitations: the level of support increased or decreased and a
suspension are not in the data set; what the guide calls the sequel to an unplanned review is its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

import ibis
from ibis.expr.types import IntegerValue, StringValue, Table, Value

from asccld.measures.identity import sure_people, with_person
from asccld.measures.registry import measure_table
from asccld.measures.salt.long_term import long_term_rows
from asccld.measures.salt.lts001 import people_of_lts001a, people_of_lts001c
from asccld.measures.selection import of_latest_files
from asccld.measures.setting import COMMUNITY, NURSING, RESIDENTIAL, ranks_of, service_of
from asccld.measures.settings import Settings
from asccld.measures.source import RECORD, Source, age_on, in_list, is_client, record_list, with_record_ids
from asccld.processing.run import Tables
from asccld.processing.text import folded, folded_text, same, starts

IN_COMMUNITY, IN_CARE_HOME = "Community", "Residential or nursing"
UNPLANNED, PLANNED, ADMISSION = "unplanned", "planned", "care home admission"
BANDS = ((18, 64, "18-64"), (65, None, "65+"))
EVENT = ("la_code", "table", "setting", "category", "person", "id", "event_reference", "age_band", RECORD)


def lts002a(source: Source, settings: Settings) -> Mapping[str, Table]:
    """Reviews of the people of LTS001a, and admissions to care homes after planned ones."""
    return _tables(source, "lts002a", partial(_with_admissions, source, settings))


def lts002b(source: Source, settings: Settings) -> Mapping[str, Table]:
    """Reviews of the people of LTS001c."""
    people = partial(people_of_lts001c, source, settings)
    return _tables(source, "lts002b", lambda: _sorted_out(_reviews(source), people()).select(*EVENT))


def _tables(source: Source, name: str, rows: Callable[[], Table]) -> Mapping[str, Table]:
    events = partial(source.shared, name, lambda: _events(rows()))
    shown = ("la_code", "table", "setting", "category", "id", "event_reference", "age_band", "record_ids")
    return Tables({"": lambda: _counted(events()), "_reviews": lambda: events().select(*shown)})


def _counted(events: Table) -> Table:
    columns = ["la_code", "table", "setting", "category"]
    counts = events.group_by(*columns, "age_band").agg(count=events.count())
    return counts.select(*columns, "count", "age_band")


def _events(rows: Table) -> Table:
    """One row per event: rows of one reference are one event, a row without a reference is one of its own."""
    event = rows.event_reference.fill_null(rows[RECORD].cast("string"))
    keys = ("la_code", "table", "setting", "category", "person", "age_band")
    events = rows.group_by(*keys, event=folded(event)).agg(
        id=rows.id.min(), event_reference=rows.event_reference.min(), record_ids=record_list(rows)
    )
    return with_record_ids(events)


def _reviews(source: Source) -> Table:
    """Reviews of clients that ended in the period, with person, age band, reason and outcome."""
    return source.shared("lts002 reviews", lambda: _review_rows(source))


def _review_rows(source: Source) -> Table:
    settings, rows = source.settings, of_latest_files(source)
    kept = rows.filter(
        is_client(rows),
        same(rows.event_type, "Review"),
        in_list(rows.method_of_review, *_values("method_of_review")),
        rows.event_end_date.between(settings.start, settings.end),
    )
    banded = kept.mutate(age_band=_band(kept, settings))
    people = with_person(banded.filter(banded.age_band.notnull()), within_la=settings.documented("x9"))
    return people.select(
        RECORD, "la_code", "person", "id", "age_band", "event_end_date", "event_reference", "review_reason",
        "event_outcome",
    )  # fmt: skip


def _band(rows: Table, settings: Settings) -> StringValue:
    age = age_on(rows, settings.end)
    tests = [(age >= first if last is None else age.between(first, last), name) for first, last, name in BANDS]
    return cast("StringValue", ibis.cases(*tests))


def _sorted_out(reviews: Table, people: Table) -> Table:
    """Reviews of those people with setting, table and category; others are dropped."""
    lived = people.group_by("la_code", "person").agg(place=_place(people).min())
    theirs = reviews.inner_join(lived, ["la_code", "person"])
    setting = ibis.cases((theirs.place == 1, IN_CARE_HOME), (theirs.place == 2, IN_COMMUNITY))
    unplanned = starts(theirs.review_reason, "Unplanned - ")
    followed = in_list(theirs.event_outcome, *_values("event_outcome")) & (theirs.place == 2)
    planned = same(theirs.review_reason, "Planned") & followed
    named = theirs.mutate(
        setting=setting,
        table=ibis.cases((unplanned, UNPLANNED), (planned, PLANNED)),
        category=ibis.cases(
            (unplanned, _spelt(theirs.review_reason, "review_reason")),
            (planned, _spelt(theirs.event_outcome, "event_outcome")),
        ),
    )
    return named.filter(named.table.notnull(), named.setting.notnull())


def _place(people: Table) -> IntegerValue:
    """1 for a care home, 2 for the community: the strongest counts. Prison is neither."""
    home = people.setting_rank.isin(ranks_of(NURSING, RESIDENTIAL))
    return cast("IntegerValue", ibis.cases((home, 1), (people.setting_rank.isin(ranks_of(COMMUNITY)), 2)))


def _with_admissions(source: Source, settings: Settings) -> Table:
    reviews = _sorted_out(_reviews(source), people_of_lts001a(source, settings))
    return ibis.union(reviews.select(*EVENT), _admissions(source, reviews))


def _admissions(source: Source, reviews: Table) -> Table:
    """Care home services that started after somebody's planned review."""
    planned = reviews.filter(reviews.table == PLANNED)
    first = planned.group_by("la_code", "person", "age_band").agg(reviewed=planned.event_end_date.min())
    services = long_term_rows(source)
    services = services.filter(services.is_service, services.setting_rank.isin(ranks_of(NURSING, RESIDENTIAL)))
    people = sure_people(services, within_la=source.settings.documented("x9"))
    later = people.inner_join(first, ["la_code", "person"])
    later = later.filter(later.event_start_date > later.reviewed)
    texts = {"table": ADMISSION, "setting": IN_COMMUNITY}
    return later.mutate(
        category=service_of(later.setting_rank), **{c: ibis.literal(t) for c, t in texts.items()}
    ).select(*EVENT)


def _values(column: str) -> tuple[str, ...]:
    return tuple(r["value"] for r in measure_table("review_kinds") if r["column"] == column)


def _spelt(value: Value, column: str) -> StringValue:
    """The list's spelling of a value, or the value itself."""
    known = ((folded(value) == folded_text(text), text) for text in _values(column))
    return cast("StringValue", ibis.cases(*known, else_=value))
