"""Reports on a checked file: terminal, HTML, Excel, JSON, CSV and Parquet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from asccld.reports.files import ReportError, suffix_of
from asccld.reports.summary import summary_of, write_json
from asccld.reports.tables import write_dq_values, write_findings
from asccld.reports.terminal import print_result

if TYPE_CHECKING:
    from asccld.validation.result import ValidationResult

REPORT_SUFFIXES = (".html", ".xlsx", ".json", ".csv", ".parquet")
"""What `write_report` can write."""


def write_report(
    result: ValidationResult, path: str | os.PathLike[str], *, findings_path: str | os.PathLike[str] | None = None
) -> Path:
    """Write the report that the suffix of `path` asks for, and return where it is.

    HTML and Excel are reports for people, JSON is the summary for programs, CSV and Parquet are the findings.
    `findings_path` is where the findings were written, for the reports that point to them.

    Raises ReportError when the suffix is none of REPORT_SUFFIXES or the file cannot be written.
    """
    path, findings = Path(path), None if findings_path is None else Path(findings_path)
    suffix = suffix_of(path, REPORT_SUFFIXES, "A report")
    if suffix == ".html":
        write_html(result, path)
    elif suffix == ".xlsx":
        write_excel(result, path, findings_path=findings)
    elif suffix == ".json":
        write_json(result, path, findings_path=findings)
    else:
        write_findings(result.findings, path, identifiers_shown=result.identifiers_shown)
    return path


def write_html(result: ValidationResult, path: str | os.PathLike[str]) -> None:
    """Write the HTML report: one file that needs nothing else."""
    from asccld.reports import html  # here, because most runs write no report

    html.write_html(result, Path(path))


def write_excel(
    result: ValidationResult,
    path: str | os.PathLike[str],
    *,
    cap: int = 100_000,
    findings_path: str | os.PathLike[str] | None = None,
) -> None:
    """Write the Excel report with at most `cap` findings; the rest is counted and pointed to."""
    from asccld.reports import excel

    findings = None if findings_path is None else Path(findings_path)
    excel.write_excel(result, Path(path), cap=cap, findings_path=findings)


__all__ = [
    "REPORT_SUFFIXES",
    "ReportError",
    "print_result",
    "summary_of",
    "write_dq_values",
    "write_excel",
    "write_findings",
    "write_html",
    "write_json",
    "write_report",
]
