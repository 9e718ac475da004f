"""From a finished run to the result: periods, counts, verdict, tables, provenance."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from asccld.intake.mapped import Mapped, doubts, mapping_of
from asccld.intake.model import Extract
from asccld.standard import Release
from asccld.validation.engine import Run
from asccld.validation.filechecks import WholeFile, whole_file_findings
from asccld.validation.period import Period, believed, derived_period, stated_period
from asccld.validation.result import FileFacts, Provenance, ReleaseChoice, ValidationResult
from asccld.validation.rules import rules_fingerprint
from asccld.validation.summary import counts_by_severity, rule_table, verdict_of
from asccld.validation.terms import Terms
from asccld.validation.wholefile import WHOLE_FILE_TYPES
from asccld.version import __version__

_EARLIER = ("value-earlier-release", "value-earlier-release-dropped")
_COUNCIL_CODE = re.compile(r"(?=.*[0-9])[A-Za-z0-9]{3,5}")
"""What the result may call the council; a name that slipped into the column is none."""


def file_facts(extract: Extract, events: int, sha256: str) -> FileFacts:
    """What the result says of the file."""
    mapped = mapping_of(extract.path, sha256) if extract.member is None else None
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
        notes=(*(n.message for n in extract.notes), *doubts(mapped)),
        mapping=mapped.name if isinstance(mapped, Mapped) and mapped.unchanged else None,
    )


def conclude(
    run: Run, references: pl.Series, facts: FileFacts, choice: ReleaseChoice, started: float
) -> ValidationResult:
    """The result of a run that has taken every chunk; `references` are those of its events as they may be shown."""
    findings, tallies, terms = run.findings, run.tallies, run.terms
    fields, months, ended = tallies.fields(), tallies.months(), tallies.ended()
    found = stated_period(tallies.periods()), derived_period(ended, terms.today)
    periods = believed(found[0], run.first_year), believed(found[1], run.first_year)
    whole_file_findings(_whole_file(run, *periods, months, ended), terms.checks, findings)
    swapped = run.swapped(fields)
    findings.close(run.lexicons, run.people, swapped)
    facts = replace(facts, notes=(*facts.notes, *_hints(run)))
    rows = pl.concat(run.rows)
    rows_with = findings.rows_with([c for c in terms.checks if c.rule.type in WHOLE_FILE_TYPES])
    verdict, reasons = verdict_of(findings, rows_with, run.events, terms.policy)
    code = _most_common_council(run)
    council = terms.standard.council_by_code.get(code or "")
    name = council.name if council else None
    return ValidationResult(
        file=facts,
        release=choice,
        provenance=_provenance(terms),
        la_code=code,
        la_name=name,
        period=periods[0],
        derived_period=periods[1],
        verdict=verdict,
        reasons=reasons,
        counts=counts_by_severity(findings),
        rows_with=rows_with,
        rules=rule_table(findings, rows, run.hidden_positions),
        fields=fields,
        months=months,
        findings=findings.spelt_out(rows, references, run.hidden_positions),
        dq_values=run.dq_values.table(code, name, run.people, run.slips, swapped) if run.dq_values else None,
        seconds=time.perf_counter() - started,
        identifiers_shown=findings.show_identifiers,
    )


def _hints(run: Run) -> Iterator[str]:
    """What many findings have in common, said once."""
    earlier = max((run.findings.tallies[c.index].failed for c in run.terms.checks if c.rule.id in _EARLIER), default=0)
    if earlier > run.events / 2:
        yield (
            f"most rows hold values of the release before {run.terms.release.title}: if the file is of that release, "
            f"check it with --release {run.terms.release.previous}"
        )


def _whole_file(
    run: Run, stated: Period | None, derived: Period | None, months: pl.DataFrame, ended: pl.DataFrame
) -> WholeFile:
    return WholeFile(
        release=run.terms.release,
        standard=run.terms.standard,
        events=run.events,
        period=stated,
        derived=derived,
        ended=ended,
        by_type=_by_type(months, run.terms.release),
        knows_types="event_type" in run.lexicons,
    )


def _by_type(months: pl.DataFrame, release: Release) -> dict[str, int]:
    found = release.list_of("event_type")
    seen = dict(months.group_by("event_type").agg(pl.col("events").sum()).iter_rows())
    return {t: int(seen.get(t, 0)) for t in (found.texts if found else ())}


def _most_common_council(run: Run) -> str | None:
    code = run.slips.usual_council or ""
    return code if _COUNCIL_CODE.fullmatch(code) else run.terms.la_code


def _provenance(terms: Terms) -> Provenance:
    return Provenance(
        version=__version__,
        standard=terms.standard.fingerprint,
        rules=rules_fingerprint(),
        policy=f"{terms.policy.name} {terms.policy.version} ({terms.policy.fingerprint})",
        adopted=tuple(f"{a.source_file} ({a.sha256[:12]}, {a.adopted_on})" for a in terms.standard.adoptions),
        received=terms.today,
    )
