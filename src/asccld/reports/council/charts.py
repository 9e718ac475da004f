"""The pictures of a report: what a block's `Chart` says, drawn by Altair as SVG, without the network.

Each is drawn twice, for a wide and for a narrow screen, so that its letters are never too small to read. It stands on
white, and its colours can be told apart in grey too.
"""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import polars as pl

from asccld.reports.display import MONTHS, visible, whole_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from asccld.reports.council.model import Block, Chart, Column, Kind

Width = Literal["wide", "narrow"]

COLOURS: Final = ("#12436d", "#28a197", "#801650", "#f46a25", "#3d3d3d", "#a285d1")
"""The palette of the Government Analysis Function."""
DASHES: Final = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [4, 4])
"""A line is known by its dashes too, for those who do not see its colour."""
MOST_NAMED: Final = 40
"""Bars that have their names beside them; of more than that the table has the names."""
MOST_SERIES: Final = len(COLOURS)
FONT: Final = "Arial, Helvetica, Liberation Sans, sans-serif"

WIDTHS: Final[Mapping[Width, int]] = {"wide": 700, "narrow": 340}
_LABELS: Final[Mapping[Width, int]] = {"wide": 40, "narrow": 20}
"""Letters in a line of a label."""
_LONGEST: Final = 120
"""Letters of a label, more than any value of a defined list has: all of them are shown whole."""
_TICKS: Final[Mapping[Width, int]] = {"wide": 5, "narrow": 3}
_TOPS: Final = (1, 5, 20, 100)
"""Where an axis of percentages may end: a few in a hundred would not be seen on one to 100."""
_FEW: Final = 5
"""Whole figures below which a drawing program might put lines between them, at half a person."""
_LEGEND: Final[Mapping[Width, int]] = {"wide": 60, "narrow": 26}
_LINE: Final = 16
"""From one line of a name to the next."""
_LETTER: Final = 9.0
"""Width of a letter in a wide font: the reader's browser may not have that with which the drawing was measured."""
_HEIGHTS: Final[Mapping[Width, int]] = {"wide": 280, "narrow": 220}
_ID = re.compile(r'\bid="([^"]+)"')


@dataclass(frozen=True)
class Drawing:
    """What is drawn: the rows, and how their columns are meant. A missing figure keeps its place, and breaks a line."""

    chart: Chart
    rows: pl.DataFrame
    """`x`, `y` and `series`: text or date, number, text."""
    dated: bool
    y_title: str
    unit: str
    kind: Kind | None
    hidden: bool
    """Whether something else than a number stands in the place of a figure: a picture cannot show that."""

    @property
    def categories(self) -> list[Any]:
        """The texts or dates along the axis, in their order."""
        return self.rows["x"].unique(maintain_order=True).to_list()

    @property
    def series(self) -> list[str]:
        """The names of the series in their order."""
        return cast("list[str]", self.rows["series"].unique(maintain_order=True).to_list())

    @property
    def crowded(self) -> bool:
        """Whether there are too many bars to name them."""
        return not self.dated and self.chart.kind != "lines" and len(self.categories) > MOST_NAMED


def drawing_of(block: Block) -> Drawing | None:
    """What there is to draw of a block; None without a chart, and where there is nothing but noughts."""
    chart = block.chart
    if chart is None:
        return None
    rows = block.rows.head(block.rows.height - 1) if block.totals else block.rows
    dated = rows.schema[chart.x].is_temporal()
    x = pl.col(chart.x).cast(pl.Date if dated else pl.String)
    apart = chart.colour if chart.colour != chart.x else None
    series = pl.col(apart).cast(pl.String).fill_null("(blank)") if apart else pl.lit("")
    drawn = rows.select(x=x if dated else x.fill_null("(blank)"), y=pl.col(chart.y).cast(pl.Float64), series=series)
    drawn = drawn.filter(pl.col("x").is_not_null()).with_columns(pl.when(pl.col("y").is_finite()).then("y"))
    if not (drawn["y"].fill_null(0) != 0).any() or drawn["series"].n_unique() > MOST_SERIES:
        return None
    column = next((c for c in block.columns if c.name == chart.y), None)
    hidden = chart.y in block.marks and block.marks[chart.y].drop_nulls().len() > 0
    return Drawing(chart, drawn, dated, _heading(column, chart.y), _unit(column), column and column.kind, hidden)


