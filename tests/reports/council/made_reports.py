"""Reports made by hand, as hard to draw as reports get: no data, all councils, very long names, no numbers at all."""

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl

from asccld.reports.council.model import Block, Chapter, Chart, Column, Headline, MethodNote, Report

PERIOD = (date(2025, 4, 1), date(2026, 3, 31))
PREVIOUS = (date(2024, 4, 1), date(2025, 3, 31))
LONG = (
    "Short term support to maximise independence that was given to a person who had asked for it before and whose"
    " carer, being a person in their own right, had asked for a different kind of support in the same quarter"
)
UNBROKEN = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 3
SCRIPT = "<script>alert(1)</script>"

FIGURES = (
    Column("group", "Group"),
    Column("numerator", "Numerator", "count"),
    Column("denominator", "Denominator", "count"),
    Column("outcome", "Outcome (%)", "percent"),
)
METHOD = MethodNote(
    "Department of Health and Social Care, June 2026",
    "dhsc-2026-06",
    "ASCOF and CLD method of June 2026, section 2A",
    "docs/reference/measures/ascof_2a.md",
    ("A person without an NHS number may be counted twice.", "Deaths after the end of the period are unknown."),
)


def shares() -> Block:
    """A small table with shares and a total."""
    rows = pl.DataFrame({
        "group": ["18 to 64", "65 and over", "Unknown", "Total"],
        "numerator": [120, 810, 0, 930],
        "denominator": [180, 1_020, 0, 1_200],
        "outcome": [66.7, 79.4, None, 77.5],
    })  # fmt: skip
    chart = Chart("bars", "group", "outcome", None, "Outcome by age", "66.7% of those under 65.")
    return Block(
        "by-age", "By age", "Age on the last day of the period.", FIGURES, rows, chart, "ascof_2a", totals=True
    )


