"""Episodes of ST-Max: rows that overlap or follow one another within a few days are one episode.

Method: DHSC ASCOF 2A and 2D (dhsc-2026-06). A row joins an episode when it starts no later than the latest end so far
plus the gap; an open row absorbs all that follows. The outcome of an episode is that of the row that ends last, of
several the best ranked, then the one loaded last. Rows in: of one kind of service, open ends filled by `OPEN_ENDED`.
"""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import Table

from asccld.measures.episodes import with_episode
from asccld.measures.main_table import PERSON_ID
from asccld.measures.registry import measure_table
from asccld.measures.source import RECORD, record_list
from asccld.processing.text import OPEN_END, blank_if_missing, folded

OPEN_ENDED = date.fromisoformat(OPEN_END)
"""Stands for the end of a service that has none."""

EPISODE = "st_max_cluster_id"
NO_RANK = 999
"""Rank of an outcome that the hierarchy does not hold."""

_WHOSE = ["la_code", "name_key", "person"]
"""A council that submits under two names has two episodes of one person (Q18)."""


def days(measure: str, what: str) -> int:
    """A number of days that the method fixes (`data/dhsc_days.csv`)."""
    return next(int(r["days"]) for r in measure_table("dhsc_days") if (r["measure"], r["what"]) == (measure, what))


def with_filled_ends(rows: Table) -> Table:
    """Rows with `event_end_date`, in which an open end is a day beyond all others."""
    return rows.mutate(event_end_date=rows.der_event_end_date.fill_null(ibis.literal(OPEN_ENDED)))


def st_max_episodes(rows: Table, gap_days: int) -> Table:
    """One row per episode: council, person, a number, start, end, outcome and its rank, and the records.

    The number says nothing by itself: it tells the episodes of one run apart.
    """
    keyed = rows.mutate(name_key=folded(blank_if_missing(rows.la_name)))
    members = with_episode(keyed, _WHOSE, gap_days, running_latest_end=True)
    of_episode = ibis.window(
        group_by=[*_WHOSE, "episode"],
        order_by=[members.event_end_date.desc(), members.outcome_rank.asc(), members[RECORD].desc()],
    )
    placed = members.mutate(place=ibis.row_number().over(of_episode))
    last = placed.place == 0
    found = placed.group_by(*_WHOSE, "episode").agg(
        la_name=placed.la_name.min(),
        **{PERSON_ID: placed[PERSON_ID].min()},
        st_max_cluster_start=placed.event_start_date.min(),
        st_max_cluster_end=placed.event_end_date.max(),
        st_max_cluster_event_outcome_hierarchy=placed.outcome_rank.min(where=last),
        st_max_cluster_event_outcome=placed.event_outcome.min(where=last),
        record_ids=record_list(placed, once=True),
    )
    order = [found[c] for c in (*_WHOSE, "episode")]
    return found.mutate(**{EPISODE: ibis.row_number().over(order_by=order) + 1}).drop("name_key", "episode")
