"""From one release to the next: the values of a file by the release map, and what could not be converted, and why.

Nothing is guessed. A value that the release map does not carry over stays as it is, so that the check of the new file
finds it, and it is listed with its count; a decision of a person (`Decision`) may replace it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.identifying import HIDDEN
from asccld.identifying.masking import IDENTIFIERS, People, shown_header
from asccld.identifying.pointing import look_at, pointing_at_people
from asccld.intake.headers import HeaderMatch, match_headers
from asccld.intake.mapping.converting_decisions import Decision, Idle, checked, in_vain
from asccld.intake.mapping.converting_values import Fates, Outcome
from asccld.intake.mapping.folding import folded
from asccld.standard import Release, Standard
from asccld.standard.changes import composed_mappings
from asccld.standard.names import field_named

if TYPE_CHECKING:
    from asccld.intake.model import Extract

COLUMNS: dict[str, type[pl.DataType]] = {
    "field": pl.String,
    "value": pl.String,
    "rows": pl.Int64,
    "first_row": pl.Int64,
    "outcome": pl.String,
    "becomes": pl.String,
    "why": pl.String,
}
"""The columns of the list: what became of every value of every defined list, and of every column."""
UNCONVERTED: tuple[Outcome, ...] = ("not mapped", "not in the list", "column dropped", "column added", "value new")
"""What somebody has to look at."""
_PAIR = ("field", "value")
_MOST_LISTED = 200
"""Different unknown texts of one column that are listed one by one: more are no list of values."""


@dataclass
class _Seen:
    rows: int = 0
    first_row: int = 0


def starting_release(header: Iterable[str], target: Release, standard: Standard) -> Release:
    """The release that a file is in, when nobody says so: the oldest by its own items, else the one before `target`."""
    if target.previous is None:
        raise AsccldError(
            f"Nothing comes before release {target.id}", "--to", f"Convert to one of: {', '.join(_later(standard))}"
        )
    oldest = next(iter(standard.releases.values()))
    found = match_headers(tuple(header), oldest.headers)
    named = {*found.columns.values(), *found.assumed.values()}
    others = {name for r in standard.releases.values() if r.id != oldest.id for name in r.by_name}
    own = bool(named - others) and oldest.id != target.id
    return oldest if own else standard.releases[target.previous]


def _later(standard: Standard) -> list[str]:
    return [r.id for r in standard.releases.values() if r.previous]


class Conversion:
    """One file on its way from a release to a later one: read `chunks` to the end, then look at `listed`."""

    def __init__(
        self, extract: Extract, start: Release, target: Release, standard: Standard, decisions: Iterable[Decision] = ()
    ) -> None:
        _refuse_backwards(start, target, standard)
        self.start, self.target, self._standard = start, target, standard
        self.rows = 0
        self._decisions = list(decisions)
        self._extract = extract
        self._match = _matched(extract, start, target)
        self._positions = {name: at for at, name in {**self._match.assumed, **self._match.columns}.items()}
        self._fates = Fates(start, target, standard, checked(self._decisions, target))
        self._seen: dict[tuple[str, str], _Seen] = {}
        self._filled: dict[int, _Seen] = {}
        self._people = People.nobody()

    def empty(self) -> pl.DataFrame:
        """The later release's headers, and no row."""
        return pl.DataFrame(schema=dict.fromkeys(self.target.headers.values(), pl.String))

    def chunks(self) -> Iterator[pl.DataFrame]:
        """The rows with the later release's headers, in its order; every cell is text."""
        for chunk in self._extract.chunks():
            _refuse_misshapen(self._extract, chunk.shape)
            self.rows += chunk.frame.height
            self._count_dropped(chunk.frame)
            self._add_people(chunk.frame)
            yield chunk.frame.select(self._cell(name, chunk.frame) for name in self.target.by_name)
        if not self.rows:
            remedy = "Export at least one event: there is nothing to convert"
            raise AsccldError("The file has a header but no events", self._extract.place, remedy)

    def listed(self) -> pl.DataFrame:
        """What became of every value and column, what needs a look first; see `COLUMNS`."""
        rows = [*self._values_listed(), *self._columns_listed(), *self._new_values()]
        table = pl.DataFrame(rows, schema=COLUMNS, orient="row")
        order = pl.col("outcome").replace_strict(
            list(UNCONVERTED), list(range(len(UNCONVERTED))), default=len(UNCONVERTED)
        )
        return table.sort(order, "field", -pl.col("rows"), "value", maintain_order=True)

    @property
    def blank_rows(self) -> int:
        """Rows of the file without any content, which the new one does not have."""
        return self._extract.blank_rows

    def new_in(self, decisions: Iterable[Decision]) -> int:
        """How many decisions say something that neither the release map nor those of this conversion say."""
        return sum(
            self._fates.of(known.name, d.value).becomes != d.becomes
            for d in decisions
            if (known := field_named(self.target, d.field))
        )

    def in_vain(self) -> list[Idle]:
        """The decisions about values that the file does not have, where the release map does not say the same."""
        met = {(name, folded(text)) for name, text in self._seen}
        return list(in_vain(self._decisions, met, self._fates, self._positions, self.target))

    def hiding(self) -> pl.DataFrame:
        """What is `listed`, without texts in a wrong column that look like a person's details or hold a person's."""
        listed = self.listed()
        unknown = pl.col("outcome") == "not in the list"
        fields = {header: name for name, header in self.target.headers.items()}
        pairs = listed.filter(unknown & pl.col("value").is_not_null()).select(_PAIR).unique()
        told = self._pointing_at_people([(fields[header], text) for header, text in pairs.iter_rows()])
        table = pl.DataFrame(list(told), schema=dict.fromkeys(_PAIR, pl.String), orient="row")
        hides = unknown & pl.struct(_PAIR).is_in(table.to_struct().implode())
        own = (text for text in self._dropped().values() if text not in self.start.headers.values())
        listed = listed.with_columns(pl.col("field").replace({text: shown_header(text) for text in own}))
        texts = [pl.when(hides).then(pl.lit(HIDDEN)).otherwise(c).alias(c) for c in ("value", "becomes")]
        look = look_at("row {} of the file", "write it below 'value', and below 'becomes' what it means")
        why = pl.when(hides).then(pl.format(look, "first_row")).otherwise("why")
        return listed.with_columns(*texts, why=why)

    def _pointing_at_people(self, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Header and text of those pairs of a field and a text that look like, or hold, a detail of a person."""
        for name in dict.fromkeys(name for name, _ in pairs):
            rows = {text: self._seen[name, text].rows for other, text in pairs if other == name}
            for text in pointing_at_people(rows, self._people, self._fates.usual_words(name)):
                yield self.target.headers[name], text

    def _add_people(self, frame: pl.DataFrame) -> None:
        """What the rows say of people, wherever the columns of either release stand."""
        held = {name: frame[str(at)] for at, name in {**self._match.assumed, **self._match.columns}.items()}
        names = [held[n] for n in ("first_name", "last_name") if n in held]
        ids = [held[n].str.strip_chars() for n in IDENTIFIERS if n in held]
        ids += [text.str.replace_all(" ", "") for text in ids]
        here = People.named(names, ids)
        self._people = People.together([self._people, here])

    def _cell(self, name: str, frame: pl.DataFrame) -> pl.Expr:
        header = self.target.headers[name]
        if name not in self._positions:
            return pl.lit(None, dtype=pl.String).alias(header)
        column = str(self._positions[name])
        if not self._fates.judged(name):
            return pl.col(column).alias(header)
        texts = self._count(name, frame.select("row", column))
        fates = {text: self._fates.of(name, text).becomes for text in texts}
        changed = {text: becomes for text, becomes in fates.items() if becomes != text}
        return pl.col(column).replace(changed).alias(header)

    def _count(self, name: str, cells: pl.DataFrame) -> list[str]:
        """Count the texts of a column; the different ones. Nothing but blanks is none."""
        column = cells.columns[1]
        found = cells.filter(pl.col(column).str.strip_chars() != "").group_by(column).agg(pl.len(), pl.col("row").min())
        for text, rows, first in found.iter_rows():
            seen = self._seen.setdefault((name, text), _Seen(first_row=first))
            seen.rows += rows
        return found[column].to_list()

    def _count_dropped(self, frame: pl.DataFrame) -> None:
        dropped = self._dropped()
        if not dropped:
            return
        counts = frame.select(pl.col(str(at)).is_not_null().sum() for at in dropped).row(0)
        for at, rows in zip(dropped, counts, strict=True):
            self._filled.setdefault(at, _Seen()).rows += rows

    def _dropped(self) -> dict[int, str]:
        """Position -> header of columns that the later release does not have."""
        kept = {self._positions[name] for name in self.target.by_name if name in self._positions}
        return {at: text for at, text in enumerate(self._extract.header) if at not in kept and text.strip()}

    def _values_listed(self) -> Iterator[tuple[object, ...]]:
        unknown: dict[str, int] = {}
        ordered = sorted(self._seen.items(), key=lambda item: (item[0][0], -item[1].rows, item[0][1]))
        for (name, text), seen in ordered:
            fate = self._fates.of(name, text)
            unknown[name] = unknown.get(name, 0) + (fate.outcome == "not in the list")
            if fate.outcome == "not in the list" and unknown[name] > _MOST_LISTED:
                continue
            header = self.target.headers[name]
            yield header, text, seen.rows, seen.first_row, fate.outcome, fate.becomes, fate.why
        for name, count in unknown.items():
            if count > _MOST_LISTED:
                more = f"and {counted(count - _MOST_LISTED, 'further text')}: this seems to be no column of list values"
                yield self.target.headers[name], None, None, None, "not in the list", None, more

    def _columns_listed(self) -> Iterator[tuple[object, ...]]:
        for at, text in self._dropped().items():
            rows = self._filled.get(at, _Seen()).rows
            yield text, None, rows, None, "column dropped", None, self._why_dropped(at)
        for name, header in self.target.headers.items():
            if name not in self._positions:
                yield header, None, self.rows, None, "column added", None, self._why_added(name)

    def _new_values(self) -> Iterator[tuple[object, ...]]:
        """Values that no value of the file becomes, though some of its rows may mean them."""
        lists = {f.defined_list: f.header for f in self.target.fields if f.name in self._positions}
        met = {folded(text) for _, text in self._seen}
        for m in composed_mappings(self._standard, self.start.id, self.target.id):
            if m.from_value is None and m.defined_list in lists and folded(m.to_value or "") not in met:
                why = f"New in release {self.target.id} ({m.confidence}): nothing becomes it; some rows may mean it"
                yield lists[m.defined_list], m.to_value, None, None, "value new", None, why

    def _why_dropped(self, at: int) -> str:
        name = {**self._match.assumed, **self._match.columns}.get(at)
        if name is None:
            return f"Release {self.start.id} has no such item"
        change = next((c for c in self.target.field_changes if c.name == name), None)
        known = f" ({change.confidence})" if change else ""
        replaced = change.replaced_by if change else ""
        hint = f"; in its place is {self.target.headers[replaced]}" if replaced in self.target.headers else ""
        return f"Release {self.target.id} does not have the item{known}{hint}"

    def _why_added(self, name: str) -> str:
        must = self.target.by_name[name].mandatory_when != "never"
        needed = "is needed on some rows at least" if must else "may stay blank"
        was = "The file has no such column" if name in self.start.by_name else f"New in release {self.target.id}"
        return f"{was}: left blank; it {needed}"


def _matched(extract: Extract, start: Release, target: Release) -> HeaderMatch:
    known = {**target.headers, **start.headers}
    found = match_headers(extract.header, known)
    if found.duplicates:
        (positions, name), *_ = found.duplicates
        columns = " and ".join(str(at + 1) for at in positions)
        raise AsccldError(f"Columns {columns} are both {known[name]}", extract.place, "Delete or rename one of them")
    if not found.columns and not found.assumed:
        raise AsccldError(
            f"No column is an item of release {start.id}",
            extract.place,
            "Give a submission file; an extract in local words goes through: asccld map EXTRACT --mapping FILE",
        )
    return found


def _refuse_backwards(start: Release, target: Release, standard: Standard) -> None:
    ids = list(standard.releases)
    if ids.index(start.id) >= ids.index(target.id):
        raise AsccldError(
            f"A file of release {start.id} cannot become one of {target.id}: the standard only changes forwards",
            "--from",
            f"Convert to a later release than {start.id}, or leave --from out",
        )


def _refuse_misshapen(extract: Extract, shape: pl.DataFrame) -> None:
    if shape.height:
        row, _, problem = shape.row(0)
        raise AsccldError(
            f"A row has {problem}",
            f"{extract.place}, row {row}",
            "Put quotes around cells that hold the delimiter, and write every cell of a row, blank or not",
        )
