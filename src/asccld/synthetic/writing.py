"""Writing made-up submissions to a folder, with or without faults."""

from __future__ import annotations

import errno
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import polars as pl

from asccld.errors import AsccldError
from asccld.standard import Standard
from asccld.synthetic.councils import make_councils
from asccld.synthetic.faults import KINDS, inject_faults
from asccld.synthetic.model import Submission

TRUTH_FILE = "faults.csv"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_submissions(  # noqa: PLR0913 - what a user may ask for, all by name
    out: Path,
    *,
    councils: int = 1,
    people: int = 1000,
    quarters: int = 1,
    release: str = "r2",
    faults: float = 0.0,
    kinds: Collection[str] = KINDS,
    seed: int = 1,
    last_period_end: date | None = None,
    rows: int | None = None,
    standard: Standard | None = None,
    progress: Callable[[Submission], None] | None = None,
) -> list[Path]:
    """Write one CSV per council and quarter into `out` and return the paths, `faults.csv` last where there are faults.

    `faults.csv` tells of every fault the file, row (the header is row 1), field and rule. A file appears under its name
    only once it is whole. Raises AsccldError, before anything is written, when clean files would replace faulty ones
    that the folder's `faults.csv` tells of.
    """
    written: list[Path] = []
    truths: list[pl.DataFrame] = []
    made = make_councils(
        councils=councils, people=people, quarters=quarters, release=release, seed=seed,
        last_period_end=last_period_end, rows=rows, standard=standard,
    )  # fmt: skip
    _refuse_stale_truth(out, faults)
    with writing_into(out):
        (out / TRUTH_FILE).unlink(missing_ok=True)  # until all is written, nothing tells the truth about these files
        for submission in made:
            frame = submission.frame
            if faults > 0:
                frame, truth = inject_faults(
                    frame, rate=faults, seed=seed, release=submission.release, kinds=kinds, standard=standard
                )
                truths.append(truth.select(pl.lit(submission.file_name).alias("file"), "row", "field", "rule"))
            written.append(written_csv(frame, out / submission.file_name))
            if progress is not None:
                progress(submission)
        if truths:
            written.append(written_csv(pl.concat(truths), out / TRUTH_FILE))
    return written


def _refuse_stale_truth(out: Path, faults: float) -> None:
    if faults <= 0 and (out / TRUTH_FILE).exists():
        raise AsccldError(
            what=f"The folder holds {TRUTH_FILE}, which tells of faults that clean files would not have",
            where=str(out),
            remedy=f"Give another folder, or delete {TRUTH_FILE} and the files beside it",
        )


def written_csv(frame: pl.DataFrame, path: Path) -> Path:
    """The frame as CSV; whoever looks sees the whole file or none."""
    unfinished = path.with_name(path.name + ".part")
    try:
        frame.write_csv(unfinished, line_terminator="\n")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


@contextmanager
def writing_into(out: Path) -> Generator[None]:
    """Makes the folder, and turns what the system says of a full or forbidden disk into an AsccldError.

    A folder that was not there is not left behind empty.
    """
    is_new = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        if is_new:
            with suppress(OSError):
                out.rmdir()
        full = error.errno in _FULL or "no space" in str(error).lower() or "too large" in str(error).lower()
        raise AsccldError(
            what="The disk is full" if full else f"The folder cannot be written to: {error.strerror or error}",
            where=str(out),
            remedy="Choose a folder that you may write to, on a disk with enough room",
        ) from error
