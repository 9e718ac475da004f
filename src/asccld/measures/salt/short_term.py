"""What STS001, STS002a, STS002b and ASCOF 2A begin with: events of all submissions, clusters, and who is new.

Method: NHS England (nhse-2024-03). All submissions are read: of a request or a service only the latest version that
came in time counts, of an assessment or review every copy (X7).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from typing import cast

import ibis
from ibis import _
from ibis.expr.types import BooleanValue, IntegerValue, StringValue, Table, Value

from asccld.measures.episodes import END, START, episodes, with_open_ends
from asccld.measures.identity import with_person
from asccld.measures.registry import measure_table
from asccld.measures.setting import is_long_term
from asccld.measures.settings import Settings
from asccld.measures.source import RECORD, Source, age_on, alive, has_birth, in_list, is_client
from asccld.measures.versions import imported_by, latest_versions
from asccld.processing.text import folded, folded_text, same

PERSON = ("la_code", "person")
CLUSTER = (*PERSON, "number")

ST_MAX = "Short Term Support: ST-Max"
REQUEST_KEY = ("client_type", "request_route_of_access")
SERVICE_KEY = ("client_type", "service_type", "service_component", "delivery_mechanism")
OTHER_KEY = ("client_type", "event_type")
UNLISTED = 99
"""The rank of an outcome that the ranking does not know."""

_COLUMNS = (
    RECORD, "la_code", "der_nhs_number_traced_pseudo", "la_person_unique_identifier", "importdate", "date_of_death",
    "client_type", "event_type", "event_start_date", "event_end_date", "event_outcome", "service_type",
    "service_component", "delivery_mechanism",
)  # fmt: skip
_FOR_REQUESTS = ("der_birth_year", "der_birth_month", "request_route_of_access")


@cache
def days_allowed(measure: str, what: str) -> int:
    """A number of days that the method fixes (`data/sequel_days.csv`)."""
    return next(int(r["days"]) for r in measure_table("sequel_days") if (r["measure"], r["what"]) == (measure, what))


def shared_as(source: Source, measure: str, name: str, make: Callable[[], Table]) -> Table:
    """A step of one measure's sequel search, kept under both names."""
    return source.shared(f"{measure}_{name}", make)


# ---------------------------------------------------------------- events


def request_events(source: Source) -> Table:
    """The rows that STS001 reads, each with its person and the age on the last day; not yet the latest versions."""
    return source.shared("request_events", lambda: _request_events(source))


def _request_events(source: Source) -> Table:
    settings, rows = source.settings, _client_events(source, with_birth=True)
    if settings.documented("x10"):
        people = _identified(rows, settings)
        known = people.filter(has_birth(people), alive(people, settings.start))
    else:
        known = _identified(rows.filter(has_birth(rows), alive(rows, settings.start)), settings)
    aged = known.mutate(age=age_on(known, settings.end))
    return aged.drop("der_birth_year", "der_birth_month", "date_of_death")


def st_max_events(source: Source) -> Table:
    """The rows that STS002a and STS002b read, each with its person; not yet the latest versions."""
    return source.shared("st_max_events", lambda: _identified(_client_events(source), source.settings))


def _client_events(source: Source, *, with_birth: bool = False) -> Table:
    """Events of clients that start by the end of the period, or soon after it (X6)."""
    events, settings = source.events, source.settings
    last = settings.end
    if settings.documented("x6"):
        last += timedelta(days=days_allowed("sts001", "follow-up after the period"))
    kept = events.filter(
        is_client(events),
        in_list(events.event_type, "Request", "Assessment", "Service", "Review"),
        events.event_start_date <= last,
    )
    more = [c for c in _FOR_REQUESTS if c in events.columns]
    return kept.select(*_COLUMNS, *more) if with_birth or more else kept.select(*_COLUMNS)


def _identified(rows: Table, settings: Settings) -> Table:
    named = with_person(rows, within_la=settings.documented("x9"))
    return named.drop("der_nhs_number_traced_pseudo", "la_person_unique_identifier")


def of_people(rows: Table, people: Table) -> Table:
    """The rows of these people."""
    return cast("Table", rows.semi_join(people.select(*PERSON).distinct(), PERSON))


def versions(rows: Table, settings: Settings, parts: Sequence[str]) -> Table:
    """The latest versions that came in time, among rows of one kind."""
    by = imported_by(rows, settings.sts_import_by, whole_day=settings.documented("x19"))
    return latest_versions(rows.filter(by), parts, joined=not settings.documented("x20"))


def requests_in(rows: Table, settings: Settings) -> Table:
    """Requests in their latest version."""
    return versions(rows.filter(same(rows.event_type, "Request")), settings, REQUEST_KEY)


def services_in(rows: Table, settings: Settings) -> Table:
    """Services in their latest version."""
    return versions(rows.filter(same(rows.event_type, "Service")), settings, SERVICE_KEY)


def others_in(rows: Table, settings: Settings, *, with_requests: bool = False) -> Table:
    """Assessments and reviews as they are, or in their latest version too (X7); where asked, requests likewise."""
    kinds = ["Assessment", "Review"]
    if not settings.documented("x7"):
        return rows.filter(in_list(rows.event_type, *kinds, *(["Request"] if with_requests else [])))
    others = versions(rows.filter(in_list(rows.event_type, *kinds)), settings, OTHER_KEY)
    return ibis.union(others, requests_in(rows, settings)) if with_requests else others


