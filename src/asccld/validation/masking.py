"""Keeping values that could point at a person out of findings, reports and logs.

A field marked identifying is never shown. But people's details also turn up in the wrong column; a value shown from any
other field must not look like one of them.
"""

from __future__ import annotations

import re

import polars as pl

from asccld.validation.patterns import nhs_check_digit_holds, nhs_digits
from asccld.validation.result import HIDDEN

SHOWN_CHARACTERS = 200
WORD = r"[^\W\d_]+"
"""A run of letters."""

_POSTCODE_OR_MAIL = r"(?i:\b[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}\b)|@"
_NHS_NUMBER = r"\b(?:[0-9]{10}|[0-9]{3} [0-9]{3} [0-9]{4}|[0-9]{3}-[0-9]{3}-[0-9]{4})\b"
_TEN_DIGITS = r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}"
_LOOKS_IDENTIFYING = (
    r"(?:\d[ -]?){10}"  # an NHS number, however it is grouped; also telephone and bank numbers
    r"|" + _POSTCODE_OR_MAIL + r"|\b\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b"  # a date
)
_PATTERN = re.compile(_LOOKS_IDENTIFYING)
_WORD = r"[A-Za-z'-]{4,}"
"""Letters enough for a name; "N/A", "GBP" or "Feb" stay readable."""
_TWO_WORDS = r"[A-Za-z'-]{2,},?\s+[A-Za-z'-]{2,}"


def shown(text: str) -> str:
    """A value of a list column as it may be shown: cut to length, hidden when it looks identifying."""
    return HIDDEN if _PATTERN.search(text) else text[:SHOWN_CHARACTERS]


def folded_words(text: str) -> list[str]:
    """The words of a text as names are compared: letters only, without regard to case."""
    return re.findall(WORD, text.casefold())


def shown_references(references: pl.Series) -> pl.Series:
    """Event references as they may be shown: long numbers are usual there, so only a true NHS number is hidden."""
    asked = references.to_frame("reference").select(
        words=pl.col("reference").str.contains(_POSTCODE_OR_MAIL + "|" + _TWO_WORDS).fill_null(value=False),
        numbers=pl.col("reference").str.contains(_NHS_NUMBER).fill_null(value=False),
    )
    hidden = asked["words"]
    if asked["numbers"].any():
        at = asked["numbers"].arg_true()
        number = pl.col("reference").str.extract(f"({_NHS_NUMBER})").str.replace_all("[ -]", "")
        holds = (
            references.gather(at).to_frame("reference").select(nhs_check_digit_holds(nhs_digits(number))).to_series()
        )
        at = at.filter(holds.fill_null(value=False))
        hidden = hidden.scatter(at, pl.repeat(True, at.len(), eager=True))
    return references.set(hidden, HIDDEN) if hidden.any() else references


def shown_value(value: pl.Expr, field_type: str) -> pl.Expr:
    """A value of a free column as it may be shown: hidden when it looks identifying or like a name."""
    # a date column may show dates, a code or number column may show long digits only where that is its own form
    pattern = (_TEN_DIGITS + "|" + _POSTCODE_OR_MAIL if field_type == "date" else _LOOKS_IDENTIFYING) + "|" + _WORD
    own_form = value.str.contains(r"^1-\d{5,12}$")  # a CQC location
    return (
        pl.when(value.str.contains(pattern) & ~own_form)
        .then(pl.lit(HIDDEN))
        .otherwise(value.str.head(SHOWN_CHARACTERS))
    )
