"""ASCOF 2D: reablement after a stay in hospital, where the hospital episodes were given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from asccld.reports.council.gather_methods import method_note
from asccld.reports.council.judging import goes, share_moved
from asccld.reports.council.layout import Outline, column
from asccld.reports.council.model import Block, Chapter, Headline
from asccld.reports.council.protecting import SUPPRESSED, Shown, rounded
from asccld.reports.rounding import SHARE
from asccld.reports.rounding import rounded as to_decimals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asccld.reports.council.material import Material


def discharge_chapter(outline: Outline, material: Material) -> Chapter:
    """2D, which needs hospital episodes."""
    method = method_note(outline.measure, material)
    blocks = tuple(_parts_of_2d(material))
    missing = "" if blocks else material.absent.get(outline.measure, "It was not computed.")
    return Chapter(
        outline.slug,
        outline.group,
        outline.title,
        outline.definition,
        tuple(_2d_headlines(material)),
        blocks,
        method,
        missing,
    )


TOTAL: Final = "Total"
_PARTS: Final = (
    (
        "part1",
        "What became of people after reablement",
        ("client_type", "denominator", "numerator", "outcome_percent", "died", "readmitted", "entered_lt_resnurs"),
    ),
    (
        "part1_demographics",
        "The same by age and sex",
        (
            "slice",
            "client_type",
            "denominator",
            "numerator",
            "outcome_percent",
            "died",
            "readmitted",
            "entered_lt_resnurs",
        ),
    ),
    (
        "part2",
        "How many discharges led to reablement",
        ("client_type", "discharges", "reablement_count", "outcome_percent"),
    ),
    (
        "part2_demographics",
        "The same by age and sex",
        ("slice", "client_type", "discharges", "reablement_count", "outcome_percent"),
    ),
)


def _areas(rows: pl.DataFrame, material: Material) -> pl.DataFrame:
    """The rows of the council; of a report to be shared only those in total, which no other rows add up to."""
    mine = rows if material.several else rows.filter(pl.col("area").str.to_lowercase() == material.council_name.lower())
    if not material.shareable:
        return mine
    parts = [pl.col(n) == TOTAL for n in ("client_type", "slice") if n in mine.columns]
    return mine.filter(*parts)


_BESIDE: Final = ("previous_outcome", "change")


def _beside_previous(mine: pl.DataFrame, suffix: str, material: Material) -> pl.DataFrame:
    """The rows with the figure of the previous period beside them, where it is known and the report is not shared."""
    then = material.table(f"ascof_2d_{suffix}_previous")
    if then is None or material.shareable or "slice" in mine.columns:
        return mine
    keys = ["area", "client_type"]
    before = then.select(
        *keys,
        pl.col("outcome_percent").cast(pl.Float64).alias("previous_outcome"),
        pl.col("reporting_period").alias("previous_period"),
    )
    joined = mine.join(before, on=keys, how="left", maintain_order="left")
    moved = pl.col("outcome_percent") - pl.col("previous_outcome")
    return joined.with_columns(change=to_decimals(moved, SHARE))


def _note(rows: pl.DataFrame) -> str:
    periods = rows["reporting_period"].drop_nulls().unique().to_list()
    told = f"Discharges of {periods[0]}, because twelve weeks must follow. " if len(periods) == 1 else ""
    before = rows["previous_period"].drop_nulls().unique().to_list() if "previous_period" in rows.columns else []
    then = f"The previous period is {before[0]}, computed anew from the same files. " if len(before) == 1 else ""
    return f"{told}{then}Blank: there was nobody."


def _parts_of_2d(material: Material) -> Iterator[Block]:
    for suffix, title, names in _PARTS:
        rows = material.table(f"ascof_2d_{suffix}")
        if rows is None or (material.shareable and "slice" in names):
            continue
        mine = _beside_previous(_areas(rows, material), suffix, material)
        whole = [n for n in names if n not in {"client_type", "slice", "outcome_percent"}]
        shown = rounded(mine, whole) if material.shareable else Shown(mine)
        frame = shown.rows.drop("outcome_percent") if material.shareable else shown.rows
        wanted = [*(["area"] if material.several else []), *(n for n in (*names, *_BESIDE) if n in frame.columns)]
        yield Block(
            suffix.replace("_", "-"),
            title,
            _note(mine),
            tuple(column(n, kind="percent" if n == "previous_outcome" else None) for n in wanted),
            frame,
            None,
            f"ascof_2d_{suffix}",
            marks=shown.marks,
        )


def _2d_headlines(material: Material) -> Iterator[Headline]:
    rows = material.table("ascof_2d_part1")
    if rows is None or material.several:
        return
    mine = _areas(rows, material).filter(pl.col("client_type") == TOTAL)
    then = material.table("ascof_2d_part1_previous")
    totals = mine.clear() if then is None else _areas(then, material).filter(pl.col("client_type") == TOTAL)
    before = next(totals.iter_rows(named=True), dict[str, Any]())
    for found in mine.to_dicts()[:1]:
        counted = [(each.get("numerator"), each.get("denominator")) for each in (found, before)]
        mark = SUPPRESSED if material.shareable else ""
        yield Headline(
            "Neither died, nor back in hospital, nor in a care home after 12 weeks",
            None if mark else found["outcome_percent"],
            None if mark else found["numerator"],
            None if mark else found["denominator"],
            "%",
            "percent",
            previous=None if mark else before.get("outcome_percent"),
            good=goes("up", moved=share_moved(*counted)),
            mark=mark,
        )
