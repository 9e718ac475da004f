"""Which column of an extract seems to hold which national field: by its header, and by what stands below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from asccld.intake.mapping.suggesting_columns import Column, Profile
from asccld.intake.mapping.suggesting_words import DATA, Likeness, plain, values_of
from asccld.standard import Field, Release, Standard
from asccld.standard.tables import read_rows

START, END = "event_start_date", "event_end_date"
_HEADER_SURE: Final = 86.0
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


def named_event(name: str) -> str | None:
    """The event type that the name of an extract speaks of."""
    words = set(name.split("_"))
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


def fields_of(profile: Profile, event_type: str | None, release: Release, standard: Standard) -> list[FieldGuess]:
    """Each field by its likeliest column, each column for one field."""
    possible = [f for f in release.fields if event_type is None or not _events_of(f) or event_type in _events_of(f)]
    like = Likeness(_header_texts(possible))
    scored = [
        (score, column, release.by_name[name])
        for column in profile.columns
        if spaced(column.header).casefold() not in _SAYS_NOTHING
        for name, likeness in _likely(column.header, like)
        if (score := _with_content(likeness, column, release.by_name[name], release, standard)) >= _HEADER_WORTH
    ]
    taken: set[str] = set()
    guesses: dict[str, FieldGuess] = {}
    for score, column, known in sorted(scored, key=lambda s: -s[0]):
        if known.name not in guesses and column.header not in taken:
            guesses[known.name] = FieldGuess(known.name, column.header, score, score >= _HEADER_SURE)
            taken.add(column.header)
    _add_reference(profile, guesses, taken)
    return [guesses[f.name] for f in release.fields if f.name in guesses]


def _likely(header: str, like: Likeness) -> list[tuple[str, float]]:
    """The fields that a header may mean; `DoB` is one word as well as two."""
    best: dict[str, float] = {}
    for text in (spaced(header), spaced(header.casefold())):
        for name, score in like.likely(text, count=6):
            best[name] = max(score, best.get(name, 0.0))
    return list(best.items())


def _header_texts(fields: Sequence[Field]) -> list[tuple[str, str]]:
    names = {f.name for f in fields}
    official = [(text, f.name) for f in fields for text in (f.header, f.name.replace("_", " "))]
    usual = read_rows(DATA / "header_words.csv", ("field", "text"))
    return [*official, *((r["text"], r["field"]) for r in usual if r["field"] in names)]


def spaced(header: str) -> str:
    """`dateOfBirth`, `DATE_OF_BIRTH` and `Date of birth` are the same words."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)", " ", header)
    return re.sub(r"[_\W]+", " ", apart).strip()


_KINDS: Final = {"date": {"date"}, "decimal": {"number"}, "integer": {"number"}}
_CONTENT_HELPS, _CONTENT_HURTS = 8.0, 30.0
_EXACT: Final = 100.0


def _with_content(score: float, column: Column, known: Field, release: Release, standard: Standard) -> float:
    """A likeness of headers, weighed with what stands below: a date column holds dates."""
    if column.kind == "empty":
        return score
    expected = _KINDS.get(known.type, set[str]())
    if known.format in {"nhs-number", "postcode"}:
        expected = {"nhs" if known.format == "nhs-number" else "postcode"}
    if expected:
        return score + (_CONTENT_HELPS if column.kind in expected else -_CONTENT_HURTS)
    if column.kind in {"date", "nhs", "postcode"}:
        return score - _CONTENT_HURTS
    if score >= _EXACT:
        official = plain(spaced(column.header)) in {plain(known.header), plain(known.name.replace("_", " "))}
        return score + _CONTENT_HELPS + official
    if release.list_of(known.name) is not None and known.name != "la_code":
        return score + _list_weight(column, known, release, standard)
    return score


def _list_weight(column: Column, known: Field, release: Release, standard: Standard) -> float:
    """How far the texts are like the values of the list: names and notes are not."""
    if not column.is_list:
        return -_CONTENT_HURTS
    like = Likeness(values_of(known.name, release, standard))
    tried = column.texts["text"].head(_WORDS_TRIED).to_list()
    good = sum(bool(like.likely(text, 1)) for text in tried) / len(tried)
    return _CONTENT_HELPS * good


def _add_reference(profile: Profile, guesses: dict[str, FieldGuess], taken: set[str]) -> None:
    """The column that tells the rows apart is the reference of an event, whatever it is called."""
    before = guesses.get("event_reference")
    if (before is not None and before.is_sure) or not {START, END} & set(guesses):
        return
    used = taken - {before.header} if before is not None else taken
    free = [c for c in profile.columns if c.header not in used and c.is_unique and c.filled == profile.rows]
    named = [c for c in free if re.search(r"(?i)\b(id|ref|reference|number|no)\b", spaced(c.header))]
    if named:
        guesses["event_reference"] = FieldGuess("event_reference", named[0].header, _HEADER_SURE, is_sure=True)
