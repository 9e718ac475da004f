"""A figure is called better or worse only where it moved by more than chance, or noise, explains."""

import polars as pl
import pytest

from asccld.reports.council.judging import (
    Counted,
    goes,
    quality_moved,
    rate_moved,
    share_moved,
    telling,
    tells,
    threshold,
    wait_moved,
)  # fmt: skip
from asccld.reports.council.layout import rows_of


@pytest.mark.parametrize(
    ("now", "then", "moved"),
    [
        ((140, 145), (968, 1_000), False),
        ((560, 1_000), (500, 1_000), True),
        ((520, 1_000), (500, 1_000), False),
        ((19, 19), (0, 19), False),
        ((20, 20), (0, 20), True),
        ((20, 20), (40, 40), False),
        ((0, 0), (40, 40), False),
        ((None, None), (40, 40), False),
    ],
)
def test_shares_differ_by_the_test_of_two_proportions(now: Counted, then: Counted, moved: bool) -> None:
    assert share_moved(now, then) is share_moved(then, now) is moved


@pytest.mark.parametrize(
    ("now", "then", "moved"),
    [
        ((60, 12_000), (30, 12_000), True),
        ((31, 12_000), (30, 12_000), False),
        ((19, 12_000), (0, 12_000), False),
        ((20, 12_000), (0, 12_000), True),
        ((30, None), (60, None), False),
    ],
)
def test_rates_differ_by_the_chance_of_their_numerators(now: Counted, then: Counted, moved: bool) -> None:
    assert rate_moved(now, then) is rate_moved(then, now) is moved


def test_a_median_moved_by_a_tenth_and_two_days_of_enough_waits() -> None:
    assert wait_moved(33, 30, 20, 20)
    assert not wait_moved(32, 30, 20, 20), "less than a tenth"
    assert not wait_moved(6, 5, 200, 200), "a day"
    assert wait_moved(7, 5, 20, 20)
    assert not wait_moved(33, 30, 19, 20)
    assert not wait_moved(None, 30, 20, 20)


def test_quality_moved_by_half_a_point() -> None:
    assert quality_moved(98.5, 98.0, 1_000, 1_000)
    assert not quality_moved(98.4, 98.0, 1_000, 1_000)
    assert not quality_moved(98.5, 90.0, 19, 1_000)


@pytest.mark.parametrize(
    ("shown", "true", "told"),
    [
        (-1, 1.7, False),
        (8, 1.7, False),
        (3, 1.7, True),
        (1, 1.7, True),
        (-4, -8.1, False),
        (1, 0.2, True),
        (0, 0.4, True),
        (0, -3.0, False),
        (1, 0.0, False),
        (None, 1.0, False),
    ],
)
def test_a_rounded_change_is_told_only_with_the_sign_and_about_the_size_of_the_true_one(
    shown: float | None,
    true: float | None,
    told: bool,
) -> None:
    assert tells(shown, true) is told
    frame = pl.DataFrame({"shown": [shown], "true": [true]}, schema={"shown": pl.Float64, "true": pl.Float64})
    assert frame.select(telling(pl.col("shown"), pl.col("true")).fill_null(value=False)).item() is told


def test_each_threshold_has_its_reason() -> None:
    rows = rows_of("judging")
    assert all(row["reason"] and threshold(row["name"]) > 0 for row in rows)
    assert {row["name"] for row in rows} == {"z", "least", "wait_share", "wait_days", "quality_points", "change_factor"}
    assert (goes("up", moved=True), goes("down", moved=True), goes("up", moved=False)) == ("up", "down", "none")
