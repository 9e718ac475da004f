"""Deadlines as an iCalendar file (RFC 5545) that Outlook, Google and Apple calendars take in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from asccld.standard.calendar import Submission

_OCTETS = 75  # RFC 5545, section 3.1: the longest line, its line break not counted
_REMINDER_DAYS = 14


def to_icalendar(submissions: Iterable[Submission], stamp: datetime) -> str:
    """One all-day event per deadline. `stamp` (UTC) is DTSTAMP: the same input gives the same text."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//asccld//submission calendar//EN", "CALSCALE:GREGORIAN"]
    for submission in submissions:
        lines += _event(submission, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(submission: Submission, stamp: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:cld-{submission.covers}-{submission.quarter.replace(' ', '-').lower()}@asccld",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{submission.deadline:%Y%m%d}",
        f"DTEND;VALUE=DATE:{submission.deadline + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(f'Client Level Data: {submission.quarter} due')}",
        f"DESCRIPTION:{_escaped(_description(submission))}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(f'Client Level Data: {submission.quarter} is due in {_REMINDER_DAYS} days')}",
        f"TRIGGER:-P{_REMINDER_DAYS}D",
        "END:VALARM",
        "END:VEVENT",
    ]


def _description(submission: Submission) -> str:
    if submission.period_start and submission.period_end:
        period = f"Reporting period {_day(submission.period_start)} to {_day(submission.period_end)}"
    else:
        period = "Any reporting period"
    return f"{period}, in release {submission.release} of the standard.\nCheck the file with: asccld validate FILE"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _escaped(text: str) -> str:
    for character in "\\;,":
        text = text.replace(character, "\\" + character)
    return text.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, never within a character; each further piece starts with a space."""
    piece = ""
    for character in line:
        if len((piece + character).encode()) > _OCTETS:
            yield piece
            piece = " "
        piece += character
    yield piece
