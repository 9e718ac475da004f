"""What Excel refuses or "repairs" in a workbook, looked for in the parts of the file: no test machine has Excel.

The limits are those of Microsoft's published specifications and of the file format (ECMA-376).
"""

import re
import zipfile
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LONGEST_TEXT, LONGEST_SHEET_NAME, LONGEST_NAME, LONGEST_HEADING = 32_767, 31, 255, 255
HIGHEST_ROW, WIDEST_COLUMN, LONGEST_FOOTER, MOST_BREAKS, MOST_LINKS = 409.5, 255, 255, 1_023, 65_530
ROWS, COLUMNS, MOST_FORMATS = 1_048_576, 16_384, 65_490
NAME = re.compile(r"[A-Za-z_\\][A-Za-z0-9_.\\]*")
LIKE_A_CELL = re.compile(r"([A-Za-z]{1,3}[0-9]+|[Rr]([0-9]*)|[Cc]([0-9]*)|[Rr][0-9]*[Cc][0-9]*)")
RANGE = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")

Area = tuple[int, int, int, int]
"""First row and column, last row and column, counted from 1."""


def area_of(text: str) -> Area:
    """`A1:C9` as numbers."""
    found = RANGE.fullmatch(text)
    assert found, text
    first, top, last, bottom = found.groups()
    return int(top), _place(first), int(bottom or top), _place(last or first)


