"""Figures and strangers' text."""

from datetime import date

import polars as pl
import pytest

from asccld.reports import display


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 0, "–"), (0, 9, "0%"), (9, 9, "100%"), (1, 3, "33.3%"), (99_999, 100_000, "99.9%"), (1, 100_000, "<0.1%"),
        (1, 2, "50.0%"),
    ],
)  # fmt: skip
def test_a_share_is_never_rounded_to_all_or_nothing(part: int, whole: int, shown: str) -> None:
    assert display.percent(part, whole) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("White British", "White British"),
        ("White\u00a0British", "White[no-break space]British"),
        ("a\r\nb\tc", "a[line break]b[tab]c"),
        ("ab\u202ecd", "ab[U+202E]cd"),
        ("zero\u200bwidth", "zero[U+200B]width"),
        ("x" * 81, "x" * 80 + "… (81 characters)"),
    ],
)
def test_what_cannot_be_seen_is_named(text: str, shown: str) -> None:
    assert display.visible(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Date of Birth", "Date of Birth"), ("Date of Birth, Gender", "Date of Birth…"), ("x" * 20, "x" * 15 + "…")],
)
def test_a_long_text_is_cut_after_a_whole_word(text: str, shown: str) -> None:
    assert display.whole_words(text, 15) == shown


def test_a_column_is_shown_as_its_values_are() -> None:
    texts = ["plain", "a\u200bb", "ä" * 60, "x" * 200, None]
    shown = display.visible_column(pl.Series(texts), 80)
    assert shown.to_list() == [None if text is None else display.visible(text) for text in texts]


def test_words_for_counts_dates_and_sizes() -> None:
    assert display.period((date(2025, 10, 1), date(2026, 9, 30))) == "1 October 2025 to 30 September 2026"
    assert display.period(None) == "not stated"
    assert [display.size(n) for n in (1, 1500, 2_500_000, 3 * 10**9)] == ["1 byte", "1.5 kB", "2.5 MB", "3.0 GB"]
    assert [display.rows_listed(rows) for rows in ([], [7], [7, 1200])] == ["", "row 7", "rows 7, 1200"]
    assert display.rate(None) == "–"
    assert display.value_shown(None) == "(blank)"
