"""Writing a file beside its place and renaming it: a reader never sees half of it, a failure leaves nothing."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from polars.exceptions import ComputeError

from asccld.errors import AsccldError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


class ReportError(AsccldError):
    """A report that could not be written, or that nobody can write in the way asked for."""


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_PROBE = 1 << 16  # bytes: more than a file system has left over in the last block of a file
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """A path in the same folder to write to; when the block ends well it takes the place of `path`.

    The same folder, because a rename is only whole on one file system. Whatever stood at `path` stays until then.
    """
    _refuse_impossible(path)
    part = _beside(path)
    try:
        yield part
        os.replace(part, path)  # noqa: PTH105 (the one call that replaces on Windows too, and that tests can break)
    except (OSError, ComputeError) as error:
        raise _explained(_cause(error, part), path) from error
    finally:
        part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text whole or not at all."""
    with replacing(path) as part:
        part.write_bytes(text.encode("utf-8", errors="replace"))


def suffix_of(path: Path, allowed: tuple[str, ...], what: str) -> str:
    """The path's suffix in lower case; raises ReportError when `what` cannot be written in that format."""
    suffix = path.suffix.lower()
    if suffix not in allowed:
        raise ReportError(
            f"{what} cannot be written as {suffix or 'a file without a suffix'}",
            str(path),
            f"End the file name in {' or '.join(allowed)}.",
        )
    return suffix


def refuse_unwritable(path: Path) -> None:
    """Raise ReportError where a file could not be written now: no such folder, or one in which nothing may be made."""
    _refuse_impossible(path)
    part = _beside(path)
    try:
        part.touch(exist_ok=False)
    except OSError as error:
        if error.errno in _FORBIDDEN:
            remedy = "Choose another folder, or ask for the right to write there."
            raise ReportError("Nothing may be written in the folder of an output", str(path), remedy) from error
        raise _explained(error, path) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    """A name in the same folder: short, so that a long file name does not become too long; hidden from who looks."""
    return path.with_name(f".asccld-{secrets.token_hex(6)}.part")


def _refuse_impossible(path: Path) -> None:
    if path.is_dir():
        raise ReportError("There is a folder of this name", str(path), "Give the name of a file.")
    if not path.parent.is_dir():
        raise ReportError("The folder does not exist", str(path.parent), "Create it, or choose another folder.")


def _cause(error: OSError | ComputeError, part: Path) -> OSError | ComputeError:
    """What the system says, which Polars may not pass on: writing a little more fails in the same way."""
    if isinstance(error, OSError) and error.errno is not None:
        return error
    try:
        with part.open("ab") as file:
            file.write(bytes(_PROBE))
    except OSError as reason:
        return reason
    return error


def _explained(error: OSError | ComputeError, path: Path) -> ReportError:
    number = error.errno if isinstance(error, OSError) else None
    text = str(error).lower()  # Polars passes on the words of the system but not always its number
    if number in _FULL or "no space" in text or "too large" in text:
        return ReportError(
            "The disk is full", str(path), "Free some space or choose another folder; nothing was written."
        )
    if number in _FORBIDDEN or "denied" in text:
        remedy = "Close the file if another program has it open, or choose another folder; nothing was written."
        return ReportError("The file may not be written", str(path), remedy)
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error).partition("\n")[0]
    return ReportError(
        f"The file could not be written: {reason}", str(path), "Try another folder; nothing was written."
    )
