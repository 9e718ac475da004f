"""Activity and costs: what happened in the period, by month and by kind, and what services cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from asccld.reports.council.gather_methods import method_note
from asccld.reports.council.layout import Outline, Tally, blocks, column, tallies
from asccld.reports.council.model import Block, Chapter, Chart, Column, Headline
from asccld.reports.council.protecting import (
    LEAST_FOR_A_MEAN,
    MONEY_STEP,
    SUPPRESSED,
    Shown,
    between,
    counts,
    is_told,
    total,
    whole_percent,
)
from asccld.reports.rounding import SHARE, rounded, rounded_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asccld.reports.council.material import Material
    from asccld.standard.tables import Row

NOT_STATED: Final = "(not stated)"
ALL: Final = "Total"
IN_ORDER: Final = frozenset({"der_age_band", "der_working_age_band"})
"""Columns whose values have an order of their own."""


def activity_chapter(outline: Outline, material: Material) -> Chapter:
    """Requests, assessments, services or reviews."""
    made = tuple(_blocks(outline, material))
    method = method_note(outline.measure, material)
    missing = "" if made else material.absent.get(outline.measure, "There were none in the period.")
    figures = tuple(_number(outline, material)) if made else ()
    return Chapter(outline.slug, outline.group, outline.title, outline.definition, figures, made, method, missing)


def costs_chapter(outline: Outline, material: Material) -> Chapter:
    """What services cost."""
    made = tuple(_blocks(outline, material))
    method = method_note(outline.measure, material)
    missing = "" if made else material.absent.get(outline.measure, "No service of the last three months has a cost.")
    figures = tuple(_sums(material)) if made else ()
    return Chapter(outline.slug, outline.group, outline.title, outline.definition, figures, made, method, missing)


def _tally(row: Row) -> Tally:
    return next(t for t in tallies() if t.table == row["table"])


def _blocks(outline: Outline, material: Material) -> Iterator[Block]:
    for row in blocks():
        rows = material.table(row["table"])
        of_councils = row["slug"] == "by-council"
        if (
            row["chapter"] != outline.slug
            or rows is None
            or rows.is_empty()
            or of_councils != (material.several and of_councils)
        ):
            continue
        tally = _tally(row)
        worded = _worded(rows, tally)
        made = _of_costs(worded, tally, material) if tally.value == "costs" else _of_counts(worded, tally, material)
        yield _block(row, tally, made)


def _worded(rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Texts that say so where nothing is stated, in one row where there were two."""
    texts = [n for n in tally.columns if n != "month"]
    named = rows.with_columns(
        pl.when(pl.col(n).cast(pl.String).fill_null("").str.strip_chars() == "")
        .then(pl.lit(NOT_STATED))
        .otherwise(pl.col(n).cast(pl.String))
        .alias(n)
        for n in texts
    )
    if "month" in tally.columns:
        named = named.with_columns(pl.col("month").cast(pl.Date)).drop_nulls("month")
    if tally.value == "costs":
        return named
    return named.group_by(tally.columns, maintain_order=True).agg(pl.col("count").sum())


def _ordered(rows: pl.DataFrame, tally: Tally, by: str) -> pl.DataFrame:
    if len(tally.columns) != 1 or tally.columns[0] in {"month", *IN_ORDER}:
        return rows.sort(tally.columns)
    last = pl.col(tally.columns[0]) == NOT_STATED
    return rows.sort(last, by, tally.columns[0], descending=[False, True, False])


def _everybody(tally: Tally, material: Material) -> int | None:
    """How many there are; of a report to be shared as it may be shown, by all tables of the same rows.

    What one table hides in its total, so that the total does not tell a part, another one must not show.
    """
    found = _of_the_same_rows(tally, material)
    if not material.shareable:
        return next((int(rows["count"].sum()) for t, rows in found if t == tally), 0)
    totals = [total(rows, t.columns, "count") for t, rows in found]
    return None if None in totals else next(iter(totals), 0)


def _of_the_same_rows(tally: Tally, material: Material) -> list[tuple[Tally, pl.DataFrame]]:
    """The tally itself, and others that count the same rows by something else."""
    alike = [t for t in tallies() if (t.measure, t.where, t.value) == (tally.measure, tally.where, tally.value)]
    wanted = [t for t in alike if "month" not in t.columns or t == tally]
    return [(t, _worded(rows, t)) for t in wanted if (rows := material.table(t.table)) is not None]


def _protected(ordered: pl.DataFrame, tally: Tally, material: Material, all_of: int | None) -> Shown:
    """The counts as they may be shown: none where other tables of the same rows would tell one that may not."""
    shown = counts(ordered, tally.columns, ["count"])
    tables = [counts(rows, t.columns, ["count"]).rows["count"] for t, rows in _of_the_same_rows(tally, material)]
    limits = [[between(n) for n in table] for table in tables]
    sums = [tuple(map(sum, zip(*cells, strict=True))) for cells in limits if cells] + [between(all_of)]
    everybody = max(low for low, _ in sums), min(high for _, high in sums)
    if not is_told(shown.rows["count"].to_list(), everybody):
        return shown
    hidden = pl.Series([SUPPRESSED] * ordered.height, dtype=pl.String)
    return Shown(shown.rows.with_columns(count=pl.lit(None, shown.rows.schema["count"])), {"count": hidden})


