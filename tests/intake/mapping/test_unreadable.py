"""Dates of events that cannot be read are shown each with its count; what may be somebody's birth or name is not."""

import polars as pl
import pytest

from intake.mapping.workbench import Workbench

MAPPING = """
[extract.e]
file = "e.csv"
select = "all"
constants = { event_type = "Request" }
fields = { event_start_date = "START", unit_cost = "COST" }
"""


def unreadable(bench: Workbench, *starts: str) -> pl.DataFrame:
    rows = "".join(f'"{text}",\n' for text in starts)
    return bench.report(MAPPING, {"e.csv": "START,COST\n" + rows}).findings


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("1st April", "Correct it in the system, or say how dates are written"),
        ("Tuesday, 5th of April 2025", "Correct it in the system"),
        ("31/02/2025", "There is no such day: correct it in the system"),
        ("2025-13-04 10:00", "There is no such day"),
        ("TBC", "Correct it in the system"),
        ("not known", "Correct it in the system"),
        ("2025.04.05", 'say dates = ["dd/mm/yyyy", "yyyy-mm-dd", "yyyy.mm.dd"] in [formats]'),
        ("20250405", '"yyyymmdd"]'),
        ("5/4/25", '"dd/mm/yy"]'),
        ("4 Apr 25", '"dd mon yy"]'),
        ("45748", '"excel"]'),
        ("04/25/2025", 'if month stands before day in all of the column, give that dates = "mm/dd/yyyy"'),
    ],
)
def test_a_date_of_an_event_is_shown_with_what_to_do(bench: Workbench, text: str, fix: str) -> None:
    (finding,) = unreadable(bench, text, text).rows(named=True)
    assert (finding["local"], finding["rows"], finding["first_row"]) == (text, 2, 2)
    assert finding["message"] == f"'{text}' cannot be read as Event Start Date"
    assert fix in finding["fix"]


@pytest.mark.parametrize(
    "text",
    ["Jane Bloggs", "BLOGGS, Jane", "943 476 5919", "3rd May 1950", "5.4.45", "1950-13-12", "05051950", "19876",
     "May 3rd, 1950", "YZ1 1AA"],
)  # fmt: skip
def test_what_may_be_somebody_is_not_shown(bench: Workbench, text: str) -> None:
    (finding,) = unreadable(bench, text).rows(named=True)
    assert finding["local"] == "(hidden)"
    assert text not in finding["message"] + finding["fix"]


def test_only_the_most_frequent_texts_are_shown_and_the_others_counted(bench: Workbench) -> None:
    often = ["2025.04.01"] * 3
    rare = [f"{day:02}.{month:02}.2025" for day in range(1, 29) for month in range(1, 11)]
    found = unreadable(bench, *often, *rare)
    assert (found.height, found["rows"].sum()) == (21, 283)
    assert found.row(0, named=True)["local"] in {"2025.04.01", "(261 further texts)"}
    rest = found.filter(pl.col("local") == "(261 further texts)")
    assert rest.select("rows", "message").row(0) == (261, "261 further texts cannot be read as Event Start Date")


def test_a_number_that_cannot_be_read_is_told_in_words(bench: Workbench) -> None:
    (finding,) = bench.report(MAPPING, {"e.csv": "START,COST\n,12 a week\n"}).findings.rows(named=True)
    assert finding["message"] == "'12 a week' cannot be read as Unit Cost"
    assert finding["fix"] == "Correct it in the system: a number has digits only"
