"""`validate`: from a file to its verdict."""

from __future__ import annotations

import os
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl

from asccld.digest import begun
from asccld.errors import UnreadableFile
from asccld.intake import open_extract
from asccld.intake.model import Extract
from asccld.standard import Standard, load_standard
from asccld.validation.conclusion import conclude, file_facts
from asccld.validation.dqvalues import DQValues
from asccld.validation.engine import Progress, Run
from asccld.validation.filechecks import excel_findings, header_findings, match_columns
from asccld.validation.findings import Findings
from asccld.validation.period import stated_period
from asccld.validation.policy import load_policy
from asccld.validation.prepare import read_dates
from asccld.validation.reading import (
    first_events,
    no_events,
    one_ahead,
    reading_chunks,
    refuse_bad_shape,
    refuse_noted,
    side_by_side,
)
from asccld.validation.release import choose_release
from asccld.validation.result import ValidationResult
from asccld.validation.rules import load_rules
from asccld.validation.terms import Terms, agree_terms

_AT_ONCE = 3
"""Chunks judged side by side; Polars itself uses every core for each, as far as there is work."""
_OTHER_THREADS = 1  # reads ahead
_FEWEST_COLUMNS = 3  # fewer known headers than this, and the file is not an extract of this collection


def validate(  # noqa: PLR0913 - one keyword for each option of the command
    path: str | os.PathLike[str],
    *,
    release: str = "auto",
    la: str | None = None,
    policy: str | os.PathLike[str] | None = None,
    standard: Standard | str | os.PathLike[str] | None = None,
    received: date | None = None,
    sheet: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    show_identifiers: bool = False,
    dq_values: bool = False,
    progress: Progress | None = None,
    sha256: Future[str] | None = None,
) -> ValidationResult:
    """Check one extract against the standard.

    `release` is `auto`, `v5`, `r1` or `r2`; `la` the code of the submitting council; `policy` a TOML file that says
    what rejects; `standard` an overlay folder of `asccld standard adopt`; `received` the day that counts as today
    (default: the day of the call). Values that could point at a person are left out unless `show_identifiers`.
    `dq_values` also counts the national data-quality values table. `progress` is told the number of events checked.
    `sha256` is that of the file, where its computing has begun already (see `asccld.digest`).

    Raises AsccldError when the file, the policy or the standard cannot be read; never for a fault in the data.
    """
    started = time.perf_counter()
    the_standard = standard if isinstance(standard, Standard) else load_standard(Path(standard) if standard else None)
    the_policy = load_policy(Path(policy) if policy else None, [r.id for r in load_rules()])
    with (
        open_extract(path, sheet=sheet, delimiter=delimiter, encoding=encoding) as extract,
        ThreadPoolExecutor(_AT_ONCE + _OTHER_THREADS) as aside,
    ):
        digest = sha256 or begun(extract.path)
        first, chunks = first_events(extract, one_ahead(reading_chunks(extract, the_standard), aside))
        choice = choose_release(the_standard, release, extract.header, first)
        terms = agree_terms(the_standard.releases[choice.id], the_standard, the_policy, la, received)
        run = _run(extract, terms, first, Findings(terms.checks, show_identifiers), dq_values=dq_values)
        taken = (t for t in map(run.take, chunks) if t is not None)
        for judged in side_by_side(run.judge, taken, aside, _AT_ONCE):
            run.add(judged)
            if progress:
                progress(run.events)
        refuse_noted(extract, run.header_rows)
        refuse_bad_shape(extract, run.bad_shapes)
        if not run.events:
            raise no_events(extract)
        references = aside.submit(run.shown_references)
        run.finish(extract.header_row, extract.blank_rows)
        excel_findings(extract, run.columns, terms.checks, run.findings, terms.release)
        facts = file_facts(extract, run.events, digest.result())
    return conclude(run, references.result(), facts, choice, started)


def _run(extract: Extract, terms: Terms, first: pl.DataFrame, findings: Findings, *, dq_values: bool) -> Run:
    match = match_columns(extract.header, terms.release, terms.standard)
    columns = match.columns | match.assumed
    if len(columns) < min(_FEWEST_COLUMNS, len(extract.header)):
        # without header texts: what stands in the first row may be a person's details
        raise UnreadableFile(
            f"Only {len(columns)} of {len(extract.header)} column headers belong to this collection",
            extract.place,
            "Check that the first row holds the headers of the specification (asccld standard list), and the "
            "delimiter; an extract in the words of your own system goes through asccld map first",
        )
    header_findings(match, extract.header, terms, findings)
    return Run(
        terms,
        columns,
        findings,
        _peeked_period(columns, first),
        DQValues(terms.release, findings.show_identifiers) if dq_values else None,
    )


def _peeked_period(columns: dict[int, str], first: pl.DataFrame) -> tuple[date, date] | None:
    """The period that the first rows state: enough to tell an abolished council from a current one."""
    positions = {n: str(p) for p, n in columns.items()}
    names = ("reporting_period_start_date", "reporting_period_end_date")
    if not set(names) <= positions.keys():
        return None
    start, end = (read_dates(first[positions[n]].str.strip_chars()) for n in names)
    return stated_period(pl.DataFrame({"start": start, "end": end}).group_by("start", "end").len("count"))
