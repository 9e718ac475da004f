"""Where a finding is, and what it may show: row numbers of the user's file, no value that points at a person."""

import gzip
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from asccld.validation import ValidationResult, validate
from asccld.validation.result import HIDDEN
from validation.spec import (
    RECEIVED,
    STANDARD,
    Row,
    findings_of,
    headers_of,
    nhs_number,
    result_of,
    valid_row,
    write_csv,
)

HEADERS = headers_of(STANDARD.releases["r2"])


def faulty(n: int) -> Row:
    return {**valid_row("r2", n), "gender": "Robot"}


def rows_of_fault(path: Path, sheet: str | None = None) -> list[int]:
    """Rows in which the made-up gender was found."""
    result = validate(path, release="r2", received=RECEIVED, sheet=sheet)
    return result.findings.filter(rule="value-unknown")["row"].to_list()


# ------------------------------------------------------------------ row numbers


def test_the_header_is_row_1(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [valid_row("r2", 0), faulty(1)], HEADERS)
    assert rows_of_fault(path) == [3]


def test_a_line_break_in_quotes_does_not_begin_a_row(tmp_path: Path) -> None:
    broken = {**valid_row("r2", 0), "event_description": "first line\nsecond line\r\nthird"}
    path = write_csv(tmp_path / "a.csv", [broken, faulty(1), broken, faulty(2)], HEADERS)
    assert rows_of_fault(path) == [3, 5]


def test_rows_without_a_value_count(tmp_path: Path) -> None:
    blanks: Row = dict.fromkeys(HEADERS, "  ")
    path = write_csv(tmp_path / "a.csv", [{}, faulty(0), {}, blanks, faulty(1), {}], HEADERS)
    assert rows_of_fault(path) == [3, 6]
    found = validate(path, release="r2", received=RECEIVED)
    assert sorted(found.findings.filter(rule="row-blank")["row"]) == [2, 4, 5, 7]
    assert found.file.rows == 2