def _of_counts(rows: pl.DataFrame, tally: Tally, material: Material) -> tuple[Shown, tuple[Column, ...], bool]:
    ordered = _ordered(rows, tally, "count")
    all_of = _everybody(tally, material)
    shown = _protected(ordered, tally, material, all_of) if material.shareable else Shown(ordered)
    frame, marks = shown.rows, dict(shown.marks)
    has_total = len(tally.columns) == 1 and tally.columns[0] != "month"
    if has_total:
        last = pl.DataFrame(
            {tally.columns[0]: [ALL], "count": [all_of]}, schema_overrides={"count": frame.schema["count"]}
        )
        frame = pl.concat([frame, last.select(frame.columns)], how="vertical_relaxed")
        marks = {
            n: pl.concat([m, pl.Series([None if all_of is not None else SUPPRESSED], dtype=pl.String)])
            for n, m in marks.items()
        }
    if not material.shareable:
        share = rounded(100 * pl.col("count") / all_of, SHARE) if all_of else pl.lit(None, pl.Float64)
    else:
        share = whole_percent(pl.col("count"), pl.lit(all_of))
        is_hidden = pl.lit(marks["count"]).is_not_null() | pl.lit(all_of is None)
        marks["share"] = frame.select(share=pl.when(is_hidden).then(pl.lit(SUPPRESSED)))["share"]
    columns = tuple(column(n) for n in (*tally.columns, "count", "share"))
    return Shown(frame.with_columns(share=share), marks), columns, has_total


def _of_costs(rows: pl.DataFrame, tally: Tally, material: Material) -> tuple[Shown, tuple[Column, ...], bool]:
    """Costs; of those to be shared only means of enough services, rounded, and never a sum (a part could be told)."""
    ordered = _ordered(rows, tally, "total_cost")
    if not material.shareable:
        names = (*tally.columns, "services", "people", "cost_per_week", "weekly_commitment", "total_cost")
        return Shown(ordered), tuple(column(n) for n in names), False
    shown = counts(ordered, tally.columns, ["services"])
    enough = (pl.col("services") >= LEAST_FOR_A_MEAN).fill_null(value=False)
    mean = rounded(pl.col("cost_per_week") / MONEY_STEP) * MONEY_STEP
    frame = shown.rows.with_columns(cost_per_week=pl.when(enough).then(mean))
    few = frame["cost_per_week"].is_null() & ordered["cost_per_week"].is_not_null()
    marks = {**shown.marks, "cost_per_week": pl.select(pl.when(pl.lit(few)).then(pl.lit(SUPPRESSED))).to_series()}
    return Shown(frame, marks), tuple(column(n) for n in (*tally.columns, "services", "cost_per_week")), False


def _block(row: Row, tally: Tally, made: tuple[Shown, tuple[Column, ...], bool]) -> Block:
    shown, columns, has_total = made
    value = (
        "count"
        if tally.value != "costs"
        else next(n for n in ("total_cost", "cost_per_week") if n in {c.name for c in columns})
    )
    chart = None
    if row["chart"] and shown.rows[value].drop_nulls().len():
        kind: Any = row["chart"]
        chart = Chart(kind, tally.columns[0], value, None, row["title"], row["alt"])
    return Block(
        row["slug"],
        row["title"],
        row["note"],
        columns,
        shown.rows,
        chart,
        row["table"],
        derived=True,
        marks=shown.marks,
        totals=has_total,
    )


def _number(outline: Outline, material: Material) -> Iterator[Headline]:
    """How many there were; of services also how many began in the period."""
    for row in blocks():
        wanted = {"by-age": f"{outline.title} of the period", "by-month": "Services that began in the period"}
        label = wanted.get(row["slug"]) if outline.slug == "services" or row["slug"] == "by-age" else None
        rows = material.table(row["table"])
        if row["chapter"] != outline.slug or rows is None or label is None:
            continue
        number = _everybody(_tally(row), material)
        yield Headline(label, number, None, None, outline.slug, "count", mark=SUPPRESSED if number is None else "")


def _sums(material: Material) -> Iterator[Headline]:
    rows = material.table("costs_total")
    if rows is None or rows.is_empty():
        return
    found = rows.row(0, named=True)
    if material.shareable:
        mean: float = found["cost_per_week"] or 0.0
        known = (found["services"] or 0) >= LEAST_FOR_A_MEAN
        value = rounded_value(mean / MONEY_STEP) * MONEY_STEP if known else None
        yield Headline(
            "Mean cost of a service", value, None, None, "£ a week", "money", mark="" if known else SUPPRESSED
        )
        return
    yield Headline("Cost of services, last three months", found["total_cost"], None, None, "£", "money")
    yield Headline("Committed at the end of the period", found["weekly_commitment"], None, None, "£ a week", "money")
    yield Headline("Mean cost of a service", found["cost_per_week"], None, None, "£ a week", "money")
