"""The identity rule, clustering and sequel search in plain Python, row by row.

Written from the description of the method, without any of the engine's cleverness: every subject looks at every later
row of its person. The engine must give what this gives, for whatever history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

Row = dict[str, Any]

FAR = date(9999, 1, 1)
ST_MAX = "short term support: st-max"
LONG_TERM = tuple(f"long term support: {s}" for s in ("nursing care", "residential care", "community", "prison"))
LOW, OTHER_SHORT = "short term support: ongoing low level", "short term support: other short term"
PLANNED, END_OF_LIFE = "service ended as planned", "progress to end of life care"

REQUEST_SERVICES = (ST_MAX, *LONG_TERM, LOW, OTHER_SHORT)
REQUEST_SERVICES_GUIDE = (*LONG_TERM, ST_MAX, LOW, OTHER_SHORT)
ST_MAX_SERVICES = (*LONG_TERM, LOW, OTHER_SHORT)

OTHER_REASON = "No Services Provided - other reason"
UNABLE = "Unable_To_Classify"
REQUEST_CATEGORY = {
    "progress to reablement/st-max": UNABLE,
    "progress to assessment": UNABLE,
    "admitted to hospital": UNABLE,
    "progress to re-assessment / unplanned review": UNABLE,
    "progress to support planning / services": UNABLE,
    END_OF_LIFE: "End of Life",
    "no change in package": UNABLE,
    PLANNED: UNABLE,
    "nfa - moved to another la": OTHER_REASON,
    "nfa - 100% nhs funded care": "100% NHS Funded Care",
    "nfa - self-funded client (inc. 12wk disregard)": OTHER_REASON,
    "nfa - support declined": OTHER_REASON,
    "nfa - information & advice / signposting only": "Universal Services/ Signposted to other services",
    "nfa - deceased": "No Services Provided - Deceased",
    "nfa - no services offered: other reason": OTHER_REASON,
    "nfa - support ended: other reason": OTHER_REASON,
    "progress to financial assessment": UNABLE,
    "provision of service": UNABLE,
    "nfa- other": OTHER_REASON,
}
NOT_IN_GUIDE = (
    "nfa - moved to another la",
    "nfa - self-funded client (inc. 12wk disregard)",
    "nfa - support declined",
    "nfa - no services offered: other reason",
)
REQUEST_SERVICE_NAME = {
    ST_MAX: "Short Term Support to Maximise Independence",
    LONG_TERM[0]: "Long Term Support Nursing Care",
    LONG_TERM[1]: "Long Term Support Residential Care",
    LONG_TERM[2]: "Long Term Support Community",
    LONG_TERM[3]: "Long Term Support Prison",
    LOW: "Ongoing Low Level Support",
    OTHER_SHORT: "Short Term Support (other)",
}

NONE_OTHER = "No services provided – other"
CESSATION = "Early cessation of service (not leading to long term support) - 100% NHS funded care/End of Life/deceased"
UNIVERSAL = "No Services Provided – Universal Services / signposted to other services"
ST_MAX_CATEGORY = {
    "nfa - 100% nhs funded care": CESSATION,
    "nfa - deceased": CESSATION,
    "nfa - self-funded client (inc. 12wk disregard)": "No services provided – needs identified but self-funding",
    "nfa - support declined": "No services provided – needs identified but support declined",
    "nfa - information & advice / signposting only": UNIVERSAL,
    "nfa - moved to another la": NONE_OTHER,
    "nfa- other": NONE_OTHER,
    "nfa - no services offered: other reason": NONE_OTHER,
    "nfa - support ended: other reason": NONE_OTHER,
    END_OF_LIFE: NONE_OTHER,
    "admitted to hospital": NONE_OTHER,
    **dict.fromkeys(LONG_TERM, "Long Term Support (any setting)"),
    LOW: "Ongoing Low Level Support",
    OTHER_SHORT: "Short Term Support (other)",
    "no service found": "No Service Found",
}
NOT_IN_APPENDIX = (END_OF_LIFE, "admitted to hospital")

INTENDED_RANK = {
    outcome: rank
    for rank, outcome in enumerate(
        (
            "progress to reablement/st-max",
            "progress to assessment",
            "admitted to hospital",
            "progress to re-assessment / unplanned review",
            "progress to support planning / services",
            END_OF_LIFE,
            "no change in package",
            PLANNED,
            "progress to financial assessment",
            "provision of service",
            "nfa - deceased",
            "nfa - moved to another la",
            "nfa - 100% nhs funded care",
            "nfa - information & advice / signposting only",
            "nfa - self-funded client (inc. 12wk disregard)",
            "nfa - support declined",
            "nfa - support ended: other reason",
            "nfa - no services offered: other reason",
            "nfa- other",
        ),
        1,
    )
}
MISSPELT_RANK = {
    "nfa - 100% nhs-funded care": 13,
    "nfa - support ended – other reason": 17,
    "nfa - no services offered - other reason": 18,
}
EFFECTIVE_RANK = {o: r for o, r in INTENDED_RANK.items() if r not in MISSPELT_RANK.values()} | MISSPELT_RANK


@dataclass(frozen=True)
class Run:
    """The dates of a run and which options are `documented`."""

    start: date = date(2023, 4, 1)
    end: date = date(2023, 12, 31)
    import_by: date = date(2024, 2, 1)
    today: date = FAR
    documented: frozenset[str] = field(default_factory=frozenset)

    def __contains__(self, option: str) -> bool:
        return option in self.documented

    @property
    def open_end(self) -> date:
        return FAR if "x5" in self else self.today

    @property
    def last_start(self) -> date:
        """Of the rows that are read."""
        return self.end + timedelta(days=28) if "x6" in self else self.end


def fold(text: str | None) -> str | None:
    """As the national database compares."""
    return None if text is None else text.rstrip(" ").lower()


# ---------------------------------------------------------------- who


def with_person(rows: Iterable[Row], *, within_la: bool = False) -> list[Row]:
    """PID: the traced NHS number; else the council's identifier, unless some row has it beside an NHS number."""
    known = list(rows)

    def lookup(row: Row) -> tuple[str | None, str | None]:
        local = fold(row["der_la_person_unique_identifier_pseudo"])
        return (fold(row["la_code"]) if within_la else None, local)

    taken = {lookup(r) for r in known if r["der_nhs_number_traced_pseudo"] is not None}
    kept: list[Row] = []
    for row in known:
        nhs, local = row["der_nhs_number_traced_pseudo"], row["der_la_person_unique_identifier_pseudo"]
        if nhs is not None:
            kept.append(row | {"id": nhs})
        elif local is not None and lookup(row) not in taken:
            kept.append(row | {"id": local})
    return kept


