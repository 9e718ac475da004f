"""Values are written so that the number can be read back, and nothing else is said than the number."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asccld.reports.council.model import Headline, Kind, Value
from asccld.reports.council.wording import change_words, decimals_of, judgement, of_how_many, shown
from reports.council.reading_pages import as_number, places_of

NUMBERS: list[Kind] = ["count", "number", "percent", "money", "days"]


@given(st.sampled_from(NUMBERS), st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9)))
def test_a_number_can_be_read_back(kind: Kind, value: float) -> None:
    text = shown(value, kind, decimals_of([value], kind))
    read = as_number(text.replace("-£", "£-"))
    assert read is not None
    assert abs(read - value) <= 0.5 * 10 ** -places_of(text) + 1e-6
    assert not text.startswith("-0.0") or value < 0
    assert text.lstrip("-£0.,%") or not text.startswith("-"), "no minus before nought"


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (1234, "count", "1,234"),
        (66.66, "percent", "66.7%"),
        (0, "percent", "0.0%"),
        (512.34, "number", "512.3"),
        (-12.5, "money", "-£12.50"),
        (1e6, "money", "£1,000,000.00"),
        (28.0, "days", "28"),
        (28.5, "days", "28.5"),
        (-0.01, "number", "0.0"),
        (None, "count", "–"),
        (float("nan"), "percent", "–"),
        (float("inf"), "number", "–"),
        ("[c]", "count", "[c]"),
        (None, "text", ""),
        (None, "date", ""),
        (date(2026, 3, 31), "date", "31 Mar 2026"),
        (datetime(2026, 3, 31, 9), "date", "31 Mar 2026"),  # noqa: DTZ001 - the collected events' own kind
        (2026, "text", "2026"),
        (True, "text", "yes"),
        ("a\u202eb", "text", "a[U+202E]b"),
    ],
)
def test_each_kind_of_value(value: Value, kind: Kind, text: str) -> None:
    assert shown(value, kind) == text


def test_days_of_a_column_have_the_same_decimals() -> None:
    assert decimals_of([1.0, 2.5], "days") == 1
    assert decimals_of([1.0, 2.0, None], "days") == 0
    assert decimals_of(["a"], "text") is None


def headline(value: float | None, previous: float | None, **more: object) -> Headline:
    known: dict[str, object] = {"numerator": None, "denominator": None, "unit": "%", "kind": "percent"}
    return Headline("Figure", value, previous=previous, **(known | more))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("figure", "change", "judged"),
    [
        (headline(50.0, 40.0, good="up"), "up 10.0 percentage points", "better"),
        (headline(50.0, 40.0, good="down"), "up 10.0 percentage points", "worse"),
        (headline(30.0, 40.0, good="down"), "down 10.0 percentage points", "better"),
        (headline(30.0, 40.0, good="none"), "down 10.0 percentage points", ""),
        (headline(40.0, 40.0, good="up"), "no change", ""),
        (headline(40.01, 40.0, good="up"), "no change", ""),
        (headline(None, 40.0, good="up"), "", ""),
        (headline(40.0, None, good="up"), "", ""),
        (headline(40.0, 30.0, good="up", mark="[c]"), "", ""),
        (headline(12, 10, kind="days", unit="days"), "up 2 days", ""),
        (headline(11, 10, kind="days", unit="days"), "up 1 day", ""),
        (headline(57, 58, good="up"), "down 1 percentage point", "worse"),
        (headline(57, 58, good="up", untold=True), "– (the rounded figures do not tell the change)", ""),
        (headline(12, 10.5, kind="days", unit="days"), "up 1.5 days", ""),
        (headline(1_500, 400, kind="count", unit="people"), "up 1,100", ""),
        (headline(10.5, 12.0, kind="money", unit="£ a week"), "down £1.50", ""),
    ],
)
def test_a_change_is_said_in_words(figure: Headline, change: str, judged: str) -> None:
    assert change_words(figure) == change
    assert judgement(figure) == judged


@pytest.mark.parametrize(
    ("numerator", "denominator", "kind", "text"),
    [
        (12, 1_300, "percent", "12 of 1,300"),
        (12, None, "number", "12 counted"),
        (12, None, "count", ""),
        (None, 10, "percent", ""),
        (0, 0, "percent", "0 of 0"),
    ],
)
def test_of_how_many(numerator: float | None, denominator: float | None, kind: Kind, text: str) -> None:
    assert of_how_many(headline(1.0, None, numerator=numerator, denominator=denominator, kind=kind)) == text
    hidden = headline(None, None, numerator=numerator, denominator=denominator, kind=kind, mark="[c]")
    assert not of_how_many(hidden)
