"""The rows of received files by their record ids: row numbers, the council's own identifiers, what may not be shown.

Record ids were given in file order, blank rows left out; that is how a record finds its row again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from asccld.intake import open_extract
from asccld.intake.headers import match_headers
from asccld.standard import load_standard

if TYPE_CHECKING:
    from asccld.intake.model import Extract

RECORD: Final = "der_unique_record_id"
LOCAL_ID: Final = "la_person_unique_identifier"
REFERENCE: Final = "event_reference"


def cells_of(
    path: Path, first_record_id: int, reading: Mapping[str, str], wanted: Sequence[str]
) -> Iterator[pl.DataFrame]:
    """The wanted fields as they were submitted, with `row` and the record id of each row, part by part."""
    with open_extract(path, **reading) as extract:  # pyright: ignore[reportArgumentType] - sheet, delimiter, encoding
        columns = _columns(extract)
        done = first_record_id
        for chunk in extract.chunks():
            said = [pl.col(str(p)).str.strip_chars().fill_null("") != "" for p in columns]
            kept = chunk.frame.filter(pl.any_horizontal(said))
            frame = kept.select(
                (done + pl.int_range(pl.len(), dtype=pl.Int64)).alias(RECORD),
                pl.col("row").cast(pl.Int64),
                *(_cell(columns, name) for name in wanted),
            )
            done += frame.height
            yield frame


def _columns(extract: Extract) -> dict[int, str]:
    """Position in the file -> field, of whichever release has it."""
    known: dict[str, str] = {}
    for release in load_standard().releases.values():
        known |= release.headers
    match = match_headers(extract.header, known)
    return match.columns | match.assumed


def _cell(columns: Mapping[int, str], name: str) -> pl.Expr:
    place = next((p for p, field in columns.items() if field == name), None)
    return (pl.lit(None, pl.String) if place is None else pl.col(str(place)).str.strip_chars()).alias(name)


@cache
def identifying_fields() -> tuple[str, ...]:
    """The fields of any release whose values point at a person."""
    found = (f.name for r in load_standard().releases.values() for f in r.fields if f.identifying)
    return tuple(dict.fromkeys(found))


def records_in(tables: Iterable[pl.DataFrame]) -> pl.Series:
    """The ids of the records behind the rows of people, each once."""
    found = [_listed_records(rows)[RECORD].unique() for rows in tables if "record_ids" in rows.columns]
    return pl.concat(found).unique() if found else pl.Series(RECORD, [], pl.Int64)


def with_own_references(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Rows of people with the council's own identifier and the references of the events behind them.

    `known` has a row for each record: the record id, event_reference and la_person_unique_identifier.
    """
    if "record_ids" not in rows.columns or known.is_empty():
        return rows
    numbered = rows.with_row_index("place_")
    told = _listed_records(rows).join(known, on=RECORD, how="inner", maintain_order="left")
    each = told.group_by("place_", maintain_order=True).agg(
        _listed(LOCAL_ID), _listed(REFERENCE).alias("event_references")
    )
    names = [n for n in rows.columns if n not in {LOCAL_ID, "event_references"}]
    joined = numbered.join(each, on="place_", how="left", maintain_order="left", suffix="_own")
    own = LOCAL_ID if LOCAL_ID not in rows.columns else f"{LOCAL_ID}_own"
    return joined.select(pl.col(own).alias(LOCAL_ID), "event_references", *names)


def _listed_records(rows: pl.DataFrame) -> pl.DataFrame:
    """`place_`, the number of the row, and the id of each record behind it."""
    numbered = rows.with_row_index("place_")
    each = numbered.select("place_", pl.col("record_ids").cast(pl.String).str.split(",").alias(RECORD))
    ids = pl.col(RECORD).str.strip_chars().cast(pl.Int64, strict=False)
    return each.explode(RECORD, empty_as_null=False).with_columns(ids).drop_nulls(RECORD)


def _listed(name: str) -> pl.Expr:
    return pl.col(name).drop_nulls().unique(maintain_order=True).str.join(", ").alias(name)
