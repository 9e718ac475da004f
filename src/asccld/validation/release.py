"""Which release a file is checked against, and why."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from asccld.errors import AsccldError
from asccld.intake.headers import plain_columns
from asccld.standard import Release, Standard
from asccld.validation.prepare import read_dates
from asccld.validation.result import ReleaseChoice


class UnknownRelease(AsccldError):
    """A release that the standard does not have."""


def choose_release(standard: Standard, given: str, header: Sequence[str], first: pl.DataFrame) -> ReleaseChoice:
    """The release by the user's word, else by headers (v5), else by the period, else by the values of the first rows.

    `first` holds the first events, columns named by position ("0", "1", ...).
    """
    given = given.lower()
    if given != "auto":
        if given not in standard.releases:
            raise UnknownRelease(
                f"There is no release '{given}'", "--release", f"Use auto or one of {', '.join(standard.releases)}"
            )
        return _choice(standard.releases[given], "it was asked for", given=True)
    by_headers = _by_headers(standard, header)
    if by_headers is not None:
        return by_headers
    by_period = _by_period(standard, header, first)
    return by_period or _by_values(standard, header, first)


def _choice(release: Release, reason: str, *, given: bool = False) -> ReleaseChoice:
    return ReleaseChoice(release.id, release.title, reason, given)


def _by_headers(standard: Standard, header: Sequence[str]) -> ReleaseChoice | None:
    """v5 has items of its own and lacks Client Type; the later releases cannot be told apart by headers alone."""
    oldest, *later = standard.releases.values()
    fields = {r.id: set(plain_columns(header, r.headers).values()) for r in standard.releases.values()}
    own = fields[oldest.id] - set().union(*(r.by_name for r in later))
    if own and not fields[later[0].id] & (later[0].by_name.keys() - oldest.by_name.keys()):
        names = ", ".join(oldest.by_name[n].header for n in sorted(own))
        return _choice(oldest, f"the file has items that only this release defines ({names})")
    return None


def _column(release: Release, header: Sequence[str], first: pl.DataFrame, name: str) -> pl.Series | None:
    positions = [p for p, n in plain_columns(header, release.headers).items() if n == name]
    return first[str(positions[0])].str.strip_chars().drop_nulls() if positions and first.height else None


def _by_period(standard: Standard, header: Sequence[str], first: pl.DataFrame) -> ReleaseChoice | None:
    ends = _column(standard.latest, header, first, "reporting_period_end_date")
    dates = read_dates(ends).drop_nulls() if ends is not None else pl.Series([], dtype=pl.Date)
    if dates.is_empty():
        return None
    end = dates.mode().sort().item(-1)
    later = [r for r in standard.releases.values() if not r.voluntary]
    release = max((r for r in later if r.valid_from <= end), key=lambda r: r.valid_from, default=None)
    if release is None:
        # Without the date: decades ago it is a person's, under a wrong heading.
        return _choice(later[0], "the reporting period ends before it began, but the file is not v5")
    return _choice(release, f"the reporting period ends on {end:%d/%m/%Y}, when it is in force ({release.confidence})")


def _by_values(standard: Standard, header: Sequence[str], first: pl.DataFrame) -> ReleaseChoice:
    later = [r for r in standard.releases.values() if not r.voluntary]
    votes = {r.id: sum(_votes(r, o, header, first) for o in later if o.id != r.id) for r in later}
    best = max(later, key=lambda r: (votes[r.id], r.valid_from))
    if not votes[best.id]:
        return _choice(best, "nothing in the file tells its release, and this is the newest")
    return _choice(best, "no reporting period could be read, and most values that only one release has belong to it")


def _votes(release: Release, other: Release, header: Sequence[str], first: pl.DataFrame) -> int:
    """Cells whose value this release has and the other does not."""
    total = 0
    for field in release.fields:
        ours, theirs = release.list_of(field.name), other.list_of(field.name)
        values = _column(release, header, first, field.name) if ours and theirs else None
        if ours and theirs and values is not None:
            total += int(values.is_in([t for t in ours.texts if t not in theirs.texts]).sum())
    return total
