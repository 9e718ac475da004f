"""The release's file exactly: its headers in its order, written beside its place and renamed when it is whole."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import secrets
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from asccld.errors import AsccldError
from asccld.standard import Release

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Written:
    """A file that is being written: takes pieces in order, and knows the SHA-256 of what it took."""

    def __init__(self, handle: io.BufferedWriter | None) -> None:
        self._handle = handle
        self._digest = hashlib.sha256()

    def add(self, piece: bytes) -> None:
        """Write the next piece."""
        self._digest.update(piece)
        if self._handle is not None:
            self._handle.write(piece)

    @property
    def sha256(self) -> str:
        """Of all pieces so far."""
        return self._digest.hexdigest()


@contextmanager
def written(path: Path | None) -> Generator[Written]:
    """A file that takes the place of `path` when the block ends well; without a path nothing is written."""
    if path is None:
        yield Written(None)
        return
    part = path.with_name(f".asccld-{secrets.token_hex(6)}.part")
    try:
        with part.open("wb") as handle:
            yield Written(handle)
        os.replace(part, path)  # noqa: PTH105 - the one call that replaces on Windows too
    except OSError as error:
        full = error.errno in _FULL
        reason = "The disk is full" if full else f"The file cannot be written: {error.strerror or error}"
        remedy = "Free some space" if full else "Close it if another program has it open, or choose another folder"
        raise AsccldError(reason, str(path), f"{remedy}; nothing was written") from error
    finally:
        part.unlink(missing_ok=True)


def header_line(release: Release) -> bytes:
    """The first line of the file."""
    return pl.DataFrame(schema=dict.fromkeys(release.headers.values(), pl.String)).write_csv().encode()


def lines(fields: Mapping[str, pl.Series], height: int, release: Release) -> bytes:
    """Rows as text; fields that nothing gives are empty columns."""
    nothing = pl.repeat(None, height, dtype=pl.String, eager=True)
    frame = pl.DataFrame([fields.get(name, nothing).alias(name) for name in release.headers])
    target = io.BytesIO()
    frame.write_csv(target, include_header=False, line_terminator="\n")
    return target.getvalue()
