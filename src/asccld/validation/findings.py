"""Collecting findings: narrow while the file is read, spelt out once at the end.

While chunks pass, a finding is three small things: which check, which event, and where it differs from row to row, the
text's code (list columns) or the value (free columns). At the end each check and code becomes a *detail*, and rule,
severity, message and remedy are looked up by it, as dictionary columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import NamedTuple, cast

import polars as pl

from asccld.identifying import HIDDEN
from asccld.identifying.masking import ID_CHARACTERS, People, folded_words, tells_a_name, with_joined
from asccld.identifying.shapes import form_of, shown_value
from asccld.validation.lexicon import OVERFLOW, Lexicon
from asccld.validation.result import FINDING_COLUMNS, SEVERITIES, Severity
from asccld.validation.rules import Check

_PART = {"detail": pl.UInt32, "position": pl.UInt32, "value": pl.String}
_RAW = {**_PART, "code": pl.UInt16}
_CODES = 1 << 16
MANY_TEXTS = 20
"""More different wrong texts than this in a column that is mostly wrong are no local codes."""
_LIKE_A_DAY = "^[0-9]{1,4}[/.-][0-9]{1,2}[/.-]"


@dataclass(frozen=True)
class Detail:
    """What all findings of one kind share."""

    check: Check
    field: str | None
    header: str | None
    value: str | None
    meant: str | None
    doubtful: bool = False
    """A text of a list column or the header that nobody can place: it may be anything, also a name."""
    text: str = ""
    """Such a text as submitted."""

    def spelt(self, text: str) -> str:
        """A message or remedy with its places filled."""
        return (
            text.replace("{value}", self.value or "")
            .replace("{meant}", self.meant or "")
            .replace("{field}", self.header or "")
        )


@dataclass
class Tally:
    """Counts of one check."""

    failed: int = 0
    checked: int = 0
    listed: int = 0


@dataclass
class Failing:
    """A check that failed in a chunk: how often, how many of these are listed, and on what.

    `texts` are codes (UInt16, of a list column) or values, where they differ from row to row.
    """

    check: Check
    failed: int
    listed: int
    texts: pl.Series | None = None


class Found(NamedTuple):
    """The findings of a chunk: `places` holds the rows of each failing check, one check after the other."""

    failing: Sequence[Failing]
    places: pl.Series
    marks: pl.DataFrame
    """Which events have a finding of each severity."""


class Listed(NamedTuple):
    """Findings of one check: events, and for each its text's code or its value where that differs."""

    positions: pl.Series
    texts: pl.Series | None


