"""Which pseudonyms agree with which: a purpose for each kind of identifier.

An NHS number is one person wherever it stands, so its pseudonyms agree between councils. A council's own number is one
person in that council only: without the council in the purpose, person 1001 of one council would seem to be person 1001
of another.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from asccld.errors import AsccldError
from asccld.identifying.patterns import nhs_check_digit_holds, nhs_digits
from asccld.privacy.keys import PseudonymKey

NHS_NUMBER: Final = "nhs-number"
"""The purpose under which NHS numbers are pseudonymised."""

_BETWEEN_DIGITS = r"[\s\-]"
_SAME_DIGITS = 1_111_111_111


def local_person(la_code: str) -> str:
    """The purpose under which one council's own person identifiers are pseudonymised."""
    code = la_code.strip().lower()
    if not code:
        raise AsccldError(
            "A person identifier belongs to a council, and none was named", None, "Give the council's code"
        )
    return f"local-person/{code}"


def valid_nhs_numbers(texts: pl.Series) -> pl.Series:
    """The ten digits of each text that is an NHS number, else null.

    Blanks and hyphens between digits do not matter. A number with a wrong check digit, and a placeholder such as
    0000000000 or 9999999999, is null: pseudonyms of "not known" would make one person of everybody who has it.
    """
    number = pl.col("number")
    return (
        texts.cast(pl.String)
        .to_frame("text")
        .select(text=pl.col("text").str.replace_all(_BETWEEN_DIGITS, ""))
        .with_columns(number=nhs_digits(pl.col("text")))
        .select(
            pl.when(nhs_check_digit_holds(number) & (number % _SAME_DIGITS != 0)).then("text").alias(texts.name),
        )
        .to_series()
    )


def nhs_number_pseudonyms(key: PseudonymKey, texts: pl.Series) -> pl.Series:
    """Pseudonyms of NHS numbers, the same in every council; null where a text is no NHS number."""
    return key.pseudonyms(valid_nhs_numbers(texts), NHS_NUMBER)


def person_pseudonyms(key: PseudonymKey, texts: pl.Series, la_code: str) -> pl.Series:
    """Pseudonyms of a council's own identifiers, the same for persons and for those linked to them."""
    return key.pseudonyms(texts, local_person(la_code))
