"""Excel workbooks: sheets, typed cells, and the sheet's own row numbers."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
import zipfile
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from asccld.errors import UnreadableFile
from asccld.intake import Repair, limits, open_extract

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ["LA Code", "NHS Number", "Event Start Date", "Unit Cost", "Notes"]


def typed_workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Events")
        book.add_worksheet("Empty")
        date = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write_row(2, 0, HEADER)
        sheet.write_row(3, 0, ["503", 9434765919])
        sheet.write_datetime(3, 2, dt.datetime.fromisoformat("2025-04-01"), date)
        sheet.write(3, 3, 12.5)
        sheet.write_formula(3, 4, "=A1/0", None, "#DIV/0!")  # pyright: ignore[reportArgumentType]
        sheet.write_row(5, 0, ["0503", "943 476 5919", "1/4/2025"])
        sheet.write_datetime(6, 2, dt.datetime.fromisoformat("2025-04-01T09:30:00"), moment)
        sheet.write_boolean(6, 4, True)
        sheet.write_string(6, 0, " 503 ")
        sheet.write_formula(6, 1, "=#REF!", None, "#REF!")  # pyright: ignore[reportArgumentType]
    return path


def test_typed_cells_become_what_a_person_would_have_typed(tmp_path: Path) -> None:
    with open_extract(typed_workbook(tmp_path / "a.xlsx")) as extract:
        assert (extract.kind, extract.sheet, extract.header_row) == ("xlsx", "Events", 3)
        assert extract.header == tuple(HEADER)
        (chunk,) = extract.chunks()
        assert chunk.frame.rows() == [
            (4, "503", "9434765919", "01/04/2025", "12.5", "#DIV/0!"),
            (6, "0503", "943 476 5919", "1/4/2025", None, None),
            (7, " 503 ", "#REF!", "01/04/2025 09:30:00", None, "TRUE"),
        ]
        assert extract.repairs == [
            Repair("excel_error", 1, 1, 7),
            Repair("excel_number", 1, 1, 4),
            Repair("excel_date", 2, 2, 4),
            Repair("excel_number", 3, 1, 4),
            Repair("excel_boolean", 4, 1, 7),
            Repair("excel_error", 4, 1, 4),
        ]
        assert extract.blank_rows == 1
        assert {note.kind for note in extract.notes} == {"sheet", "header_row"}


def test_chunks_of_a_workbook_may_be_small_and_read_again(tmp_path: Path) -> None:
    with open_extract(typed_workbook(tmp_path / "a.xlsx")) as extract:
        assert [chunk.frame["row"].to_list() for chunk in extract.chunks(rows=1)] == [[4], [6], [7]]
        first = extract.repairs
        assert [chunk.frame["row"].to_list() for chunk in extract.chunks(rows=3)] == [[4, 6], [7]]
        assert extract.repairs == first


def two_sheets(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Read me & notes").write_row(0, 0, ["Notes", "x"])
        book.add_worksheet("Data").write_row(0, 0, ["LA Code", "Event Type"])
    return path


def test_several_sheets_need_a_choice(tmp_path: Path) -> None:
    path = two_sheets(tmp_path / "a.xlsx")
    with pytest.raises(UnreadableFile, match="Say which one to read: 'Read me & notes', 'Data'"):
        open_extract(path)
    with pytest.raises(UnreadableFile, match=r"no sheet 'data'.*Choose one of"):
        open_extract(path, sheet="data")
    with open_extract(path, sheet="Data") as extract:
        assert extract.header == ("LA Code", "Event Type")
        assert list(extract.chunks()) == []


def test_a_workbook_inside_a_zip(tmp_path: Path) -> None:
    inner = typed_workbook(tmp_path / "a.xlsx")
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, "a.xlsx")
    with open_extract(path) as extract:
        assert (extract.member, extract.sheet) == ("a.xlsx", "Events")
        assert sum(chunk.frame.height for chunk in extract.chunks()) == 3


def test_an_empty_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet()
    with pytest.raises(UnreadableFile, match="any content"):
        open_extract(path)


@pytest.mark.parametrize("value", ["x", 1])
@pytest.mark.parametrize(("row", "column"), [(1_048_575, 30), (5, 16_383), (1_048_575, 16_383)])
def test_stray_cells_far_away_do_not_exhaust_memory(tmp_path: Path, row: int, column: int, value: str | int) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["LA Code", "Event Type"])
        sheet.write(row, column, value)
    with pytest.raises(UnreadableFile, match="stray cells"):
        open_extract(path)


def test_formatted_blank_cells_far_away_are_no_content(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["LA Code", "Event Type"])
        sheet.write_row(1, 0, ["503", "Service"])
        sheet.write_blank(0, 16_000, None, book.add_format({"bold": True}))
    with open_extract(path) as extract:
        assert extract.header == ("LA Code", "Event Type")


def rewritten(path: Path, *changes: tuple[str, str]) -> Path:
    """The typed workbook with other XML in its sheet."""
    good = typed_workbook(path.with_name("good.xlsx"))
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            xml = source.read(name).decode()
            for before, after in changes if name == "xl/worksheets/sheet1.xml" else ():
                assert before in xml
                xml = xml.replace(before, after, 1)
            target.writestr(name, xml)
    return path


@pytest.mark.parametrize("stored", ["", "<v></v>", "<v/>", "<v />"])
def test_formulas_that_were_never_calculated_are_told(tmp_path: Path, stored: str) -> None:
    """Programs that write workbooks without calculating them leave the result out: the cell reads as blank."""
    number = f'<c r="D4"><f>10+2.5</f>{stored}</c><c r="AB4"><f t="shared" si="0"/>{stored}</c>'
    path = rewritten(tmp_path / "a.xlsx", ('<c r="D4"><v>12.5</v></c>', number))
    with open_extract(path) as extract:
        assert next(iter(extract.chunks())).frame["3"].to_list()[0] is None
        notes = {n.message.split(" holds ")[0]: n for n in extract.notes if n.kind == "formula_without_value"}
    assert set(notes) == {"column D", "column AB"}
    assert notes["column D"].row == 4
    assert "1 formula without a stored result, read as blank, the first in row 4" in notes["column D"].message


def test_formulas_with_a_result_are_no_news(tmp_path: Path) -> None:
    """An empty text is a result too, and a formula above the header is none of the table."""
    formulas = '<c r="D4"><f>10+2.5</f><v>12.5</v></c><c r="H4" t="str"><f>""</f><v></v></c>'
    above = '<row r="1"><c r="A1"><f>NOW()</f></c></row><row r="3"'
    path = rewritten(tmp_path / "a.xlsx", ('<c r="D4"><v>12.5</v></c>', formulas), ('<row r="3"', above))
    with open_extract(path) as extract:
        assert extract.header_row == 3
        assert "formula_without_value" not in {note.kind for note in extract.notes}


@pytest.mark.parametrize("rows", ['<row r="9000000"/>', "<row></row>" * 40])
def test_more_rows_than_a_worksheet_has_are_refused(tmp_path: Path, rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SHEET_ROWS", 30)
    path = rewritten(tmp_path / "a.xlsx", ("</sheetData>", f"{rows}</sheetData>"))
    with pytest.raises(UnreadableFile, match="more rows than the 30 that a worksheet can have"):
        open_extract(path)


def test_a_workbook_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/sharedStrings.xml", "w") as stream:
            for _ in range(80):
                stream.write(bytes(1 << 20))
    with pytest.raises(UnreadableFile, match="zip bomb"):
        open_extract(path)


def test_a_repeated_header_and_a_missing_header(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, HEADER)
    with open_extract(path) as extract:
        assert [(note.kind, note.row) for note in extract.notes] == [("repeated_header", 2)]
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, [503, 12.5])
    with pytest.raises(UnreadableFile, match="no header"):
        open_extract(path)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize(
    "text", ["a" * 500_000, 'a="' * 200_000, " r='AAA1'" * 80_000, '<row <c r="A1" t="e" ' * 40_000]
)
def test_odd_xml_takes_no_more_than_a_moment(tmp_path: Path, part: str, text: str) -> None:
    good, path = typed_workbook(tmp_path / "good.xlsx"), tmp_path / "a.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            xml = source.read(name).decode()
            if name == part:
                xml = xml.replace("<sheet ", f"<sheet {text} ", 1).replace(
                    "<Relationship ", f"<Relationship {text} ", 1
                )
                xml = xml.replace("<c ", f"<c {text} ", 1)
            target.writestr(name, xml)
    started = time.monotonic()
    with contextlib.suppress(UnreadableFile), open_extract(path) as extract:
        assert list(extract.chunks())
    assert time.monotonic() - started < 10
