"""What changed between two submissions of one council: events added, gone, and changed by field.

Both are read from the bytes that were received, so that a rejected file can be compared with the one that mends it.

Two rows are the same event when they share an event reference of one event type that neither file has twice; else when
person, event type, start date, client type and the fields that make a request, an assessment or a service distinct
agree (the Department's event identity without the end date, which is what changes most often). Rows that this cannot
tell apart are paired in order of their end dates. Text is compared as the national database does, without regard to
capitals and blanks at the end; whether a cell changed is decided exactly, but for blanks around it, and by value for
dates and numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from asccld.standard import Release, Standard, load_standard
from asccld.submissions.collected_reading import decimal
from asccld.submissions.compared_rows import Rows, rows_of
from asccld.submissions.errors import StoreError
from asccld.submissions.integrity import refuse_damaged_originals
from asccld.submissions.layout import inside
from asccld.submissions.model import Submission
from asccld.validation.tallies import BLANK_TYPE, OTHER_TYPE

IDENTITY = (
    "person",
    "event_type",
    "event_start_date",
    "client_type",
    "request_route_of_access",
    "assessment_type",
    "service_type",
    "service_component",
)
NOT_COMPARED = frozenset({"reporting_period_start_date", "reporting_period_end_date"})
"""Stated on every row, and another in every quarter's file."""
HIDDEN = "(hidden)"
_LARGEST_SHOWN = 1_000_000
"""A number above might be that of a person, in the wrong column."""


