"""Opening any file as an extract, by what it is rather than by what its name says."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from asccld.errors import UnreadableFile
from asccld.intake import limits
from asccld.intake.containers import Source, gzip_source, reading, zip_source
from asccld.intake.signatures import content_of, refused

if TYPE_CHECKING:
    from asccld.intake.model import Extract


def open_extract(
    path: str | os.PathLike[str],
    *,
    sheet: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    header_row: int = 1,
) -> Extract:
    """Open a CSV (also in .gz or .zip), an Excel workbook or a Parquet file, and read its header.

    The kind, the encoding, the delimiter and the sheet are recognised unless given; rows above
    `header_row` are titles. Raises `UnreadableFile` with one line that says what is wrong, where, and what to do.
    """
    file = Path(path)
    size = _checked_size(file)
    source = Source(file)
    head = source.head(limits.SAMPLE_BYTES)
    content = content_of(head + _tail(file, head, size), source.place, file.suffix.lower())
    if content == "gzip":
        source = gzip_source(file)
    elif content == "zip":
        if _is_workbook(file):
            return _workbook(source, size, sheet, header_row)
        source = zip_source(file)
    if source.packing is not None:
        return _unpacked(source, size, sheet, delimiter, encoding, header_row)
    _refuse_sheet(source, sheet)
    if content == "parquet":
        return _parquet(source, size, header_row)
    return _delimited(source, size, delimiter, encoding, header_row)


def _refuse_sheet(source: Source, sheet: str | None) -> None:
    if sheet is not None:
        raise UnreadableFile("Only a workbook has sheets, and this is none", source.place, "Leave the sheet out.")


def _checked_size(file: Path) -> int:
    with reading(file.name or str(file)):
        try:
            found = file.stat()
        except ValueError as error:
            raise UnreadableFile("This is not a possible file name", None, "Give the path of the extract.") from error
    if stat.S_ISDIR(found.st_mode):
        raise UnreadableFile("This is a folder, not a file", str(file), "Give the path of the extract inside it.")
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableFile("This is not a regular file", file.name, "Save the extract as a file first.")
    if found.st_size == 0:
        raise UnreadableFile("The file is empty", file.name, "Export the extract again.")
    return found.st_size


def _tail(file: Path, head: bytes, size: int) -> bytes:
    """The end of an old Office file, where its directory may say that it is encrypted."""
    if not head.startswith(b"\xd0\xcf\x11\xe0") or size <= len(head):
        return b""
    with reading(file.name), file.open("rb") as stream:
        stream.seek(max(len(head), size - limits.SAMPLE_BYTES))
        return stream.read()


def _is_workbook(file: Path) -> bool:
    """Whether a .zip is a workbook; raises for other Office files."""
    with reading(file.name):
        try:
            with zipfile.ZipFile(file) as archive:
                names = set(archive.namelist())
                opened = archive.read("mimetype")[:80] if "mimetype" in names else b""
        except (KeyError, ValueError) as error:
            raise zipfile.BadZipFile from error
    if b"opendocument" in opened:
        raise refused("an OpenDocument spreadsheet (.ods)", file.name)
    if "xl/workbook.bin" in names:
        raise refused("a binary Excel workbook (.xlsb)", file.name)
    if any(name.startswith(("word/", "ppt/")) for name in names) and "[Content_Types].xml" in names:
        raise refused("a Word or PowerPoint document", file.name)
    return any(name.lower() == "xl/workbook.xml" for name in names)


def _unpacked(
    source: Source, size: int, sheet: str | None, delimiter: str | None, encoding: str | None, header_row: int
) -> Extract:
    """The one file inside a .gz or .zip."""
    member = Path(source.member or "")
    head = source.head(limits.SAMPLE_BYTES)
    content = content_of(head, source.place, member.suffix.lower()) if head else "text"
    if content == "zip" and member.suffix.lower() in {".xlsx", ".xlsm"}:
        return _workbook(source, size, sheet, header_row)
    _refuse_sheet(source, sheet)
    if content == "parquet":
        return _parquet(source, size, header_row)
    if content != "text":
        raise UnreadableFile("There is a compressed file inside the compressed file", source.place, "Unpack it first.")
    return _delimited(source, size, delimiter, encoding, header_row)


def _delimited(source: Source, size: int, delimiter: str | None, encoding: str | None, header_row: int) -> Extract:
    from asccld.intake.delimited import DelimitedExtract

    return DelimitedExtract(source, size_bytes=size, delimiter=delimiter, encoding=encoding, header_row=header_row)


def _workbook(source: Source, size: int, sheet: str | None, header_row: int) -> Extract:
    from asccld.intake.workbooks import WorkbookExtract

    return WorkbookExtract(source, size_bytes=size, sheet=sheet, header_row=header_row)


def _parquet(source: Source, size: int, header_row: int) -> Extract:
    if header_row > 1:
        raise UnreadableFile("Nothing stands above the header of a Parquet file", source.place, "Leave header_row out.")
    from asccld.intake.parquet import ParquetExtract

    return ParquetExtract(source, size_bytes=size)
