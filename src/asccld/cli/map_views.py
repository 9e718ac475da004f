"""What a mapping did, on the terminal and as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import typer

from asccld.cli.tabular import show_table, talk
from asccld.counting import counted
from asccld.errors import AsccldError

if TYPE_CHECKING:
    from asccld.intake.mapping.report import Report

_SHOWN_FINDINGS = 40
_ENTRIES = 3
_HEAD = 200
_VALUES = ("extract", "column", "local", "rows", "first_row", "field", "value", "how")


def show(result: Report, *, out: Path | None, every: bool) -> None:
    """Where rows and values went; what somebody has to look at comes last, where the eye is."""
    extracts = result.extracts.select("extract", "use", "rows_in", "rows_out", "rows_left_out")
    show_table(extracts.columns, extracts.rows(), as_json=False)
    if result.left_out.height:
        typer.echo("\nLeft out, and why:")
        show_table(result.left_out.columns, result.left_out.rows(), as_json=False)
    if every:
        typer.echo("\nLocal values:")
        table = result.values.select(_VALUES).with_columns(pl.col("local").fill_null("(empty)"))
        show_table(table.columns, table.rows(), as_json=False)
    _findings(result)
    for line in _last_words(result, out):
        talk(line)


def _findings(result: Report) -> None:
    found = result.findings
    if found.is_empty():
        return
    typer.echo("\nTo be looked at:")
    table = found.select("extract", "column", "rows", "first_row", "message", "fix").head(_SHOWN_FINDINGS)
    show_table(table.columns, table.rows(), as_json=False)
    if found.height > _SHOWN_FINDINGS:
        typer.echo(f"and {found.height - _SHOWN_FINDINGS:,} more: --report values.csv has all")


def _last_words(result: Report, out: Path | None) -> Iterator[str]:
    yield from (f"Note: {note}" for note in result.notes)
    if result.unseen.height:
        entries = counted(result.unseen.height, "entry", "entries")
        yield f"In the mapping, but in no row: {entries}, {_first(result.unseen)}"
    if result.empty_fields:
        yield f"Empty columns, which nothing gives: {', '.join(result.empty_fields)}"
    mapping = f"mapping {result.plan.file.path.name} {result.fingerprint}"
    events = counted(result.rows, "event")
    findings = counted(result.findings.height, "finding")
    if out is None:
        yield f"{events} would be written in {result.plan.release.id}, {findings}; {mapping}"
    else:
        yield f"{out}: {events} in {result.plan.release.id}, {findings}; {mapping}"


def _first(unseen: pl.DataFrame) -> str:
    """The first few entries; the report has all."""
    few = [f"'{row['local']}' ({row['list']}, {row['place']})" for row in unseen.head(_ENTRIES).iter_rows(named=True)]
    return ", ".join(few) + ("; --report FILE.json has all" if unseen.height > _ENTRIES else "")


def refuse_strangers(paths: Iterable[Path]) -> None:
    """A report takes the place of an earlier one, and of nothing else: an extract or a mapping may have the name."""
    for path in paths:
        if path.is_file() and path.stat().st_size and not _is_report(path):
            what = "There is a file of this name that asccld map did not write as a report"
            raise AsccldError(what, str(path), "Give another name; nothing was changed")


def _is_report(path: Path) -> bool:
    from asccld.intake.mapping.report import FORMAT
    from asccld.intake.mapping.tallying import VALUE_COLUMNS

    with path.open("rb") as file:
        head = file.read(_HEAD).decode("utf-8-sig", errors="replace")
    signs = (f'"format": "{FORMAT}"', ",".join(VALUE_COLUMNS))
    return any(sign in head for sign in signs)


def write(result: Report, path: Path) -> None:
    """The report as .json, or the local values as .csv."""
    from asccld.reports.files import write_text
    from asccld.reports.tables import write_findings

    if path.suffix.lower() == ".json":
        import json

        write_text(path, json.dumps(result.content, indent=1, ensure_ascii=False) + "\n")
    else:
        write_findings(result.values, path, identifiers_shown=False)