@dataclass
class Findings:
    """Findings and counts of every check, growing chunk by chunk."""

    checks: Sequence[Check]
    show_identifiers: bool
    first_year: int = 0
    """A date before is shown in no date column."""
    details: list[Detail] = field(default_factory=list[Detail])
    tallies: list[Tally] = field(default_factory=list[Tally])
    _marks: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    _listed: dict[int, list[Listed]] = field(default_factory=dict[int, list[Listed]])
    _on_file: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    _narrow: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_PART))
    _first: dict[int, int] = field(default_factory=dict[int, int])

    def __post_init__(self) -> None:
        for check in self.checks:
            self.details.append(self._plain(check))
            self.tallies.append(Tally())

    def _plain(self, check: Check) -> Detail:
        if check.field is None:
            return Detail(check, None, None, None, None)
        hidden = (
            check.field.identifying and check.rule.type not in ("required", "all_blank") and not self.show_identifiers
        )
        return Detail(check, check.field.name, check.field.header, HIDDEN if hidden else None, None)

    def shows_value(self, check: Check) -> bool:
        """True when the value must be taken from the row (it is not fixed by the detail)."""
        return (
            check.field is not None
            and self.details[check.index].value is None
            and check.rule.type not in ("required", "all_blank")
        )

    def _new(self, detail: Detail) -> int:
        self.details.append(detail)
        return len(self.details) - 1

    def add(self, check: Check, failed: int, positions: pl.Series, texts: pl.Series | None = None) -> None:
        """Findings on events; `texts` are codes (UInt16, of a list column) or values. Their length respects the cap."""
        tally = self.tallies[check.index]
        tally.failed += failed
        tally.listed += positions.len()
        self._listed.setdefault(check.index, []).append(Listed(positions.cast(pl.UInt32), texts))

    def take(self, chunk: Found, events: int) -> None:
        """Add the findings of a chunk that comes after so many events."""
        positions = chunk.places + events
        start = 0
        for check, failed, listed, texts in ((f.check, f.failed, f.listed, f.texts) for f in chunk.failing):
            room = self.room(check)
            here = positions.slice(start, listed if room is None else min(listed, room))
            self.add(check, failed, here, None if texts is None else texts.head(here.len()))
            start += listed
        self._marks.append(chunk.marks)

    def rows_with(self, whole_file: Sequence[Check]) -> dict[Severity, int]:
        """Events with a finding, by severity; `whole_file` are the checks that were judged when all had been read."""
        marks = pl.concat(self._marks)
        for check in whole_file:
            for listed in self._listed.get(check.index, ()):
                marks = marks.with_columns(marks[check.severity].scatter(listed.positions, [True]))
        return dict(zip(SEVERITIES, marks.select(pl.col(s).sum() for s in SEVERITIES).row(0), strict=True))

    def room(self, check: Check) -> int | None:
        """How many more findings of a check may be listed; None without limit."""
        return None if check.rule.listed is None else max(0, check.rule.listed - self.tallies[check.index].listed)

    def add_on_file(
        self,
        check: Check,
        *,
        value: str | None = None,
        meant: str | None = None,
        header: str | None = None,
        field_name: str | None = None,
    ) -> None:
        """One finding about the file as a whole."""
        name = field_name or (check.field.name if check.field else None)
        caption = header or (check.field.header if check.field else None)
        doubtful = check.rule.type == "header" and value is not None
        detail = Detail(check, name, caption, value, meant, doubtful, value or "")
        self._on_file.setdefault(check.index, []).append(self._new(detail))
        self.tallies[check.index].failed += 1
        self.tallies[check.index].listed += 1

    def close(self, lexicons: Mapping[str, Lexicon], people: People, swapped: Collection[str] = ()) -> None:
        """Put all findings in the order of severity, rule, field and row; hide what agrees with the file's people.

        `swapped` are columns of lists and codes none of whose unknown texts is shown.
        """
        if not self.show_identifiers:
            self._keep_safe_values(people, swapped)
        order = sorted({*self._listed, *self._on_file}, key=lambda i: (SEVERITIES.index(self.checks[i].severity), i))
        if order:
            columns: dict[str, list[pl.Series]] = {name: [] for name in _RAW}
            height = 0
            for index in order:
                self._first[index] = height
                for part in (*self._of_events(index), *self._of_file(index)):
                    height += sum(positions.len() for positions in part["position"])
                    for name, series in part.items():
                        columns[name] += series
            with ThreadPoolExecutor() as pool:
                raw = pl.DataFrame(dict(zip(columns, pool.map(_together, columns.values()), strict=True)))
            self._narrow = raw.select(self._with_texts(raw, lexicons), "position", "value")
        if not self.show_identifiers:
            self._hide_doubtful(lexicons, people, swapped)

    def _keep_safe_values(self, people: People, swapped: Collection[str]) -> None:
        """Hide values of free columns that are in no safe form or a person's; each distinct one is looked at once."""
        by_form: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for index, listed in self._listed.items():
            field = self.checks[index].field
            places = [(index, i) for i, (_, t) in enumerate(listed) if t is not None and t.dtype == pl.String]
            if field and places:
                by_form.setdefault((form_of(field), field.name * (field.name in swapped)), []).extend(places)
        with ThreadPoolExecutor() as pool:
            shown = pool.map(partial(self._shown, people), by_form, by_form.values())
            for places, values in zip(by_form.values(), shown, strict=True):
                start = 0
                for index, i in places:
                    positions, _ = self._listed[index][i]
                    self._listed[index][i] = Listed(positions, values.slice(start, positions.len()))
                    start += positions.len()

    def _shown(self, people: People, form: tuple[str, str], places: Sequence[tuple[int, int]]) -> pl.Series:
        """The values as they may be shown; `form` is that of the columns, and the column's name if it is swapped."""
        given = (self._listed[index][i].texts for index, i in places)
        values = pl.concat([t for t in given if t is not None], rechunk=True)
        distinct = values.unique()
        if form[1] and distinct.len() > MANY_TEXTS:
            return values.set(values.is_not_null(), HIDDEN)
        shown = distinct.to_frame("v").select(shown_value(pl.col("v"), form[0], self.first_year)).to_series()
        return values.replace_strict(distinct, without_people(shown, people))

    def _of_events(self, index: int) -> Iterator[Mapping[str, list[pl.Series]]]:
        """Detail, position, value and code of a check's findings on events."""
        if not (listed := self._listed.get(index)):
            return
        number = sum(positions.len() for positions, _ in listed)
        texts = [t for _, t in listed if t is not None]
        values = [t for t in texts if t.dtype == pl.String]
        codes = [t for t in texts if t.dtype != pl.String]
        yield {
            "detail": [_repeated(index, pl.UInt32, number)],
            "position": [positions for positions, _ in listed],
            "value": values or [_repeated(None, pl.String, number)],
            "code": codes or [_repeated(None, pl.UInt16, number)],
        }

    def _of_file(self, index: int) -> Iterator[Mapping[str, list[pl.Series]]]:
        """The same of its findings on the file, which have neither position nor value of their own."""
        if details := self._on_file.get(index):
            nothing = {n: [_repeated(None, kind, len(details))] for n, kind in _RAW.items()}
            yield nothing | {"detail": [pl.Series(details, dtype=pl.UInt32)]}

    def _with_texts(self, raw: pl.DataFrame, lexicons: Mapping[str, Lexicon]) -> pl.Series:
        """The details of findings; where a code of a list column tells more, the detail of that text."""
        told = raw.select(pl.when(pl.col("code").is_not_null()).then(pl.col("detail") * _CODES + pl.col("code")))
        packed = told.to_series()
        pairs = cast("list[int]", packed.unique().drop_nulls().sort().to_list())
        if not pairs:
            return raw["detail"]
        details = pl.Series([self._detail_of(*divmod(p, _CODES), lexicons) for p in pairs], dtype=pl.UInt32)
        found = packed.replace_strict(pl.Series(pairs, dtype=pl.UInt32), details, default=None)
        return raw["detail"].zip_with(found.is_null(), found)

    def _detail_of(self, index: int, code: int, lexicons: Mapping[str, Lexicon]) -> int:
        check = self.checks[index]
        lexicon = lexicons[check.field.name if check.field else ""]
        entry, field = lexicon.entries[code], lexicon.field
        doubtful = entry.kind in ("near", "unknown") and code != OVERFLOW
        return self._new(
            Detail(check, field.name, field.header, entry.shown or None, entry.meant, doubtful, entry.text)
        )

    def _hide_doubtful(self, lexicons: Mapping[str, Lexicon], people: People, swapped: Collection[str]) -> None:
        """Hide doubtful texts that hold a name or an identifier of the file, and those under a wrong heading."""
        doubtful = {i: d for i, d in enumerate(self.details) if d.doubtful}
        words = {d.text: frozenset(with_joined(d.text)) for d in doubtful.values()}
        names = people.names_among(w for held in words.values() for w in held)
        ids = people.ids_among(words)
        for i, d in doubtful.items():
            lexicon = lexicons.get(d.field or "") if d.check.rule.type != "header" else None
            told = d.text in ids or (lexicon is not None and d.field in swapped)
            if not told and not names.isdisjoint(words[d.text]):
                told = tells_a_name(d.text, names, lexicon.usual_words if lexicon else self._header_words)
            if told:
                self.details[i] = replace(d, value=HIDDEN)

    @cached_property
    def _header_words(self) -> frozenset[str]:
        return frozenset(w for c in self.checks if c.field for w in folded_words(c.field.header))

    def places(self, check: Check) -> list[str]:
        """The columns that a check about the file's header found fault with; of a misspelt one also what was meant."""
        return [_place(d) for d in self.details[len(self.checks) :] if d.check is check]

    def spelt_out(self, rows: pl.Series, references: pl.Series, hidden_positions: pl.Series) -> pl.DataFrame:
        """The findings table (FINDING_COLUMNS).

        `rows` and `references`, as they may be shown, are those of every event, by position; blank rows come last.
        """
        narrow = self._narrow
        references = references.extend_constant(None, rows.len() - references.len())
        events = pl.DataFrame({"row": rows, "event_reference": references}).rechunk()
        wide = self._lookup()[narrow["detail"]].hstack(narrow).hstack(events[narrow["position"]])
        return wide.with_columns(
            hide(pl.coalesce("shown", "value"), hidden_positions).alias("value"),
            hide(pl.col("event_reference"), hidden_positions).alias("event_reference"),
        ).select(*FINDING_COLUMNS)

    def _lookup(self) -> pl.DataFrame:
        columns = {
            "rule": [d.check.rule.id for d in self.details],
            "severity": [d.check.severity for d in self.details],
            "field": [d.field for d in self.details],
            "header": [d.header for d in self.details],
            "message": [d.spelt(d.check.message) for d in self.details],
            "fix": [d.spelt(d.check.fix) for d in self.details],
            "confidence": [d.check.confidence for d in self.details],
        }
        kinds = {k: pl.Enum(SEVERITIES) if k == "severity" else _enum_of(v) for k, v in columns.items()}
        table = pl.DataFrame({k: pl.Series(v, dtype=pl.String).cast(kinds[k]) for k, v in columns.items()})
        return table.with_columns(shown=pl.Series([d.value for d in self.details], dtype=pl.String))

    def summary(self) -> pl.DataFrame:
        """Each check with its counts and first example: check, failed, checked, listed, detail, position, value."""
        first = {i: self._narrow.row(at, named=True) for i, at in self._first.items()}
        empty = {"detail": None, "position": None, "value": None}
        records = [
            {
                "check": i,
                "failed": t.failed,
                "checked": max(t.checked, t.failed),
                "listed": t.listed,
                **first.get(i, empty),
            }
            for i, t in enumerate(self.tallies)
        ]
        return pl.DataFrame(
            records,
            schema={"check": pl.UInt32, "failed": pl.UInt32, "checked": pl.UInt32, "listed": pl.UInt32, **_PART},
        )


