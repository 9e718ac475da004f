"""A workbook as a file: whole or not at all, in constant memory, and nothing left behind."""

# XlsxWriter has no type information: what we pass is checked by the tests that read the workbook back.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import tempfile
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, Self, cast

from asccld.reports.files import ReportError, replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from xlsxwriter import Workbook

_OPTIONS: dict[str, Any] = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


@contextmanager
def new_workbook(path: Path, *, title: str, comments: str) -> Generator[Workbook]:
    """A workbook to fill, row after row; it stands at `path` when the block ends well.

    Raises ReportError when the file cannot be written; then nothing is left behind.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import XlsxWriterException

    # Rows wait in files of their own until the workbook is closed: in a folder that goes, whatever happens.
    waiting = tempfile.TemporaryDirectory(prefix="asccld-", ignore_cleanup_errors=True)
    with waiting as folder, replacing(path) as part, _File(part) as file:
        book = Workbook(cast("Any", file), {**_OPTIONS, "tmpdir": folder})
        try:
            book.set_properties({"title": title, "comments": comments})
            yield book
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