# ---------------------------------------------------------------- clusters


def clusters(source: Source, rows: Table, measure: str, *, distinct: bool = False) -> Table:
    """Rows with the `number` and the `subject_start` of their cluster; open ends are the day of the run.

    `distinct`: rows of the same dates and outcome are one when clusters are numbered.
    """
    settings = source.settings
    counted = rows.select(*PERSON, START, END, outcome=folded(rows.event_outcome)).distinct() if distinct else rows
    ended = with_open_ends(rows, settings.today)
    spans = episodes(
        with_open_ends(counted, settings.today),
        PERSON,
        days_allowed(measure, "gap within a subject"),
        running_latest_end=settings.documented("x1"),
        shared_by=() if settings.documented("x8") else ("la_code",),
    )
    named = spans.rename(number="episode", subject_start="episode_start")
    keys = [*PERSON, START, END]
    return ended.inner_join(named, keys).select(*(ended[c] for c in ended.columns), named.number, named.subject_start)


def last_rows(clustered: Table) -> Table:
    """The rows of each cluster that end last, with that end as `subject_end`."""
    of_cluster = ibis.window(group_by=list(CLUSTER))
    ending = clustered.mutate(subject_end=clustered[END].max().over(of_cluster))
    return ending.filter(ending[END] == ending.subject_end)


def covering(starts: Table, rows: Table, *, strictly: bool = False) -> Table:
    """For each start of a subject, how many different spells of long-term support cover it: `covered`, at least 1.

    `strictly`: support that starts on the same day does not. Counted by walking through the days once: starts add, ends
    take away after their day.
    """
    spells = rows.filter(is_long_term(rows)).select(
        *PERSON, kind=folded(rows.service_type), first=rows.event_start_date, last=rows.event_end_date
    )
    spells = spells.distinct().filter(_.last.isnull() | (_.last >= _.first))
    if strictly:
        spells = spells.filter(_.last.isnull() | (_.last > _["first"]))
    marks = starts.select(*PERSON, "subject_start").distinct()
    closed = spells.filter(spells["last"].notnull())
    walked = ibis.union(
        _steps(spells, spells["first"], place=2 if strictly else 0, change=1),
        _steps(marks, marks.subject_start, place=1, change=0),
        _steps(closed, closed["last"], place=2, change=-1),
    )
    so_far = ibis.window(group_by=list(PERSON), order_by=[walked.day, walked.place], preceding=None, following=0)
    walked = walked.mutate(covered=walked.change.sum().over(so_far))
    found = walked.filter(walked.place == 1, walked.covered > 0)
    return found.select(*PERSON, "covered", subject_start=found.day)


def _steps(rows: Table, day: Value, *, place: int, change: int) -> Table:
    return rows.select(*PERSON, day=day, place=ibis.literal(place), change=ibis.literal(change, type="int64"))


# ---------------------------------------------------------------- outcomes


def looked_up(value: Value, pairs: Sequence[tuple[str, str | int]], otherwise: Value | int | None = None) -> Value:
    """What a table of texts says about a value, compared as the national database does."""
    text = folded(value)
    return ibis.cases(*((text == folded_text(key), said) for key, said in pairs), else_=otherwise)


def outcome_rank(outcome: Value, settings: Settings) -> IntegerValue:
    """The rank of an own outcome, as it comes out with the script's spellings or as it was meant (X17)."""
    spelt = "event_outcome" if settings.documented("x17") else "spelling_in_ranking"
    ranks = [(r[spelt], int(r["rank"])) for r in measure_table("request_outcomes")]
    return cast("IntegerValue", looked_up(outcome, ranks, UNLISTED))


def with_best_rank(candidates: Table) -> Table:
    """Of each cluster, the candidates whose outcome ranks first; equals all stay."""
    best = candidates.outcome_rank.min().over(ibis.window(group_by=list(CLUSTER)))
    return candidates.mutate(best=best).filter(_.outcome_rank == _.best).drop("best")


def first_in_alphabet(candidates: Table, texts: Sequence[str]) -> Table:
    """One candidate of each cluster: the first by these columns, missing ones last (X11)."""
    order: list[Value] = []
    for column in texts:
        value = candidates[column]
        compared = folded(value) if value.type().is_string() else value
        blank = ibis.literal("") if value.type().is_string() else ibis.literal(0)
        order += [value.isnull().cast("int8"), compared.fill_null(blank)]
    place = ibis.row_number().over(ibis.window(group_by=list(CLUSTER), order_by=order))
    return candidates.mutate(place=place).filter(_.place == 0).drop("place")


def one_of_equals(rows: Table, exact: Sequence[str], texts: Sequence[str]) -> Table:
    """The first of rows that the script's DISTINCT makes one."""
    alike = ibis.window(group_by=[*exact, *(folded(rows[c]) for c in texts)], order_by=[rows.number])
    return rows.mutate(place=ibis.row_number().over(alike)).filter(_.place == 0).drop("place")


def joined_text(prefix: str, value: Value) -> StringValue:
    """A text with something before it; missing where it is missing."""
    return cast("StringValue", ibis.literal(prefix) + cast("StringValue", value))


def is_st_max(rows: Table) -> BooleanValue:
    """Whether the service type is ST-Max, whatever the type of the event; missing where it is missing."""
    return same(rows.service_type, ST_MAX)
