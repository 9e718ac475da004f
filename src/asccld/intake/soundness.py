"""Whether a Parquet file can be decoded from end to end, found out in a process of its own.

A damaged page can make the reader write a stack trace below Python, or end the whole process; no `except` sees that.
So a child process decodes the file first, keeping nothing, and if it dies, only it dies.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    import io

_READY: Final = b"ready"
_PANIC: Final = b"panicked at"  # in a thread of its own, a panic may leave no other trace
_SECONDS: Final = 900
_PROGRAM: Final = """
import io, sys
import polars as pl
print("ready", flush=True)
source = sys.argv[1] if len(sys.argv) > 1 else io.BytesIO(sys.stdin.buffer.read())
table = pl.scan_parquet(source, **({"glob": False, "hive_partitioning": False} if isinstance(source, str) else {}))
for start in range(0, table.select(pl.len()).collect().item(), 100_000):
    table.slice(start, 100_000).collect()
"""


def is_sound(file: Path | io.BytesIO) -> bool:
    """Whether every page of the file can be decoded.

    True also where no child process can be started: the file is then read unchecked.
    """
    if not _has_marks(file):
        return False
    if not sys.executable:
        return True
    path = [str(file.absolute())] if isinstance(file, Path) else []
    content = None if isinstance(file, Path) else file.getvalue()
    try:
        child = subprocess.run(
            [sys.executable, "-c", _PROGRAM, *path], input=content, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    except OSError:
        return True
    if not child.stdout.startswith(_READY):
        return True
    return child.returncode == 0 and _PANIC not in child.stderr


def _has_marks(file: Path | io.BytesIO) -> bool:
    """Whether the file ends as a Parquet file must: most truncated files do not."""
    if isinstance(file, Path):
        with file.open("rb") as stream:
            return _ends_well(stream)
    return _ends_well(file)


def _ends_well(stream: IO[bytes]) -> bool:
    size = stream.seek(0, 2)
    if size < 12:
        return False
    stream.seek(size - 4)
    return stream.read(4) == b"PAR1"
