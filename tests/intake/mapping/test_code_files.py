"""A code list is read however a spreadsheet saved it; what it lacks is told with the nearest names."""

import pytest
import xlsxwriter

from asccld.intake.mapping.faults import MappingError
from intake.mapping.workbench import Workbench

MAPPING = """
[extract.e]
file = "e.csv"
select = "all"
codes = ["kinds"]
[codes.kinds]
columns = ["Activity", "Sub Type"]
fields = ["assessment_type", "review_reason"]
file = "codes.csv"
"""
EXTRACT = {"e.csv": "Activity,Sub Type\nAssessment,Café visit\nReview,Planned\n"}
CODES = (
    "Activity,Sub Type,assessment_type,review_reason\nAssessment,Café visit,Long term assessment,\nReview,*,,Planned\n"
)
WRITTEN = [("Long term assessment", None), (None, "Planned")]


@pytest.mark.parametrize(
    "content",
    [
        CODES.encode(),
        CODES.encode("utf-16"),
        CODES.encode("cp1252"),
        CODES.replace(",", ";").encode("utf-8-sig"),
        CODES.replace(",", "\t").encode("utf-16"),
        CODES.replace("Activity,Sub Type,assessment_type", "ACTIVITY, sub  type,Assessment Type", 1).encode(),
        CODES.replace("review_reason\n", "review_reason,Our remarks\n").encode(),
    ],
    ids=["utf-8", "utf-16", "windows", "semicolons", "tabs", "headers", "remarks"],
)
def test_a_code_list_may_be_saved_in_any_usual_way(bench: Workbench, content: bytes) -> None:
    assert bench.report(MAPPING, EXTRACT | {"codes.csv": content}).findings.is_empty()
    assert bench.rows("assessment_type", "review_reason") == WRITTEN


def test_a_code_list_may_be_a_workbook(bench: Workbench) -> None:
    with xlsxwriter.Workbook(bench.folder / "codes.xlsx") as book:
        sheet = book.add_worksheet()
        for at, line in enumerate(CODES.splitlines()):
            sheet.write_row(at, 0, line.split(","))
    assert bench.report(MAPPING.replace("codes.csv", "codes.xlsx"), EXTRACT).findings.is_empty()
    assert bench.rows("assessment_type", "review_reason") == WRITTEN


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"code.csv": CODES}, "There is no code list 'codes.csv'. Did you mean code.csv"),
        ({"codes.csv": ""}, "The file is empty (codes.csv)"),
        ({"codes.csv": CODES.replace("Sub Type", "SubTyp")}, "lacks the column 'Sub Type'. Did you mean SubTyp?"),
        (
            {"codes.csv": "A,B,C,D\n1,2,3,4\n"},
            "lacks the columns 'Activity', 'Sub Type', 'assessment_type', 'review_reason'. Its header is: A, B, C, D",
        ),
        ({"codes.csv": CODES.replace("review_reason", "Activity")}, "lacks the column 'review_reason'"),
        ({"codes.csv": CODES.replace("reason\n", "reason,activity\n")}, "'Activity' stands twice in the header"),
        ({"codes.csv": CODES + "Review,a,b,Planned,x\n"}, "Row 4 of codes.csv has more cells than the header"),
    ],
)
def test_what_a_code_list_lacks_is_told(bench: Workbench, files: dict[str, str], said: str) -> None:
    with pytest.raises(MappingError) as caught:
        bench.report(MAPPING, EXTRACT | files)
    assert said in str(caught.value)
    assert "codes.kinds.file" in str(caught.value)
