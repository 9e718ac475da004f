"""Medians by council, quarter and band, and the counts beside them: steps 5 and 6 of the method.

Method: DHSC waiting times 1.1 (dhsc-2026-06). Counting unit: requests that led to a response, or to a service. A wait
belongs to the quarter and to the band of the response or service. Known limitation: nothing is suppressed.
"""

from __future__ import annotations

from typing import Any, cast

import ibis
from ibis.expr.types import BooleanValue, DateValue, Table, Value

from asccld.measures.codes import MISSING, OTHER
from asccld.measures.dhsc.waiting_binding import quarter_end
from asccld.measures.dhsc.waiting_rules import (
    ASSESSMENT,
    ASSESSMENTS,
    BANDS,
    FIRST_RESPONSE,
    FIRST_SERVICE,
    KINDS,
    REQUEST,
    SERVICE,
    SERVICES,
    WaitingRules,
    diagnostic_columns,
)

CELL = ("la_code", "quarter", "band")
METRICS = {"part1": (FIRST_RESPONSE, "r"), "part2": (FIRST_SERVICE, "f")}
FIGURES = (
    "la_code", "statistical_reporting_period_start", "statistical_reporting_period_end", "modified_working_age_band",
    "metric", "median_waiting_time", "number_of_waiting_times_identified",
)  # fmt: skip
INVALID = {"at_invalid_and_not_mapped": OTHER, "at_null": MISSING}
NOTHING = {"invalid_and_not_mapped": OTHER, "null": MISSING}
"""Types that are not on the list, and missing ones: always 0, since only events of the known types count."""


def waits_of(rows: Table, part: str) -> Table:
    """The waits of one part that count in the figures, with their cell."""
    _, prefix = METRICS[part]
    counted = rows.filter(rows[f"{part}_wait"].notnull(), rows[f"{prefix}_band"].isin(BANDS))
    return counted.select(
        "la_code",
        quarter=counted[f"{part}_quarter"],
        band=counted[f"{prefix}_band"],
        wait=counted[f"{part}_wait"],
        kind=counted[f"{prefix}_kind"],
        type=counted[f"{prefix}_type"],
    )


def council_figures(rows: Table) -> Table:
    """Median wait and number of waits by council, quarter, band and metric."""
    return ibis.union(*(_medians(waits_of(rows, part), metric) for part, (metric, _) in METRICS.items()))


def _medians(waits: Table, metric: str) -> Table:
    found = waits.group_by(*CELL).agg(median=waits.wait.median().cast("float64"), number=waits.count())
    return found.select(
        la_code=found.la_code,
        statistical_reporting_period_start=found.quarter,
        statistical_reporting_period_end=quarter_end(found.quarter),
        modified_working_age_band=found.band,
        metric=ibis.literal(metric),
        median_waiting_time=found.median,
        number_of_waiting_times_identified=found.number,
    )


def diagnostics(rows: Table, figures: Table, events: Table, part: str, rules: WaitingRules) -> Table:
    """The figures of one part with the events of the cell, and the waits by what ended them."""
    metric, _ = METRICS[part]
    base = figures.filter(figures.metric == metric)
    waits = waits_of(rows, part)
    counts = _responses(waits) if part == "part1" else _services(waits)
    told = _beside(_beside(base, _events_of_cells(events, rules)), waits.group_by(*CELL).agg(**counts))
    return told.select(*FIGURES, *_EVENTS, *counts)


def _beside(base: Table, counts: Table) -> Table:
    """The figures with further counts of their cells; missing where a cell has none, as in the national table."""
    names = {f"of_{c}": counts[c] for c in CELL}
    others = counts.select(**names, **{c: counts[c] for c in counts.columns if c not in CELL})
    joined = base.left_join(
        others,
        [
            base.la_code == others.of_la_code,
            base.statistical_reporting_period_start == others.of_quarter,
            base.modified_working_age_band == others.of_band,
        ],
    )
    return joined.drop(*names)


_EVENTS = ("all_request_count", "all_assessment_count", "all_service_count")


def _events_of_cells(events: Table, rules: WaitingRules) -> Table:
    dated = events.filter(events.event_start_date >= rules.first_request)
    cells = dated.mutate(quarter=dated.event_start_date.truncate("Q"))
    counts: dict[str, Any] = {
        name: cells.count(where=cells.kind == kind)
        for name, kind in zip(_EVENTS, (REQUEST, ASSESSMENT, SERVICE), strict=True)
    }
    return cells.group_by(*CELL).agg(**counts)


def _responses(waits: Table) -> dict[str, Value]:
    """First responses by event type, and assessments by their type."""
    counts: dict[str, Value] = {
        f"response_event_{name.lower()}": waits.count(where=waits.kind == kind) for kind, name in enumerate(KINDS, 1)
    }
    is_assessment = cast("BooleanValue", waits.kind == ASSESSMENT)
    columns = diagnostic_columns("assessments")
    for code, name in enumerate(ASSESSMENTS, 1):
        counts[columns[name]] = waits.count(where=is_assessment & (waits.type == code))
    others = {name: waits.count(where=is_assessment & (waits.type == code)) for name, code in INVALID.items()}
    return counts | others


def _services(waits: Table) -> dict[str, Value]:
    columns = diagnostic_columns("services")
    counts: dict[str, Value] = {
        columns[name]: waits.count(where=waits.type == code) for code, name in enumerate(SERVICES, 1)
    }
    return counts | {name: waits.count(where=waits.type == code) for name, code in NOTHING.items()}


def on_dashboard(table: Table, figures: Table, rules: WaitingRules) -> Table:
    """The quarters that are published, with their place on the axis and its label."""
    published = figures.filter(figures.statistical_reporting_period_start >= rules.first_published)
    quarters = published.select(quarter=published.statistical_reporting_period_start).distinct()
    order = ibis.row_number().over(order_by=quarters.quarter) + 1
    axis = quarters.mutate(pbi_axis_order=order, pbi_axis_name=_axis_name(quarters.quarter))
    return table.inner_join(axis, table.statistical_reporting_period_start == axis.quarter).drop("quarter")


def _axis_name(first_day: Value) -> Value:
    """`01 Apr 24 - 30 Jun 24`."""
    start = cast("DateValue", first_day)
    end = cast("DateValue", start + ibis.interval(months=3) - ibis.interval(days=1))
    return start.strftime("%d %b %y") + " - " + end.strftime("%d %b %y")
