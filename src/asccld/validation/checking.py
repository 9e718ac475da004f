"""`validate`: from a file to its verdict."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import date
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import polars as pl

from asccld.errors import AsccldError, UnreadableFile
from asccld.intake import open_extract
from asccld.intake.model import Chunk, Extract
from asccld.standard import Release, Standard, load_standard
from asccld.validation.dqvalues import DQValues
from asccld.validation.engine import CHUNK_ROWS, Progress, Run, columns_used, run
from asccld.validation.filechecks import WholeFile, excel_findings, header_findings, match_columns, whole_file_findings
from asccld.validation.findings import Findings
from asccld.validation.period import derived_period, stated_period
from asccld.validation.policy import Policy, load_policy
from asccld.validation.release import choose_release
from asccld.validation.result import FileFacts, Provenance, ReleaseChoice, ValidationResult
from asccld.validation.rules import checks_for, load_rules, rules_fingerprint
from asccld.validation.summary import counts_by_severity, rows_with_severity, rule_table, verdict_of

_FEWEST_COLUMNS = 3  # fewer known headers than this, and the file is not an extract of this collection


def validate(
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
) -> ValidationResult:
    """Check one extract against the standard.

    `release` is `auto`, `v5`, `r1` or `r2`; `la` the code of the submitting council; `policy` a TOML file that says what
    rejects; `standard` an overlay folder of `asccld standard adopt`; `received` the day that counts as today (default:
    the day of the call). Values that could point at a person are left out unless `show_identifiers`. `dq_values` also
    counts the national data-quality values table.

    Raises AsccldError when the file, the policy or the standard cannot be read; never for a fault in the data.
    """
    started = time.perf_counter()
    the_standard = standard if isinstance(standard, Standard) else load_standard(Path(standard) if standard else None)
    the_policy = load_policy(Path(policy) if policy else None, [r.id for r in load_rules()])
    with open_extract(path, sheet=sheet, delimiter=delimiter, encoding=encoding) as extract, ThreadPoolExecutor(2) as aside:
        sha256 = aside.submit(_sha256, extract.path)
        chunks, first = _peeked(extract, aside)
        choice = choose_release(the_standard, release, extract.header, first)
        state = _run(extract, choice, the_standard, the_policy, la, received or date.today(), show_identifiers=show_identifiers, dq_values=dq_values)
        state.period = _peeked_period(state, first)
        run(extract, chunks, state, progress)
        facts = _facts(extract, state.events, sha256.result())
        _refuse_unreadable(extract, state)
        excel_findings(extract, state.columns, state.checks, state.findings, state.release)
    return _result(state, facts, choice, the_policy, started)


def _one_ahead(chunks: Iterator[Chunk], aside: Executor) -> Iterator[Chunk]:
    """The same chunks, the next being read while one is checked."""
    coming = aside.submit(next, chunks, None)
    while (chunk := coming.result()) is not None:
        coming = aside.submit(next, chunks, None)
        yield chunk


def _peeked(extract: Extract, aside: Executor) -> tuple[Iterator[Chunk], pl.DataFrame]:
    """All chunks, and the frame of the first."""
    chunks = _one_ahead(extract.chunks(CHUNK_ROWS), aside)
    first = next(chunks, None)
    if first is None or first.frame.is_empty():
        raise UnreadableFile("The file has a header but no events", extract.place, "Export at least one event; a council with no events has nothing to submit")
    return chain([first], chunks), first.frame


def _run(
    extract: Extract, choice: ReleaseChoice, standard: Standard, policy: Policy, la: str | None, today: date, *, show_identifiers: bool, dq_values: bool
) -> Run:
    release = standard.releases[choice.id]
    checks = checks_for(release, policy)
    findings = Findings(checks, show_identifiers)
    match = match_columns(extract.header, release, standard)
    columns = columns_used(match)
    if len(columns) < min(_FEWEST_COLUMNS, len(extract.header)):
        raise UnreadableFile(
            f"Only {len(columns)} of {len(extract.header)} column headers belong to this collection",
            extract.place,
            "Check that the first row holds the column headers of the specification (asccld standard list), and the delimiter",
        )
    header_findings(match, extract.header, checks, findings, release, standard)
    _check_la(la, standard)
    return Run(release, standard, checks, columns, la, today, findings, DQValues(release) if dq_values else None)


def _check_la(la: str | None, standard: Standard) -> None:
    if la is not None and not (la.isalnum() and 3 <= len(la) <= 5):
        raise AsccldError("The council code is not one", "--la", "Give the code as in the LA Code column, for example 503")


def _peeked_period(state: Run, first: pl.DataFrame) -> tuple[date, date] | None:
    """The period that the first rows state: enough to tell an abolished council from a current one."""
    positions = {n: str(p) for p, n in state.columns.items()}
    names = ("reporting_period_start_date", "reporting_period_end_date")
    if not set(names) <= positions.keys():
        return None
    start, end = (pl.col(positions[n]).str.strip_chars().str.to_date("%d/%m/%Y", strict=False) for n in names)
    return stated_period(first.select(start=start, end=end).group_by("start", "end").len("count"))


def _refuse_unreadable(extract: Extract, state: Run) -> None:
    for note in extract.notes:
        if note.kind == "repeated_header":
            raise UnreadableFile("The file has two header rows", f"{extract.place}, row {note.row}", "Delete the second header row")
    if not state.events:
        raise UnreadableFile("The file has a header but no events", extract.place, "Export at least one event")


def _facts(extract: Extract, events: int, sha256: str) -> FileFacts:
    return FileFacts(
        path=extract.path,
        sha256=sha256,
        size_bytes=extract.size_bytes,
        kind=extract.kind,
        encoding=extract.encoding,
        delimiter=extract.delimiter,
        sheet=extract.sheet,
        rows=events,
        columns=len(extract.header),
        notes=tuple(n.message for n in extract.notes),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _result(state: Run, facts: FileFacts, choice: ReleaseChoice, policy: Policy, started: float) -> ValidationResult:
    findings, tallies = state.findings, state.tallies
    period = stated_period(tallies.periods())
    derived = derived_period(tallies.ended(), state.today)
    months = tallies.months()
    ended = tallies.ended()
    by_type = _by_type(months, state.release)
    whole_file_findings(
        WholeFile(state.release, state.standard, state.events, period, derived, ended, by_type, "event_type" in state.lexicons),
        state.checks,
        findings,
    )
    rows, references = pl.concat(state.rows), pl.concat(state.references)
    suspect = pl.concat(state.suspect) if state.suspect else rows.clear()
    counts = counts_by_severity(findings)
    rows_with = rows_with_severity(findings)
    verdict, reasons = verdict_of(findings, rows_with, state.events, policy)
    code = _most_common_council(state)
    council = state.standard.council_by_code.get(code or "")
    name = council.name if council else None
    spelt = findings.spelt_out(rows, references, suspect)
    return ValidationResult(
        file=facts,
        release=choice,
        provenance=_provenance(state, policy),
        la_code=code,
        la_name=name,
        period=period,
        derived_period=derived,
        verdict=verdict,
        reasons=reasons,
        counts=counts,
        rows_with=rows_with,
        rules=rule_table(findings, rows, spelt),
        fields=tallies.fields(),
        months=months,
        findings=spelt,
        dq_values=state.dq_values.table(code, name) if state.dq_values else None,
        seconds=time.perf_counter() - started,
        identifiers_shown=findings.show_identifiers,
    )


def _by_type(months: pl.DataFrame, release: Release) -> dict[str, int]:
    found = release.list_of("event_type")
    seen = dict(months.group_by("event_type").agg(pl.col("events").sum()).iter_rows())
    return {t: int(seen.get(t, 0)) for t in (found.texts if found else ())}


def _most_common_council(state: Run) -> str | None:
    parts = [m["one.la_code"].cast(pl.String) for m in state.memory if "one.la_code" in m.columns]
    codes = pl.concat(parts).drop_nulls() if parts else pl.Series([], dtype=pl.String)
    return codes.mode().sort().item(0) if codes.len() else state.la_code


def _provenance(state: Run, policy: Policy) -> Provenance:
    return Provenance(
        version=version("asccld"),
        standard=state.standard.fingerprint,
        rules=rules_fingerprint(),
        policy=f"{policy.name} {policy.version} ({policy.fingerprint})",
        adopted=tuple(f"{a.source_file} ({a.sha256[:12]}, {a.adopted_on})" for a in state.standard.adoptions),
        received=state.today,
    )
