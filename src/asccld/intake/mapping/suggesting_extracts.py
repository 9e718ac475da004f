"""What each extract seems to be: events or something looked up, of which type, and how extracts belong together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from asccld.intake.mapping.suggesting_columns import Column, Profile
from asccld.intake.mapping.suggesting_fields import (
    END,
    START,
    FieldGuess,
    event_by_fields,
    fields_of,
    named_event,
    spaced,
)
from asccld.intake.mapping.suggesting_joins import Join, are_of, joins_of, key_of
from asccld.intake.mapping.suggesting_words import DATA, plain
from asccld.standard import Release, Standard
from asccld.standard.tables import read_rows

TYPE, PERSON = "event_type", "la_person_unique_identifier"
SERVICE: Final = ("service_type", "service_component")
_CODE_LETTERS: Final = 3
_PERSON_AND_NOTE: Final = 2
"""Columns of an extract that only says which people there are."""
_YES: Final = {"y", "yes", "true", "1", "t"}


@dataclass
class ExtractDraft:
    """What is suggested for one extract."""

    profile: Profile
    event_type: str | None
    """Of all its rows, as its name says."""
    holds_events: bool
    fields: list[FieldGuess]
    key: str | None = None
    joins: list[Join] = field(default_factory=list[Join])
    select_all: bool = False
    leave_out: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """Column, word and reason."""
    statuses: list[Column] = field(default_factory=list[Column])
    """Columns that may tell which rows are no events, in words that nobody knows."""
    service: str | None = None
    """The column that says service type and component at once."""

    @property
    def is_used(self) -> bool:
        """Whether it can be told what its rows are."""
        return self.holds_events or self.key is not None

    def column_of(self, name: str) -> str | None:
        """The header of the column that surely holds a field."""
        return next((f.header for f in self.fields if f.field == name and f.is_sure), None)


def drafted(profile: Profile, release: Release, standard: Standard) -> ExtractDraft:
    """What an extract seems to be by itself."""
    event_type = named_event(profile.name)
    fields = fields_of(profile, event_type, release, standard)
    sure = {f.field for f in fields if f.is_sure}
    draft = ExtractDraft(profile, None, holds_events=False, fields=fields)
    holds = bool({START, END} & sure) and not ("date_of_birth" in sure and _person_key(draft))
    draft.event_type, draft.holds_events = event_type if holds else None, holds
    if holds and event_type is None and TYPE not in sure:
        draft.event_type = event_by_fields(sure, release)
    if holds and draft.event_type in {None, "Service"} and SERVICE[1] in sure and SERVICE[0] not in sure:
        draft.service = draft.column_of(SERVICE[1])
    if holds:
        draft.leave_out = _leave_out(profile)
        told = {column for column, _, _ in draft.leave_out}
        states = (c for c in profile.columns if _is_status(c.header) and c.is_list and c.header not in told)
        draft.statuses = [c for c in states if c.header not in {f.header for f in fields if f.is_sure}]
    else:
        draft.fields = [f for f in fields if not f.field.startswith("event_")]
    return draft


def _is_status(header: str) -> bool:
    return bool({"status", "state", "stage"} & set(spaced(header).casefold().split()))


def _leave_out(profile: Profile) -> list[tuple[str, str, str]]:
    known = {r["text"]: r["why"] for r in read_rows(DATA / "left_out_words.csv", ("text", "why"))}
    return [
        (column.header, text, known[plain(text)])
        for column in profile.columns
        if column.is_list
        for text in column.texts["text"].to_list()
        if plain(text) in known
    ]


def likely_left_out(column: Column) -> list[str]:
    """The words of a column of states that may be short for cancelled and the like: a guess, never sure."""
    known = [word for r in read_rows(DATA / "left_out_words.csv", ("text",)) for word in r["text"].split()]
    texts = column.texts["text"].to_list()
    return [t for t in texts if len(t) >= _CODE_LETTERS and any(word.startswith(plain(t)) for word in known)]


# ---------------------------------------------------------------- how extracts belong together


def connect(drafts: Sequence[ExtractDraft]) -> None:
    """Keys of what is looked up, and the columns that ask for them; extracts of nothing but people are events."""
    events = [d.profile for d in drafts if d.holds_events]
    people = [d.profile.column(header) for d in drafts if (header := d.column_of(PERSON)) and not d.holds_events]
    for draft in drafts:
        if draft.holds_events:
            continue
        if len(draft.profile.columns) <= _PERSON_AND_NOTE and any(are_of(draft.profile.columns[0], p) for p in people):
            draft.holds_events, draft.select_all, draft.fields = True, True, []
        else:
            holding = {f.header for f in draft.fields if f.is_sure and f.field != PERSON}
            draft.key = key_of(draft.profile, events, holding) or _person_key(draft)
    lookups = {d.profile.name: (d.profile, d.key) for d in drafts if d.key is not None}
    for draft in drafts:
        if draft.holds_events:
            draft.joins = joins_of(draft.profile, lookups)
    _leave_out_tests(drafts)
    _give_once(drafts)


def _person_key(draft: ExtractDraft) -> str | None:
    """The person's identifier, where each person stands once: also without an event that asks for them."""
    header = draft.column_of(PERSON)
    return header if header and draft.profile.column(header).is_unique else None


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
                if column.is_list and {"test", "dummy"} & set(spaced(column.header).casefold().split()):
                    yield (column.header if own else f"{other.profile.name}.{column.header}"), column


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
        draft.fields = [f for f in draft.fields if f.field not in given or (f.is_sure and draft.holds_events)]