def _place(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def overlap(one: Area, other: Area) -> bool:
    """Whether two areas have a cell in common."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


class Parts:
    """The parts of a workbook as trees; a part that is no XML is no workbook."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            texts = {name: archive.read(name) for name in archive.namelist()}
        self.trees = {name: ET.fromstring(text) for name, text in texts.items() if name.endswith((".xml", ".rels"))}
        strings = self.trees.get("xl/sharedStrings.xml")
        self.strings = [] if strings is None else ["".join(t.text or "" for t in s.iter(f"{MAIN}t")) for s in strings]
        self.book = self.trees["xl/workbook.xml"]

    @property
    def sheets(self) -> list[tuple[str, str]]:
        """The name of each sheet, and its part."""
        parts = self.related("xl/workbook.xml")
        return [(str(s.get("name")), parts[str(s.get(RELATED))]) for s in self.book.iter(f"{MAIN}sheet")]

    def related(self, part: str) -> dict[str, str]:
        """The parts to which a part points, by their ids; links to the outside as they are."""
        folder, name = PurePosixPath(part).parent, PurePosixPath(part).name
        root = self.trees.get(f"{folder}/_rels/{name}.rels")
        found = {} if root is None else {str(r.get("Id")): str(r.get("Target")) for r in root}
        return {
            key: target.lstrip("/") if target.startswith("/") else _resolved(f"{folder}/{target}")
            for key, target in found.items()
        }

    def cells(self, part: str) -> dict[tuple[int, int], str]:
        """The texts of a sheet by row and column; numbers are left out."""
        made: dict[tuple[int, int], str] = {}
        for cell in self.trees[part].iter(f"{MAIN}c"):
            row, column, _, _ = area_of(str(cell.get("r")))
            value = cell.find(f"{MAIN}v")
            if cell.get("t") == "s" and value is not None:
                made[row, column] = self.strings[int(str(value.text))]
            elif cell.get("t") == "inlineStr":
                made[row, column] = "".join(t.text or "" for t in cell.iter(f"{MAIN}t"))
        return made


def _resolved(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def refusals(path: Path) -> list[str]:
    """Everything that Excel would refuse or repair; none for a sound workbook."""
    parts = Parts(path)
    found = [*_names(parts), *_strings(parts), *_relations(parts), *_charts(parts)]
    for name, part in parts.sheets:
        found += [f"{name}: {fault}" for fault in _sheet(parts, part)]
    return found


def _names(parts: Parts) -> Iterator[str]:
    sheets = [name for name, _ in parts.sheets]
    for name in sheets:
        if not name or len(name) > LONGEST_SHEET_NAME or re.search(r"[\[\]:*?/\\]|^'|'$", name):
            yield f"sheet name {name!r}"
    if len({n.lower() for n in sheets}) < len(sheets) or "history" in {n.lower() for n in sheets}:
        yield "sheet names twice, or the one that Excel keeps"
    defined = [(str(n.get("name")), n.get("localSheetId"), str(n.text)) for n in parts.book.iter(f"{MAIN}definedName")]
    tables = [str(t.get("displayName")) for name, t in parts.trees.items() if name.startswith("xl/tables/")]
    own = [*tables, *(name for name, _, _ in defined if not name.startswith("_xlnm."))]
    for name in own:
        if not NAME.fullmatch(name) or LIKE_A_CELL.fullmatch(name) or len(name) > LONGEST_NAME:
            yield f"name {name!r}"
    if len({n.lower() for n in own}) < len(own) or len({d[:2] for d in defined}) < len(defined):
        yield "names twice"
    known = {s.lower() for s in sheets}
    for name, _, text in defined:
        for quoted, plain in re.findall(r"(?:'((?:[^']|'')+)'|(\w+))!", text):
            if (quoted.replace("''", "'") or plain).lower() not in known:
                yield f"name {name!r} is of no sheet"


def _strings(parts: Parts) -> Iterator[str]:
    if any(len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT for text in parts.strings):
        yield "a text that is too long"
    styles = parts.trees["xl/styles.xml"].find(f"{MAIN}cellXfs")
    if styles is None or len(styles) > MOST_FORMATS:
        yield "too many formats"


def _relations(parts: Parts) -> Iterator[str]:
    """Every part that is pointed to is there, and Excel is told of its kind."""
    kinds = {str(k.get("PartName")).lstrip("/") for k in parts.trees["[Content_Types].xml"] if k.get("PartName")}
    yield from (f"{part} is announced and not there" for part in kinds - parts.trees.keys())
    for name, root in parts.trees.items():
        if name.endswith(".rels") and name != "_rels/.rels":
            part = name.replace("_rels/", "").removesuffix(".rels")
            outside = {str(r.get("Id")) for r in root if r.get("TargetMode") == "External"}
            targets = {t for key, t in parts.related(part).items() if key not in outside}
            yield from (f"{part} points to {t}" for t in targets if t not in parts.trees)


def _charts(parts: Parts) -> Iterator[str]:
    """Charts take their numbers from cells of sheets that are there."""
    names = {name for name, _ in parts.sheets}
    for part, root in parts.trees.items():
        for place in (str(f.text) for f in root.iter(f"{CHART}f") if part.startswith("xl/charts/")):
            sheet, _, area = place.rpartition("!")
            if sheet.strip("'").replace("''", "'") not in names or not RANGE.fullmatch(area):
                yield f"{part} is drawn from {place}"


def _sheet(parts: Parts, part: str) -> Iterator[str]:
    root, cells = parts.trees[part], parts.cells(part)
    tables = [parts.trees[t] for t in parts.related(part).values() if t.startswith("xl/tables/")]
    areas = [area_of(str(t.get("ref"))) for t in tables]
    merged = [area_of(str(m.get("ref"))) for m in root.iter(f"{MAIN}mergeCell")]
    filters = [area_of(str(f.get("ref"))) for f in root.findall(f"{MAIN}autoFilter")]
    if any(overlap(a, b) for a, b in combinations([*areas, *filters, *merged], 2)):
        yield "tables, filters or merged cells overlap"
    for table, area in zip(tables, areas, strict=True):
        yield from _table(table, area, cells)
    yield from _rows(root)
    links = list(root.iter(f"{MAIN}hyperlink"))
    names = {name for name, _ in parts.sheets}
    places = [str(h.get("location")).rpartition("!")[0].strip("'").replace("''", "'") for h in links]
    if len(links) > MOST_LINKS or any(p not in names for p in places):
        yield "links that lead nowhere"
    if any(root.iter(f"{MAIN}f")):
        yield "a formula, of which there should be none"
    if any(True for kind in ("conditionalFormatting", "dataValidation") for _ in root.iter(f"{MAIN}{kind}")):
        yield "a conditional format or a validation, of which there should be none"


def _table(table: ET.Element, area: Area, cells: dict[tuple[int, int], str]) -> Iterator[str]:
    name, columns = table.get("displayName"), list(table.iter(f"{MAIN}tableColumn"))
    heads = [str(c.get("name")) for c in columns]
    top, left, bottom, right = area
    if len({h.lower() for h in heads}) < len(heads) or not all(0 < len(h) <= LONGEST_HEADING for h in heads):
        yield f"headings of {name}: blank, too long or twice"
    if heads != [cells.get((top, column)) for column in range(left, right + 1)]:
        yield f"headings of {name} are not those of its cells"
    if bottom <= top:
        yield f"{name} has no rows"
    inner = table.find(f"{MAIN}autoFilter")
    if inner is not None and area_of(str(inner.get("ref"))) != area:
        yield f"the filter of {name} is of other cells"


def _rows(root: ET.Element) -> Iterator[str]:
    rows = [int(str(r.get("r"))) for r in root.iter(f"{MAIN}row")]
    if any(a >= b for a, b in pairwise(rows)) or max(rows, default=1) > ROWS:
        yield "rows that are not in order, or too many"
    for row in root.iter(f"{MAIN}row"):
        places = [area_of(str(c.get("r")))[1] for c in row]
        if any(a >= b for a, b in pairwise(places)) or max(places, default=1) > COLUMNS:
            yield f"cells of row {row.get('r')} that are not in order"
        if not 0 <= float(row.get("ht", "15")) <= HIGHEST_ROW:
            yield f"row {row.get('r')} is too high"
    if any(float(str(c.get("width"))) > WIDEST_COLUMN for c in root.iter(f"{MAIN}col")):
        yield "a column that is too wide"
    if any(
        len(h.text or "") > LONGEST_FOOTER for kind in ("oddFooter", "oddHeader") for h in root.iter(f"{MAIN}{kind}")
    ):
        yield "a header or footer that is too long"
    if sum(1 for _ in root.iter(f"{MAIN}brk")) > MOST_BREAKS:
        yield "too many page breaks"
