"""Where a finding is, and what it may show: row numbers of the user's file, no value that points at a person."""

import gzip
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from asccld.identifying import HIDDEN
from asccld.validation import ValidationResult, validate
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
    f"{NHS[:5]} {NHS[5:]}",
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


IN_FIVES = f"{NHS[:5]} {NHS[5:]}"
TELLING = [NHS, f"{NHS[:3]}-{NHS[3:6]}-{NHS[6:]}", IN_FIVES, "LN1 1YS", "z@example.org", "Z Bee Jo"]


@pytest.mark.parametrize("reference", TELLING)
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


# ------------------------------------------------------------------ however it is spelt

TEN = (NHS[:3], NHS[3:6], NHS[6:])
FULL_WIDTH = NHS.translate({ord("0") + n: 0xFF10 + n for n in range(10)})
NUMBERS = [*(sep.join(TEN) for sep in (".", "/", "_", "  ", "\u00a0", "\u2013")), FULL_WIDTH, "NHS" + NHS]
FREE = [
    *("la_code", "gp_practice_code", "provider_cqc_location_id", "unit_cost", "no_of_adults_being_cared_for"),
    *("event_start_date", "event_end_date", "total_hrs_caring_per_week"),
]
SPELT = [
    *NUMBERS,
    *("Zébédée", "Иванова", "محمد", "Ng", "Quill", "12 Ravenscroft Court", "LN1-1YS", "QQ123456C"),
    *("5 May 1935", "05May1935", "19350505", "05051935", "05 05 1935", "1935_05_05", "05/05/1935", "1935-05-05"),
]
PEOPLE_OF_FILE: list[Row] = [
    {"first_name": "Zebedee", "last_name": "Quill", "nhs_number": NHS, "la_person_unique_identifier": "PID-77"},
    {"first_name": "Li", "last_name": "Ng", "adult_1_linked_person_id": "LNK-5"},
    *({"la_person_unique_identifier": f"PID-{n}"} for n in range(4)),
]


def said_of(*rows: Row) -> str:
    """What findings and the data-quality table say of a file of some people, whose first rows are `rows`."""
    blank: list[Row] = [{} for _ in PEOPLE_OF_FILE]
    changes = [*rows, *blank][: len(PEOPLE_OF_FILE)]
    people = [
        {**valid_row("r2", n), **person, **change}
        for n, (person, change) in enumerate(zip(PEOPLE_OF_FILE, changes, strict=True))
    ]
    result = result_of(people, dq_values=True)
    assert result.dq_values is not None
    return everything_said(result) + result.dq_values.write_csv()


@pytest.mark.parametrize("text", SPELT)
def test_a_free_column_shows_only_its_own_safe_forms(text: str) -> None:
    for field in FREE:
        assert text not in said_of({}, {}, {field: text}), field


@pytest.mark.parametrize(
    "reference",
    [
        *NUMBERS,
        *("5 May 1935", "05May1935", "19350505", "REQ-05/05/1935", "LN1-1YS", "PID-77", "LNK-5", "QQ123456C"),
        *("Quill", "QUILL17", "Quill's", "ZebedeeQuill", "17-Quill-9", "x" * 41),
    ],
)
def test_a_reference_that_tells_of_a_person_of_the_file_is_hidden(reference: str) -> None:
    assert reference not in said_of({}, {}, {"event_reference": reference, "gender": "Robot"})


@pytest.mark.parametrize(
    "text",
    ["Mr Zebedee Quill", "Z Quill", "Quill's", "ZebedeeQuill", "zebedee.quill", "Ng", "PID-77", "pid-77", "LNK-5"],
)
def test_a_list_column_tells_no_name_or_identifier_of_the_file(text: str) -> None:
    assert text not in said_of({}, {}, {"gender": text, "ethnicity": text})


CAPITALS = ["Ab-Cd12x", "ab-cd12x", "AB-CD12X", "aB-cD12X"]


@pytest.mark.parametrize("field", ["la_person_unique_identifier", "adult_2_linked_person_id", "nhs_number"])
@pytest.mark.parametrize("place", ["provider_cqc_location_id", "la_code", "gender", "ethnicity", "event_reference"])
def test_an_identifier_is_hidden_in_whatever_capitals(field: str, place: str) -> None:
    """Whatever the capitals there and here: people are compared without regard to case, and so is what is hidden."""
    wrong: list[Row] = [{place: text} | ({"gender": "Robot"} if place != "gender" else {}) for text in CAPITALS]
    said = said_of(*wrong[:3], {**wrong[3], field: CAPITALS[0]})
    assert [text for text in CAPITALS if text in said] == []
    control = said_of(*wrong)
    assert [text for text in CAPITALS if text in control] == CAPITALS


