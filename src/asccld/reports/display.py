"""How figures, dates and strangers' text look in every report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from asccld.counting import counted
from asccld.identifying import HIDDEN
from asccld.reports.rounding import SHARE, rounded_value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
"""Not from the locale: the reports are in English wherever they are made."""

LONGEST_SHOWN = 80
"""Characters of a value that a page shows; the findings file has it whole."""

# Control characters, invisible ones, and those that turn the direction of the text around them. A no-break space is
# among them because it is the usual reason why a value "is in the list" and yet is not.
UNSEEN = "[\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]"
_UNSEEN = re.compile(UNSEEN)
_NAMED = {"\n": "[line break]", "\r": "[line break]", "\t": "[tab]", "\u00a0": "[no-break space]"}


def visible(text: str, limit: int = LONGEST_SHOWN) -> str:
    """The text with unseen characters named, cut to `limit` characters of the original."""
    kept = text[:limit]
    shown = _UNSEEN.sub(lambda found: _NAMED.get(found[0], f"[U+{ord(found[0]):04X}]"), kept.replace("\r\n", "\n"))
    return shown if len(text) <= limit else f"{shown}… ({counted(len(text), 'character')})"


def whole_words(text: str, limit: int) -> str:
    """The text, cut after a whole word where it has more than `limit` characters."""
    if len(text) <= limit:
        return text
    kept, blank, _ = text[: limit + 1].rpartition(" ")
    return f"{(kept if blank else text[:limit]).rstrip(' ,;')}…"


def visible_column(column: pl.Series, limit: int) -> pl.Series:
    """`visible` for a whole column; only the values that need it pass through Python, each once."""
    needy = column.filter((column.str.len_bytes() > limit) | column.str.contains(UNSEEN)).unique()
    if needy.is_empty():
        return column
    return column.replace(needy, pl.Series([visible(text, limit) for text in needy], dtype=pl.String))


def number(count: float) -> str:
    """With thousands separators."""
    return f"{count:,}"


def percent(part: float, whole: float) -> str:
    """A share with one decimal; never rounded up to 100 nor down to 0, and a dash where nothing was counted."""
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "<0.1%"
    if 99.9 < share < 100:
        return "99.9%"
    return f"{rounded_value(share, SHARE):.1f}%" if share % 100 else f"{share:.0f}%"


def rate(share: float | None) -> str:
    """`percent` of a share that has been computed already; None where nothing was counted."""
    return "–" if share is None else percent(share, 1)


def day(moment: date) -> str:
    """`1 October 2025`."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def period(dates: tuple[date, date] | None) -> str:
    """`1 October 2025 to 30 September 2026`."""
    return "not stated" if dates is None else f"{day(dates[0])} to {day(dates[1])}"


def size(count: int) -> str:
    """Bytes as a person says them."""
    for unit, bytes_in_it in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= bytes_in_it:
            return f"{count / bytes_in_it:.1f} {unit}"
    return counted(count, "byte")


def rows_listed(rows: Iterable[int]) -> str:
    """`row 17` or `rows 17, 24, 31`."""
    texts = [str(row) for row in rows]  # as it is typed into Go To or a filter
    return f"{'row' if len(texts) == 1 else 'rows'} {', '.join(texts)}" if texts else ""


def value_shown(value: str | None) -> str:
    """A value for a page: `(blank)` for none, and the word for hidden ones as it is."""
    return "(blank)" if value is None else value if value == HIDDEN else visible(value)
