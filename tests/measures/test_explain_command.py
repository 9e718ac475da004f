"""`asccld explain`: who is counted in a figure, and the records behind them, without naming anybody."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from asccld.cli import main
from asccld.measures.explaining import UnknownCell, cell_of
from commonly import Run
from measures.golden import FOLDER

EVENTS = FOLDER / "small" / "input" / "CLD_R1_Raw.parquet"
GIVEN = ("--events", str(EVENTS), "--start", "2023-04-01", "--end", "2023-12-31")


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    with pytest.raises(SystemExit):
        main(["measure", "lts001a", "lts001b", "sts001", "nhse_ascof_2a", *GIVEN, "--out", str(folder)])
    return folder


def answered(run: Run, *arguments: object) -> list[dict[str, Any]]:
    code, printed, said = run("explain", *arguments, "--json")
    assert code == 0, said
    return json.loads(printed)


def table(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(folder / f"{name}.csv", infer_schema=False)


@pytest.mark.parametrize("made_before", [True, False])
def test_every_cell_of_a_table_has_as_many_people_as_it_says(run: Run, figures: Path, made_before: bool) -> None:
    where = ("--from", figures) if made_before else GIVEN
    cells = table(figures, "lts001a").head(4 if made_before else 1)
    for row in cells.iter_rows(named=True):
        cell = ",".join(f"{c}={row[c] or ''}" for c in cells.columns if c != "count")
        (found,) = answered(run, "lts001a", "--cell", cell, *where)
        assert found["counted"] == int(row["count"])
        assert {r["table"] for r in found["rows"]} == {row["table"]}
        assert found["records"] == [] if made_before else found["records"]


def test_the_records_behind_a_figure_are_those_that_the_table_names(run: Run, figures: Path) -> None:
    (found,) = answered(run, "lts001a", "--from", figures, "--events", EVENTS, "--cell", "la_code=208", "--limit", 5)
    assert (len(found["rows"]), found["counted"] > 5) == (5, True)
    named = {i for row in found["rows"] for i in row["record_ids"].split(",")}
    assert {r["der_unique_record_id"] for r in found["records"]} == named
    assert all(r["service_type"].startswith("Long Term Support") for r in found["records"])
    assert not {"der_birth_year", "date_of_death", "der_nhs_number_traced_pseudo"} & set(found["records"][0])


def test_what_followed_is_behind_a_figure_too(run: Run, figures: Path) -> None:
    found = answered(run, "sts001", "--from", figures, "--events", EVENTS, "--cell", "record_type=2", "--limit", 0)
    types = {r["event_type"] for answer in found for r in answer["records"]}
    assert {text.lower() for text in types} == {"request", "service"}


def test_columns_that_follow_the_official_ones_tell_a_figure_too(run: Run, figures: Path) -> None:
    (found,) = answered(run, "nhse_ascof_2a", "--from", figures, "--cell", "la_code=208,in_denominator=true")
    counts = table(figures, "nhse_ascof_2a").filter(pl.col("la_code") == "208")
    assert found["counted"] == int(counts["denominator"][0])


def test_a_person_is_found_in_every_table_where_they_count(run: Run, figures: Path) -> None:
    person = table(figures, "lts001b_2_people")["id"][0]
    found = answered(run, "lts001b", "--from", figures, "--person", person)
    assert "lts001b_2_people" in [answer["table"] for answer in found]
    assert {row["id"] for answer in found for row in answer["rows"]} == {person}


def test_a_value_may_hold_commas_and_capitals_do_not_matter(run: Run, figures: Path) -> None:
    assert cell_of(["la_code=1, ethnicity=White - English, Welsh, Scottish", "TABLE=3a"]) == {
        "la_code": "1",
        "ethnicity": "White - English, Welsh, Scottish",
        "table": "3a",
    }
    lower, upper = (
        answered(run, "lts001a", "--from", figures, "--cell", f"service_type={text}")[0]["counted"]
        for text in ("long term support: community", "LONG TERM SUPPORT: COMMUNITY")
    )
    assert lower == upper > 0


def test_a_cell_in_which_nobody_counts_is_an_answer(run: Run, figures: Path) -> None:
    cell = "la_code=201,table=1a,service_type=Long Term Support: Nursing Care,primary_support_reason=Unknown"
    (found,) = answered(run, "lts001a", "--from", figures, "--cell", cell)
    assert (found["counted"], found["rows"]) == (0, [])


def test_a_table_is_printed_and_what_is_left_out_is_said(run: Run, figures: Path) -> None:
    code, printed, said = run("explain", "lts001a", "--from", figures, "--cell", "la_code=208", "--limit", 3)
    assert code == 0
    assert printed.splitlines()[0].startswith("la_code  primary_support_reason")
    assert len(printed.splitlines()) == 4
    assert "the first 3 are shown, --limit 0 shows all" in said


def test_an_nhs_number_in_place_of_a_pseudonym_is_hidden(run: Run, tmp_path: Path) -> None:
    people = pl.DataFrame(
        {
            "la_code": ["201"],
            "primary_support_reason": ["SW1A 1AA, born 07/11/1931"],
            "id": ["9990000018"],
            "record_ids": ["1234567890,2"],
        }
    )
    people.write_csv(tmp_path / "lts001a_people.csv")
    code, printed, said = run("explain", "lts001a", "--from", tmp_path, "--cell", "la_code=201")
    assert code == 0
    assert "9990000018" not in printed + said
    assert "1931" not in printed + said
    assert printed.count("(hidden)") == 2
    assert "1234567890,2" in printed
    code, printed, said = run("explain", "lts001a", "--from", tmp_path, "--person", "9990000026")
    assert (code, "9990000026" in printed + said) == (2, False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lts001a", "--cell", "la_code=201"), "There is no input"),
        (("lts001a", *GIVEN), "Nothing to explain"),
        (("lts001a", *GIVEN, "--cell", "la_code=201", "--person", "x"), "two questions"),
        (("lts001a", *GIVEN, "--cell", "la_code"), "is not COLUMN=VALUE"),
        (("lts001a", *GIVEN, "--cell", "lacode=201"), "Did you mean la_code?"),
        (("lts001a", *GIVEN, "--cell", "la_code=999"), "There are: 201, 208, 215"),
        (("lts001b", *GIVEN, "--cell", "ethnicity=x,has_unpaid_carer=Yes"), "No table has all these columns"),
        (
            ("lts001a", *GIVEN, "--cell", "service_type=Long Term Support: Comunity"),
            "Did you mean Long Term Support",
        ),
        (("lts001a", *GIVEN, "--person", "nobody"), "Nobody with that identifier"),
        (("lts001a", *GIVEN, "--cell", "la_code=201", "--option", "x14=documented"), "changes nothing"),
        (("lts001x", *GIVEN, "--cell", "la_code=201"), "Did you mean lts001"),
        (("lts001a", "--from", ".", "--cell", "la_code=201"), "There is no lts001a_people.csv in the folder"),
        (("lts001a", "--from", ".", "--events", "x", "--store", "y", "--cell", "la_code=201"), "There are two inputs"),
    ],
)
def test_what_cannot_be_explained_says_why(run: Run, arguments: tuple[str, ...], said: str) -> None:
    code, printed, told = run("explain", *arguments)
    assert (code, printed) == (2, "")
    assert said in told


def test_a_cell_without_a_column_is_refused() -> None:
    with pytest.raises(UnknownCell, match="is not COLUMN=VALUE"):
        cell_of(["=1"])


SINGLE = FOLDER / "small" / "expected" / "dhsc_single_4_main_CLD_250401_260331_SingleSubmissions.csv"
JOINED = FOLDER / "small" / "expected" / "dhsc_joined_4_main_CLD_230401_260331_JoinedSubmissions.csv"
YEAR = ("--start", "2025-04-01", "--end", "2026-03-31")


@pytest.mark.parametrize(
    ("name", "main_table", "columns"),
    [
        ("costs", SINGLE, ("weeks_of_service", "total_cost_period", "gross_commitment_per_year")),
        ("waiting_times", JOINED, ("stat_reporting_period_start_part1", "stat_reporting_period_end_part1")),
    ],
)
def test_amounts_and_quarters_are_shown_although_they_are_read_as_text(
    run: Run, tmp_path: Path, name: str, main_table: Path, columns: tuple[str, ...]
) -> None:
    assert run("measure", name, "--main", main_table, *YEAR, "--out", tmp_path)[0] == 0
    council = table(tmp_path, name)["la_code"][0]
    (found,) = answered(run, name, "--from", tmp_path, "--cell", f"la_code={council}", "--limit", 0)
    shown = [row[c] for row in found["rows"] for c in columns]
    assert found["rows"]
    assert "(hidden)" not in shown
    assert any(shown)


def test_an_identifier_in_a_column_of_amounts_is_hidden_all_the_same(run: Run, tmp_path: Path) -> None:
    rows = "la_code,der_nhs_la_combined_person_id,unit_cost,record_ids\n208,A,1453.22,1\n208,B,9434765919,2\n"
    (tmp_path / "services.csv").write_text(rows, encoding="utf-8")
    (found,) = answered(run, "services", "--from", tmp_path, "--cell", "la_code=208")
    assert [row["unit_cost"] for row in found["rows"]] == ["1453.22", "(hidden)"]


def test_an_input_without_the_records_is_told_of(run: Run, tmp_path: Path) -> None:
    rows = "la_code,der_nhs_la_combined_person_id,record_ids\n208,A,999999991\n"
    (tmp_path / "ascof_2e_people.csv").write_text(rows, encoding="utf-8")
    for suffix in ("_unknown_people",):
        (tmp_path / f"ascof_2e{suffix}.csv").write_text(rows, encoding="utf-8")
    code, printed, said = run("explain", "ascof_2e", "--from", tmp_path, "--main", JOINED, "--cell", "la_code=208")
    assert code == 0
    assert "The records behind them" not in printed
    assert "The input does not hold 1 of 1 record: is it that of the tables?" in said


def test_a_record_that_is_response_and_service_is_named_once(run: Run, tmp_path: Path) -> None:
    assert run("measure", "waiting_times", "--main", JOINED, *YEAR, "--out", tmp_path)[0] == 0
    lists = table(tmp_path, "waiting_times_person")["record_ids"].str.split(",")
    assert (lists.list.len() == lists.list.n_unique()).all()
    assert lists.list.len().max() == 3


def test_costs_have_the_decimals_of_the_method(run: Run, tmp_path: Path) -> None:
    assert run("measure", "costs", "--main", SINGLE, *YEAR, "--out", tmp_path)[0] == 0
    amounts = ("cost_per_week", "weeks_of_service", "total_cost_period", "gross_commitment_per_year")
    decimals = [
        table(tmp_path, "costs")[c].drop_nulls().str.split(".").list.get(1).str.len_chars().max() for c in amounts
    ]
    assert all(int(str(n)) <= 8 for n in decimals)
