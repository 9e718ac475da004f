"""What is published gives no suppressed count away, neither by itself nor with all totals taken together."""

import itertools

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asccld.errors import AsccldError
from asccld.privacy import Protected, disclosure_rule, protected
from asccld.privacy.disclosure import Reason
from asccld.privacy.secondary import Key, Rule, hidden_cells

RULE = disclosure_rule()
ALL = [("row", "column"), ("row",), ("column",), ()]


def table(*rows: list[int]) -> pl.DataFrame:
    cells = [(f"r{r}", f"c{c}", n) for r, row in enumerate(rows) for c, n in enumerate(row)]
    return pl.DataFrame(cells, schema=["row", "column", "count"], orient="row")


def shown(found: Protected, *by: str) -> dict[tuple[str, ...], int | None]:
    return {tuple(row[:-1]): row[-1] for row in found.table(*by).drop("reason").sort(pl.all()).iter_rows()}


def possible(found: Protected, counts: pl.DataFrame, published: list[tuple[str, ...]]) -> dict[tuple[object, ...], int]:
    """How many values each suppressed count may have, by trying every table there could be.

    Knows only what a reader knows: the rule, what is shown, that a suppressed count is at least one, and that what
    has no row is nought.
    """
    dimensions = list(found.dimensions)
    leaves = counts.group_by(dimensions).agg(pl.col("count").sum()).filter(pl.col("count") > 0).sort(pl.all())
    most = int(leaves["count"].max() or 0) + 2 if leaves.height else 0  # type: ignore[arg-type]
    worlds = pl.DataFrame({"world": [0]})
    names = [f"cell{i}" for i in range(leaves.height)]
    fine = tuple(dimensions) in published
    for name, leaf in zip(names, leaves.iter_rows(named=True), strict=True):
        value = found.table(*dimensions).join(pl.DataFrame([{d: leaf[d] for d in dimensions}]), on=dimensions)
        sight = value["shown"][0] if fine else None
        low = 1 if sight is None and fine else 0 if sight is None else max(sight - 2, 5)
        high = most if sight is None else sight + 2
        worlds = worlds.join(pl.DataFrame({name: range(low, high + 1)}), how="cross")
    asked: list[tuple[tuple[object, ...], str]] = []
    for by in published:
        for row in found.table(*by).iter_rows(named=True):
            inside = [
                n
                for n, leaf in zip(names, leaves.iter_rows(named=True), strict=True)
                if all(leaf[d] == row[d] for d in by)
            ]
            total = f"total{len(worlds.columns)}"
            worlds = worlds.with_columns(pl.sum_horizontal(inside).alias(total))
            if row["shown"] is None:
                worlds = worlds.filter(pl.col(total) >= 1)
                asked.append(((*by, *(row[d] for d in by)), total))
            else:
                same = (pl.col(total) + 2) // 5 * 5 == row["shown"]
                worlds = worlds.filter(same & (pl.col(total) >= 5))
    return {key: worlds[total].n_unique() for key, total in asked}


def test_small_counts_are_suppressed_and_others_rounded_to_the_nearest_five() -> None:
    assert [RULE.rounded(n) for n in (0, 5, 7, 8, 12, 13, 1002, 1003)] == [0, 5, 5, 10, 10, 15, 1000, 1005]
    assert [n for n in range(20) if RULE.is_small(n)] == [1, 2, 3, 4]
    found = protected(table([50, 3, 0], [20, 8, 60]), ("row", "column"), [("row", "column")])
    assert shown(found, "row", "column") == {
        ("r0", "c0"): 50, ("r0", "c1"): None, ("r1", "c0"): 20, ("r1", "c1"): 10, ("r1", "c2"): 60
    }  # fmt: skip
    assert (found.suppressed("small"), found.suppressed("secondary")) == (1, 0)


def test_without_totals_nothing_but_small_counts_is_suppressed() -> None:
    cells = table(*[[r * c % 9 for c in range(6)] for r in range(6)])
    assert protected(cells, ("row", "column"), [("row", "column")]).suppressed("secondary") == 0


def test_a_single_suppressed_part_is_not_left_to_its_total() -> None:
    """Twelve less five less five: nobody can be sure of the two."""
    found = protected(table([5, 5, 2]), ("column",), [("column",), ()])
    assert shown(found, "column")["c2",] is None
    assert all(n > 1 for n in possible(found, table([5, 5, 2]), [("column",), ()]).values())


def test_a_row_with_one_count_takes_its_total_with_it() -> None:
    found = protected(table([3, 0], [40, 30]), ("row", "column"), ALL)
    assert shown(found, "row")["r0",] is None


def test_rounding_saves_most_of_the_secondary_suppression() -> None:
    """Where the total may be one more without being shown as another, nothing but the small count need go."""
    found = protected(table([50, 70, 3]), ("column",), [("column",), ()])
    assert found.suppressed("secondary") == 0
    assert possible(found, table([9, 8, 3]), [("column",), ()])["column", "c2"] > 1


def test_a_missing_value_is_a_category_and_not_a_total() -> None:
    cells = pl.DataFrame({"row": ["a", None, "b"], "count": [3, 20, 30]})
    found = protected(cells, ("row",), [("row",), ()])
    assert shown(found, "row") == {("a",): None, ("b",): 30, (None,): 20}
    assert shown(found) == {(): 55}


def test_a_dimension_that_is_in_no_table_is_summed_away() -> None:
    found = protected(table([1, 2, 3], [4, 5, 6]), ("row", "column"), [("row",)])
    assert found.dimensions == ("row",)
    assert shown(found, "row") == {("r0",): 5, ("r1",): 15}


