"""The dates and options of a run: what follows from a period, what may be given, and what is refused."""

from __future__ import annotations

from datetime import date

import ibis
import pytest

from asccld.measures import (
    PARAMETERS,
    ImpossibleDates,
    MissingForMeasure,
    UnknownMeasure,
    compute,
    measure_named,
    measure_options,
    measures,
    settings_for,
)
from asccld.measures.held import OutsideData
from asccld.processing.options import UnknownOption
from measures.golden import events, settings
from measures.made_events import COMMUNITY, PERIOD, event, made
from processing.golden import CASES

START, END = PERIOD


@pytest.mark.parametrize("case", CASES)
def test_the_dates_of_the_script_follow_from_its_period(case: str) -> None:
    given = settings(case)
    derived = settings_for(given.start, given.end)
    assert [getattr(derived, p) for p in PARAMETERS if p != "today"] == [
        getattr(given, p) for p in PARAMETERS if p != "today"
    ]


def test_the_dates_of_a_full_year_are_those_of_the_comments() -> None:
    year = settings_for(date(2023, 4, 1), date(2024, 3, 31))
    assert (year.import_after, year.import_by) == (date(2024, 3, 31), date(2024, 5, 1))
    assert year.lts001c_chain_start_before == date(2023, 3, 31)
    assert (year.ascof_2b2c_snapshot, year.ascof_2b2c_import_before) == (date(2024, 4, 1), date(2024, 5, 1))
    assert settings_for(date(2023, 4, 1), date(2024, 2, 29)).lts001c_chain_start_before == date(2023, 2, 28)


def test_no_default_depends_on_the_day_of_the_run() -> None:
    assert settings_for(START, END).today == date(9999, 1, 1)


def test_the_guide_accepts_files_of_the_whole_year() -> None:
    wide = settings_for(START, END, {"d1": "documented"})
    assert (wide.import_after, wide.import_by) == (date(2023, 3, 31), date(2024, 7, 31))
    narrow = settings_for(START, END, {"d1": "documented", "import_by": "2024-03-01"})
    assert narrow.import_by == date(2024, 3, 1)


def test_a_file_must_begin_with_the_financial_year() -> None:
    assert settings_for(date(2023, 7, 1), END).year_start == date(2023, 4, 1)
    assert settings_for(date(2022, 7, 1), END).year_start == date(2022, 7, 1)


def test_impossible_dates_are_refused() -> None:
    with pytest.raises(ImpossibleDates, match="before it starts"):
        settings_for(END, START)
    with pytest.raises(ImpossibleDates, match="No file can be imported"):
        settings_for(START, END, {"import_by": "2023-12-01"})
    with pytest.raises(ImpossibleDates, match=r"is not a day.*import_by=2024-03-01"):
        settings_for(START, END, {"import_by": "soon"})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"behavior": "documented"}, "Did you mean behaviour"),
        ({"import_bye": "2024-03-01"}, "Did you mean import_by"),
        ({"d8": "perhaps"}, "replicate, documented, notes"),
        ({"x16": "documented"}, "no other reading"),
        ({"behaviour": "both"}, "replicate, documented"),
    ],
)
def test_unknown_options_name_the_nearest(given: dict[str, str], said: str) -> None:
    with pytest.raises(UnknownOption, match=said):
        settings_for(START, END, given)


def test_two_names_of_one_switch_say_the_same() -> None:
    for name in ("d26", "x9"):
        chosen = settings_for(START, END, {name: "documented"}).options
        assert (chosen["d26"], chosen["x9"], chosen["x8"]) == ("documented", "documented", "replicate")
    with pytest.raises(UnknownOption, match="d26 and x9 are one switch"):
        settings_for(START, END, {"d26": "documented", "x9": "replicate"})


def test_every_option_is_known_to_the_measures_that_it_applies_to() -> None:
    names = {m.name for m in measures()}
    for option in measure_options():
        assert option.values[0] == option.default or option.default not in {"replicate", "documented"}, option.id
        assert set(option.applies_to) <= names, option.id
    assert "d8" in measure_named("lts001c").options
    assert "d8" not in measure_named("lts001a").options


def test_sts004_is_known_and_points_elsewhere() -> None:
    with pytest.raises(UnknownMeasure, match=r"was not carried into.*ascof_2d"):
        measure_named("STS004")
    with pytest.raises(UnknownMeasure, match="Did you mean lts001"):
        measure_named("lts01a")


def test_a_period_outside_the_data_says_what_is_there() -> None:
    con = ibis.duckdb.connect()
    collected = events(con, "small")
    with pytest.raises(OutsideData, match="hold the days from 2022-04-01 to"):
        compute(["lts001a"], collected, settings_for(date(2030, 4, 1), date(2031, 3, 31)))
    early = {"sts_import_by": "2022-01-01"}
    with pytest.raises(OutsideData, match="imported from 2023-04-12"):
        compute(["sts001"], collected, settings_for(START, END, early))
    late = {"import_after": "2025-01-01", "import_by": "2025-02-01"}
    with pytest.raises(OutsideData, match="imported from 2023-04-12"):
        compute(["lts001a"], collected, settings_for(START, END, late))
    con.disconnect()


def test_missing_columns_are_named_all_at_once() -> None:
    con = ibis.duckdb.connect()
    collected = events(con, "small").drop("ethnicity", "has_unpaid_carer")
    with pytest.raises(MissingForMeasure, match="lts001b needs has_unpaid_carer, ethnicity"):
        compute(["lts001a", "lts001b"], collected, settings("small"))
    con.disconnect()


@pytest.mark.parametrize("name", [m.name for m in measures() if m.method == "nhse-2024-03"])
def test_where_nobody_is_counted_every_council_has_zeros(name: str) -> None:
    output = measure_named(name).output("_councils" if name == "lts003" else "")
    number = next(
        c for c in output.columns if c in {"count", "total", "denominator", "total_denom"} or "total_client" in c
    )
    nobody = {"client": "nobody", "kind": "Request"}
    rows = [event("2023-05-01", **nobody), event("2023-05-01", la="102", **nobody)]
    assert made(name, output.suffix, f"la_code {number}", *rows) == [("101", 0), ("102", 0)]


def test_a_council_is_the_same_however_its_code_is_written() -> None:
    rows = [event("2023-05-01", la_code="e10", nhs="A"), event("2023-05-01", la_code="E10 ", nhs="B")]
    found = made("lts001a", "", "la_code service_type count", *rows)
    assert found == [("E10", COMMUNITY, 2)]


def test_people_are_the_same_however_their_identifier_is_written() -> None:
    rows = [event("2023-05-01", nhs="abc "), event("2023-05-01", nhs="ABC")]
    assert made("lts001a", "_people", "id record_ids", *rows) == [("ABC", "1,2")]
