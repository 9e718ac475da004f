"""Which column of an extract seems to hold which national field: by its header, and by what stands below it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from asccld.intake.mapping.formats import EXCEL
from asccld.intake.mapping.suggesting_columns import Column, Profile
from asccld.intake.mapping.suggesting_headers import EXACT, Headers, is_official, is_open, spaced
from asccld.intake.mapping.suggesting_words import DATA, ValueLists
from asccld.standard import Field, Release
from asccld.standard.tables import read_rows

TYPE, START, END = "event_type", "event_start_date", "event_end_date"
HEADER_SURE: Final = 86.0
"""From here on a header and what stands below it are those of a field."""
_HEADER_WORTH: Final = 62.0
_SAYS_NOTHING: Final = {"status", "state", "type", "name", "date", "code", "id", "value"}
"""Headers that are a little like many fields."""
_FOR_EVENTS: Final = re.compile(r"event_type starts '(\w+)'")
_WORDS_TRIED: Final = 60


@dataclass(frozen=True)
class FieldGuess:
    """A column that seems to hold a field."""

    field: str
    header: str
    score: float
    is_sure: bool
    dates: tuple[str, ...] = ()
    """Formats of this column, where they are not those of its extract."""
    doubt: str = ""
    """Why somebody has to look, where the likeness does not say it."""


def named_event(name: str) -> str | None:
    """The event type that the name of an extract speaks of."""
    words = set(re.split(r"[_\d]+", name))
    if any(words & {r["text"] for r in read_rows(DATA / f"{n}_words.csv", ("text",))} for n in ("people", "lookup")):
        return None
    told = {r["event_type"] for r in read_rows(DATA / "event_words.csv", ("event_type", "text")) if r["text"] in words}
    return told.pop() if len(told) == 1 else None


def event_by_fields(sure: set[str], release: Release) -> str | None:
    """The event type that most of the fields belong to, if one stands out."""
    counts: dict[str, int] = {}
    for name in sure:
        for told in _events_of(release.by_name[name]):
            counts[told] = counts.get(told, 0) + 1
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    return ranked[0][0] if len(ranked) == 1 or (len(ranked) > 1 and ranked[0][1] > ranked[1][1]) else None


def _events_of(known: Field) -> set[str]:
    """The event types that a field belongs to; none where it belongs to all."""
    return set(_FOR_EVENTS.findall(known.applicable_when)) - {"Referral"}


def fields_of(profile: Profile, event_type: str | None, lists: ValueLists) -> list[FieldGuess]:
    """Each field by its likeliest column, each column for one field."""
    release = lists.release
    possible = [f for f in release.fields if event_type is None or not _events_of(f) or event_type in _events_of(f)]
    headers = Headers(possible, event_type)
    if any(name == TYPE and s >= EXACT for c in profile.columns for name, s in headers.likely(c.header)):
        headers.allow_all_events()
    scored = [
        (is_official(column.header, release.by_name[name]), score, likeness, column, release.by_name[name])
        for column in profile.columns
        if spaced(column.header).casefold() not in _SAYS_NOTHING
        for name, likeness in headers.likely(column.header)
        if (score := _with_content(likeness, column, release.by_name[name], lists)) >= _HEADER_WORTH
    ]
    taken: set[str] = set()
    guesses: dict[str, FieldGuess] = {}
    for _, score, likeness, column, known in sorted(scored, key=lambda s: (not s[0], -s[1])):
        if known.name not in guesses and column.header not in taken:
            least = EXACT if column.kind == "empty" else HEADER_SURE
            sure = score >= least and (likeness >= EXACT or not headers.says_more(column.header, known.name))
            guess = FieldGuess(known.name, column.header, score, sure, doubt=_no_list(column, known, lists))
            if _is_free_text(column, known):
                guess = replace(guess, is_sure=False, doubt="free text may say anything of people: is it to be sent?")
            guesses[known.name] = _dated(guess, profile) if known.type == "date" else guess
            taken.add(column.header)
    return [guesses[f.name] for f in release.fields if f.name in guesses]


def _no_list(column: Column, known: Field, lists: ValueLists) -> str:
    """What to say of a column that is called like a field with a list, and holds none."""
    is_one = column.is_list or column.kind == "empty" or not lists.has(known.name)
    return "" if is_one else "its texts look like no list: is this the right column?"


def _is_free_text(column: Column, known: Field) -> bool:
    """Whether a column would send what somebody has written about a person, under a header that does not say so."""
    is_text = column.kind == "text" and not column.is_list
    return known.name == "event_description" and is_text and not is_official(column.header, known)


def _dated(guess: FieldGuess, profile: Profile) -> FieldGuess:
    """The guess of a field that is a date, with the formats of its column where they are not the extract's."""
    column, dates = profile.column(guess.header), profile.dates
    if guess.header not in dates.columns:
        if not column.is_serials or column.kind != "number":
            return guess
        return replace(guess, dates=(EXCEL,), doubt="numbers that look like days of a spreadsheet")
    if not dates.differs(guess.header):
        return guess
    if not profile.is_typed:
        return replace(
            guess, dates=dates.of(guess.header), doubt="other columns have day and month the other way round"
        )
    doubt = "texts with the month first among real dates: make them real dates, or save the extract as CSV"
    return replace(guess, is_sure=False, doubt=doubt)


