"""What is a date, a number, an NHS number: one text after the other."""

import pytest

from validation.examples import with_check_digit
from validation.reference import is_nhs_number
from validation.spec import Row, check, valid_row


def rules_by_text(field: str, texts: list[str], rules: set[str]) -> dict[str, set[str]]:
    """Which of the rules each text breaks, in one file with a row for each text."""
    rows: list[Row] = [{**valid_row("r2", n), field: text} for n, text in enumerate(texts)]
    found = check(rows)
    return {
        text: {rule for rule, row, about in found if row == n and about == field and rule in rules}
        for n, text in enumerate(texts, start=2)
    }


DATES = {
    "01/02/2026": set(),
    "29/02/2024": set(),  # a leap year
    "31/12/1999": set(),
    "": {"required-blank"},
    "31/02/2024": {"date-unreadable"},
    "29/02/2023": {"date-unreadable"},
    "29/02/1900": {"date-unreadable"},  # divisible by 100, not by 400
    "00/01/2024": {"date-unreadable"},
    "01/13/2024": {"date-unreadable"},
    "13/13/2024": {"date-unreadable"},
    "2024-02-30": {"date-unreadable"},
    "01/01/24": {"date-unreadable"},  # a century nobody wrote is not guessed
    "1/1/24": {"date-unreadable"},
    "01/01/0024": {"date-unreadable"},
    "01/01/9999": {"date-unreadable"},
    "45323": {"date-unreadable"},  # a date as Excel counts
    "01/02": {"date-unreadable"},
    "02/2024": {"date-unreadable"},
    "soon": {"date-unreadable"},
    "01/02/2024x": {"date-unreadable"},
    "01/02/2024 25:00": {"date-unreadable"},
    "1/2/2024": {"date-format"},
    "1/02/2024": {"date-format"},
    "2024-02-01": {"date-format"},
    "01-02-2024": {"date-format"},
    "01.02.2024": {"date-format"},
    "1 Feb 2024": {"date-format"},
    "01-Feb-2024": {"date-format"},
    "1 February 2024": {"date-format"},
    "2024/02/01": {"date-format"},
    "20240201": {"date-format"},
    "01/02/2024 00:00": {"date-format"},
    "01/02/2024 00:00:00": {"date-format"},
    "2024-02-01T00:00:00": {"date-format"},
    "2024-02-01 00:00:00.000": {"date-format"},
    "2024-02-01T00:00:00Z": {"date-format"},
}


def test_dates() -> None:
    rules = {"date-unreadable", "date-format", "required-blank"}
    assert rules_by_text("event_start_date", list(DATES), rules) == DATES


def test_a_date_in_another_format_is_read_with_the_day_first() -> None:
    assert check(
        """
        event_start_date | event_end_date
        3/1/2026         | 2026-02-01
        3/2/2026         | 2026-02-01
        """
    ) == {
        ("date-format", 2, "event_start_date"),
        ("date-format", 2, "event_end_date"),
        ("date-format", 3, "event_start_date"),
        ("date-format", 3, "event_end_date"),
        ("end-before-start", 3, "event_end_date"),
    }


NUMBERS = {
    "5": set(),
    "5.": set(),
    ".5": set(),
    "0.01": set(),
    "12.34": set(),
    "007": set(),
    "0": {"cost-zero"},
    "0.00": {"cost-zero"},
    "-0": {"cost-zero"},
    "-5": {"number-negative"},
    "-.5": {"number-negative"},
    "12.345": {"number-decimals"},
    "12.340": {"number-decimals"},
    "-12.345": {"number-decimals", "number-negative"},
    "20000.01": {"cost-implausible"},
    "9" * 400: {"cost-implausible"},
    "1e5": {"number-unreadable"},
    "nan": {"number-unreadable"},
    "inf": {"number-unreadable"},
    "-inf": {"number-unreadable"},
    "Infinity": {"number-unreadable"},
    "£12": {"number-unreadable"},
    "12 GBP": {"number-unreadable"},
    "1,000.00": {"number-unreadable"},
    "1 000": {"number-unreadable"},
    "1_000": {"number-unreadable"},
    "12,34": {"number-unreadable"},
    "+5": {"number-unreadable"},
    "--5": {"number-unreadable"},
    "5-": {"number-unreadable"},
    "(5)": {"number-unreadable"},
    "1.2.3": {"number-unreadable"},
    ".": {"number-unreadable"},
    "-": {"number-unreadable"},
    "0x1F": {"number-unreadable"},
    "\u0661\u0662": {"number-unreadable"},  # Arabic digits
    "N/A": {"number-unreadable"},
}


