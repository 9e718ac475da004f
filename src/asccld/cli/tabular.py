"""Tables on stdout: rich on a terminal, aligned text in a pipe, JSON when asked for. Talk goes to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence

import typer

from asccld.errors import harmless


def show_table(header: Sequence[str], rows: Iterable[Sequence[object]], *, as_json: bool, title: str = "") -> None:
    """Print one table; None is blank."""
    cells = [["" if c is None else str(c) for c in row] for row in rows]
    if as_json:
        show_json([dict(zip(header, row, strict=True)) for row in cells])
        return
    header = [harmless(name) for name in header]
    cells = [[harmless(c) for c in row] for row in cells]  # an official workbook is a stranger too
    if sys.stdout.isatty():
        _rich(header, cells, title)
    else:
        typer.echo(_aligned(header, cells))


def show_json(content: object) -> None:
    """Print one JSON document."""
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False, default=str))


def talk(text: str) -> None:
    """Say something to the person; never part of the data."""
    typer.echo(harmless(text), err=True)


def _aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [list(header), *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def _rich(header: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", header_style="bold")
    for name in header:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(c) for c in row))
    Console().print(table)
