"""Events per month: one small chart for each event type, and the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asccld.counting import counted
from asccld.reports.display import MONTHS, number
from asccld.reports.months import NO_TYPE, EventsByMonth, events_by_month
from asccld.reports.page.markup import EMPTY, column_headings, html, joined, section, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from asccld.reports.page.markup import Markup
    from asccld.validation.result import ValidationResult

WIDTH, HEIGHT = 320, 148
_LEFT, _TOP, _BASE = 44, 10, 110


def months_section(result: ValidationResult) -> Markup:
    """Charts and table of events per month in the reporting period."""
    events = events_by_month(result)
    if not events.months or not events.counts:
        return section("months", "Events per month", html("<p>%s</p>", "The file has no events with a date."))
    explained = html(
        "<p>%s</p>",
        "An event counts in the month in which it ends; an open service in the month in which it starts. A month"
        " without events usually means that part of the extract is missing. Each chart has its own scale.",
    )
    charts = joined(_figure(kind, counts, events.months) for kind, counts in events.counts.items())
    return section(
        "months", "Events per month", explained, html('<div class="charts">%s</div>', charts), _table(events)
    )


def _figure(kind: str, counts: Sequence[int], months: Sequence[date]) -> Markup:
    empty = counts.count(0)
    remark = (
        html(' <span class="alert">%s without events</span>', counted(empty, "month"))
        if empty and kind not in NO_TYPE
        else EMPTY
    )
    summary = (
        f"{kind}: {number(min(counts))} to {number(max(counts))} events per month. The table below has the figures."
    )
    return html(
        '<figure><figcaption>%s <span class="sub">%s</span>%s</figcaption>'
        '<svg class="chart" viewBox="0 0 %s %s" role="img" aria-label="%s">%s%s%s</svg></figure>',
        kind, counted(sum(counts), "event"), remark, WIDTH, HEIGHT, summary,
        _scale(max(counts)), _bars(counts, months), _labels(months),
    )  # fmt: skip


def _ceiling(most: int) -> int:
    """The next round number: 1, 2 or 5 times a power of ten, or 4 so that the half of it is round too."""
    if most <= 4:
        return max(2, most + most % 2)
    power = 10 ** (len(str(most)) - 1)
    return next(
        step * power // 10 for step in (10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100) if step * power >= most * 10
    )


def _scale(most: int) -> Markup:
    top = _ceiling(most)
    lines = ((0, _BASE), (top // 2, (_BASE + _TOP) / 2), (top, _TOP))
    return joined(
        html('<path class="grid" d="M%s %sH%s"/><text x="%s" y="%s" text-anchor="end">%s</text>',
             _LEFT, y, WIDTH, _LEFT - 6, y + 4, number(value))
        for value, y in lines
    )  # fmt: skip


def _step(months: Sequence[date]) -> float:
    return (WIDTH - _LEFT) / len(months)


def _bars(counts: Sequence[int], months: Sequence[date]) -> Markup:
    top, step = _ceiling(max(counts)), _step(months)
    return joined(
        _bar(count, month, _LEFT + place * step, step, top)
        for place, (count, month) in enumerate(zip(counts, months, strict=True))
    )


def _bar(count: int, month: date, left: float, step: float, top: int) -> Markup:
    title = f"{MONTHS[month.month - 1]} {month.year}: {number(count)}"
    if not count:  # a figure, because a bar of no height cannot be seen
        return html(
            '<text class="none" x="%s" y="%s" text-anchor="middle">0</text>', round(left + step / 2, 1), _BASE - 4
        )
    height = max(1, round((_BASE - _TOP) * count / top, 1))
    return html(
        '<rect class="fill" x="%s" y="%s" width="%s" height="%s"><title>%s</title></rect>',
        round(left + step * 0.14, 1), round(_BASE - height, 1), round(step * 0.72, 1), height, title,
    )  # fmt: skip


def _labels(months: Sequence[date]) -> Markup:
    step = _step(months)
    parts: list[Markup] = []
    for place, month in enumerate(months):
        middle = round(_LEFT + (place + 0.5) * step, 1)
        parts.append(
            html('<text x="%s" y="%s" text-anchor="middle">%s</text>', middle, _BASE + 15, MONTHS[month.month - 1][0])
        )
        if place == 0 or month.month == 1:
            start = round(_LEFT + place * step + 2, 1)
            parts.append(html('<text class="year" x="%s" y="%s">%s</text>', start, _BASE + 31, month.year))
    return joined(parts)


def _table(events: EventsByMonth) -> Markup:
    kinds = list(events.counts)
    rows = joined(
        _row(f"{MONTHS[month.month - 1]} {month.year}", {kind: events.counts[kind][place] for kind in kinds})
        for place, month in enumerate(events.months)
    )
    totals = _row("All these months", {kind: sum(events.counts[kind]) for kind in kinds}, "total")
    other = _row("Other months", events.outside, "other") if any(events.outside.values()) else EMPTY
    headings = column_headings("Month", *kinds, "All", numeric=len(kinds) + 1)
    body = html("<tbody>%s%s%s</tbody>", rows, totals, other)
    return table("months-table", "Events per month by type", headings, body, "months")


def _row(name: str, counts: Mapping[str, int], css: str = "") -> Markup:
    cells = joined(
        html('<td class="n%s">%s</td>', "" if count or kind in NO_TYPE else " alert", number(count))
        for kind, count in [*counts.items(), ("All", sum(counts.values()))]
    )
    return html('<tr class="%s"><th scope="row">%s</th>%s</tr>', css, name, cells)
