"""Which files a source means, and which of them is damaged when an engine cannot read them."""

from __future__ import annotations

import codecs
import glob
import os
import re
from collections.abc import Sequence
from pathlib import Path

from asccld.engine.errors import EngineError

_KINDS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".csv.gz": "csv"}
_SUFFIX = re.compile(r"(\.parquet|\.pq|\.csv|\.csv\.gz)\Z", re.IGNORECASE)
_START = 1 << 16
_PARQUET = b"PAR1"
_PATTERN = re.compile(r"[*?\[]")

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def is_file(source: Paths) -> bool:
    """Whether a source means files; else it is the name of a table."""
    if not isinstance(source, str):
        return True
    return bool(_SUFFIX.search(source) or _PATTERN.search(source) or "://" in source or os.path.exists(source))  # noqa: PTH110


def found(source: Paths, *, remote: bool = False) -> tuple[str, list[str]]:
    """The kind of the files (parquet or csv) and their paths, in order; a folder stands for the Parquet files in it.

    Addresses such as abfss://... are passed on as they are to an engine that reads them (`remote`).
    """
    given = [source] if isinstance(source, str | os.PathLike) else list(source)
    paths = [path for one in given for path in _expanded(os.fspath(one), remote=remote)]
    if not paths:
        raise EngineError("There are no files", None, "Give at least one Parquet or CSV file")
    kinds = {_kind(path) for path in paths}
    if len(kinds) > 1:
        raise EngineError("Parquet and CSV files cannot be read as one table", paths[0], "Give one kind")
    return kinds.pop(), paths


def _kind(path: str) -> str:
    suffix = _SUFFIX.search(path)
    return _KINDS[suffix[0].lower()] if suffix else "parquet"


def _expanded(path: str, *, remote: bool) -> list[str]:
    if "://" in path:
        if not remote:
            raise EngineError("This engine reads files of this machine only", path, "Use --engine with Spark for these")
        return [path]
    if os.path.isfile(path):  # noqa: PTH113 - a name may hold the characters of a pattern
        return [path]
    if os.path.isdir(path):  # noqa: PTH112
        return _some(sorted(map(str, Path(path).rglob("*.parquet"))), path)
    return _some(sorted(glob.glob(path, recursive=True)) if _PATTERN.search(path) else [], path)  # noqa: PTH207


def _some(paths: list[str], asked: str) -> list[str]:
    if not paths:
        raise EngineError("There is no such file, and no Parquet file in such a folder", asked, "Check the path")
    return paths


def damaged(paths: Sequence[str], kind: str, *, whole: bool = False) -> EngineError:
    """Why files could not be read: those that are missing or no whole Parquet file are named.

    Where `whole`, every row is read to find out: a file may be sound at its end and damaged before it.
    """
    local = [path for path in paths if "://" not in path]
    broken = [path for path in local if not _is_sound(path, kind, whole=whole)]
    if not broken:
        return EngineError("The files cannot be read as one table", paths[0], "Do they have the same columns?")
    if kind == "parquet" and len(broken) == len(local) and not any(_SUFFIX.search(path) for path in broken):
        return EngineError("This is no table", broken[0], "Give a file that ends in .parquet, .pq, .csv or .csv.gz")
    counted = f"{len(broken)} files are" if len(broken) > 1 else "A file is"
    others = "; the other files are sound" if len(broken) < len(local) else ""
    remedy = f"Restore it from a backup, or leave it out{others}"
    if kind == "csv":
        remedy = "Save it as CSV in UTF-8, with commas and a line of headings"
        return EngineError("A file is missing or no CSV", ", ".join(broken[:20]), remedy)
    if not any(map(_may_be_parquet, broken)):
        what = "These files are no Parquet files" if len(broken) > 1 else "A file is no Parquet file"
        return EngineError(
            what, ", ".join(broken[:20]), f"Save it as Parquet, or give it the ending that it is{others}"
        )
    return EngineError(f"{counted} missing or damaged", ", ".join(broken[:20]), remedy)


def _may_be_parquet(path: str) -> bool:
    """Whether a file is not there, or begins as Parquet does."""
    if not os.path.isfile(path):  # noqa: PTH113
        return True
    with Path(path).open("rb") as file:
        return file.read(len(_PARQUET)) in {_PARQUET, b""}


def _is_sound(path: str, kind: str, *, whole: bool) -> bool:
    if kind == "csv":
        return os.path.isfile(path) and _is_text(path)  # noqa: PTH113
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            rows = sum(batch.num_rows for batch in file.iter_batches()) if whole else file.metadata.num_rows
            return rows == file.metadata.num_rows and file.metadata.num_columns > 0
    except (ArrowException, OSError):
        return False


def _is_text(path: str) -> bool:
    """Whether a CSV begins as text in UTF-8 does; a compressed one is taken at its word."""
    if path.lower().endswith(".gz"):
        return True
    with Path(path).open("rb") as file:
        start = file.read(_START)
    try:
        # the decoder waits for the rest of a character that is cut at the end
        return "\0" not in codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
