"""Findings about the file as a whole: its columns, what Excel did to it, its period, months and event types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from asccld.counting import counted
from asccld.identifying.masking import shown_header
from asccld.intake.headers import HeaderMatch, UnknownColumn, match_headers
from asccld.intake.model import Extract
from asccld.standard import Release, Standard
from asccld.standard.calendar import month_end
from asccld.validation.findings import Findings
from asccld.validation.period import length_in_months, months_between
from asccld.validation.rules import Check
from asccld.validation.terms import Terms

_EXCEL_WORDS = {
    "excel_date": "date",
    "excel_number": "number",
    "excel_boolean": "true/false value",
    "excel_error": "error",
}
_PLURALS = {"Request": "requests", "Assessment": "assessments", "Service": "services", "Review": "reviews"}


@dataclass(frozen=True)
class WholeFile:
    """What the whole-file checks look at once every row has been read."""

    release: Release
    standard: Standard
    events: int
    period: tuple[date, date] | None
    derived: tuple[date, date] | None
    ended: pl.DataFrame
    """event_type, month, events: by month of the end date."""
    by_type: Mapping[str, int]
    knows_types: bool


def match_columns(header: Iterable[str], release: Release, standard: Standard) -> HeaderMatch:
    """The columns of a file against a release, knowing what other releases define."""
    others = {
        n: h
        for r in standard.releases.values()
        if r.id != release.id
        for n, h in r.headers.items()
        if n not in release.by_name
    }
    return match_headers(tuple(header), release.headers, others)


def header_findings(match: HeaderMatch, header: tuple[str, ...], terms: Terms, findings: Findings) -> None:
    """Report unknown, misspelt, repeated, missing and removed columns."""
    by_problem = {c.rule.parameters["problem"]: c for c in terms.checks if c.rule.type == "header"}
    for check in by_problem.values():
        findings.tallies[check.index].checked = len(header)
    for problem, about in _header_problems(match, header, terms.release, _removed(terms.release, terms.standard)):
        if problem in by_problem:
            findings.add_on_file(by_problem[problem], **about)


def _header_problems(
    match: HeaderMatch, header: tuple[str, ...], release: Release, removed: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:
    yield from (_undefined(c, removed) for c in match.unknown)
    for position, name in match.assumed.items():
        about = {"value": shown_header(header[position]), "meant": release.headers[name]}
        yield "misspelt", about | _field_of(release, name)
    yield from (("duplicate", _field_of(release, name)) for _, name in match.duplicates)
    meant = {c.suggestion for c in match.unknown}  # reported as misspelt already
    missing = (name for name in match.missing if release.headers[name] not in meant)
    yield from ((_missing_problem(release, name), _field_of(release, name)) for name in missing)
    respelt = sum(header[position] != release.headers[name] for position, name in match.columns.items())
    if respelt:
        yield "database-spelling", {"value": counted(respelt, "column")}
    given = [release.by_name[n].order for _, n in sorted((match.columns | match.assumed).items())]
    if given != sorted(given):
        yield "order", {}


def _field_of(release: Release, name: str) -> dict[str, str]:
    return {"field_name": name, "header": release.headers[name]}


def _undefined(column: UnknownColumn, removed: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    dropped = next((n for n, h in removed.items() if h == column.text or n == column.text.lower()), None)
    if dropped:
        return "removed", {"value": column.text, "header": removed[dropped], "field_name": dropped}
    if column.suggestion and not column.other_release_field:
        return "misspelt", {"value": shown_header(column.text), "meant": column.suggestion}
    return "unknown", {"value": shown_header(column.text)}


def _removed(release: Release, standard: Standard) -> dict[str, str]:
    """Columns whose removal in this release is only inferred: their header by name."""
    if release.previous is None:
        return {}
    earlier = standard.releases[release.previous].by_name
    return {
        c.name: earlier[c.name].header
        for c in release.field_changes
        if c.change == "remove" and c.confidence != "confirmed"
    }


def _missing_problem(release: Release, name: str) -> str:
    field = release.by_name[name]
    unsure = release.voluntary or field.conditions_confidence == "gap"
    return "missing-unconfirmed" if unsure else "missing"


def excel_findings(
    extract: Extract, fields: Mapping[int, str], checks: Iterable[Check], findings: Findings, release: Release
) -> None:
    """Report what Excel had turned into numbers, dates or errors, column by column."""
    for check in (c for c in checks if c.rule.type == "excel"):
        for repair in extract.repairs:
            name = fields.get(repair.column)
            if name:
                value = counted(repair.count, _EXCEL_WORDS[repair.kind])
                findings.add_on_file(check, value=value, field_name=name, header=release.headers[name])


def whole_file_findings(about: WholeFile, checks: Iterable[Check], findings: Findings) -> None:
    """Report on period, event types, months and size."""
    for check in (c for c in checks if c.rule.type == "whole_file"):
        findings.tallies[check.index].checked = 1
        for value, meant in _WHOLE_FILE[check.rule.parameters["check"]](about, check):
            findings.add_on_file(check, value=value, meant=meant)


Reports = Iterable[tuple[str | None, str | None]]


def _period_length(about: WholeFile, _: Check) -> Reports:
    if about.period:
        months = length_in_months(*about.period)
        if months != about.standard.calendar.covers_months:
            yield (counted(months, "month") if months else "parts of months"), None


def _period_derived(about: WholeFile, _: Check) -> Reports:
    if about.period and about.derived and about.derived != about.period:
        yield _spelt(about.derived), _spelt(about.period)


def _spelt(period: tuple[date, date]) -> str:
    return f"{period[0]:%d/%m/%Y} to {period[1]:%d/%m/%Y}"


def _release_period(about: WholeFile, _: Check) -> Reports:
    if about.period:
        due = about.standard.in_force(about.period[1]) or next(iter(about.standard.releases.values()))
        if due.id != about.release.id:
            yield about.release.title, due.title


def _event_types(about: WholeFile, _: Check) -> Reports:
    if about.knows_types and about.events:
        yield from ((_PLURALS.get(t, t), None) for t, n in about.by_type.items() if not n)


def _months(about: WholeFile, check: Check) -> Reports:
    """A month without a completed event of a type that otherwise has several a month."""
    if about.period is None:
        return
    months = months_between(*about.period)
    minimum = int(check.rule.parameters["minimum"])
    inside = (
        about.ended.filter(pl.col("month").is_between(months[0], month_end(months[-1])))
        if months
        else about.ended.clear()
    )
    for kind in about.by_type:
        seen = dict(inside.filter(pl.col("event_type") == kind).select("month", "events").iter_rows())
        if sum(seen.values()) >= minimum * len(months):
            yield from ((_PLURALS.get(kind, kind).removesuffix("s"), f"{m:%B %Y}") for m in months if not seen.get(m))


def _few_events(about: WholeFile, check: Check) -> Reports:
    if about.events < int(check.rule.parameters["minimum"]):
        yield None, None


_WHOLE_FILE = {
    "period_length": _period_length,
    "period_derived": _period_derived,
    "release_period": _release_period,
    "event_types": _event_types,
    "months": _months,
    "few_events": _few_events,
}
