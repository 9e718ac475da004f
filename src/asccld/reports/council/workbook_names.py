"""Names that a workbook can hold: of sheets, of tables and of their columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from asccld.reports.display import UNSEEN, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asccld.reports.council.model import Report

LONGEST_SHEET_NAME: Final = 31
LONGEST_HEADING: Final = 240
"""Characters of a heading: Excel takes 255, and a number may follow."""
RESERVED: Final[tuple[str, ...]] = ("contents", "chart data", "history")
"""Sheets of ours, and the name that Excel keeps for itself."""
Sheets = list[tuple[str, str]]
"""The sheets of a chapter in their order: the name of each, and the title of what is on it."""
_FORBIDDEN = re.compile(rf"[\[\]:*?/\\]|{UNSEEN}")
_NO_NAME = re.compile(r"\W+", re.ASCII)


def sheet_names(report: Report) -> dict[str, str]:
    """A name for the sheet of each chapter: what stands before the colon of its title, short and once only."""
    taken: set[str] = set(RESERVED)
    names: dict[str, str] = {}
    for chapter in report.chapters:
        names[chapter.slug] = free_name(chapter.title.partition(":")[0], taken)
    return names


def free_name(text: str, taken: set[str]) -> str:
    """The text as the name of a sheet; with a number where a sheet has it already."""
    plain = " ".join(_FORBIDDEN.sub(" ", text).split()).strip("'") or "Sheet"
    name, number = _cut(plain, LONGEST_SHEET_NAME), 1
    while name.lower() in taken:
        number += 1
        end = f" ({number})"
        name = _cut(plain, LONGEST_SHEET_NAME - len(end)) + end
    taken.add(name.lower())
    return name


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    kept, blank, _ = text[: length + 1].rpartition(" ")
    return (kept if blank else text[:length]).rstrip(" ,;")


def quoted(name: str) -> str:
    """The name of a sheet as it stands between apostrophes."""
    return name.replace("'", "''")


def table_name(*parts: str) -> str:
    """A name for a table or a range: letters, digits and underscores, and never like a cell or a number."""
    return "t_" + _NO_NAME.sub("_", "_".join(parts)).strip("_").lower()[:200]


def headings(texts: Iterable[str]) -> list[str]:
    """Headings of a table, none of them blank and each once: Excel repairs a table that has one twice."""
    seen: set[str] = set()
    made: list[str] = []
    for text in texts:
        plain = _cut(visible(" ".join(text.split()), LONGEST_HEADING), LONGEST_HEADING) or "Column"
        name, number = plain, 1
        while name.lower() in seen:
            number += 1
            name = f"{plain} ({number})"
        seen.add(name.lower())
        made.append(name)
    return made
