"""Days and moments as somebody types them: 2026-07-20 or 20/07/2026, with a time of day where that is wanted."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from asccld.errors import AsccldError

_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def moment(text: str, option: str) -> datetime:
    """A moment, in UTC unless it says otherwise."""
    try:
        found = datetime.fromisoformat(_iso(text))
    except ValueError as error:
        raise AsccldError(
            f"'{text}' is not a time",
            option,
            "Write it like 2026-07-20, 20/07/2026, 2026-07-20T09:30 or 2026-07-20T09:30+01:00",
        ) from error
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def day(text: str, option: str) -> date:
    """A day."""
    try:
        return date.fromisoformat(_iso(text))
    except ValueError as error:
        raise AsccldError(f"'{text}' is not a day", option, "Write it like 2026-04-30 or 30/04/2026") from error


def _iso(text: str) -> str:
    """`20/07/2026 09:30` as `2026-07-20 09:30`."""
    return _BRITISH.sub(lambda found: f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}", text.strip(), count=1)