@dataclass(frozen=True)
class Comparison:
    """Two submissions side by side."""

    earlier: Submission
    later: Submission
    before: Rows
    after: Rows
    pairs: pl.DataFrame
    """`a` and `b`: places in `before` and `after` of what is the same event."""
    release: Release

    @cached_property
    def added(self) -> pl.DataFrame:
        """The rows of the later file that the earlier did not have."""
        return _others(self.after.cells, self.pairs["b"])

    @cached_property
    def gone(self) -> pl.DataFrame:
        """The rows of the earlier file that the later no longer has."""
        return _others(self.before.cells, self.pairs["a"])

    @cached_property
    def left_the_period(self) -> int:
        """How many of those gone had ended before the later file's period began: these had to go."""
        start = self.later.period_start
        if start is None or "event_end_date" not in self.gone.columns:
            return 0
        return self.gone.filter(pl.col("event_end_date") < start).height

    @cached_property
    def fields(self) -> pl.DataFrame:
        """field, header, changed, filled, blanked: how many events changed in each field, those unchanged left out."""
        names = [name for name in self._common if name not in NOT_COMPARED]
        counted = [(name, self.release.headers.get(name, name), *self._counts(name)) for name in names]
        kinds = {"changed": pl.UInt32, "filled": pl.UInt32, "blanked": pl.UInt32}
        found = pl.DataFrame(counted, schema={"field": pl.String, "header": pl.String, **kinds}, orient="row")
        return found.filter(pl.col("changed") > 0).sort("changed", descending=True, maintain_order=True)

    @cached_property
    def changed(self) -> int:
        """Events with at least one changed field."""
        masks = [self._differs(name) for name in self.fields["field"]]
        if not masks:
            return 0
        return int(pl.DataFrame(masks).select(pl.any_horizontal(pl.all())).to_series().sum())

    @property
    def unchanged(self) -> int:
        """Events that are the same in every field."""
        return self.pairs.height - self.changed

    @cached_property
    def months(self) -> pl.DataFrame:
        """event_type, month, earlier, later, difference: by month of the end date, of the start for open events."""
        known = self._known_types
        sides = [_by_month(rows.cells, name, known) for rows, name in ((self.before, "earlier"), (self.after, "later"))]
        both = sides[0].join(sides[1], on=("event_type", "month"), how="full", coalesce=True, nulls_equal=True)
        counts = both.with_columns(pl.col("earlier", "later").fill_null(0).cast(pl.Int64))
        difference = (pl.col("later") - pl.col("earlier")).alias("difference")
        return counts.with_columns(difference).sort("event_type", "month", nulls_last=True)

    @property
    def columns_only_in_one(self) -> dict[str, list[str]]:
        """Fields that only one of the files has; they are not compared."""
        before, after = set(self.before.fields), set(self.after.fields)
        return {"earlier": sorted(before - after), "later": sorted(after - before)}

    def rows(self, *, show_identifiers: bool = False) -> pl.DataFrame:
        """One row for each event added or gone and for each cell changed, with the row numbers of both files.

        Values that could point at a person are shown as `(hidden)` unless asked for.
        """
        kind = _shown(self.release, "event_type", pl.col("event_type"), show_identifiers=show_identifiers)
        parts = [
            _whole("added", self.added, (None, "row"), kind),
            _whole("gone", self.gone, ("row", None), kind),
            *(self._cells_of(name, show_identifiers=show_identifiers) for name in self.fields["field"]),
        ]
        return pl.concat(parts).sort("change", "row_earlier", "row_later", maintain_order=True)

    @property
    def _known_types(self) -> Sequence[str]:
        found = self.release.list_of("event_type")
        return found.texts if found else ()

    @property
    def _common(self) -> list[str]:
        return [name for name in self.before.fields if name in self.after.fields]

    def _sides(self, name: str) -> tuple[pl.Series, pl.Series]:
        return (
            self.before.cells[name].gather(self.pairs["a"]).alias("from"),
            self.after.cells[name].gather(self.pairs["b"]).alias("to"),
        )

    def _differs(self, name: str) -> pl.Series:
        old, new = self._sides(name)
        return old.ne_missing(new).alias(name)

    def _counts(self, name: str) -> tuple[int, int, int]:
        old, new = self._sides(name)
        different = old.ne_missing(new)
        return (
            int(different.sum()),
            int((different & old.is_null()).sum()),
            int((different & new.is_null()).sum()),
        )

    def _cells_of(self, name: str, *, show_identifiers: bool) -> pl.DataFrame:
        old, new = self._sides(name)
        frame = pl.DataFrame(
            {
                "row_earlier": self.before.cells["row"].gather(self.pairs["a"]),
                "row_later": self.after.cells["row"].gather(self.pairs["b"]),
                "event_type": self.after.cells["event_type"].gather(self.pairs["b"]),
                "from": old,
                "to": new,
            }
        ).filter(self._differs(name))
        header = self.release.headers.get(name, name)
        return frame.select(
            pl.lit("changed").alias("change"),
            "row_earlier",
            "row_later",
            _shown(self.release, "event_type", pl.col("event_type"), show_identifiers=show_identifiers),
            pl.lit(header).alias("header"),
            *(
                _shown(self.release, name, pl.col(side), show_identifiers=show_identifiers).alias(side)
                for side in ("from", "to")
            ),
        )


def compare(store: Path, earlier: Submission, later: Submission, standard: Standard | None = None) -> Comparison:
    """Compare two submissions; raises StoreError when they are of two councils or an original is not what it was."""
    if earlier.la_code != later.la_code:
        raise StoreError(
            f"Submission {earlier.number} is of council {earlier.la_code} and {later.number} of {later.la_code}",
            None,
            "Compare two files of one council",
        )
    refuse_damaged_originals(store, (earlier, later))
    standard = standard or load_standard()
    before, after = (
        rows_of(inside(store, found.original), found, standard.releases[found.release]) for found in (earlier, later)
    )
    return Comparison(
        earlier, later, before, after, paired_rows(before.cells, after.cells), standard.releases[later.release]
    )


