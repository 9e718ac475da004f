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
from ibis.expr.types import BooleanValue, Column, IntegerValue, StringValue, Table, Value

from asccld.measures.codes import MISSING, OTHER, code_in, place_of, text_of
from asccld.measures.episodes import END, START, episodes, with_open_ends
from asccld.measures.identity import identifiers, sure_people
from asccld.measures.lists import listed
from asccld.measures.picking import best_rows
from asccld.measures.registry import measure_table
from asccld.measures.setting import LONG_TERM
from asccld.measures.settings import FAR_FUTURE, Settings
from asccld.measures.source import RECORD, Source, age_on, alive, is_client
from asccld.measures.versions import imported_by, latest_versions, one_key
from asccld.processing.text import fingerprint, folded, folded_text, on_duckdb

PERSON = ("la_code", "person")
CLUSTER = (*PERSON, "number")

KINDS = ("Request", "Assessment", "Service", "Review")
REQUEST, ASSESSMENT, SERVICE, REVIEW = range(1, 5)
"""Codes of the types of event."""
ST_MAX = "Short Term Support: ST-Max"
REQUEST_KEY = ("client_type", "request_route_of_access")
SERVICE_KEY = ("client_type", "service_type", "service_component", "delivery_mechanism")
OTHER_KEY = ("client_type",)
UNLISTED = 99
"""The rank of an outcome that the ranking does not know."""

EVENT = (
    RECORD, *PERSON, "id", "kind", START, END, "service_code", "event_outcome_code", "event_outcome_other",
)  # fmt: skip
"""What the sequel search and the clusters need of an event."""


@cache
def days_allowed(measure: str, what: str) -> int:
    """A number of days that the method fixes (`data/sequel_days.csv`)."""
    return next(int(r["days"]) for r in measure_table("sequel_days") if (r["measure"], r["what"]) == (measure, what))


def shared_as(source: Source, measure: str, name: str, make: Callable[[], Table]) -> Table:
    """A step of one measure's sequel search, kept under both names."""
    return source.shared(f"{measure}_{name}", make)


# ---------------------------------------------------------------- events


def client_events(source: Source) -> Table:
    """Events of clients that start by the end of the period, or soon after it (X6), with texts as codes.

    Columns: record and council, identifiers (see `sure_people`), importdate, `kind`, the dates, `service_code`, the
    outcome's code and other text, `event_key`, `is_alive`, and where requests are asked for `age` and `route`.
    """
    return source.shared("client_events", lambda: _client_events(source))


def _client_events(source: Source) -> Table:
    events, settings = source.events, source.settings
    last = settings.end
    if settings.documented("x6"):
        last += timedelta(days=days_allowed("sts001", "follow-up after the period"))
    kept = events.filter(is_client(events), events.event_start_date <= last)
    rows = _with_codes(kept)
    made: dict[str, Value] = {"event_key": _event_key(rows, settings), "is_alive": alive(rows, settings.start)}
    if "request_route_of_access" in rows.columns:
        made["age"] = age_on(rows, settings.end).cast("int16")
        made["route"] = (rows.kind == REQUEST).ifelse(rows.request_route_of_access, None)
    codes = ("kind", "service_code", "event_outcome_code", "event_outcome_other")
    return rows.select(RECORD, "la_code", "importdate", START, END, *codes, **_who(rows), **made)


def _with_codes(rows: Table) -> Table:
    """Rows of the four kinds of event, with `kind`, `service_code` and the outcome's code and other text.

    Joined with small tables: a long list of cases would be gone through for every row.
    """
    kinds = _places("kind", KINDS)
    told = rows.inner_join(kinds, folded(rows.event_type) == kinds.kind_text)
    services = _places("service", listed("request_services"))
    told = told.left_join(services, folded(told.service_type) == services.service_text)
    outcomes = _places("outcome", listed("request_outcomes"))
    told = told.left_join(outcomes, folded(told.event_outcome) == outcomes.outcome_text)
    code = _code(told.outcome, told.event_outcome)
    return told.mutate(
        service_code=_code(told.service, told.service_type),
        event_outcome_code=code,
        event_outcome_other=(code == OTHER).ifelse(told.event_outcome, None),
    )


