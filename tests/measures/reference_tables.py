"""The tables of the sequel search in plain Python: STS001, STS002a, STS002b and ASCOF 2A, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from measures.reference import (
    CESSATION,
    END_OF_LIFE,
    NONE_OTHER,
    NOT_IN_APPENDIX,
    NOT_IN_GUIDE,
    OTHER_KEY,
    OTHER_REASON,
    PLANNED,
    REQUEST_CATEGORY,
    REQUEST_KEY,
    REQUEST_SERVICE_NAME,
    REQUEST_SERVICES,
    REQUEST_SERVICES_GUIDE,
    SERVICE_KEY,
    ST_MAX,
    ST_MAX_CATEGORY,
    ST_MAX_SERVICES,
    UNABLE,
    UNIVERSAL,
    Candidate,
    Found,
    Row,
    Run,
    Search,
    Subject,
    best_candidates,
    clustered,
    fold,
    had_long_term_support,
    latest_versions,
    of_type,
    person,
    rank,
    search,
    subjects,
    text_order,
    with_person,
)


def _age(row: Row, day: date) -> int | None:
    year, month = row["der_birth_year"], row["der_birth_month"]
    if year is None or month is None:
        return None
    return int(((day - date(year, month, 1)).days / 365.25) // 1)


def _base(rows: Iterable[Row], run: Run) -> list[Row]:
    return [
        r
        for r in rows
        if fold(r["client_type"]) == "service user"
        and fold(r["event_type"]) in ("request", "assessment", "service", "review")
        and r["event_start_date"] is not None
        and r["event_start_date"] <= run.last_start
    ]


def _alive(row: Row, run: Run) -> bool:
    return row["date_of_death"] is None or row["date_of_death"] >= run.start


def _identified(rows: list[Row], run: Run) -> list[Row]:
    return with_person(rows, within_la=bool({"x9", "d26"} & run.documented))


def _others(rows: Iterable[Row], run: Run, *types: str) -> list[Row]:
    found = of_type(rows, *types)
    if "x7" not in run:
        return found
    requests = latest_versions(of_type(found, "request"), REQUEST_KEY, run)
    return requests + latest_versions(of_type(found, "assessment", "review"), OTHER_KEY, run)


def events_for_requests(rows: Iterable[Row], run: Run) -> list[Row]:
    """The rows of STS001: identified, versioned, with the age at the period's end."""
    everything = list(rows)

    def wanted(r: Row) -> bool:
        return r["der_birth_year"] is not None and r["der_birth_month"] is not None and _alive(r, run)

    if "x10" in run:
        identified = [r for r in _identified(_base(everything, run), run) if wanted(r)]
    else:
        identified = _identified([r for r in _base(everything, run) if wanted(r)], run)
    aged = [r | {"age": _age(r, run.end)} for r in identified]
    return (
        latest_versions(of_type(aged, "request"), REQUEST_KEY, run)
        + latest_versions(of_type(aged, "service"), SERVICE_KEY, run)
        + _others(aged, run, "assessment", "review")
    )


def events_for_st_max(rows: Iterable[Row], run: Run) -> list[Row]:
    """The rows of STS002a: services in their latest version, everything else as it is."""
    base = [r for r in _base(rows, run) if "d14" not in run or _alive(r, run)]
    identified = _identified(base, run)
    services = latest_versions(of_type(identified, "service"), SERVICE_KEY, run)
    return services + _others(identified, run, "request", "assessment", "review")


def is_request(row: Row) -> bool:
    return fold(row["event_type"]) == "request"


def is_st_max(row: Row) -> bool:
    return fold(row["service_type"]) == ST_MAX


def request_category(outcome: str | None, run: Run) -> str | None:
    key = fold(outcome)
    if "d6" in run and key in NOT_IN_GUIDE:
        return UNABLE
    return REQUEST_CATEGORY.get(key or "")


def request_search(run: Run) -> Search:
    return Search(
        window=28,
        own_kind=is_request,
        services=REQUEST_SERVICES_GUIDE if "d4" in run else REQUEST_SERVICES,
        useful=lambda o: request_category(o, run) not in (None, UNABLE),
        collect_all=True,
    )


def st_max_search(run: Run) -> Search:
    def useful(outcome: str | None) -> bool:
        text = (outcome or "").lower()
        return text.startswith("nfa") or ("d11" in run and fold(text) == END_OF_LIFE)

    return Search(window=3, own_kind=is_st_max, services=ST_MAX_SERVICES, useful=useful, collect_all=False)


Tabled = list[tuple[Any, ...]]


def _plus(prefix: str, text: str | None) -> str | None:
    return None if text is None else fold(prefix + text)