def person(row: Row) -> tuple[str | None, str | None]:
    return fold(row["la_code"]), fold(row["id"])


# ---------------------------------------------------------------- which version

REQUEST_KEY = ("la_code", "id", "client_type", "event_start_date", "request_route_of_access")
SERVICE_KEY = (
    "la_code",
    "id",
    "client_type",
    "event_start_date",
    "service_type",
    "service_component",
    "delivery_mechanism",
)
OTHER_KEY = ("la_code", "id", "client_type", "event_type", "event_start_date")


def latest_versions(rows: Iterable[Row], key: Sequence[str], run: Run) -> list[Row]:
    """VER: of the rows imported in time, those of the latest import of their event."""

    def event(row: Row) -> object:
        if "x20" in run:
            return tuple(fold(str(row[c])) if row[c] is not None else "" for c in key)
        return fold("".join(str(row[c]) if row[c] is not None else "" for c in key))

    def in_time(row: Row) -> bool:
        at: datetime | None = row["importdate"]
        if at is None:
            return False
        return (
            at.date() <= run.import_by if "x19" in run else at <= datetime.combine(run.import_by, datetime.min.time())
        )

    considered = [r for r in rows if in_time(r)]
    latest: dict[object, datetime] = {}
    for row in considered:
        latest[event(row)] = max(latest.get(event(row), row["importdate"]), row["importdate"])
    return [r for r in considered if r["importdate"] == latest[event(r)]]


def of_type(rows: Iterable[Row], *types: str) -> list[Row]:
    return [r for r in rows if fold(r["event_type"]) in types]


# ---------------------------------------------------------------- clusters


def cluster_numbers(spans: Sequence[tuple[date, date]], gap: int, *, running: bool = False) -> list[int]:
    """ISL for one council and person: the number of the cluster of each span, spans in any order, 1 is the first.

    A repeated span that ends before it starts begins once more, as it is compared with its own copy; the latest end so
    far (`running`) knows no copies.
    """
    order = sorted(range(len(spans)), key=lambda place: spans[place])
    reach: date | None = None
    number = 0
    number_of: dict[tuple[date, date], int] = {}
    for place in order:
        start, end = spans[place]
        if running and (start, end) in number_of:
            continue
        if reach is None or (start - reach).days > gap:
            number += 1
        number_of[spans[place]] = number
        reach = max(reach, end) if running and reach is not None else end
    return [number_of[span] for span in spans]


