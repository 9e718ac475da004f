"""A code list in a file of its own: whatever a spreadsheet saves, with any headers that can be understood."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from asccld.errors import AsccldError
from asccld.intake import open_extract
from asccld.intake.mapping.extracts import near_in_folder
from asccld.intake.mapping.folding import folded
from asccld.standard import Release
from asccld.standard.names import did_you_mean, field_named

if TYPE_CHECKING:
    from asccld.intake.model import Extract

_SHOWN_HEADERS: Final = 12


def rows_of(path: Path, columns: Sequence[str], fields: Sequence[str], release: Release) -> pl.DataFrame:
    """`row` as the file shows it, then the texts of the columns and of the fields; raises AsccldError."""
    if not path.exists():
        raise AsccldError(f"There is no code list '{path.name}'", None, near_in_folder(path))
    with open_extract(path) as extract:
        positions = _positions(extract, columns, fields, release)
        parts: list[pl.DataFrame] = []
        for chunk in extract.chunks():
            _refuse_surplus(extract, chunk.shape)
            cells = (pl.col(str(at)).cast(pl.String).str.strip_chars().fill_null("") for at in positions)
            named = [c.alias(f"cell {n}") for n, c in enumerate(cells)]
            parts.append(chunk.frame.select("row", *named))
    return pl.concat(parts) if parts else pl.DataFrame(schema={"row": pl.UInt32})


def _positions(extract: Extract, columns: Sequence[str], fields: Sequence[str], release: Release) -> list[int]:
    """Where the columns and fields stand; all that is missing is told at once."""
    plain = [folded(text) for text in extract.header]
    meant = [found.name if (found := field_named(release, text)) else "" for text in extract.header]
    found = [[at for at, text in enumerate(plain) if text == folded(name)] for name in columns]
    for name in fields:
        exact = [at for at, text in enumerate(plain) if text == folded(name)]
        field = field_named(release, name)
        found.append(exact or [at for at, text in enumerate(meant) if field and text == field.name])
    names = [*columns, *fields]
    if missing := [name for name, at in zip(names, found, strict=True) if not at]:
        raise _lacking(extract, missing, {at for places in found for at in places})
    if twice := [name for name, at in zip(names, found, strict=True) if len(at) > 1]:
        remedy = "Give each column its own header"
        raise AsccldError(f"The column '{twice[0]}' stands twice in the header of {extract.place}", None, remedy)
    return [places[0] for places in found]


def _lacking(extract: Extract, missing: Sequence[str], used: set[int]) -> AsccldError:
    free = [text for at, text in enumerate(extract.header) if text.strip() and at not in used]
    near = " ".join(said for name in missing if (said := did_you_mean(name, free, 1)))
    listed = ", ".join(f"'{name}'" for name in missing)
    header = ", ".join(extract.header[:_SHOWN_HEADERS])
    what = f"The header of {extract.place} lacks the {'column' if len(missing) == 1 else 'columns'} {listed}"
    return AsccldError(what, None, near or f"Its header is: {header}")


def _refuse_surplus(extract: Extract, shape: pl.DataFrame) -> None:
    many = shape.filter(pl.col("problem") == "too many cells")
    if many.height:
        what = f"Row {many['row'][0]} of {extract.place} has more cells than the header"
        raise AsccldError(what, None, "Remove them, or put quotes around a text that holds the delimiter")