_KINDS: Final = {"date": {"date"}, "decimal": {"number"}, "integer": {"number"}}
_CONTENT_HELPS, _CONTENT_HURTS = 8.0, 30.0
_NOTHING_LIKE: Final = 15.0
_SOME: Final = 0.25
"""Share of the texts that must be like values of a list, where the header alone is not enough."""
_MOST: Final = 0.5
"""Share of the texts that are values of another list, so that the header is not believed."""
_WORTH, _SURELY = 60.0, 100.0
_IDENTIFIERS: Final = re.compile(r"identifier|_id$|reference|_code$")
_NAMES: Final = {"first_name", "last_name"}


def _with_content(score: float, column: Column, known: Field, lists: ValueLists) -> float:
    """A likeness of headers, weighed with what stands below: a date column holds dates."""
    if column.kind == "empty":
        return score - _NOTHING_LIKE * is_open(column.header)
    if _is_what(column, known) is not None:
        return score + (_CONTENT_HELPS if _is_what(column, known) else -_CONTENT_HURTS)
    if column.kind in {"date", "nhs", "postcode"}:
        return score - _CONTENT_HURTS
    if lists.has(known.name) and not is_official(column.header, known):
        return score + _list_weight(column, known, lists, is_exact=score >= EXACT)
    return score + _CONTENT_HELPS * (score >= EXACT)


def _is_what(column: Column, known: Field) -> bool | None:
    """Whether a column holds what a field asks for; None where the field asks for nothing that can be seen."""
    if known.type == "date":
        return column.kind == "date" or (column.kind == "number" and column.is_serials)
    if known.type in _KINDS:
        return column.kind in _KINDS[known.type]
    if known.format in {"nhs-number", "postcode"}:
        return column.kind == ("nhs" if known.format == "nhs-number" else "postcode")
    if known.name in _NAMES:
        return False if column.has_digits else None
    if _IDENTIFIERS.search(known.name) and known.name != "la_code":
        return None if column.has_digits and column.kind in {"text", "number"} else False
    return None


def _list_weight(column: Column, known: Field, lists: ValueLists, *, is_exact: bool) -> float:
    """How far the texts are like the values of the list: names and notes are not, nor are those of another list."""
    if column.is_ids or (not column.is_list and not is_exact):
        return -_CONTENT_HURTS
    is_exact = is_exact and not is_open(column.header)
    good = _share_like(column, known.name, lists, _WORTH)
    if good >= _SOME:
        return _CONTENT_HELPS * (1.0 if is_exact else good)
    if not is_exact:
        return -_NOTHING_LIKE
    others = (f.name for f in lists.release.fields if f.name != known.name and lists.has(f.name))
    is_other = any(_share_like(column, name, lists, _SURELY) >= _MOST for name in others)
    return -_CONTENT_HURTS if is_other else _CONTENT_HELPS


def _share_like(column: Column, name: str, lists: ValueLists, least: float) -> float:
    """Which share of the texts is like the values of a field."""
    like = lists.of(name)
    tried = column.texts["text"].head(_WORDS_TRIED).to_list()
    return sum(any(s.score >= least for s in like.likely(text, 1)) for text in tried) / max(1, len(tried))
