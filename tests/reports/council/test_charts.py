"""Pictures: drawn of the rows and of nothing else, with names that can be read, apart in more than colour."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest

from asccld.reports.council.charts import (
    COLOURS,
    DASHES,
    WIDTHS,
    Drawing,
    drawing_of,
    reach,
    remark,
    specification,
    svg,
)
from asccld.reports.council.model import Block, Chapter, Chart, Column, Kind
from asccld.reports.council.workbook import write_workbook
from asccld.standard import load_standard
from reports.council.made_reports import costs, long_names, many_councils, months, report, shares, trend


def drawn(block: Block) -> Drawing:
    drawing = drawing_of(block)
    assert drawing is not None
    return drawing


def texts(block: Block, width: str = "wide") -> list[str]:
    found = svg(drawn(block), "wide" if width == "wide" else "narrow", "p")
    return [unescape(text) for text in re.findall(r">([^<>]+)<", found)]


def values(block: Block) -> list[float | None]:
    return [row["y"] for row in specification(drawn(block), "wide")["data"]["values"]]


def test_it_shows_the_rows_and_not_their_total() -> None:
    assert values(shares()) == [66.7, 79.4, None]
    assert values(replace(shares(), totals=False)) == [66.7, 79.4, None, 77.5]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("make", [shares, trend, months, costs])
def test_its_width_is_what_the_page_has_room_for(make: object, width: str) -> None:
    found = svg(drawn(make()), "wide" if width == "wide" else "narrow", "p")  # type: ignore[operator]
    box = re.search(r'viewBox="0 0 (\d+(?:\.\d+)?) ', found)
    assert box
    assert float(box[1]) <= dict(WIDTHS)["wide" if width == "wide" else "narrow"] + 30
    assert 'aria-hidden="true"' in found.partition(">")[0], "the words beside it say what it shows"


def test_every_category_has_its_name_also_without_a_figure() -> None:
    assert {"18 to 64", "65 and over", "Unknown", "0%", "20%"} <= set(texts(shares()))


def test_money_and_months_are_named_as_such() -> None:
    assert "£1,000" in texts(costs())
    assert {"Jan", "2024"} <= set(texts(months()))


def test_series_are_apart_in_colour_and_in_dashes_and_named() -> None:
    assert {"Assessment", "Review", "Service"} <= set(texts(trend()))
    encoded = specification(drawn(trend()), "wide")["encoding"]
    assert encoded["color"]["scale"]["range"] == list(COLOURS[:3])
    assert encoded["strokeDash"]["scale"]["range"] == list(DASHES[:3])


def test_a_line_breaks_where_a_figure_is_missing() -> None:
    assert values(trend()).count(None) > 0


def test_names_are_broken_into_lines_and_a_very_long_one_is_cut() -> None:
    block = long_names().chapters[0].blocks[0]
    names = [text for text in texts(block) if "support" in text.lower() or text.endswith("…")]
    assert all(len(text) <= 40 for text in names)
    assert any(text.endswith("…") for text in names)


def test_two_names_that_are_cut_alike_stay_two() -> None:
    assert len(drawn(long_names().chapters[0].blocks[0]).categories) == 4


def test_more_bars_than_names_have_room_are_ordered_and_the_table_names_them() -> None:
    block = many_councils().chapters[0].blocks[0]
    heights = [value for value in values(block) if value is not None]
    assert heights == sorted(heights, reverse=True)
    assert "153 in a row" in remark(drawn(block))
    assert not any("Council" in text for text in texts(block))


def test_several_figures_of_many_are_dots_and_not_added_up() -> None:
    rows = pl.DataFrame(
        {"x": [f"c{n // 2:02}" for n in range(100)], "s": ["a", "b"] * 50, "y": [float(n) for n in range(100)]}
    )
    columns = (Column("x", "X"), Column("s", "S"), Column("y", "Median", "days"))
    made = drawn(Block("b", "B", "", columns, rows, Chart("bars", "x", "y", "s", "T", "A")))
    found = specification(made, "wide")
    assert found["mark"]["type"] == "circle"
    assert found["encoding"]["y"]["stack"] is None
    assert (
        specification(replace(made, chart=replace(made.chart, kind="stacked")), "wide")["encoding"]["y"]["stack"]
        == "zero"
    )


def test_large_figures_along_an_axis_are_short() -> None:
    rows = pl.DataFrame({"x": ["a", "b"], "y": [350_000.0, 1_200_000.0]})
    columns = (Column("x", "X"), Column("y", "Cost", "money"))
    assert {"£0", "£200k", "£1M"} <= set(
        texts(Block("b", "B", "", columns, rows, Chart("bars", "x", "y", None, "T", "A")))
    )


def test_what_is_suppressed_is_said_not_to_be_drawn() -> None:
    assert "is not drawn" in remark(drawn(trend()))
    assert "is not drawn" not in remark(drawn(shares()))


@pytest.mark.parametrize("y", [[None, None], [0.0, 0.0], [float("nan"), float("inf")], []])
def test_nothing_is_drawn_of_nothing(y: list[float | None]) -> None:
    rows = pl.DataFrame({"x": ["a", "b"][: len(y)], "y": y}, schema={"x": pl.String, "y": pl.Float64})
    columns = (Column("x", "X"), Column("y", "Y", "number"))
    assert drawing_of(Block("b", "B", "", columns, rows, Chart("bars", "x", "y", None, "T", "A"))) is None
    assert drawing_of(Block("b", "B", "", columns, rows)) is None


def test_more_series_than_can_be_told_apart_are_left_to_the_table() -> None:
    rows = pl.DataFrame({"x": ["a"] * 7, "s": [f"s{n}" for n in range(7)], "y": [1.0] * 7})
    columns = (Column("x", "X"), Column("s", "S"), Column("y", "Y", "number"))
    assert drawing_of(Block("b", "B", "", columns, rows, Chart("bars", "x", "y", "s", "T", "A"))) is None


def test_blank_categories_and_series_have_a_name_and_dates_without_a_day_are_left_out() -> None:
    rows = pl.DataFrame({"x": ["a", None], "d": [date(2026, 1, 1), None], "s": [None, "k"], "y": [1.0, 2.0]})
    columns = (Column("x", "X"), Column("d", "D", "date"), Column("s", "S"), Column("y", "Y", "number"))
    bars = drawn(Block("b", "B", "", columns, rows, Chart("bars", "x", "y", "s", "T", "A")))
    assert bars.categories == ["a", "(blank)"]
    assert bars.series == ["(blank)", "k"]
    assert drawn(Block("b", "B", "", columns, rows, Chart("lines", "d", "y", None, "T", "A"))).rows.height == 1


def test_hostile_names_stay_text() -> None:
    rows = pl.DataFrame({"x": ["</svg><script>alert(1)</script>", '"]);alert(1);(["', "a\\n'b"], "y": [1.0, 2.0, 3.0]})
    columns = (Column("x", "X"), Column("y", "Y", "number"))
    found = svg(drawn(Block("b", "B", "", columns, rows, Chart("bars", "x", "y", None, "T", "A"))), "wide", "p")
    assert "<script" not in found
    assert "&lt;/svg&gt;" in found
    assert found.count("</svg>") == 1


def test_pictures_of_one_page_share_no_inner_name() -> None:
    first, second = (set(re.findall(r'\bid="([^"]+)"', svg(drawn(trend()), "wide", name))) for name in ("a", "b"))
    assert first & second == set()


def of_one(kind: Kind, *figures: float) -> Block:
    rows = pl.DataFrame({"x": [f"c{n}" for n in range(len(figures))], "y": list(map(float, figures))})
    columns = (Column("x", "X"), Column("y", "Y", kind))
    return Block("b", "B", "", columns, rows, Chart("bars", "x", "y", None, "T", "A"))


def test_people_are_not_cut_in_halves_along_an_axis() -> None:
    assert {"0", "1", "2"} <= (shown := set(texts(of_one("count", 1, 2))))
    assert not any("." in text for text in shown)
    assert any("." in text for text in texts(of_one("days", 0.5, 1.5)))


@pytest.mark.parametrize(("highest", "top"), [(0.2, "1%"), (4.0, "5%"), (12.5, "20%"), (24.0, "100%"), (100.0, "100%")])
def test_an_axis_of_shares_ends_where_few_in_a_hundred_are_seen(highest: float, top: str) -> None:
    assert top in texts(of_one("percent", 0.0, highest))
    assert reach(pl.Series([0.0, highest]), "percent") == (int(top[:-1]), None)


def test_shares_below_nought_or_above_a_hundred_have_no_fixed_end() -> None:
    assert reach(pl.Series([-3.0, 5.0]), "percent") == reach(pl.Series([120.0]), "percent") == (None, None)


@pytest.mark.parametrize("width", WIDTHS)
def test_each_bar_has_its_whole_name_however_long_the_lists_make_it(width: str) -> None:
    names = sorted(listed_names(), key=len)[-12:]
    rows = pl.DataFrame({"x": names, "y": [1.0] * len(names)})
    columns = (Column("x", "X"), Column("y", "Y", "count"))
    found = " ".join(texts(Block("b", "B", "", columns, rows, Chart("bars", "x", "y", None, "T", "A")), width))
    assert "…" not in found
    assert [name for name in names if name not in found] == []


def listed_names() -> set[str]:
    """Every value of every list of the standard."""
    return {text for r in load_standard().releases.values() for lst in r.lists.values() for text in lst.texts}


def test_a_name_of_several_lines_stands_beside_its_bar() -> None:
    rows = pl.DataFrame({"x": [" ".join(["word"] * 30), "b"], "y": [1.0, 20.0]})
    columns = (Column("x", "X"), Column("y", "Y", "count"))
    found = svg(drawn(Block("b", "B", "", columns, rows, Chart("bars", "x", "y", None, "T", "A"))), "narrow", "p")
    bars = [
        float(y) + float(high) / 2 for y, high in re.findall(r'd="M0,([\d.]+)h[\d.]+v([\d.]+)h-[\d.]+Z" fill', found)
    ]
    names = re.findall(r'text-anchor="end" transform="translate\([-\d.]+,([\d.]+)\)"[^>]*>(.*?)</text>', found)
    middles = [float(y) + 8 * name.count("dy=") for y, name in names]
    assert len(bars) == len(middles) == 2
    assert all(abs(bar - middle) < 5 for bar, middle in zip(bars, middles, strict=True))


@pytest.mark.parametrize(
    ("block", "said"),
    [(of_one("percent", 0.0, 0.2), '<c:max val="1"/>'), (of_one("count", 1, 2), '<c:majorUnit val="1"/>')],
)
def test_the_workbooks_axis_ends_where_that_of_the_page_does(block: Block, said: str, tmp_path: Path) -> None:
    named = replace(block, chart=Chart("bars", "x", "y", None, "A title of many words " * 5, "A"))
    write_workbook(report(Chapter("one", "quality", "One", "", blocks=(named,))), tmp_path / "r.xlsx")
    with ZipFile(tmp_path / "r.xlsx") as parts:
        drawn_there = parts.read("xl/charts/chart1.xml").decode()
    assert said in drawn_there
    assert ("A title of many words " * 5).strip() in drawn_there
