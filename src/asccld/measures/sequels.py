"""What followed a request or an episode (rule SEQ): one search, with parameters for who asks.

Method: NHS England, STS001, STS002a and ASCOF 2A (nhse-2024-03). A subject is a cluster of requests or of ST-Max rows.
The rows that start on its last day or later are followed day by day until the chain breaks, or until another row of the
subject's own kind ends the search. Rows of one day have no order in the script; here a chain breaks only where it would
break in every order (X4).

How it stays linear: within what one subject may use there is no other row of its own kind. So the days of a person fall
into parts, cut where the chain breaks and where rows of the own kind start, and what a subject finds is the rest of the
part that its first later day is in. No subject looks at rows one by one, however many somebody has.

Columns in: subjects with la_code, person, number, subject_start, subject_end, copies; rows with la_code, person, the
dates, `kind`, `outcome`, and `own`, `service_rank`, `useful`. Known limitation: only dates tell the subject's
own rows from others of its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import cast

import ibis
from ibis import _
from ibis.expr.types import BooleanValue, DateValue, Table, Value

from asccld.measures.source import RECORD
from asccld.processing.text import days_from, folded

PERSON = ("la_code", "person")
SUBJECT = (*PERSON, "number")
LINE = (*PERSON, "line")
"""A person's days: line 0, and a line of its own for each subject that has to see them otherwise."""

_EARLIEST = date(1, 1, 1)
"""Orders an open end among the ends of useful rows: as the earliest."""
_LATEST = date(9999, 12, 31)
"""How far an open row reaches: the chain never breaks after it."""

Shared = Callable[[str, Callable[[], Table]], Table]
"""Keeps a step under a name: computed once, however often it is asked for."""


@dataclass(frozen=True)
class Search:
    """What differs between those who ask, and which accidents of the script are repeated."""

    window: int
    """Within how many days of the subject's end the first later event must start."""
    gap: int
    """How many days may lie between later events."""
    useful_only: bool
    """Whether, among rows that end last, only useful ones are looked at."""
    window_after_own_rows: bool = False
    """Apply the window also where rows of the subject itself start first (X2)."""
    window_on_open: bool = False
    """Apply the window also where the first later rows are open (X3)."""
    breaks_within_day: bool = True
    """Let rows that end long before they start break the chain at each other (X4)."""
    ends_at_own_kind: bool = False
    """A second subject within the chain takes everything from the first (D9)."""
    only_conflicts: bool = False
    """Only different outcomes conflict, wherever in the chain they are (D7)."""


@dataclass(frozen=True)
class Followed:
    """What a search found; every table is an expression."""

    subjects: Table
    """The subjects with `anything_later`, `in_scope`, `service_rank`, `useful_rows` and `useful_outcome`."""
    _found: Table
    _later: Table
    _days: Table
    _search: Search

    @property
    def deciding_rows(self) -> Table:
        """The later rows that decided, with the number of their subject."""
        found = self._found
        decided = found.filter(found.in_scope, found.service_rank.notnull() | found.useful_end.notnull())
        mine = _of_part(decided, self._later, self._days)
        among_last = mine.found_rank.isnull() & _counts(mine, self._search) & (_end_key(mine) == mine.found_end)
        return mine.filter(yes(mine.service_rank == mine.found_rank) | yes(among_last))

    def starts_of_rank(self, rank: int) -> Table:
        """Person and start of each later row of that rank which some subject may use and finds nothing better than."""
        found = self._found
        parts = found.filter(found.in_scope, found.service_rank == rank).group_by(*LINE, "part")
        first = parts.agg(first_day=_.first_day.min())
        days = first.inner_join(self._days.select(*LINE, "part", "day"), [*LINE, "part"])
        seen = days.filter(_.day >= _.first_day).select(*LINE, event_start_date=_.day)
        rows = self._later.filter(self._later.service_rank == rank).select(*LINE, "event_start_date").distinct()
        return rows.inner_join(seen, [*LINE, "event_start_date"]).select(*PERSON, "event_start_date").distinct()


