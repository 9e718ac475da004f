"""From extracts to the submission: joins, fields, selection, and a report in which every row has its place."""

import gzip
import io

import polars as pl
import pytest
import xlsxwriter

from asccld.intake.mapping.faults import MappingError
from asccld.intake.mapping.given import given_files
from intake.mapping.workbench import PERIOD, RELEASE, Workbench

PEOPLE = """
[extract.people]
file = "people.csv"
key = "ID"
fields = { nhs_number = "NHS", la_person_unique_identifier = "ID", gender = "SEX" }
constants = { client_type = "Service user" }
"""
REQUESTS = """
[extract.requests]
file = "requests.csv"
join = { people = "PERSON" }
constants = { event_type = "Request" }
fields = { event_start_date = "START", event_end_date = "END", event_reference = { text = "R-{REF}" } }
"""
FILES = {
    "people.csv": "ID,NHS,SEX\nP1,943 476 5919,Male\n P2,,Female\nP3,,\n",
    "requests.csv": "REF,PERSON,START,END\n1,P1,01/04/2025,02/04/2025\n2,P2 ,01/04/2025,02/04/2025\n",
}


def test_the_submission_has_the_headers_of_the_release_and_nothing_else(bench: Workbench) -> None:
    report = bench.report('[constants]\nla_code = "503"\n' + PEOPLE + REQUESTS, FILES)
    lines = (bench.folder / "out.csv").read_bytes().decode().split("\n")
    assert lines[0] == ",".join(f'"{h}"' if "," in h else h for h in RELEASE.headers.values())
    assert (len(lines), lines[-1]) == (4, "")
    fields = ("la_code", "reporting_period_start_date", "reporting_period_end_date", "nhs_number", "event_reference")
    assert bench.rows(*fields) == [
        ("503", "01/04/2025", "31/03/2026", "9434765919", "R-1"),
        ("503", "01/04/2025", "31/03/2026", None, "R-2"),
    ]
    assert bench.rows("gender", "client_type", "event_type")[1] == ("Female", "Service user", "Request")
    assert report.findings.is_empty()
    assert report.extracts.rows() == [
        ("requests", "requests.csv", "events", 2, 2, 0),
        ("people", "people.csv", "looked up", 3, 2, 1),
    ]
    assert report.left_out.rows() == [("people", "of no event in the submission", 1)]


def test_a_join_that_would_multiply_events_is_refused_with_the_key_and_its_rows(bench: Workbench) -> None:
    files = FILES | {"people.csv": "ID,NHS,SEX\nP1,9434765919,\nP2,,\nP1,9434765919,\nP2,,\nP1 ,9434765919,\n"}
    with pytest.raises(MappingError) as caught:
        bench.report(PEOPLE + REQUESTS, files)
    said = str(caught.value)
    assert "line 7, extract.people.key: 2 keys of ID in people.csv stand in more than one row" in said
    assert "(5 rows; the first in rows 2, 4, 6): the join would multiply events" in said
    assert "9434765919" not in said
    assert "P1" not in said
    assert not (bench.folder / "out.csv").exists()
    assert [p.name for p in bench.folder.iterdir() if p.name.endswith(".part")] == []


def test_a_key_of_two_columns_joins_where_both_agree(bench: Workbench) -> None:
    report = bench.report(
        """
        [extract.costs]
        file = "costs.csv"
        key = ["LINE", "SEQ"]
        optional = true
        fields = { unit_cost = "RATE" }
        [extract.services]
        file = "services.csv"
        join = { costs = ["LINE_ID", "SEQ_NO"] }
        constants = { event_type = "Service" }
        fields = { event_start_date = "START" }
        """,
        {
            "costs.csv": "LINE,SEQ,RATE\nA,1,10\nA,2,20\n,3,5\n",
            "services.csv": "LINE_ID,SEQ_NO,START\nA,2,01/04/2025\nA,9,01/04/2025\nA,,01/04/2025\nA,1,01/04/2025\n",
        },
    )
    assert bench.rows("unit_cost") == [("20.00",), (None,), (None,), ("10.00",)]
    assert report.findings.is_empty()
    assert ("costs", "without a key", 1) in report.left_out.rows()


def test_events_whose_person_is_not_found_are_kept_and_told(bench: Workbench) -> None:
    requests = "REF,PERSON,START,END\n1,P1,01/04/2025,02/04/2025\n2,0P2,01/04/2025,02/04/2025\n3,,1/4/2025,2/4/2025\n"
    report = bench.report(PEOPLE + REQUESTS, FILES | {"requests.csv": requests})
    assert report.rows == 3
    (finding,) = report.findings.rows(named=True)
    assert (finding["kind"], finding["rows"]) == ("not joined", 2)
    assert (finding["message"], finding["first_row"]) == ("2 events of 'requests' found no row in 'people'", 3)


