"""ASCOF 2D: people aged 65 and over who are discharged from hospital into reablement, and what became of them.

Method: DHSC ASCOF 2D (dhsc-2026-06), from the joined main table, the latest person details and a table of hospital
episodes. Counting unit: episodes of reablement in part 1, discharges in part 2. The period selects days of discharge.
Columns in: see `asccld measures show ascof_2d`. Known limitations: an episode with two spells of different sex or age
counts in both slices, and twice in the overlap table (Q11); part 2 divides episodes by the council that gave the
reablement through discharges by the council of residence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, Table

from asccld.measures.dhsc.ascof_2d_figures import overlap, part_1, part_2, without_slices
from asccld.measures.dhsc.hospital import discharges, emergency_admissions, hospital_rows
from asccld.measures.dhsc.people import latest_people
from asccld.measures.dhsc.reablement import EPISODE, NO_RANK, days, st_max_episodes, with_filled_ends
from asccld.measures.main_table import PERSON, PERSON_ID, MainSource
from asccld.measures.references import AREAS, HOSPITAL
from asccld.measures.settings import Settings
from asccld.measures.source import RECORD, in_list, with_record_ids
from asccld.processing.run import Tables
from asccld.processing.text import same, starts

NAME = "ascof_2d"
ST_MAX, REABLEMENT = "Short term support: ST-Max", "Reablement"
NURSING, RESIDENTIAL, PRISON, COMMUNITY = (
    "Long term support: Nursing care",
    "Long term support: Residential care",
    "Long term support: Prison",
    "Long term support: Community",
)
_SHOWN = (
    EPISODE, PERSON_ID, "client_type", "area", "gender", "der_age_grouped", "outcome_combo", "deaths_cluster_flag",
    "readmissions_cluster_flag", "lts_cluster_flag", "isnumerator", "la_code", "st_max_cluster_start",
    "st_max_cluster_end", "discharge_date", "record_ids",
)  # fmt: skip
_CLEAN = (
    RECORD, "la_code", "la_name", "person", PERSON_ID, "event_type", "event_start_date", "event_end_date",
    "service_type_cleaned", "service_component_cleaned", "event_outcome_cleaned", "event_outcome_hierarchy",
    "date_of_death",
)  # fmt: skip


def ascof_2d(source: MainSource, settings: Settings) -> Mapping[str, Table]:
    """Parts 1 and 2, each by slice and in total, the overlap of outcomes, and the episodes one by one."""
    found = lambda: outcomes(source, settings)  # noqa: E731 - computed when a table asks for it
    of_part_1 = lambda: part_1(source, found())  # noqa: E731
    of_part_2 = lambda: part_2(source, found(), _discharges(source, settings))  # noqa: E731
    return Tables(
        {
            "_part1": lambda: without_slices(of_part_1()),
            "_part1_demographics": of_part_1,
            "_part2": lambda: without_slices(of_part_2()),
            "_part2_demographics": of_part_2,
            "_venn": lambda: overlap(source, found()),
            "_episodes": lambda: found().select(*_SHOWN),
        }
    )


# ---------------------------------------------------------------- people and their support


def clean_rows(main: Table, people: Table, settings: Settings) -> Table:
    """The services of clients who had not died before the period, as the latest details have it; open ends filled."""
    rows = main.filter(
        same(main.client_type_cleaned, "Service user"),
        main[PERSON_ID].notnull(),
        main.service_type_cleaned.notnull(),
        main.der_event_end_date.isnull() | (main.der_event_end_date >= main.event_start_date),
    ).drop("date_of_death")
    joined = with_filled_ends(rows).left_join(people.select(*PERSON, "date_of_death"), list(PERSON))
    alive = joined.filter(joined.date_of_death.isnull() | (joined.date_of_death >= settings.start))
    return alive.select(*_CLEAN)


def long_term_support(rows: Table) -> Table:
    """Spells of long-term support: person, first, last, and which of the kinds that matter it is."""
    kept = rows.filter(starts(rows.service_type_cleaned, "Long"))
    kind = kept.service_type_cleaned
    spells = kept.select(
        "person",
        first=kept.event_start_date,
        last=kept.event_end_date,
        is_community=same(kind, COMMUNITY),
        is_care_home=in_list(kind, NURSING, RESIDENTIAL),
        is_prison=same(kind, PRISON),
    )
    return spells.filter(spells.is_community | spells.is_care_home | spells.is_prison)


def reablement_episodes(rows: Table) -> Table:
    """Episodes of reablement, of all time: as in ASCOF 2A, but of the component `Reablement` only."""
    kept = rows.filter(
        same(rows.event_type, "Service"),
        same(rows.service_type_cleaned, ST_MAX),
        same(rows.service_component_cleaned, REABLEMENT),
    )
    ranked = kept.mutate(
        event_outcome=kept.event_outcome_cleaned, outcome_rank=kept.event_outcome_hierarchy.fill_null(NO_RANK)
    )
    episodes = st_max_episodes(ranked, days(NAME, "gap within an episode"))
    died = kept.group_by(*PERSON).agg(date_of_death=kept.date_of_death.max())
    joined = episodes.left_join(died, list(PERSON))
    return joined.select(*(episodes[c] for c in episodes.columns), died.date_of_death)


def _clean(source: MainSource, settings: Settings) -> Table:
    return clean_rows(source.rows, latest_people(source), settings)


def _support(source: MainSource, settings: Settings) -> Table:
    return source.shared("ascof_2d long-term", lambda: _support_of_patients(source, settings))


def _support_of_patients(source: MainSource, settings: Settings) -> Table:
    """The long-term support of those who were in hospital: that of others decides nothing."""
    patients = _hospital(source).select("person").distinct()
    return cast("Table", long_term_support(_clean(source, settings)).semi_join(patients, "person"))


def _hospital(source: MainSource) -> Table:
    return source.shared("ascof_2d hospital", lambda: hospital_rows(source.reference.needed(HOSPITAL, NAME)))


def _discharges(source: MainSource, settings: Settings) -> Table:
    return source.shared("ascof_2d discharges", lambda: _counted_discharges(source, settings))


def _counted_discharges(source: MainSource, settings: Settings) -> Table:
    hospital, areas = _hospital(source), source.reference.needed(AREAS, NAME)
    return discharges(hospital, _support(source, settings), areas, settings)


# ---------------------------------------------------------------- link and outcomes


def linked(spells: Table, episodes: Table) -> Table:
    """Every spell that ends on the day of discharge that belongs to an episode of the same person.

    That is the latest one from a week before the episode to three days into it, of a spell that began no later than
    the episode.
    """
    pairs = spells.inner_join(episodes, "person").select(
        *(spells[c] for c in spells.columns), *(episodes[c] for c in episodes.columns if c != "person")
    )
    start = pairs.st_max_cluster_start
    first = start - ibis.interval(days=days(NAME, "discharge before an episode"))
    last = start + ibis.interval(days=days(NAME, "discharge after the start of an episode"))
    near = pairs.discharge_date.between(first.cast("date"), last.cast("date")) & (pairs.admission_date <= start)
    latest = pairs.filter(near).group_by(EPISODE).agg(discharge_date=ibis.deferred.discharge_date.max())
    return cast("Table", pairs.semi_join(latest, [EPISODE, "discharge_date"]))


def with_outcomes(pairs: Table, readmissions: Table, support: Table) -> Table:
    """One row for each episode, client type, gender and age group, with what became of the person in twelve weeks."""
    kept = pairs.group_by(EPISODE, "person", "la_code", "client_type", "gender", "der_age_grouped").agg(
        area=pairs.la_name.min(),
        **{
            name: pairs[name].min()
            for name in (PERSON_ID, "st_max_cluster_start", "st_max_cluster_end", "discharge_date", "date_of_death",
                         "record_ids")
        },
    )  # fmt: skip
    again = kept.inner_join(readmissions, "person")
    readmitted = again.filter(
        again.readmission_date > again.st_max_cluster_start,
        again.readmission_date > again.discharge_date,
        again.readmission_date <= _last_day(again),
    )
    homes = support.filter(support.is_care_home).select("person", moved_on=support["first"])
    moves = kept.inner_join(homes, "person")
    moved = moves.filter(moves.moved_on >= moves.discharge_date, moves.moved_on <= _last_day(moves))
    died = (kept.date_of_death >= kept.discharge_date) & (kept.date_of_death <= _last_day(kept))
    flags = {"readmissions_cluster_flag": readmitted, "lts_cluster_flag": moved}
    told = kept.mutate(deaths_cluster_flag=_flag(cast("BooleanValue", died)))
    for name, where in flags.items():
        told = _with_flag(told, name, where)
    return _with_combination(told)


def _last_day(rows: Table) -> ibis.Value:
    return (rows.discharge_date + ibis.interval(days=days(NAME, "outcome after a discharge"))).cast("date")


def _flag(condition: BooleanValue) -> ibis.Value:
    return condition.fill_null(False).ifelse(1, 0)


def _with_flag(rows: Table, name: str, where: Table) -> Table:
    found = where.select(EPISODE).distinct().mutate(found=True)
    joined = rows.left_join(found, EPISODE)
    return joined.select(*(rows[c] for c in rows.columns), **{name: _flag(cast("BooleanValue", found.found))})


def _with_combination(rows: Table) -> Table:
    parts = [rows[c].cast("string") for c in ("deaths_cluster_flag", "readmissions_cluster_flag", "lts_cluster_flag")]
    combined = rows.mutate(outcome_combo=parts[0] + parts[1] + parts[2])
    return combined.mutate(isnumerator=(combined.outcome_combo == "000").ifelse(1, 0))


def outcomes(source: MainSource, settings: Settings) -> Table:
    """Episodes that follow a discharge in the period, with their outcomes."""
    return source.shared("ascof_2d outcomes", lambda: _outcomes(source, settings))


def _outcomes(source: MainSource, settings: Settings) -> Table:
    pairs = linked(_discharges(source, settings), reablement_episodes(_clean(source, settings)))
    readmissions = emergency_admissions(_hospital(source), settings)
    return with_outcomes(with_record_ids(pairs), readmissions, _support(source, settings))
