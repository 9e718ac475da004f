"""The result on the terminal, or as plain text where the output goes into a file or another program."""

from __future__ import annotations

import sys
import textwrap
from typing import IO, TYPE_CHECKING

from asccld.counting import all_of, counted
from asccld.reports.display import number, period, size, visible
from asccld.reports.faults import checks_of, most_frequent
from asccld.validation.result import SEVERITIES, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import Console

    from asccld.reports.faults import Check
    from asccld.validation.result import ValidationResult

Line = list[tuple[str, str]]
"""Pieces of text with their style; the text says everything, the style only repeats it."""

FAULTS_SHOWN = 10

_VERDICT_STYLES: dict[Verdict, str] = {
    "ACCEPTED": "bold white on dark_green",
    "ACCEPTED WITH ERRORS": "bold black on yellow",
    "REJECTED": "bold white on dark_red",
}
_STYLES: dict[Severity, str] = {"reject": "bold red", "error": "red", "warning": "yellow", "info": "cyan"}


def print_result(
    result: ValidationResult, *, console: Console | None = None, findings_path: Path | None = None
) -> None:
    """Print verdict, counts, the most frequent faults and where the rest is.

    Without a console: in colour on a terminal, plain when standard output is not one.
    """
    if console is None and not sys.stdout.isatty():
        _print_plain(result, sys.stdout, findings_path)
    elif console is not None and not console.is_terminal:
        _print_plain(result, console.file, findings_path)
    else:
        _print_rich(result, console, findings_path)


def lines_of(
    result: ValidationResult, *, findings_path: Path | None = None, width: int | None = None
) -> Iterator[Line]:
    """What is printed, line by line; long texts are wrapped to `width`, or not at all without one."""
    yield [(result.verdict, _VERDICT_STYLES[result.verdict]), (f"  {visible(result.file.path.name)}", "bold")]
    for reason in result.reasons:
        yield from _hanging("  - ", visible(reason, 300), width)
    yield []
    yield from _facts(result, width)
    yield []
    yield from _counts(result)
    yield []
    yield from _faults(result, width)
    yield from _hanging("", _whereabouts(result, findings_path), width)
    yield from _hanging("", _provenance(result), width, "dim")


def _facts(result: ValidationResult, width: int | None) -> Iterator[Line]:
    file, release = result.file, result.release
    shape = f"{counted(file.rows, 'row')}, {counted(file.columns, 'column')}, {size(file.size_bytes)}"
    code = f"LA Code {result.la_code}" if result.la_code else "no LA Code"
    how = "chosen by you" if release.given else visible(release.reason, 300)
    yield from _hanging("File      ", f"{visible(file.path.name)}: {shape}", width)
    yield from _hanging("Council   ", f"{visible(result.la_name or 'not recognised')} ({visible(code)})", width)
    yield from _hanging("Period    ", f"{period(result.period)}{_events_say(result)}", width)
    yield from _hanging("Release   ", f"{release.title}: {how}", width)
    for note in file.notes:
        yield from _hanging("Note      ", visible(note, 300), width)
    if result.identifiers_shown:
        yield from _hanging("Caution   ", "Identifying values are shown; do not pass them on.", width, "bold red")


def _events_say(result: ValidationResult) -> str:
    if result.derived_period is None or result.derived_period == result.period:
        return ""
    return f"; its events show {period(result.derived_period)}"


def _counts(result: ValidationResult) -> Iterator[Line]:
    yield [(f"{'':10}{'findings':>12}{'rows with one':>16}", "dim")]
    for severity in SEVERITIES:
        found, rows = result.counts.get(severity, 0), result.rows_with.get(severity, 0)
        yield [(f"{severity:10}", _STYLES[severity]), (f"{number(found):>12}{number(rows):>16}", "")]


def _faults(result: ValidationResult, width: int | None) -> Iterator[Line]:
    faults = most_frequent(checks_of(result, examples=False))
    if not faults:
        yield [("No rule found anything.", "")]
        yield []
        return
    shown = faults[:FAULTS_SHOWN]
    heading = (
        "Most frequent faults"
        if len(faults) <= len(shown)
        else f"The {len(shown)} most frequent of {len(faults)} faults, the most severe first"
    )
    yield [(heading, "bold")]
    for fault in shown:
        yield from _fault(fault, width)
    yield []


def _fault(fault: Check, width: int | None) -> Iterator[Line]:
    example = f", for example row {fault.rows[0]}" if fault.rows else ""
    count, severity = f"{number(fault.failed):>10}  ", f"{fault.severity:8} "
    first, *rest = _hanging(count + severity, f"{fault.title}: {fault.place}{example}", width)
    yield [(count, ""), (severity, _STYLES[fault.severity]), *first[1:]]
    yield from rest


def _whereabouts(result: ValidationResult, findings_path: Path | None) -> str:
    listed = result.findings.height
    if findings_path is not None:
        return f"{_listed(listed, sum(result.counts.values()))}: {visible(str(findings_path), 300)}"
    return (
        "Every finding with row, value and remedy: --findings FILE.csv or .parquet; report: --report FILE.html or .xlsx"
    )


def _listed(listed: int, found: int) -> str:
    if listed == found:
        return f"{all_of(found, 'finding')}, each with row, value and remedy"
    first = "of some rules only the first 1,000"
    return f"{number(listed)} of {counted(found, 'finding')} ({first}), each with row, value and remedy"


def _provenance(result: ValidationResult) -> str:
    made = result.provenance
    overlay = f", overlay from {', '.join(visible(name) for name in made.adopted)}" if made.adopted else ", no overlay"
    mapping = f", mapping {visible(result.file.mapping)}" if result.file.mapping else ""
    rules = f"standard {made.standard}, rules {made.rules}, policy {visible(made.policy)}"
    return f"asccld {made.version}, {rules}{overlay}{mapping}"


def _hanging(first: str, text: str, width: int | None, style: str = "") -> Iterator[Line]:
    """The text behind `first`, further lines indented below it."""
    wrapped = (
        [text] if width is None else textwrap.wrap(text, max(width - len(first), 20), break_on_hyphens=False) or [""]
    )
    yield [(first, "" if text else style), (wrapped[0], style)]
    for line in wrapped[1:]:
        yield [(" " * len(first), ""), (line, style)]


def _print_plain(result: ValidationResult, stream: IO[str], findings_path: Path | None) -> None:
    encoding: str = getattr(stream, "encoding", None) or "utf-8"
    for line in lines_of(result, findings_path=findings_path):
        text = "".join(piece for piece, _ in line).rstrip()
        # A console with a small character set gets a question mark instead of an error.
        stream.write(text.encode(encoding, errors="replace").decode(encoding) + "\n")


def _print_rich(result: ValidationResult, console: Console | None, findings_path: Path | None) -> None:
    from rich.console import Console
    from rich.text import Text

    console = console or Console(highlight=False)
    for line in lines_of(result, findings_path=findings_path, width=console.width):
        console.print(Text.assemble(*line), soft_wrap=True)
