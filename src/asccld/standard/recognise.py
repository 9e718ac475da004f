"""What an official workbook, or our template, states: values of lists and what becomes of them.

A sheet is recognised by the words in a header row, wherever that row stands:

- a release map: `Variable`, two or more columns such as `Release 1 value`, and perhaps a comparison;
- a specification: an item name and its defined list, one value per row or several lines in one cell;
- the template: `release`, `defined_list` and `value`.

Below the header, blank rows are skipped and a blank item name means the one above. A second header row on the same
sheet starts again. Whatever is not recognised is kept and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from asccld.errors import AsccldError
from asccld.standard.grids import Grid
from asccld.standard.model import Standard
from asccld.standard.names import did_you_mean, key, list_named

_ITEM = frozenset({
    "variable", "variablename", "field", "fieldname", "dataitem", "dataitemname", "datafield", "item", "itemname",
    "name", "definedlist",
})  # fmt: skip
_VALUES = frozenset({
    "definedlist", "definedlistvalues", "definedlistvalue", "listvalues", "listvalue", "values", "value",
    "permittedvalues", "allowedvalues", "validvalues", "codelist", "responseoptions",
})  # fmt: skip
_RELEASE_HEADER = re.compile(r"^(?:release|rel|r|version|v)(\d)0?(?:values?|listvalues?|definedlist(?:values?)?)?$")
_RELEASE_TITLE = re.compile(r"(?<![a-z])(?:release|rel|r|version|v)[ _-]*(\d)(?![\d])", re.IGNORECASE)
_GONE = frozenset({
    "notmapped", "noequivalent", "nomapping", "na", "removed", "deleted", "discontinued",
    "release1specificationonlynotmapped",
})  # fmt: skip
_NEW = frozenset(["new", "added", "na", "noequivalent", "notinrelease1", "notinrelease2"])
_BULLET = re.compile(r"^[\u2022\u00b7\u25aa\u25cf*\u2013-]\s+")
_FORMULA = ("=", "+", "@")


@dataclass(frozen=True)
class StatedValue:
    """One value that a list of a release has."""

    release: str
    defined_list: str
    value: str
    place: str
    from_map: bool
    """True when a release map names it, which may leave out what does not change."""


@dataclass(frozen=True)
class StatedMapping:
    """What becomes of a value in the next release; None at an end: not mapped, or new."""

    defined_list: str
    from_value: str | None
    release: str
    """The later release."""
    to_value: str | None
    place: str


@dataclass(frozen=True)
class Unrecognised:
    """Something that was read and not used."""

    what: str
    place: str


@dataclass
class Statements:
    """All that a source says."""

    values: list[StatedValue] = field(default_factory=list[StatedValue])
    mappings: list[StatedMapping] = field(default_factory=list[StatedMapping])
    unrecognised: list[Unrecognised] = field(default_factory=list[Unrecognised])
    sheets: list[str] = field(default_factory=list[str])
    """Sheets with a header that was recognised."""


def recognise(grids: Iterable[Grid], standard: Standard, source_name: str, release: str | None = None) -> Statements:
    """Everything the sheets state; raises AsccldError naming sheet, row and column where they contradict themselves."""
    reader = _Reader(standard, source_name, release)
    seen: list[str] = []
    for grid in grids:
        seen.append(grid.name)
        reader.sheet(grid)
    if not reader.said.sheets:
        raise AsccldError(
            what=f"No sheet has the columns of a release map or a specification: read {', '.join(seen) or 'nothing'}",
            where=source_name,
            remedy="Expected a header row with 'Variable', 'Release 1 value' and 'Release 2 value', or with an item "
            "name and 'Defined list'",
        )
    if not reader.said.values and not reader.said.mappings:
        raise AsccldError(
            what="The columns are there, but nothing below them belongs to a defined list of the standard",
            where=f"{source_name}, sheet '{reader.said.sheets[0]}'",
            remedy="Check that the names of the items are below the header, in the same column",
        )
    return reader.said


class _Reader:
    def __init__(self, standard: Standard, source_name: str, release: str | None) -> None:
        self.standard = standard
        self.source_name = source_name
        self.release = release
        self.digits = {re.sub(r"\D", "", i): i for i in standard.releases}
        self.said = Statements()

    def sheet(self, grid: Grid) -> None:
        headers = [(row, h) for row in range(len(grid.rows)) if (h := self._header(grid, row))]
        if not headers:
            self.said.unrecognised.append(Unrecognised("no header row that is known", f"sheet '{grid.name}'"))
            return
        self.said.sheets.append(grid.name)
        ends = [row for row, _ in headers[1:]] + [len(grid.rows)]
        for (row, header), end in zip(headers, ends, strict=True):
            header.read(self, grid, row, end)

    def _header(self, grid: Grid, row: int) -> _MapHeader | _SpecificationHeader | _TemplateHeader | None:
        keys = [key(c) for c in grid.rows[row]]
        named = {k: i for i, k in reversed(list(enumerate(keys))) if k}
        item = min((i for k, i in named.items() if k in _ITEM), default=None)
        releases = self._release_columns(grid, row, keys)
        if item is not None and len(releases) > 1:
            comparison = next((i for i, k in enumerate(keys) if "compar" in k or k in ("change", "changes")), None)
            return _MapHeader(item, releases, comparison)
        if {"release", "definedlist", "value"} <= named.keys():
            return _TemplateHeader(named["release"], named["definedlist"], named["value"])
        if item is not None and releases:
            only, column = next(iter(releases.items()))
            return _SpecificationHeader(item, column, only)
        values = min((i for k, i in named.items() if k in _VALUES and i != item), default=None)
        return _SpecificationHeader(item, values) if item is not None and values is not None else None

    def _release_columns(self, grid: Grid, row: int, keys: list[str]) -> dict[str, int]:
        columns: dict[str, int] = {}
        for i, text in enumerate(keys):
            found = _RELEASE_HEADER.match(text)
            if found and found[1] in self.digits:
                release = self.digits[found[1]]
                if release in columns:
                    raise AsccldError(
                        what=f"Two columns say that they hold the values of release {release}",
                        where=f"{self.source_name}, {grid.place(row, i)}",
                        remedy="Rename or remove one of them in a copy of the file",
                    )
                columns[release] = i
        return {i: columns[i] for i in self.standard.releases if i in columns}

    def list_for(self, text: str, place: str) -> str | None:
        """The list an item cell speaks of; what is unknown is reported, once per name and sheet."""
        name = list_named(self.standard, text)
        if name is None:
            names = {n for r in self.standard.releases.values() for n in r.lists}
            entry = Unrecognised(f"no defined list '{text}'. {did_you_mean(text, names)}".strip(), place)
            if entry.what not in {u.what for u in self.said.unrecognised}:
                self.said.unrecognised.append(entry)
        return name

    def clean(self, text: str, place: str) -> str:
        """A list value: one line, without the bullet; refused when a spreadsheet would run it."""
        value = _BULLET.sub("", " ".join(text.split()))
        if value.startswith(_FORMULA):
            raise AsccldError(
                what="A value starts with a character that spreadsheets take for a formula",
                where=f"{self.source_name}, {place}",
                remedy="No value of the standard does: correct the cell in a copy of the file",
            )
        return value

    def state(self, release: str, defined_list: str, value: str, place: str, *, from_map: bool = False) -> None:
        """Note a value, or report that the release has no such list."""
        if defined_list in self.standard.releases[release].lists:
            self.said.values.append(StatedValue(release, defined_list, value, place, from_map))
        else:
            self.said.unrecognised.append(Unrecognised(f"release {release} has no list '{defined_list}'", place))

    def is_value(self, release: str, defined_list: str, text: str) -> bool:
        """True when the words for "not mapped" or "new" are themselves a value of the list."""
        found = self.standard.releases[release].lists.get(defined_list)
        return found is not None and text.casefold() in {t.casefold() for t in found.texts}


@dataclass(frozen=True)
class _MapHeader:
    item: int
    releases: dict[str, int]
    comparison: int | None

    def read(self, reader: _Reader, grid: Grid, header: int, end: int) -> None:
        for row, defined_list in _items(reader, grid, self.item, self.releases.values(), range(header + 1, end)):
            for (earlier, left), (later, right) in pairwise(self.releases.items()):
                self._step(reader, grid, row, defined_list, (earlier, left, later, right))

    def _step(self, reader: _Reader, grid: Grid, row: int, defined_list: str, step: tuple[str, int, str, int]) -> None:
        earlier, left, later, right = step
        if reader.standard.releases[later].previous != earlier:
            raise AsccldError(
                what=f"The sheet maps {earlier} to {later}, but the standard maps each release to the next",
                where=f"{reader.source_name}, {grid.place(row, right)}",
                remedy="Give a workbook that maps neighbouring releases",
            )
        before = self._end(reader, grid, (row, left), earlier, defined_list, _NEW)
        after = self._end(reader, grid, (row, right), later, defined_list, _GONE)
        if before is None and after is None:
            return
        place = grid.place(row, right)
        if self.comparison is not None:
            _compare(reader, before, after, grid.cell(row, self.comparison), grid.place(row, self.comparison))
        if before is not None:
            reader.state(earlier, defined_list, before, grid.place(row, left), from_map=True)
        if after is not None:
            reader.state(later, defined_list, after, place, from_map=True)
        reader.said.mappings.append(StatedMapping(defined_list, before, later, after, place))

    @staticmethod
    def _end(
        reader: _Reader, grid: Grid, at: tuple[int, int], release: str, defined_list: str, none: frozenset[str]
    ) -> str | None:
        text = reader.clean(grid.cell(*at), grid.place(*at))
        words = key(text)
        return None if not words or (words in none and not reader.is_value(release, defined_list, text)) else text


@dataclass(frozen=True)
class _SpecificationHeader:
    item: int
    values: int
    release: str | None = None

    def read(self, reader: _Reader, grid: Grid, header: int, end: int) -> None:
        release = self.release or self._release(reader, grid, header)
        for row, defined_list in _items(reader, grid, self.item, (self.values,), range(header + 1, end)):
            place = grid.place(row, self.values)
            for line in grid.cell(row, self.values).splitlines():
                if value := reader.clean(line, place):
                    reader.state(release, defined_list, value, place)

    @staticmethod
    def _release(reader: _Reader, grid: Grid, header: int) -> str:
        """From the option, else from the titles above the header, the sheet's name or the file's name."""
        titles = " ".join(cell for row in grid.rows[:header] for cell in row)
        for text in (titles, grid.name, reader.source_name):
            found = {reader.digits[d] for d in _RELEASE_TITLE.findall(text) if d in reader.digits}
            if len(found) == 1 and reader.release is None:
                return found.pop()
        if reader.release is None:
            raise AsccldError(
                what="The sheet lists values but does not say of which release",
                where=f"{reader.source_name}, {grid.place(header)}",
                remedy=f"Say it with --release, one of: {', '.join(reader.standard.releases)}",
            )
        return reader.release


@dataclass(frozen=True)
class _TemplateHeader:
    release: int
    item: int
    value: int

    def read(self, reader: _Reader, grid: Grid, header: int, end: int) -> None:
        for row, defined_list in _items(reader, grid, self.item, (self.value,), range(header + 1, end)):
            release = grid.cell(row, self.release).lower()
            if release not in reader.standard.releases:
                raise AsccldError(
                    what="The release is not known",
                    where=f"{reader.source_name}, {grid.place(row, self.release)}",
                    remedy=f"Use one of: {', '.join(reader.standard.releases)}",
                )
            place = grid.place(row, self.value)
            if value := reader.clean(grid.cell(row, self.value), place):
                reader.state(release, defined_list, value, place)


def _items(reader: _Reader, grid: Grid, item: int, columns: Iterable[int], rows: range) -> Iterator[tuple[int, str]]:
    """(row, defined list) of every row with something in one of the columns; a blank item is the one above."""
    columns = tuple(columns)
    current = ""
    for row in rows:
        current = grid.cell(row, item) or current
        if not any(grid.cell(row, c) for c in columns):
            continue
        if not current:
            raise AsccldError(
                what="A value stands before the first item name",
                where=f"{reader.source_name}, {grid.place(row, item)}",
                remedy="Fill in the item name in a copy of the file",
            )
        if defined_list := reader.list_for(current, grid.place(row, item)):
            yield row, defined_list


def _compare(reader: _Reader, before: str | None, after: str | None, comparison: str, place: str) -> None:
    """Refuse a row whose comparison says that the values are alike when they are not."""
    said = key(comparison)
    same = before == after
    if said in ("nochange", "unchanged") and not same:
        wrong = "The comparison says that nothing changed, but the two values differ"
    elif "capitalisation" in said and (before or "").casefold() != (after or "").casefold():
        wrong = "The comparison says that only capitals changed, but the two values differ in more"
    else:
        return
    raise AsccldError(
        what=wrong,
        where=f"{reader.source_name}, {place}",
        remedy="Correct the row in a copy of the file, or ask its author",
    )