def test_a_workbook_counts_as_its_sheet_does(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("Notes").write(0, 0, "nothing here")
        sheet = workbook.add_worksheet("Extract")
        for at, row in ((0, dict(HEADERS)), (1, valid_row("r2", 0)), (4, faulty(1))):
            sheet.write_row(at, 0, [row.get(name, "") for name in HEADERS])
    assert rows_of_fault(path, sheet="Extract") == [5]


def test_a_packed_file_counts_as_the_file_in_it(tmp_path: Path) -> None:
    plain = write_csv(tmp_path / "a.csv", [valid_row("r2", 0), faulty(1)], HEADERS)
    packed = tmp_path / "b.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert rows_of_fault(packed) == [3]


def test_a_finding_carries_the_reference_of_its_event() -> None:
    result = result_of("event_reference | gender\nREQ-17 | Robot\n | Robot")
    found = result.findings.filter(rule="value-unknown").select("row", "event_reference").rows()
    assert found == [(2, "REQ-17"), (3, None)]


def test_without_the_column_there_is_no_reference() -> None:
    result = result_of("gender\nRobot", without=["event_reference"])
    assert result.findings.filter(rule="value-unknown")["event_reference"].to_list() == [None]


# ------------------------------------------------------------------ identifying fields

IDENTIFYING = [field.name for field in STANDARD.releases["r2"].fields if field.identifying]
SECRET = {
    "nhs_number": "9434765918",
    "la_person_unique_identifier": "Zebedee17",
    "first_name": " Zebedee",
    "last_name": "NULL",
    "date_of_birth": "31/12/2031",
    "date_of_death": "30/11/2031",
    "postcode": "LN99 9ZZZ",
    "event_description": " Zebedee fell",
    "adult_1_linked_person_id": "Zebedee17",
    "adult_2_linked_person_id": "Zebedee18",
    "adult_3_linked_person_id": "Zebedee18",
}


def everything_said(result: ValidationResult) -> str:
    """All text of a result that a report may show."""
    tables = (result.findings, result.rules, result.fields, result.months)
    said = [table.select(pl.all().cast(pl.String)).write_csv() for table in tables]
    return "\n".join([*said, *result.reasons, *result.file.notes, str(result.la_code), str(result.la_name)])


def test_every_identifying_field_is_tried_here() -> None:
    assert set(SECRET) == set(IDENTIFYING)


def test_no_identifying_value_is_shown() -> None:
    rows = [{**valid_row("r2", 0), **SECRET}, {**valid_row("r2", 1), **SECRET, "nhs_number": "943476591"}]
    result = result_of(rows)
    told = result.findings.drop_nulls("value").filter(pl.col("field").cast(pl.String).is_in(IDENTIFYING))
    assert set(told["field"].cast(pl.String)) >= {"nhs_number", "date_of_birth", "postcode", "adult_1_linked_person_id"}
    assert set(told["value"]) == {HIDDEN}
    said = everything_said(result)
    for value in ("9434765918", "943476591", "Zebedee", "31/12/2031", "30/11/2031", "LN99"):
        assert value not in said


def test_the_analyst_may_ask_to_see_them() -> None:
    result = result_of([{**valid_row("r2", 0), **SECRET}], show_identifiers=True)
    assert result.identifiers_shown
    shown = set(result.findings.drop_nulls("value")["value"])
    assert {"9434765918", "31/12/2031", "LN99 9ZZZ", "Zebedee17"} <= shown


# ------------------------------------------------------------------ people's details in the wrong column

NHS = nhs_number(77)
WRONG_PLACES = ["gender", "event_start_date", "unit_cost", "gp_practice_code", "provider_cqc_location_id", "la_code"]
DETAILS = [
    NHS,
    f"{NHS[:3]} {NHS[3:6]} {NHS[6:]}",
    f"NHS no. {NHS}",
    f"N{NHS}",
    f"{NHS[:3]} {NHS[3:]}",
    f"{NHS[:6]}-{NHS[6:]}",
    "LN1 1YS",
    "ln11ys",
    "z.bee@example.org",
]


@pytest.mark.parametrize("detail", DETAILS)
def test_a_persons_detail_in_the_wrong_column_is_hidden(detail: str) -> None:
    row = {**valid_row("r2", 0), **dict.fromkeys(WRONG_PLACES, detail)}
    other = {**valid_row("r2", 1), "reporting_period_end_date": detail}
    result = result_of([row, other, valid_row("r2", 2)])
    found = {field for _, row_number, field in findings_of(result) if row_number == 2}
    assert found >= set(WRONG_PLACES)
    assert detail not in everything_said(result)


@pytest.mark.parametrize("column", ["la_code", "event_start_date", "unit_cost", "gp_practice_code"])
def test_a_name_in_the_wrong_column_is_hidden(column: str) -> None:
    result = result_of([{**valid_row("r2", 0), column: "Zebedee"}])
    assert "Zebedee" not in everything_said(result)


@pytest.mark.parametrize("reference", [NHS, f"{NHS[:3]}-{NHS[3:6]}-{NHS[6:]}", "LN1 1YS", "z@example.org", "Z Bee Jo"])
def test_an_event_reference_that_points_at_a_person_is_hidden(reference: str) -> None:
    rows = [{**faulty(0), "event_reference": reference}]
    assert reference not in everything_said(result_of(rows))
    assert reference in everything_said(result_of(rows, show_identifiers=True))


@pytest.mark.parametrize("reference", ["REQ-000123", "1000000002", "2026/17", "Assessment-9", "E 1"])
def test_an_ordinary_event_reference_is_shown(reference: str) -> None:
    result = result_of([{**faulty(0), "event_reference": reference}])
    assert result.findings.filter(rule="value-unknown")["event_reference"].to_list() == [reference]


def test_ordinary_wrong_values_are_shown() -> None:
    row = {
        "gender": "Robot",
        "event_start_date": "31/02/2026",
        "unit_cost": "£12",
        "provider_cqc_location_id": "1-12",
        "la_code": "999",
    }
    result = result_of([{**valid_row("r2", 0), **row}])
    found = dict(result.findings.filter(row=2).drop_nulls("value").select("field", "value").cast(pl.String).iter_rows())
    assert found == row


# ------------------------------------------------------------------ rows whose cells have slipped


def slipped(n: int) -> Row:
    """The cells from the NHS number on stand one column too far to the right."""
    names = list(HEADERS)
    start = names.index("nhs_number")
    row = valid_row("r2", n)
    filled = {**row, "first_name": "Zebedee", "last_name": "Quux", "event_reference": "Ref17"}
    moved = dict(zip(names[start + 1 :], [filled.get(name, "") for name in names[start:-1]], strict=True))
    return {**row, "nhs_number": "stray", **moved}


def test_a_row_with_slipped_cells_shows_no_value_at_all() -> None:
    row = slipped(0)
    result = result_of([row, valid_row("r2", 1), faulty(2)])
    of_row = result.findings.filter(row=2)
    assert of_row.height > 5
    assert set(of_row["value"].drop_nulls()) == {HIDDEN}
    assert set(of_row["event_reference"].drop_nulls()) <= {HIDDEN}
    examples = result.rules.filter(example_row=2)
    assert examples.height > 5
    assert set(examples["example_value"].drop_nulls()) == {HIDDEN}
    said = everything_said(result)
    for value in ("Zebedee", "Quux", "Ref17", "stray"):
        assert value not in said
    assert "Robot" in said  # other rows are shown as ever


def test_a_row_with_one_malformed_identifier_has_not_slipped() -> None:
    result = result_of([{**faulty(0), "nhs_number": "x"}, {**faulty(1), "date_of_birth": "x"}])
    assert result.findings.filter(rule="value-unknown")["value"].to_list() == ["Robot", "Robot"]


def shown_for(field: str, value: str) -> str:
    """What the findings show of a value of a list column in a file with people of these names."""
    people = [
        {**valid_row("r2", 0, "Service"), "first_name": "Ada", "last_name": "Quill", field: value},
        {**valid_row("r2", 1, "Service"), "first_name": "Grace", "last_name": "O'Brien-Day"},
    ]
    found = result_of(people).findings.filter(pl.col("row") == 2, pl.col("field").cast(pl.String) == field)
    return found["value"].item(0)


@pytest.mark.parametrize("name", ["Quill", "QUILL, Ada", "ada quill", "Grace Quill", "Day"])
def test_a_name_of_the_file_in_a_list_column_is_hidden(name: str) -> None:
    assert shown_for("gender", name) == HIDDEN


@pytest.mark.parametrize("value", ["Transgender", "Robot centre", "7"])
def test_what_holds_no_name_is_shown(value: str) -> None:
    assert shown_for("gender", value) == value
