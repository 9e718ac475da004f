"""A first draft of a mapping file, from the extracts alone: for a person to read, correct and finish.

Nothing is applied by being suggested: `map` does what the file says, and what is unsure stands in it as a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from asccld.errors import AsccldError
from asccld.intake.mapping.formats import as_date, pattern_of
from asccld.intake.mapping.suggesting_columns import TELLING, Column, Profile, profiles
from asccld.intake.mapping.suggesting_joins import Join, are_of, joins_of, key_of
from asccld.intake.mapping.suggesting_words import DATA, Guess, Likeness, plain, service_pairs, values_of
from asccld.standard import Field, Release, Standard
from asccld.standard.calendar import month_end, months_later
from asccld.standard.tables import read_rows

START, END, TYPE, PERSON = "event_start_date", "event_end_date", "event_type", "la_person_unique_identifier"
SERVICE: Final = ("service_type", "service_component")
_HEADER_SURE: Final = 86.0
_HEADER_WORTH: Final = 62.0
_GUESSED_END: Final = date(2026, 3, 31)
_LAST_YEAR: Final = 2050
_CODE_LETTERS: Final = 3
_PERSON_AND_NOTE: Final = 2
"""Columns of an extract that only says which people there are."""
_SAYS_NOTHING: Final = {"status", "state", "type", "name", "date", "code", "id", "value"}
"""Headers that are a little like many fields."""
_YES: Final = {"y", "yes", "true", "1", "t"}
_FOR_EVENTS: Final = re.compile(r"event_type starts '(\w+)'")
_WORDS_TRIED: Final = 60


@dataclass(frozen=True)
class FieldGuess:
    """A column that seems to hold a field."""

    field: str
    header: str
    score: float
    is_sure: bool


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


@dataclass(frozen=True)
class Draft:
    """Everything that is suggested."""

    release: Release
    la_code: str | None
    start: date
    end: date
    end_is_guessed: bool
    dates: tuple[str, ...]
    blanks: tuple[str, ...]
    extracts: tuple[ExtractDraft, ...]
    values: Mapping[str, tuple[Guess, ...]]
    """By field, the most frequent words first."""
    services: tuple[Guess, ...]
    """Words of services; their values are a type and a component, joined by a tab."""
    hidden: Mapping[str, int]
    """By field, how many words are not written down because they could point at a person."""


def suggest(
    paths: Iterable[Path],
    standard: Standard,
    release: Release,
    *,
    la: str | None = None,
    period_end: date | None = None,
) -> Draft:
    """A draft for the extracts in these files and folders."""
    found = [p for p in profiles(paths) if p.columns]
    if not found:
        raise AsccldError("There is no extract to look at", None, "Give files with a header, or a folder of them")
    drafts = [_drafted(p, release, standard) for p in found]
    _connect(drafts)
    guesses, hidden = _words(drafts, release, standard)
    end = period_end or _last_quarter(drafts)
    last = end or _GUESSED_END
    return Draft(
        release,
        la,
        months_later(last.replace(day=1), -11),
        last,
        period_end is None,
        _date_formats(found),
        _blanks(found),
        tuple(drafts),
        guesses,
        _service_words(drafts),
        hidden,
    )


# ---------------------------------------------------------------- fields


def _drafted(profile: Profile, release: Release, standard: Standard) -> ExtractDraft:
    event_type = _named_event(profile.name)
    fields = _fields_of(profile, event_type, release, standard)
    sure = {f.field for f in fields if f.is_sure}
    draft = ExtractDraft(profile, None, holds_events=False, fields=fields)
    holds = bool({START, END} & sure) and not ("date_of_birth" in sure and _person_key(draft))
    draft.event_type, draft.holds_events = event_type if holds else None, holds
    if holds and event_type is None and TYPE not in sure:
        draft.event_type = _event_by_fields(sure, release)
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
    return bool({"status", "state", "stage"} & set(_spaced(header).casefold().split()))


def _named_event(name: str) -> str | None:
    """The event type that the name of an extract speaks of."""
    words = set(name.split("_"))
    told = {r["event_type"] for r in read_rows(DATA / "event_words.csv", ("event_type", "text")) if r["text"] in words}
    return told.pop() if len(told) == 1 else None


def _event_by_fields(sure: set[str], release: Release) -> str | None:
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


def _fields_of(profile: Profile, event_type: str | None, release: Release, standard: Standard) -> list[FieldGuess]:
    """Each field by its likeliest column, each column for one field."""
    possible = [f for f in release.fields if event_type is None or not _events_of(f) or event_type in _events_of(f)]
    like = Likeness(_header_texts(possible))
    scored = [
        (score, column, release.by_name[name])
        for column in profile.columns
        if _spaced(column.header).casefold() not in _SAYS_NOTHING
        for name, likeness in like.likely(_spaced(column.header), count=6)
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


def _header_texts(fields: Sequence[Field]) -> list[tuple[str, str]]:
    names = {f.name for f in fields}
    official = [(text, f.name) for f in fields for text in (f.header, f.name.replace("_", " "))]
    usual = read_rows(DATA / "header_words.csv", ("field", "text"))
    return [*official, *((r["text"], r["field"]) for r in usual if r["field"] in names)]


def _spaced(header: str) -> str:
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
        official = plain(_spaced(column.header)) in {plain(known.header), plain(known.name.replace("_", " "))}
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
    named = [c for c in free if re.search(r"(?i)\b(id|ref|reference|number|no)\b", _spaced(c.header))]
    if named:
        guesses["event_reference"] = FieldGuess("event_reference", named[0].header, _HEADER_SURE, is_sure=True)


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


def _connect(drafts: Sequence[ExtractDraft]) -> None:
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
                if column.is_list and {"test", "dummy"} & set(_spaced(column.header).casefold().split()):
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


# ---------------------------------------------------------------- words


def _words(
    drafts: Sequence[ExtractDraft], release: Release, standard: Standard
) -> tuple[dict[str, tuple[Guess, ...]], dict[str, int]]:
    """For each field with a list, the guesses of every word that is not a national value already."""
    counts: dict[str, dict[str, int]] = {}
    for draft in (d for d in drafts if d.is_used):
        for guess in draft.fields:
            column = draft.profile.column(guess.header)
            by_codes = draft.service is not None and guess.field in SERVICE
            if guess.is_sure and not by_codes and column.is_list and values_of(guess.field, release, standard):
                words = counts.setdefault(guess.field, {})
                for text, rows in column.texts.iter_rows():
                    words[text] = words.get(text, 0) + rows
    found: dict[str, tuple[Guess, ...]] = {}
    hidden: dict[str, int] = {}
    blanks = _blank_words()
    for name, words in counts.items():
        listed = release.list_of(name)
        national = {v.casefold() for v in listed.texts} if listed else set[str]()
        like = Likeness(values_of(name, release, standard))
        wanted = {w: n for w, n in words.items() if w.casefold() not in national and w.casefold() not in blanks}
        safe = {w: n for w, n in wanted.items() if not re.search(TELLING, w)}
        hidden[name] = len(wanted) - len(safe)
        found[name] = _guessed(safe, like)
    return found, {n: c for n, c in hidden.items() if c}


def _guessed(words: Mapping[str, int], like: Likeness) -> tuple[Guess, ...]:
    once: dict[str, tuple[str, int]] = {}
    for word, rows in words.items():  # capitals do not matter in a mapping: one line for all
        first, before = once.get(word.casefold(), (word, 0))
        once[word.casefold()] = (first, before + rows)
    return tuple(
        Guess(word, rows, like.likely(word))
        for word, rows in sorted(once.values(), key=lambda item: (-item[1], item[0]))
    )


def _service_words(drafts: Sequence[ExtractDraft]) -> tuple[Guess, ...]:
    words: dict[str, int] = {}
    for draft in drafts:
        if draft.service is not None:
            for text, rows in draft.profile.column(draft.service).texts.iter_rows():
                words[text] = words.get(text, 0) + rows
    return _guessed({w: n for w, n in words.items() if not re.search(TELLING, w)}, Likeness(service_pairs()))


def _blank_words() -> set[str]:
    return {row["text"] for row in read_rows(DATA / "blank_words.csv", ("text",))}


def _blanks(found: Sequence[Profile]) -> tuple[str, ...]:
    """Texts in columns of lists that stand for nothing."""
    known = _blank_words()
    texts = [
        t for p in found for c in p.columns if c.is_list for t in c.texts["text"].to_list() if t.casefold() in known
    ]
    return tuple(dict.fromkeys(texts))


# ---------------------------------------------------------------- dates


def _date_formats(found: Sequence[Profile]) -> tuple[str, ...]:
    formats = [c.date_format for p in found for c in p.columns if c.kind == "date" and c.date_format]
    return tuple(sorted(set(formats), key=lambda f: -formats.count(f)))


def _last_quarter(drafts: Sequence[ExtractDraft]) -> date | None:
    """The end of the last quarter that is complete in the extracts, by the days on which events ended."""
    days: list[date] = []
    for draft in drafts:
        header = draft.column_of(END)
        column = draft.profile.column(header) if header else None
        pattern = pattern_of(column.date_format or "") if column else None
        if column and pattern and draft.holds_events:
            latest = column.texts.select(as_date(pl.col("text"), [pattern], _LAST_YEAR).max()).item()
            days += [latest] if latest else []
    if not days:
        return None
    end = month_end(max(days))
    while end.month % 3 or end > max(days):
        if end.month % 3 == 0 and (end - max(days)).days < _SHORT_OF_THE_END:
            break  # the last days of a quarter may have had no event
        end = month_end(months_later(end.replace(day=1), -1))
    return end


_SHORT_OF_THE_END: Final = 8
