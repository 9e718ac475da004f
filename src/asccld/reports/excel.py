"""The report as an Excel workbook: summary, rules, fields and findings.

Formula injection: every text is written as a string cell, which Excel and LibreOffice never evaluate, so a value
that begins with "=" keeps its spelling. Such cells also carry the quote prefix (what typing an apostrophe does), so
that editing the cell does not turn it into a formula. An apostrophe as part of the text, right for CSV, would be
wrong here.
"""

# XlsxWriter has no type information: what we pass is checked by the tests that read the workbook back.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import tempfile
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any, Self, cast

from asccld.reports.excel_sheets import CAUTION, fields_sheet, findings_sheet, rules_sheet, summary_sheet
from asccld.reports.excel_writing import Formats
from asccld.reports.files import ReportError, replacing
from asccld.reports.sampling import fair_share

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xlsxwriter import Workbook

    from asccld.validation.result import ValidationResult

MOST_FINDINGS = 1_048_000
"""A sheet has 1,048,576 rows; a few are for the heading."""

_OPTIONS: dict[str, Any] = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def write_excel(result: ValidationResult, path: Path, *, cap: int = 100_000, findings_path: Path | None = None) -> None:
    """Write the workbook with at most `cap` findings, the most severe first and some of every rule.

    `findings_path` is where all findings are, for the line that points there. Raises ReportError when the file
    cannot be written; then nothing is left behind.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import XlsxWriterException

    shown = fair_share(result.findings, max(0, min(cap, MOST_FINDINGS)))
    # Rows wait in files of their own until the workbook is closed: in a folder that goes, whatever happens.
    waiting = tempfile.TemporaryDirectory(prefix="asccld-", ignore_cleanup_errors=True)
    with replacing(path) as part, _File(part) as file, waiting as folder:
        book = Workbook(cast("Any", file), {**_OPTIONS, "tmpdir": folder})
        try:
            caution = f". {CAUTION}" if result.identifiers_shown else ""
            comments = f"asccld {result.provenance.version}{caution}"
            book.set_properties({"title": f"Data quality: {result.verdict}", "comments": comments})
            formats = Formats(book)
            summary_sheet(book, formats, result)
            rules_sheet(book, formats, result, shown)
            fields_sheet(book, formats, result)
            findings_sheet(book, formats, result, shown, findings_path)
            book.close()
        except XlsxWriterException as error:
            cause = error.args[0] if error.args and isinstance(error.args[0], OSError) else None
            raise cause or ReportError("The workbook could not be written", str(path), "Try another folder.") from error
        finally:
            _let_go(book)


class _File:
    """A file that takes, after its first failure, everything and keeps nothing.

    The archive that XlsxWriter abandons then would write its end later, when it is thrown away, and Python would tell
    of that failure too, at length, after we have told of the first one.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._given_up = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._given_up = True
        with suppress(OSError) if error else nullcontext():  # of two failures the first one tells more
            self._file.close()

    def write(self, data: bytes) -> int:
        return self._once(lambda: self._file.write(data))

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._once(lambda: self._file.seek(offset, whence))

    def tell(self) -> int:
        return self._once(self._file.tell)

    def flush(self) -> None:
        self._once(lambda: self._file.flush() or 0)

    def seekable(self) -> bool:
        return True

    def _once(self, act: Callable[[], int]) -> int:
        if self._given_up:
            return 0
        try:
            return act()
        except OSError:
            self._given_up = True
            raise


def _let_go(book: Workbook) -> None:
    """Close the files in which rows wait: XlsxWriter keeps them after a failure, and Windows deletes no open file."""
    for sheet in book.worksheets():
        with suppress(OSError):  # the disk may be full still
            sheet.row_data_fh.close()  # pyright: ignore[reportOptionalMemberAccess] (set in constant memory)


__all__ = ["MOST_FINDINGS", "write_excel"]