def test_a_header_tells_no_name_of_the_file() -> None:
    rows = [{**valid_row("r2", n), **person, "notes": ""} for n, person in enumerate(PEOPLE_OF_FILE)]
    for header, visible in (("Zebedee Quill", False), ("x" * 41, False), (NHS, False), ("Our own notes", True)):
        result = result_of(rows, headers={"notes": header})
        assert (header in everything_said(result)) is visible


def test_a_date_column_shows_neither_a_birth_nor_the_death_of_its_person() -> None:
    dates: list[Row] = [
        {"date_of_birth": "05/02/2015"},
        {"event_end_date": "2015-02-05", "event_start_date": "05/02/2015"},
        {"event_start_date": "02/02/2025", "date_of_death": "02/02/2025"},
    ]
    said = said_of(*dates)
    assert [d for d in ("05/02/2015", "2015-02-05", "02/02/2025") if d in said] == []


def test_a_wrong_heading_shows_none_of_its_texts() -> None:
    swapped = [{**valid_row("r2", n), "gender": f"Name{'abcdefghijklmnopqrstuvwxyz'[n]}"} for n in range(26)]
    assert "Name" not in result_of(swapped).findings.filter(field="gender").write_csv()


def test_a_heading_that_has_changed_places_with_a_name_column_shows_no_name() -> None:
    people = [{**valid_row("r2", n), "gender": name, "first_name": "Female"} for n, name in enumerate(("Ada", "Grace"))]
    said = everything_said(result_of(people))
    assert "Ada" not in said
    assert "Grace" not in said


def test_a_reference_without_a_number_may_be_any_word() -> None:
    assert "Araminta" not in said_of({}, {}, {"event_reference": "Araminta", "gender": "Robot"})


@pytest.mark.parametrize("by", [*range(1, 30), *range(-29, 0)])
def test_a_row_slipped_by_any_number_of_cells_shows_no_value(by: int) -> None:
    names = list(HEADERS)
    person = {**valid_row("r2", 0, "Service"), **SECRET, "date_of_birth": "01/06/1950", "nhs_number": NHS}
    cells = [person.get(name, "") for name in names]
    cells = [*[""] * by, *cells[:-by]] if by > 0 else [*cells[-by:], *[""] * -by]
    rows = [dict(zip(names, cells, strict=True)), *(valid_row("r2", n) for n in range(1, 4))]
    found = result_of(rows).findings.filter(row=2)
    assert set(found["value"].drop_nulls()) <= {HIDDEN}
    assert set(found["event_reference"].drop_nulls()) <= {HIDDEN}


@pytest.mark.parametrize("start", range(5, 30))
def test_a_cell_put_in_between_shows_nothing_of_those_it_pushes_on(start: int) -> None:
    names = list(HEADERS)
    person = {**valid_row("r2", 0, "Service"), **SECRET, "date_of_birth": "01/06/1950", "nhs_number": NHS}
    cells = [person.get(name, "") for name in names]
    pushed = dict(zip(names, [*cells[:start], "", *cells[start:-1]], strict=True))
    said = everything_said(result_of([pushed, *(valid_row("r2", n) for n in range(1, 4))]))
    assert [v for v in (NHS, "Zebedee", "01/06/1950", "30/11/2031", "LN99") if v in said] == []


@pytest.mark.parametrize("place", ["la_code", "gp_practice_code", "provider_cqc_location_id"])
def test_a_column_of_codes_that_holds_peoples_identifiers_shows_none(place: str) -> None:
    people = [
        {**valid_row("r2", n), place: f"P{90000000 + n}X", "la_person_unique_identifier": "503"} for n in range(40)
    ]
    result = result_of(people, dq_values=True)
    assert result.dq_values is not None
    assert "P900000" not in everything_said(result)
    assert "P900000" not in result.dq_values.write_csv()


def test_birth_dates_under_the_heading_of_the_period_are_no_period() -> None:
    swapped = [
        {**valid_row("r2", n), "reporting_period_start_date": "18/07/1936", "reporting_period_end_date": "17/03/1941"}
        for n in range(3)
    ]
    result = result_of(swapped)
    assert result.period is None
    assert "1941" not in result.release.reason
    assert [year for year in ("1936", "1941") if year in everything_said(result)] == []
