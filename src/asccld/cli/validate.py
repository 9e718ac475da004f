"""`asccld validate`: would the collector accept this file, what is wrong with it, and how good are the data."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asccld.cli.reading_options import DelimiterOption, EncodingOption, SheetOption
from asccld.counting import counted
from asccld.digest import begun

if TYPE_CHECKING:
    from asccld.validation.engine import Progress

validate_app = typer.Typer(rich_markup_mode=None, add_completion=False)

REJECTED = 1
_EXAMPLE = "Example: asccld validate submission.csv --la 503 --report report.html --findings findings.csv"


@validate_app.command(epilog=_EXAMPLE)
def validate(  # noqa: PLR0913, PLR0917 - one parameter for each option
    file: Annotated[
        Path, typer.Argument(help="Extract: .csv, .xlsx, .parquet, .csv.gz, or a .zip that holds one of them.")
    ],
    la: Annotated[str | None, typer.Option("--la", help="Code of the submitting council, for example 503.")] = None,
    release: Annotated[str, typer.Option(help="auto, v5, r1 or r2.")] = "auto",
    policy: Annotated[
        Path | None, typer.Option(help="Acceptance policy (TOML); default: the shipped one.", show_default=False)
    ] = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(
            help="Write a report: .html, .xlsx or .json, or the findings: .csv or .parquet; may be repeated.",
            show_default=False,
        ),
    ] = None,
    findings: Annotated[
        Path | None, typer.Option(help="Write every finding: .csv or .parquet.", show_default=False)
    ] = None,
    dq_values: Annotated[
        Path | None,
        typer.Option(help="Write the national data-quality values table: .csv or .parquet.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    sheet: SheetOption = None,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    received: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], help="Day of submission, counted as today.", show_default=False),
    ] = None,
    standard: Annotated[
        Path | None, typer.Option(help="Overlay that 'asccld standard adopt' wrote.", show_default=False)
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(help="Settings file (default: asccld.toml here).", show_default=False)
    ] = None,
    show_identifiers: Annotated[
        bool, typer.Option("--show-identifiers", help="Show values that could point at a person. For your eyes only.")
    ] = False,
) -> None:
    """Check an extract against the standard.

    Exit code 0: accepted (perhaps with errors); 1: rejected; 2: could not be checked.
    """
    digest = begun(file) if file.is_file() else None  # while the rest is loaded
    gc.disable()  # one file and out: looking for cycles among the findings only takes time
    reports = report or []
    from asccld.cli.outputs import refuse_impossible

    _refuse_other_formats(findings, dq_values)
    outputs = [*reports, *([findings] if findings else []), *([dq_values] if dq_values else [])]
    refuse_impossible(outputs, {"input": file})
    from asccld import reports as writing
    from asccld.settings import SETTINGS_FILE, load_settings, standard_for
    from asccld.validation import validate as check

    chosen = load_settings(settings)
    overlay = standard or chosen.standard
    in_use = {"policy": policy, "settings file": settings or Path(SETTINGS_FILE), "overlay of the standard": overlay}
    refuse_impossible(outputs, in_use)
    result = check(
        file,
        release=release,
        la=la,
        policy=policy,
        standard=standard_for(standard, chosen),
        received=received.date() if received else None,
        sheet=sheet,
        delimiter=delimiter,
        encoding=encoding,
        show_identifiers=show_identifiers,
        dq_values=dq_values is not None,
        progress=_progress(),
        sha256=digest,
    )
    with ThreadPoolExecutor() as pool:  # the outputs do not know of each other
        written: list[Future[Path | None]] = [
            pool.submit(writing.write_report, result, path, findings_path=findings) for path in reports
        ]
        if findings:
            written.append(pool.submit(writing.write_report, result, findings))
        if dq_values:
            written.append(pool.submit(writing.write_dq_values, result, dq_values))
    for output in written:
        output.result()
    with suppress(BrokenPipeError):  # the verdict stands, whether or not anybody reads to the end
        if as_json:
            writing.write_json(result, None, findings_path=findings)
        else:
            writing.print_result(result, findings_path=findings)
            _say_written(reports)
    raise typer.Exit(REJECTED if result.verdict == "REJECTED" else 0)


def _refuse_other_formats(findings: Path | None, dq_values: Path | None) -> None:
    """Refuse tables that would be written as something else, before a long check rather than after it."""
    from asccld.reports.files import suffix_of
    from asccld.reports.tables import SUFFIXES

    for path, what in ((findings, "Findings"), (dq_values, "Data-quality values")):
        if path is not None:
            suffix_of(path, SUFFIXES, what)


def _progress() -> Progress | None:
    """A counter on a terminal, silence in a pipe."""
    if not sys.stderr.isatty():
        return None

    def show(events: int) -> None:
        sys.stderr.write(f"\rChecked {counted(events, 'event')} ")
        sys.stderr.flush()

    return show


def _say_written(paths: Iterable[Path]) -> None:
    for path in paths:
        typer.echo(f"Report: {path}", err=True)
