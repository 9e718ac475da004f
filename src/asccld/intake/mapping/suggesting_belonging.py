"""How extracts belong together: what is looked up and by which column, who a row is of, and what each gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from asccld.intake.mapping.suggesting_columns import Column, Profile
from asccld.intake.mapping.suggesting_extracts import PERSON, ExtractDraft, person_key
from asccld.intake.mapping.suggesting_fields import HEADER_SURE, FieldGuess
from asccld.intake.mapping.suggesting_headers import Headers, is_of_people, spaced
from asccld.intake.mapping.suggesting_joins import are_in, are_of, joins_of, key_of

_YES: Final = {"y", "yes", "true", "1", "t"}
_ID_WORDS: Final = re.compile(r"(?i)\b(id|ref|reference|number|num|no|key)\b")
_MANY: Final = 20
"""Rows from which on it is no chance that a column tells them apart."""
_NEARLY: Final = 0.9
_LIKELY: Final = 100.0


def connect(drafts: Sequence[ExtractDraft]) -> None:
    """Keys of what is looked up, and the columns that ask for them; extracts of nothing but people are events."""
    events = [d.profile for d in drafts if d.holds_events]
    people = [d.profile.column(header) for d in drafts if (header := d.column_of(PERSON)) and not d.holds_events]
    for draft in drafts:
        if draft.holds_events:
            continue
        if _are_only_people(draft, people, events):
            draft.holds_events, draft.select_all, draft.fields = True, True, []
        else:
            holding = {f.header for f in draft.fields if f.is_sure and f.field != PERSON}
            key = key_of(draft.profile, events, holding) or person_key(draft) or _only_ids(draft)
            gives = any(f.field != PERSON for f in draft.fields) or any(_marks_tests(c) for c in draft.profile.columns)
            draft.key = key if gives else None  # what gives nothing need not be looked up
    lookups = {d.profile.name: (d.profile, d.key) for d in drafts if d.key is not None}
    for draft in drafts:
        if draft.holds_events:
            draft.joins = joins_of(draft.profile, lookups)
    _leave_out_tests(drafts)
    used = [d for d in drafts if d.holds_events]
    asked = [d for d in drafts if not d.holds_events]
    for draft in [*asked, *used]:
        _offer_person(draft, used, asked)
    for draft in used:
        _offer_reference(draft, asked)
    _give_once(drafts)
    if not any(d.holds_events for d in drafts):
        _let_stand_in(drafts)


def _are_only_people(draft: ExtractDraft, people: Sequence[Column], events: Sequence[Profile]) -> bool:
    """Whether an extract says which people there are, and nothing else of them; and no event asks for them."""
    if any(f.is_sure and f.field != PERSON for f in draft.fields):
        return False
    own = [c for c in draft.profile.columns if any(are_of(c, person) for person in people)]
    return len(own) == 1 and not are_in(own[0], events)


def _let_stand_in(drafts: Sequence[ExtractDraft]) -> None:
    """A mapping without events is none: one extract stands for them, so that the rest can be checked."""
    draft = max(drafts, key=lambda d: (not d.is_used, d.profile.rows))
    draft.holds_events = draft.stands_in = True
    draft.key = None


def _only_ids(draft: ExtractDraft) -> str | None:
    """The only column of identifiers of an extract of people: who asks for it may not be among the extracts."""
    if draft.column_of("date_of_birth") is None:
        return None
    known = {f.header for f in draft.fields if f.is_sure}
    ids = [c.header for c in draft.profile.columns if c.is_unique and c.is_ids and c.header not in known]
    found = [h for h in ids if draft.profile.column(h).kind in {"text", "number"}]
    return found[0] if len(found) == 1 and draft.profile.column(found[0]).filled == draft.profile.rows else None


def _leave_out_tests(drafts: Sequence[ExtractDraft]) -> None:
    """Events of people who are marked as made up for testing are no events."""
    for draft in drafts:
        for name, column in _test_marks(draft, drafts):
            yes = [t for t in column.texts["text"].to_list() if t.casefold() in _YES]
            draft.leave_out += [(name, text, "test record") for text in yes]


def _test_marks(draft: ExtractDraft, drafts: Sequence[ExtractDraft]) -> Iterator[tuple[str, Column]]:
    """Columns of an extract of events, or of what it looks up, whose header speaks of tests."""
    if not draft.holds_events:
        return
    joined = {j.target for j in draft.joins}
    for other in drafts:
        own = other is draft
        if own or other.profile.name in joined:
            for column in other.profile.columns:
                if _marks_tests(column):
                    yield (column.header if own else f"{other.profile.name}.{column.header}"), column


def _marks_tests(column: Column) -> bool:
    return column.is_list and bool({"test", "dummy"} & set(spaced(column.header).casefold().split()))


def _give_once(drafts: Sequence[ExtractDraft]) -> None:
    """Each field from one of what is looked up: that of the people first, else the likeliest."""
    lookups = sorted((d for d in drafts if not d.holds_events), key=lambda d: d.column_of("date_of_birth") is None)
    owners: dict[str, tuple[float, str]] = {}
    for draft in lookups:
        for guess in draft.fields:
            best = owners.get(guess.field)
            if guess.is_sure and (best is None or guess.score > best[0]):
                owners[guess.field] = (guess.score, draft.profile.name)
    for draft in drafts:
        joined = {j.target for j in draft.joins} if draft.holds_events else {d.profile.name for d in lookups}
        given = {name for name, (_, owner) in owners.items() if owner in joined and owner != draft.profile.name}
        draft.fields = [f for f in draft.fields if f.field not in given or (draft.holds_events and _has_its_own(f))]


def _has_its_own(guess: FieldGuess) -> bool:
    """Whether an event may know a field better than what it looks up, as the reason for support at a contact."""
    return guess.is_sure or (guess.score >= HEADER_SURE and guess.field != PERSON)


# ---------------------------------------------------------------- identifiers


def _offer_person(draft: ExtractDraft, events: Sequence[ExtractDraft], lookups: Sequence[ExtractDraft]) -> None:
    """Who a row is of: the key of an extract of people, or an identifier of events that nothing else explains."""
    if draft.column_of(PERSON):
        return
    if draft.key is not None and draft.column_of("date_of_birth"):
        if draft.key not in _sure(draft):
            asked = any(j.target == draft.profile.name for e in events for j in e.joins)
            is_called = bool(_ID_WORDS.search(spaced(draft.key))) or draft.profile.rows >= _MANY
            _put(draft, PERSON, draft.key, is_sure=asked and is_called, doubt="the key of the people")
    elif draft.holds_events and not draft.select_all and not _joins_people(draft, lookups):
        taken = {*_sure(draft), *(j.header for j in draft.joins)}
        free = [c for c in _identifiers(draft, taken) if _ID_WORDS.search(spaced(c.header))]
        free.sort(key=lambda c: (not is_of_people(c.header), c.is_unique))
        if free and not any(f.field == PERSON for f in draft.fields):
            _put(draft, PERSON, free[0].header, is_sure=False, doubt="an identifier: of the person?")


def _offer_reference(draft: ExtractDraft, lookups: Sequence[ExtractDraft]) -> None:
    """The column that tells the rows apart is the reference of an event, whatever it is called."""
    if not draft.holds_events or draft.select_all or draft.column_of("event_reference"):
        return
    people = {d.profile.name for d in lookups if d.column_of(PERSON)}
    taken = {*_sure(draft), *(j.header for j in draft.joins if j.target in people)}
    taken |= {f.header for f in draft.fields if f.field == PERSON}
    apart = [c for c in _identifiers(draft, taken) if c.texts.height >= _NEARLY * c.filled > 0]
    free = [c for c in apart if not is_of_people(c.header)]
    named = [c for c in free if _ID_WORDS.search(spaced(c.header))]
    if best := (named or free)[:1]:
        is_whole = best[0].is_unique and best[0].filled == draft.profile.rows
        says_more = Headers((), draft.event_type).says_more(best[0].header, "event_reference")
        is_sure = is_whole and len(named) == 1 and (not says_more or draft.profile.rows >= _MANY)
        doubt = "each row has its own" if is_whole else "nearly each row has its own"
        _put(draft, "event_reference", best[0].header, is_sure=is_sure, doubt=doubt)


def _identifiers(draft: ExtractDraft, taken: set[str]) -> list[Column]:
    return [c for c in draft.profile.columns if c.header not in taken and c.has_digits and c.kind in {"text", "number"}]


def _joins_people(draft: ExtractDraft, lookups: Sequence[ExtractDraft]) -> bool:
    joined = {j.target for j in draft.joins}
    return any(d.profile.name in joined and d.column_of(PERSON) for d in lookups)


def _sure(draft: ExtractDraft) -> set[str]:
    return {f.header for f in draft.fields if f.is_sure}


def _put(draft: ExtractDraft, name: str, header: str, *, is_sure: bool, doubt: str) -> None:
    """A guess in the place of any other for the field or the column."""
    rest = [f for f in draft.fields if f.field != name and f.header != header]
    draft.fields = [FieldGuess(name, header, _LIKELY, is_sure, doubt=doubt), *rest]