def test_an_extract_can_be_joined_by_a_column_of_another(bench: Workbench) -> None:
    bench.report(
        PEOPLE
        + """
        [extract.cases]
        file = "cases.csv"
        key = "CASE"
        [extract.reviews]
        file = "reviews.csv"
        join = { cases = "CASE", people = "cases.PERSON" }
        constants = { event_type = "Review" }
        fields = { event_end_date = "DONE", event_description = "cases.TEAM" }
        [[extract.reviews.leave_out]]
        column = "cases.TEAM"
        is = "Testing"
        why = "test record"
        """.replace("        ", ""),
        FILES
        | {
            "cases.csv": "CASE,PERSON,TEAM\nC1,P2,North\nC2,P1,testing\n",
            "reviews.csv": "CASE,DONE\nC1,01/05/2025\nC2,01/05/2025\nC1,02/05/2025\n",
        },
    )
    assert bench.rows("la_person_unique_identifier", "event_description") == [("P2", "North"), ("P2", "North")]


def test_what_an_event_gives_itself_goes_before_what_is_looked_up_and_before_constants(bench: Workbench) -> None:
    mapping = (
        '[constants]\ngender = "Unknown"\nclient_type = "Unpaid carer"\n'
        + PEOPLE
        + REQUESTS.replace('event_start_date = "START"', 'event_start_date = "START", gender = "SEX"')
    )
    requests = "REF,PERSON,START,END,SEX\n1,P1,01/04/2025,02/04/2025,Other\n2,P9,01/04/2025,02/04/2025,Female\n"
    bench.report(mapping, FILES | {"requests.csv": requests})
    assert bench.rows("gender", "client_type") == [("Other", "Service user"), ("Female", None)]


SELECTED = """
[extract.events]
file = "events.csv"
fields = { event_type = "TYPE", event_start_date = "START", event_end_date = "END", event_reference = "ID" }
"""
TIMES = """\
ID,TYPE,START,END
done,Request,01/03/2025,01/04/2025
last day,Review,01/03/2025,31/03/2026
before,Assessment,01/03/2025,31/03/2025
after,Request,01/03/2025,01/04/2026
open,Review,01/03/2025,
unreadable,Review,01/03/2025,soon
service open,Service,01/03/2020,
service ended,Service,01/03/2020,01/04/2025
service over,Service,01/03/2020,31/03/2025
service to come,Service,01/04/2026,
service on the last day,Service,31/03/2026,01/09/2026
nobody knows,,01/03/2010,
local word,Contact,01/03/2010,01/03/2010
"""


def test_the_events_of_the_period_are_selected_by_their_type(bench: Workbench) -> None:
    report = bench.report(SELECTED, {"events.csv": TIMES})
    assert [row[0] for row in bench.rows("event_reference")] == [
        "done", "last day", "unreadable", "service open", "service ended", "service on the last day", "nobody knows",
        "local word",
    ]  # fmt: skip
    assert report.left_out.rows() == [
        ("events", "completed after the period", 1),
        ("events", "completed before the period", 1),
        ("events", "ended before the period", 1),
        ("events", "not completed", 1),
        ("events", "started after the period", 1),
    ]


def test_a_day_that_is_the_same_for_all_selects_too(bench: Workbench) -> None:
    mapping = (
        '[extract.e]\nfile = "e.csv"\nfields = { event_reference = "ID" }\nconstants = { event_type = "Service" }\n'
    )
    files = {"e.csv": "ID\n1\n"}
    assert bench.report('[constants]\nevent_start_date = "01/04/2025"\n' + mapping, files).rows == 1
    report = bench.report('[constants]\nevent_start_date = "01/04/2026"\n' + mapping, files)
    assert report.left_out.rows() == [("e", "started after the period", 1)]


@pytest.mark.parametrize(("select", "rows"), [("all", 13), ("completed", 4), ("active", 9)])
def test_the_selection_can_be_said(bench: Workbench, select: str, rows: int) -> None:
    assert bench.report(f'{SELECTED}select = "{select}"\n', {"events.csv": TIMES}).rows == rows


