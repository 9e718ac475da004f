"""CSV as councils write it: what is read, and under which row numbers."""

from __future__ import annotations

import gzip
import zipfile
from typing import TYPE_CHECKING

import polars as pl
import pytest

from asccld.errors import AsccldError, UnreadableFile
from asccld.intake import Extract, Repair, limits, open_extract

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "LA Code,Event Type,Event Description\n"


def write(tmp_path: Path, content: str | bytes, name: str = "extract.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows_of(extract: Extract, rows: int = 100_000) -> list[tuple[object, ...]]:
    return [row for chunk in extract.chunks(rows) for row in chunk.frame.rows()]


def shape_of(extract: Extract) -> list[tuple[object, ...]]:
    return [row for chunk in extract.chunks() for row in chunk.shape.rows()]


def test_reads_cells_as_text_with_the_rows_of_the_file(tmp_path: Path) -> None:
    with open_extract(write(tmp_path, HEADER + "503,Service,\n0503, Review ,NULL\n")) as extract:
        assert extract.header == ("LA Code", "Event Type", "Event Description")
        assert (extract.kind, extract.encoding, extract.delimiter, extract.member) == ("csv", "utf-8", ",", None)
        assert rows_of(extract) == [(2, "503", "Service", None), (3, "0503", " Review ", "NULL")]
        assert extract.notes == ()
        assert extract.repairs == list[Repair]()


def test_columns_are_row_then_positions_with_their_types(tmp_path: Path) -> None:
    with open_extract(write(tmp_path, HEADER + "503,Service,x\n")) as extract:
        (chunk,) = extract.chunks()
        assert chunk.frame.schema == {"row": pl.UInt32, "0": pl.String, "1": pl.String, "2": pl.String}
        assert chunk.shape.schema == {"row": pl.UInt32, "cells": pl.UInt32, "problem": pl.String}


def test_chunks_may_be_read_again(tmp_path: Path) -> None:
    with open_extract(write(tmp_path, HEADER + "503,Service,x\n")) as extract:
        assert rows_of(extract) == rows_of(extract)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_recognises_delimiter_newline_and_encoding(tmp_path: Path, delimiter: str, newline: str, encoding: str) -> None:
    table = [("LA Code", "Event Type", "Notes"), ("503", "Café – “ok”", ""), ("504", 'a"b', "x")]
    quoted = [["503", "Café – “ok”", ""], ["504", '"a""b"', "x"]]
    text = newline.join(delimiter.join(cells) for cells in [list(table[0]), *quoted]) + newline
    with open_extract(write(tmp_path, text.encode(encoding))) as extract:
        assert extract.header == table[0]
        assert extract.delimiter == delimiter
        assert rows_of(extract) == [(2, "503", "Café – “ok”", None), (3, "504", 'a"b', "x")]


def test_says_which_encoding_and_delimiter_it_assumed(tmp_path: Path) -> None:
    with open_extract(write(tmp_path, "A;B\nCafé;x\n".encode("cp1252"))) as extract:
        assert {note.kind for note in extract.notes} == {"encoding", "delimiter"}
        assert "decoded as Windows-1252" in [note.message for note in extract.notes]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_newlines_in_quotes_are_one_row_and_blank_lines_count(tmp_path: Path, newline: str) -> None:
    lines = ["", "A,B", '1,"two', 'lines"', "", "2,x", ",", "  ", "3,y"]
    with open_extract(write(tmp_path, newline.join(lines).encode())) as extract:
        assert extract.header == ("A", "B")
        assert extract.header_row == 2
        assert rows_of(extract) == [(3, "1", f"two{newline}lines"), (5, "2", "x"), (8, "3", "y")]
        assert extract.blank_rows == 3


def test_too_many_and_too_few_cells_are_told_by_row(tmp_path: Path) -> None:
    body = 'a,b,c\n"x,y",2\n1\n1,2,3,\n1,2,3,"4,4",5\n\n1,,\n'
    with open_extract(write(tmp_path, HEADER + body)) as extract:
        assert shape_of(extract) == [
            (3, 2, "too few cells"),
            (4, 1, "too few cells"),
            (5, 4, "too many cells"),
            (6, 5, "too many cells"),
        ]
        assert rows_of(extract) == [
            (2, "a", "b", "c"),
            (3, "x,y", "2", None),
            (4, "1", None, None),
            (5, "1", "2", "3"),
            (6, "1", "2", "3"),
            (8, "1", None, None),
        ]


def test_a_short_row_and_a_long_row_do_not_hide_each_other(tmp_path: Path) -> None:
    with open_extract(write(tmp_path, HEADER + "1,2\n1,2,3,4\n")) as extract:
        assert [row[1] for row in shape_of(extract)] == [2, 4]


def test_a_row_with_nothing_but_surplus_cells_is_told(tmp_path: Path) -> None:
    with open_extract(write(tmp_path, "A,B\n1,2\n,,3\n")) as extract:
        assert shape_of(extract) == [(3, 3, "too many cells")]
        assert rows_of(extract) == [(2, "1", "2"), (3, None, None)]


def test_shape_goes_with_the_chunk_that_has_the_row(tmp_path: Path) -> None:
    with open_extract(write(tmp_path, "A,B\n1,2\n1\n1,2\n1,2,3\n")) as extract:
        chunks = list(extract.chunks(2))
        assert [chunk.frame["row"].to_list() for chunk in chunks] == [[2, 3], [4, 5]]
        assert [chunk.shape["row"].to_list() for chunk in chunks] == [[3], [5]]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('5" pipe,x', ('5" pipe', "x")),
        ('a"b"c,x', ('a"b"c', "x")),
        ('"a"b,x', ("ab", "x")),
        ('"a"b"c",x', ('ab"c"', "x")),
        ('""a"",x', ('a""', "x")),
        ("a\r,x", ("a\r", "x")),
        ('"a" ,x', ("a ", "x")),
        (' "a",x', (' "a"', "x")),
        ('"he said ""no""",x', ('he said "no"', "x")),
        ('"a,""b""",x', ('a,"b"', "x")),
        ('"""",x', ('"', "x")),
        ('"",x', (None, "x")),
        ("#a,x", ("#a", "x")),
        ("a\rb,x", ("a\rb", "x")),
        ("\ufeffa,x", ("\ufeffa", "x")),
    ],
)
def test_quotes_as_spreadsheet_programs_read_them(tmp_path: Path, line: str, cells: tuple[str | None, str]) -> None:
    with open_extract(write(tmp_path, f"A,B\n1,2\n{line}\n3,4\n")) as extract:
        assert rows_of(extract) == [(2, "1", "2"), (3, *cells), (4, "3", "4")]
        assert shape_of(extract) == []


