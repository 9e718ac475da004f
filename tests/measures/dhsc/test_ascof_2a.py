"""ASCOF 2A: the golden cases, person by person, and the examples of the method as stories."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pytest
from ibis.backends import BaseBackend
from ibis.expr.types import Table

from asccld.engine import keeper
from asccld.measures import MeasureReference, compute_from_main
from asccld.measures.dhsc.ascof_2a_sequels import (
    build_rows,
    episodes_in_period,
    of_adults,
    of_new_clients,
    outcome_ranks,
    services,
    unusable,
    with_candidates,
    with_own_events,
)
from asccld.measures.dhsc.people import latest_people
from asccld.measures.main_table import MainSource
from measures.dhsc.golden import RUNS, expected, main, reference, same_rows, settings, stamp
from measures.dhsc.stories import main_of, measured
from measures.dhsc.stories import reference as story_reference
from processing.golden import CASES

TABLES = {"": "ASCOF_2A", "_disaggregated": "ASCOF_2A_Disaggregated"}
DENOMINATOR, BOTH, NEITHER = ("Y", "N"), ("Y", "Y"), ("N", "N")


@pytest.fixture(scope="module", params=[(c, r) for c in CASES for r in RUNS], ids="-".join)
def run(request: pytest.FixtureRequest) -> tuple[str, str]:
    return request.param


@pytest.fixture(scope="module")
def source(con: BaseBackend, run: tuple[str, str]) -> MainSource:
    case, period = run
    chosen = settings(case, f"ascof_{period}")
    return compute_from_main(["ascof_2a"], main(con, case), chosen, reference=reference(case), hold=keeper(con)).source


@pytest.fixture(scope="module")
def made(con: BaseBackend, run: tuple[str, str]) -> Mapping[str, Table]:
    return golden_tables(con, *run)


def golden_tables(con: BaseBackend, case: str, period: str) -> Mapping[str, Table]:
    chosen = settings(case, f"ascof_{period}")
    computed = compute_from_main(["ascof_2a"], main(con, case), chosen, reference=reference(case), hold=keeper(con))
    return computed["ascof_2a"]


@pytest.mark.parametrize("suffix", TABLES)
def test_published_tables(made: Mapping[str, Table], run: tuple[str, str], suffix: str) -> None:
    case, period = run
    same_rows(made[suffix], expected(case, f"{TABLES[suffix]}_{period.capitalize()}"))


def test_every_episode_is_classified_by_the_same_step(made: Mapping[str, Table], run: tuple[str, str]) -> None:
    case, period = run
    same_rows(made["_episodes"], expected(case, f"work_2A_ASCOF2A_{stamp(case, f'ascof_{period}')}"))


def test_every_episode_is_the_same(source: MainSource, run: tuple[str, str]) -> None:
    case, period = run
    found = episodes_in_period(build_rows(source.rows, _ranks(source)), source.settings)
    wanted = expected(case, f"work_2A_ST_Max_Clusters_In_period_{stamp(case, f'ascof_{period}')}")
    same_rows(found, wanted, columns_first=False)


def test_step_4_chooses_among_the_same_outcomes(
    source: MainSource, made: Mapping[str, Table], run: tuple[str, str]
) -> None:
    case, period = run
    built = build_rows(source.rows, _ranks(source))
    cohort = source.keep(of_adults(episodes_in_period(built, source.settings), latest_people(source)))
    candidates = with_candidates(cohort, of_new_clients(with_own_events(cohort, built))).to_polars()
    earlier = made["_episodes"].to_polars().filter(pl.col("sequel_type").is_in(["1", "2", "3"]))
    asked = candidates.join(earlier, on="st_max_cluster_id", how="anti")
    ranks = pl.concat(
        asked.select(pl.col("st_max_cluster_id", f"rank_{source_of}"), source=pl.lit(place))
        .rename({f"rank_{source_of}": "rank"})
        .drop_nulls()
        for place, source_of in enumerate("abc", 1)
    )
    wanted = expected(case, f"work_2A_All_Outcome_Hierarchies_{stamp(case, f'ascof_{period}')}")
    numbers = ("st_max_cluster_id", "event_outcome_hierarchy", "event_outcome_source")
    best = wanted.cast(dict.fromkeys(numbers, pl.Int64))
    best = best.group_by("st_max_cluster_id", source="event_outcome_source").agg(
        rank=pl.col("event_outcome_hierarchy").min()
    )
    assert set(ranks.rows()) == set(best.select("st_max_cluster_id", "rank", "source").rows())


def _ranks(source: MainSource) -> Table:
    return outcome_ranks(source.reference.needed("REF_Event_Outcome_Hierarchy_R2", "ascof_2a"))


@pytest.mark.parametrize("case", CASES)
def test_spark_makes_the_published_tables(spark: BaseBackend, case: str) -> None:
    made = golden_tables(spark, case, "latest")
    for suffix, name in TABLES.items():
        same_rows(made[suffix], expected(case, f"{name}_Latest"))


# ---------------------------------------------------------------- the examples of the method

COLUMNS = (
    "event_type", "service_type_cleaned", "service_component_cleaned", "event_outcome_cleaned", "event_start_date",
    "der_event_end_date", "person",
)  # fmt: skip
HEAD = " | ".join(COLUMNS)
ST = "Service | Short term support: ST-Max | Reablement"
EXAMPLES = {
    "H1: a gap of exactly 7 days is one episode; long-term support follows": (
        f"""
        {ST} | Progress to support planning or services | 2025-05-01 | 2025-05-20 | H1
        {ST} | NFA: Support ended as planned | 2025-05-27 | 2025-06-10 | H1
        Service | Long term support: Community | | | 2025-06-12 | | H1
        """,
        [("2025-05-01", "2025-06-10", "3", "Long term support: Community", DENOMINATOR)],
    ),
    "H2: a review within 7 days says what follows": (
        f"""
        {ST} | Progress to assessment, review or reassessment | 2025-07-01 | 2025-07-28 | H2
        Review | | | NFA: Information and advice or signposting | 2025-07-30 | 2025-08-02 | H2
        """,
        [("2025-07-01", "2025-07-28", "4b", "NFA: Information and advice or signposting", BOTH)],
    ),
    "H3: a review that ended as planned says nothing, and yet it is there": (
        f"""
        {ST} | NFA: Support ended as planned | 2025-07-01 | 2025-07-28 | H3
        Review | | | NFA: Support ended as planned | 2025-07-30 | 2025-08-02 | H3
        """,
        [("2025-07-01", "2025-07-28", "6", "NFA: Support ended as planned", BOTH)],
    ),
    "H4: 71 days after long-term support the client is not new": (
        f"""
        Service | Long term support: Residential care | | | 2025-01-01 | 2025-06-10 | H4
        {ST} | NFA: Other | 2025-08-20 | 2025-09-01 | H4
        """,
        [],
    ),
    "H4: 91 days after it the client is new": (
        f"""
        Service | Long term support: Residential care | | | 2025-01-01 | 2025-05-21 | H4
        {ST} | NFA: Other | 2025-08-20 | 2025-09-01 | H4
        """,
        [("2025-08-20", "2025-09-01", "4a", "NFA: Other", BOTH)],
    ),
    "H6: equipment during the episode is ongoing low level support": (
        f"""
        {ST} | | 2025-12-01 | 2025-12-20 | H6
        Service | Short term support: Other short term | Equipment | | 2025-12-10 | 2025-12-10 | H6
        """,
        [("2025-12-01", "2025-12-20", "5", "Short term support: Ongoing low level", BOTH)],
    ),
    "H7: an assessment that ended 10 days before the end ranks better": (
        f"""
        {ST} | NFA: Other | 2025-12-01 | 2025-12-20 | H7
        Assessment | | | NFA: Support declined | 2025-12-05 | 2025-12-10 | H7
        """,
        [("2025-12-01", "2025-12-20", "4c", "NFA: Support declined", NEITHER)],
    ),
    "H8: long-term support that starts on the first day follows, and does not come before": (
        f"""
        {ST} | NFA: Other | 2025-05-01 | 2025-05-20 | H8
        Service | Long term support: Community | | | 2025-05-01 | | H8
        """,
        [("2025-05-01", "2025-05-20", "3", "Long term support: Community", DENOMINATOR)],
    ),
    "an open row absorbs all that follows, so the episode does not end": (
        f"""
        {ST} | NFA: Other | 2025-05-01 | | P
        {ST} | NFA: Other | 2025-09-01 | 2025-09-20 | P
        """,
        [],
    ),
    "a short row within a long one does not part the episode": (
        f"""
        {ST} | NFA: Other | 2025-05-01 | 2025-06-30 | P
        {ST} | NFA: Support declined | 2025-05-03 | 2025-05-04 | P
        {ST} | NFA: Support ended as planned | 2025-07-07 | 2025-07-10 | P
        """,
        [("2025-05-01", "2025-07-10", "4a", "NFA: Support ended as planned", BOTH)],
    ),
    "admitted to hospital comes before whatever service follows": (
        f"""
        {ST} | Admitted to hospital | 2025-05-01 | 2025-05-20 | P
        Service | Long term support: Nursing care | | | 2025-05-21 | | P
        """,
        [("2025-05-01", "2025-05-20", "2", "Admitted to hospital", NEITHER)],
    ),
    "a stay in a care home stands for itself among the other short-term services": (
        f"""
        {ST} | NFA: Other | 2025-05-01 | 2025-05-20 | P
        Service | Short term support: Other short term | Day support | | 2025-05-21 | | P
        Service | Short term support: Other short term | Short term nursing care | | 2025-05-22 | | P
        """,
        [("2025-05-01", "2025-05-20", "3", "Short term support: Residential or Nursing care", DENOMINATOR)],
    ),
    "support of a carer follows, which is no recognised service: nothing speaks, the own outcome stands (step 6)": (
        f"""
        {ST} | NFA: Other | 2025-05-01 | 2025-05-20 | P
        Service | Unpaid carer support: Direct to unpaid carer | | NFA: Support declined | 2025-05-21 | | P
        """,
        [("2025-05-01", "2025-05-20", "6", "NFA: Other", BOTH)],
    ),
    "an assessment that ended 14 days before the end is too early": (
        f"""
        {ST} | Progress to reablement/ST-Max | 2025-12-01 | 2025-12-20 | P
        Assessment | | | NFA: Support declined | 2025-12-05 | 2025-12-06 | P
        """,
        [("2025-12-01", "2025-12-20", "6", "Progress to reablement/ST-Max", NEITHER)],
    ),
    "long-term support that starts 8 days after the end is too late": (
        f"""
        {ST} | NFA: Other | 2025-05-01 | 2025-05-20 | P
        Service | Long term support: Community | | | 2025-05-28 | | P
        """,
        [("2025-05-01", "2025-05-20", "4a", "NFA: Other", BOTH)],
    ),
    "a review with a long-term service type makes the client existing, whatever the event (Q9)": (
        f"""
        Review | Long term support: Community | | | 2025-04-20 | 2025-04-21 | P
        {ST} | NFA: Other | 2025-05-01 | 2025-05-20 | P
        """,
        [],
    ),
    "words are compared without regard to case": (
        """
        SERVICE | short term support: st-max | | nfa: OTHER | 2025-05-01 | 2025-05-20 | P
        service | SHORT TERM SUPPORT: ST-MAX | | NFA: Support Declined | 2025-05-10 | 2025-05-15 | p
        """,
        [("2025-05-01", "2025-05-20", "4a", "NFA: Other", BOTH)],
    ),
}


@pytest.mark.parametrize("story", EXAMPLES)
def test_example(con: BaseBackend, story: str) -> None:
    text, wanted = EXAMPLES[story]
    assert episodes_of(con, text) == wanted


def episodes_of(con: BaseBackend, text: str, **everywhere: str) -> list[tuple[object, ...]]:
    rows = main_of(con, f"{HEAD}\n{text.strip()}", **everywhere)
    found = measured(con, ["ascof_2a"], rows)["ascof_2a"]["_episodes"].order_by("st_max_cluster_start").to_polars()
    return [
        (
            str(r["st_max_cluster_start"]),
            str(r["st_max_cluster_end"]),
            r["sequel_type"],
            r["final_outcome"],
            (r["included_in_denom"], r["included_in_num"]),
        )
        for r in found.iter_rows(named=True)
    ]


def test_h5_death_within_a_week_comes_first(con: BaseBackend) -> None:
    october = f"{ST} | NFA: Other | 2025-10-01 | 2025-10-31 | H5"
    dead = ("2025-10-01", "2025-10-31", "1", "NFA: Deceased", NEITHER)
    assert episodes_of(con, october, date_of_death="2025-11-07") == [dead]
    alive = ("2025-10-01", "2025-10-31", "4a", "NFA: Other", BOTH)
    assert episodes_of(con, october, date_of_death="2025-11-08") == [alive]
    assert episodes_of(con, october, date_of_death="2025-09-30") == []


def test_children_do_not_count_and_unknown_ages_count_in_total_only(con: BaseBackend) -> None:
    rows = main_of(
        con,
        """
        person | der_birth_year | der_birth_month | event_outcome_cleaned | event_start_date | der_event_end_date
        child | 2008 | 5 | NFA: Other | 2025-05-01 | 2025-05-20
        adult | 2007 | 4 | NFA: Other | 2025-05-01 | 2025-05-20
        elder | 1950 | 4 | NFA: Support declined | 2025-05-01 | 2025-05-20
        somebody | | | NFA: Other | 2025-05-01 | 2025-05-20
        """,
        service_type_cleaned="Short term support: ST-Max",
    )
    found = measured(con, ["ascof_2a"], rows)["ascof_2a"][""].to_polars()
    shown = found.select("group", "numerator", "denominator", "outcome").rows()
    assert sorted(shown) == [("18 to 64", 1, 1, 100.0), ("65 and above", 0, 0, 0.0), ("Total", 2, 2, 100.0)]


def test_an_episode_names_its_own_records_and_those_that_decided(con: BaseBackend) -> None:
    rows = main_of(
        con, f"{HEAD}\n{EXAMPLES['H7: an assessment that ended 10 days before the end ranks better'][0].strip()}"
    )
    found = measured(con, ["ascof_2a"], rows)["ascof_2a"]["_episodes"].to_polars()
    assert found.select("record_ids", "sequel_record_ids").rows() == [("1", "2")]


def test_the_lists_are_those_of_the_standard() -> None:
    assert len(services()) == 7
    assert set(unusable()) >= {"Invalid and not mapped", "Release 1 specification only: Not mapped"}


def test_without_the_councils_of_april_2024_those_of_today_are_taken_and_a_note_says_so(con: BaseBackend) -> None:
    given = story_reference()
    tables = {name: table for name, table in given.tables.items() if not name.endswith("April_2024")}
    rows = main_of(con, f"{HEAD}\n{ST} | NFA: Other | 2025-05-01 | 2025-05-20 | P")
    made = measured(con, ["ascof_2a"], rows, lookups=MeasureReference(tables))
    assert made["ascof_2a"][""].to_polars()["la_name"].unique().to_list() == ["Exampleshire"]
    assert "REF_ONS_Codes_LA_Region_Lookup_April_2024 is not there" in made.source.notes[0]