def trend() -> Block:
    """Lines of three series over eight quarters, one figure missing, one suppressed."""
    quarters = [date(2024 + (3 * q + 3) // 12, (3 * q + 3) % 12 + 1, 1) for q in range(8)]
    names = ("Assessment", "Review", "Service")
    rows = pl.DataFrame({
        "quarter": [q for q in quarters for _ in names],
        "kind": list(names) * len(quarters),
        "median": [None if q + k == 4 else 10.5 + 3 * k + (q * 7 + k * 5) % 9 for q in range(8) for k in (0, 1, 2)],
    })  # fmt: skip
    columns = (
        Column("quarter", "Quarter from", "date"),
        Column("kind", "Wait for"),
        Column("median", "Median", "days"),
    )
    chart = Chart("lines", "quarter", "median", "kind", "Median waits", "Three lines that go up and down.")
    marks = {"median": pl.Series(["[c]" if place == 10 else None for place in range(rows.height)], dtype=pl.String)}
    return Block("trend", "Over time", "", columns, rows, chart, "waiting_times", marks=marks, scope="Previous period")


def months() -> Block:
    """Stacked columns of two years."""
    days = [date(2024 + m // 12, m % 12 + 1, 1) for m in range(24)]
    kinds = ("Request", "Assessment", "Service", "Review")
    rows = pl.DataFrame({
        "month": [d for d in days for _ in kinds],
        "type": list(kinds) * 24,
        "events": [(m * 37 + k * 211) % 900 for m in range(24) for k in range(4)],
    })  # fmt: skip
    columns = (Column("month", "Month", "date"), Column("type", "Event type"), Column("events", "Events", "count"))
    chart = Chart("stacked", "month", "events", "type", "Events by month", "Stacked columns for 24 months.")
    return Block("months", "Events by month", "Counted where they end.", columns, rows, chart, "services", derived=True)


def costs() -> Block:
    """Money, large and small, two series side by side."""
    names = ["Long term nursing care", "Long term residential care", "Home support", "Direct payment"]
    rows = pl.DataFrame({
        "setting": [n for n in names for _ in range(2)],
        "age": ["18 to 64", "65 and over"] * 4,
        "weekly": [1_240.5, 980.25, 1_020.0, 812.4, 310.75, 255.0, None, -12.5],
        "people": [120, 1_340, 12, 2_900, 8_000, 12_345, 0, 1],
    })  # fmt: skip
    columns = (
        Column("setting", "Setting"), Column("age", "Age"),
        Column("weekly", "Planned cost a week", "money"), Column("people", "People", "count"),
    )  # fmt: skip
    chart = Chart("bars", "setting", "weekly", "age", "Cost a week", "Pairs of bars for four settings.")
    return Block("costs", "Planned cost a week", "", columns, rows, chart, "costs")


def headlines() -> tuple[Headline, ...]:
    """One of every kind."""
    return (
        Headline("No ongoing support", 77.5, 930, 1_200, "%", "percent", 75.2, 74.1, "up"),
        Headline("Admissions, 65 and over", 512.3, 310, 60_512, "per 100,000", "number", 498.0, 566.0, "down"),
        Headline("Median wait", 28.0, None, None, "days", "days", 28.0),
        Headline("Planned cost", 812.4, None, None, "£ a week", "money", 790.1),
        Headline("People with long-term support", 4_321, None, None, "people", "count", None, None),
        Headline("Suppressed", None, None, None, "%", "percent", mark="[c]"),
    )


def report(*chapters: Chapter, name: str = "Knowsley", code: str | None = "315") -> Report:
    """A report of these chapters."""
    versions = (("Program", "asccld 0.1.0"), ("Standard", "790a3ab27639"), ("Input", "4 accepted submissions"))
    made = datetime(2026, 5, 4, 9, 12, tzinfo=UTC)
    notes = ("The register ends on 28 February 2026: the last month of the period is not complete.",)
    return Report(code, name, PERIOD, PREVIOUS, made, versions, shareable=False, chapters=chapters, notes=notes)


def one_council() -> Report:
    """What most reports are like."""
    return report(
        Chapter("quality", "quality", "Data quality", "How complete and valid the data are.", blocks=(months(),)),
        Chapter("changes", "changes", "Since the last submission", "What was added and removed.", blocks=(costs(),)),
        Chapter("ascof-2a", "ascof", "2A: after reablement", "The share of people who need no ongoing support after"
                " short-term support.", headlines()[:2], (shares(), trend(), months()), METHOD),
        Chapter("waits", "waiting", "Waiting times", "How long people wait.", headlines()[2:3], (trend(),), METHOD),
        Chapter("sts001", "salt", "STS001", "Requests of new clients.", headlines()[4:], (costs(),), METHOD),
        Chapter("costs", "costs", "Planned costs", "What support is planned to cost.", headlines()[3:4], (costs(),)),
    )  # fmt: skip


def nothing() -> Report:
    """Chapters without anything."""
    blank = replace(shares(), rows=shares().rows.clear(), totals=False)
    undated = replace(trend(), rows=trend().rows.clear(), marks={})
    none = Headline("No ongoing support", None, 0, 0, "%", "percent", mark="no one counted")
    why = "There is no population table, so there is no rate. Give one with --reference."
    return report(
        Chapter("quality", "quality", "Data quality", "How complete the data are.", blocks=(undated,)),
        Chapter("ascof-2a", "ascof", "2A", "The share of people.", (none,), (blank,), METHOD),
        Chapter("ascof-2b", "ascof", "2B", "Admissions per 100,000.", missing=why),
        Chapter("bare", "salt", "STS001", ""),
    )


def no_numbers() -> Report:
    """Cells that are all missing, nought or suppressed."""
    columns = [c for c in FIGURES if c.name != "group"]
    nulls = shares().rows.with_columns(pl.lit(None, pl.Float64).alias(c.name) for c in columns)
    noughts = shares().rows.with_columns(pl.lit(0.0).alias(c.name) for c in columns)
    marks = {c.name: pl.Series(["[c]", None, "not in CLD", "[c]"]) for c in columns}
    blocks = (
        replace(shares(), slug="none", title="All missing", rows=nulls),
        replace(shares(), slug="noughts", title="All nought", rows=noughts),
        replace(shares(), slug="marks", title="All marked", rows=nulls, marks=marks),
    )
    figures = (Headline("None", None, None, None, "%", "percent"), Headline("Nought", 0.0, 0, 0, "%", "percent", 0.0))
    return report(Chapter("all", "ascof", "All cells", "Cells without numbers.", figures, blocks))


def long_names(text: str = LONG) -> Report:
    """A text that is very long, or cannot be broken, or is an attack, wherever a text can be."""
    rows = shares().rows.with_columns(group=pl.lit(text) + pl.Series([" a", " b", " c", " d"]))
    chart = Chart("bars", "group", "outcome", "group", text, text)
    columns = (Column("group", text), *(replace(c, heading=f"{c.heading} {text[:60]}") for c in FIGURES[1:]))
    block = Block("long", text, text, columns, rows, chart, "ascof_2a", scope="Period")
    stacked = replace(block, slug="stacked", chart=replace(chart, kind="stacked"))
    lines = replace(block, slug="lines", chart=replace(chart, kind="lines", colour=None))
    method = MethodNote(text, text, text, text, (text,))
    figure = Headline(text, 12.3, 1, 2, "%", "percent", 1.0, 2.0, "up", "")
    chapter = Chapter(
        "long", "ascof", text, text, (figure, replace(figure, mark=text[:40])), (block, stacked, lines), method
    )
    made = report(chapter, replace(chapter, slug="missing", blocks=(), missing=text), name=text, code=text[:12])
    return replace(made, notes=(text,), versions=((text, text),))


def many_councils(count: int = 153) -> Report:
    """A row and a bar for every council."""
    places = range(count)
    rows = pl.DataFrame({
        "group": [f"Council of {'Upper ' * (p % 4)}Riding {p:03}" for p in places],
        "numerator": [(p * 7919) % 5_000 for p in places],
        "denominator": [5_000 + p for p in places],
        "outcome": [None if p % 50 == 7 else round(100 * ((p * 7919) % 5_000) / (5_000 + p), 1) for p in places],
    })  # fmt: skip
    chart = Chart("bars", "group", "outcome", None, "Outcome by council", "A bar for each of 153 councils.")
    block = Block("councils", "By council", "", FIGURES, rows, chart, "ascof_2a")
    wide = pl.DataFrame({"band": ["18 to 64", "65 and over"]} | {f"c{p}": [p, p * 100] for p in places[:30]})
    columns = (Column("band", "Age"), *(Column(f"c{p}", f"Council {p:03}", "count") for p in places[:30]))
    across = Block("across", "Side by side", "", columns, wide)
    chapter = Chapter(
        "all", "ascof", "2A: all councils", "The share of people.", headlines()[:2], (block, across), METHOD
    )
    return report(chapter, name="All councils", code=None)


def personal(people: int = 1_200) -> Report:
    """Person-level sheets, more rows than a page shows."""
    rows = pl.DataFrame({"person": [f"P{p:07}" for p in range(people)], "age": [p % 90 + 18 for p in range(people)]})
    block = Block(
        "people",
        "Who is counted",
        "",
        (Column("person", "Person", identifying=True), Column("age", "Age", "count")),
        rows,
    )
    return report(
        *one_council().chapters[:3],
        Chapter("people-2a", "people", "People of 2A", "Each person counted.", blocks=(block,)),
    )


EVERY = {
    "one council": one_council,
    "no data": nothing,
    "no numbers": no_numbers,
    "long names": long_names,
    "unbroken names": lambda: long_names(UNBROKEN),
    "153 councils": many_councils,
    "people": personal,
}