def _places(name: str, texts: Sequence[str]) -> Table:
    """The texts of a list, as compared, with their places from 1."""
    rows = [(folded_text(text), place) for place, text in enumerate(texts, 1)]
    return ibis.memtable(rows, schema=ibis.schema({f"{name}_text": "string", name: "int8"}))


def _code(place: Value, value: Value) -> Value:
    return ibis.coalesce(place, value.isnull().ifelse(MISSING, OTHER).cast("int8"))


def _who(rows: Table) -> dict[str, Value]:
    """The identifiers; in DuckDB what is only compared is a number, of which two within a council are never the same.

    That is, less often than once in ten million national runs.
    """
    made = identifiers(rows)
    if not on_duckdb(rows):
        return made
    return made | {name: _number_of(made[name]) for name in ("person", "local")}


def _number_of(text: Value) -> Value:
    return text.isnull().ifelse(None, fingerprint([text, ibis.literal(0)], hashed=True)[0])


def _event_key(rows: Table, settings: Settings) -> Value:
    """What versions of one event share besides council, person, kind and start."""
    joined = not settings.documented("x20")
    service = one_key(rows, SERVICE_KEY, joined=joined)
    other = one_key(rows, OTHER_KEY, joined=joined)
    request = other
    if "request_route_of_access" in rows.columns:
        request = one_key(rows, REQUEST_KEY, joined=joined)
    whole = ibis.cases((rows.kind == SERVICE, service), (rows.kind == REQUEST, request), else_=other)
    return fingerprint([identifiers(rows)["person"], whole], hashed=True)[0] if on_duckdb(rows) else whole


def request_events(source: Source) -> Table:
    """The rows that STS001 reads, of people whose age and life are known; not yet the latest versions."""
    rows, settings = client_events(source), source.settings
    if settings.documented("x10"):
        people = _of_sure_people(source, "short_term_people", rows)
        return people.filter(people.age.notnull(), people.is_alive)
    return _of_sure_people(source, "request_people", rows.filter(rows.age.notnull(), rows.is_alive))


def st_max_events(source: Source) -> Table:
    """The rows that STS002a and STS002b read; not yet the latest versions."""
    return _of_sure_people(source, "short_term_people", client_events(source))


def _of_sure_people(source: Source, name: str, rows: Table) -> Table:
    within_la = source.settings.documented("x9")
    return sure_people(rows, within_la=within_la, shared=lambda make: source.shared(f"{name}_ambiguous", make))


def of_people(rows: Table, people: Table) -> Table:
    """The rows of these people."""
    return cast("Table", rows.semi_join(people.select(*PERSON).distinct(), PERSON))


def in_force(rows: Table, settings: Settings, *kinds: int) -> Table:
    """Rows of these kinds in the latest version that came in time, and all of the others (X7: of every kind)."""
    codes = list(range(REQUEST, REVIEW + 1)) if settings.documented("x7") else list(kinds)
    in_time = imported_by(rows, settings.sts_import_by, whole_day=settings.documented("x19"))
    kept = rows.filter(rows.kind.notin(codes) | in_time)
    return latest_versions(kept, [*PERSON, START, "kind", "event_key"], kept.kind.isin(codes))


def is_long_term(rows: Table) -> BooleanValue:
    """Whether the service type is a long-term one, whatever the type of the event."""
    return code_in(cast("Column", rows.service_code), listed("request_services"), LONG_TERM)


def is_st_max(rows: Table) -> BooleanValue:
    """Whether the service type is ST-Max, whatever the type of the event."""
    return cast("BooleanValue", rows.service_code == place_of(ST_MAX, listed("request_services")))


def outcome_of(rows: Table) -> StringValue:
    """The outcome as a text again: as the list spells it, or as submitted where it is not on the list."""
    code, other = cast("Column", rows.event_outcome_code), cast("Column", rows.event_outcome_other)
    return text_of(code, other, listed("request_outcomes"))


def outcome_in(rows: Table, outcomes: Sequence[str]) -> BooleanValue:
    """Whether the outcome is one of these, which are on the list."""
    return code_in(cast("Column", rows.event_outcome_code), listed("request_outcomes"), outcomes)


