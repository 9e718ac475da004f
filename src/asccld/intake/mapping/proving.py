"""A mapping file against the standard and against itself: every fault at once, before any extract is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from asccld.counting import counted
from asccld.intake.mapping.code_lists import Lists
from asccld.intake.mapping.database_addresses import safe_address
from asccld.intake.mapping.database_errors import DatabaseUnusable
from asccld.intake.mapping.faults import Fault
from asccld.intake.mapping.formats import WRITTEN, pattern_of, turned
from asccld.intake.mapping.judging import complaint
from asccld.intake.mapping.loading import MappingFile
from asccld.intake.mapping.model import ExtractSpec, Formats, Source
from asccld.intake.mapping.plan import Codes, ExtractPlan, FieldSource, Plan, Words
from asccld.intake.mapping.positions import Path as Place
from asccld.intake.mapping.suggesting_words import ValueLists
from asccld.standard import Field, Release, Standard
from asccld.standard.names import did_you_mean, field_named

_PERIOD = ("reporting_period_start_date", "reporting_period_end_date")
_DATE_REMEDY = "Write day, month and year like dd/mm/yyyy, yyyy-mm-dd or d mon yyyy, or excel"


def prove(file: MappingFile, standard: Standard) -> Plan:
    """The plan of a mapping file; raises MappingError with every fault."""
    release = _release(file, standard)
    return _Proof(file, release, standard).plan()


def _release(file: MappingFile, standard: Standard) -> Release:
    asked, end = file.mapping.mapping.release, file.mapping.period.end
    if asked is None:
        found = standard.in_force(end)
        if found is None:
            remedy = 'Correct the date, or name one: release = "v5"'
            file.refuse([file.fault(("period", "end"), "No release was in force on this day", remedy)])
        return found or standard.latest
    if asked not in standard.releases:
        remedy = f"Use one of {', '.join(standard.releases)}"
        file.refuse([file.fault(("mapping", "release"), f"There is no release '{asked}'", remedy)])
    return standard.releases[asked]


def _are(count: int, one: str) -> str:
    return f"{'is' if count == 1 else 'are'} {counted(count, one)}"


class _Proof:
    """One proof: collects faults while it makes the plan."""

    def __init__(self, file: MappingFile, release: Release, standard: Standard) -> None:
        self.file, self.release, self.standard = file, release, standard
        self.mapping = file.mapping
        self.faults: list[Fault] = []

    def fault(self, place: Place, what: str, remedy: str) -> None:
        """Note a fault."""
        self.faults.append(self.file.fault(place, what, remedy))

    def plan(self) -> Plan:
        """Everything, or MappingError."""
        self.lists = Lists(self)
        self._formats(("formats",), self.mapping.formats)
        constants = self._constants(("constants",), self.mapping.constants) | self._period()
        extracts = {name: self._extract(name, spec) for name, spec in self.mapping.extract.items()}
        self.lists.refuse_unused(extracts.values())
        for plan in extracts.values():
            self._joins(plan, extracts)
        if not self.mapping.events:
            remedy = "Leave out the key of the extract whose rows are events"
            self.fault(("extract",), "Every extract has a key, so none holds events", remedy)
        self._addresses()
        self.file.refuse(self.faults)
        period = self.mapping.period
        councils, lists = self.standard.council_by_code, ValueLists(self.release, self.standard)
        return Plan(self.file, self.release, period.start, period.end, constants, extracts, councils, lists)

    def _addresses(self) -> None:
        """Each database, also one that no extract asks."""
        for name, database in self.mapping.database.items():
            try:
                safe_address(database, name)
            except DatabaseUnusable as error:
                self.fault(("database", name, "url"), error.what, error.remedy)

    # ------------------------------------------------------------ fields

    def field(self, place: Place, name: str) -> Field | None:
        """The field of a name, however it is written; a fault where there is none."""
        found = field_named(self.release, name)
        if found is None:
            elsewhere = [r.id for r in self.standard.releases.values() if field_named(r, name)]
            names = [f.name for f in self.release.fields]
            near = did_you_mean(name, [*self.release.headers.values(), *names], 1)
            other = f"{elsewhere[-1]} has it. " if elsewhere else ""
            remedy = other + (near or f"asccld standard list {self.release.id} lists the fields")
            self.fault(place, f"There is no field '{name}' in {self.release.id}", remedy)
        return found

    def value(self, place: Place, value: str, field: Field) -> None:
        """A fault where the standard refuses the value."""
        found = complaint(value, field, self.release, self.standard)
        if found:
            self.fault(place, *found)

    def _constants(self, place: Place, given: dict[str, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, value in given.items():
            field = self.field((*place, name), name)
            if field is None:
                continue
            self._once((*place, name), field.name, found)
            if field.name in _PERIOD:
                self.fault((*place, name), "The reporting period is said twice", "Leave it to [period]")
            self.value((*place, name), value, field)
            found[field.name] = value
        return found

    def _period(self) -> dict[str, str]:
        period = self.mapping.period
        return dict(zip(_PERIOD, (f"{day:{WRITTEN}}" for day in (period.start, period.end)), strict=True))

    def _once(self, place: Place, name: str, found: Iterable[str]) -> None:
        if name in found:
            self.fault(place, f"Two mappings for the field {name}", "Keep one of them")

    # ------------------------------------------------------------ extracts

    def _extract(self, name: str, spec: ExtractSpec) -> ExtractPlan:
        place: Place = ("extract", name)
        self._formats((*place, "formats"), spec.formats)
        self._source_of_rows(place, spec)
        constants = self._constants((*place, "constants"), spec.constants)
        formats = self.mapping.formats_of(name)
        dates = tuple(p for p in map(pattern_of, formats.dates or ()) if p)
        sources = tuple(self._sources(name, spec, dates))
        codes = tuple(self._codes(place, spec))
        self._conflicts(place, constants, sources, codes)
        blanks = tuple(text.strip().lower() for text in formats.blanks or ())
        return ExtractPlan(name, spec, dates, formats.decimal or ".", blanks, sources, constants, codes)

    def _formats(self, place: Place, formats: Formats) -> None:
        self._dates((*place, "dates"), formats.dates or ())

    def _dates(self, place: Place, formats: Sequence[str]) -> tuple[str, ...]:
        for text in formats:
            if pattern_of(text) is None:
                self.fault(place, f"'{text}' is no format of dates", _DATE_REMEDY)
        patterns = tuple(p for p in map(pattern_of, formats) if p)
        if any(turned(p) in patterns for p in patterns):
            what = (
                "Day before month and month before day cannot be told apart: 03/04/2025 would be read as the first says"
            )
            self.fault(place, what, "Keep one, or give each column its own dates")
        return patterns

    def _source_of_rows(self, place: Place, spec: ExtractSpec) -> None:
        known = list(self.mapping.database)
        if spec.database is not None and spec.database not in known:
            remedy = did_you_mean(spec.database, known, 1) or f"Add [database.{spec.database}]"
            self.fault((*place, "database"), f"There is no database '{spec.database}'", remedy)

    def _sources(self, name: str, spec: ExtractSpec, dates: tuple[str, ...]) -> Iterator[FieldSource]:
        found: set[str] = set()
        for written, source in spec.fields.items():
            place: Place = ("extract", name, "fields", written)
            field = self.field(place, written)
            if field is None:
                continue
            self._once(place, field.name, found)
            found.add(field.name)
            if source.dates and field.type != "date":
                self.fault((*place, "dates"), f"{field.header} is no date", "Leave dates out")
            own = self._dates((*place, "dates"), source.dates or ())
            yield FieldSource(field, source, self._words(place, field, source), own or dates, place)

    def _words(self, place: Place, field: Field, source: Source) -> Words | None:
        return self.lists.words((*place, "values"), field, source.values)

    def _codes(self, place: Place, spec: ExtractSpec) -> Iterator[Codes]:
        for at, name in enumerate(spec.codes):
            found = self.lists.codes.get(name)
            if found is None:
                remedy = did_you_mean(name, self.mapping.codes, 1) or f"Add [codes.{name}]"
                self.fault((*place, "codes", at), f"There is no code list '{name}'", remedy)
            else:
                yield found

    def _conflicts(
        self, place: Place, constants: Iterable[str], sources: Iterable[FieldSource], codes: Iterable[Codes]
    ) -> None:
        """A field that comes from two places of one extract."""
        given = set(constants)
        for source in sources:
            self._once(source.place, source.field.name, given)
            given.add(source.field.name)
        for found in codes:
            for name in found.fields:
                self._once((*place, "codes"), name, given)
                given.add(name)

    # ------------------------------------------------------------ joins

    def _joins(self, plan: ExtractPlan, extracts: dict[str, ExtractPlan]) -> None:
        by: dict[str, str] = {}
        place: Place = ("extract", plan.name, "join")
        for target, columns in plan.spec.join.items():
            other = extracts.get(target)
            if other is None or other.spec.holds_events:
                self._no_target((*place, target), target, known=other is not None)
                continue
            wanted = len(other.spec.key)
            if len(columns) != wanted:
                what = f"'{target}' has a key of {wanted}, but there {_are(len(columns), 'column')} here"
                self.fault((*place, target), what, f"Name the columns that hold {', '.join(other.spec.key)}")
            for name in other.given - plan.given:
                if by.setdefault(name, target) != target:
                    what = f"Two mappings for the field {name}: from '{by[name]}' and from '{target}'"
                    self.fault((*place, target), what, f"Keep one, or give {name} in [extract.{plan.name}]")

    def _no_target(self, place: Place, target: str, *, known: bool) -> None:
        if known:
            what, remedy = f"The extract '{target}' has no key, so it cannot be looked up", "Give it a key"
        else:
            names = list(self.mapping.lookups)
            what = f"There is no extract '{target}'"
            remedy = did_you_mean(target, names, 1) or f"Extracts with a key: {', '.join(names) or 'none'}"
        self.fault(place, what, remedy)
