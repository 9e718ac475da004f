"""Writing a folder of pages beside its place and renaming it: a reader never sees half a report."""

from __future__ import annotations

import errno
import secrets
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from asccld.reports.files import ReportError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

SIGN: Final = '<meta name="generator" content="asccld report">'
"""By which we know our own pages: a folder that holds anything else is not ours to replace."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def replacing_folder(folder: Path) -> Generator[Path]:
    """An empty folder to write pages to; when the block ends well it takes the place of `folder`."""
    refuse_other_folder(folder)
    part = folder.with_name(f".asccld-{secrets.token_hex(6)}.part")
    try:
        part.mkdir()
        yield part
        _put_in_place(part, folder)
    except OSError as error:
        raise _explained(error, folder) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def refuse_other_folder(folder: Path) -> None:
    """Raise ReportError where a report could not be put: no such place, or something else is there."""
    if not folder.parent.is_dir():
        raise ReportError("The folder does not exist", str(folder.parent), "Create it, or choose another folder.")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ReportError("There is a file of this name", str(folder), "Give the name of a folder.")
    if any(not _is_ours(path) for path in folder.iterdir()):
        remedy = "Choose another folder, or move what is in it elsewhere."
        raise ReportError("The folder holds something that is no page of a report", str(folder), remedy)


def _is_ours(path: Path) -> bool:
    if path.suffix != ".html" or not path.is_file():
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        return SIGN in file.read(2_000)


def _put_in_place(part: Path, folder: Path) -> None:
    old = folder.with_name(f".asccld-{secrets.token_hex(6)}.old")
    if not folder.exists():
        part.rename(folder)
        return
    folder.rename(old)
    try:
        part.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _explained(error: OSError, folder: Path) -> ReportError:
    if error.errno in _FULL:
        remedy = "Free some space or choose another folder; what was there before is still there."
        return ReportError("The disk is full", str(folder), remedy)
    remedy = "Close its pages if another program has them open, or choose another folder."
    return ReportError(f"The pages could not be written: {error.strerror}", str(folder), remedy)
