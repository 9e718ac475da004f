"""Refusing outputs that could not be written, or that would replace what the command reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from asccld.errors import AsccldError

TABLES = (".parquet", ".csv")
"""What a table of a main table's kind is written as."""


def refuse_impossible(
    outputs: Iterable[Path], in_use: Mapping[str, Path | None], suffixes: tuple[str, ...] | None = None
) -> None:
    """Before the work, not after it: what cannot be written, two of one name, or what is read being replaced.

    `in_use` says what each path is to the person; one that is a folder protects all that is in it.
    """
    from asccld.reports import REPORT_SUFFIXES
    from asccld.reports.files import refuse_unwritable, suffix_of

    seen: set[Path] = set()
    for path in outputs:
        suffix_of(path, suffixes or REPORT_SUFFIXES, "An output")
        where = path.resolve()
        for name, source in in_use.items():
            if source is not None and _would_replace(where, source):
                raise AsccldError(f"An output would replace the {name}", str(path), "Give another file name")
        if where in seen:
            raise AsccldError("Two outputs have the same name", str(path), "Give each its own file name")
        refuse_unwritable(path)
        seen.add(where)


def make_folder(folder: Path) -> None:
    """The folder for what a command writes, made if need be."""
    if folder.exists() and not folder.is_dir():
        raise AsccldError("A file has the name of the folder", str(folder), "Give --out another name")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"The folder cannot be made: {error.strerror}"
        raise AsccldError(reason, str(folder), "Give --out a folder where you may write") from error


def _would_replace(output: Path, source: Path) -> bool:
    source = source.resolve()
    if source.is_dir():
        return source in output.parents
    if output == source:
        return True
    # Not every file system tells small letters from capitals.
    return output.exists() and source.exists() and output.samefile(source)
