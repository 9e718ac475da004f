"""Made-up councils: one history each, cut into the files that they would have sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import polars as pl

from asccld.errors import AsccldError
from asccld.standard import Council, Release, Standard, load_standard
from asccld.standard.calendar import month_end, months_later
from asccld.synthetic.choices import word
from asccld.synthetic.extract import rows_of
from asccld.synthetic.history import history_of
from asccld.synthetic.model import History, Plan, Submission, day_number
from asccld.synthetic.wording import in_release

ROWS_PER_PERSON = 2.4
"""A little fewer than a file holds on average, so that `rows` can be cut exactly."""
AUTO = "auto"
"""In place of a release: the one in force."""
_DAYS_UNTIL_SENT = 20
_LAST_PERIOD_END = date(2026, 3, 31)


def make_councils(
    *,
    councils: int = 1,
    people: int = 1000,
    quarters: int = 1,
    release: str = "r2",
    seed: int = 1,
    last_period_end: date | None = None,
    rows: int | None = None,
    standard: Standard | None = None,
) -> Iterator[Submission]:
    """The files of made-up councils, oldest first, council by council; the same arguments give the same bytes.

    `last_period_end` is the end of a quarter; by default the last one that fits the release. With the release `auto`
    each file is in the release that was in force at the end of its period. With `rows`, each file has exactly that many
    rows (`people` is then ignored; with several quarters it is roughly that many).
    """
    standard = standard or load_standard()
    chosen = standard.latest if release == AUTO else _release(release, standard)
    folk = people if rows is None else max(5, round(rows / ROWS_PER_PERSON))
    periods = rolling_periods(last_period_end or _last_end(chosen), quarters)
    releases = [_in_force(standard, end) if release == AUTO else chosen for _, end in periods]
    for at, council in enumerate(registered_councils(standard, councils, seed, periods[-1][1])):
        plan = Plan(
            la_code=council.la_code,
            la_name=council.name,
            seed=seed,
            people=folk,
            people_before=at * folk,
            first_day=day_number(periods[0][0]),
            last_day=day_number(periods[-1][1]),
        )
        yield from _submissions(history_of(plan), list(zip(periods, releases, strict=True)), rows)


def _submissions(
    history: History, periods: Sequence[tuple[tuple[date, date], Release]], rows: int | None
) -> Iterator[Submission]:
    for (start, end), release in periods:
        yield Submission(
            la_code=history.plan.la_code,
            la_name=history.plan.la_name,
            release=release.id,
            period_start=start,
            period_end=end,
            received=end + timedelta(days=_DAYS_UNTIL_SENT),
            frame=_frame(history, start, end, release, rows),
        )


def _frame(history: History, start: date, end: date, release: Release, rows: int | None) -> pl.DataFrame:
    kinds = load_standard().releases[release.id].list_of("assessment_type")  # as shipped: so are the words
    found = rows_of(
        history,
        start,
        end,
        carers="client_type" in release.by_name,  # the voluntary phase knew none
        financial=kinds is not None and word("assessment_type", "financial") in kinds.texts,
        limit=rows,
    )
    worded = in_release(found, release)
    return worded.select(pl.col(name).cast(pl.String).alias(header) for name, header in release.headers.items())


def _release(name: str, standard: Standard) -> Release:
    if name not in standard.releases:
        remedy = f"Use one of: {AUTO}, {', '.join(standard.releases)}"
        raise AsccldError(what=f"There is no release {name}", remedy=remedy)
    return standard.releases[name]


def _in_force(standard: Standard, day: date) -> Release:
    return standard.in_force(day) or next(iter(standard.releases.values()))


def _last_end(release: Release) -> date:
    """The last quarter's end that lies in the time of the release, at the latest that of the shipped examples."""
    if release.valid_to is None or release.valid_to >= _LAST_PERIOD_END:
        return _LAST_PERIOD_END
    end = month_end(release.valid_to)
    while end > release.valid_to or end.month % 3:
        end = month_end(months_later(end, -1))
    return end


def rolling_periods(last_end: date, quarters: int) -> list[tuple[date, date]]:
    """Rolling twelve months, each period three months after the one before."""
    if quarters < 1:
        raise AsccldError(what="No file was asked for", remedy="Give at least one quarter")
    if last_end != month_end(last_end) or last_end.month % 3:
        raise AsccldError(
            f"{last_end} is not the end of a quarter", None, "Give 31 March, 30 June, 30 September or 31 December"
        )
    ends = [month_end(months_later(last_end.replace(day=1), -3 * back)) for back in range(quarters - 1, -1, -1)]
    return [(months_later(end.replace(day=1), -11), end) for end in ends]


def existing_councils(standard: Standard, day: date) -> list[Council]:
    """Councils of the register that exist on the day, those too whose code nobody has published."""
    return [c for c in standard.councils if c.status != "pseudo" and (c.to_date is None or c.to_date >= day)]


def registered_councils(standard: Standard, count: int, seed: int, day: date) -> Sequence[Council]:
    """Councils with a code that exist on the day, beginning at one that the seed chooses."""
    existing = [c for c in existing_councils(standard, day) if c.la_code]
    if not 1 <= count <= len(existing):
        raise AsccldError(
            what=f"{count} councils were asked for", remedy=f"Ask for 1 to {len(existing)}: those are in the register"
        )
    first = (seed - 1) * 37 % len(existing)
    return (existing[first:] + existing[:first])[:count]
