"""The extracts that a mapping names: found, opened, and their columns bound to what the mapping calls them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from asccld.errors import AsccldError
from asccld.intake import open_extract
from asccld.intake.mapping.database_errors import DatabaseUnusable
from asccld.intake.mapping.faults import Fault
from asccld.intake.mapping.first_rows import REMEDY, first_row_is, safe_headers, shown_headers
from asccld.intake.mapping.plan import ExtractPlan, Plan
from asccld.intake.mapping.positions import Path as Place
from asccld.intake.mapping.suggesting_headers import is_of_names
from asccld.intake.mapping.templates import columns_of
from asccld.intake.model import Extract
from asccld.standard.names import did_you_mean

_SHOWN_HEADERS = 12
_TURNED = "%m/%d/%Y"


@dataclass(frozen=True)
class Bound:
    """An opened extract; `names` says under which name a frame has each column that the mapping writes.

    A column of its own is named by its position, "3"; one of an extract that is joined "people.3".
    """

    plan: ExtractPlan
    extract: Extract
    names: Mapping[str, str]
    keys: tuple[str, ...] = ()
    raw: set[str] = field(default_factory=set[str])
    """Columns that others ask of it by name, in an extract that is looked up."""

    @property
    def name(self) -> str:
        """What the mapping calls it."""
        return self.plan.name

    @property
    def is_typed(self) -> bool:
        """Whether cells may be real dates, which intake writes as dd/mm/yyyy."""
        return self.extract.kind != "csv"

    @property
    def named(self) -> list[str]:
        """The columns of which the header says that they hold names of people, whether anybody needs them or not."""
        return [str(at) for at, header in enumerate(self.extract.header) if is_of_names(header)]

    @property
    def own(self) -> list[str]:
        """The columns of its own that are needed."""
        return sorted({n for n in (*self.names.values(), *self.keys, *self.raw) if "." not in n}, key=int)


def open_extracts(plan: Plan, files: Mapping[str, Path], closing: ExitStack) -> dict[str, Bound]:
    """Every extract, opened and bound; raises MappingError with everything that is missing.

    `files` are paths by name of extract that go before those of the mapping; `closing` will close what was opened.
    """
    faults: list[Fault] = []
    opened: dict[str, Extract] = {}
    unusable: set[str | None] = set()
    for name, extract in plan.extracts.items():
        if extract.spec.database in unusable and name not in files:
            continue  # it is told already; asking again would only wait, or lock somebody's account
        key = "sql" if extract.spec.sql else "file"
        try:
            opened[name] = closing.enter_context(_opened(plan, extract, files.get(name)))
        except AsccldError as error:
            where = f" ({error.where})" if error.where else ""
            faults.append(plan.file.fault(("extract", name, key), f"{error.what}{where}", error.remedy))
            if isinstance(error, DatabaseUnusable):
                unusable.add(extract.spec.database)
    binder = _Binder(plan, opened)
    bound = {name: binder.bound(plan.extracts[name]) for name in opened}
    plan.file.refuse([*faults, *binder.faults, *binder.missing()])
    return bound


def paths_in_use(plan: Plan, files: Mapping[str, Path]) -> dict[str, Path]:
    """Every file that a mapping reads, by what it is to a person; those that are not there are left out."""
    found = {f"code list '{n}'": plan.file.beside(c.file) for n, c in plan.file.mapping.codes.items() if c.file}
    for name, extract in plan.extracts.items():
        what = f"extract '{name}'"
        if extract.spec.sql is not None:
            found[f"SQL of {what}"] = plan.file.beside(extract.spec.sql)
        with suppress(AsccldError):
            if name in files:
                found[what] = files[name]
            elif extract.spec.file is not None:
                found[what] = found_file(plan.file.path.parent, extract.spec.file)
    return {"mapping": plan.file.path, **found}


def _opened(plan: Plan, extract: ExtractPlan, given: Path | None) -> Extract:
    spec = extract.spec
    if given is None and spec.sql is not None:
        from asccld.intake.mapping.databases import open_query

        database = plan.file.mapping.database[spec.database or ""]
        period = {"period_start": plan.start, "period_end": plan.end}
        return open_query(database, plan.file.beside(spec.sql), name=spec.database or "", parameters=period)
    path = given or found_file(plan.file.path.parent, spec.file or "")
    return open_extract(
        path, sheet=spec.sheet, delimiter=spec.delimiter, encoding=spec.encoding, header_row=spec.header_row
    )


def found_file(folder: Path, name: str) -> Path:
    """The one file that fits a name with `*`; raises AsccldError where there are none or several."""
    if "*" not in name and "?" not in name:
        path = folder / name
        if path.exists():
            return path
        raise AsccldError("There is no such extract", str(path), near_in_folder(path))
    pattern = Path(name)
    parent = folder / pattern.parent
    found = sorted(
        p for p in parent.glob(pattern.name.replace("[", "[[]")) if p.is_file() and not p.name.startswith(".")
    )
    if len(found) == 1:
        return found[0]
    if not found:
        raise AsccldError(f"No file fits '{name}'", str(parent), near_in_folder(parent / pattern.name))
    names = ", ".join(p.name for p in found[:4])
    raise AsccldError(f"{len(found)} files fit '{name}': {names}", str(parent), "Move the old ones, or name one")


def near_in_folder(path: Path) -> str:
    """What to do about a path that is not there: the nearest names in its folder."""
    if not path.parent.is_dir():
        return f"There is no folder {path.parent}; paths in a mapping file count from its own folder"
    names = sorted(p.name for p in path.parent.iterdir() if p.is_file() and p.suffix != ".toml")
    remedy = did_you_mean(path.name, names, 2)
    return remedy or f"In that folder are: {', '.join(names[:8]) or 'no files'}"


class _Binder:
    """Finds the columns that the mapping names; collects faults."""

    def __init__(self, plan: Plan, opened: Mapping[str, Extract]) -> None:
        self.plan, self.opened = plan, opened
        self.faults: list[Fault] = []
        self._met: set[str] = set()
        """Extracts of which some column was found."""
        self._missing: dict[str, list[tuple[Place, str]]] = {}
        self.raw: dict[str, set[str]] = {name: set() for name in opened}

    def bound(self, extract: ExtractPlan) -> Bound:
        """The extract with its columns."""
        place: Place = ("extract", extract.name)
        names: dict[str, str] = {}
        joined: list[str] = []
        for target, columns in extract.spec.join.items():
            self._add(names, extract, [((*place, "join", target), c) for c in columns], joined)
            joined.append(target)
        wanted = [(s.place, c) for s in extract.sources for c in columns_of(s.source)]
        wanted += [(("codes", codes.name, "columns"), c) for codes in extract.codes for c in codes.columns]
        wanted += [((*place, "leave_out", at), r.column) for at, r in enumerate(extract.spec.leave_out)]
        self._add(names, extract, wanted, joined)
        keys = tuple(k for text in extract.spec.key if (k := self._column(extract, (*place, "key"), text, ())))
        bound = Bound(extract, self.opened[extract.name], names, keys, self.raw[extract.name])
        if bound.is_typed:
            self._refuse_misread(extract)
        return bound

    def _refuse_misread(self, extract: ExtractPlan) -> None:
        """Real dates come as dd/mm/yyyy and real numbers with a point: read otherwise, nobody would notice."""
        place = self.opened[extract.name].place
        for source in extract.sources:
            if _TURNED in source.dates:
                what = f"{place} may hold real dates, which mm/dd/yyyy would turn round"
                remedy = "Make the column real dates and leave mm/dd/yyyy out, or save the extract as CSV"
                self.faults.append(self.plan.file.fault(source.place, what, remedy))
            if extract.decimal == "," and source.field.type in {"decimal", "integer"}:
                what = f'{place} may hold real numbers, of which decimal = "," would make larger ones'
                remedy = "Make the column real numbers and leave decimal out, or save the extract as CSV"
                self.faults.append(self.plan.file.fault(source.place, what, remedy))

    def _add(
        self,
        names: dict[str, str],
        extract: ExtractPlan,
        wanted: Iterable[tuple[Place, str]],
        joined: Sequence[str],
    ) -> None:
        for place, text in wanted:
            if text not in names and (found := self._column(extract, place, text, joined)):
                names[text] = found

    def _column(self, extract: ExtractPlan, place: Place, text: str, joined: Sequence[str]) -> str | None:
        owner, dot, rest = text.partition(".")
        if dot and owner in self.plan.extracts and owner != extract.name:
            if owner not in joined:
                remedy = f"Join it first: join = {{ {owner} = ... }}"
                self.faults.append(self.plan.file.fault(place, f"'{owner}' is not joined here", remedy))
                return None
            if owner not in self.opened:
                return None
            found = self._position(owner, place, rest)
            if found is not None:
                self.raw[owner].add(found)
            return None if found is None else f"{owner}.{found}"
        return self._position(extract.name, place, text)

    def _position(self, owner: str, place: Place, text: str) -> str | None:
        header = self.opened[owner].header
        positions = [at for at, name in enumerate(header) if _plain(name) == _plain(text)]
        exact = [at for at in positions if header[at] == text]
        if positions:
            self._met.add(owner)
        if len(positions) == 1 or len(exact) == 1:
            return str((exact or positions)[0])
        if positions:
            what = f"The column '{text}' is there {len(positions)} times in {self.opened[owner].place}"
            self.faults.append(self.plan.file.fault(place, what, "Give each its own header in the extract"))
        else:
            self._missing.setdefault(owner, []).append((place, text))
        return None

    def missing(self) -> Iterator[Fault]:
        """The columns that are not there; of an extract whose first row is no header that is said, and once."""
        for owner, wanted in self._missing.items():
            extract = self.opened[owner]
            if below := extract.header_below():
                what, remedy = f"The first row of {extract.place} is a title and no header", f"Say header_row = {below}"
                yield self.plan.file.fault(("extract", owner, "file"), what, f"{remedy} in [extract.{owner}]")
                continue
            is_no_header = owner not in self._met and first_row_is(extract.header, self.plan.release.fields)
            if is_no_header:
                what = f"There is no column '{wanted[0][1]}' in {extract.place}: {is_no_header}"
                yield self.plan.file.fault(wanted[0][0], what, REMEDY)
                continue
            for place, text in wanted:
                what = f"There is no column '{text}' in {extract.place}"
                yield self.plan.file.fault(place, what, _nearest(text, extract.header))


def _nearest(text: str, header: Sequence[str]) -> str:
    """The columns that are like a name, or else some of them."""
    shown = shown_headers(header)
    more = ", ..." if len(shown) > _SHOWN_HEADERS else ""
    return did_you_mean(text, safe_headers(header)) or f"Its columns are: {', '.join(shown[:_SHOWN_HEADERS])}{more}"


def _plain(header: str) -> str:
    return " ".join(header.split()).casefold()