def clustered(rows: Iterable[Row], gap: int, run: Run) -> list[Row]:
    """Rows with `number` and `cluster_start`; a row may come several times, with the numbers of other councils (X8)."""
    ended = [r | {"end": r["event_end_date"] or run.open_end} for r in rows]
    by_person: dict[tuple[str | None, str | None], list[Row]] = {}
    for row in ended:
        by_person.setdefault(person(row), []).append(row)
    numbers: dict[object, set[int]] = {}
    for who, group in by_person.items():
        spans = [(r["event_start_date"], r["end"]) for r in group]
        for span, number in zip(spans, cluster_numbers(spans, gap, running="x1" in run), strict=True):
            key = (who, *span) if "x8" in run else (who[1], *span)
            numbers.setdefault(key, set()).add(number)
    numbered: list[Row] = []
    for row in ended:
        who = person(row)
        key = (who if "x8" in run else who[1], row["event_start_date"], row["end"])
        numbered += [row | {"number": n} for n in sorted(numbers[key])]
    first: dict[object, date] = {}
    for row in numbered:
        at = (person(row), row["number"])
        first[at] = min(first.get(at, row["event_start_date"]), row["event_start_date"])
    return [r | {"cluster_start": first[person(r), r["number"]]} for r in numbered]


# ---------------------------------------------------------------- subjects


@dataclass(frozen=True)
class Candidate:
    """One possible (age, route, outcome) of a subject. `copies`: how often the script's joins repeat it."""

    age: int | None
    route: str | None
    outcome: str | None
    copies: int = 1


@dataclass(frozen=True)
class Subject:
    """A cluster of requests or of ST-Max rows, with what is known about its own outcome."""

    la_code: str | None
    id: str
    number: int
    start: date
    end: date
    candidates: tuple[Candidate, ...]

    @property
    def who(self) -> tuple[str | None, str | None]:
        return fold(self.la_code), fold(self.id)


def subjects(rows: Sequence[Row], run: Run, *, rows_first: bool, plain: bool) -> list[Subject]:
    """Clusters that end in the period; `rows_first`: rows outside it go before the end is chosen.

    `plain`: neither age nor route tells candidates apart.
    """
    groups: dict[tuple[tuple[str | None, str | None], int], list[Row]] = {}
    for row in rows:
        if not rows_first or run.start <= row["end"] <= run.end:
            groups.setdefault((person(row), row["number"]), []).append(row)
    found: list[Subject] = []
    for (_, number), group in groups.items():
        end = max(r["end"] for r in group)
        if not run.start <= end <= run.end:
            continue
        last = [r for r in group if r["end"] == end]
        distinct: dict[object, Candidate] = {}
        for r in sorted(last, key=lambda r: str(r["event_outcome"])):
            candidate = Candidate(
                None if plain else r["age"], None if plain else r["request_route_of_access"], r["event_outcome"]
            )
            distinct.setdefault((candidate.age, fold(candidate.route), fold(candidate.outcome)), candidate)
        one = min(group, key=lambda r: str(r["id"]))
        found.append(
            Subject(one["la_code"], one["id"], number, group[0]["cluster_start"], end, tuple(distinct.values()))
        )
    return found


def had_long_term_support(subject: Subject, rows: Iterable[Row], *, before: bool = False) -> int:
    """How many different long-term rows (type, start, end) cover the subject's start."""
    covering: set[object] = set()
    for r in rows:
        if person(r) != subject.who or fold(r["service_type"]) not in LONG_TERM:
            continue
        start, end = r["event_start_date"], r["event_end_date"]
        begun = start < subject.start if before else start <= subject.start
        if begun and (end is None or end >= subject.start):
            covering.add((fold(r["service_type"]), start, end))
    return len(covering)


def rank(outcome: str | None, run: Run) -> int:
    ranks = INTENDED_RANK if "x17" in run else EFFECTIVE_RANK
    return ranks.get(fold(outcome) or "", 99)


def text_order(candidate: Candidate) -> tuple[Any, ...]:
    """Which of several equally good candidates stands for the cluster, where one must."""
    outcome, route, age = fold(candidate.outcome), fold(candidate.route), candidate.age
    return outcome is None, outcome or "", route is None, route or "", age is None, age or 0


