"""Forms of identifiers and the NHS number's check digit.

Source of the NHS number: NHS Data Dictionary (ten digits, weights 10 to 2, modulus 11). The forms of postcodes, GP
practice codes and CQC locations are the usual conventions: the standard gives none (confidence: inferred).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import polars as pl

FORMATS = {
    "nhs-number": r"^[0-9]{10}$",
    "postcode": (
        r"^(?i:GIR ?0AA|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]|[A-HK-Y][0-9](?:[0-9]|[ABEHMNPRV-Y])|[0-9][A-HJKPS-UW])"
        r" *[0-9][ABD-HJLNP-UW-Z]{2})$"
    ),
    "gp-practice-code": r"^(?i:[A-HJ-NPVWY])[0-9]{5}$",
    "cqc-location-id": r"^1-[0-9]{5,12}$",
    "la-code": r"^(?:[0-9]{3}|[A-Za-z0-9]{5})$",
}


def nhs_digits(value: pl.Expr) -> pl.Expr:
    """A ten-digit text as a number (UInt64); null where it has no such form."""
    return pl.when(value.str.contains(FORMATS["nhs-number"])).then(value.cast(pl.UInt64, strict=False))


def nhs_check_digit_holds(number: pl.Expr) -> pl.Expr:
    """True where the last of ten digits agrees with the others."""
    digits = [(number // 10**power) % 10 for power in range(9, -1, -1)]
    # the check digit makes the sum with weights 10..1 a multiple of 11; remainder 10 has no digit and never agrees
    weighted = reduce(
        lambda a, b: a + b, (digit * weight for digit, weight in zip(digits, range(10, 0, -1), strict=True))
    )
    return weighted % 11 == 0


def in_ranges(number: pl.Expr, ranges: str) -> pl.Expr:
    """True where a number lies in one of the ranges "low-high low-high"."""
    bounds: Sequence[tuple[int, int]] = [(int(low), int(high)) for low, high in (r.split("-") for r in ranges.split())]
    return reduce(lambda a, b: a | b, (number.is_between(low, high) for low, high in bounds))
