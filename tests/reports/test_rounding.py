"""Halves are rounded away from nought, in a column as in a single number."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asccld.reports.rounding import rounded, rounded_value, share_of


def of_column(numbers: list[float | None], decimals: int) -> list[float | None]:
    frame = pl.DataFrame({"n": numbers}, schema={"n": pl.Float64})
    return frame.select(rounded(pl.col("n"), decimals))["n"].to_list()


@pytest.mark.parametrize(
    ("number", "decimals", "wanted"),
    [
        (6.25, 1, 6.3), (68.75, 1, 68.8), (-6.25, 1, -6.3), (1.005, 2, 1.01), (2.5, 0, 3.0), (0.5, 0, 1.0),
        (92.09999999999999, 1, 92.1), (451767.333937935, 2, 451767.33), (0.04, 1, 0.0), (0.0, 1, 0.0),
    ],
)  # fmt: skip
def test_a_half_goes_away_from_nought(number: float, decimals: int, wanted: float) -> None:
    assert rounded_value(number, decimals) == wanted
    assert of_column([number, number], decimals) == [wanted, wanted]


@given(st.floats(-1e9, 1e9), st.integers(0, 2))
def test_a_column_is_rounded_as_each_of_its_numbers(number: float, decimals: int) -> None:
    made, _ = of_column([number, 1.0], decimals)
    assert made == rounded_value(number, decimals)
    assert made is not None
    assert f"{made:.2f}" != "-0.00", "no minus before nought"
    assert abs(made - number) <= 0.5 * 10**-decimals + 1e-6


def test_no_noise_is_left() -> None:
    tenths = [n / 10 for n in range(2_000)]
    assert of_column([n + 1e-12 for n in tenths], 1) == tenths


def test_what_is_missing_stays_so() -> None:
    assert of_column([None, 6.25], 1) == [None, 6.3]
    assert share_of(1, 16) == 6.3
