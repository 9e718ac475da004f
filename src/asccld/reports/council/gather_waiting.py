"""Waiting times: the median wait of each quarter, and what it was that people waited for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import polars as pl

from asccld.reports.council.gather_methods import method_note
from asccld.reports.council.judging import goes, wait_moved
from asccld.reports.council.layout import Outline, column, with_days
from asccld.reports.council.model import Block, Chapter, Chart, Headline
from asccld.reports.council.protecting import Shown, counts
from asccld.reports.display import day
from asccld.standard.calendar import months_later

if TYPE_CHECKING:
    from asccld.reports.council.material import Material

TABLE: Final = "waiting_times"
AGE: Final = "modified_working_age_band"
END: Final = "statistical_reporting_period_end"
START: Final = "statistical_reporting_period_start"
WAITS: Final = "number_of_waiting_times_identified"
MEDIAN: Final = "median_waiting_time"
WHOLE: Final = 12
"""Months after which nearly everybody whose wait ends has asked within the files."""
_ANSWERS: Final = {
    "response": ("_diag_part1", ("response_event_request", "response_event_assessment", "response_event_service")),
    "service": (
        "_diag_part2",
        (
            "sts_st_max",
            "sts_ongoing",
            "sts_other",
            "lts_community",
            "lts_residential",
            "lts_nursing",
            "lts_prison",
            "invalid_and_not_mapped",
            "null",
        ),
    ),
}
"""Where it is counted what ended the wait, and the columns of counts."""


def waiting_chapter(outline: Outline, material: Material) -> Chapter:
    """One of the two waits."""
    what = outline.slug.removeprefix("waiting-")
    method = method_note(outline.measure, material)
    raw = material.table(TABLE)
    if raw is None or raw.is_empty():
        missing = material.absent.get(outline.measure, "No wait ended in any quarter of these files.")
        return Chapter(outline.slug, outline.group, outline.title, outline.definition, (), (), method, missing)
    rows = raw.filter(pl.col("metric").str.ends_with(what))
    ordered = _ordered(rows, material)
    shown = _shown(ordered, material)
    blocks = (_medians(outline, material, shown), *_answers(what, material))
    found = () if material.several else tuple(_headlines(outline, shown, ordered[WAITS]))
    return Chapter(outline.slug, outline.group, outline.title, outline.definition, found, blocks, method)


def _ordered(rows: pl.DataFrame, material: Material) -> pl.DataFrame:
    if material.several:
        rows = rows.filter(pl.col(END) == pl.col(END).max())
        names = material.tables.get("names", pl.DataFrame(schema={"la_code": pl.String, "la_name": pl.String}))
        rows = rows.join(names, on="la_code", how="left", maintain_order="left")
        rows = rows.with_columns(pl.coalesce("la_name", "la_code").alias("la_name"))
    return with_days(rows, START, END).sort(["la_code", END, AGE])


def _shown(ordered: pl.DataFrame, material: Material) -> Shown:
    if not material.shareable:
        return Shown(ordered)
    found = counts(ordered, ["la_code", END, AGE], [WAITS])
    mark = found.marks[WAITS]
    median = pl.when(pl.lit(mark).is_null()).then(pl.col(MEDIAN)).alias(MEDIAN)
    return Shown(found.rows.with_columns(median), {WAITS: mark, MEDIAN: mark})


def _medians(outline: Outline, material: Material, shown: Shown) -> Block:
    many = material.several
    names = [*(["la_name"] if many else []), START, END, AGE, MEDIAN, WAITS]
    chart = Chart(
        "bars" if many else "lines",
        "la_name" if many else END,
        MEDIAN,
        AGE,
        f"{outline.title}: median days",
        "The median wait in days of each quarter, by age band."
        if not many
        else "The median wait in days of each council, by age band.",
    )
    rows, marks, said = (
        (shown.rows, shown.marks, "The latest quarter of each council.") if many else _course(shown, material)
    )
    note = f"A wait belongs to the quarter in which it ended. {said}".rstrip()
    title = "Median wait of each council" if many else "Median wait by quarter"
    columns = tuple(column(n) for n in names)
    return Block("medians", title, note, columns, rows, chart, TABLE, marks=marks)


def _course(shown: Shown, material: Material) -> tuple[pl.DataFrame, Mapping[str, pl.Series], str]:
    """The quarters that the files cover, and what to know of the first of them, where the first day is known."""
    days = [e.submission.period[0] for e in material.quality.listed if e.submission.period]
    begin = min(days, default=None)
    covered = shown.rows[START] >= begin if begin else None
    if begin is None or covered is None or not covered.any():
        return shown.rows, shown.marks, ""
    rows, marks = shown.rows.filter(covered), {name: mark.filter(covered) for name, mark in shown.marks.items()}
    until = months_later(begin, WHOLE)
    if not (rows[START] < until).any():
        return rows, marks, ""
    seen = f"The files begin on {day(begin)}: who asked before that day is not seen"
    return rows, marks, f"{seen}, so that waits of quarters before {day(until)} look shorter than they were."


def _headlines(outline: Outline, shown: Shown, waits: pl.Series) -> Iterator[Headline]:
    """The latest quarter, beside the one before it; how many waits there were, as they are, judges the change."""
    none = pl.Series([None] * waits.len(), dtype=pl.String)
    rows = shown.rows.with_columns(waits.alias("waits"), mark=shown.marks.get(MEDIAN, none))
    quarters = rows[END].unique().sort(descending=True).to_list()
    for age in rows[AGE].drop_nulls().unique().sort():
        mine = {r[END]: r for r in rows.filter(pl.col(AGE) == age).to_dicts()}
        now, then = (mine.get(quarter, {}) for quarter in (*quarters[:2], None)[:2])
        label = f"{outline.title}, {age}: quarter to {quarters[0].day} {quarters[0]:%B %Y}"
        mark = str(now.get("mark") or "")
        days, before = now.get(MEDIAN), then.get(MEDIAN)
        good = goes("down", moved=wait_moved(days, before, now.get("waits"), then.get("waits")))
        yield Headline(label, days, None, None, "days", "days", previous=before, good=good, mark=mark)


def _answers(what: str, material: Material) -> Iterator[Block]:
    """What ended the waits of the quarters in the period."""
    suffix, names = _ANSWERS[what]
    raw = material.table(f"{TABLE}{suffix}")
    if raw is None or raw.is_empty():
        return
    inside = with_days(raw, END).filter(pl.col(END).is_between(*material.period), pl.col("metric").str.ends_with(what))
    headings = {name: column(name).heading for name in names}
    long = inside.unpivot(names, index=AGE, variable_name="what", value_name="count")
    summed = long.group_by("what", AGE).agg(pl.col("count").cast(pl.Int64).sum())
    rows = summed.with_columns(pl.col("what").replace_strict(headings, return_dtype=pl.String)).filter(
        pl.col("count").sum().over("what") > 0
    )
    rows = rows.sort(pl.col("count").sum().over("what"), "what", AGE, descending=[True, False, False])
    shown = counts(rows, ["what", AGE], ["count"]) if material.shareable else Shown(rows)
    columns = (column("what", heading="What ended the wait"), column(AGE), column("count", heading="Waits"))
    chart = Chart(
        "stacked", "what", "count", AGE, "What ended the waits", "How many waits ended with what, by age band."
    )
    title = "What the first response was" if what == "response" else "What the first service was"
    note = "Waits that ended in quarters whose last day is in the period."
    yield Block("answers", title, note, columns, shown.rows, chart, f"{TABLE}{suffix}", derived=True, marks=shown.marks)
