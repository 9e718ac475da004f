"""STS001: requests for support from new clients, by what followed.

Method: NHS England, STS001 (nhse-2024-03), from all submissions. Counting unit: requests, which are clusters of request
rows; where candidates for a request's own outcome tie, the script counts each (X11). Columns in: see `asccld measures
show sts001`. Known limitations: it depends on closed end dates and on outcomes from the list; what starts after the
period is not seen (X6).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import cast

import ibis
from ibis import _
from ibis.expr.types import StringValue, Table, Value

from asccld.measures.registry import measure_table
from asccld.measures.salt.followed import (
    RecordTypes,
    named_by_rank,
    search_for,
    several_compete,
    with_found,
    with_records,
)
from asccld.measures.salt.outcomes import NO_CHRONOLOGY, NO_SERVICE, SEVERAL, UNABLE, category_shown, counted_by
from asccld.measures.salt.short_term import (
    CLUSTER,
    EVENT,
    PERSON,
    REQUEST,
    SERVICE,
    ST_MAX,
    clusters,
    covered_starts,
    first_in_alphabet,
    in_force,
    joined_text,
    last_rows,
    looked_up,
    of_people,
    one_of_equals,
    outcome_in,
    outcome_of,
    outcome_rank,
    request_events,
    service_rank,
    shared_as,
    with_best_rank,
)
from asccld.measures.sequels import Followed, left, what_followed
from asccld.measures.settings import Settings
from asccld.measures.source import Source
from asccld.measures.versions import APART
from asccld.processing.run import Tables
from asccld.processing.text import folded, folded_text

NAME = "sts001"
CANDIDATE = (*CLUSTER, "subject_start", "subject_end", "age", "route_key", "outcome_key")
AGE_BANDS = ("18-64", "65+")
_SHOWN = (
    "la_code", "id", "age", "route_of_access", "final_outcome", "final_outcome_mapped", "record_type", "record_ids",
    "sequel_record_ids", "salt_category", "age_band", "request_start", "request_end", "request_count",
)  # fmt: skip


def sts001(source: Source, settings: Settings) -> Mapping[str, Table]:  # noqa: ARG001 - as every measure
    """Requests by council and what followed, in England, in detail, and one by one."""
    rows = partial(_counted_rows, source)
    return Tables(
        {
            "": lambda: counted_by(rows(), "la_code", "final_outcome_mapped"),
            "_national": lambda: counted_by(rows(), "final_outcome_mapped"),
            "_detail": lambda: counted_by(rows(), "final_outcome", "final_outcome_mapped", "record_type"),
            "_requests": lambda: _one_by_one(source),
        }
    )


# ---------------------------------------------------------------- requests


def numbered_requests(source: Source) -> Table:
    """Request rows with the number and the start of their cluster."""
    return source.shared("sts001_clusters", lambda: _numbered(source))


def _numbered(source: Source) -> Table:
    settings, events = source.settings, request_events(source)
    rows = events.filter(events.kind == REQUEST)
    # Whoever has no request that ends in the period has no cluster that does, in whatever council.
    ending = rows.filter(rows.event_end_date.between(settings.start, settings.end) | rows.event_end_date.isnull())
    theirs = cast("Table", rows.semi_join(ending.select("person").distinct(), "person"))
    current = in_force(theirs, settings, REQUEST)
    begun = current.filter(current.event_start_date <= settings.end)
    return clusters(source, begun.select(*EVENT, "age", "route"), NAME)


def candidates(source: Source) -> Table:
    """What a request's age, route of access and outcome may be: distinct, from the rows that end it in the period."""
    settings = source.settings
    rows = numbered_requests(source)
    in_period = (settings.start, settings.end)
    if settings.documented("d2"):
        ending = last_rows(rows).filter(_.subject_end.between(*in_period))
    else:
        ending = last_rows(rows.filter(rows.event_end_date.between(*in_period)))
    keys = [c for c in CANDIDATE if not c.endswith("_key")]
    other = folded(ending.event_outcome_other)
    found = ending.group_by(*keys, "event_outcome_code", route_key=folded(ending.route), other_key=other).agg(
        id=ending.id.min(), route_of_access=ending.route.min(), event_outcome_other=ending.event_outcome_other.min()
    )
    told = found.mutate(own_outcome=outcome_of(found))
    told = told.mutate(outcome_key=folded(told.own_outcome))
    return told.select(*CANDIDATE, "id", "route_of_access", "own_outcome")


def request_pool(source: Source) -> Table:
    """All that is known of the people with a request in the period: versions in force, assessments and reviews."""
    return source.shared("sts001_pool", lambda: _pool(source))


