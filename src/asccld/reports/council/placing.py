"""Where the parts of a report are, and putting all of them in place at once: nothing is half-written.

OUT/report.xlsx, OUT/pages/index.html, OUT/tables/*.csv and OUT/about.json, by which a later run knows its own.
"""

from __future__ import annotations

import json
import secrets
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from os import sep
from typing import TYPE_CHECKING, Final

from asccld.reports.files import ReportError, replacing

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    import polars as pl

    from asccld.reports.council.model import Block, Report

WORKBOOK: Final = "report.xlsx"
PAGES: Final = "pages"
TABLES: Final = "tables"
ABOUT: Final = "about.json"
FORMAT: Final = "asccld-report-1"
PARTS: Final = (WORKBOOK, PAGES, TABLES, ABOUT)


@dataclass(frozen=True)
class Placed:
    """The parts of a report in a folder."""

    folder: Path

    @property
    def workbook(self) -> Path:
        """The workbook."""
        return self.folder / WORKBOOK

    @property
    def pages(self) -> Path:
        """The folder of pages."""
        return self.folder / PAGES

    @property
    def tables(self) -> Path:
        """The folder of CSV files."""
        return self.folder / TABLES


def refuse_other_folder(out: Path) -> None:
    """Raise ReportError where a report could not be put: a file is there, or a folder with something else in it."""
    above = next((place for place in (out, *out.parents) if place.is_file()), None)
    if above is not None:
        what = "There is a file of this name" if above == out else f"{above.name} is a file, and no folder"
        raise ReportError(what, str(out), "Give --out the name of a folder")
    if out.is_dir() and any(out.iterdir()) and not _is_report(out):
        remedy = "Give --out a new folder, or one that holds an earlier report"
        raise ReportError("The folder holds something else than a report", str(out), remedy)


def _is_report(out: Path) -> bool:
    with suppress(OSError, ValueError):
        return json.loads((out / ABOUT).read_text(encoding="utf-8")).get("format") == FORMAT
    return False


@contextmanager
def placing(out: Path) -> Generator[Placed]:
    """A folder to write the parts to; when the block ends well they take the place of those in `out`.

    It lies within `out`, because a rename is only whole on one file system. Raises ReportError.
    """
    refuse_other_folder(out)
    made = [place for place in (out, *out.parents) if not place.exists()]
    part = out / f".asccld-{secrets.token_hex(6)}.part"
    try:
        part.mkdir(parents=True)
        (part / TABLES).mkdir()
        yield Placed(part)
        _put_in_place(part, out)
    except ReportError as error:
        raise ReportError(error.what, (error.where or "").replace(f"{part.name}{sep}", ""), error.remedy) from error
    except OSError as error:
        remedy = "Close its files if another program has them open, free some space, or choose another folder"
        raise ReportError(f"The report cannot be written: {error.strerror or error}", str(out), remedy) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
        for place in made:
            with suppress(OSError):  # a folder that is not empty stays
                place.rmdir()


def _put_in_place(part: Path, out: Path) -> None:
    """Move the old parts aside, the new ones in, and the old ones back where that fails."""
    aside = part / "old"
    aside.mkdir()
    moved: list[str] = []
    try:
        for name in PARTS:
            if (out / name).exists():
                (out / name).rename(aside / name)
                moved.append(name)
        for name in PARTS:
            if (part / name).exists():
                (part / name).rename(out / name)
    except OSError:
        for name in moved:
            _away(out / name)
            (aside / name).rename(out / name)
        raise


def _away(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def write_about(report: Report, placed: Placed) -> None:
    """What the report is of, for programs."""
    content = {
        "format": FORMAT,
        "council": {"la_code": report.council_code, "la_name": report.council_name},
        "period": [day.isoformat() for day in report.period],
        "previous_period": [day.isoformat() for day in report.previous] if report.previous else None,
        "made_at": report.made_at.isoformat(timespec="seconds"),
        "shareable": report.shareable,
        "personal": report.personal,
        "made_by": dict(report.versions),
    }
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    (placed.folder / ABOUT).write_text(text, encoding="utf-8")


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """A table as CSV, in which no text is a formula."""
    from asccld.reports.tables import neutralised

    _write(neutralised(frame), path)


def _write(frame: pl.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part:
        frame.write_csv(part, date_format="%Y-%m-%d", float_precision=None)


def write_shown_tables(report: Report, placed: Placed) -> None:
    """What a report to be shared shows, as CSV: the figures that are not shown are in no file."""
    from asccld.reports.council.workbook_names import headings

    for chapter in report.chapters:
        for block in chapter.blocks:
            table = shown_table(block)
            if chapter.group == "salt":  # whose columns have no names but their places
                table.columns = headings(column.heading for column in block.columns)
            _write(table, placed.tables / f"{chapter.slug}_{block.slug}.csv")


def shown_table(block: Block) -> pl.DataFrame:
    """The cells of a block as CSV has them: a mark where there is one, numbers as numbers, also those below nought.

    The guard against formulas is for texts. It is put up before a column of numbers becomes one of texts for its marks.
    """
    import polars as pl

    from asccld.reports.tables import neutralised

    cells = neutralised(block.rows.select(column.name for column in block.columns))
    floats = [name for name, kind in cells.schema.items() if kind.is_float()]
    whole = pl.col(floats).cast(pl.Int64, strict=False)
    text = pl.when(pl.col(floats) == whole).then(whole.cast(pl.String)).otherwise(pl.col(floats).cast(pl.String))
    written = cells.with_columns(pl.col(floats).fill_nan(None)).with_columns(text) if floats else cells
    marks = neutralised(pl.DataFrame(block.marks, schema=dict.fromkeys(block.marks, pl.String)))
    shown = [mark for mark in marks if mark.name in cells.columns and mark.null_count() < cells.height]
    return written.with_columns(pl.coalesce(mark, pl.col(mark.name).cast(pl.String)) for mark in shown)
