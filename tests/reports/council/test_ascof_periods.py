"""What a chapter of ASCOF says of two periods: figures of one kind, and a change only where they tell it."""

from datetime import UTC, date, datetime

import polars as pl

from asccld.reports.council.gather_ascof import ascof_chapter
from asccld.reports.council.layout import outlines
from asccld.reports.council.material import Material
from asccld.reports.council.model import Block, Chapter
from asccld.reports.council.wording import change_words, of_how_many
from reports.council.made_reports import PERIOD

BEFORE = (date(PERIOD[0].year - 1, 10, 1), date(PERIOD[1].year - 1, 9, 30))
Bands = dict[str, tuple[int, int]]


def figures(measure: str, descriptions: dict[str, Bands]) -> pl.DataFrame:
    """Numerators and denominators by description and band, with their totals."""
    rows = [
        ("106", measure, description, group, n, d, round(100 * n / d, 1))
        for description, bands in descriptions.items()
        for group, (n, d) in (*bands.items(), ("Total", tuple(map(sum, zip(*bands.values(), strict=True)))))
    ]
    names = ["la_code", "measure", "description", "group", "numerator", "denominator", "outcome"]
    return pl.DataFrame(rows, schema=names, orient="row")


def chapter(slug: str, now: pl.DataFrame, then: pl.DataFrame, *, shareable: bool = True) -> Chapter:
    outline = next(o for o in outlines() if o.slug == slug)
    made = datetime(2026, 5, 1, tzinfo=UTC)
    material = Material(
        "106", "A", PERIOD, {outline.measure: now}, made,
        previous=BEFORE, history=((BEFORE, {outline.measure: then}),), shareable=shareable,
    )  # fmt: skip
    return ascof_chapter(outline, material)


def block(found: Chapter, slug: str) -> Block:
    return next(b for b in found.blocks if b.slug == slug)


CARERS = {"18 to 64": (21, 42), "65 and above": (18, 27)}, {"18 to 64": (19, 37), "65 and above": (15, 25)}
FEW = {"18 to 64": (12, 42), "65 and above": (2, 27)}
MANY = {"18 to 64": (112, 142), "65 and above": (58, 127)}


def carers(*, few: bool, shareable: bool = True) -> Chapter:
    rest: dict[str, Bands] = {"1a - clients": MANY, "2a - clients": MANY}
    now = figures("3D", {**rest, "1b - carers": CARERS[0], "2b - carers": CARERS[0]})
    then = figures("3D", {**rest, "1b - carers": CARERS[1], "2b - carers": FEW if few else CARERS[1]})
    return chapter("ascof-3d", now, then, shareable=shareable)


def test_figures_of_every_period_are_of_rounded_counts_where_one_period_hides_any() -> None:
    found = carers(few=True)
    figure = next(h for h in found.headlines if h.label == "Carers with self-directed support")
    assert (figure.value, figure.previous) == (57, 58), "of 40 in 70 and of 35 in 60"
    assert (figure.change, figure.good, figure.untold) == (None, "none", True), "they went up, from 54.8 to 56.5"
    assert "the rounded figures do not tell" in change_words(figure)
    table = block(found, "figures")
    one = table.rows.filter(pl.col("description").str.starts_with("1b"), pl.col("group") == "Total").row(0, named=True)
    assert (one["outcome"], one["previous_outcome"], one["change"]) == (57, 58, None)
    assert "A change is a dash where" in table.note
    course = block(found, "course").rows.filter(pl.col("label") == figure.label)["outcome"]
    assert course.to_list() == [58, 57]


def test_figures_of_every_period_are_of_true_counts_where_nothing_is_hidden() -> None:
    figure = next(h for h in carers(few=False).headlines if h.label == "Carers with self-directed support")
    assert (figure.value, figure.previous, figure.change, figure.good) == (57, 55, 2, "none")
    exact = next(h for h in carers(few=True, shareable=False).headlines if h.label == figure.label)
    assert (exact.value, exact.previous, exact.untold, exact.good) == (56.5, 54.8, False, "none")


def test_what_the_figures_hide_the_course_and_the_headline_hide_too() -> None:
    now = figures("2A", {"D": {"18 to 64": (27, 27), "65 and above": (42, 45)}})
    then = figures("2A", {"D": {"18 to 64": (25, 25), "65 and above": (54, 56)}})
    found = chapter("ascof-2a", now, then)
    (figure,) = found.headlines
    assert (figure.mark, of_how_many(figure), figure.numerator, figure.denominator) == ("[c]", "", None, None)
    total = [row[1:4] for row in block(found, "figures").cells() if row[0] == "Total"]
    course = [row[1:] for row in block(found, "course").cells()]
    assert total == course[-1:] == [("[c]", 70, "[c]")]


def test_a_change_is_judged_by_the_true_counts() -> None:
    then = figures("2A", {"D": {"18 to 64": (300, 600), "65 and above": (300, 600)}})
    more = figures("2A", {"D": {"18 to 64": (330, 600), "65 and above": (330, 600)}})
    same = figures("2A", {"D": {"18 to 64": (310, 600), "65 and above": (310, 600)}})
    assert [h.good for now in (more, same) for h in chapter("ascof-2a", now, then).headlines] == ["up", "none"]