def paired_rows(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The places `a` and `b` of rows that are one event: by reference first, the rest by identity, in order of `b`."""
    by_reference = _by_reference(before, after)
    rest_a = _with_key(before).filter(~pl.col("place").is_in(by_reference["a"].implode()))
    rest_b = _with_key(after).filter(~pl.col("place").is_in(by_reference["b"].implode()))
    on = [*IDENTITY, "turn"]
    by_identity = _in_turn(rest_a).join(_in_turn(rest_b), on=on, nulls_equal=True).select(a="place", b="place_right")
    return pl.concat([by_reference, by_identity]).sort("b")


def _by_reference(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    sides = [_with_key(side).select("place", "event_type", "reference") for side in (before, after)]
    once = [side.drop_nulls("reference").filter(pl.len().over("event_type", "reference") == 1) for side in sides]
    return once[0].join(once[1], on=["event_type", "reference"], nulls_equal=True).select(a="place", b="place_right")


def _with_key(cells: pl.DataFrame) -> pl.DataFrame:
    """The identity of each row, comparable."""
    person = pl.coalesce("la_person_unique_identifier", "nhs_number")
    texts = [name for name in IDENTITY if name not in {"person", "event_start_date"}]
    return cells.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("place"),
        _plain(person).alias("person"),
        "event_start_date",
        "event_end_date",
        *(_plain(pl.col(name)) for name in texts),
        _plain(pl.col("event_reference")).alias("reference"),
    )


def _plain(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase()


def _in_turn(keys: pl.DataFrame) -> pl.DataFrame:
    """Numbers rows of one identity by their end dates, open ones last."""
    return keys.sort("event_end_date", nulls_last=True, maintain_order=True).with_columns(
        pl.int_range(pl.len()).over(IDENTITY).alias("turn")
    )


def _others(cells: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    return cells.with_row_index("place").filter(~pl.col("place").is_in(places.implode())).drop("place")


def _by_month(cells: pl.DataFrame, name: str, known: Sequence[str]) -> pl.DataFrame:
    """Rows by type and month; a text that is no event type might be a person's detail, and is not shown."""
    day = pl.coalesce("event_end_date", "event_start_date")
    text = pl.col("event_type")
    other = pl.when(text.is_null()).then(pl.lit(BLANK_TYPE)).otherwise(pl.lit(OTHER_TYPE))
    kind = pl.when(text.is_in(known)).then(text).otherwise(other).alias("event_type")
    return cells.group_by(kind, day.dt.truncate("1mo").alias("month")).agg(pl.len().alias(name))


def _whole(
    change: str, rows: pl.DataFrame, numbers: tuple[str | None, str | None], event_type: pl.Expr
) -> pl.DataFrame:
    number = dict(zip(("row_earlier", "row_later"), numbers, strict=True))
    blank = pl.lit(None, pl.String)
    return rows.select(
        pl.lit(change).alias("change"),
        *((pl.col(c) if c else pl.lit(None)).cast(pl.UInt32).alias(n) for n, c in number.items()),
        event_type,
        *(blank.alias(name) for name in ("header", "from", "to")),
    )


def _shown(release: Release, name: str, value: pl.Expr, *, show_identifiers: bool) -> pl.Expr:
    """The value as text; hidden unless it is a date, a number, or one of the field's list, and the field names nobody.

    Any other text might be a person's detail in the wrong column.
    """
    text = value.cast(pl.String)
    field = release.by_name.get(name)
    if show_identifiers:
        return text
    if field is None or field.identifying:
        return pl.when(value.is_not_null()).then(pl.lit(HIDDEN))
    if field.type == "date":
        return text
    if field.type != "text":
        short = decimal(text).abs() < _LARGEST_SHOWN
        return pl.when(value.is_not_null()).then(pl.when(short).then(text).otherwise(pl.lit(HIDDEN)))
    found = release.list_of(name)
    known: Sequence[str] = found.texts if found else ()
    return pl.when(value.is_not_null()).then(pl.when(text.is_in(known)).then(text).otherwise(pl.lit(HIDDEN)))