def test_two_stray_quotes_do_not_swallow_the_rows_between(tmp_path: Path) -> None:
    body = "".join(f'{n},5" pipe\n' if n in {10, 500, 501} else f'{n},"a, b"\n' for n in range(1000))
    with open_extract(write(tmp_path, "A,B\n" + body)) as extract:
        assert [row[0] for row in rows_of(extract)] == list(range(2, 1002))


def test_many_batches_give_the_same_rows_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "".join(f'{n},"line\none, {n}",{"" if n % 7 else "x"}\n' + ("\n" if n % 50 == 0 else "") for n in range(400))
    path = write(tmp_path, HEADER + body + "1\n")
    with open_extract(path) as extract:
        at_once = rows_of(extract)
        monkeypatch.setattr(limits, "MIN_BATCH_BYTES", 64)
        assert rows_of(extract, rows=1) == at_once
        assert len(at_once) == 401
        assert shape_of(extract) == [(at_once[-1][0], 1, "too few cells")]


def test_mixed_encodings_are_read_byte_by_byte_and_noted(tmp_path: Path) -> None:
    content = b"A,B\n" + "1,Zoë\n".encode() + "2,Café\n".encode("cp1252") + b"3,x\n" + "4,“q”\n".encode("cp1252")
    with open_extract(write(tmp_path, content)) as extract:
        assert rows_of(extract) == [(2, "1", "Zoë"), (3, "2", "Café"), (4, "3", "x"), (5, "4", "“q”")]
        (note,) = extract.notes
        assert (note.kind, note.row) == ("mixed_encoding", 3)
        assert "2 rows hold" in note.message


def test_a_late_windows_character_is_found(tmp_path: Path) -> None:
    content = b"A,B\n" + b"1,plain\n" * 60_000 + "2,Café\n".encode("cp1252")
    with open_extract(write(tmp_path, content)) as extract:
        assert rows_of(extract)[-1] == (60_002, "2", "Café")
        assert [(note.kind, note.row) for note in extract.notes] == [("mixed_encoding", 60_002)]


def test_header_only_is_no_error(tmp_path: Path) -> None:
    for content in (HEADER, HEADER.strip()):
        with open_extract(write(tmp_path, content)) as extract:
            assert list(extract.chunks()) == []


def test_duplicate_and_blank_header_cells_are_kept(tmp_path: Path) -> None:
    with open_extract(write(tmp_path, "A,A,,\n1,2,,\n")) as extract:
        assert extract.header == ("A", "A", "", "")
        assert [note.kind for note in extract.notes] == ["blank_trailing_columns"]
        assert rows_of(extract) == [(2, "1", "2", None, None)]


def test_a_repeated_header_is_noted_with_its_row(tmp_path: Path) -> None:
    with open_extract(write(tmp_path, HEADER + HEADER.upper() + "503,Service,\n")) as extract:
        assert [(note.kind, note.row) for note in extract.notes] == [("repeated_header", 2)]


@pytest.mark.parametrize("packing", ["gz", "zip"])
def test_reads_one_packed_file(tmp_path: Path, packing: str) -> None:
    content = (HEADER + "503,Service,x\n" * 1000).encode()
    path = tmp_path / f"extract.csv.{packing}"
    if packing == "gz":
        path.write_bytes(gzip.compress(content))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("__MACOSX/._extract.csv", b"litter")
            archive.writestr("extract.csv", content)
    with open_extract(path) as extract:
        assert extract.member == "extract.csv"
        assert rows_of(extract)[-1] == (1001, "503", "Service", "x")
        assert len(rows_of(extract)) == 1000


def test_the_delimiter_and_the_encoding_can_be_given(tmp_path: Path) -> None:
    with open_extract(write(tmp_path, "A:B\n1:Ä\n".encode("latin-1")), delimiter=":", encoding="latin-1") as extract:
        assert rows_of(extract) == [(2, "1", "Ä")]


def test_a_single_column_is_a_table(tmp_path: Path) -> None:
    with open_extract(write(tmp_path, "LA Code\n503\n\n504\n")) as extract:
        assert rows_of(extract) == [(2, "503"), (4, "504")]


def test_errors_are_one_line_of_what_where_and_remedy() -> None:
    error = UnreadableFile("The file\nis empty.", "a.csv,\nrow 2", "Export  it again.")
    assert isinstance(error, AsccldError)
    assert str(error) == "The file is empty (a.csv, row 2). Export it again."
    assert str(AsccldError("It failed")) == "It failed."


def test_commas_in_texts_below_are_no_header_of_a_file_with_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Id;Ethnicity;Town\n1;White - English, Welsh, Scottish, N Irish, British;Hull\n", encoding="utf-8")
    with open_extract(path) as extract:
        assert extract.header == ("Id", "Ethnicity", "Town")
        assert extract.header_below() is None