def reach(values: pl.Series, kind: Kind | None) -> tuple[int | None, int | None]:
    """Where the axis of these figures ends, and the step of its lines; None where a drawing program does it well.

    The same for the pages and the workbook, so that both show the same picture of the same figures.
    """
    known = values.cast(pl.Float64).drop_nulls().drop_nans()
    lowest, highest = (cast("float", v) for v in (known.min() or 0, known.max() or 0))
    if kind == "percent":
        return (next((top for top in _TOPS if highest <= top), None) if lowest >= 0 else None), None
    whole = bool((known == known.round()).all())
    return None, 1 if whole and highest - min(lowest, 0) < _FEW else None


def remark(drawing: Drawing) -> str:
    """What the figures are, and what the picture leaves out."""
    said = [drawing.y_title] if drawing.y_title else []
    if drawing.crowded:
        said.append(f"{len(drawing.categories)} in a row, the highest first: the table below names each")
    if drawing.hidden:
        said.append("what is suppressed or not held is not drawn")
    return ". ".join(text[:1].upper() + text[1:] for text in said)


def svg(drawing: Drawing, width: Width, prefix: str) -> str:
    """The picture as SVG; `prefix` keeps its inner names apart from those of others on the page."""
    import vl_convert

    text = vl_convert.vegalite_to_svg(specification(drawing, width))
    names = set(_ID.findall(text))
    for name in names:
        text = text.replace(f'id="{name}"', f'id="{prefix}-{name}"').replace(f"url(#{name})", f"url(#{prefix}-{name})")
    return text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def specification(drawing: Drawing, width: Width) -> dict[str, Any]:
    """The picture as Vega-Lite."""
    if drawing.chart.kind == "lines":
        made = _lines(drawing, width)
    elif drawing.crowded:
        made = _crowd(drawing, width)
    elif drawing.dated:
        made = _columns(drawing, width)
    else:
        made = _bars(drawing, width)
    return made.properties(width=WIDTHS[width], autosize=_FIT).configure(**_look()).to_dict(validate=False)


_FIT: Final = {"type": "fit-x", "contains": "padding"}


def _heading(column: Column | None, otherwise: str) -> str:
    return column.heading if column else otherwise.replace("_", " ").capitalize()


def _unit(column: Column | None) -> str:
    return {"percent": "%", "money": "£"}.get(column.kind, "") if column else ""


def _base(drawing: Drawing) -> Any:  # noqa: ANN401 - Altair makes its types at run time
    """A chart of the rows: `at` is the place of the category, `place` that of the series."""
    import altair as alt

    at = {name: place for place, name in enumerate(drawing.categories)}
    places = {name: place for place, name in enumerate(drawing.series)}
    rows = drawing.rows.with_columns(
        at=pl.col("x").replace_strict(at, return_dtype=pl.Int64),
        place=pl.col("series").replace_strict(places, return_dtype=pl.Int64),
    )
    if drawing.dated:
        rows = rows.with_columns(pl.col("x").dt.strftime("%Y-%m-%dT00:00:00"))
    return alt.Chart(alt.Data(values=rows.to_dicts()))


