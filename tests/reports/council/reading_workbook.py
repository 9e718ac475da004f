"""A workbook as a reader finds it: cells, links, tables and charts, from the parts of the file."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Workbook:
    """The parts of an .xlsx file."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self.parts = {name: archive.read(name).decode("utf-8", errors="replace") for name in archive.namelist()}

    @property
    def sheets(self) -> list[str]:
        root = ET.fromstring(self.parts["xl/workbook.xml"])
        return [str(sheet.get("name")) for sheet in root.iter(f"{MAIN}sheet")]

    @property
    def defined(self) -> dict[str, str]:
        root = ET.fromstring(self.parts["xl/workbook.xml"])
        return {str(n.get("name")): str(n.text) for n in root.iter(f"{MAIN}definedName")}

    def links(self) -> set[str]:
        """The sheets that links lead to."""
        found = {
            link for _, text in self._like("xl/worksheets/sheet") for link in re.findall(r'location="([^"]+)"', text)
        }
        return {link.rpartition("!")[0].strip("'").replace("''", "'").replace("&amp;", "&") for link in found}

    def sheets_without(self, text: str) -> set[str]:
        """The sheets in which a text of the file format does not stand; their parts are numbered in their order."""
        parts = {n: self.parts[f"xl/worksheets/sheet{at}.xml"].replace("'", "") for at, n in enumerate(self.sheets, 1)}
        return {name for name, part in parts.items() if text not in part}

    def sheet(self, name: str) -> ET.Element:
        """The part of a sheet."""
        return ET.fromstring(self.parts[f"xl/worksheets/sheet{self.sheets.index(name) + 1}.xml"])

    def repeated(self) -> dict[str, int]:
        """By sheet, the row that stands on every printed page, counted from 1."""
        return self._last_rows("_xlnm.Print_Titles")

    def printed(self) -> dict[str, int]:
        """By sheet, the last row that is printed."""
        return self._last_rows("_xlnm.Print_Area")

    def _last_rows(self, name: str) -> dict[str, int]:
        root = ET.fromstring(self.parts["xl/workbook.xml"])
        found = [n for n in root.iter(f"{MAIN}definedName") if n.get("name") == name]
        return {self.sheets[int(str(n.get("localSheetId")))]: int(str(n.text).rpartition("$")[2]) for n in found}

    def areas(self, sheet: str = "") -> list[str]:
        """The cells of each table, of one sheet or of all."""
        parts = [part for part, _ in self._like("xl/tables/")]
        if sheet:
            links = self.parts.get(f"xl/worksheets/_rels/sheet{self.sheets.index(sheet) + 1}.xml.rels", "")
            parts = [part for part in parts if part.removeprefix("xl/") in links]
        return [str(ET.fromstring(self.parts[part]).get("ref")) for part in parts]

    def cells_of(self, name: str) -> tuple[list[str], list[tuple[float, str]]]:
        """The texts of a sheet, and its numbers with the format of each."""
        styles = ET.fromstring(self.parts["xl/styles.xml"])
        formats = {str(f.get("numFmtId")): str(f.get("formatCode")) for f in styles.iter(f"{MAIN}numFmt")}
        formats |= {"3": "#,##0", "0": "General"}
        looks = [str(x.get("numFmtId")) for xs in styles.iter(f"{MAIN}cellXfs") for x in xs]
        root = ET.fromstring(self.parts["xl/sharedStrings.xml"])
        strings = ["".join(t.text or "" for t in s.iter(f"{MAIN}t")) for s in root]
        texts, numbers = list[str](), list[tuple[float, str]]()
        for cell in self.sheet(name).iter(f"{MAIN}c"):
            value = cell.findtext(f"{MAIN}v")
            if value is not None and cell.get("t") == "s":
                texts.append(strings[int(value)])
            elif value is not None:
                numbers.append((float(value), formats[looks[int(cell.get("s", "0"))]]))
        return texts, numbers

    def sheets_with_text(self, text: str) -> set[str]:
        """The sheets on which a cell begins with a text."""
        return {name for name in self.sheets if any(t.startswith(text) for t in self.cells_of(name)[0])}

    def tables(self) -> Iterator[tuple[str, list[str]]]:
        """Name and headings of each table."""
        for _, text in self._like("xl/tables/"):
            root = ET.fromstring(text)
            yield str(root.get("displayName")), [str(c.get("name")) for c in root.iter(f"{MAIN}tableColumn")]

    def formulas(self) -> int:
        return sum(text.count("<f>") + text.count("<f ") for _, text in self._like("xl/worksheets/sheet"))

    def charts(self) -> list[str]:
        return [text for _, text in self._like("xl/charts/chart")]

    def chart_sheets(self) -> set[str]:
        """The sheets that charts take their numbers from."""
        found = {ref for text in self.charts() for ref in re.findall(r"<c:f>([^<]+)</c:f>", text)}
        return {ref.rpartition("!")[0].strip("'").replace("''", "'").replace("&amp;", "&") for ref in found}

    def _like(self, begins: str) -> list[tuple[str, str]]:
        return [(name, text) for name, text in self.parts.items() if name.startswith(begins) and name.endswith(".xml")]
