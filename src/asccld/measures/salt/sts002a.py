"""STS002a: what followed short-term support to maximise independence (ST-Max), for new clients.

Method: NHS England, STS002a (nhse-2024-03), from all submissions. Counting unit: ST-Max episodes of people whose
request was followed by ST-Max in STS001; outcomes of an episode that tie are each counted (X11). Columns in: see
`asccld measures show sts002a`. Known limitations: early cessation cannot be derived; an episode must follow a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import cast

import ibis
from ibis import _
from ibis.expr.types import BooleanValue, StringValue, Table, Value

from asccld.measures.lists import listed
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
    SERVICE,
    clusters,
    first_in_alphabet,
    in_force,
    is_st_max,
    joined_text,
    last_rows,
    looked_up,
    of_people,
    one_of_equals,
    outcome_in,
    outcome_of,
    outcome_rank,
    service_rank,
    shared_as,
    st_max_events,
    with_best_rank,
)
from asccld.measures.salt.sts001 import st_max_cohort
from asccld.measures.sequels import Followed, what_followed, yes
from asccld.measures.settings import Settings
from asccld.measures.source import Source
from asccld.processing.run import Tables
from asccld.processing.text import folded, folded_text, same, starts

NAME = "sts002a"
NFA = "NFA"
PLANNED = "Service ended as planned"
END_OF_LIFE = "Progress to End of Life Care"
NOTHING_NEEDED = "No services provided – other"
NOTHING_NEEDED_OTHER_DASH = "No services provided - other"
"""With a hyphen, as the script writes it in record type 4 (X12)."""
CESSATION = "Early cessation of service (not leading to long term support) - 100% NHS funded care/End of Life/deceased"
NO_SERVICE_FOUND = "No Service Found"
_SHOWN = (
    "la_code", "id", "final_outcome", "final_outcome_mapped", "record_type", "record_ids", "sequel_record_ids",
    "salt_category", "episode_start", "episode_end", "st_max_count",
)  # fmt: skip


def sts002a(source: Source, settings: Settings) -> Mapping[str, Table]:  # noqa: ARG001 - as every measure
    """Episodes by council and what followed, in England, and one by one."""
    rows = partial(counted_episodes, source)
    return Tables(
        {
            "": lambda: counted_by(rows(), "la_code", "final_outcome_mapped"),
            "_national": lambda: counted_by(rows(), "final_outcome_mapped"),
            "_episodes": lambda: episodes_one_by_one(source),
        }
    )


# ---------------------------------------------------------------- episodes


def _pool(source: Source) -> Table:
    """All that is known of the people whose request was followed by ST-Max."""
    return source.shared("sts002a_pool", lambda: _known(source))


def _known(source: Source) -> Table:
    settings = source.settings
    rows = of_people(st_max_events(source), st_max_cohort(source))
    if settings.documented("d14"):
        rows = rows.filter(rows.is_alive)
    return in_force(rows, settings, SERVICE).select(*EVENT, "is_alive")


def _numbered(source: Source) -> Table:
    return source.shared("sts002a_clusters", lambda: _clustered(source))


def _clustered(source: Source) -> Table:
    settings, pool, cohort = source.settings, _pool(source), st_max_cohort(source)
    own = pool.filter(pool.kind == SERVICE, is_st_max(pool), pool.is_alive, pool.event_start_date <= settings.end)
    followed = own.semi_join(cohort, [*PERSON, "event_start_date"])
    return clusters(source, followed, NAME, distinct=True)


def _episodes(source: Source) -> Table:
    """Own outcomes of episodes that end in the period, the best of those that conflict."""
    return source.shared("sts002a_own_outcomes", lambda: own_outcomes(source, _numbered(source)))


def own_outcomes(source: Source, numbered: Table) -> Table:
    """The distinct outcomes with which episodes end in the period, the best ranked of those that conflict."""
    settings = source.settings
    found = outcomes_at_end(numbered).filter(_.subject_end.between(settings.start, settings.end))
    known = found.filter(found.la_code.notnull())
    best = with_best_rank(known.mutate(outcome_rank=outcome_rank(known.own_outcome, settings)))
    return first_in_alphabet(best, ("outcome_key",)) if settings.documented("x11") else best


def outcomes_at_end(numbered: Table) -> Table:
    """The distinct outcomes on the rows that end last of each cluster."""
    last = last_rows(numbered)
    last = last.mutate(event_outcome=outcome_of(last))
    return last.group_by(*CLUSTER, "subject_start", "subject_end", outcome_key=folded(last.event_outcome)).agg(
        id=last.id.min(), own_outcome=last.event_outcome.min()
    )


# ---------------------------------------------------------------- sequels


def _services() -> list[tuple[str, int]]:
    return [(r["value"], int(r["rank"])) for r in measure_table("st_max_sequels") if r["rank"]]


def category_of(value: Value, settings: Settings) -> StringValue:
    """The SALT category of an outcome or a service type; missing where it has none (D12)."""
    rows = measure_table("st_max_sequels")
    guide = settings.documented("d12")
    pairs = [
        (r["value"], r["category"])
        for r in rows
        if r["in_guide"] == "yes" or not guide or r["value"] == NO_SERVICE_FOUND
    ]
    return cast("StringValue", looked_up(value, pairs))


def _is_useful(rows: Table, settings: Settings) -> BooleanValue:
    """Outcomes that begin with NFA, on the list or not, and as documented the end of life (D11)."""
    known = [text for text in listed("request_outcomes") if text.startswith(NFA)]
    more = [END_OF_LIFE] if settings.documented("d11") else []
    return outcome_in(rows, [*known, *more]) | starts(rows.event_outcome_other, NFA).fill_null(False)


def followed_episodes(source: Source) -> Followed:
    """What followed each episode."""
    settings, pool, own = source.settings, _pool(source), _episodes(source)
    rows = pool.mutate(
        own=is_st_max(pool),
        service_rank=service_rank(pool, _services()),
        useful=_is_useful(pool, settings),
        outcome=outcome_of(pool),
    )
    # The script joins k outcomes that tie with themselves: every later row comes k times k times.
    subjects = own.group_by(*CLUSTER, "subject_start", "subject_end").agg(
        copies=own.count() * own.count(), candidates=own.count()
    )
    return what_followed(subjects, rows, search_for(settings, NAME, useful_only=True), partial(shared_as, source, NAME))


# ---------------------------------------------------------------- rows


def counted_episodes(source: Source) -> Table:
    """Every counted row, with its record type from 1 to 5."""
    return source.shared("sts002a_rows", lambda: _rows_by_type(source))


def _rows_by_type(source: Source) -> Table:
    settings = source.settings
    told = with_found(_episodes(source), followed_episodes(source))
    types = RecordTypes.of(told.mutate(category=category_of(told.own_outcome, settings)), settings)
    return ibis.union(
        _nothing_later(types.nothing_later, settings),
        _service(types.service),
        _useful_outcome(types.useful_outcome, settings),
        _nothing_useful(types.nothing_useful, settings),
        _out_of_scope(types.out_of_scope, settings),
    )


def _as_counted(rows: Table, final: Value, mapped: Value, kind: int) -> Table:
    return rows.select(
        *CLUSTER,
        "id",
        "subject_start",
        "subject_end",
        final_outcome=final.cast("string"),
        final_outcome_mapped=mapped.cast("string"),
        record_type=ibis.literal(kind, type="int32"),
    )


def _own_category(rows: Table, settings: Settings) -> Value:
    """The category of an episode without a usable chronology, by its own outcome."""
    prefixed = category_shown(NO_CHRONOLOGY, rows.category.fill_null(UNABLE), settings)
    return yes(same(rows.own_outcome, PLANNED)).ifelse(NOTHING_NEEDED, prefixed)


def _nothing_later(rows: Table, settings: Settings) -> Table:
    """Type 1: the own outcome."""
    return _as_counted(rows, joined_text(NO_CHRONOLOGY, rows.own_outcome), _own_category(rows, settings), 1)


def _out_of_scope(rows: Table, settings: Settings) -> Table:
    """Type 5: the own outcome."""
    return _as_counted(rows, joined_text(NO_CHRONOLOGY, rows.own_outcome), _own_category(rows, settings), 5)


def _service(rows: Table) -> Table:
    """Type 2: the service of the best rank."""
    categories = {r["value"]: r["category"] for r in measure_table("st_max_sequels")}
    services = _services()
    service = named_by_rank(rows.service_rank, services, {name: name for name, _ in services})
    return _as_counted(rows, service, named_by_rank(rows.service_rank, services, categories), 2)


def _useful_outcome(rows: Table, settings: Settings) -> Table:
    """Type 3: the useful outcome, or NFA- Other where several rows compete; ties of the own outcome compete too."""
    several = several_compete(rows, settings)
    mapped = yes(same(rows.useful_outcome, END_OF_LIFE)).ifelse(CESSATION, category_of(rows.useful_outcome, settings))
    shown = several.ifelse(NOTHING_NEEDED, _labelled(mapped, settings))
    counted = _as_counted(rows, several.ifelse(SEVERAL, rows.useful_outcome), shown, 3)
    if settings.documented("x11"):
        return counted
    # The script keeps one row of equals, whichever episode they are of.
    return one_of_equals(counted, (*PERSON, "final_outcome_mapped"), ("final_outcome",))


def _nothing_useful(rows: Table, settings: Settings) -> Table:
    """Type 4: the own outcome, where it says something."""
    planned = NOTHING_NEEDED if settings.documented("x12") else NOTHING_NEEDED_OTHER_DASH
    if settings.documented("d13"):
        planned = NO_SERVICE_FOUND
    mapped = ibis.cases(
        (yes(starts(rows.own_outcome, NFA)), _labelled(rows.category, settings)),
        (yes(same(rows.own_outcome, PLANNED)), planned),
        else_=NO_SERVICE_FOUND,
    )
    return _as_counted(rows, joined_text(NO_SERVICE, rows.own_outcome), mapped, 4)


def _labelled(category: Value, settings: Settings) -> Value:
    """One label for what cannot be mapped, where it is documented (X18); otherwise it is missing."""
    return category.fill_null(UNABLE) if settings.documented("x18") else category  # pyright: ignore[reportAttributeAccessIssue]


# ---------------------------------------------------------------- one by one


def episodes_one_by_one(source: Source) -> Table:
    """One row for each counted row, with the records that it comes from."""
    told = with_records(counted_episodes(source), _numbered(source), followed_episodes(source))
    shown = told.mutate(
        salt_category=salt_category(told.final_outcome_mapped),
        episode_start=told.subject_start,
        episode_end=told.subject_end,
        st_max_count=told.number,
    )
    return shown.select(*_SHOWN)


def salt_category(mapped: Value) -> StringValue:
    """The category of the SALT return behind a mapped outcome: without prefix, with one dash; missing where none is."""
    plain = cast("StringValue", mapped).re_replace(f"^({NO_CHRONOLOGY}|{NO_SERVICE})", "")
    known = {r["category"] for r in measure_table("st_max_sequels")} - {NO_SERVICE_FOUND}
    pairs = [(category, category) for category in sorted(known)]
    return cast("StringValue", looked_up(plain, [*pairs, (NOTHING_NEEDED_OTHER_DASH, NOTHING_NEEDED)]))


def is_category(value: Value, categories: list[str]) -> BooleanValue:
    """Whether a text is one of these categories."""
    return cast("BooleanValue", folded(value).isin([folded_text(c) for c in categories]))
