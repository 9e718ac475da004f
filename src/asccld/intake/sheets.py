"""A look at a worksheet's XML before it is loaded: is it safe to load, is it empty, which cells hold errors.

The reader of workbooks holds a sheet as one dense block, so that two cells far apart would ask for all the memory
there is; and it drops what an error cell says. Both are seen here, in one pass that holds a megabyte at a time.
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from array import array
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

from asccld.errors import UnreadableFile
from asccld.intake import limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# No repetition is without a bound where it can be tried at many places: odd text must not take quadratic time.
_SHEET: Final = re.compile(rb"<(?:\w{1,20}:)?sheet\s[^>]{1,4000}>")
_RELATION: Final = re.compile(rb"<(?:\w{1,20}:)?Relationship\s[^>]{1,4000}>")
_ATTRIBUTE: Final = re.compile(rb"""(?<![\w:])([\w:]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")
_ROW: Final = re.compile(rb"""<(?:\w{1,20}:)?row\s[^>]{0,300}?\br=["'](\d{1,9})["']""")
_FAR: Final = re.compile(rb""" r=["'][A-Z]{3}\d{1,9}["'](?:[^>]{0,300}[^/>])?>""")
_WIDE: Final = re.compile(rb""" r=["'][D-Z][A-Z]\d{1,9}["'](?:[^>]{0,300}[^/>])?>""")
_ERROR: Final = re.compile(
    rb"""<(?:\w{1,20}:)?c\s(?=[^>]{0,300}\bt=["']e["'])[^>]{0,300}?\br=["']([A-Z]{1,3})(\d{1,9})["'][^>]{0,300}>"""
    rb"""(?:<(?:\w{1,20}:)?f\b[^>]{0,300}/>|<(?:\w{1,20}:)?f\b[^>]{0,300}>[^<]{0,9000}</(?:\w{1,20}:)?f>)?"""
    rb"""<(?:\w{1,20}:)?v>([^<]{1,20})</"""
)
_UNSTORED: Final = re.compile(
    rb"""<(?:\w{1,20}:)?c\s([^>]{0,300}?\br=["']([A-Z]{1,3})(\d{1,9})["'][^>]{0,300})>"""
    rb"""(?:<(?:\w{1,20}:)?f\b[^>]{0,300}/>|<(?:\w{1,20}:)?f\b[^>]{0,300}>[^<]{0,9000}</(?:\w{1,20}:)?f>)"""
    rb"""(<(?:\w{1,20}:)?v\s?/>|<(?:\w{1,20}:)?v></(?:\w{1,20}:)?v>)?</(?:\w{1,20}:)?c>"""
)
_TEXT_RESULT: Final = re.compile(rb"""\bt=["']str["']""")
_NARROW, _BROAD = 104, 702  # columns up to CZ, up to ZZ
_CELLS_PER_VALUE: Final = 20
_MOST_ERRORS: Final = 1_000_000


@dataclass
class SheetScan:
    """What a sheet's XML says, rows and columns counted from 0.

    `errors` gives the text of error cells by (row, column), `unstored` the rows of formulas without a stored value by
    column: a program that never calculated them wrote the workbook, and they read as blank.
    """

    values: int = 0
    rows: int = 0
    last_row: int = 0
    far: bool = False
    wide: bool = False
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    unstored: dict[int, array[int]] = field(default_factory=dict)

    def add(self, xml: bytes) -> None:
        """Take in a piece of XML that ends between two cells."""
        self.values += xml.count(b"<v>") + xml.count(b":v>") // 2 + xml.count(b"<is>") + xml.count(b"<v xml")
        self.rows += xml.count(b"</row>") + xml.count(b":row>") // 2
        for found in _ROW.finditer(xml, max(0, xml.rfind(b"<row ") if b"<row " in xml else 0)):
            self.last_row = max(self.last_row, int(found[1]))
        self.far = self.far or _FAR.search(xml) is not None
        self.wide = self.wide or _WIDE.search(xml) is not None
        if b'"e"' in xml or b"'e'" in xml:
            self._add_errors(xml)
        if b"<f" in xml or b":f" in xml:
            self._add_unstored(xml)

    def _add_unstored(self, xml: bytes) -> None:
        for found in _UNSTORED.finditer(xml):
            if found[4] and _TEXT_RESULT.search(found[1]):
                continue  # its result is an empty text, and that is stored
            self.unstored.setdefault(_column_number(found[2]), array("L")).append(int(found[3]) - 1)

    def _add_errors(self, xml: bytes) -> None:
        for found in _ERROR.finditer(xml):
            if len(self.errors) < _MOST_ERRORS:
                cell = int(found[2]) - 1, _column_number(found[1])
                self.errors[cell] = html.unescape(found[3].decode("utf-8", "replace"))

    def check_rows(self, place: str) -> None:
        """Refuse a sheet with more rows than any program can have written."""
        if max(self.rows, self.last_row) > limits.MAX_SHEET_ROWS:
            raise UnreadableFile(
                f"The sheet has more rows than the {limits.MAX_SHEET_ROWS:,} that a worksheet can have",
                place,
                "Check where it comes from; if it is genuine, export the extract as CSV UTF-8.",
            )

    def check(self, place: str) -> None:
        """Refuse a sheet whose used area is immense and nearly empty."""
        area = self.last_row * (_BROAD if self.wide else _NARROW)
        if self.far or (area > limits.MAX_SHEET_CELLS and area > _CELLS_PER_VALUE * self.values):
            raise UnreadableFile(
                "The sheet has stray cells far to the right of, or far below, its table",
                place,
                "Copy the table into a new workbook and save that.",
            )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def column_letters(number: int) -> str:
    """The name that a sheet gives a column, counted from 0: A, B, ... Z, AA."""
    letters, left = "", number + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


class SheetScans:
    """The scans of a workbook's sheets, made when asked for."""

    def __init__(self, workbook: Path | IO[bytes], place: str) -> None:
        self._place = place
        self._archive = zipfile.ZipFile(workbook)
        try:
            self._check_sizes()
            self._parts = self._sheet_parts()
        except BaseException:
            self._archive.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._archive.close()

    def scan(self, sheet: str) -> SheetScan | None:
        """The scan of a sheet; None where the workbook does not say where the sheet is."""
        part = self._parts.get(sheet)
        if part is None:
            return None
        found = SheetScan()
        for xml in self._pieces(part):
            found.add(xml)
            found.check_rows(self._place)
        return found

    def _check_sizes(self) -> None:
        total = 0
        for info in self._archive.infolist():
            total += info.file_size
            dense = info.file_size > limits.RATIO_FREE_BYTES and info.file_size > limits.MAX_RATIO * info.compress_size
            if dense or total > limits.MAX_WORKBOOK_BYTES:
                raise UnreadableFile(
                    "The workbook unpacks to far more than its size (a 'zip bomb')",
                    self._place,
                    "Check where it comes from; if it is genuine, save the sheet as CSV UTF-8.",
                )
            if info.flag_bits & 0x1:
                raise UnreadableFile(
                    "The workbook is protected by a password", self._place, "Save it without a password."
                )

    def _sheet_parts(self) -> dict[str, str]:
        names = {name.lower(): name for name in self._archive.namelist()}
        targets: dict[str, str] = {}
        for tag in _RELATION.findall(self._part(names.get("xl/_rels/workbook.xml.rels"))):
            attributes = _attributes(tag)
            targets[attributes.get("Id", "")] = attributes.get("Target", "")
        parts: dict[str, str] = {}
        for tag in _SHEET.findall(self._part(names.get("xl/workbook.xml"))):
            attributes = _attributes(tag)
            target = targets.get(next((text for key, text in attributes.items() if key.endswith(":id")), ""), "")
            part = names.get(posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").lower())
            if target and part is not None:
                parts[attributes.get("name", "")] = part
        return parts

    def _part(self, name: str | None) -> bytes:
        if name is None:
            return b""
        with self._archive.open(name) as stream:
            return stream.read(16 * limits.MEBIBYTE)

    def _pieces(self, part: str) -> Iterator[bytes]:
        """The XML of a sheet, cut between cells."""
        rest = b""
        with self._archive.open(part) as stream:
            while block := stream.read(limits.MEBIBYTE):
                xml = rest + block
                cut = max(
                    xml.rfind(b"</c>") + 4 if b"</c>" in xml else 0, xml.rfind(b":c>") + 3 if b":c>" in xml else 0
                )
                if cut == 0 and len(xml) < limits.MAX_RECORD_BYTES:
                    rest = xml
                    continue
                yield xml[: cut or len(xml)]
                rest = xml[cut:] if cut else b""
        yield rest


def _attributes(tag: bytes) -> dict[str, str]:
    found = _ATTRIBUTE.findall(tag)
    return {name.decode("ascii", "replace"): html.unescape((a or b).decode("utf-8", "replace")) for name, a, b in found}
