"""Word maps and code lists of a mapping file, proven: values that the standard has, and no two for one word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import polars as pl

from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.intake.mapping.code_files import rows_of
from asccld.intake.mapping.folding import folded
from asccld.intake.mapping.loading import MappingFile
from asccld.intake.mapping.model import CodeList, ValueMap
from asccld.intake.mapping.plan import CodeRow, Codes, ExtractPlan, Words
from asccld.intake.mapping.positions import Path as Place
from asccld.standard import Field, Release
from asccld.standard.names import did_you_mean, field_named

ANY = "*"


class Proof(Protocol):
    """What the proof of the whole file offers."""

    file: MappingFile
    release: Release

    def fault(self, place: Place, what: str, remedy: str) -> None:
        """Note a fault."""
        ...

    def field(self, place: Place, name: str) -> Field | None:
        """The field of a name, or a fault."""
        ...

    def value(self, place: Place, value: str, field: Field) -> None:
        """A fault where the standard refuses the value."""
        ...


class Lists:
    """The word maps and code lists of one mapping file."""

    def __init__(self, proof: Proof) -> None:
        self.proof = proof
        self.mapping = proof.file.mapping
        self.used: set[str] = set()
        self.checked: set[tuple[str, str]] = set()
        self.by_field: dict[str, str] = {}
        for name, spec in self.mapping.values.items():
            self._refuse_doubles(name, spec)
            self._refuse_unreadable(name, spec)
            field = field_named(proof.release, name)
            if field is not None:
                self._place_once(name, field)
        self.codes = {name: codes for name, spec in self.mapping.codes.items() if (codes := self._codes(name, spec))}

    def _place_once(self, name: str, field: Field) -> None:
        if field.name in self.by_field:
            what = f"Two mappings for the values of {field.name}: also [values.{self.by_field[field.name]}]"
            self.proof.fault(("values", name), what, "Put both into one")
        self.by_field[field.name] = name

    # ------------------------------------------------------------ words

    def words(self, place: Place, field: Field, asked: str | None) -> Words | None:
        """What words of a field mean; None for a field that has none, and whose texts nobody maps."""
        name = asked or self.by_field.get(field.name)
        known = self.proof.release.list_of(field.name)
        national = known.texts if known else ()
        if name is None:
            return Words(field.name, field.name, ValueMap(), national) if known else None
        spec = self.mapping.values.get(name)
        if spec is None:
            remedy = did_you_mean(name, self.mapping.values, 1) or f"Add [values.{name}]"
            self.proof.fault(place, f"There is no [values.{name}]", remedy)
            return None
        self.used.add(name)
        if field.identifying:
            what = f"{field.header} points at a person: its values have no place in a mapping file"
            self.proof.fault(
                ("values", name), what, "Leave it out; texts that mean nothing go into blanks of [formats]"
            )
            return None
        self._check_values(name, spec, field)
        return Words(name, field.name, spec, national)

    def _check_values(self, name: str, spec: ValueMap, field: Field) -> None:
        if (name, field.name) in self.checked:
            return
        self.checked.add((name, field.name))
        for place, value in _targets(name, spec):
            self.proof.value(place, value, field)

    def _refuse_doubles(self, name: str, spec: ValueMap) -> None:
        seen: dict[str, str] = {}
        for word, value in spec.map.items():
            before = seen.setdefault(folded(word, ignore_case=spec.case == "ignore"), word)
            if spec.map[before] != value:
                what = f"Two mappings for one value: '{before}' and '{word}' differ only in capitals or blanks"
                self.proof.fault(("values", name, "map", word), what, 'Keep one, or say case = "exact"')

    def _refuse_unreadable(self, name: str, spec: ValueMap) -> None:
        for at, pattern in enumerate(spec.patterns):
            place: Place = ("values", name, "patterns", at, "pattern")
            refuse_unreadable_pattern(self.proof, place, pattern.pattern)

    # ------------------------------------------------------------ codes

    def _codes(self, name: str, spec: CodeList) -> Codes | None:
        place: Place = ("codes", name)
        found = [self.proof.field((*place, "fields", at), text) for at, text in enumerate(spec.fields)]
        fields = [f for f in found if f is not None]
        if len(fields) < len(found):
            return None
        names = tuple(f.name for f in fields)
        if len(set(names)) < len(names):
            self.proof.fault((*place, "fields"), "A field is there twice", "Keep one of them")
        rows = tuple(self._rows(name, spec, fields))
        ignore = spec.case == "ignore"
        self._refuse_double_rows(name, rows, ignore_case=ignore)
        return Codes(name, spec.columns, names, rows, ignore)

    def _rows(self, name: str, spec: CodeList, fields: list[Field]) -> Iterator[CodeRow]:
        width, wanted = len(spec.columns), len(spec.columns) + len(spec.fields)
        for place, told, cells in self._cells(name, spec):
            if len(cells) != wanted:
                columns, texts = counted(width, "column"), counted(len(fields), "field")
                what = f"This row has {counted(len(cells), 'text')}; the list has {columns} and {texts}"
                self.proof.fault(place, what, f"Write {wanted} texts, an empty one as two quotation marks")
                continue
            for value, field in zip(cells[width:], fields, strict=True):
                self.proof.value(place if spec.rows else (*place, told), value, field)
            yield CodeRow(tuple(None if t.strip() == ANY else t for t in cells[:width]), cells[width:], told)

    def _cells(self, name: str, spec: CodeList) -> Iterator[tuple[Place, str, tuple[str, ...]]]:
        if spec.rows is not None:
            for at, row in enumerate(spec.rows):
                place: Place = ("codes", name, "rows", at)
                yield place, f"line {self.proof.file.fault(place, '', '').line}", row
            return
        place = ("codes", name, "file")
        try:
            table = rows_of(self.proof.file.beside(spec.file or ""), spec.columns, spec.fields, self.proof.release)
        except AsccldError as error:
            where = f" ({error.where})" if error.where else ""
            self.proof.fault(place, f"{error.what}{where}", error.remedy)
            return
        for at, *cells in table.iter_rows():
            yield place, f"{spec.file}, row {at}", tuple(cells)

    def _refuse_double_rows(self, name: str, rows: Iterable[CodeRow], *, ignore_case: bool) -> None:
        seen: dict[tuple[str | None, ...], CodeRow] = {}
        for row in rows:
            key = tuple(None if t is None else folded(t, ignore_case=ignore_case) for t in row.texts)
            before = seen.setdefault(key, row)
            if before.values != row.values:
                what = f"Two mappings for one value: {before.place} and {row.place} have the same codes"
                self.proof.fault(("codes", name), what, "Keep one of them")

    # ------------------------------------------------------------ use

    def refuse_unused(self, extracts: Iterable[ExtractPlan]) -> None:
        """Faults for word maps and code lists that nothing asks for: a misspelt name would go unnoticed."""
        coded = {c.name for e in extracts for c in e.codes}
        for name in self.mapping.codes:
            if name not in coded and name in self.codes:
                self.proof.fault(("codes", name), "No extract uses this code list", f'Say codes = ["{name}"] in one')
        fields = [f.name for f in self.proof.release.fields]
        for name in self.mapping.values:
            if name not in self.used:
                near = did_you_mean(name, fields, 1) if name not in self.by_field.values() else ""
                remedy = near or "Name it like the field, or ask for it: values = and its name. Else leave it out"
                self.proof.fault(("values", name), "No field uses these values", remedy)


def _targets(name: str, spec: ValueMap) -> Iterator[tuple[Place, str]]:
    for word, value in spec.map.items():
        yield ("values", name, "map", word), value
    for at, pattern in enumerate(spec.patterns):
        yield ("values", name, "patterns", at, "value"), pattern.value
    for key, value in (("blank", spec.blank), ("default", spec.default)):
        if value is not None:
            yield ("values", name, key), value


def refuse_unreadable_pattern(proof: Proof, place: Place, pattern: str) -> None:
    """A fault where Polars does not take a pattern."""
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError:
        remedy = 'Brackets must close; look-around and back references are not known. \\ is written \\\\ between "'
        proof.fault(place, "This is no regular expression", remedy)