def what_followed(subjects: Table, rows: Table, search: Search, shared: Shared) -> Followed:
    """Search the rows for what followed each subject; give all rows of the subjects' people, whatever their kind."""
    pool = shared("later_rows", lambda: _pool(subjects, rows))
    placed = shared("subjects", lambda: _with_line(subjects, pool, search))
    lines = _lines(placed, pool)
    days = shared("days", lambda: _with_parts(_days(lines, search), search))
    found = shared("found", lambda: _found(placed, days, search))
    later = lines.filter(~lines.own).drop("own", "copies")
    said = _with_useful(found, later, days, search)
    told = ("anything_later", "in_scope", "useful_rows", "useful_outcome")
    known = said.in_scope.ifelse(said.service_rank, None)
    shown = said.select(*subjects.columns, *told, service_rank=known)
    return Followed(shared("followed", lambda: shown), found, later, days, search)


def _pool(subjects: Table, rows: Table) -> Table:
    """Rows that start on the last day of the person's first subject, or later."""
    first = subjects.group_by(*PERSON).agg(from_day=subjects.subject_end.min())
    later = rows.inner_join(first, PERSON).filter(_.event_start_date >= _.from_day)
    said = later.service_rank.isnull().ifelse(later.outcome, None)  # where there is a service, no outcome matters
    return later.select(
        RECORD, *PERSON, "kind", "event_start_date", "event_end_date", "service_rank", outcome=said,
        own=yes(later.own), useful=yes(later.useful),
    )  # fmt: skip


# ---------------------------------------------------------------- lines


def _with_line(subjects: Table, pool: Table, search: Search) -> Table:
    """Adds `line`: 0, or the subject's own number where it has to see the days otherwise than everybody else.

    That is so where rows of its kind that end before they start are its own by their dates, though they start after its
    end; and where the script repeats a subject, and with it every later row that ends long before it starts.
    """
    own = pool.filter(pool.own, pool.event_end_date < pool.event_start_date)
    backwards = own.select(*PERSON, subject_end=own.event_end_date).distinct().mutate(own_backwards=True)
    marked = left(subjects, backwards, [*PERSON, "subject_end"], "own_backwards")
    apart = marked.own_backwards.notnull() | (marked.subject_start > marked.subject_end)
    if search.breaks_within_day:
        odd = pool.filter(~pool.own, _ends_long_before(pool, search)).select(*PERSON).distinct()
        marked = left(marked, odd.mutate(others_backwards=True), [*PERSON], "others_backwards")
        apart = (
            marked.own_backwards.notnull()
            | (marked.subject_start > marked.subject_end)
            | ((marked.copies > 1) & marked.others_backwards.notnull())
        )
    return marked.mutate(line=apart.ifelse(marked.number, 0)).select(*subjects.columns, "line")


def _lines(placed: Table, pool: Table) -> Table:
    """The pool as line 0, and for each subject apart a copy of its later rows without those that are its own."""
    common = pool.mutate(line=ibis.literal(0, type=placed.line.type()), copies=ibis.literal(1, type="int64"))
    apart = placed.filter(placed.line > 0)
    seen = pool.inner_join(apart, PERSON).filter(_.event_start_date >= _.subject_end)
    same_dates = (seen.event_start_date == seen.subject_start) | (seen.event_end_date == seen.subject_end).fill_null(
        False
    )
    copied = seen.filter(~(seen.own & same_dates)).select(*pool.columns, "line", copies=seen.copies.cast("int64"))
    return ibis.union(common, copied)


# ---------------------------------------------------------------- days


def _days(lines: Table, search: Search) -> Table:
    """One row for each start date of a line: what the rows of the subject's kind, and the others, say together."""
    others, own, open_ = ~lines.own, lines.own, lines.event_end_date.isnull()
    backwards = _ends_long_before(lines, search).ifelse(lines.copies, 0)
    useful = others & lines.useful
    return lines.group_by(*LINE, day=lines.event_start_date).agg(
        others=others.sum(),
        others_open=(others & open_).sum(),
        others_end=lines.event_end_date.max(where=others),
        others_backwards=backwards.sum(where=others).fill_null(0),
        all_backwards=backwards.sum(),
        service_rank=lines.service_rank.min(where=others),
        useful_end=_end_key(lines).max(where=useful),
        own=own.sum(),
        own_open=(own & open_).sum(),
        own_first_end=lines.event_end_date.min(where=own),
        own_last_end=lines.event_end_date.max(where=own),
    )


