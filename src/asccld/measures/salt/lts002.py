"""LTS002a and LTS002b: reviews of people with long-term support, and what followed planned ones.

Method: NHS England's guide (nhse-2024-03) describes it without code, so this is ours after its description: whoever is
in LTS001a (LTS002b: LTS001c), reviews that ended in the period, by setting. The guide does not say how a review gets a
setting: here it is the strongest one in which the person was supported on the day that the review ended, or else that
of LTS001a; by the latter alone nobody who was admitted to a care home could have been reviewed in the community.
Counting unit: events, told apart by event reference. Known limitations: the level of support increased or decreased
and a suspension are not in the data set; what the guide calls the sequel to an unplanned review is its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import cast

import ibis
from ibis.expr.types import IntegerValue, StringValue, Table, Value

from asccld.measures.codes import OTHER, coded, place_of, text_of
from asccld.measures.episodes import END, START
from asccld.measures.identity import identifiers, sure_people
from asccld.measures.registry import measure_table
from asccld.measures.salt.long_term import long_term_rows, supported_in_year
from asccld.measures.salt.lts001 import people_of_lts001a, people_of_lts001c
from asccld.measures.selection import of_latest_files
from asccld.measures.setting import COMMUNITY, NURSING, RESIDENTIAL, ranks_of, service_of
from asccld.measures.settings import Settings
from asccld.measures.source import RECORD, Source, age_on, in_list, is_client, record_list, with_record_ids
from asccld.processing.run import Tables
from asccld.processing.text import folded, same, starts

IN_COMMUNITY, IN_CARE_HOME = "Community", "Residential or nursing"
UNPLANNED, PLANNED, ADMISSION = "unplanned", "planned", "care home admission"
CARE_HOME, OWN_HOME = 1, 2
ASKED = ("review_reason", "event_outcome")
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
    # Kept before anything is asked of the codes, or each question would work them out again.
    asked = source.keep(
        kept.select(
            RECORD, "la_code", "event_end_date", "event_reference", age_band=_band(kept, settings),
            begins_unplanned=starts(kept.review_reason, "Unplanned - "), **identifiers(kept),
            **coded(kept, {c: _values(c) for c in ASKED}),
        )
    )  # fmt: skip
    table = _table(asked)
    named = asked.mutate(table=table).filter(asked.age_band.notnull(), table.notnull())
    reviews = source.keep(sure_people(named, within_la=settings.documented("x9")))
    return _with_rank_on_day(reviews, supported_in_year(source))


def _with_rank_on_day(reviews: Table, support: Table) -> Table:
    """Reviews with the strongest setting in which the person was supported on the day of its end, if any."""
    spells = support.select("la_code", "person", "setting_rank", first=support[START], last=support[END])
    met = reviews.inner_join(spells, ["la_code", "person"])
    that_day = met.filter(
        spells["first"] <= reviews.event_end_date, spells["last"].isnull() | (spells["last"] >= reviews.event_end_date)
    )
    strongest = that_day.group_by(RECORD).agg(rank_on_day=that_day.setting_rank.min())
    return reviews.left_join(strongest, RECORD).select(*(reviews[c] for c in reviews.columns), strongest.rank_on_day)


def _table(asked: Table) -> StringValue:
    reason, reasons = asked.review_reason_code, _values("review_reason")
    planned = reason == place_of("Planned", reasons)
    listed_reason = reason.between(1, len(reasons)) & ~planned
    unplanned = listed_reason | ((reason == OTHER) & asked.begins_unplanned)
    followed = asked.event_outcome_code.between(1, len(_values("event_outcome")))
    return cast("StringValue", ibis.cases((unplanned, UNPLANNED), (planned & followed, PLANNED)))


def _band(rows: Table, settings: Settings) -> StringValue:
    age = age_on(rows, settings.end)
    tests = [(age >= first if last is None else age.between(first, last), name) for first, last, name in BANDS]
    return cast("StringValue", ibis.cases(*tests))


def _sorted_out(reviews: Table, people: Table) -> Table:
    """Reviews of those people with setting and category: planned ones count in the community only."""
    lived = people.group_by("la_code", "person").agg(setting_rank=people.setting_rank.min())
    met = reviews.inner_join(lived, ["la_code", "person"])
    theirs = met.mutate(place=_place(met.rank_on_day.fill_null(met.setting_rank)))
    is_planned = theirs.table == PLANNED
    reason = text_of(theirs.review_reason_code, theirs.review_reason_other, _values("review_reason"))
    outcome = text_of(theirs.event_outcome_code, ibis.null("string"), _values("event_outcome"))
    named = theirs.mutate(
        setting=theirs.place.cases((CARE_HOME, IN_CARE_HOME), (OWN_HOME, IN_COMMUNITY)),
        category=is_planned.ifelse(outcome, reason),
    )
    return named.filter(named.setting.notnull(), ~is_planned | (named.place == OWN_HOME))


def _place(rank: Value) -> IntegerValue:
    """1 for a care home, 2 for the community; prison is neither."""
    ranks = cast("IntegerValue", rank)
    home, community = ranks.isin(ranks_of(NURSING, RESIDENTIAL)), ranks.isin(ranks_of(COMMUNITY))
    return cast("IntegerValue", ibis.cases((home, CARE_HOME), (community, OWN_HOME)))


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


@cache
def _values(column: str) -> tuple[str, ...]:
    return tuple(r["value"] for r in measure_table("review_kinds") if r["column"] == column)