def service_rank(rows: Table, ranks: Sequence[tuple[str, int]]) -> IntegerValue:
    """The rank of the service type; missing where it has none."""
    services = listed("request_services")
    places = [(place_of(service, services), ibis.literal(rank, "int8")) for service, rank in ranks]
    return cast("IntegerValue", cast("Column", rows.service_code).cases(*places))


# ---------------------------------------------------------------- clusters


def clusters(source: Source, rows: Table, measure: str, *, distinct: bool = False) -> Table:
    """Rows with the `number` and the `subject_start` of their cluster; open ends are the day of the run.

    `distinct`: rows of the same dates and outcome are one when clusters are numbered.
    """
    settings = source.settings
    outcome = (rows.event_outcome_code, folded(rows.event_outcome_other).name("other"))
    counted = rows.select(*PERSON, START, END, *outcome).distinct() if distinct else rows
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
    ends = clustered.group_by(*CLUSTER).agg(subject_end=clustered[END].max())
    same_cluster = [clustered[c] == ends[c] for c in CLUSTER]
    ending = clustered.semi_join(ends, [*same_cluster, clustered[END] == ends.subject_end])
    return ending.mutate(subject_end=ending[END])


def covered_starts(starts: Table, rows: Table) -> Table:
    """The starts of subjects, by person, that long-term support covers: it began by then and had not ended before.

    Found by walking through the days once, with the latest end so far.
    """
    spells = rows.filter(is_long_term(rows), rows.event_end_date.isnull() | (rows.event_end_date >= rows[START]))
    reach = spells.event_end_date.fill_null(ibis.literal(FAR_FUTURE))
    marks = of_people(starts, spells).select(*PERSON, "subject_start").distinct()
    walked = ibis.union(
        spells.select(*PERSON, day=spells[START], place=ibis.literal(0, type="int8"), reach=reach),
        marks.select(*PERSON, day=marks.subject_start, place=ibis.literal(1, type="int8"), reach=ibis.null("date")),
    )
    so_far = ibis.window(group_by=list(PERSON), order_by=[walked.day, walked.place], preceding=None, following=0)
    seen = walked.mutate(reached=walked.reach.max().over(so_far))
    found = seen.filter(seen.place == 1, seen.reached >= seen.day)
    return found.select(*PERSON, subject_start=found.day, covered=ibis.literal(value=True))


def covering(starts: Table, rows: Table, *, strictly: bool = False) -> Table:
    """For each start of a subject, how many different spells of long-term support cover it: `covered`, at least 1.

    `strictly`: support that starts on the same day does not. Counted by walking through the days once: starts add, ends
    take away after their day.
    """
    spells = rows.filter(is_long_term(rows)).select(
        *PERSON, "service_code", first=rows.event_start_date, last=rows.event_end_date
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
    return best_rows(candidates, CLUSTER, "outcome_rank")


def first_in_alphabet(candidates: Table, texts: Sequence[str]) -> Table:
    """One candidate of each cluster: the first by these columns, missing ones last (X11)."""
    order: list[Value] = []
    for column in texts:
        value = candidates[column]
        compared = folded(value) if value.type().is_string() else value
        blank = ibis.literal("") if value.type().is_string() else ibis.literal(0)
        order += [value.isnull().ifelse(1, 0), compared.fill_null(blank)]
    place = ibis.row_number().over(ibis.window(group_by=list(CLUSTER), order_by=order))
    return candidates.mutate(place=place).filter(_.place == 0).drop("place")


def one_of_equals(rows: Table, exact: Sequence[str], texts: Sequence[str]) -> Table:
    """The first of rows that the script's DISTINCT makes one."""
    alike = ibis.window(group_by=[*exact, *(folded(rows[c]) for c in texts)], order_by=[rows.number])
    return rows.mutate(place=ibis.row_number().over(alike)).filter(_.place == 0).drop("place")


def joined_text(prefix: str, value: Value) -> StringValue:
    """A text with something before it; missing where it is missing."""
    return cast("StringValue", ibis.literal(prefix) + cast("StringValue", value))