def _together(parts: Sequence[pl.Series]) -> pl.Series:
    return pl.concat(parts, rechunk=True)


def _repeated(value: int | None, dtype: type[pl.DataType], times: int) -> pl.Series:
    return pl.Series([value], dtype=dtype).new_from_index(0, times)


def _place(detail: Detail) -> str:
    if detail.value and detail.meant:
        return f"'{detail.value}' for '{detail.meant}'"
    return detail.header or detail.value or ""


def hide(value: pl.Expr, positions: pl.Series) -> pl.Expr:
    """A value, or HIDDEN where the event of column `position` is one whose values must not be shown."""
    if positions.is_empty():
        return value
    told = pl.col("position").is_in(positions.implode()) & value.is_not_null()
    return pl.when(told).then(pl.lit(HIDDEN)).otherwise(value)


def without_people(values: pl.Series, people: People) -> pl.Series:
    """Values of free columns in a safe form, without those that a person of the file has."""
    distinct = values.drop_nulls().unique()
    told = people.are_ids(distinct) & (distinct.str.len_chars() >= ID_CHARACTERS)
    if people.births.len():
        days = distinct.str.contains(_LIKE_A_DAY).arg_true()
        births = as_dates(distinct[days]).is_in(people.births.implode()).fill_null(value=False)
        told = told.scatter(days, told[days] | births)
    return (
        values.set(values.is_in(distinct.filter(told).implode()).fill_null(value=False), HIDDEN)
        if told.any()
        else values
    )


def as_dates(values: pl.Series) -> pl.Series:
    """Dates in either order, with any of the separators of a safe form, without time."""
    day = pl.col("v").str.replace("[ T].*$", "").str.replace_all("[.-]", "/")
    read = pl.coalesce(day.str.to_date("%d/%m/%Y", strict=False), day.str.to_date("%Y/%m/%d", strict=False))
    return values.to_frame("v").select(read).to_series()


def _enum_of(texts: Sequence[str | None]) -> pl.Enum:
    return pl.Enum(list(dict.fromkeys(t for t in texts if t is not None)))