def _with_parts(days: Table, search: Search) -> Table:
    """Adds `part`, and what is found from each day to the end of its part."""
    reach = (days.others > 0).ifelse((days.others_open > 0).ifelse(ibis.literal(_LATEST), days.others_end), None)
    reaching = days.mutate(reach=reach)
    forth = ibis.window(group_by=list(LINE), order_by=[reaching.day])
    dated = reaching.mutate(
        previous_day=reaching.day.lag(1).over(forth), previous_reach=reaching.reach.lag(1).over(forth)
    )
    broken = dated.others_backwards > 1 if search.breaks_within_day else ibis.literal(value=False)
    cut = (dated.own > 0) | broken | yes(_parted(dated.previous_reach, dated.day, search))
    marked = dated.mutate(broken=broken, cut=cut.ifelse(1, 0), meets=_meets(dated, search))
    so_far = ibis.window(group_by=list(LINE), order_by=[marked.day], preceding=None, following=0)
    parted = marked.mutate(part=marked.cut.sum().over(so_far))
    rest = ibis.window(group_by=[*LINE, "part"], order_by=[parted.day.desc()], preceding=None, following=0)
    meets = parted.meets.max().over(rest) if search.ends_at_own_kind else parted.meets
    return parted.select(
        *LINE, "day", "previous_day", "part", "broken", "others", "others_open",
        "own", "own_open", "own_first_end", "own_last_end",
        rank_ahead=parted.service_rank.min().over(rest),
        useful_ahead=parted.useful_end.max().over(rest),
        meets_ahead=meets,
    )  # fmt: skip


def _meets(dated: Table, search: Search) -> Value:
    """1 where the next day has rows of the own kind that the chain reaches; asked for by D9 only."""
    if not search.ends_at_own_kind:
        return ibis.literal(0)
    forth = ibis.window(group_by=list(LINE), order_by=[dated.day])
    next_day, next_own, backwards = (dated[c].lead(1).over(forth) for c in ("day", "own", "all_backwards"))
    reached = (dated.others > 0) & (next_own > 0) & ~yes(_parted(dated.reach, next_day, search))
    if search.breaks_within_day:
        reached = reached & (backwards < 2)
    return yes(reached).ifelse(1, 0)


def _parted(reach: Value, day: Value, search: Search) -> BooleanValue:
    """Whether a day is too late for the chain, after a day whose rows reach so far."""
    apart = days_from(cast("DateValue", reach), cast("DateValue", day)) > search.gap
    return cast("BooleanValue", apart)


def _ends_long_before(rows: Table, search: Search) -> BooleanValue:
    """Rows that end so long before they start that the next row of the same day would break the chain."""
    backwards = days_from(rows.event_end_date, rows.event_start_date) > search.gap
    return cast("BooleanValue", backwards.fill_null(False))


# ---------------------------------------------------------------- what a subject finds


def _found(placed: Table, days: Table, search: Search) -> Table:
    """The subjects with the day, the part and the rank that they find, and whether any of it is in scope."""
    ahead = _next_days(placed, days)
    common = ahead.filter(ahead.line == 0).select(*PERSON, "subject_end", pool_day=ahead.next_any)
    seen = left(placed, common, [*PERSON, "subject_end"], "pool_day")
    seen = left(seen, ahead, [*LINE, "subject_end"], "next_other", "last_any")
    first = days.mutate(next_other=days.day)
    told = (
        "previous_day",
        "others",
        "others_open",
        "own",
        "broken",
        "part",
        "rank_ahead",
        "useful_ahead",
        "meets_ahead",
    )
    seen = left(seen, first, [*LINE, "next_other"], *told)
    ends = days.select(
        *LINE, subject_end=days.day, own_here=days.own, open_here=days.own_open, first_here=days.own_first_end,
        last_here=days.own_last_end,
    )  # fmt: skip
    seen = left(seen, ends, [*LINE, "subject_end"], "own_here", "open_here", "first_here", "last_here")
    return _judged(seen, placed.columns, search)


