"""The national data-quality values table.

Source: DHSC create_GetDQValues_procedure.sql; columns and masking in dq_fields.csv.
"""

import polars as pl

from validation.reference import table
from validation.spec import STANDARD, Row, result_of, valid_row

COLUMNS = ["la_name", "la_code", "module", "datafield", "fieldstatus", "fieldvalidity", "value", "count"]
ROWS: list[Row] = [
    valid_row("r2", 0, "Review"),
    {**valid_row("r2", 1, "Review"), "method_of_review": ""},
    {**valid_row("r2", 2, "Review"), "method_of_review": "Carer only", "event_description": "fell"},
]


def dq_values(rows: list[Row] = ROWS, release: str = "r2") -> pl.DataFrame:
    found = result_of(rows, release=release, dq_values=True).dq_values
    assert found is not None
    return found


def test_the_table_is_made_only_when_asked_for() -> None:
    assert result_of(ROWS).dq_values is None


def test_the_columns_are_the_national_ones() -> None:
    assert dq_values().columns == COLUMNS


def test_the_example_of_the_method() -> None:
    about = dq_values().filter(datafield="Method_of_Review").select("la_name", "fieldvalidity", "value", "count")
    assert sorted(about.rows(), key=str) == [
        ("England", "Failed: Blank (Mandatory)", None, 1),
        ("England", "Failed: Release 1", None, 1),
        ("England", "Passed: Valid", None, 1),
        ("Lincolnshire", "Failed: Blank (Mandatory)", None, 1),
        ("Lincolnshire", "Failed: Release 1", "Carer only", 1),
        ("Lincolnshire", "Passed: Valid", "Service user only", 1),
    ]


def test_fields_and_modules_are_the_national_ones_in_their_order() -> None:
    council = dq_values().filter(pl.col("la_code") == "503").select("module", "datafield").unique(maintain_order=True)
    published = [(row["Module"], row["DataField"]) for row in table("dq_fields.csv")]
    assert council.rows() == published


def test_identifying_fields_are_masked_and_descriptions_are_left_out() -> None:
    found = dq_values().filter(pl.col("la_code") == "503")
    for row in table("dq_fields.csv"):
        values = set(found.filter(datafield=row["DataField"])["value"])
        if "masked" in row["Value_shown"] or row["DataField"] == "Date_of_Death":
            assert values == {"N/A - PID"}, row["DataField"]
        elif "NULL" in row["Value_shown"]:
            assert values == {None}, row["DataField"]
        else:
            assert "N/A - PID" not in values


def test_england_has_the_same_counts_without_values() -> None:
    found = dq_values()
    keys = ["module", "datafield", "fieldstatus", "fieldvalidity"]
    council, england = (
        found.filter(pl.col("la_code") == code).group_by(keys).agg(pl.col("count").sum()).sort(keys)
        for code in ("503", "99999")
    )
    assert council.equals(england)
    only = found.filter(pl.col("la_code") == "99999")
    assert set(only["la_name"]) == {"England"}
    assert set(only["value"]) == {None}


def test_values_are_as_submitted_and_cut_to_255_characters() -> None:
    rows: list[Row] = [{**valid_row("r2", 0), "gender": " male", "ethnicity": "x" * 300}]
    assert values_of(rows, "Gender", show_identifiers=False) == {" male"}
    assert values_of(rows, "Ethnicity", show_identifiers=True) == {"x" * 255}
    assert values_of(rows, "Ethnicity", show_identifiers=False) == {"N/A - PID"}


def test_every_field_has_every_row_once() -> None:
    for release in ("r1", "r2"):
        rows: list[Row] = [valid_row(release, n, kind) for n, kind in enumerate(("Request", "Review", "Service"))]
        sums = dq_values(rows, release).group_by("la_code", "datafield").agg(pl.col("count").sum())
        assert set(sums["count"]) == {3}
        in_table = sum(field.module_order is not None for field in STANDARD.releases[release].fields)
        assert sums.height == 2 * in_table == 2 * 46


SLIPPED: list[Row] = [
    {**valid_row("r2", 0, "Service"), "date_of_death": "01/01/2026", "event_end_date": "01/01/2026"},
    {**valid_row("r2", 1, "Review"), "gender": "Somebody Else", "gp_practice_code": "Somebody"},
]


def values_of(rows: list[Row], field: str, *, show_identifiers: bool) -> set[str | None]:
    found = result_of(rows, dq_values=True, show_identifiers=show_identifiers).dq_values
    assert found is not None
    return set(found.filter(pl.col("la_code") == "503", datafield=field)["value"])


def test_what_the_national_table_shows_of_people_is_masked_until_asked_for() -> None:
    assert values_of(SLIPPED, "Date_of_Death", show_identifiers=False) == {"N/A - PID"}
    assert "01/01/2026" in values_of(SLIPPED, "Date_of_Death", show_identifiers=True)
    assert "N/A - PID" in values_of(SLIPPED, "Gender", show_identifiers=False)
    assert "Somebody Else" in values_of(SLIPPED, "Gender", show_identifiers=True)
    assert "Somebody" not in values_of(SLIPPED, "GP_Practice_Code", show_identifiers=False)
    assert "Somebody" in values_of(SLIPPED, "GP_Practice_Code", show_identifiers=True)
