"""Published figures of ASCOF, beside which those of the council are shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from asccld.errors import AsccldError
from asccld.reports.rounding import SHARE, rounded

if TYPE_CHECKING:
    from asccld.reports.council.material import Material, Period
    from asccld.standard.tables import Row

NEEDED: Final = (
    "reporting_period",
    "la_code",
    "la_name",
    "description",
    "group",
    "numerator",
    "denominator",
    "outcome",
)
ENGLAND: Final = ("99999", "e92000001", "england")
"""How published tables name England, by code or by name."""
LEAST_COUNCILS: Final = 100
"""Councils that a published table must have before their sum is called England."""


def read_published(path: Path) -> pl.DataFrame:
    """The table of published figures; raises AsccldError for one that lacks columns."""
    try:
        frame = pl.read_csv(path, infer_schema=False, null_values=[""])
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise AsccldError("The published figures cannot be read as CSV", str(path), "Save them as UTF-8 CSV") from error
    frame = frame.rename({name: name.strip().lower() for name in frame.columns})
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing:
        remedy = "Its columns are those of asccld measures template LA_PBI_ASCOF"
        raise AsccldError(f"The published figures lack {', '.join(missing)}", str(path), remedy)
    numbers = [
        pl.col(n).str.strip_chars().cast(pl.Float64, strict=False) for n in ("numerator", "denominator", "outcome")
    ]
    return frame.select(NEEDED).with_columns(numbers)


def label_of(period: Period) -> str:
    """`1 Apr 25 - 31 Mar 26`, as published tables name a period."""
    from asccld.measures.dhsc.figures import short_day

    return f"{short_day(period[0])} - {short_day(period[1])}"


def published_of(material: Material, name: str) -> pl.DataFrame | None:
    """England's figure of the period by description and group; None where it is not known."""
    raw = material.table(name)
    if material.published is None or raw is None or raw.is_empty():
        return None
    rows = _of_period(material.published, label_of(material.period))
    rows = rows.filter(pl.col("description").is_in(raw["description"].unique().implode()))
    found = rows.filter(_is_england())
    is_rate = "per 100,000" in str(raw["description"][0])
    if found.is_empty():
        found = _summed(rows, per=100_000 if is_rate else 100)
    made = found.select("description", "group", england=pl.col("outcome")).unique(["description", "group"])
    if material.shareable and not is_rate:  # beside figures in whole per cent
        made = made.with_columns(rounded(pl.col("england")).cast(pl.Int64))
    return None if made.is_empty() else made


def england_of(material: Material, row: Row) -> float | None:
    """England's figure of a headline."""
    found = published_of(material, row["table"])
    if found is None:
        return None
    one = found.filter(pl.col("description").str.starts_with(row["begins"]), pl.col("group") == row["group"])
    return one["england"][0] if one.height else None


def _of_period(rows: pl.DataFrame, label: str) -> pl.DataFrame:
    return rows.filter(pl.col("reporting_period").str.strip_chars().str.to_lowercase() == label.lower())


def _is_england() -> pl.Expr:
    texts = [pl.col(name).str.strip_chars().str.to_lowercase().is_in(ENGLAND) for name in ("la_code", "la_name")]
    return pl.any_horizontal(texts).fill_null(value=False)


def _summed(rows: pl.DataFrame, *, per: int) -> pl.DataFrame:
    """The published councils together, where they are enough to be England."""
    known = rows.filter(pl.col("denominator") > 0, pl.col("numerator").is_not_null())
    many = known.filter(pl.col("la_code").n_unique().over("description", "group") >= LEAST_COUNCILS)
    added = many.group_by("description", "group").agg(pl.col("numerator", "denominator").sum())
    return added.with_columns(outcome=rounded(pl.col("numerator") * per / pl.col("denominator"), SHARE))
