"""ASCOF: each figure with numerator, denominator, the period before and England, its course, and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from asccld.reports.council.gather_methods import method_note
from asccld.reports.council.judging import is_of_few
from asccld.reports.council.layout import Outline, column, headlines
from asccld.reports.council.model import Block, Chapter, Chart, Column, Headline, Kind
from asccld.reports.council.protecting import Shown, counts, rounded, shares
from asccld.reports.council.published import england_of, label_of, published_of
from asccld.reports.rounding import SHARE, rounded_value
from asccld.reports.rounding import rounded as to_decimals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asccld.reports.council.material import Material, Tables
    from asccld.standard.tables import Row

CELL = ("la_code", "measure", "description")
LIMITS = ("outcome_lower", "outcome_upper")


def ascof_chapter(outline: Outline, material: Material) -> Chapter:
    """One measure of ASCOF."""
    method = method_note(outline.measure, material)
    raw = material.table(outline.measure)
    missing = material.absent.get(outline.measure, "")
    if raw is None or raw.is_empty():
        missing = missing or "The Department's list of councils does not have this council, so there is no figure."
        return Chapter(outline.slug, outline.group, outline.title, outline.definition, (), (), method, missing)
    rows = [r for r in headlines() if r["chapter"] == outline.slug]
    blocks = (_figures(outline, material, raw, rows), *_course(outline, material, rows), *_further(outline, material))
    missing = missing or _without_population(raw, rows)
    found = tuple(_headline(material, row) for row in rows)
    return Chapter(outline.slug, outline.group, outline.title, outline.definition, found, blocks, method, missing)


def _without_population(raw: pl.DataFrame, rows: Sequence[Row]) -> str:
    if rows and rows[0]["kind"] == "number" and raw["denominator"].null_count() == raw.height:
        return (
            "There is no table of populations, so the rate cannot be made; the number of people admitted is known."
            " asccld measures template REF_ONS_Pop_Gender_Pub_Age_Bands prints its columns; give it with --reference."
        )
    return ""


def shown_figures(material: Material, name: str, tables: Tables) -> Shown | None:
    """The figures of a measure, of one period, as they may be shown."""
    rows = tables.get(name)
    if rows is None:
        return None
    row = next(r for r in headlines() if r["table"] == name)
    kept = rows.drop([c for c in LIMITS if c in rows.columns and material.shareable])
    if not material.shareable:
        return Shown(kept)
    return shares(kept, CELL, whole=row["kind"] == "percent", times=int(row["per"]))


def _of(row: Row, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("description").str.starts_with(row["begins"]), pl.col("group") == row["group"])


def _summed(row: Row, material: Material, tables: Tables) -> dict[str, Any]:
    """Numerator, denominator and outcome of a headline; of all councils together where the report is of several."""
    found = tables.get(row["table"])
    if found is None:
        return {}
    rows = _of(row, found)
    if material.several:
        rows = rows.filter(pl.col("denominator") > 0) if row["kind"] == "percent" else rows
        known = rows["denominator"].null_count() == 0
        added = rows.select(pl.col("numerator").sum(), pl.col("denominator").sum()).row(0, named=True)
        above, below = added["numerator"], added["denominator"] if known else None
        rows = pl.DataFrame(
            {
                "la_code": ["all"],
                "measure": [""],
                "description": [""],
                "group": ["Total"],
                "numerator": [above],
                "denominator": [below],
                "outcome": [rounded_value(int(row["per"]) * above / below, SHARE) if below else None],
            },
            schema_overrides={"numerator": pl.Int64, "denominator": pl.Int64, "outcome": pl.Float64},
        )
    if rows.is_empty():
        return {}
    if material.shareable and material.several:
        shown = shares(rows, CELL, whole=row["kind"] == "percent", times=int(row["per"]))
        return shown.rows.row(0, named=True) | {"mark": shown.marks["outcome"][0] or ""}
    if material.shareable:
        shown = shown_figures(material, row["table"], tables)
        if shown is None:
            return {}
        marked = shown.rows.with_columns(mark=shown.marks["outcome"], counted=shown.marks["numerator"])
        one = _of(row, marked).row(0, named=True)
        return one | {"mark": one["mark"] or one["counted"] or ""}
    return rows.row(0, named=True)


def _headline(material: Material, row: Row) -> Headline:
    now, then = _summed(row, material, material.tables), _summed(row, material, material.before())
    kind: Kind = "percent" if row["kind"] == "percent" else "number"
    mark = str(now.get("mark") or "")
    value = None if mark else _value(now)
    few = is_of_few(now.get("denominator"), then.get("denominator"))
    return Headline(
        label=row["label"],
        value=value,
        numerator=now.get("numerator"),
        denominator=now.get("denominator"),
        unit=row["unit"],
        kind=kind,
        previous=None if then.get("mark") else _value(then),
        england=england_of(material, row),
        good="none" if few else "up" if row["good"] == "up" else "down",
        mark=mark,
    )


def _value(found: dict[str, Any]) -> float | None:
    """The outcome; none where nobody is in the denominator, for which the official table has 0."""
    return found.get("outcome") if found.get("denominator") else None


def _kind(rows: Sequence[Row]) -> Kind:
    return "percent" if rows and rows[0]["kind"] == "percent" else "number"


def _figures(outline: Outline, material: Material, raw: pl.DataFrame, rows: Sequence[Row]) -> Block:
    """Every group of the measure, with the previous period and England beside it."""
    name, kind = outline.measure, _kind(rows)
    now = shown_figures(material, name, material.tables) or Shown(raw)
    then = shown_figures(material, name, material.before())
    keys = ["la_code", "measure", "description", "group"]
    frame, marks = now.rows, dict(now.marks)
    if then is not None:
        marked = then.rows.with_columns(
            **{f"{n}_mark": then.marks.get(n, pl.Series([None] * then.rows.height, dtype=pl.String)) for n in _NUMBERS}
        )
        wide = marked.select(
            *keys, *(pl.col(n).alias(f"previous_{n}") for n in _NUMBERS), *(f"{n}_mark" for n in _NUMBERS)
        )
        frame = frame.join(wide, on=keys, how="left", nulls_equal=True, maintain_order="left")
        marks |= {f"previous_{n}": frame[f"{n}_mark"] for n in _NUMBERS if n != "denominator" or "denominator" in marks}
        moved = pl.col("outcome") - pl.col("previous_outcome")
        is_whole = frame.schema["outcome"].is_integer()
        frame = frame.with_columns(change=moved if is_whole else to_decimals(moved, SHARE))
    england = published_of(material, name)
    if england is not None:
        frame = frame.join(england, on=["description", "group"], how="left", maintain_order="left")
    frame = frame.with_columns(part=_part(rows))
    columns = _columns(frame, material, kind, several_descriptions=frame["description"].n_unique() > 1)
    return Block(
        "figures",
        f"The figure, {label_of(material.period)}",
        _note(material, then),
        columns,
        frame,
        _bars(frame, material, outline),
        name,
        marks=marks,
    )


_NUMBERS = ("numerator", "denominator", "outcome")


def _part(rows: Sequence[Row]) -> pl.Expr:
    """The figure that a description is of, in few words: a picture has no room for the official ones."""
    made: pl.Expr = pl.col("description")
    for row in rows:
        begins = pl.col("description").str.starts_with(row["begins"])
        made = pl.when(begins).then(pl.lit(row["label"])).otherwise(made) if row["begins"] else made
    return made


def _note(material: Material, then: Shown | None) -> str:
    told: list[str] = []
    if then is not None and material.previous:
        told.append(f"The previous period is {label_of(material.previous)}, computed anew from the same files.")
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


def _course(outline: Outline, material: Material, rows: Sequence[Row]) -> Iterator[Block]:
    """The figure of earlier periods of the same length, and what was published of others."""
    if not material.history:
        return
    found: list[dict[str, Any]] = []
    for row in rows:
        for period, tables in (*material.history, (material.period, material.tables)):
            figure = _summed(row, material, tables)
            if figure:
                found.append(
                    {
                        "period_end": period[1],
                        "label": row["label"],
                        "numerator": figure.get("numerator"),
                        "denominator": figure.get("denominator"),
                        "outcome": _value(figure),
                        "mark": figure.get("mark") or None,
                    }
                )
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
    marks = {"outcome": frame["mark"], "numerator": frame["mark"]}
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