def test_the_type_by_which_events_are_selected_may_come_from_codes_and_the_dates_from_a_join(bench: Workbench) -> None:
    bench.report(
        """
        [extract.dates]
        file = "dates.csv"
        key = "ID"
        fields = { event_start_date = "START", event_end_date = "END" }
        [extract.events]
        file = "events.csv"
        join = { dates = "ID" }
        codes = ["types"]
        fields = { event_reference = "ID" }
        [codes.types]
        columns = "KIND"
        fields = ["event_type"]
        rows = [["C", "Request"], ["P", "Service"]]
        """,
        {
            "dates.csv": "ID,START,END\n1,01/04/2024,01/05/2024\n2,01/04/2024,\n3,01/04/2025,01/05/2025\n",
            "events.csv": "ID,KIND\n1,C\n2,P\n3,C\n",
        },
    )
    assert bench.rows("event_reference", "event_type") == [("2", "Service"), ("3", "Request")]


def test_rows_are_left_out_for_the_first_reason_that_holds(bench: Workbench) -> None:
    report = bench.report(
        SELECTED
        + 'select = "all"\n[[extract.events.leave_out]]\ncolumn = "STATUS"\nis = ["Cancelled", ""]\nwhy = "cancelled"\n'
        + '[[extract.events.leave_out]]\ncolumn = "TEAM"\nis_not = "Adults"\nwhy = "of another team"\n',
        {
            "events.csv": "ID,TYPE,START,END,STATUS,TEAM\n1,,,, CANCELLED ,x\n2,,,,Done,adults\n3,,,,,Adults\n"
            "4,,,,Done,Children\n  ,,,, ,\n,,,,,\n"
        },
    )
    assert bench.rows("event_reference") == [("2",)]
    assert report.left_out.rows() == [
        ("events", "blank row", 2),
        ("events", "cancelled", 2),
        ("events", "of another team", 1),
    ]
    assert report.extracts.rows() == [("events", "events.csv", "events", 6, 1, 5)]


@pytest.mark.parametrize("kind", ["utf-16", "cp1252", "gz", "xlsx", "parquet", "semicolon"])
def test_an_extract_may_be_of_any_kind(bench: Workbench, kind: str) -> None:
    table = [("ID", "TYPE", "START", "END"), ("Zoë", "Service", "01/04/2025", "")]
    text = "".join(",".join(row) + "\r\n" for row in table)
    content = {
        "utf-16": lambda: text.encode("utf-16"),
        "cp1252": lambda: text.encode("cp1252"),
        "gz": lambda: gzip.compress(text.encode()),
        "semicolon": lambda: text.replace(",", ";").encode(),
        "xlsx": lambda: workbook(table),
        "parquet": lambda: parquet(table),
    }[kind]()
    bench.report(SELECTED.replace("events.csv", "events.*"), {f"events.{kind}": content})
    assert bench.rows("event_reference", "event_start_date") == [("Zoë", "01/04/2025")]