def _shown(mapped: str | None, run: Run) -> str | None:
    if mapped is None:
        return None
    if "d10" in run:
        mapped = mapped.removeprefix("No_Chronology_").removeprefix("No Service Found_")
    return fold(mapped)


def new_client_requests(events: list[Row], run: Run) -> list[Subject]:
    starting = [r for r in of_type(events, "request") if r["event_start_date"] <= run.end]
    found = subjects(clustered(starting, 4, run), run, rows_first="d2" not in run, plain=False)
    kept: list[Subject] = []
    for s in found:
        if had_long_term_support(s, events):
            left = () if "x13" in run else tuple(c for c in s.candidates if c.route is None or c.outcome is None)
            s = Subject(s.la_code, s.id, s.number, s.start, s.end, left)  # noqa: PLW2901
        best = best_candidates(s, run, by_route=True)
        if best is not None:
            kept.append(best)
    return kept


@dataclass
class Counted:
    """Counted rows; those that the script makes one when they are alike are kept apart."""

    run: Run
    rows: Tabled = field(default_factory=list)
    alike: set[tuple[Any, ...]] = field(default_factory=set)

    def add(self, row: tuple[Any, ...], times: int = 1) -> None:
        self.rows += [row] * times

    def add_once(self, row: tuple[Any, ...], *more: object) -> None:
        """One row of those alike, also in `more`, which is not shown; X11 counts each."""
        if "x11" in self.run:
            self.rows.append(row)
        elif (row, more) not in self.alike:
            self.alike.add((row, more))
            self.rows.append(row)


def sts001(rows: Iterable[Row], run: Run) -> tuple[Tabled, set[tuple[Any, ...]]]:
    """(la, id, age, route, final, mapped, type) of each counted row, texts folded; and the cohort of STS002a."""
    events = events_for_requests(rows, run)
    counted = Counted(run)
    cohort: set[tuple[Any, ...]] = set()
    for subject in new_client_requests(events, run):
        found = search(subject, events, request_search(run), run)
        if found.service == ST_MAX:
            cohort |= {(*subject.who, r["event_start_date"]) for r in found.usable if is_st_max(r)}
        for candidate in subject.candidates:
            _without_sequel(subject, candidate, found, counted)
            if found.usable:
                _with_sequel(subject, candidate, found, counted)
    return counted.rows, cohort


def _without_sequel(subject: Subject, c: Candidate, found: Found, counted: Counted) -> None:
    """Types 1 and 5. A missing outcome equals nothing, so such a request is in both, whatever followed (X13)."""
    run = counted.run
    key = (*subject.who, c.age, fold(c.route), _plus("No_Chronology_", c.outcome))
    category = request_category(c.outcome, run)
    unmatched = c.outcome is None and "x13" not in run
    if found.nothing_later or unmatched:
        counted.add((*key, _shown(f"No_Chronology_{category or UNABLE}", run), 1), c.copies)
    if not found.nothing_later and (not found.usable or unmatched):
        missing = f"No_Chronology_{UNABLE}" if "x18" in run else None
        label = _shown(f"No_Chronology_{category}" if category else missing, run)
        counted.add_once((*key, label, 5), subject.start, subject.end)


def _with_sequel(subject: Subject, c: Candidate, found: Found, counted: Counted) -> None:
    """Types 2, 3 and 4."""
    run, key = counted.run, (*subject.who, c.age, fold(c.route))
    if found.service:
        name = REQUEST_SERVICE_NAME[found.service] if "d5" in run else found.service
        counted.add((*key, found.service, fold(name), 2))
    elif found.useful:
        final = "nfa- other" if found.several else found.useful
        label = OTHER_REASON if found.several else request_category(final, run)
        counted.add_once((*key, final, fold(label), 3))
    else:
        category = request_category(c.outcome, run)
        usable = category not in (None, UNABLE)
        label = _shown(f"No Service Found_{category}" if usable else "No Service Found", run)
        counted.add((*key, _plus("No Service Found_", c.outcome), label, 4))


def st_max_category(outcome: str | None, run: Run) -> str | None:
    key = fold(outcome) or ""
    return None if "d12" in run and key in NOT_IN_APPENDIX else ST_MAX_CATEGORY.get(key)


def sts002a(rows: Iterable[Row], run: Run) -> Tabled:
    """(la, id, final, mapped, type) of each counted row, texts folded."""
    everything = list(rows)
    events = events_for_st_max(everything, run)
    counted = Counted(run)
    for subject in new_client_episodes(events, sts001(everything, run)[1], run):
        found = search(subject, events, st_max_search(run), run)
        for candidate in subject.candidates:
            _episode_counted(subject, candidate, found, counted)
    return counted.rows


