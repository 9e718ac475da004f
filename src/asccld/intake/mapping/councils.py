"""The council that the events are of: the check rejects a file that does not say it, or names two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import polars as pl

from asccld.counting import counted
from asccld.identifying import HIDDEN
from asccld.intake.mapping.plan import Plan

LA_CODE: Final = "la_code"
_LIKE_A_CODE: Final = r"^(?:[0-9]{3}|[A-Za-z][A-Za-z0-9]{3}[0-9])$"
_ISSUED_SINCE_2021: Final = 5
"""Characters of a code that no public source has."""
_WHERE: Final = 'la_code = "503" below [constants]; asccld standard list councils has the codes'
_FEW: Final = 5


class Complaint(NamedTuple):
    """What is wrong with the council of some events."""

    rows: int
    first_row: int | None
    message: str
    fix: str


def counted_councils(codes: pl.Series, rows: pl.Series) -> pl.DataFrame:
    """Code, how many rows have it, and the first of them."""
    found = pl.DataFrame([codes.alias("code"), rows.alias("row")])
    return found.group_by("code").agg(pl.len().alias("rows"), pl.col("row").min().alias("first_row"))


def complaints(parts: Sequence[pl.DataFrame], plan: Plan) -> Iterator[Complaint]:
    """Events without a council, of one that nobody knows or that is no more, and of several."""
    if not parts:
        return
    every = pl.concat(parts)
    code, several = pl.col("code"), every["code"].drop_nulls().n_unique()
    # what has another form, or is one of many, may be somebody's number
    safe = code.is_in(list(plan.councils)) | (code.str.contains(_LIKE_A_CODE) & (several <= _FEW))
    shown = pl.when(code.is_null() | safe).then(code).otherwise(pl.lit(HIDDEN))
    found = every.group_by(shown).agg(pl.col("rows").sum(), pl.col("first_row").min()).sort("first_row")
    for text, rows, first in found.iter_rows():
        if told := _told(text, plan):
            yield Complaint(rows, first, *told)
    if several > 1:
        names = ", ".join(found["code"].drop_nulls().head(_FEW))
        what = f"The events are of {counted(several, 'council')}: {names}"
        yield Complaint(int(found["rows"].sum()), None, what, "Submit one file for each council")


def _told(code: str | None, plan: Plan) -> tuple[str, str] | None:
    if code is None:
        return "No LA Code: the file will be rejected", f"Write {_WHERE}"
    council = plan.councils.get(code)
    if council is None and len(code) == _ISSUED_SINCE_2021:
        return None
    if council is None or council.status == "pseudo":
        what = f"'{code}' is the LA Code of no council that we know"
        return what, f"Correct it, or write {_WHERE}, but not all that were given out since 2021"
    if council.to_date is not None and council.to_date < plan.start:
        return f"{council.name} ({code}) is no council any more", "Use the LA Code of its successor"
    return None