def workbook(table: list[tuple[str, ...]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(table):
            sheet.write_row(at, 0, row)
    return target.getvalue()


def parquet(table: list[tuple[str, ...]]) -> bytes:
    target = io.BytesIO()
    frame = pl.DataFrame(table[1:], schema=list(table[0]), orient="row")
    frame.with_columns(pl.col("START").str.to_date("%d/%m/%Y")).write_parquet(target)
    return target.getvalue()


def test_an_extract_without_rows_is_told_when_nothing_is_left(bench: Workbench) -> None:
    report = bench.report(PEOPLE + REQUESTS, FILES | {"requests.csv": "REF,PERSON,START,END\n"})
    assert report.extracts.row(0) == ("requests", "requests.csv", "events", 0, 0, 0)
    assert report.findings["kind"].to_list() == ["no events"]
    report = bench.report(PEOPLE + REQUESTS, {"people.csv": "ID,NHS,SEX\n"} | {"requests.csv": FILES["requests.csv"]})
    assert report.findings["kind"].to_list() == ["not joined"]


def test_rows_of_another_shape_are_told(bench: Workbench) -> None:
    files = FILES | {"requests.csv": "REF,PERSON,START,END\n1,P1,01/04/2025,02/04/2025\n2,P2,x,01/04/2025,1/5/2025\n"}
    report = bench.report(PEOPLE + REQUESTS, files)
    found = report.findings.filter(pl.col("kind") == "misshapen")
    assert found.select("message", "first_row").rows() == [("1 row with too many or too few cells", 3)]


def test_everything_that_is_missing_is_told_at_once_with_what_looks_like_it(bench: Workbench) -> None:
    bench.write({"peopel.csv": "ID\n", "requests.csv": "REF,PERSON_ID,Start Date,END,END\n", "services.csv": ""})
    with pytest.raises(MappingError) as caught:
        bench.report(
            PEOPLE
            + REQUESTS
            + '[extract.services]\nfile = "services.csv"\n[extract.reviews]\nfile = "rev*.csv"\n'
            + '[extract.costs]\nfile = "*.csv"\n'
        )
    faults = [str(f) for f in caught.value.faults]
    assert len(faults) == 7
    assert "There is no such extract" in faults[0]
    assert "Did you mean peopel.csv?" in faults[0]
    assert "There is no column 'PERSON' in requests.csv. Did you mean PERSON_ID?" in faults[1]
    assert "The column 'END' is there 2 times in requests.csv" in faults[2]
    assert "There is no column 'START' in requests.csv" in faults[3]
    assert "The file is empty (services.csv)" in faults[4]
    assert "No file fits 'rev*.csv'" in faults[5]
    assert "3 files fit '*.csv': peopel.csv, requests.csv, services.csv" in faults[6]


def test_a_text_of_several_columns_is_empty_where_one_of_them_is(bench: Workbench) -> None:
    bench.report(
        '[extract.events]\nfile = "events.csv"\n[extract.events.fields]\n'
        'event_reference = { text = "{A}-{B}" }\nevent_description = { first_of = ["B", "A"] }\n',
        {"events.csv": "A,B\n1,2\n1,NULL\n,3\n"},
    )
    assert bench.rows("event_reference", "event_description") == [("1-2", "2"), (None, "1"), (None, "3")]


def test_a_failure_leaves_the_file_that_was_there(bench: Workbench) -> None:
    bench.report(PEOPLE + REQUESTS, FILES)
    before = (bench.folder / "out.csv").read_bytes()
    requests = "REF,PERSON,START,END\n" + '3,P1,"01/04/2025,02/04/2025\n'
    with pytest.raises(Exception, match="quot"):
        bench.report(PEOPLE + REQUESTS, {"requests.csv": requests})
    assert (bench.folder / "out.csv").read_bytes() == before
    assert sorted(p.name for p in bench.folder.iterdir()) == ["mapping.toml", "out.csv", "people.csv", "requests.csv"]


def test_an_extract_with_a_name_of_one_letter_can_be_said(bench: Workbench) -> None:
    bench.write({"other.csv": "ID\n1\n"})
    fields = "fields = { la_person_unique_identifier = 'ID' }"
    plan = bench.plan(PERIOD + f"[extract.p]\nfile = 'p.csv'\nselect = 'all'\n{fields}\n")
    assert given_files(plan, [f"p={bench.folder / 'other.csv'}"]) == {"p": bench.folder / "other.csv"}


def test_events_without_a_type_are_told_and_carers_without_an_event_are_not(bench: Workbench) -> None:
    fields = 'fields = { event_start_date = "START", event_reference = "REF" }'
    mapping = f"""
        [extract.activity]
        file = "requests.csv"
        {fields}
        [extract.carers]
        file = "people.csv"
        select = "all"
        fields = {{ la_person_unique_identifier = "ID" }}
        """
    found = bench.report(mapping, FILES).findings.select("kind", "extract", "rows", "first_row", "message").rows()
    assert found == [("no type", "activity", 2, 2, "2 events of 'activity' without an event type, whatever the period")]
    told = bench.report(mapping.replace(fields, f'constants = {{ event_type = "Request" }}\n{fields}'))
    assert "no type" not in told.findings["kind"].to_list()


def test_an_empty_cell_of_a_column_of_types_is_told(bench: Workbench) -> None:
    mapping = """
        [extract.activity]
        file = "activity.csv"
        fields = { event_start_date = "START", event_type = "TYPE" }
        """
    rows = "START,TYPE\n01/04/2025,Service\n02/04/2025,\n"
    (found,) = bench.report(mapping, {"activity.csv": rows}).findings.iter_rows(named=True)
    assert (found["first_row"], found["fix"]) == (3, "Fill it in the system, or leave these rows out")


def test_a_row_of_blanks_in_what_is_looked_up_is_a_blank_row(bench: Workbench) -> None:
    people = FILES["people.csv"] + " , , \n,,Male\n"
    left = bench.report(PEOPLE + REQUESTS, FILES | {"people.csv": people}).left_out
    assert left.filter(extract="people").select("reason", "rows").rows() == [
        ("of no event in the submission", 1),
        ("without a key", 1),
        ("blank row", 1),
    ]
