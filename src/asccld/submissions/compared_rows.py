"""The rows of a received file, as they are compared: by field, with the row numbers of the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from asccld.intake import open_extract
from asccld.intake.headers import match_headers
from asccld.standard import Release
from asccld.submissions.collected_reading import LITERAL_NULL, decimal, with_dates
from asccld.submissions.model import Submission

NEEDED = (
    "la_person_unique_identifier",
    "nhs_number",
    "event_type",
    "event_reference",
    "event_start_date",
    "event_end_date",
    "client_type",
    "request_route_of_access",
    "assessment_type",
    "service_type",
    "service_component",
)
"""What an event is recognised by; a file without such a column has it blank on every row."""
_DATES = ("event_start_date", "event_end_date")


@dataclass(frozen=True)
class Rows:
    """`cells` has `row` and a column for each of `fields`, and for what is NEEDED; dates and numbers are typed."""

    cells: pl.DataFrame
    fields: tuple[str, ...]


def rows_of(original: Path, found: Submission, release: Release) -> Rows:
    """The rows of a submission."""
    with open_extract(original, **found.reading) as extract:  # pyright: ignore[reportArgumentType] - sheet, delimiter, encoding
        match = match_headers(extract.header, release.headers)
        columns = match.columns | match.assumed
        parts = [said_cells(chunk.frame, columns) for chunk in extract.chunks()]
    fields = tuple(name for name in release.headers if name in columns.values())
    cells = pl.concat(parts).with_columns(pl.lit(None, pl.String).alias(n) for n in NEEDED if n not in fields)
    return Rows(typed_cells(cells, fields, release), fields)


def said_cells(frame: pl.DataFrame, columns: dict[int, str]) -> pl.DataFrame:
    """What the cells say, without blanks around it; rows that say nothing are left out."""
    said = frame.select("row", *(_trimmed(pl.col(str(p))).alias(name) for p, name in columns.items()))
    return said.filter(~pl.all_horizontal(pl.exclude("row").is_null()))


def _trimmed(text: pl.Expr) -> pl.Expr:
    text = text.str.strip_chars()
    return pl.when(~text.is_in(["", LITERAL_NULL])).then(text)


def typed_cells(cells: pl.DataFrame, fields: tuple[str, ...], release: Release) -> pl.DataFrame:
    """Dates that an event is recognised by as dates; other dates and numbers as text in one way of writing.

    What cannot be read as a date or a number stays as it is, so that mending it counts as a change.
    """
    others = [n for n in fields if release.by_name[n].type == "date" and n not in _DATES]
    numbers = [n for n in fields if release.by_name[n].type in {"decimal", "integer"}]
    read = with_dates(cells, others) if others else cells
    in_one_way = [pl.coalesce(read[n].cast(pl.String), cells[n]).alias(n) for n in others]
    same_number = [pl.coalesce(decimal(pl.col(n)).cast(pl.String), pl.col(n)) for n in numbers]
    return with_dates(cells.with_columns(*in_one_way, *same_number), _DATES)
