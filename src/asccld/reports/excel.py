"""The report as an Excel workbook: summary, rules, fields and findings.

Formula injection: every text is written as a string cell, which Excel and LibreOffice never evaluate, so a value
that begins with "=" keeps its spelling. Such cells also carry the quote prefix (what typing an apostrophe does), so
that editing the cell does not turn it into a formula. An apostrophe as part of the text, right for CSV, would be
wrong here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asccld.reports.excel_file import new_workbook
from asccld.reports.excel_sheets import CAUTION, fields_sheet, findings_sheet, rules_sheet, summary_sheet
from asccld.reports.excel_writing import Formats
from asccld.reports.sampling import fair_share

if TYPE_CHECKING:
    from pathlib import Path

    from asccld.validation.result import ValidationResult

MOST_FINDINGS = 1_048_000
"""A sheet has 1,048,576 rows; a few are for the heading."""


def write_excel(result: ValidationResult, path: Path, *, cap: int = 100_000, findings_path: Path | None = None) -> None:
    """Write the workbook with at most `cap` findings, the most severe first and some of every rule.

    `findings_path` is where all findings are, for the line that points there. Raises ReportError when the file
    cannot be written; then nothing is left behind.
    """
    shown = fair_share(result.findings, max(0, min(cap, MOST_FINDINGS)))
    caution = f". {CAUTION}" if result.identifiers_shown else ""
    comments = f"asccld {result.provenance.version}{caution}"
    with new_workbook(path, title=f"Data quality: {result.verdict}", comments=comments) as book:
        formats = Formats(book)
        summary_sheet(book, formats, result)
        rules_sheet(book, formats, result, shown)
        fields_sheet(book, formats, result)
        findings_sheet(book, formats, result, shown, findings_path)


__all__ = ["MOST_FINDINGS", "write_excel"]
