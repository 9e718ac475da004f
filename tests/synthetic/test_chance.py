"""Draws are plain arithmetic: the same everywhere, evenly spread, and in the shares that were asked for."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asccld.synthetic.chance import mixed, number_of, share, spread, whole
from asccld.synthetic.choices import Weighted

MASK = 2**64 - 1
MANY = pl.DataFrame({"key": pl.int_range(20_000, dtype=pl.UInt64, eager=True)})
KEY = pl.col("key")


def splitmix(key: int, name: str) -> int:
    z = (key * 0x9E3779B97F4A7C15 + number_of(name)) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


@given(st.integers(0, MASK), st.text(max_size=20))
def test_a_key_is_mixed_as_python_would(key: int, name: str) -> None:
    frame = pl.DataFrame({"key": [key]}, schema={"key": pl.UInt64})
    assert frame.select(mixed(KEY, name)).item() == splitmix(key, name)


def test_shares_lie_evenly_between_nought_and_one() -> None:
    drawn = MANY.select(share(KEY, "test"))["key"]
    assert 0 <= float(drawn.min()) < 0.001  # type: ignore[arg-type]
    assert 0.999 < float(drawn.max()) < 1  # type: ignore[arg-type]
    assert drawn.mean() == pytest.approx(0.5, abs=0.01)


def test_two_draws_of_one_key_have_nothing_to_do_with_each_other() -> None:
    frame = MANY.select(a=share(KEY, "one"), b=share(KEY, "two"))
    assert abs(frame.select(pl.corr("a", "b")).item()) < 0.02


def test_whole_numbers_include_both_ends() -> None:
    assert MANY.select(whole(KEY, "test", 3, 7))["literal"].unique().sort().to_list() == [3, 4, 5, 6, 7]


def test_a_few_indexes_are_spread_over_every_twelfth() -> None:
    few = pl.DataFrame({"at": range(30)}).select(twelfth=(spread(pl.col("at")) * 12).floor())
    assert few["twelfth"].n_unique() == 12


def test_weights_are_the_shares_of_what_is_drawn() -> None:
    weighted = Weighted.of(["a", "a", "b", "b", "b"], [3, 1, 1, 1, 2])
    drawn = MANY.select(row=weighted.row(KEY, "test", pl.when(KEY % 2 == 0).then(pl.lit("a")).otherwise(pl.lit("b"))))
    shares = dict(drawn["row"].value_counts(normalize=True).iter_rows())
    assert shares == pytest.approx({0: 0.375, 1: 0.125, 2: 0.125, 3: 0.125, 4: 0.25}, abs=0.02)


def test_a_group_that_the_data_do_not_know_is_an_error() -> None:
    with pytest.raises(pl.exceptions.InvalidOperationError):
        MANY.select(Weighted.of(["a"], [1]).row(KEY, "test", pl.lit("b")))
