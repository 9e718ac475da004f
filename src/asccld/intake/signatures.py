"""Recognising what a file is by its first bytes, whatever its name says, and refusing what is not a table."""

from __future__ import annotations

from typing import Final, Literal

from asccld.errors import UnreadableFile

_SAVE_AS: Final = "Open it in the program it comes from and save it as CSV UTF-8 (.csv) or an Excel workbook (.xlsx)."

_REFUSED: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM\x00", "a bitmap image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"%PDF", "a PDF document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x00\x01\x00\x00Standard", "an Access database"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "an RTF document"),
    (b"ARROW1", "an Arrow file"),
    (b"FEA1", "a Feather file"),
)
_REFUSED_SUFFIXES: Final = {
    ".xls": "an old Excel workbook (.xls)",
    ".xlsb": "a binary Excel workbook (.xlsb)",
    ".ods": "an OpenDocument spreadsheet (.ods)",
    ".json": "a JSON file",
    ".jsonl": "a JSON file",
    ".xml": "an XML file",
    ".html": "a web page",
    ".htm": "a web page",
    ".docx": "a Word document",
    ".doc": "a Word document",
    ".pdf": "a PDF document",
    ".sav": "an SPSS file",
    ".dta": "a Stata file",
    ".sas7bdat": "a SAS file",
    ".rds": "an R file",
    ".accdb": "an Access database",
    ".mdb": "an Access database",
}

Content = Literal["zip", "gzip", "parquet", "text"]


def content_of(head: bytes, place: str, suffix: str) -> Content:
    """What the bytes are; raises for everything that is not a table."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _old_office_file(head, place)
    _refuse_known(head, place, suffix)
    return "text"


def refused(kind: str, place: str) -> UnreadableFile:
    """The refusal of a file that is `kind`."""
    return UnreadableFile(f"The file is {kind}, not an extract", place, _SAVE_AS)


def _refuse_known(head: bytes, place: str, suffix: str) -> None:
    for signature, kind in _REFUSED:
        if head.startswith(signature) and (len(signature) > 2 or b"\0" in head[:512]):
            raise refused(kind, place)
    if suffix in _REFUSED_SUFFIXES:
        raise refused(_REFUSED_SUFFIXES[suffix], place)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    if start.startswith((b"{", b"[{", b"[\n", b"[[")):
        raise refused("a JSON file", place)
    if start.startswith((b"<?xml", b"<html", b"<!doctype", b"<table", b"<!--")):
        raise refused("a web page or XML file", place)
    if suffix in {".xlsx", ".xlsm", ".parquet", ".zip", ".gz"}:
        raise UnreadableFile(
            f"The file is not what its name says: it is not a {suffix} file, or it is damaged",
            place,
            "Save it again under the name of its true format, or copy it again.",
        )


def _old_office_file(head: bytes, place: str) -> UnreadableFile:
    if "EncryptedPackage".encode("utf-16-le") in head:
        return UnreadableFile(
            "The workbook is protected by a password", place, "Open it in Excel, remove the password and save it."
        )
    return refused("an old Excel workbook (.xls) or another old Office file", place)