def new_client_episodes(events: list[Row], cohort: set[tuple[Any, ...]], run: Run) -> list[Subject]:
    own = [
        r
        for r in of_type(events, "service")
        if is_st_max(r)
        and _alive(r, run)
        and (*person(r), r["event_start_date"]) in cohort
        and r["event_start_date"] <= run.end
    ]
    found = subjects(clustered(_distinct_spans(own), 1, run), run, rows_first=False, plain=True)
    return [best for s in found if (best := best_candidates(s, run, by_route=False)) is not None]


def _episode_counted(subject: Subject, c: Candidate, found: Found, counted: Counted) -> None:
    run = counted.run
    planned = NONE_OTHER if fold(c.outcome) == PLANNED else None
    prefixed = planned or f"No_Chronology_{st_max_category(c.outcome, run) or UNABLE}"
    nothing = (*subject.who, _plus("No_Chronology_", c.outcome), _shown(prefixed, run))
    unmatched = c.outcome is None and "x13" not in run
    if found.nothing_later or unmatched:
        counted.add((*nothing, 1))
    if not found.nothing_later and (not found.usable or unmatched):
        counted.add((*nothing, 5))
    if not found.usable:
        return
    if found.service:
        counted.add((*subject.who, found.service, fold(ST_MAX_CATEGORY[found.service]), 2))
    elif found.useful:
        final = "nfa- other" if found.several else found.useful
        label = CESSATION if final == END_OF_LIFE else st_max_category(final, run)
        label = NONE_OTHER if found.several else label or (UNABLE if "x18" in run else None)
        counted.add_once((*subject.who, final, fold(label), 3))
    else:
        counted.add((*subject.who, _plus("No Service Found_", c.outcome), _type4(c.outcome, run), 4))


def _type4(outcome: str | None, run: Run) -> str | None:
    if (outcome or "").lower().startswith("nfa"):
        return fold(st_max_category(outcome, run) or (UNABLE if "x18" in run else None))
    if fold(outcome) == PLANNED and "d13" not in run:
        return fold(NONE_OTHER if "x12" in run else "No services provided - other")
    return "no service found"


def _distinct_spans(rows: Iterable[Row]) -> list[Row]:
    """ST-Max rows are reduced to distinct (person, start, end, outcome) before they are clustered."""
    distinct: dict[object, Row] = {}
    for r in rows:
        distinct.setdefault((person(r), r["event_start_date"], r["event_end_date"], fold(r["event_outcome"])), r)
    return list(distinct.values())


def sts002b(rows: Iterable[Row], run: Run) -> Tabled:
    """(la, id, start, end, outcome, number), once per long-term row that covers the start."""
    base = _base(rows, replace(run, documented=run.documented - {"x6"}))
    identified = _identified(base, run)
    if "d27" not in run:
        services = latest_versions(of_type(identified, "service"), SERVICE_KEY, run)
        identified = services + of_type(identified, "request", "assessment", "review")
    own = [r for r in of_type(identified, "service") if is_st_max(r) and _alive(r, run)]
    if "d15" in run:
        own = [r for r in own if r["event_end_date"] is None or r["event_end_date"] >= run.start]
    numbered = clustered(_distinct_spans(own), 1, run)
    if "d15" in run:
        wide = Run(date.min, date.max, documented=run.documented)
        found = subjects(numbered, wide, rows_first=False, plain=True)
    else:
        found = subjects(numbered, run, rows_first=False, plain=True)
    made: Tabled = []
    for s in found:
        covering = had_long_term_support(s, identified, before="d15" in run)
        kept = [c for c in s.candidates if c.outcome is not None or "x13" in run]
        if "x11" in run and covering and kept:
            best = min(rank(c.outcome, run) for c in kept)
            kept, covering = [min((c for c in kept if rank(c.outcome, run) == best), key=text_order)], 1
        for c in kept:
            made += [(*s.who, s.start, s.end, fold(c.outcome), s.number)] * covering
    return made


def counted_2a(rows: Iterable[Row], run: Run) -> Mapping[str, tuple[int, int]]:
    """Denominator and numerator by council."""
    needs_nothing = {
        fold(c) for c in ("Ongoing Low Level Support", "Short Term Support (other)", UNIVERSAL, NONE_OTHER)
    }
    in_all: Counter[str] = Counter()
    in_part: Counter[str] = Counter()
    for la, _, _, mapped, _ in sts002a(rows, run):
        text = str(mapped)
        if {"x12", "d22"} & run.documented:
            text = text.removeprefix("no_chronology_").replace(" - other", " – other")
        in_all[la] += text in needs_nothing or text == "long term support (any setting)"
        in_part[la] += text in needs_nothing
    return {la: (n, in_part[la]) for la, n in in_all.items() if n}
