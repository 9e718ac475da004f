"""What followed each episode of short-term support (ST-Max): the six steps of ASCOF 2A.

Method: DHSC ASCOF 2A (dhsc-2026-06). Counting unit: episodes of new clients. Columns in: of the joined main table.
Each episode leaves at the first step that classifies it. Known limitations: the test for long-term support looks at the
service type only, whatever the event (Q9); a sequel after the end of the data is not seen (Q19).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, StringValue, Table, Value

from asccld.measures.codes import code_of
from asccld.measures.dhsc.reablement import EPISODE, NO_RANK, days, st_max_episodes, with_filled_ends
from asccld.measures.main_table import PERSON, PERSON_ID
from asccld.measures.registry import measure_table
from asccld.measures.settings import Settings
from asccld.measures.source import RECORD, in_list, record_list
from asccld.processing.text import age_at, days_from, folded, same

NAME = "ascof_2a"
PENALTY = 100
"""Added to the rank of an outcome that says nothing of what followed, so that every other outcome comes first."""
INVALID = "Invalid and not mapped"
DECEASED, HOSPITAL, PLANNED = "NFA: Deceased", "Admitted to hospital", "NFA: Support ended as planned"
CARE_HOME = "Short term support: Residential or Nursing care"
CARE_HOME_COMPONENTS = ("Short term residential care", "Short term nursing care")
LOW_LEVEL, OTHER_SHORT, ST_MAX = (
    "Short term support: Ongoing low level",
    "Short term support: Other short term",
    "Short term support: ST-Max",
)
EQUIPMENT = "Equipment"
ADULT, OLDER = 18, 65
_LATER = 10_000
"""More than any rank: days weigh more than ranks."""
_ROW = (
    RECORD, "la_code", "person", PERSON_ID, "la_name", "event_type", "event_start_date", "event_end_date",
    "service_type_cleaned", "service_component_cleaned", "event_outcome", "outcome_rank",
)  # fmt: skip


@cache
def services() -> tuple[str, ...]:
    """The recognised service types, strongest first (`data/dhsc_service_ranks.csv`)."""
    return tuple(r["service_type"] for r in measure_table("dhsc_service_ranks"))


@cache
def unusable() -> tuple[str, ...]:
    """The outcomes that say nothing of what followed (`data/ascof_2a_final_outcomes.csv`)."""
    rows = measure_table("ascof_2a_final_outcomes")
    return tuple(r["final_outcome"] for r in rows if r["unable_to_classify"] == "yes")


def outcome_ranks(hierarchy: Table) -> Table:
    """The national ranks of outcomes, those that cannot be a sequel after all others: outcome_key, outcome, rank."""
    rank = hierarchy.event_outcome_hierarchy.cast("int64")
    penalised = in_list(hierarchy.event_outcome_spec, *unusable()).ifelse(rank + PENALTY, rank)
    return hierarchy.select(
        outcome_key=folded(hierarchy.event_outcome_spec), outcome=hierarchy.event_outcome_spec, rank=penalised
    )


def build_rows(main: Table, ranks: Table) -> Table:
    """The rows of clients that may matter, with the rank of their outcome and open ends filled."""
    rows = main.filter(
        same(main.client_type_cleaned, "Service user"),
        main[PERSON_ID].notnull(),
        main.event_start_date.notnull(),
        main.der_event_end_date.isnull() | (main.der_event_end_date >= main.event_start_date),
    )
    joined = with_filled_ends(rows).left_join(ranks, folded(rows.event_outcome_cleaned) == ranks.outcome_key)
    known = joined.mutate(
        event_outcome=joined.event_outcome_cleaned.fill_null(INVALID), outcome_rank=joined["rank"].fill_null(NO_RANK)
    )
    return known.select(*_ROW)


def is_st_max(rows: Table) -> BooleanValue:
    """Whether a row is short-term support to maximise independence, with whatever component."""
    return cast("BooleanValue", same(rows.event_type, "Service") & same(rows.service_type_cleaned, ST_MAX))


def episodes_in_period(built: Table, settings: Settings) -> Table:
    """The episodes that end in the period: one row each."""
    episodes = st_max_episodes(built.filter(is_st_max(built)), days(NAME, "gap within an episode"))
    return episodes.filter(episodes.st_max_cluster_end.between(settings.start, settings.end))


def of_adults(episodes: Table, people: Table) -> Table:
    """Episodes of people who are grown up at their end, or of unknown age, and alive at their start."""
    known = people.select(*PERSON, "date_of_death", born=people.der_birth_date)
    found = episodes.left_join(known, list(PERSON)).select(
        *(episodes[c] for c in episodes.columns),
        known.date_of_death,
        age=age_at(known.born, episodes.st_max_cluster_end),
    )
    kept = found.filter(
        (found.age >= ADULT) | found.age.isnull(),
        found.date_of_death.isnull() | (found.date_of_death >= found.st_max_cluster_start),
    )
    band = ibis.cases((kept.age >= OLDER, "65 and above"), (kept.age >= ADULT, "18 to 64"), else_="Unknown")
    return kept.mutate(st_max_cluster_working_age_band=band).drop("age")


def with_own_events(episodes: Table, built: Table) -> Table:
    """Each episode with every other row of the same person at the same council, and how the row lies to it."""
    pairs = episodes.inner_join(built, list(PERSON)).select(
        *(episodes[c] for c in episodes.columns if c != "record_ids"),
        *(built[c] for c in _ROW if c not in {"la_code", "person", PERSON_ID, "la_name"}),
    )
    within = pairs.event_start_date.between(pairs.st_max_cluster_start, pairs.st_max_cluster_end)
    its_own = is_st_max(pairs) & within
    others = pairs.filter(~its_own.fill_null(False))
    start, end = others.event_start_date, others.event_end_date
    first, last = others.st_max_cluster_start, others.st_max_cluster_end
    soon = days_from(last, start) <= days(NAME, "sequel after an episode")
    return others.mutate(
        service=code_of(others.service_type_cleaned, services()),
        is_service=same(others.event_type, "Service"),
        follows=(start >= first) & (end > last) & soon,
        nested=(start >= first) & (end > first) & (end <= last),
    )


def _is_recognised(pairs: Table) -> BooleanValue:
    return cast("BooleanValue", pairs.service.between(1, len(services())))


def supported_before(pairs: Table) -> BooleanValue:
    """Long-term support that began before the episode and went on, or ended less than 91 days before it."""
    long_term = [place for place, r in enumerate(measure_table("dhsc_service_ranks"), 1) if r["long_term"] == "yes"]
    since = days_from(pairs.event_end_date, pairs.st_max_cluster_start)
    recent = since < days(NAME, "long-term support before an episode")
    return cast(
        "BooleanValue",
        pairs.service.isin(long_term) & (pairs.event_start_date < pairs.st_max_cluster_start) & recent,
    )


def of_new_clients(pairs: Table) -> Table:
    """Pairs of the episodes before which there was no long-term support; what follows ends where ST-Max starts anew."""
    anew = pairs.follows & (pairs.service == services().index(ST_MAX) + 1)
    found = pairs.group_by(EPISODE).agg(
        is_existing=supported_before(pairs).any(), anew=pairs.event_start_date.min(where=anew)
    )
    joined = pairs.inner_join(found, EPISODE).select(*(pairs[c] for c in pairs.columns), found.is_existing, found.anew)
    goes_on = joined.anew.isnull() | (joined.event_start_date < joined.anew)
    return joined.mutate(follows=joined.follows & goes_on)


def service_weight(pairs: Table) -> IntegerValue:
    """Which of the services that follow decides: the strongest, of equals a stay in a care home."""
    care_home = in_list(pairs.service_component_cleaned, *CARE_HOME_COMPONENTS).fill_null(False)
    weight = pairs.service.cast("int64") * 2
    return cast("IntegerValue", care_home.ifelse(weight - 1, weight))


def speaks(pairs: Table) -> BooleanValue:
    """Something other than a service that follows, from which an outcome may be taken: candidates 4a-ii and 4b."""
    usable = (pairs.st_max_cluster_event_outcome_hierarchy < PENALTY) | (pairs.outcome_rank < PENALTY)
    return cast("BooleanValue", pairs.follows & ~pairs.is_service & ~same(pairs.event_outcome, PLANNED) & usable)


def concludes(pairs: Table) -> BooleanValue:
    """An assessment or review near the end of the episode that says what comes next: candidate 4c."""
    before_end = days_from(pairs.event_end_date, pairs.st_max_cluster_end)
    near = before_end < days(NAME, "assessment or review before the end of an episode")
    return cast(
        "BooleanValue",
        pairs.nested & in_list(pairs.event_type, "Assessment", "Review") & near & (pairs.outcome_rank < PENALTY),
    )


def conclusion_weight(pairs: Table) -> IntegerValue:
    """Which conclusion decides: the latest, of those of one day the best ranked."""
    return cast("IntegerValue", days_from(pairs.event_end_date, pairs.st_max_cluster_end) * _LATER + pairs.outcome_rank)


def equips(pairs: Table) -> BooleanValue:
    """Equipment that was given during the episode."""
    return cast("BooleanValue", pairs.nested & pairs.is_service & same(pairs.service_component_cleaned, EQUIPMENT))


def _evidence(pairs: Table) -> Table:
    """What the rows around each episode say: one row per episode that has any."""
    return pairs.group_by(EPISODE).agg(
        is_existing=pairs.is_existing.any(),
        is_followed=pairs.follows.any().fill_null(False),
        service=service_weight(pairs).min(where=pairs.follows & _is_recognised(pairs)),
        is_spoken_for=speaks(pairs).any().fill_null(False),
        spoken_rank=pairs.outcome_rank.min(where=speaks(pairs) & (pairs.outcome_rank < PENALTY)),
        conclusion=conclusion_weight(pairs).min(where=concludes(pairs)),
        is_equipped=equips(pairs).any().fill_null(False),
    )


def with_candidates(episodes: Table, pairs: Table) -> Table:
    """Episodes of new clients with the ranks from which step 4 chooses, `rank_a`, `rank_b`, `rank_c`, and the best."""
    said = _evidence(pairs)
    found = episodes.left_join(said, EPISODE).select(
        *(episodes[c] for c in episodes.columns), *(said[c] for c in said.columns if c != EPISODE)
    )
    new = found.filter(~found.is_existing.fill_null(False))
    own = new.st_max_cluster_event_outcome_hierarchy
    alone = ~new.is_followed.fill_null(False) & (own < PENALTY)
    ranks = new.mutate(
        rank_a=(alone | new.is_spoken_for.fill_null(False)).ifelse(own, None),
        rank_b=new.spoken_rank,
        rank_c=new.conclusion % _LATER,
    )
    none = _LATER
    best = ibis.least(ranks.rank_a.fill_null(none), ranks.rank_b.fill_null(none), ranks.rank_c.fill_null(none))
    return ranks.mutate(rank=best.nullif(none))


def classified(candidates: Table, ranks: Table) -> Table:
    """Adds `sequel_type`, the step that classified an episode, and `final_outcome`."""
    named = ranks.filter(ranks["rank"] < PENALTY).group_by("rank").agg(outcome=ranks.outcome.min())
    rows = candidates.left_join(named, "rank").select(*(candidates[c] for c in candidates.columns), said=named.outcome)
    after = days_from(rows.st_max_cluster_end, rows.date_of_death)
    dead = after <= days(NAME, "death after an episode")
    own = rows.st_max_cluster_event_outcome
    steps: list[tuple[Value, str, Value]] = [
        (dead, "1", ibis.literal(DECEASED)),
        (same(own, HOSPITAL), "2", own),
        (rows.service.notnull(), "3", _service_named(rows)),
        (rows["rank"] == rows.rank_a, "4a", rows.said),
        (rows["rank"] == rows.rank_b, "4b", rows.said),
        (rows["rank"] == rows.rank_c, "4c", rows.said),
        (rows.is_equipped, "5", ibis.literal(LOW_LEVEL)),
    ]
    return rows.mutate(
        sequel_type=ibis.cases(*((condition, step) for condition, step, _ in steps), else_="6"),
        final_outcome=ibis.cases(*((condition, outcome) for condition, _, outcome in steps), else_=own),
    ).drop("said")


def _service_named(rows: Table) -> StringValue:
    """The text of a service that follows; a stay in a care home stands for itself among the other short-term ones."""
    names = services()
    texts: list[tuple[int, str]] = []
    for place, name in enumerate(names, 1):
        texts += [(place * 2, name), (place * 2 - 1, CARE_HOME if name == OTHER_SHORT else name)]
    return cast("StringValue", rows.service.cases(*texts))


def deciding_records(pairs: Table, sequels: Table) -> Table:
    """For each episode the records, besides its own, that decided how it is classified: `sequel_record_ids`."""
    joined = pairs.inner_join(sequels, EPISODE).select(
        *(pairs[c] for c in pairs.columns),
        sequels.sequel_type,
        decided_by=sequels["rank"],
        best_service=sequels.service,
        best_conclusion=sequels.conclusion,
    )
    of_step: list[tuple[str, Callable[[Table], BooleanValue]]] = [
        ("3", lambda t: cast("BooleanValue", t.follows & _is_recognised(t) & (service_weight(t) == t.best_service))),
        ("4b", lambda t: cast("BooleanValue", speaks(t) & (t.outcome_rank == t.decided_by))),
        ("4c", lambda t: cast("BooleanValue", concludes(t) & (conclusion_weight(t) == t.best_conclusion))),
        ("5", equips),
    ]
    tests = [(joined.sequel_type == step) & test(joined) for step, test in of_step]
    deciding = joined.filter(ibis.or_(*tests))
    return deciding.group_by(EPISODE).agg(sequel_record_ids=record_list(deciding, once=True))