def _names(lines: Sequence[Sequence[str]], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as Altair takes them
    """The axis of the categories: each name in its lines, and none left out for want of room."""
    label = f"{json.dumps(lines)}[datum.value]"
    return {"title": None, "labelExpr": label, "labelLimit": 0, "labelOverlap": False, "ticks": False} | more


def _figures(drawing: Drawing, width: Width, stack: Literal["zero"] | None) -> dict[str, Any]:
    """The figures, their axis and scale: from nought, few lines, its unit with each number."""
    import altair as alt

    ends = drawing.rows.group_by("x").agg(pl.col("y").sum())["y"] if stack else drawing.rows["y"]
    top, step = reach(ends, drawing.kind)
    scale = alt.Scale(zero=True) if top is None else alt.Scale(domain=[0, top], nice=False)
    short = "abs(datum.value) >= 10000 ? format(datum.value, '~s') : format(datum.value, ',~f')"
    before, after = ("'£' + ", "") if drawing.unit == "£" else ("", f" + '{drawing.unit}'")
    label = f"{before}({short}){after if drawing.unit else ''}"
    ticks: dict[str, Any] = {"tickCount": _TICKS[width]} if step is None else {"values": _wholes(ends)}
    axis = alt.Axis(title=None, labelExpr=label, domain=False, ticks=False, **ticks)
    return {"shorthand": "y:Q", "stack": stack, "axis": axis, "scale": scale}


def _wholes(figures: pl.Series) -> list[int]:
    """The whole numbers from the lowest of a few figures, or nought, to the highest."""
    return list(range(min(0, int(cast("float", figures.min()))), int(cast("float", figures.max())) + 1))


def _legend(drawing: Drawing, width: Width) -> Any:  # noqa: ANN401 - as Altair gives it
    """The names of the series above the picture, long ones in several lines."""
    import altair as alt

    names = drawing.series
    lines = [textwrap.wrap(visible(name, 300), _LEGEND[width]) or [" "] for name in names]
    upright = len(names) > 2 or sum(map(len, names)) > _LEGEND[width] - 8
    symbol: dict[str, Any] = {"symbolType": "stroke", "symbolSize": 500} if drawing.chart.kind == "lines" else {}
    return alt.Legend(
        title=None, orient="top", direction="vertical" if upright else "horizontal", labelLimit=0,
        labelExpr=f"{json.dumps(lines)}[datum.value]", **symbol,
    )  # fmt: skip


def _apart(drawing: Drawing, looks: Sequence[Any]) -> Any:  # noqa: ANN401 - as Altair gives it
    """Each series its look."""
    import altair as alt

    places = list(range(len(drawing.series)))
    return alt.Scale(domain=places, range=list(looks[: len(places)]))


def _colour(drawing: Drawing, width: Width) -> Any:  # noqa: ANN401 - as Altair gives it
    import altair as alt

    if len(drawing.series) == 1:
        return alt.value(COLOURS[0])
    return alt.Color("place:O", scale=_apart(drawing, COLOURS), legend=_legend(drawing, width))


def _bars(drawing: Drawing, width: Width) -> Any:  # noqa: ANN401 - as Altair gives it
    """Bars from the left, with their names: the only kind on which a long name can be read."""
    import altair as alt

    names = [_wrapped(name, _LABELS[width]) for name in drawing.categories]
    abreast = drawing.chart.kind == "bars" and len(drawing.series) > 1
    step = max(_LINE * max(map(len, names)) + 10, 14 * len(drawing.series) + 10 if abreast else 0)
    figures = alt.X(**_figures(drawing, width, _stack(drawing)))
    room = _LETTER * max(len(line) for lines in names for line in lines)
    up = [_LINE * (1 - len(lines)) / 2 for lines in names]  # a name of several lines begins at its bar: half of it up
    axis = alt.Axis(
        **_names(names, grid=False, minExtent=room), labelOffset=alt.ExprRef(f"{json.dumps(up)}[datum.value]")
    )
    encoded = {"y": alt.Y("at:O", axis=axis, scale=_gaps(drawing)), "x": figures, "color": _colour(drawing, width)}
    if abreast:
        encoded["yOffset"] = alt.YOffset("place:O")
    return _stacked(_base(drawing).mark_bar().encode(**encoded), drawing).properties(height=step * len(names))


def _columns(drawing: Drawing, width: Width) -> Any:  # noqa: ANN401 - as Altair gives it
    """Bars from below, one for each date; some of the dates are named."""
    import altair as alt

    months = [_month(day) for day in drawing.categories]
    every = -(-len(months) // (12 if width == "wide" else 5))
    axis = alt.Axis(**_names([m if at % every == 0 else [""] for at, m in enumerate(months)], grid=False, labelAngle=0))
    figures = alt.Y(**_figures(drawing, width, _stack(drawing)))
    encoded = {"x": alt.X("at:O", axis=axis, scale=_gaps(drawing)), "y": figures, "color": _colour(drawing, width)}
    if drawing.chart.kind == "bars" and len(drawing.series) > 1:
        encoded["xOffset"] = alt.XOffset("place:O")
    return _stacked(_base(drawing).mark_bar().encode(**encoded), drawing).properties(height=_HEIGHTS[width])


def _crowd(drawing: Drawing, width: Width) -> Any:  # noqa: ANN401 - as Altair gives it
    """Many bars without names, the highest first; dots where each has several that are no parts of a whole."""
    import altair as alt

    total = drawing.rows.group_by("x").agg(total=pl.col("y").sum())
    rows = drawing.rows.join(total, on="x", maintain_order="left").sort("total", descending=True, maintain_order=True)
    ordered = replace(drawing, rows=rows.drop("total"))
    apart = drawing.chart.kind == "bars" and len(drawing.series) > 1  # figures that are no parts of a whole
    figures = alt.Y(**_figures(drawing, width, _stack(drawing)))
    encoded = {"x": alt.X("at:O", axis=None, scale=_gaps(drawing)), "y": figures, "color": _colour(drawing, width)}
    made = _base(ordered).mark_circle(size=36, opacity=1) if apart else _base(ordered).mark_bar()
    return _stacked(made.encode(**encoded), ordered).properties(height=_HEIGHTS[width])


def _lines(drawing: Drawing, width: Width) -> Any:  # noqa: ANN401 - as Altair gives it
    """Lines with a dot for each figure, told apart by colour and dashes."""
    import altair as alt

    plain: dict[str, Any] = {"labelAngle": 0, "grid": False, "labelOverlap": True}
    if drawing.dated:
        days = drawing.categories[:: -(-len(drawing.categories) // (9 if width == "wide" else 5))]
        ticks = [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in days]
        text = "[timeFormat(datum.value, '%b'), timeFormat(datum.value, '%Y')]"
        x = alt.X("x:T", axis=alt.Axis(title=None, values=ticks, labelExpr=text, **plain))
    else:
        room = max(6, int(WIDTHS[width] / _LETTER / len(drawing.categories)))
        names = [_wrapped(name, room) for name in drawing.categories]
        x = alt.X("at:O", scale=alt.Scale(padding=0.5), axis=alt.Axis(**_names(names, **plain)))
    figures = alt.Y(**_figures(drawing, width, None))
    encoded = {"x": x, "y": figures, "color": _colour(drawing, width)}
    if len(drawing.series) > 1:
        dashes = _apart(drawing, DASHES)
        encoded["strokeDash"] = alt.StrokeDash("place:O", scale=dashes, legend=_legend(drawing, width))
    dot = alt.OverlayMarkDef(size=45, filled=True)
    return _base(drawing).mark_line(strokeWidth=2.5, point=dot).encode(**encoded).properties(height=_HEIGHTS[width])


def _stack(drawing: Drawing) -> Literal["zero"] | None:
    return "zero" if drawing.chart.kind == "stacked" else None


def _stacked(chart: Any, drawing: Drawing) -> Any:  # noqa: ANN401 - as Altair gives it
    """The pieces of a stacked bar follow one another as the legend does."""
    import altair as alt

    return chart.encode(order=alt.Order("place:Q")) if drawing.chart.kind == "stacked" else chart


def _gaps(drawing: Drawing) -> Any:  # noqa: ANN401 - as Altair gives it
    """A place for every category, also for one without a figure."""
    import altair as alt

    return alt.Scale(domain=list(range(len(drawing.categories))), paddingInner=0.25, paddingOuter=0.1)


def _wrapped(text: str, width: int) -> list[str]:
    """The text in lines, cut where it is longer than any name in use: the table has it whole."""
    return textwrap.wrap(whole_words(visible(text, 2 * _LONGEST), _LONGEST), width) or [" "]


def _month(day: date) -> list[str]:
    return [MONTHS[day.month - 1][:3], str(day.year)]


def _look() -> dict[str, Any]:
    letters = {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": 14,
        "titleFontSize": 14,
        "titleFontWeight": "normal",
    }
    colours = {"labelColor": "#0b0c0c", "gridColor": "#cecece", "domainColor": "#0b0c0c"}
    return {
        "aria": False,
        "background": "white",
        "font": FONT,
        "padding": {"left": 2, "right": 24, "top": 6, "bottom": 4},
        "view": {"stroke": None},
        "axis": letters | colours | {"labelPadding": 6, "labelFlush": False},
        "legend": {"labelFont": FONT, "labelFontSize": 14, "labelColor": "#0b0c0c", "symbolSize": 140}
        | {"columnPadding": 28, "rowPadding": 5},
    }
