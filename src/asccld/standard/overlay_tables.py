"""The tables of an overlay, read row by row: people edit them, so a wrong cell is named where it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from asccld.standard.model import DefinedList, Release, Value, ValueMapping
from asccld.standard.names import did_you_mean
from asccld.standard.releases import list_of, value_of
from asccld.standard.tables import Row, StandardError, confidence, numbered_rows, whole_number

_LIST_COLUMNS = ("defined_list", "confidence", "complete")
_VALUE_COLUMNS = ("defined_list", "value", "order", "confidence")
_MAPPING_COLUMNS = ("defined_list", "from_value", "to_value", "confidence", "source")
_COMPLETE = ("yes", "unknown")


@dataclass(frozen=True)
class _Place:
    """One row of a table."""

    path: Path
    row: int
    cells: Row

    def cell(self, column: str) -> str:
        """Where a column of the row is, as messages name it."""
        return f"{self.path}, row {self.row}, column {column}"

    def one_of(self, column: str, known: Collection[str], what: str) -> str:
        """The text of a cell; raises StandardError when it is not among the known ones."""
        text = self.cells[column]
        if text in known:
            return text
        hint = did_you_mean(text, known) or (
            f"Use one of: {', '.join(known)}." if 0 < len(known) <= 12 else "Correct it."
        )
        said = f"'{text}' is not {what}" if text else f"The cell is blank, and should be {what}"
        raise StandardError(what=said, where=self.cell(column), remedy=f"{hint} Or remove the row")


def _places(path: Path, columns: tuple[str, ...]) -> list[_Place]:
    return [_Place(path, row, cells) for row, cells in numbered_rows(path, columns)]


def overlaid_lists(release: Release, folder: Path) -> dict[str, DefinedList]:
    """The lists that an overlay gives for a release; raises StandardError naming file, row and column."""
    lists: dict[str, DefinedList] = {}
    for place in _places(folder / "lists.csv", _LIST_COLUMNS):
        name = place.one_of("defined_list", release.lists, f"a defined list of {release.id}")
        confidence(place.cells["confidence"], place.cell("confidence"))
        place.one_of("complete", _COMPLETE, "what this column says")
        lists[name] = list_of(place.cells, ())
    values: dict[str, list[Value]] = {name: [] for name in lists}
    for place in _places(folder / "values.csv", _VALUE_COLUMNS):
        name = place.one_of("defined_list", lists, "a list that lists.csv names")
        values[name].append(_value(place, release.lists[name]))
    return {name: _filled(found, values[name]) for name, found in lists.items()}


def _value(place: _Place, shipped: DefinedList) -> Value:
    if not place.cells["value"]:
        raise StandardError(
            what="The cell is blank, and should be a value of the list",
            where=place.cell("value"),
            remedy="Write the value as the official workbook spells it, or remove the row",
        )
    whole_number(place.cells["order"], place.cell("order"))
    confidence(place.cells["confidence"], place.cell("confidence"))
    if place.cells.get("was"):
        place.one_of("was", shipped.texts, f"a value that we ship for {shipped.name}")
    return value_of(place.cells)


def _filled(found: DefinedList, values: list[Value]) -> DefinedList:
    return DefinedList(
        found.name, tuple(sorted(values, key=lambda v: v.order)), found.confidence, found.complete, found.note
    )


def overlaid_mappings(release: Release, folder: Path) -> tuple[ValueMapping, ...]:
    """The release map that an overlay gives for some lists; raises StandardError naming file, row and column."""
    return tuple(_mappings(release, folder))


def _mappings(release: Release, folder: Path) -> Iterator[ValueMapping]:
    for place in _places(folder / "mappings.csv", _MAPPING_COLUMNS):
        row = place.cells
        name = place.one_of("defined_list", release.lists, f"a defined list of {release.id}")
        sure = confidence(row["confidence"], place.cell("confidence"))
        before, after = row["from_value"] or None, row["to_value"] or None
        if before is None and after is None:
            remedy = "Write the earlier value, the later one or both, or remove the row"
            raise StandardError(what="The row maps nothing to nothing", where=place.cell("from_value"), remedy=remedy)
        yield ValueMapping(name, release.previous or "", before, release.id, after, sure, row["source"])
