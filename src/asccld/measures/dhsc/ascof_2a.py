"""ASCOF 2A: people whose short-term support (ST-Max) was followed by no ongoing support.

Method: DHSC ASCOF 2A (dhsc-2026-06), from the joined main table and the latest person details. Counting unit: episodes
of new clients that end in the period. Columns in: see `asccld measures show ascof_2a`. Known limitations: what happens
after the last day of the data is not seen, so the latest period is provisional (Q19); councils are those of April 2024
(Q17).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, StringValue, Table

from asccld.measures.dhsc.ascof_2a_sequels import (
    build_rows,
    classified,
    deciding_records,
    episodes_in_period,
    is_st_max,
    of_adults,
    of_new_clients,
    outcome_ranks,
    with_candidates,
    with_own_events,
)
from asccld.measures.dhsc.figures import OLDER, TOTAL, WORKING, by_groups, councils, figures, label, period_label
from asccld.measures.dhsc.people import latest_people
from asccld.measures.dhsc.reablement import EPISODE
from asccld.measures.main_table import PERSON, PERSON_ID, MainSource
from asccld.measures.references import COUNCILS, COUNCILS_2024, OUTCOME_RANKS
from asccld.measures.registry import measure_table
from asccld.measures.settings import Settings
from asccld.measures.source import in_list, with_record_ids
from asccld.processing.run import Tables
from asccld.processing.text import folded

DISAGGREGATED = ("reporting_period", "la_code", "la_name", "age_band", "sequel_type", "final_outcome",
                 "included_in_denom", "included_in_num", "incl_in_unable_to_classify", "st_max_count")  # fmt: skip
_SHOWN = (
    "la_code", PERSON_ID, EPISODE, "final_outcome", "sequel_type", "st_max_cluster_working_age_band",
    "st_max_cluster_start", "st_max_cluster_end", "st_max_cluster_event_outcome", "included_in_denom",
    "included_in_num", "incl_in_unable_to_classify", "record_ids", "sequel_record_ids",
)  # fmt: skip


def ascof_2a(source: MainSource, settings: Settings) -> Mapping[str, Table]:  # noqa: ARG001 - as every measure
    """Figures by council and age, episodes by what followed, and episodes one by one."""
    return Tables(
        {
            "": lambda: _figures(source),
            "_disaggregated": lambda: _disaggregated(source),
            "_episodes": lambda: _one_by_one(source),
        }
    )


# ---------------------------------------------------------------- steps


def _ranks(source: MainSource) -> Table:
    return outcome_ranks(source.reference.needed(OUTCOME_RANKS, "ascof_2a"))


def st_max_rows(source: MainSource) -> Table:
    """The rows of clients that make up episodes."""
    return build_rows(source.rows.filter(is_st_max(source.rows)), _ranks(source))


def _cohort(source: MainSource) -> Table:
    return source.shared("ascof_2a cohort", lambda: _adults(source))


def _adults(source: MainSource) -> Table:
    return of_adults(episodes_in_period(st_max_rows(source), source.settings), latest_people(source))


def _pairs(source: MainSource) -> Table:
    return source.shared("ascof_2a pairs", lambda: _around(source))


def _around(source: MainSource) -> Table:
    # Few people have such an episode: only their rows are looked at.
    theirs = cast("Table", source.rows.semi_join(_cohort(source), list(PERSON)))
    return of_new_clients(with_own_events(_cohort(source), build_rows(theirs, _ranks(source))))


def sequels(source: MainSource) -> Table:
    """Every episode of a new client with the step that classified it, its outcome, and where it counts."""
    return source.shared("ascof_2a sequels", lambda: _marked(_classified(source)))


def _classified(source: MainSource) -> Table:
    return classified(with_candidates(_cohort(source), _pairs(source)), _ranks(source))


def _marked(rows: Table) -> Table:
    return rows.mutate(
        included_in_denom=_yes_or_no(rows, "in_denominator"),
        included_in_num=_yes_or_no(rows, "in_numerator"),
        incl_in_unable_to_classify=_yes_or_no(rows, "unable_to_classify"),
    )


def _yes_or_no(rows: Table, part: str) -> StringValue:
    listed = [r["final_outcome"] for r in measure_table("ascof_2a_final_outcomes") if r[part] == "yes"]
    counts = in_list(rows.final_outcome, *listed).fill_null(False)
    return cast("StringValue", counts.ifelse("Y", "N"))


# ---------------------------------------------------------------- tables


def _one_by_one(source: MainSource) -> Table:
    found = sequels(source)
    deciding = deciding_records(_pairs(source), found)
    joined = found.left_join(deciding, EPISODE).select(
        *(found[c] for c in found.columns), sequel_record_ids=deciding.sequel_record_ids
    )
    return with_record_ids(with_record_ids(joined), "sequel_record_ids").select(*_SHOWN)


def _disaggregated(source: MainSource) -> Table:
    found = sequels(source)
    outcome = folded(found.final_outcome)
    marks = ("included_in_denom", "included_in_num", "incl_in_unable_to_classify")
    counts = found.group_by(
        "la_code", *marks, "sequel_type", age_band=found.st_max_cluster_working_age_band, outcome=outcome
    ).agg(final_outcome=found.final_outcome.min(), st_max_count=found.count())
    listed = councils(source, _lookup(source))
    named = counts.left_join(listed, "la_code").select(*(counts[c] for c in counts.columns), listed.la_name)
    return named.mutate(reporting_period=ibis.literal(period_label(source.settings))).select(*DISAGGREGATED)


def _figures(source: MainSource) -> Table:
    found = sequels(source)
    band = found.st_max_cluster_working_age_band
    groups = by_groups(found, {WORKING: band == WORKING, OLDER: band == OLDER, TOTAL: None})
    named = label("ascof_2a")
    counts = groups.group_by("la_code", "group").agg(
        numerator=_how_many(groups, "included_in_num"), denominator=_how_many(groups, "included_in_denom")
    )
    described = counts.mutate(description=ibis.literal(named.description))
    return figures(source, [named], described, table=_lookup(source))


def _how_many(rows: Table, mark: str) -> IntegerValue:
    return cast("IntegerValue", rows.count(where=cast("BooleanValue", rows[mark] == "Y")))


def _lookup(source: MainSource) -> str:
    """The councils of April 2024, or those of today where nobody gave the others."""
    if source.reference.found(COUNCILS_2024) is not None:
        return COUNCILS_2024
    source.note(f"ascof_2a is laid out by the councils of {COUNCILS}: {COUNCILS_2024} is not there")
    return COUNCILS
