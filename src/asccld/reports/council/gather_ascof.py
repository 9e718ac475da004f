"""ASCOF: each figure with numerator, denominator, the period before and England, its course, and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from asccld.reports.council.ascof_periods import GROUPS, LIMITS, Figure, Periods, periods_of
from asccld.reports.council.gather_methods import method_note
from asccld.reports.council.judging import Good, goes, rate_moved, share_moved, telling, tells
from asccld.reports.council.layout import Outline, column, headlines
from asccld.reports.council.model import Block, Chapter, Chart, Column, Headline, Kind
from asccld.reports.council.protecting import Shown, counts, rounded
from asccld.reports.council.published import england_of, label_of, published_of
from asccld.reports.rounding import SHARE
from asccld.reports.rounding import rounded as to_decimals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asccld.reports.council.material import Material
    from asccld.standard.tables import Row


def ascof_chapter(outline: Outline, material: Material) -> Chapter:
    """One measure of ASCOF."""
    method = method_note(outline.measure, material)
    raw = material.table(outline.measure)
    missing = material.absent.get(outline.measure, "")
    if raw is None or raw.is_empty():
        missing = missing or "The Department's list of councils does not have this council, so there is no figure."
        return Chapter(outline.slug, outline.group, outline.title, outline.definition, (), (), method, missing)
    rows = [r for r in headlines() if r["chapter"] == outline.slug]
    periods = periods_of(material, rows)
    blocks = (
        _figures(outline, material, periods, rows),
        *_course(outline, material, periods, rows),
        *_further(outline, material),
    )
    missing = missing or _without_population(raw, rows)
    found = tuple(_headline(material, row, periods) for row in rows)
    return Chapter(outline.slug, outline.group, outline.title, outline.definition, found, blocks, method, missing)


def _without_population(raw: pl.DataFrame, rows: Sequence[Row]) -> str:
    if rows and rows[0]["kind"] == "number" and raw["denominator"].null_count() == raw.height:
        return (
            "There is no table of populations, so the rate cannot be made; the number of people admitted is known."
            " asccld measures template REF_ONS_Pop_Gender_Pub_Age_Bands prints its columns; give it with --reference."
        )
    return ""


def _headline(material: Material, row: Row, periods: Periods) -> Headline:
    now, then = periods.figure(material.period, row), periods.figure(material.previous, row)
    kind = _kind([row])
    good, untold = _judged(row, now, then)
    shown = None if now is None or now.mark else now
    return Headline(
        label=row["label"],
        value=shown.value if shown else None,
        numerator=shown.numerator if shown else None,
        denominator=shown.denominator if shown else None,
        unit=row["unit"],
        kind=kind,
        previous=then.value if then else None,
        england=england_of(material, row),
        good=good,
        mark=now.mark if now else "",
        untold=untold and material.shareable,
    )


def _judged(row: Row, now: Figure | None, then: Figure | None) -> tuple[Good, bool]:
    """Which direction is better, where the true figures moved by more than chance; whether those shown mislead."""
    if now is None or then is None or now.value is None or then.value is None:
        return "none", False
    moved = share_moved if row["kind"] == "percent" else rate_moved
    (above, below), (above_before, below_before) = now.true, then.true
    true = int(row["per"]) * ((above or 0) / (below or 1) - (above_before or 0) / (below_before or 1))
    return goes(row["good"], moved=moved(now.true, then.true)), not tells(now.value - then.value, true)


def _kind(rows: Sequence[Row]) -> Kind:
    return "percent" if rows and rows[0]["kind"] == "percent" else "number"


def _figures(outline: Outline, material: Material, periods: Periods, rows: list[Row]) -> Block:
    """Every group of the measure, with the previous period and England beside it."""
    name, kind = outline.measure, _kind(rows)
    now = periods.shown[material.period, ""]
    then = periods.table(material.previous)
    frame, marks = now.rows, dict(now.marks)
    if then is not None and material.previous:
        frame, marks = _beside(now, then)
        true = [periods.counted(period, rows[0]) for period in (material.period, material.previous)]
        frame = _with_change(frame, *true, is_rounded=material.shareable)
    england = published_of(material, name)
    if england is not None:
        frame = frame.join(england, on=["description", "group"], how="left", maintain_order="left")
    frame = frame.with_columns(part=_part(rows))
    columns = _columns(frame, material, kind, several_descriptions=frame["description"].n_unique() > 1)
    title, chart = f"The figure, {label_of(material.period)}", _bars(frame, material, outline)
    return Block("figures", title, _note(material, frame), columns, frame, chart, name, marks=marks)


def _beside(now: Shown, then: Shown) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """The figures with those of the previous period."""
    none = pl.Series([None] * then.rows.height, dtype=pl.String)
    marked = then.rows.with_columns(**{f"{n}_mark": then.marks.get(n, none) for n in _NUMBERS})
    wide = marked.select(
        *GROUPS, *(pl.col(n).alias(f"previous_{n}") for n in _NUMBERS), *(f"{n}_mark" for n in _NUMBERS)
    )
    frame = now.rows.join(wide, on=GROUPS, how="left", nulls_equal=True, maintain_order="left")
    told = [n for n in _NUMBERS if n != "denominator" or "denominator" in now.marks]
    return frame, {**now.marks, **{f"previous_{n}": frame[f"{n}_mark"] for n in told}}


def _with_change(frame: pl.DataFrame, now: pl.DataFrame, then: pl.DataFrame, *, is_rounded: bool) -> pl.DataFrame:
    """How the figures moved; of rounded ones only where the true ones moved the same way."""
    true = now.join(then, on=GROUPS, how="inner", nulls_equal=True, suffix="_then").select(
        *GROUPS, true=pl.col("true") - pl.col("true_then")
    )
    moved = pl.col("outcome") - pl.col("previous_outcome")
    is_told = telling(moved, pl.col("true")) if is_rounded else pl.lit(value=True)
    shown = moved if frame.schema["outcome"].is_integer() else to_decimals(moved, SHARE)
    joined = frame.join(true, on=GROUPS, how="left", nulls_equal=True, maintain_order="left")
    untold = (moved.is_not_null() & ~is_told.fill_null(value=False)).alias("untold")
    return joined.with_columns(untold, change=pl.when(is_told).then(shown)).drop("true")


_NUMBERS = ("numerator", "denominator", "outcome")


def _part(rows: Sequence[Row]) -> pl.Expr:
    """The figure that a description is of, in few words: a picture has no room for the official ones."""
    made: pl.Expr = pl.col("description")
    for row in rows:
        begins = pl.col("description").str.starts_with(row["begins"])
        made = pl.when(begins).then(pl.lit(row["label"])).otherwise(made) if row["begins"] else made
    return made


def _note(material: Material, frame: pl.DataFrame) -> str:
    told: list[str] = []
    if "untold" in frame.columns and material.previous:
        told.append(f"The previous period is {label_of(material.previous)}, computed anew from the same files.")
        if frame["untold"].any():
            told.append("A change is a dash where the rounded figures do not tell it.")
    if material.published is not None:
        told.append("England: from the published figures that were given.")
    return " ".join(told)


def _columns(frame: pl.DataFrame, material: Material, kind: Kind, *, several_descriptions: bool) -> tuple[Column, ...]:
    names = [*(["la_name"] if material.several else []), *(["description"] if several_descriptions else []), "group"]
    made = [column(name) for name in names]
    made += [column("numerator"), column("denominator"), column("outcome", kind=kind)]
    made += [column(name, kind=kind) for name in LIMITS if name in frame.columns]
    if "previous_outcome" in frame.columns:
        made += [column("previous_numerator"), column("previous_denominator"), column("previous_outcome", kind=kind)]
        made += [column("change")]
    if "england" in frame.columns:
        made.append(column("england", kind=kind))
    return tuple(made)


def _bars(frame: pl.DataFrame, material: Material, outline: Outline) -> Chart | None:
    if frame["outcome"].drop_nulls().is_empty():
        return None
    if material.several:
        return (
            None
            if frame["description"].n_unique() > 1
            else Chart(
                "bars",
                "la_name",
                "outcome",
                "group" if frame["group"].n_unique() > 1 else None,
                outline.title,
                "The figure of each council and group.",
            )
        )
    colour = "part" if frame["description"].n_unique() > 1 else None
    return Chart("bars", "group", "outcome", colour, outline.title, "The figure of each group.")


def _course(outline: Outline, material: Material, periods: Periods, rows: list[Row]) -> Iterator[Block]:
    """The figure of earlier periods of the same length, and what was published of others."""
    if not material.history:
        return
    found = [
        {
            "period_end": period[1],
            "label": row["label"],
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "outcome": figure.value,
            "mark": figure.mark or None,
        }
        for row in rows
        for period in (*(p for p, _ in material.history), material.period)
        if (figure := periods.figure(period, row))
    ]
    schema = {
        "period_end": pl.Date,
        "label": pl.String,
        "numerator": pl.Int64,
        "denominator": pl.Int64,
        "outcome": pl.Int64 if material.shareable and _kind(rows) == "percent" else pl.Float64,
        "mark": pl.String,
    }
    frame = pl.DataFrame(found, schema=schema, orient="row")
    kind = _kind(rows)
    columns = (
        column("period_end"),
        *([Column("label", "What")] if len(rows) > 1 else []),
        column("numerator"),
        column("denominator"),
        column("outcome", kind=kind),
    )
    chart = Chart(
        "lines",
        "period_end",
        "outcome",
        "label" if len(rows) > 1 else None,
        f"{outline.title}: the course",
        "The figure of twelve months up to each of these days.",
    )
    is_hidden = pl.lit(frame["mark"]).is_not_null() & pl.col("period_end").is_not_null()
    marks = {
        "outcome": frame["mark"],
        **{n: frame.select(pl.when(is_hidden & pl.col(n).is_null()).then("mark").alias(n))[n] for n in _NUMBERS[:2]},
    }
    note = (
        "Periods of the same length, each ending three months after the one before: most of their events are the same."
    )
    yield Block(
        "course", "The course of the figure", note, columns, frame, chart, outline.measure, derived=True, marks=marks
    )


def _further(outline: Outline, material: Material) -> Iterator[Block]:
    """What followed short-term support; who could not be classified."""
    followed = material.table(f"{outline.measure}_disaggregated")
    if followed is not None:
        yield _followed(followed, material, f"{outline.measure}_disaggregated")
    unknown = material.table(f"{outline.measure}_unknown")
    if unknown is not None:
        shown = rounded(unknown, ["count"]) if material.shareable else Shown(unknown)
        names = (["la_name"] if material.several else []) + ["measure", "description", "count"]
        made = tuple(
            column(n, heading="Part" if n == "measure" else "What is unknown" if n == "description" else None)
            for n in names
        )
        yield Block(
            "unknown",
            "Who could not be classified",
            "",
            made,
            shown.rows,
            None,
            f"{outline.measure}_unknown",
            marks=shown.marks,
        )


def _followed(rows: pl.DataFrame, material: Material, name: str) -> Block:
    by = ["final_outcome", "age_band", "included_in_denom", "included_in_num"]
    summed = rows.group_by(by).agg(pl.col("st_max_count").cast(pl.Int64).sum())
    order = pl.col("st_max_count").sum().over("final_outcome")
    summed = summed.sort(order, "final_outcome", "age_band", descending=[True, False, False])
    shown = counts(summed, by, ["st_max_count"]) if material.shareable else Shown(summed)
    made = tuple(
        column(n) for n in ("final_outcome", "age_band", "included_in_denom", "included_in_num", "st_max_count")
    )
    chart = Chart(
        "stacked",
        "final_outcome",
        "st_max_count",
        "age_band",
        "What followed short-term support",
        "How many episodes were followed by what, by age band.",
    )
    note = "Y: the episodes are in the denominator, or in the numerator, of the figure."
    return Block(
        "followed",
        "What followed short-term support",
        note,
        made,
        shown.rows,
        chart,
        name,
        derived=True,
        marks=shown.marks,
    )
