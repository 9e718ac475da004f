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
