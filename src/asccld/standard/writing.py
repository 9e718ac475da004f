"""Writing files whole: beside their place first, then renamed, so that nobody ever sees half of one."""

from __future__ import annotations

import contextlib
import csv
import io
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

from asccld.errors import AsccldError


def write_whole(path: Path, text: str) -> Path:
    """Write the text as UTF-8 with the newlines it has; raises AsccldError and leaves nothing when it cannot."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("x", encoding="utf-8", newline="") as handle:
            handle.write(text)
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise AsccldError(
            what=f"The file cannot be written: {error.strerror}",
            where=str(path),
            remedy="Give a folder that you may write to and that has room",
        ) from error
    return path


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV table as text, CRLF as RFC 4180 says; None is blank."""
    handle = io.StringIO()
    writer = csv.writer(handle)
    writer.writerow(header)
    writer.writerows(rows)
    return handle.getvalue()