def best_candidates(subject: Subject, run: Run, *, by_route: bool) -> Subject | None:
    """The candidates of the best rank, each repeated as often as the script's join repeats it."""
    if not subject.candidates:
        return None
    best_rank = min(rank(c.outcome, run) for c in subject.candidates)
    best = [c for c in subject.candidates if rank(c.outcome, run) == best_rank]
    if by_route and "x13" not in run:
        best = [c for c in best if c.route is not None]
    if not best:
        return None
    if "x11" in run:
        best = [min(best, key=text_order)]
    copies = Counter(fold(c.route) if by_route else None for c in best)
    kept = tuple(Candidate(c.age, c.route, c.outcome, copies[fold(c.route) if by_route else None]) for c in best)
    return Subject(subject.la_code, subject.id, subject.number, subject.start, subject.end, kept)


# ---------------------------------------------------------------- sequels


@dataclass(frozen=True)
class Search:
    """What differs between the two tables."""

    window: int
    own_kind: Callable[[Row], bool]
    services: Sequence[str]
    useful: Callable[[str | None], bool]
    collect_all: bool
    """Whether rows that are not useful count too when the latest end is looked at."""


@dataclass(frozen=True)
class Found:
    """What the later rows of a subject say."""

    nothing_later: bool
    usable: tuple[Row, ...] = ()
    service: str | None = None
    """Folded type of the best service."""
    useful: str | None = None
    """The useful outcome, "NFA- Other" where there are several."""
    several: bool = False


GAP = 3


def _flag(before: list[Row] | None, here: list[Row], copies: int, run: Run) -> int:
    """0 if the chain breaks before the rows of this day, in whatever order the rows of a day are taken."""
    day = here[0]["event_start_date"]
    closed = before is not None and all(r["event_end_date"] is not None for r in before)
    if before is not None and closed and (day - max(r["event_end_date"] for r in before)).days > GAP:
        return 0
    if "x4" in run:
        return 1
    backwards = [r for r in here if r["event_end_date"] is not None and (day - r["event_end_date"]).days > GAP]
    return 0 if len(backwards) * copies >= 2 else 1


def search(subject: Subject, rows: Iterable[Row], how: Search, run: Run) -> Found:
    """SEQ, step by step."""
    pool = [r for r in rows if person(r) == subject.who and r["event_start_date"] >= subject.end]
    first_day = min((r["event_start_date"] for r in pool), default=None)

    def own(r: Row) -> bool:
        return how.own_kind(r) and (r["event_start_date"] == subject.start or r["event_end_date"] == subject.end)

    later = [r for r in pool if not own(r)]
    if not later:
        return Found(nothing_later=True)
    copies = sum(c.copies for c in subject.candidates)
    days = sorted({r["event_start_date"] for r in later})
    by_day = {d: [r for r in later if r["event_start_date"] == d] for d in days}
    in_scope, flags = True, 1
    usable: list[Row] = []
    broken_by_own_kind = False
    for place, day in enumerate(days):
        here = by_day[day]
        flags = min(flags, _flag(by_day[days[place - 1]] if place else None, here, copies, run))
        applies = day == first_day or (place == 0 and ({"x2", "d3"} & run.documented))
        for r in here:
            value = flags
            if applies:
                exempt = r["event_end_date"] is None and not {"x3", "d3"} & run.documented
                late = (day - subject.end).days > how.window
                value = 1 if exempt else 0 if late else flags
            in_scope = in_scope and value == 1
        if not in_scope:
            break
        if any(how.own_kind(r) for r in here):
            broken_by_own_kind = True
            break
        usable += here
    if "d9" in run and broken_by_own_kind:
        usable = []
    return _said(subject, usable, how, run)


def _said(subject: Subject, usable: list[Row], how: Search, run: Run) -> Found:
    if not usable:
        return Found(nothing_later=False)
    ranks = [how.services.index(s) for r in usable if (s := fold(r["service_type"])) in how.services]
    if ranks:
        return Found(False, tuple(usable), service=how.services[min(ranks)])
    useful = [r for r in usable if how.useful(r["event_outcome"])]
    if not useful:
        return Found(False, tuple(usable))
    if "d7" in run:
        outcomes = sorted({str(fold(r["event_outcome"])) for r in useful})
        return Found(False, tuple(usable), useful=outcomes[0], several=len(outcomes) > 1)
    latest = max((r["event_end_date"] or date.min) for r in useful)
    considered = usable if how.collect_all else useful
    rows = {
        (fold(r["event_type"]), r["event_start_date"], fold(r["event_outcome"]))
        for r in considered
        if (r["event_end_date"] or date.min) == latest
    }
    if len(rows) * len(subject.candidates) > 1:
        return Found(False, tuple(usable), useful="nfa- other", several=True)
    return Found(False, tuple(usable), useful=next(iter(rows))[2])
