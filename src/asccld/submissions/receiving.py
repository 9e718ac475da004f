"""When a file was received: what can be true, and what is worth a second look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from asccld.submissions.errors import StoreError
from asccld.submissions.model import Submission

_FIRST_YEAR = 2000
_AHEAD = timedelta(days=1)
"""Clocks go wrong and zones are mixed up by less than this."""


def received_at(told: datetime | None) -> datetime:
    """The moment in UTC, or now; raises StoreError for one that no file can have been received at.

    It would decide for ever which file of a council is the newest.
    """
    now = datetime.now(UTC)
    if told is None:
        return now
    try:
        moment = told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except OverflowError:  # the first or the last day that there is, in another zone
        moment = told.replace(tzinfo=UTC)
    if moment.year < _FIRST_YEAR:
        raise _impossible(told, f"before {_FIRST_YEAR}")
    if moment > now + _AHEAD:
        raise _impossible(told, "in the future")
    return moment


def doubt(found: Submission) -> str:
    """A sentence about a file that was received before the period that it states was over; blank for any other."""
    if found.period_end is None or found.received_at.date() >= found.period_end:
        return ""
    return (
        f"Warning: received on {found.received_at:%d/%m/%Y}, before the end of the period that it states "
        f"({found.period_end:%d/%m/%Y}). Is that right? What was recorded stays; withdraw the submission if it is not"
    )


def _impossible(told: datetime, when: str) -> StoreError:
    return StoreError(
        f"{told.isoformat(timespec='minutes')} lies {when}",
        "the time of receipt",
        "Say when the file was received, like 2026-07-20T09:30; without a time, now is taken",
    )
