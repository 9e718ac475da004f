"""What `asccld submissions` prints: tables, sentences and JSON of what the register tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from asccld.counting import counted
from asccld.submissions.model import STATES, Happening, Listed
from asccld.submissions.receipts import moment, shown_period

if TYPE_CHECKING:
    from asccld.submissions.comparing import Comparison

Table = tuple[Sequence[str], Sequence[Sequence[object]]]


def listed(entries: Iterable[Listed]) -> Table:
    """One line for each submission."""
    header = ("id", "council", "name", "period", "release", "received", "rows", "verdict", "state")
    return header, [
        (
            s.number,
            s.la_code,
            s.la_name,
            shown_period(s.period),
            s.release,
            moment(s.received_at),
            f"{s.rows:,}",
            s.verdict,
            _state(entry),
        )
        for entry in entries
        for s in (entry.submission,)
    ]


def listed_json(entry: Listed) -> dict[str, Any]:
    """What is on a line of the list, for programs."""
    s = entry.submission
    return {
        "id": s.number,
        "la_code": s.la_code,
        "la_name": s.la_name,
        "period": [d.isoformat() for d in s.period] if s.period else None,
        "derived_period": [d.isoformat() for d in s.derived_period] if s.derived_period else None,
        "release": s.release,
        "received": moment(s.received_at),
        "import_date": moment(s.import_date),
        "uploader": s.uploader,
        "file": s.file_name,
        "sha256": s.sha256,
        "rows": s.rows,
        "verdict": s.verdict,
        "state": entry.state,
        "superseded_by": entry.superseded_by,
        "events": s.events,
        "events_file": entry.events_file,
    }


def standing(entry: Listed) -> Iterator[str]:
    """How a submission stands now."""
    by = f" (by {entry.superseded_by})" if entry.superseded_by else ""
    yield f"State: {entry.state}{by}: {STATES[entry.state]}"
    yield f"Original: {entry.submission.original}"
    yield f"Receipt: {entry.submission.receipt}, and the same as .json"
    if entry.submission.events:
        yield f"Events: {entry.submission.events} ({entry.events_file})"


def damage(entries: Iterable[Listed]) -> Iterator[str]:
    """A sentence for each submission whose events cannot be read."""
    for entry in entries:
        s = entry.submission
        if entry.events_file in {"missing", "damaged"}:
            yield f"The events of submission {s.number} are {entry.events_file}: {s.events}. Restore the file"


def history(happened: Iterable[Happening]) -> Table:
    """What was done, in order."""
    rows = [(moment(h.at), h.what, h.who, h.reason) for h in happened]
    return ("when", "what", "who", "reason"), rows


def history_json(happened: Iterable[Happening]) -> list[dict[str, str]]:
    """The same for programs."""
    return [
        {"at": moment(h.at), "what": h.what, "who": h.who, "reason": h.reason, "version": h.version} for h in happened
    ]


def comparison(found: Comparison) -> Iterator[tuple[str, Table | None]]:
    """What changed: sentences, then the changes by field, and the counts by type and month where they differ."""
    yield f"Submission {_named(found, 'earlier')}", None
    yield f"with       {_named(found, 'later')}", None
    yield "", None
    ended = f", of which {found.left_the_period:,} ended before the later period began" if found.left_the_period else ""
    yield f"{counted(found.added.height, 'event')} added", None
    yield f"{counted(found.gone.height, 'event')} gone{ended}", None
    yield f"{counted(found.changed, 'event')} changed", None
    yield f"{counted(found.unchanged, 'event')} the same", None
    for side, names in found.columns_only_in_one.items():
        if names:
            yield f"Only the {side} file has: {', '.join(names)}", None
    if found.fields.height:
        rows = [(r["header"], r["changed"], r["filled"], r["blanked"]) for r in found.fields.to_dicts()]
        yield "\nChanged, by field:", (("field", "events", "filled", "blanked"), rows)
    moved = [r for r in found.months.to_dicts() if r["difference"]]
    if moved:
        counts = [(r["event_type"], _month(r), r["earlier"], r["later"], f"{r['difference']:+}") for r in moved]
        yield (
            "\nEvents by type and month, where the number differs:",
            (
                ("event type", "month", "earlier", "later", "difference"),
                counts,
            ),
        )


def comparison_json(found: Comparison) -> dict[str, Any]:
    """The same for programs; every month is in it."""
    months = [row | {"month": _month(row) or None} for row in found.months.to_dicts()]
    return {
        "earlier": found.earlier.number,
        "later": found.later.number,
        "added": found.added.height,
        "gone": found.gone.height,
        "gone_ended_before_later_period": found.left_the_period,
        "changed": found.changed,
        "unchanged": found.unchanged,
        "columns_only_in_one": found.columns_only_in_one,
        "fields": found.fields.to_dicts(),
        "months": months,
    }


def _named(found: Comparison, side: str) -> str:
    s = found.earlier if side == "earlier" else found.later
    return f"{s.number}: {shown_period(s.period)}, received {moment(s.received_at)}, {s.rows:,} rows, {s.verdict}"


def _month(row: dict[str, Any]) -> str:
    return f"{row['month']:%Y-%m}" if row["month"] else ""


def _state(entry: Listed) -> str:
    state = f"superseded by {entry.superseded_by}" if entry.superseded_by else entry.state
    return state if entry.events_file in {"", "present"} else f"{state}; events {entry.events_file}"
