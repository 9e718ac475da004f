"""What each extract seems to be by itself: events or something looked up, and of which type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from asccld.identifying.masking import shown_header
from asccld.intake.mapping.suggesting_columns import Column, Profile
from asccld.intake.mapping.suggesting_fields import (
    END,
    START,
    TYPE,
    FieldGuess,
    event_by_fields,
    fields_of,
    named_event,
)
from asccld.intake.mapping.suggesting_headers import Headers, spaced
from asccld.intake.mapping.suggesting_joins import Join
from asccld.intake.mapping.suggesting_words import DATA, ValueLists, plain
from asccld.standard.tables import read_rows

PERSON = "la_person_unique_identifier"
_HAPPENED: Final = {START, END, "event_outcome"}
"""Fields that say of a row that something happened."""
SERVICE: Final = ("service_type", "service_component")
_CODE_LETTERS: Final = 3


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
    stands_in: bool = False
    """Whether its rows stand for events only because no other extract seems to hold any."""

    @property
    def is_used(self) -> bool:
        """Whether it can be told what its rows are."""
        return self.holds_events or self.key is not None

    def column_of(self, name: str) -> str | None:
        """The header of the column that surely holds a field."""
        return next((f.header for f in self.fields if f.field == name and f.is_sure), None)

    @property
    def why_left_out(self) -> str:
        """Why it is a comment in the draft; empty where it is not."""
        if self.is_used:
            return ""
        dates = ", ".join(map(shown_header, self.profile.dates.columns))
        when = f"no header among {dates} says start or end" if dates else "no column holds dates in a known format"
        if not any(f.field != PERSON for f in self.fields):
            return f"{when}, and no other header is like that of a field: it may be no extract at all"
        return f"{when}, and no column tells its rows apart that events ask for: it may be no extract at all"


def drafted(profile: Profile, lists: ValueLists) -> ExtractDraft:
    """What an extract seems to be by itself."""
    event_type = named_event(profile.name)
    fields = fields_of(profile, event_type, lists)
    sure = {f.field for f in fields if f.is_sure}
    draft = ExtractDraft(profile, None, holds_events=False, fields=fields)
    is_event = event_type or (TYPE in sure and TYPE) or event_by_fields(sure, lists.release)
    happened = len(_HAPPENED & sure)
    tells = happened > (0 if is_event else 1)  # whoever stands once in an extract of events is no less in it
    is_people = "date_of_birth" in sure and not tells and (person_key(draft) is not None or not is_event)
    holds = (
        bool({START, END} & sure)
        or (event_type is not None and _has_days(draft, Headers(lists.release.fields, event_type)))
    ) and not is_people
    draft.event_type, draft.holds_events = event_type if holds else None, holds
    if holds and event_type is None and TYPE not in sure:
        draft.event_type = event_by_fields(sure, lists.release)
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


def _has_days(draft: ExtractDraft, headers: Headers) -> bool:
    """Whether there is a day, in a column that may be called short, on which something starts or ends."""
    return any(not headers.says_more(h, name) for h in draft.profile.dates.columns for name in (START, END))


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


def person_key(draft: ExtractDraft) -> str | None:
    """The person's identifier, where each person stands once: also without an event that asks for them."""
    header = draft.column_of(PERSON)
    return header if header and draft.profile.column(header).is_unique else None


def is_elsewhere(guess: FieldGuess, extract: ExtractDraft, others: Sequence[ExtractDraft]) -> bool:
    """Whether a field is given otherwise: by the code list, by a constant, or by the person that is joined."""
    if extract.service is not None and guess.field in SERVICE:
        return True
    if extract.event_type is not None and guess.field == TYPE:
        return True
    joined = {j.target for j in extract.joins if j.header == guess.header}
    return guess.field == PERSON and any(e.profile.name in joined and e.column_of(PERSON) for e in others)
