"""Tables of a report to be shared: no small count, nothing that is not rounded, nothing that gives one away."""

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asccld.privacy import disclosure_rule
from asccld.reports.council import protecting

RULE = disclosure_rule()
NUMBERS = st.integers(0, 40)
TABLES = st.lists(st.lists(NUMBERS, min_size=3, max_size=3), min_size=1, max_size=5)


def table(counts: list[list[int]]) -> pl.DataFrame:
    rows = [(f"row {i}", f"column {j}", n) for i, row in enumerate(counts) for j, n in enumerate(row)]
    return pl.DataFrame(rows, schema={"row": pl.String, "column": pl.String, "count": pl.Int64}, orient="row")


def is_publishable(shown: int | None) -> bool:
    return shown is None or (shown % RULE.base == 0 and not 0 < shown < RULE.suppress_below)


@given(TABLES)
@settings(max_examples=40, deadline=None)
def test_no_small_count_is_shown_and_every_hidden_one_is_marked(counts: list[list[int]]) -> None:
    rows = table(counts)
    shown = protecting.counts(rows, ("row", "column"), ["count"])
    for before, after, mark in zip(rows["count"], shown.rows["count"], shown.marks["count"], strict=True):
        assert is_publishable(after)
        assert (after is None) == (mark == protecting.SUPPRESSED)
        assert before == 0 or after != 0 or before < RULE.base
        assert after is None or abs(after - before) <= RULE.base // 2


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=4))
@example([(0, 0), (5, 6)])
@settings(max_examples=40, deadline=None)
def test_shares_show_no_small_numerator_denominator_or_rest(bands: list[tuple[int, int]]) -> None:
    rows = figures([(f"band {i}", above, above + rest) for i, (above, rest) in enumerate(bands)])
    shown = protecting.shares(rows, ("la_code", "measure", "description"), whole=True, times=100).rows
    assert all(is_publishable(n) for name in ("numerator", "denominator") for n in shown[name])
    true = rows.select(pl.col("numerator").alias("n"), pl.col("denominator").alias("d"))
    both = pl.concat([shown, true], how="horizontal")
    is_hidden = pl.any_horizontal(pl.col("numerator", "denominator").is_null()) | (
        pl.col("outcome").is_null() & pl.col("d").gt(0)
    )
    exact = both.filter(is_hidden).is_empty()
    known = both.drop_nulls("outcome")
    for n, d, o, above, below in known.select("n", "d", "outcome", "numerator", "denominator").iter_rows():
        assert o == (int(100 * n / d + 0.5) if exact else min(int(100 * above / below + 0.5), 100))
        assert not 0 < d - n < RULE.suppress_below


def figures(bands: list[tuple[str, int, int]]) -> pl.DataFrame:
    both = [*bands, ("Total", sum(n for _, n, _ in bands), sum(d for _, _, d in bands))]
    rows = [("106", "M", "D", group, n, d, 100.0 * n / d if d else 0.0) for group, n, d in both]
    names = ("la_code", "measure", "description", "group", "numerator", "denominator", "outcome")
    return pl.DataFrame(rows, schema=names, orient="row")


def test_a_population_is_known_to_everybody() -> None:
    rows = pl.DataFrame({"la_code": ["106"], "measure": ["2B"], "description": ["D"], "group": ["18 to 64"],
                         "numerator": [3], "denominator": [24_001], "outcome": [12.5]})  # fmt: skip
    shown = protecting.shares(rows, ("la_code", "measure", "description"), whole=False, times=100_000)
    assert shown.rows.row(0)[4:] == (None, 24_001, None)
    assert shown.marks["outcome"].to_list() == shown.marks["numerator"].to_list() == ["[c]"]


def test_a_denominator_that_one_figure_hides_no_other_shows() -> None:
    first = figures([("18 to 64", 5, 8), ("65 and above", 3, 5)])
    second = figures([("18 to 64", 6, 8), ("65 and above", 2, 5)]).with_columns(description=pl.lit("E"))
    shown = protecting.shares(pl.concat([first, second]), ("la_code", "measure", "description"), whole=True, times=100)
    by_group = shown.rows.group_by("group").agg(
        pl.col("denominator").n_unique(), pl.col("denominator").null_count().alias("hidden")
    )
    assert by_group["denominator"].to_list() == [1, 1, 1]
    assert set(by_group["hidden"]) <= {0, 2}


def test_counts_that_are_no_parts_of_each_other_are_rounded_each_by_itself() -> None:
    shown = protecting.rounded(pl.DataFrame({"n": [0, 1, 4, 5, 7, 8, -3, -8]}), ["n"])
    assert shown.rows["n"].to_list() == [0, None, None, 5, 5, 10, None, -10]
    assert shown.marks["n"].to_list() == [None, "[c]", "[c]", None, None, None, "[c]", None]


def test_an_empty_table_stays_empty() -> None:
    empty = pl.DataFrame(schema={"row": pl.String, "count": pl.Int64})
    assert protecting.counts(empty, ("row",), ["count"]).rows.is_empty()
    assert protecting.total(empty, ("row",), "count") == 0


def test_percentages_are_of_rounded_counts_whole_and_none_where_few_are_in_or_out() -> None:
    rows = pl.DataFrame({"part": [27, 25, 0, 1, 39, 3, None], "whole": [52, 40, 40, 55, 40, 4, 9], "share": 51.9})
    shown = protecting.percentages(rows, {"share": ("part", "whole")})
    assert shown.rows["share"].to_list() == [50, 63, 0, None, None, None, None]
    assert shown.marks["share"].to_list() == [None, None, None, "[c]", "[c]", "[c]", None]


def test_an_outcome_to_be_shared_is_that_of_the_true_figures_where_nothing_is_suppressed() -> None:
    rows = figures([("18 to 64", 27, 52), ("65 and above", 25, 40)])
    shown = protecting.shares(rows, ("la_code", "measure", "description"), whole=True, times=100).rows
    assert shown.select("numerator", "denominator", "outcome").rows() == [(25, 50, 52), (25, 40, 63), (50, 90, 57)]
    few = protecting.shares(
        figures([("18 to 64", 39, 40)]), ("la_code", "measure", "description"), whole=True, times=100
    )
    assert set(few.marks["outcome"]) == {"[c]"}
    assert few.rows["outcome"].null_count() == few.rows.height
