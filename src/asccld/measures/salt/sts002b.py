"""STS002b: short-term support to maximise independence (ST-Max), for existing clients; totals only.

Method: NHS England, STS002b (nhse-2024-03), from all submissions. Counting unit: ST-Max episodes of people who had
long-term support when they began. Columns in: see `asccld measures show sts002b`. Known limitations: requests alone
have a route of access, so the layout of the return cannot be rebuilt; an episode without an outcome is lost (X13).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, Table

from asccld.measures.salt.short_term import (
    CLUSTER,
    EVENT,
    PERSON,
    SERVICE,
    clusters,
    covering,
    first_in_alphabet,
    is_st_max,
    of_people,
    outcome_rank,
    st_max_events,
    with_best_rank,
)
from asccld.measures.salt.sts002a import outcomes_at_end
from asccld.measures.sequels import left
from asccld.measures.settings import Settings
from asccld.measures.source import Source, record_list, touches, with_record_ids
from asccld.measures.versions import imported_by, latest_versions
from asccld.processing.run import Tables
from asccld.processing.text import folded

NAME = "sts002b"


def sts002b(source: Source, settings: Settings) -> Mapping[str, Table]:
    """Episodes of existing clients by council, and one by one."""
    rows = partial(_episodes, source)
    return Tables({"": lambda: _counted(rows(), settings), "_episodes": lambda: _shown(source, rows())})


def _pool(source: Source) -> Table:
    """Services in their latest version, and everything else as it is, of the people who ever had ST-Max."""
    return source.shared("sts002b_pool", lambda: _known(source))


def _known(source: Source) -> Table:
    settings, events = source.settings, st_max_events(source)
    begun = events.filter(events.event_start_date <= settings.end)
    rows = of_people(begun, begun.filter(_is_st_max_service(begun)))
    current = rows if settings.documented("d27") else _versions_of_services(rows, settings)
    return current.select(*EVENT, "is_alive")


def _versions_of_services(rows: Table, settings: Settings) -> Table:
    by = imported_by(rows, settings.sts_import_by, whole_day=settings.documented("x19"))
    kept = rows.filter((rows.kind != SERVICE) | by)
    return latest_versions(kept, [*PERSON, "event_start_date", "kind", "event_key"], kept.kind == SERVICE)


def _is_st_max_service(rows: Table) -> BooleanValue:
    return cast("BooleanValue", rows.kind == SERVICE) & is_st_max(rows)


def _numbered(source: Source) -> Table:
    return source.shared("sts002b_clusters", lambda: _clustered(source))


def _clustered(source: Source) -> Table:
    settings, pool = source.settings, _pool(source)
    rows = pool.filter(_is_st_max_service(pool), pool.is_alive)
    if settings.documented("d15"):
        rows = rows.filter(touches(rows, settings.start, settings.end))
    return clusters(source, rows, NAME, distinct=True)


def _episodes(source: Source) -> Table:
    return source.shared("sts002b_rows", lambda: _of_existing_clients(source))


def _of_existing_clients(source: Source) -> Table:
    """Own outcomes of the episodes of existing clients, with `covered`: how often the script has each."""
    settings = source.settings
    found = outcomes_at_end(_numbered(source))
    if not settings.documented("d15"):
        found = found.filter(found.subject_end.between(settings.start, settings.end))
    if not settings.documented("x13"):
        found = found.filter(found.outcome_key.notnull())
    support = covering(found, _pool(source), strictly=settings.documented("d15"))
    existing = found.inner_join(support, [*PERSON, "subject_start"])
    if not settings.documented("x11"):
        return existing
    best = with_best_rank(existing.mutate(outcome_rank=outcome_rank(existing.own_outcome, settings)))
    one = first_in_alphabet(best, ("outcome_key",)).drop("outcome_rank")
    return one.mutate(covered=ibis.literal(1, type="int64"))


def _counted(rows: Table, settings: Settings) -> Table:
    """Episodes by council; the script tells them apart by one text of person and number (X20)."""
    if settings.documented("x20"):
        episodes = rows.select(*CLUSTER).distinct()
        return episodes.group_by("la_code").agg(count=episodes.count())
    named = rows.mutate(episode=folded(rows.id) + rows.number.cast("string"))
    return named.group_by("la_code").agg(count=named.episode.nunique())


def _shown(source: Source, rows: Table) -> Table:
    own = _numbered(source)
    records = with_record_ids(own.group_by(*CLUSTER).agg(record_ids=record_list(own)))
    told = left(rows, records, [*CLUSTER], "record_ids")
    # The script joins an episode with every spell of support that covers its start, and keeps each.
    each = told.mutate(spell=ibis.range(told.covered.cast("int64")).unnest())
    return each.select(
        "la_code",
        "id",
        cluster_start_date=each.subject_start,
        cluster_end_date=each.subject_end.nullif(ibis.literal(source.settings.today)),
        event_outcome=each.own_outcome,
        st_max_count=each.number,
        record_ids=each.record_ids,
    )
