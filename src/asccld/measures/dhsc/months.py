"""Months as the dashboard's labels have them."""

from __future__ import annotations

from datetime import date

from asccld.measures.dhsc.figures import MONTHS


def first_of_month(day: date, months_before: int = 0) -> date:
    """The first of the month that lies that many months before; a negative number counts forwards."""
    years, month = divmod(day.year * 12 + day.month - 1 - months_before, 12)
    return date(years, month + 1, 1)


def months_label(first: date, last: date) -> str:
    """`Apr 25 - Mar 26`, in English wherever it runs."""
    return f"{_label(first)} - {_label(last)}"


def _label(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year % 100:02d}"
