"""What `asccld report` finds out about the files themselves: checks, the submissions so far, and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asccld.errors import AsccldError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from asccld.cli.report_source import Input
    from asccld.reports.council.checked import Changes, Checked
    from asccld.reports.council.material import Period, Quality
    from asccld.submissions import Listed, Register, Submission
    from asccld.submissions.compared_rows import Rows

ROWS_CHECKED = 400_000
"""Rows of files beside the one that serves the period and the one before it that are checked for the trend, the newest
first; others show what their receipts say."""


def quality_of(given: Input, end: date, *, several: bool) -> Quality:
    """What is known of the files, for a period with this end."""
    from asccld.reports.council.material import Quality

    if given.kind == "file":
        why = "There is one file, and nothing to compare it with: keep a register with asccld submissions add."
        return Quality(latest=given.checked, why_none=why)
    if given.register is None:
        why = (
            "A table of events is not what was submitted: give the register with --store, or a submission with --file."
        )
        return Quality(why_none=why)
    if several:
        return Quality(listed=given.listed, why_none="Of several councils only the submissions are listed.")
    return _of_register(given.register, given.listed, end)


def _of_register(register: Register, listed: Sequence[Listed], end: date) -> Quality:
    from asccld.reports.council.material import Quality

    standing = [e.submission for e in listed if e.state in {"current", "superseded"}]
    newest = sorted(standing, key=lambda s: (s.import_date, s.number), reverse=True)
    serving = _serving(newest, end)
    if serving is None:
        why = f"No submission that counts is of {end:%d/%m/%Y}, the last day of the period."
        return Quality(listed=tuple(listed), why_none=why)
    before = next(iter(newest[newest.index(serving) + 1 :]), None)
    # The comparison holds two whole files: first, while nothing else is in memory.
    changes = _compared(register, before, serving) if before else None
    first = [s for s in (serving, before) if s]
    checked = {s.number: _checked(register, s) for s in _worth_checking(first, newest)}
    return Quality(
        listed=tuple(listed),
        latest=checked[serving.number],
        latest_number=serving.number,
        latest_period=covered(serving),
        before=checked[before.number] if before else None,
        before_number=before.number if before else None,
        checked=checked,
        changes=changes,
        why_none="" if before else _none_before(serving, standing, len(listed)),
    )


def _serving(newest: Sequence[Submission], end: date) -> Submission | None:
    """The submission that a period with this end is told of by: the newest with that end, or else with that day."""
    days = [(found, span) for found in newest if (span := covered(found))]
    exact = (found for found, (_, last) in days if last == end)
    return next(exact, None) or next((found for found, (first, last) in days if first <= end <= last), None)


def covered(found: Submission) -> Period | None:
    """The days that a submission is of."""
    return found.derived_period or found.period


def _none_before(serving: Submission, standing: Sequence[Submission], received: int) -> str:
    """Why a file stands beside no other."""
    which = f"Submission {serving.number}, received on {serving.received_at:%d/%m/%Y}"
    if len(standing) > 1:
        return f"{which}, is the first file of the council that counts: there is none before it to compare it with."
    others = " The others were rejected or withdrawn." if received > 1 else ""
    return f"{which}, is the only file of the council that counts: there is none to compare it with.{others}"


def _worth_checking(always: Sequence[Submission], newest: Sequence[Submission]) -> list[Submission]:
    found, rows = list(always), 0
    for submission in (s for s in newest if s not in always):
        rows += submission.rows
        if rows <= ROWS_CHECKED:
            found.append(submission)
    return found


def _checked(register: Register, found: Submission) -> Checked:
    """The check as it would be on the day of receipt, by the rules of today."""
    from asccld.reports.council.checked import Checked
    from asccld.validation import validate

    path = register.original(found.number)
    if not path.is_file():
        remedy = "Restore it from a backup; asccld submissions check names everything that is wrong"
        raise AsccldError(f"The original of submission {found.number} is missing", str(path), remedy)
    result = validate(
        path,
        la=found.la_code,
        received=found.received_at.date(),
        release=found.release,
        sheet=found.reading.get("sheet"),
        delimiter=found.reading.get("delimiter"),
        encoding=found.reading.get("encoding"),
    )
    return Checked.of(result)


def _compared(register: Register, before: Submission, newest: Submission) -> Changes:
    """What changed, as `Register.compare` tells it; of most cells only whether they differ is kept in memory."""
    from asccld.reports.council.checked import Changes
    from asccld.standard import load_standard
    from asccld.submissions.comparing import Comparison, paired_rows
    from asccld.submissions.integrity import refuse_damaged_originals

    refuse_damaged_originals(register.store, (before, newest))
    earlier, later = (_slim_rows(register, found) for found in (before, newest))
    pairs = paired_rows(earlier.cells, later.cells)
    release = load_standard().releases[newest.release]
    return Changes.of(Comparison(before, newest, earlier, later, pairs, release))


def _slim_rows(register: Register, found: Submission) -> Rows:
    """The rows of a file, with a number in place of every text by which no event is recognised."""
    import polars as pl

    from asccld.intake import open_extract
    from asccld.intake.headers import match_headers
    from asccld.standard import load_standard
    from asccld.submissions.compared_rows import NEEDED, Rows, said_cells, typed_cells

    release = load_standard().releases[found.release]

    def slim(said: pl.DataFrame) -> pl.DataFrame:
        cells = said.with_columns(pl.lit(None, pl.String).alias(name) for name in NEEDED if name not in fields)
        others = [name for name in fields if name not in NEEDED]
        numbers = (pl.when(pl.col(n).is_not_null()).then(pl.col(n).hash()).alias(n) for n in others)
        return typed_cells(cells, fields, release).with_columns(numbers)

    with open_extract(register.original(found.number), **found.reading) as extract:  # pyright: ignore[reportArgumentType] - sheet, delimiter, encoding
        match = match_headers(extract.header, release.headers)
        columns = match.columns | match.assumed
        fields = tuple(name for name in release.headers if name in columns.values())
        return Rows(pl.concat(slim(said_cells(chunk.frame, columns)) for chunk in extract.chunks()), fields)
