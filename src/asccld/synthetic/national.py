"""A nation's collected events as Parquet, made up directly: what processing is measured on.

Every council has a history of its own, from which each of its rolling files is cut, so that files overlap as real ones
do. Nothing is read or checked on the way: events are written as the register would keep them. At most one council is in
memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import chain
from pathlib import Path

import polars as pl

from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.standard import Council, Standard, load_standard
from asccld.synthetic.chance import share
from asccld.synthetic.councils import ROWS_PER_PERSON, existing_councils, rolling_periods
from asccld.synthetic.history import history_of
from asccld.synthetic.model import Plan, day_number
from asccld.synthetic.national_rows import Stamp, collected_rows, with_pseudonyms
from asccld.synthetic.writing import writing_into

LAST_PERIOD_END = date(2026, 3, 31)
FEWEST_ROWS = 200
"""In one file: below it, a year of a council has too few events to be one."""
_SMALLEST, _RANGE = 0.25, 2.25
"""Sizes of councils differ tenfold: many small ones, a few large ones."""


@dataclass(frozen=True)
class NationalFile:
    """One file to be made."""

    council: Council
    period_start: date
    period_end: date
    received: datetime
    number: int
    first_record_id: int
    rows: int

    @property
    def name(self) -> str:
        """Council and period: nothing about people."""
        return f"{self.council.la_code}_{self.period_end:%Y%m%d}.parquet"


def national_files(
    *, rows: int, councils: int, files: int, seed: int, last_period_end: date = LAST_PERIOD_END
) -> list[NationalFile]:
    """The files of a nation, in the order in which they arrive; together they have exactly so many rows."""
    if rows < councils * files * FEWEST_ROWS / _SMALLEST:
        raise AsccldError(
            what=f"{rows:,} rows are too few for {counted(councils, 'council')} with {counted(files, 'file')} each",
            remedy=f"Ask for at least {round(councils * files * FEWEST_ROWS / _SMALLEST):,} rows, or for fewer files",
        )
    periods = rolling_periods(last_period_end, files)
    chosen = _councils(load_standard(), councils, seed, last_period_end)
    sizes = _sizes(rows, councils, files, seed)
    found: list[NationalFile] = []
    before = 0
    for number, (period, at) in enumerate((p, c) for p in range(files) for c in range(councils)):
        start, end = periods[period]
        received = datetime.combine(end + timedelta(days=8 + at * 7 % 20), time(8 + at % 9, at * 17 % 60, number % 60))
        size = sizes[number]
        found.append(NationalFile(chosen[at], start, end, received, number + 1, before + 1, size))
        before += size
    return found


def _councils(standard: Standard, count: int, seed: int, day: date) -> Sequence[Council]:
    """Councils that exist on the day; those whose code nobody has published get one that no council has."""
    existing = existing_councils(standard, day)
    coded = [replace(c, la_code=c.la_code or f"X{at:04}") for at, c in enumerate(existing, start=1)]
    if not 1 <= count <= len(coded):
        raise AsccldError(
            what=f"{count} councils were asked for", remedy=f"Ask for 1 to {len(coded)}: there are no more"
        )
    first = (seed - 1) * 37 % len(coded)
    return (coded[first:] + coded[:first])[:count]


def _sizes(rows: int, councils: int, files: int, seed: int) -> list[int]:
    """Rows of each file, period by period: a council's files are of about one size, and all add up."""
    weights = pl.DataFrame({"at": pl.int_range(councils * files, dtype=pl.Int64, eager=True)}).select(
        weight=_SMALLEST + _RANGE * share(pl.col("at") % councils, f"{seed} council size").pow(3)
    )["weight"]
    upto = (weights.cum_sum() / weights.sum() * rows).round().cast(pl.Int64)
    return upto.diff().fill_null(upto[0]).to_list()


def write_national(
    folder: Path,
    *,
    rows: int = 15_000_000,
    councils: int = 153,
    files: int = 1,
    seed: int = 1,
    last_period_end: date = LAST_PERIOD_END,
    progress: Callable[[NationalFile], None] | None = None,
) -> Path:
    """Write the collected events of a made-up nation into `folder`, one Parquet file per submission; return `folder`.

    `files` rolling twelve-month files of each council end three months apart, the last of them on `last_period_end`.
    The columns are `asccld.submissions.collected.COLLECTED`; the same arguments give the same rows. Some of what is in
    real data is in these: people without an NHS number, repeated events, other capitals, words that are in no list, and
    the earlier release's wording in files of its time.
    """
    planned = national_files(rows=rows, councils=councils, files=files, seed=seed, last_period_end=last_period_end)
    with writing_into(folder), ThreadPoolExecutor(1) as aside:  # one file is written while the next is made
        waiting: Future[None] | None = None
        for file, frame in chain.from_iterable(_council(planned, at, councils, seed) for at in range(councils)):
            if waiting is not None:
                waiting.result()
            waiting = aside.submit(_write, file, frame, folder, progress)
        if waiting is not None:
            waiting.result()
    return folder


def _council(
    planned: Sequence[NationalFile], at: int, councils: int, seed: int
) -> Iterator[tuple[NationalFile, pl.DataFrame]]:
    """The files of one council; `planned` are those of all, period by period."""
    own = planned[at::councils]
    people = [round(max(f.rows for f in planned[c::councils]) / ROWS_PER_PERSON) + 1 for c in range(at + 1)]
    plan = Plan(
        la_code=own[0].council.la_code,
        la_name=own[0].council.name,
        seed=seed,
        people=people[-1],
        people_before=sum(people[:-1]),
        first_day=day_number(own[0].period_start),
        last_day=day_number(own[-1].period_end),
    )
    history = with_pseudonyms(history_of(plan))
    standard = load_standard()
    for file in own:
        stamp = Stamp(file.period_start, file.period_end, file.received, file.number, file.first_record_id)
        yield file, collected_rows(history, stamp, file.rows, standard)


def _write(
    file: NationalFile, frame: pl.DataFrame, folder: Path, progress: Callable[[NationalFile], None] | None
) -> None:
    unfinished = folder / f"{file.name}.part"
    try:
        frame.write_parquet(unfinished, compression="zstd", compression_level=1)
        unfinished.replace(folder / file.name)
    finally:
        unfinished.unlink(missing_ok=True)
    if progress is not None:
        progress(file)
