"""ASCOF 2D: the golden cases, episode by episode, and the rules of the method as stories."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest
from ibis.backends import BaseBackend
from ibis.expr.types import Table

from asccld.engine import keeper
from asccld.measures import MissingReference, compute_from_main
from measures.dhsc.golden import RUNS, expected, main, reference, same_rows, settings, stamp
from measures.dhsc.stories import main_of, measured
from measures.dhsc.stories import reference as told
from processing.golden import CASES

TABLES = {
    "_part1": "Part1",
    "_part1_demographics": "Part1_Demographics",
    "_part2": "Part2",
    "_part2_demographics": "Part2_Demographics",
    "_venn": "Venn",
}


@pytest.fixture(scope="module", params=[(c, r) for c in CASES for r in RUNS], ids="-".join)
def run(request: pytest.FixtureRequest) -> tuple[str, str]:
    return request.param


@pytest.fixture(scope="module")
def made(con: BaseBackend, run: tuple[str, str]) -> Mapping[str, Table]:
    return golden_tables(con, *run)


def golden_tables(con: BaseBackend, case: str, period: str) -> Mapping[str, Table]:
    chosen = settings(case, f"ascof_2d_{period}")
    computed = compute_from_main(["ascof_2d"], main(con, case), chosen, reference=reference(case), hold=keeper(con))
    return computed["ascof_2d"]


@pytest.mark.parametrize("suffix", TABLES)
def test_published_tables(made: Mapping[str, Table], run: tuple[str, str], suffix: str) -> None:
    case, period = run
    same_rows(made[suffix], expected(case, f"ASCOF2D_{TABLES[suffix]}_{period.capitalize()}"))


def test_every_episode_has_the_same_outcomes(made: Mapping[str, Table], run: tuple[str, str]) -> None:
    case, period = run
    same_rows(made["_episodes"], expected(case, f"work_2D_Discharge_With_Outcome_{stamp(case, f'ascof_2d_{period}')}"))


def test_spark_makes_the_published_tables(spark: BaseBackend) -> None:
    found = golden_tables(spark, "pathways", "latest")
    for suffix, name in TABLES.items():
        same_rows(found[suffix], expected("pathways", f"ASCOF2D_{name}_Latest"))


# ---------------------------------------------------------------- the rules as stories

SPELL = {
    "Der_DHSC_Pseudo_NHS_Number": "P", "APCS_Ident": "1", "APCS_Last_Ep_Ind": "1", "Admission_Date": "2025-04-28",
    "Discharge_Date": "2025-05-03", "Month_of_Birth_SUS": "5", "Year_of_Birth_SUS": "1950", "Sex": "2",
    "Der_Postcode_LSOA_2011_Code": "E01000001", "Admission_Method": "21", "Discharge_Method": "1",
    "Discharge_Destination": "19", "Der_Management_Type": "EM", "Treatment_Function_Code": "300",
}  # fmt: skip
REABLEMENT = """
person | event_start_date | der_event_end_date | service_type_cleaned | service_component_cleaned
P | 2025-05-08 | 2025-06-10 | Short term support: ST-Max | Reablement
"""
YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def spell(number: int, admitted: str, discharged: str, **codes: str | None) -> dict[str, str | None]:
    return SPELL | {"APCS_Ident": str(number), "Admission_Date": admitted, "Discharge_Date": discharged} | codes


def tables(
    con: BaseBackend, story: str, spells: list[dict[str, str | None]], **everywhere: str
) -> Mapping[str, pl.DataFrame]:
    episodes = pl.DataFrame(spells, schema=dict.fromkeys(SPELL, pl.String)).rename(str.lower)
    areas = {"lsoa_code_2011": ["E01000001", "W01000001"], "utla_code_2023": ["E10000001", "W06000001"]}
    areas |= {"utla_name_2023": ["Exampleshire", "Elsewhere"]}
    given = told(ASCOF2D_SUS=episodes, REF_ONS_LSOA11_UTLA23_Lookup=pl.DataFrame(areas))
    found = measured(con, ["ascof_2d"], main_of(con, story, **everywhere), lookups=given, period=YEAR)["ascof_2d"]
    return {suffix: found[suffix].to_polars() for suffix in found}


def discharge_days(found: Mapping[str, pl.DataFrame]) -> list[str]:
    return [str(day) for day in found["_episodes"]["discharge_date"]]


def total(found: Mapping[str, pl.DataFrame], suffix: str, *columns: str) -> tuple[Any, ...]:
    here = found[suffix].filter(area="Exampleshire", client_type="Total")
    return here.select(columns).row(0)


def test_the_example_of_the_method(con: BaseBackend) -> None:
    spells = [
        spell(1, "2025-04-28", "2025-05-03"),  # A
        spell(2, "2025-05-06", "2025-05-09"),  # B
        spell(3, "2025-05-09", "2025-05-11"),  # C: admitted after the start
    ]
    found = tables(con, REABLEMENT, spells)
    assert discharge_days(found) == ["2025-05-09"]
    assert total(found, "_part2", "discharges", "reablement_count", "outcome_percent") == (3, 1, 33.33)


@pytest.mark.parametrize(
    ("discharged", "is_linked"),
    [("2025-04-30", False), ("2025-05-01", True), ("2025-05-11", True), ("2025-05-12", False)],
)
def test_a_discharge_lies_from_a_week_before_to_three_days_after_the_start(
    con: BaseBackend, discharged: str, is_linked: bool
) -> None:
    found = tables(con, REABLEMENT, [spell(1, "2025-04-28", discharged)])
    assert discharge_days(found) == ([discharged] if is_linked else [])


def test_spells_that_end_on_the_same_day_are_all_linked(con: BaseBackend) -> None:
    """Also one that began after the episode: the slices count it twice, the total and the council once (Q11)."""
    spells = [spell(1, "2025-05-01", "2025-05-10"), spell(2, "2025-05-09", "2025-05-10", Sex="1")]
    died = tables(con, REABLEMENT, spells, date_of_death="2025-06-01")
    assert total(died, "_part1", "denominator", "numerator", "died") == (1, 0, 1)
    slices = died["_part1_demographics"].filter(area="England", client_type="Total", denominator=1)["slice"]
    assert sorted(slices) == ["75-84", "Female", "Male", "Total"]
    assert total(died, "_venn", "total_death", "death_only") == (2, 2)


@pytest.mark.parametrize(
    ("death", "combination"), [("2025-05-03", "100"), ("2025-07-26", "100"), ("2025-07-27", "000")]
)
def test_deaths_count_for_84_days_from_the_discharge(con: BaseBackend, death: str, combination: str) -> None:
    found = tables(con, REABLEMENT, [spell(1, "2025-04-28", "2025-05-03")], date_of_death=death)
    assert list(found["_episodes"]["outcome_combo"]) == [combination]


@pytest.mark.parametrize(
    ("again", "codes", "combination"),
    [
        ("2025-05-08", {}, "000"),  # not after the start of the episode
        ("2025-05-09", {}, "010"),
        ("2025-07-26", {}, "010"),
        ("2025-07-27", {}, "000"),
        ("2025-06-01", {"Der_Management_Type": "EL"}, "000"),
        ("2025-06-01", {"Discharge_Method": "5"}, "000"),
        ("2025-06-01", {"Discharge_Method": None}, "000"),
        ("2025-06-01", {"APCS_Last_Ep_Ind": "2"}, "000"),
    ],
)
def test_readmissions(con: BaseBackend, again: str, codes: dict[str, str | None], combination: str) -> None:
    later = spell(2, again, "2025-12-30", Year_of_Birth_SUS=None, **codes)
    found = tables(con, REABLEMENT, [spell(1, "2025-04-28", "2025-05-03"), later])
    assert list(found["_episodes"]["outcome_combo"]) == [combination]


@pytest.mark.parametrize(
    ("start", "combination"),
    [("2025-05-02", "000"), ("2025-05-03", "001"), ("2025-07-26", "001"), ("2025-07-27", "000")],
)
def test_care_homes_at_any_council_count(con: BaseBackend, start: str, combination: str) -> None:
    home = f"P | {start} | | Long term support: Nursing care |"
    found = tables(con, f"{REABLEMENT.strip()}\n{home}", [spell(1, "2025-04-28", "2025-05-03")])
    assert list(found["_episodes"]["outcome_combo"]) == [combination]


@pytest.mark.parametrize(
    ("support", "kinds"),
    [
        ("Long term support: Community", ["Those in LT community support"]),
        ("Long term support: Prison", []),
        ("Long term support: Residential care", []),
        ("Short term support: Ongoing low level", ["Those not in any LTS"]),
    ],
)
def test_support_on_the_day_of_admission_decides_the_client_type(
    con: BaseBackend, support: str, kinds: list[str]
) -> None:
    open_then = f"P | 2025-01-01 | 2025-04-28 | {support} |"
    found = tables(con, f"{REABLEMENT.strip()}\n{open_then}", [spell(1, "2025-04-28", "2025-05-03")])
    assert list(found["_episodes"]["client_type"]) == kinds


@pytest.mark.parametrize(
    "codes",
    [
        {"Admission_Method": "31"},
        {"Admission_Method": None},
        {"Discharge_Method": "4"},
        {"Discharge_Destination": "88"},
        {"Treatment_Function_Code": "653"},
        {"Treatment_Function_Code": "710"},
        {"Treatment_Function_Code": "840"},
        {"APCS_Last_Ep_Ind": "0"},
        {"Admission_Date": "2025-05-03"},
        {"Admission_Date": "2023-03-31"},
        {"Year_of_Birth_SUS": "1961"},
        {"Month_of_Birth_SUS": None},
        {"Der_Postcode_LSOA_2011_Code": "W01000001"},
        {"Der_Postcode_LSOA_2011_Code": "E01999999"},
        {"Der_DHSC_Pseudo_NHS_Number": None},
    ],
    ids=str,
)
def test_discharges_that_do_not_count(con: BaseBackend, codes: dict[str, str | None]) -> None:
    found = tables(con, REABLEMENT, [spell(1, "2025-04-28", "2025-05-03") | codes])
    assert found["_episodes"].height == 0
    assert total(found, "_part1", "denominator", "outcome_percent") == (None, None)
    assert total(found, "_part2", "discharges") == (None,)
    assert total(found, "_venn", "total_death", "all_3_outcomes") == (0, 0)


def test_codes_that_a_file_keeps_as_numbers_with_decimals_are_the_same(con: BaseBackend) -> None:
    numbers: dict[str, str | None] = {
        "APCS_Last_Ep_Ind": "1.0",
        "Discharge_Method": "1.0",
        "Year_of_Birth_SUS": "1950.0",
    }
    found = tables(con, REABLEMENT, [spell(1, "2025-04-28 00:00:00", "2025-05-03 00:00:00") | numbers])
    assert discharge_days(found) == ["2025-05-03"]


def test_a_council_is_found_by_the_name_under_which_it_submits(con: BaseBackend) -> None:
    areas = {"lsoa_code_2011": ["E01000001"], "utla_code_2023": ["E06000047"], "utla_name_2023": ["County Durham"]}
    episodes = pl.DataFrame([spell(1, "2025-04-28", "2025-05-03")], schema=dict.fromkeys(SPELL, pl.String))
    councils = {"la_code": ["116"], "la_name": ["Durham"], "region": ["North East"], "la_area_code": ["E06000047"]}
    given = told(
        ASCOF2D_SUS=episodes.rename(str.lower),
        REF_ONS_LSOA11_UTLA23_Lookup=pl.DataFrame(areas),
        REF_ONS_Codes_LA_Region_Lookup=pl.DataFrame(councils),
    )
    rows = main_of(con, REABLEMENT, la_code="116", la_name="Durham")
    found = measured(con, ["ascof_2d"], rows, lookups=given, period=YEAR)["ascof_2d"]["_part2"].to_polars()
    assert found.filter(area="Durham", client_type="Total")["discharges"].item() == 1


def test_without_hospital_episodes_the_message_says_what_to_give(con: BaseBackend) -> None:
    made = measured(con, ["ascof_2d"], main_of(con, REABLEMENT), period=YEAR)["ascof_2d"]
    with pytest.raises(MissingReference, match="ASCOF2D_SUS") as error:
        _ = made["_part1"]
    assert "--reference" in str(error.value.remedy)