def _pool(source: Source) -> Table:
    rows = of_people(request_events(source), source.shared("sts001_candidates", lambda: candidates(source)))
    return in_force(rows, source.settings, REQUEST, SERVICE).select(*EVENT)


def new_requests(source: Source) -> Table:
    """Candidates of requests from new clients, after conflicting outcomes are resolved, with `copies` (X11)."""
    return source.shared("sts001_requests", lambda: _new_requests(source))


def _new_requests(source: Source) -> Table:
    settings = source.settings
    found = source.shared("sts001_candidates", lambda: candidates(source))
    covered = covered_starts(found, request_pool(source))
    marked = left(found, covered, [*PERSON, "subject_start"], "covered")
    # The script compares route and outcome to take an existing client out, and missing never equals missing (X13).
    compared = marked.route_key.notnull() & marked.outcome_key.notnull()
    existing = marked.covered.notnull() & (True if settings.documented("x13") else compared)
    new = marked.filter(~existing).drop("covered")
    best = with_best_rank(new.mutate(outcome_rank=outcome_rank(new.own_outcome, settings)))
    best = best.filter(best.la_code.notnull())
    if not settings.documented("x13"):
        best = best.filter(best.route_key.notnull())
    if settings.documented("x11"):
        best = first_in_alphabet(best, ("outcome_key", "route_key", "age"))
    return _with_copies(best)


def _with_copies(best: Table) -> Table:
    """Adds `copies`: how many candidates of the request have the same route of access."""
    keyed = best.mutate(route=best.route_key.fill_null(APART))
    alike = keyed.group_by(*CLUSTER, "route").agg(copies=keyed.count())
    told = left(keyed, alike.filter(alike.copies > 1), [*CLUSTER, "route"], "copies")
    return told.mutate(copies=told.copies.fill_null(1)).drop("route")


# ---------------------------------------------------------------- sequels


@cache
def _categories(*, as_in_guide: bool) -> tuple[tuple[str, str], ...]:
    """Outcome and category; as the guide has it, outcomes that its appendix lacks cannot be classified (D6)."""
    rows = measure_table("request_outcomes")
    return tuple((r["event_outcome"], UNABLE if as_in_guide and r["in_guide"] == "no" else r["category"]) for r in rows)


def category_of(outcome: Value, settings: Settings) -> StringValue:
    """The SALT category of an outcome, `Unable_To_Classify` where it has none, missing where it is not on the list."""
    return cast("StringValue", looked_up(outcome, _categories(as_in_guide=settings.documented("d6"))))


def _useful_outcomes(settings: Settings) -> list[str]:
    return [text for text, category in _categories(as_in_guide=settings.documented("d6")) if category != UNABLE]


def _services(settings: Settings) -> list[tuple[str, int]]:
    rank = "rank_in_guide" if settings.documented("d4") else "rank"
    return [(r["service_type"], int(r[rank])) for r in measure_table("request_services")]


def followed_requests(source: Source) -> Followed:
    """What followed each request of a new client."""
    settings, pool = source.settings, request_pool(source)
    rows = pool.mutate(
        own=pool.kind == REQUEST,
        service_rank=service_rank(pool, _services(settings)),
        useful=outcome_in(pool, _useful_outcomes(settings)),
        outcome=outcome_of(pool),
    )
    requests = new_requests(source)
    subjects = requests.group_by(*CLUSTER, "subject_start", "subject_end").agg(
        copies=requests.copies.sum(), candidates=requests.count()
    )
    return what_followed(
        subjects, rows, search_for(settings, NAME, useful_only=False), partial(shared_as, source, NAME)
    )


def st_max_cohort(source: Source) -> Table:
    """Council, person and start of the ST-Max rows that followed a request: the people of STS002a."""
    rank = dict(_services(source.settings))[ST_MAX]
    return source.shared("sts002a_cohort", lambda: followed_requests(source).starts_of_rank(rank))


# ---------------------------------------------------------------- rows


def _counted_rows(source: Source) -> Table:
    return source.shared("sts001_rows", lambda: rows_by_type(source))


def rows_by_type(source: Source) -> Table:
    """Every counted row, with its record type from 1 to 5, `number` of its request and the columns of a candidate."""
    settings = source.settings
    types = RecordTypes.of(source.shared("sts001_told", lambda: _told(source)), settings)
    return ibis.union(
        _nothing_later(types.nothing_later, settings),
        _service(types.service, settings),
        _useful_outcome(types.useful_outcome, settings),
        _nothing_useful(types.nothing_useful, settings),
        _out_of_scope(types.out_of_scope, settings),
    )


