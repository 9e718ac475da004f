"""Reading the package's own tables: CSV and TOML files that a domain expert can edit."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from asccld.errors import AsccldError
from asccld.standard.model import Confidence

Row = dict[str, str]


class StandardError(AsccldError):
    """The standard's own data, or a local overlay of it, contradict themselves."""


def read_rows(path: Path, required: Iterable[str] = ()) -> list[Row]:
    """The rows of a CSV table as text; raises StandardError when the file or a required column is missing."""
    return [row for _, row in numbered_rows(path, required)]


def numbered_rows(path: Path, required: Iterable[str] = ()) -> list[tuple[int, Row]]:
    """The rows of a CSV table, each with the number that a spreadsheet shows; the header is row 1, blank rows count."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            records = list(csv.reader(handle, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StandardError(
            what=f"The table cannot be read: {error}",
            where=str(path),
            remedy="Restore the file or save it as UTF-8 CSV",
        ) from error
    header = records[0] if records else []
    missing = [c for c in required if c not in header]
    if missing:
        raise StandardError(
            what=f"The table lacks the {'column' if len(missing) == 1 else 'columns'} {', '.join(missing)}",
            where=str(path),
            remedy="Add them to the header row",
        )
    return [(at, _row(header, cells, path, at)) for at, cells in enumerate(records[1:], start=2) if any(cells)]


def _row(header: list[str], cells: list[str], path: Path, at: int) -> Row:
    surplus = [text for text in cells[len(header) :] if text.strip()]
    if surplus:
        raise StandardError(
            what=f"The row has more cells than the header: '{surplus[0]}' has no column",
            where=f"{path}, row {at}, column {len(header) + 1}",
            remedy="Remove it, or put quotes around a text that holds a comma",
        )
    texts = [*cells[: len(header)], *[""] * (len(header) - len(cells))]
    return {name: text.strip() for name, text in zip(header, texts, strict=True) if name}


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file; raises StandardError naming line and column when it does not read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StandardError(
            what=f"The file cannot be read: {error}", where=str(path), remedy="Correct the TOML at the place named"
        ) from error


def confidence(text: str, where: str) -> Confidence:
    """One of the three confidences, or StandardError."""
    if text not in ("confirmed", "inferred", "gap"):
        raise StandardError(what=f"'{text}' is not a confidence", where=where, remedy="Use confirmed, inferred or gap")
    return text


def whole_number(text: str, where: str) -> int:
    """A whole number, or StandardError."""
    if not (text.isascii() and text.isdigit()):
        raise StandardError(what=f"'{text}' is not a whole number", where=where, remedy="Write digits only")
    return int(text)


def iso_date(text: str) -> date | None:
    """A date written yyyy-mm-dd, None when blank."""
    return date.fromisoformat(text) if text else None


def fingerprint(folders: Iterable[Path]) -> str:
    """Twelve hex digits over names and contents of every file below the folders, newlines normalised."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
            if path.suffix in (".csv", ".toml"):
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]