def _judged(seen: Table, columns: tuple[str, ...], search: Search) -> Table:
    day, end = seen.next_other, seen.subject_end
    ends_with_subject = (seen.open_here == 0) & (seen.first_here == end) & (seen.last_here == end)
    is_itself = (seen.subject_start == end) | ends_with_subject
    left_here = yes((seen.own_here > 0) & ~yes(is_itself))
    between = yes(seen.previous_day > end) | yes((day > end) & (seen.own > 0))
    applies = ibis.literal(value=True) if search.window_after_own_rows else yes(seen.pool_day == day)
    late = days_from(end, day) > search.window
    closed = ibis.literal(value=True) if search.window_on_open else seen.others_open < seen.others
    in_scope = day.notnull() & ~left_here & ~between & ~yes(seen.broken) & ~yes(applies & late & closed)
    if search.ends_at_own_kind:
        in_scope = in_scope & ~yes(seen.meets_ahead > 0)
    return seen.select(
        *columns,
        anything_later=day.notnull() | left_here | yes(seen.last_any > end),
        in_scope=in_scope,
        first_day=day,
        part=seen.part,
        service_rank=seen.rank_ahead,
        useful_end=seen.useful_ahead,
    )


def _next_days(placed: Table, days: Table) -> Table:
    """For each line and end of a subject: the first day from there on, the first with other rows, and the last."""
    ends = placed.select(*LINE, "subject_end")
    in_common = placed.select(*PERSON, "subject_end", line=ibis.literal(0, type=placed.line.type()))
    marks = ibis.union(ends, in_common.select(*ends.columns), distinct=True)
    at = marks.select(
        *LINE, day=marks.subject_end, is_mark=ibis.literal(1), other=ibis.null("date"), any=ibis.null("date")
    )
    other = (days.others > 0).ifelse(days.day, None)
    seen = ibis.union(at, days.select(*LINE, "day", is_mark=ibis.literal(0), other=other, any=days.day))
    back = ibis.window(group_by=list(LINE), order_by=[seen.day.desc(), seen.is_mark.asc()], preceding=None, following=0)
    ahead = seen.mutate(
        next_other=seen.other.min().over(back),
        next_any=seen["any"].min().over(back),
        last_any=seen["any"].max().over(back),
    )
    return ahead.filter(ahead.is_mark == 1).select(*LINE, "next_other", "next_any", "last_any", subject_end=ahead.day)


# ---------------------------------------------------------------- outcomes


def _end_key(rows: Table) -> DateValue:
    return cast("DateValue", rows.event_end_date.coalesce(ibis.literal(_EARLIEST)))


def _counts(rows: Table, search: Search) -> BooleanValue:
    """Which rows count among those that end last."""
    return rows.useful if search.useful_only else cast("BooleanValue", ibis.literal(value=True))


def _of_part(found: Table, later: Table, days: Table) -> Table:
    """Later rows of each subject: those of its part, from its first day on."""
    wanted = found.select(
        *SUBJECT, "line", "part", "first_day", found_rank=found.service_rank, found_end=found.useful_end
    )
    spans = wanted.inner_join(days.select(*LINE, "part", event_start_date=days.day), [*LINE, "part"])
    theirs = spans.filter(_.event_start_date >= _.first_day).drop("first_day", "part")
    return later.inner_join(theirs, [*LINE, "event_start_date"])


def _with_useful(found: Table, later: Table, days: Table, search: Search) -> Table:
    """Adds `useful_rows`, how many rows compete for the outcome, and `useful_outcome`, the first of them."""
    searching = found.filter(found.in_scope, found.service_rank.isnull(), found.useful_end.notnull())
    mine = _of_part(searching, later, days)
    if search.only_conflicts:
        competing = mine.filter(mine.useful)
        each = competing.group_by(*SUBJECT, said=folded(competing.outcome))
    else:
        competing = mine.filter(_counts(mine, search), _end_key(mine) == mine.found_end)
        each = competing.group_by(
            *SUBJECT,
            "kind",
            "event_start_date",
            said=folded(competing.outcome),
        )
    distinct = each.agg(shown=_.outcome.min(where=_.useful))
    counted = distinct.group_by(*SUBJECT).agg(useful_rows=distinct.count(), useful_outcome=distinct.shown.min())
    return left(found, counted, [*SUBJECT], "useful_rows", "useful_outcome")


# ---------------------------------------------------------------- small help


def left(rows: Table, other: Table, keys: list[str], *wanted: str) -> Table:
    """The rows with columns of another table, missing where it has none."""
    right = other.select(*keys, *wanted).view()
    return rows.left_join(right, keys).select(*(rows[c] for c in rows.columns), *(right[c] for c in wanted))


def yes(answer: Value) -> BooleanValue:
    """Missing means no."""
    return cast("BooleanValue", answer.fill_null(False))  # pyright: ignore[reportAttributeAccessIssue]
