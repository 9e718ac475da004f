"""Geography by postcode: the sector from the postcode itself, areas from a lookup table of the national statistics.

The lookup is the ONS Postcode Directory or the National Statistics Postcode Lookup as published, or any CSV or Parquet
file with some of their columns; `data/postcode_columns.csv` says which name becomes which column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import polars as pl

from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.standard.tables import Row, read_rows
from asccld.submissions.collected_columns import named

KEY = "postcode_key"
_TABLE = Path(__file__).parent / "data" / "postcode_columns.csv"
_SECTOR = "der_postcode_sector"
_OUTWARD = r"[A-Z]{1,2}[0-9][A-Z0-9]?"
_WHOLE = rf"^({_OUTWARD})([0-9])[A-Z]{{2}}$"
_PARTIAL = rf"^\s*({_OUTWARD})\s+([0-9])[^A-Z0-9]*$"
_NOT_ALPHANUMERIC = r"[^A-Z0-9]+"


def sector(postcode: pl.Expr) -> pl.Expr:
    """The sector of a postcode, such as LN1 3, also of one whose last two letters are missing or starred out.

    Null where the text has no sector: outward codes alone, and what is no postcode.
    """
    text = postcode.str.to_uppercase()
    joined = key(postcode)
    return (
        pl.when(joined.str.contains(_WHOLE))
        .then(joined.str.replace(_WHOLE, "$1 $2"))
        .when(text.str.contains(_PARTIAL))
        .then(text.str.replace(_PARTIAL, "$1 $2"))
    )


def key(postcode: pl.Expr) -> pl.Expr:
    """What postcodes are compared by: letters and digits, in capitals."""
    return postcode.str.to_uppercase().str.replace_all(_NOT_ALPHANUMERIC, "")


@lru_cache(maxsize=1)
def postcode_columns() -> tuple[Row, ...]:
    """The rows of `postcode_columns.csv`; the first is the postcode itself."""
    return tuple(read_rows(_TABLE, ("column", "accepted", "description", "source", "confidence")))


def read_postcodes(path: Path | str) -> pl.DataFrame:
    """The lookup in a CSV or Parquet file, ready for `collected_events`; only the columns that are needed are read."""
    file = Path(path)
    try:
        scan = (
            pl.scan_parquet(file)
            if file.suffix.lower() == ".parquet"
            else pl.scan_csv(file, infer_schema=False, encoding="utf8-lossy")
        )
        return _prepared(scan, scan.collect_schema().names(), file.name)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise AsccldError(
            "The postcode lookup cannot be read",
            file.name,
            "Give the CSV of the ONS Postcode Directory, or a CSV or Parquet file with its columns",
        ) from error


def as_lookup(postcodes: pl.DataFrame) -> pl.DataFrame:
    """A lookup as `read_postcodes` gives it, from that or from a table with the columns of the national statistics."""
    return postcodes if KEY in postcodes.columns else _prepared(postcodes.lazy(), postcodes.columns, None)


def _prepared(table: pl.LazyFrame, columns: Sequence[str], where: str | None) -> pl.DataFrame:
    """One row per postcode, areas as categories: a few thousand codes, two and a half million postcodes."""
    postcode, *areas = postcode_columns()
    given = _found(postcode, columns)
    used = {row["column"]: name for row in areas if (name := _found(row, columns))}
    if given is None or not used:
        wanted = postcode if given is None else areas[0]
        raise AsccldError(
            f"The postcode lookup has no column for {'the postcode' if given is None else 'any area'}",
            where,
            f"Name it as the ONS Postcode Directory does: {', '.join(wanted['accepted'].split())}",
        )
    lookup = table.select(
        key(pl.col(given).cast(pl.String)).alias(KEY),
        *(_area(pl.col(name)).alias(column) for column, name in used.items()),
    ).collect()
    repeated = lookup.height - lookup[KEY].n_unique()
    if repeated:
        raise AsccldError(
            f"The postcode lookup has {counted(repeated, 'postcode')} more than once: events would multiply",
            where,
            "Keep one row for each postcode",
        )
    return lookup


def _area(code: pl.Expr) -> pl.Expr:
    text = code.cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text).cast(pl.Categorical)


def _found(row: Row, columns: Sequence[str]) -> str | None:
    """The first accepted name that is there; of several vintages (`lad*cd`: lad24cd, lad25cd) the newest."""
    for accepted in row["accepted"].split():
        pattern = re.compile(re.escape(accepted).replace(r"\*", r"\d\d"), re.IGNORECASE)
        if matching := sorted(name for name in columns if pattern.fullmatch(name.strip())):
            return matching[-1]
    return None


def with_geography(rows: pl.DataFrame, lookup: pl.DataFrame | None) -> pl.DataFrame:
    """The rows with the geography of their column `postcode`; without a lookup only the sector is known.

    Each distinct postcode is looked at once.
    """
    areas = [name for name in named("postcode") if lookup is not None and name in lookup.columns]
    unknown = [name for name in named("postcode") if name not in areas]
    found = rows.select(pl.col("postcode").drop_nulls().unique()).with_columns(
        sector(pl.col("postcode")).alias(_SECTOR), key(pl.col("postcode")).alias(KEY)
    )
    if lookup is not None:
        near = lookup.select(KEY, *areas).join(found, on=KEY, how="semi").with_columns(pl.col(areas).cast(pl.String))
        found = found.join(near, on=KEY, how="left")
    located = rows.join(found.drop(KEY), on="postcode", how="left", maintain_order="left")
    return located.with_columns(pl.lit(None, pl.String).alias(name) for name in unknown)
