"""A report at one glance: its key figures as tables on a terminal, as plain text in a pipe."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from asccld.counting import counted
from asccld.reports.council.model import GROUPS, PERSONAL_BANNER, SHAREABLE_BANNER
from asccld.reports.council.wording import change_words, headline_value, judgement, of_how_many, unit_of
from asccld.reports.display import day, period, visible, whole_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.table import Table

    from asccld.reports.council.model import Chapter, Headline, Report

COLUMNS: Final = ("Figure", "This period", "Of", "Previous", "Change", "England")
WIDEST_LABEL: Final = 60
GIVEN_UP: Final = ((100, "Of"), (85, "England"), (70, "Previous"))
"""On terminals narrower than this many characters a column is left out, so that the others can be read."""
_NUMBERS: Final = {"This period", "Of", "Previous", "England"}
_STYLES: Final = {"better": "green", "worse": "red"}

Row = tuple[str, ...]


def print_summary(report: Report, *, console: Console | None = None) -> None:
    """Print the key figures by group, and why others are missing.

    Without a console: tables on a terminal, plain text when standard output is not one.
    """
    if console is None and not sys.stdout.isatty():
        encoding: str = sys.stdout.encoding or "utf-8"
        for line in summary_lines(report):
            # A console with a small character set gets a question mark instead of an error.
            sys.stdout.write(line.encode(encoding, errors="replace").decode(encoding) + "\n")
        return
    _print_rich(report, console)


def summary_lines(report: Report) -> Iterator[str]:
    """The summary as plain text."""
    yield from _head(report)
    for title, heads, rows in _tables(report):
        yield ""
        yield title
        shown = [heads, *rows]
        used = [place for place in range(len(COLUMNS)) if any(row[place] for row in rows)]
        widths = {place: max(len(row[place]) for row in shown) for place in used}
        for row in shown:
            cells = (row[p].rjust(widths[p]) if COLUMNS[p] in _NUMBERS else row[p].ljust(widths[p]) for p in used)
            yield f"  {'  '.join(cells)}".rstrip()
    yield from _missing(report)


def _head(report: Report) -> Iterator[str]:
    yield visible(report.title, 200)
    yield f"{period(report.period)}" + (f", compared with {period(report.previous)}" if report.previous else "")
    if report.personal:
        yield PERSONAL_BANNER
    if report.shareable:
        yield SHAREABLE_BANNER
    yield from (f"Note: {visible(note, 400)}" for note in report.notes)


def _tables(report: Report) -> Iterator[tuple[str, Row, list[Row]]]:
    """Title, headings and rows of each group of figures."""
    for group, title in GROUPS.items():
        rows = [_row(headline) for chapter in report.of_group(group) for headline in chapter.headlines]
        if rows:
            yield title, _heads(report.of_group(group)), rows


def _heads(chapters: Sequence[Chapter]) -> Row:
    """The headings, over figures of files with which files they are of."""
    told = next((chapter.heads for chapter in chapters if chapter.heads), ("This period", "Previous"))
    return tuple({"This period": told[0], "Previous": told[1]}.get(name, name) for name in COLUMNS)


def _row(headline: Headline) -> Row:
    value = visible(headline.mark, WIDEST_LABEL) or headline_value(headline.value, headline)
    unit = "" if headline.mark or headline.value is None else unit_of(headline)
    told = (headline.previous, headline.england)
    before, england = ("" if v is None else headline_value(v, headline) for v in told)
    change = ", ".join(filter(None, (change_words(headline), judgement(headline))))
    return (
        whole_words(visible(headline.label, 400), WIDEST_LABEL),
        f"{value} {unit}".rstrip(),
        of_how_many(headline),
        before,
        change,
        england,
    )


def _missing(report: Report) -> Iterator[str]:
    without: Sequence[Chapter] = [chapter for chapter in report.chapters if chapter.missing]
    if without:
        yield ""
        yield f"{counted(len(without), 'chapter')} without figures"
        yield from (
            f"  {whole_words(visible(chapter.title, 400), WIDEST_LABEL)}: {visible(chapter.missing, 400)}"
            for chapter in without
        )
    yield ""
    made_by = "; ".join(f"{name}: {value}" for name, value in report.versions)
    yield f"Made on {day(report.made_at)}. {visible(made_by, 1_000)}"


def _print_rich(report: Report, console: Console | None) -> None:
    from rich.console import Console
    from rich.text import Text

    console = console or Console(highlight=False)
    first, *others = _head(report)
    console.print(Text(first, style="bold"))
    for line in others:
        console.print(Text(line, style="bold red" if line == PERSONAL_BANNER else ""))
    for title, heads, rows in _tables(report):
        console.print()
        console.print(_rich_table(title, heads, rows, console.width))
    for line in _missing(report):
        console.print(Text(line, style="dim" if line.startswith("Made on") else ""))


def _rich_table(title: str, heads: Row, rows: Sequence[Row], width: int) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    left_out = {name for narrow, name in GIVEN_UP if width < narrow}
    used = [p for p, name in enumerate(COLUMNS) if name not in left_out and any(row[p] for row in rows)]
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=box.SIMPLE_HEAD)
    for place in used:
        right = COLUMNS[place] in _NUMBERS
        table.add_column(heads[place], justify="right" if right else "left", overflow="fold", min_width=12)
    for row in rows:
        style = next((_STYLES[word] for word in _STYLES if row[4].endswith(word)), "")
        table.add_row(*(Text(row[p], style=style if p == 4 else "bold" if p == 1 else "") for p in used))
    return table