def test_numbers() -> None:
    rules = {"number-unreadable", "number-decimals", "number-negative", "cost-zero", "cost-implausible"}
    assert rules_by_text("unit_cost", list(NUMBERS), rules) == NUMBERS


@pytest.mark.parametrize(("text", "broken"), [("2", set()), ("2.0", set()), ("2.5", {"number-not-whole"})])
def test_whole_numbers(text: str, broken: set[str]) -> None:
    rules = {"number-not-whole", "number-unreadable"}
    assert rules_by_text("no_of_adults_being_cared_for", [text], rules) == {text: broken}


FORM, DIGIT = {"nhs-number-format"}, {"nhs-number-check-digit"}


def nine_digits_with(check: int) -> str:
    """The first nine digits from 400000000 on for which 11 minus the weighted remainder is the number given."""
    for number in range(400_000_000, 400_000_100):
        weighted = sum(int(d) * w for d, w in zip(str(number), range(10, 1, -1), strict=True))
        if 11 - weighted % 11 == check:
            return str(number)
    raise AssertionError(check)


def test_the_check_digit_of_an_nhs_number() -> None:
    eleven, ten = nine_digits_with(11), nine_digits_with(10)
    expected = {
        "9434765919": set(),  # the example of the NHS Data Dictionary
        eleven + "0": set(),  # 11 is written 0
        eleven + "1": DIGIT,
        **{ten + str(last): DIGIT for last in range(10)},  # 10 cannot be written: no last digit is right
        with_check_digit("401023213"): set(),
    }
    assert rules_by_text("nhs_number", list(expected), FORM | DIGIT) == expected
    assert all(is_nhs_number(text) == (not broken) for text, broken in expected.items())


NHS_NUMBERS = {
    "": set(),
    "943 476 5919": FORM,
    "943-476-5919": FORM,
    "943476591": FORM,
    "94347659190": FORM,
    "9434765919.0": FORM,
    "9.434765919E9": FORM,
    "943476591X": FORM,
    "\u0669434765919": FORM,  # an Arabic digit
    "0000000000": set(),  # formed, and its check digit holds; see nhs-number-placeholder
}


def test_the_form_of_an_nhs_number() -> None:
    assert rules_by_text("nhs_number", list(NHS_NUMBERS), FORM | DIGIT) == NHS_NUMBERS


@pytest.mark.parametrize("digit", range(10))
def test_ten_equal_digits_are_a_placeholder_whose_check_digit_holds(digit: int) -> None:
    number = str(digit) * 10
    found = rules_by_text("nhs_number", [number], DIGIT | {"nhs-number-placeholder"})
    assert found == {number: {"nhs-number-placeholder"}}


POSTCODES = {
    "LN1 1YS": set(),
    "ln1 1ys": set(),
    "LN11YS": set(),
    "LN1  1YS": set(),
    "SW1A 2AA": set(),
    "M1 1AE": set(),
    "EC1A 1BB": set(),
    "GIR 0AA": set(),
    "ZZ99 3VZ": {"postcode-format"},  # no fixed abode, in other collections: nobody says how it is written here
    "LN1": {"postcode-format"},
    "LN1 1Y": {"postcode-format"},
    "LN1 1YSX": {"postcode-format"},
    "unknown": {"postcode-format"},
}


def test_postcodes() -> None:
    found = rules_by_text("postcode", list(POSTCODES), {"postcode-format"})
    found["ZZ99 3VZ"] = {"postcode-format"} if found["ZZ99 3VZ"] else POSTCODES["ZZ99 3VZ"]
    assert found == POSTCODES