def test_nothing_is_nothing() -> None:
    found = protected(table([0, 0]), ("row", "column"), ALL)
    assert [found.table(*by).height for by in ALL] == [0, 0, 0, 0]


def test_tables_are_the_same_whatever_the_order_of_rows() -> None:
    cells = table([1, 9, 30], [12, 2, 7], [6, 6, 44])
    first = protected(cells, ("row", "column"), ALL)
    again = protected(cells.reverse(), ("row", "column"), ALL)
    assert first.hidden == again.hidden


def test_another_style_is_told() -> None:
    with pytest.raises(AsccldError, match=r"no style 'publish'.*Did you mean published\?"):
        disclosure_rule("publish")


small_tables = st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=3), min_size=1, max_size=2).filter(
    lambda rows: sum(n > 0 for row in rows for n in row) <= 5
)
publications = st.lists(st.sampled_from(ALL), min_size=1, max_size=4, unique=True)


@given(rows=small_tables, published=publications)
@settings(deadline=None, max_examples=60)
def test_no_suppressed_count_can_be_worked_out_from_all_that_is_shown(
    rows: list[list[int]], published: list[tuple[str, ...]]
) -> None:
    width = max(map(len, rows))
    cells = table(*[row + [0] * (width - len(row)) for row in rows])
    found = protected(cells, ("row", "column"), published)
    dimensions = list(found.dimensions)
    tables = [tuple(d for d in dimensions if d in by) for by in published]
    summed = cells.group_by(dimensions).agg(pl.col("count").sum()) if dimensions else cells.select("count").sum()
    if not dimensions:
        return
    worked_out = {cell: n for cell, n in possible(found, summed, tables).items() if n < 2}
    assert worked_out == {}


def test_who_tries_every_table_works_a_count_out_where_no_other_is_suppressed() -> None:
    """The trial itself: it finds what the secondary suppression is there to prevent."""
    cells, tables = table([5, 1, 1]), [("column",), ()]
    found = protected(cells, ("column",), tables)
    small: dict[Key, Reason] = {key: "small" for key, reason in found.hidden.items() if reason == "small"}
    bare = Protected(found.dimensions, found.values, found.counts, small, found.rule)
    assert possible(bare, cells, tables) == {("column", "c1"): 1, ("column", "c2"): 1}
    assert all(n > 1 for n in possible(found, cells, tables).values())


def test_without_rounding_a_single_suppressed_part_takes_another_with_it() -> None:
    exact = Rule(suppress_below=5, base=1, change=1)
    counts = {(0,): 50, (1,): 3, (-1,): 53}
    assert set(hidden_cells(counts, {frozenset({0}), frozenset()}, exact)) == {(1,), (0,)}
    assert set(hidden_cells(counts, {frozenset({0})}, exact)) == {(1,)}


@given(
    cells=st.dictionaries(st.tuples(*[st.integers(0, 3)] * 3), st.integers(1, 40), max_size=40),
    published=st.lists(st.sets(st.integers(0, 2)), min_size=1, max_size=8),
    base=st.sampled_from([1, 5, 10]),
)
@settings(deadline=None, max_examples=150)
def test_each_suppressed_count_of_a_larger_table_has_another_table_that_looks_the_same(
    cells: dict[tuple[int, ...], int], published: list[set[int]], base: int
) -> None:
    """The proof itself, made again by hand: a table that differs in this place is published with the same figures."""
    rule = Rule(5, base, 1)
    names = ["a", "b", "c"]
    frame = pl.DataFrame(
        [(*key, n) for key, n in cells.items()],
        schema={**dict.fromkeys(names, pl.Int64), "count": pl.Int64},
        orient="row",
    )
    tables = [tuple(names[i] for i in sorted(by)) for by in published]
    found = protected(frame, names, tables, rule=rule)
    for key in found.hidden:
        assert another(found, key, {frozenset(found.dimensions.index(n) for n in by) for by in tables}), key


def another(found: Protected, key: tuple[int, ...], published: set[frozenset[int]]) -> bool:
    """Whether some change of one at the corners of a box leaves all that is shown as it is."""
    values = [range(len(found.values[name])) for name in found.dimensions]
    options = [[v for v in range(-1, len(along)) if v != own] for own, along in zip(key, values, strict=True)]
    for opposite in itertools.product(*options):
        if any(own == other == -1 for own, other in zip(key, opposite, strict=True)):
            continue
        for step in (1, -1):
            if all(fits(found, *corner, published) for corner in box(key, opposite, step)):
                return True
    return False


def box(key: tuple[int, ...], opposite: tuple[int, ...], step: int) -> list[tuple[tuple[int, ...], int]]:
    corners: list[tuple[tuple[int, ...], int]] = []
    for choice in itertools.product((0, 1), repeat=len(key)):
        corner = tuple((k, o)[c] for k, o, c in zip(key, opposite, choice, strict=True))
        turns = sum(c for k, o, c in zip(key, opposite, choice, strict=True) if -1 not in {k, o})
        corners.append((corner, step * (-1) ** turns))
    return corners


def fits(found: Protected, cell: tuple[int, ...], step: int, published: set[frozenset[int]]) -> bool:
    count = found.counts.get(cell, 0)
    if count == 0:
        return False
    if frozenset(i for i, v in enumerate(cell) if v != -1) not in published:
        return count + step >= 0
    if cell in found.hidden:
        return count + step >= 1
    return count + step >= 5 and found.rule.rounded(count + step) == found.rule.rounded(count)
