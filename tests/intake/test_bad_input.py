"""Files that cannot be read: one line that says what, where and what to do, and never another exception."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import xlsxwriter

from asccld.errors import UnreadableFile
from asccld.intake import limits, open_extract

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(UnreadableFile) as caught, open_extract(path, **options) as extract:
        for _ in extract.chunks():
            pass
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.remedy
    return message


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def encrypted_zip() -> bytes:
    content = bytearray(zipped(("a.csv", b"A,B\n1,2\n")))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def workbook() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for row in range(200):
            sheet.write_row(row, 0, ["A", "B", f"text {row}"])
    return buffer.getvalue()


def old_office(directory: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + directory.encode("utf-16-le") + bytes(1000)


CASES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("a.csv", lambda: b"", "is empty"),
    "only a byte order mark": ("a.csv", lambda: b"\xef\xbb\xbf", "is empty"),
    "only blank lines": ("a.csv", lambda: b"\n\r\n \n", "only blank lines"),
    "rubbish": ("a.csv", lambda: bytes(range(256)) * 50, "binary"),
    "png": ("a.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG image"),
    "jpeg": ("a.csv", lambda: b"\xff\xd8\xff\xe0" + bytes(100), "JPEG image"),
    "pdf": ("a.csv", lambda: b"%PDF-1.7\nabc", "PDF document"),
    "json": ("a.json", lambda: b'[{"a": 1}]', "JSON"),
    "json named csv": ("a.csv", lambda: b'{"a": 1}', "JSON"),
    "html named xls": ("a.xls", lambda: b"<html><table></table></html>", "xls"),
    "html named csv": ("a.csv", lambda: b"<html><table></table></html>", "web page"),
    "old excel": ("a.xls", lambda: old_office("Workbook"), "old Excel workbook"),
    "password-protected excel": ("a.xlsx", lambda: old_office("EncryptedPackage"), "password"),
    "truncated excel": ("a.xlsx", lambda: workbook()[:3000], "damaged"),
    "text named xlsx": ("a.xlsx", lambda: b"A,B\n1,2\n", "not what its name says"),
    "open document": (
        "a.ods",
        lambda: zipped(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<x/>")),
        "OpenDocument",
    ),
    "binary excel": ("a.xlsb", lambda: zipped(("xl/workbook.bin", b"x")), "xlsb"),
    "word": ("a.docx", lambda: zipped(("[Content_Types].xml", b"x"), ("word/document.xml", b"x")), "Word"),
    "damaged parquet": ("a.parquet", lambda: b"PAR1" + bytes(100) + b"PAR1", "Parquet file is damaged"),
    "zip of two": ("a.zip", lambda: zipped(("a.csv", b"A\n1\n"), ("b.csv", b"A\n1\n")), "holds 2 files"),
    "zip of a nameless file": (
        "a.zip",
        lambda: zipped(("x.csv", b"A\n1\n")).replace(b"x.csv", b"\0.csv"),  # a name ends where a NUL stands
        "holds no file",
    ),
    "zip of none": ("a.zip", zipped, "holds no file"),
    "zip of a zip": ("a.zip", lambda: zipped(("b.zip", zipped(("a.csv", b"A\n")))), "inside the compressed file"),
    "zip of an image": ("a.zip", lambda: zipped(("b.csv", b"\x89PNG\r\n\x1a\n")), "PNG image"),
    "zip packed by lzma": (
        "a.zip",
        lambda: zipped(("a.csv", b"A\n1\n"), method=zipfile.ZIP_LZMA),
        "method that asccld does not read",
    ),
    "encrypted zip": ("a.zip", encrypted_zip, "password"),
    "truncated zip": ("a.zip", lambda: zipped(("a.csv", b"A,B\n" * 1000))[:60], "damaged"),
    "truncated gzip": ("a.csv.gz", lambda: gzip.compress(os.urandom(9000).hex().encode())[:4000], "damaged"),
    "nul in the header": ("a.csv", lambda: b"A,B\0\n" + b"1,2\n" * 1000, "NUL"),
    "nul further down": ("a.csv", lambda: b"A,B\n" + b"1,2\n" * 100_000 + b"1,\0\n", "row 100002"),
    "a cell of 10 MB": ("a.csv", lambda: b"A,B\n1,2\n3," + b"x" * 10_000_000 + b"\n", "row 3"),
    "10 MB without a line end": ("a.csv", lambda: b"x" * 10_000_000, "first row is longer"),
    "numbers for a header": ("a.csv", lambda: b"503,01/04/2024,12.5\n504,01/04/2024,1\n", "has no header"),
    "too wide": ("a.csv", lambda: b"A," * 2000 + b"\n", "2,001 columns"),
    "quote never closed": ("a.csv", lambda: b'A,B\n1,2\n3,"x\n' + b"4,5\n" * 10, "row 3, column 2"),
    "quote never closed in a long file": ("a.csv", lambda: b'A,B\n1,2\n3,"x\n' + b"4,5\n" * 3_000_000, "row 3"),
    "quote never closed in the header": ("a.csv", lambda: b'A,"B\n1,2\n', "row 1, column 2"),
    "neither utf-8 nor windows": ("a.csv", lambda: b"A,B\n\xc3\xa9,2\n1,2\n\x81,2\n", "row 4"),
    "odd utf-16": ("a.csv", lambda: "A,B\n1,2\n".encode("utf-16") + b"x", "not valid UTF-16"),
    "utf-32": ("a.csv", lambda: "A,B\n1,2\n".encode("utf-32"), "UTF-32"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_file_is_refused_in_one_line(tmp_path: Path, case: str) -> None:
    name, content, expected = CASES[case]
    path = tmp_path / name
    path.write_bytes(content())
    message = refusal(path)
    assert expected in message
    assert name in message


@pytest.mark.parametrize("packing", ["gz", "zip"])
@pytest.mark.parametrize("limit", ["RATIO_FREE_BYTES", "MAX_UNPACKED_BYTES"])
def test_a_zip_bomb_is_stopped_while_it_unpacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packing: str, limit: str
) -> None:
    monkeypatch.setattr(limits, limit, 1 << 20)
    content = b"A,B\n" + b"1,2\n" * 1_000_000
    path = tmp_path / f"a.csv.{packing}"
    path.write_bytes(gzip.compress(content) if packing == "gz" else zipped(("a.csv", content)))
    assert "zip bomb" in refusal(path)


@pytest.mark.parametrize("packing", ["gz", "zip"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r"])
def test_a_row_bomb_is_stopped_while_it_unpacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packing: str, encoding: str, newline: str
) -> None:
    """Rows that weigh nothing when packed: few bytes, unpacked into more rows than anybody could have meant."""
    monkeypatch.setattr(limits, "FREE_ROWS", 10_000)
    content = (f"A,B{newline}" + f"1,2{newline}" * 20_000).encode(encoding)
    path = tmp_path / f"a.csv.{packing}"
    path.write_bytes(gzip.compress(content) if packing == "gz" else zipped(("a.csv", content)))
    told = refusal(path)
    assert "row bomb" in told
    assert "over 10,000" in told
    plain = tmp_path / "a.csv"
    plain.write_bytes(content)
    with open_extract(plain) as extract:
        assert sum(chunk.frame.height for chunk in extract.chunks()) == 20_000


@pytest.mark.parametrize("row", ["", ",", "  ,"])
def test_blank_rows_without_end_are_not_read_to_their_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str
) -> None:
    monkeypatch.setattr(limits, "MAX_BLANK_ROWS", 1_000)
    path = tmp_path / "a.csv"
    path.write_text("A,B\n1,2\n" + f"{row}\n" * 2_000, encoding="utf-8")
    assert "more than 1,000 rows without any content" in refusal(path)


def test_misshapen_rows_without_end_are_not_read_to_their_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_MISSHAPEN_ROWS", 1_000)
    path = tmp_path / "a.csv"
    path.write_text("A,B\n1,2\n" + "1\n" * 2_000, encoding="utf-8")
    told = refusal(path)
    assert "More than 1,000 rows do not have the header's 2 cells" in told
    assert "row 3 with 1 cell)" in told


def test_missing_file(tmp_path: Path) -> None:
    assert "no such file (nothing.csv)" in refusal(tmp_path / "nothing.csv")


def test_folder(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)


def test_file_name_that_cannot_exist(tmp_path: Path) -> None:
    assert "file name" in refusal(tmp_path / "a\0b.csv")


def test_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("A,B\n1,2\n")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert "may not read" in refusal(path)


def test_wrong_delimiter_given_by_the_user(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("A,B\n1,2\n")
    assert "seems to be a comma" in refusal(path, delimiter=";")
    assert "one character" in refusal(path, delimiter="--")


def test_wrong_encoding_given_by_the_user(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"A,B\n1,2\n1,\x81\n")
    assert "not an encoding" in refusal(path, encoding="klingon")
    assert "row 3" in refusal(path, encoding="windows-1252")
    assert "UTF-16" in refusal(path, encoding="utf-16")


def test_no_cell_content_in_messages(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('A,B\n1,2\n3,"Secret Name\n4,5\n')
    assert "Secret" not in refusal(path)


def test_a_quote_never_closed_does_not_hold_the_file_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'A,B\n3,"x\n' + b"4,5\n" * (limits.MAX_RECORD_BYTES // 2))
    with open_extract(path) as extract, pytest.raises(UnreadableFile, match="never closed"):
        for _ in extract.chunks(rows=1000):
            pass


@pytest.mark.parametrize("name", ["extract.csv", "extract.csv.gz", "extract.parquet"])
def test_a_sheet_of_a_file_without_sheets_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name.endswith("parquet"):
        pl.DataFrame({"LA Code": ["503"]}).write_parquet(path)
    else:
        text = b"LA Code\n503\n"
        path.write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    with pytest.raises(UnreadableFile, match="Only a workbook has sheets"):
        open_extract(path, sheet="Data")
