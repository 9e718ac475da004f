"""Distinct texts are found whatever their number, so that no two combinations are ever taken for one."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from asccld.intake.mapping.values import indexed

CELLS = st.one_of(st.none(), st.sampled_from(["", "a", "A", "b", "ü"]), st.text(max_size=3))


@settings(deadline=None)
@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.tuples(*[CELLS] * n), max_size=30).map(lambda rows: (n, rows))))
def test_every_row_finds_its_own_texts_again(made: tuple[int, list[tuple[str | None, ...]]]) -> None:
    width, rows = made
    frame = pl.DataFrame(rows, schema=dict.fromkeys(map(str, range(width)), pl.String), orient="row")
    index, texts = indexed(frame.get_columns())
    assert texts.unique().height == texts.height
    assert texts[index].rows() == rows


def test_many_different_texts_in_many_columns_stay_apart() -> None:
    numbers = pl.int_range(70_000, eager=True)
    columns = [(numbers * step % 70_001).cast(pl.String) for step in (1, 3, 7, 11, 13)]
    index, texts = indexed(columns)
    assert (texts.height, index.n_unique()) == (70_000, 70_000)
    assert texts[index].get_columns()[4].equals(columns[4])