def _told(source: Source) -> Table:
    """Candidates with what followed their request."""
    told = with_found(new_requests(source), followed_requests(source))
    return told.mutate(category=category_of(told.own_outcome, source.settings), copies=told.copies.cast("int64"))


def _as_counted(rows: Table, final: Value, mapped: Value, kind: int) -> Table:
    return rows.select(
        *CLUSTER,
        "id",
        "age",
        "route_of_access",
        "subject_start",
        "subject_end",
        final_outcome=final.cast("string"),
        final_outcome_mapped=mapped.cast("string"),
        record_type=ibis.literal(kind, type="int32"),
    )


def _nothing_later(rows: Table, settings: Settings) -> Table:
    """Type 1: k candidates that tie are joined with themselves, and count k times k (X11)."""
    tied = rows.filter(rows.copies > 1)
    tied = tied.mutate(copies=ibis.range(tied.copies.cast("int64")).unnest())
    each = ibis.union(rows.filter(rows.copies == 1), tied)
    mapped = category_shown(NO_CHRONOLOGY, each.category.fill_null(UNABLE), settings)
    return _as_counted(each, joined_text(NO_CHRONOLOGY, each.own_outcome), mapped, 1)


def _service(rows: Table, settings: Settings) -> Table:
    """Type 2: the service of the best rank."""
    services = _services(settings)
    categories = {r["service_type"]: r["category"] for r in measure_table("request_services")}
    service = named_by_rank(rows.service_rank, services, {name: name for name, _ in services})
    category = named_by_rank(rows.service_rank, services, categories)
    return _as_counted(rows, service, category if settings.documented("d5") else service, 2)


def _useful_outcome(rows: Table, settings: Settings) -> Table:
    """Type 3: the useful outcome, or NFA- Other where several rows compete; ties of the own outcome compete too."""
    final = several_compete(rows, settings).ifelse(SEVERAL, rows.useful_outcome)
    counted = _as_counted(rows, final, category_of(final, settings), 3)
    if settings.documented("x11"):
        return counted
    # The script keeps one row of equals, whichever request they are of.
    return one_of_equals(counted, (*PERSON, "age", "final_outcome_mapped"), ("route_of_access", "final_outcome"))


def _nothing_useful(rows: Table, settings: Settings) -> Table:
    """Type 4: the own outcome, where it is useful itself."""
    known = [folded_text(text) for text in _useful_outcomes(settings)]
    useful = rows.outcome_key.isin(known).fill_null(False)
    mapped = useful.ifelse(category_shown(NO_SERVICE, rows.category, settings), NO_SERVICE.removesuffix("_"))
    return _as_counted(rows, joined_text(NO_SERVICE, rows.own_outcome), mapped, 4)


def _out_of_scope(rows: Table, settings: Settings) -> Table:
    """Type 5: the own outcome; missing where it is not on the list (X18)."""
    category = rows.category.fill_null(UNABLE) if settings.documented("x18") else rows.category
    final = joined_text(NO_CHRONOLOGY, rows.own_outcome)
    counted = _as_counted(rows, final, category_shown(NO_CHRONOLOGY, category, settings), 5)
    if settings.documented("x11"):
        return counted
    exact = (*PERSON, "age", "subject_start", "subject_end", "final_outcome_mapped")
    return one_of_equals(counted, exact, ("route_of_access", "final_outcome"))


# ---------------------------------------------------------------- one by one


def _one_by_one(source: Source) -> Table:
    told = with_records(_counted_rows(source), numbered_requests(source), followed_requests(source))
    shown = told.mutate(
        salt_category=salt_category(told.final_outcome_mapped),
        age_band=(told.age < 18).ifelse(None, (told.age < 65).ifelse(*AGE_BANDS)),
        request_start=told.subject_start,
        request_end=told.subject_end,
        request_count=told.number,
    )
    return shown.select(*_SHOWN)


def salt_category(mapped: Value) -> StringValue:
    """The row of the SALT return that a mapped outcome is in; missing where it is in none."""
    plain = cast("StringValue", mapped).re_replace(f"^({NO_CHRONOLOGY}|{NO_SERVICE})", "")
    services = [(r["service_type"], r["category"]) for r in measure_table("request_services")]
    known = {r["category"] for r in (*measure_table("request_outcomes"), *measure_table("request_services"))} - {UNABLE}
    pairs = [*services, *((category, category) for category in sorted(known))]
    return cast("StringValue", looked_up(plain, pairs))
