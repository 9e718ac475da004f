"""ASCOF 2A once more, one episode after the other in plain Python: what ours must agree with on made-up histories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

OPEN = date(9999, 1, 1)
RANKS = {
    "Progress to reablement/ST-Max": 101,
    "Progress to assessment, review or reassessment": 102,
    "Release 1 specification only: Not mapped": 103,
    "Progress to support planning or services": 104,
    "Continuation of support or services": 105,
    "Admitted to hospital": 6,
    "NFA: Responsibility moved to another local authority": 7,
    "NFA: Referral to NHS services or NHS funded social care": 8,
    "NFA: Self-funded client or under 12wk disregard": 9,
    "NFA: Information and advice or signposting": 10,
    "NFA: Referral to other service within the local authority": 11,
    "NFA: Support declined": 12,
    "NFA: Deceased": 13,
    "NFA: Support ended as planned": 14,
    "NFA: Support ended for other reason": 15,
    "NFA: No services offered for other reason": 16,
    "NFA: Other": 17,
}
TEXTS = {rank: text for text, rank in RANKS.items()}
LONG = (
    "Long term support: Nursing care",
    "Long term support: Residential care",
    "Long term support: Community",
    "Long term support: Prison",
)
ST_MAX = "Short term support: ST-Max"
SERVICES = (*LONG, ST_MAX, "Short term support: Ongoing low level", "Short term support: Other short term")
HOMES = ("Short term residential care", "Short term nursing care")


@dataclass(frozen=True)
class Event:
    """One row of the joined main table."""

    record: int
    person: str
    kind: str
    service: str | None
    component: str | None
    outcome: str | None
    start: date
    end: date
    died: date | None

    @property
    def rank(self) -> int:
        return RANKS.get(self.outcome or "", 999)

    @property
    def is_st_max(self) -> bool:
        return self.kind == "Service" and self.service == ST_MAX


def classified(events: list[Event], first: date, last: date) -> set[tuple[str, date, date, str, str]]:
    """Person, start, end, step and outcome of every episode of a new client that ends in the period."""
    found: set[tuple[str, date, date, str, str]] = set()
    for person in {e.person for e in events}:
        own = [e for e in events if e.person == person and e.end >= e.start]
        for members in _episodes([e for e in own if e.is_st_max]):
            start, end = min(e.start for e in members), max(e.end for e in members)
            death = own[0].died
            if first <= end <= last and (death is None or death >= start):
                others = [e for e in own if not (e.is_st_max and start <= e.start <= end)]
                if step := _step(members, others, start, end, death):
                    found.add((person, start, end, *step))
    return found


def _episodes(rows: list[Event]) -> list[list[Event]]:
    episodes: list[list[Event]] = []
    for row in sorted(rows, key=lambda e: (e.start, e.end)):
        if episodes and (row.start - max(e.end for e in episodes[-1])).days <= 7:
            episodes[-1].append(row)
        else:
            episodes.append([row])
    return episodes


def _step(
    members: list[Event], others: list[Event], start: date, end: date, death: date | None
) -> tuple[str, str] | None:
    if any(e.service in LONG and e.start < start and (start - e.end).days < 91 for e in others):
        return None
    last = max(members, key=lambda e: (e.end, -e.rank, e.record))
    own, rank = last.outcome or "Invalid and not mapped", last.rank
    if death is not None and (death - end).days <= 7:
        return "1", "NFA: Deceased"
    if own == "Admitted to hospital":
        return "2", own
    future = [e for e in others if e.start >= start and e.end > end and e.start <= end + timedelta(days=7)]
    if starts := [e.start for e in future if e.service == ST_MAX]:
        future = [e for e in future if e.start < min(starts)]
    if known := [e for e in future if e.service in SERVICES]:
        best = min(known, key=lambda e: (SERVICES.index(e.service or ""), e.component not in HOMES))
        if best.service == SERVICES[-1] and best.component in HOMES:
            return "3", "Short term support: Residential or Nursing care"
        return "3", best.service or ""
    return _by_outcome(others, future, start, end, rank) or _without_outcome(others, start, end, own)


def _by_outcome(others: list[Event], future: list[Event], start: date, end: date, rank: int) -> tuple[str, str] | None:
    candidates: list[tuple[int, str]] = []
    if not future and rank < 100:
        candidates.append((rank, "4a"))
    speaking = [
        e
        for e in future
        if e.kind != "Service" and e.outcome != "NFA: Support ended as planned" and min(rank, e.rank) < 100
    ]
    if speaking:
        candidates.append((rank, "4a"))
        candidates += [(e.rank, "4b") for e in speaking if e.rank < 100]
    near = [
        e
        for e in _nested(others, start, end)
        if e.kind in {"Assessment", "Review"} and (end - e.end).days < 14 and e.rank < 100
    ]
    if near:
        candidates.append((max(near, key=lambda e: (e.end, -e.rank)).rank, "4c"))
    return (min(candidates)[1], TEXTS[min(candidates)[0]]) if candidates else None


def _without_outcome(others: list[Event], start: date, end: date, own: str) -> tuple[str, str]:
    if any(e.kind == "Service" and e.component == "Equipment" for e in _nested(others, start, end)):
        return "5", "Short term support: Ongoing low level"
    return "6", own


def _nested(others: list[Event], start: date, end: date) -> list[Event]:
    return [e for e in others if e.start >= start and start < e.end <= end]
