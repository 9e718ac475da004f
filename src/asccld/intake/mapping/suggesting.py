"""A first draft of a mapping file, from the extracts alone: for a person to read, correct and finish.

Nothing is applied by being suggested: `map` does what the file says, and what is unsure stands in it as a comment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from asccld.errors import AsccldError
from asccld.intake.mapping.first_rows import first_row_is
from asccld.intake.mapping.formats import as_date, pattern_of
from asccld.intake.mapping.suggesting_belonging import connect
from asccld.intake.mapping.suggesting_columns import Profile, met
from asccld.intake.mapping.suggesting_dates import LAST_YEAR
from asccld.intake.mapping.suggesting_extracts import ExtractDraft, drafted, is_elsewhere
from asccld.intake.mapping.suggesting_fields import END
from asccld.intake.mapping.suggesting_hiding import names_of, told_in
from asccld.intake.mapping.suggesting_words import DATA, Guess, Likeness, ValueLists, service_pairs
from asccld.standard import Release, Standard
from asccld.standard.calendar import month_end, months_later
from asccld.standard.tables import read_rows

_GUESSED_END: Final = date(2026, 3, 31)
_SHORT_OF_THE_END: Final = 8
_USUAL: Final = 0.99
"""Share of the ends of events that count: a slip such as 2062 is no quarter."""


@dataclass(frozen=True)
class Draft:
    """Everything that is suggested."""

    release: Release
    la_code: str | None
    start: date
    end: date
    end_is_guessed: bool
    end_is_seen: bool
    """Whether the guess is of ends of events, rather than of nothing."""
    dates: tuple[str, ...]
    """Formats of all extracts but those that have the month first."""
    blanks: tuple[str, ...]
    extracts: tuple[ExtractDraft, ...]
    values: Mapping[str, tuple[Guess, ...]]
    """By field, the most frequent words first."""
    services: Mapping[str, tuple[Guess, ...]]
    """By header, words of services; their values are a type and a component, joined by a tab."""
    hidden: Mapping[str, int]
    """By field, or header of services, how many words are not written down because they could point at a person."""
    unread: Mapping[str, str]
    """Files and sheets that could not be read, and why."""

    @property
    def left_out(self) -> dict[str, str]:
        """What was given but is not applied, and why: extracts that are comments, and what could not be read."""
        comments = {e.profile.name: e.why_left_out for e in self.extracts if not e.is_used}
        return {**comments, **self.unread}


def suggest(
    paths: Iterable[Path],
    standard: Standard,
    release: Release,
    *,
    la: str | None = None,
    period_end: date | None = None,
) -> Draft:
    """A draft for the extracts in these files and folders."""
    there = met(paths)
    no_header = {p.name: why for p in there.profiles if (why := first_row_is(p.header, release.fields))}
    there.unread.update(no_header)
    found = [p for p in there.profiles if p.columns and p.name not in no_header]
    if not found:
        what = next((why for why in there.unread.values()), "no file in it has a header with a name for a column")
        remedy = "Give files in which each column has a header of its own, or a folder of them"
        raise AsccldError(f"There is no extract to look at: {what}", None, remedy)
    empty = {
        p.name: "no column has a header of its own" for p in there.profiles if not p.columns and p.name not in no_header
    }
    lists = ValueLists(release, standard)
    drafts = [drafted(p, lists) for p in found]
    connect(drafts)
    guesses, hidden = _words(drafts, lists)
    services, hidden_services = _service_words(drafts, release)
    end = period_end or _last_quarter(drafts)
    last = end or _GUESSED_END
    return Draft(
        release,
        la,
        months_later(last.replace(day=1), -11),
        last,
        period_end is None,
        end is not None,
        _date_formats(found),
        _blanks(found),
        tuple(drafts),
        guesses,
        services,
        hidden | hidden_services,
        there.unread | empty,
    )


# ---------------------------------------------------------------- words


def _words(drafts: Sequence[ExtractDraft], lists: ValueLists) -> tuple[dict[str, tuple[Guess, ...]], dict[str, int]]:
    """For each field with a list, the guesses of every word that is not a national value already."""
    release = lists.release
    counts: dict[str, dict[str, int]] = {}
    for draft in (d for d in drafts if d.is_used):
        for guess in draft.fields:
            column = draft.profile.column(guess.header)
            if guess.is_sure and not is_elsewhere(guess, draft, drafts) and column.is_list and lists.has(guess.field):
                words = counts.setdefault(guess.field, {})
                for text, rows in column.texts.iter_rows():
                    words[text] = words.get(text, 0) + rows
    found: dict[str, tuple[Guess, ...]] = {}
    hidden: dict[str, int] = {}
    blanks, names = _blank_words(), names_of(drafts)
    for name, words in counts.items():
        listed = release.list_of(name)
        national = {v.casefold() for v in listed.texts} if listed else set[str]()
        like = lists.of(name)
        wanted = {w: n for w, n in words.items() if w.casefold() not in national and w.casefold() not in blanks}
        told = told_in(wanted, names, release)
        safe = {w: n for w, n in wanted.items() if w not in told}
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


def _service_words(
    drafts: Sequence[ExtractDraft], release: Release
) -> tuple[dict[str, tuple[Guess, ...]], dict[str, int]]:
    """By header, the guesses of every word for a service, and how many words are hidden."""
    counts: dict[str, dict[str, int]] = {}
    for draft in drafts:
        if draft.service is not None:
            words = counts.setdefault(draft.service, {})
            for text, rows in draft.profile.column(draft.service).texts.iter_rows():
                words[text] = words.get(text, 0) + rows
    names = names_of(drafts)
    told = {header: told_in(words, names, release) for header, words in counts.items()}
    like = Likeness(service_pairs())
    safe = {h: {w: n for w, n in words.items() if w not in told[h]} for h, words in counts.items()}
    return {h: _guessed(words, like) for h, words in safe.items()}, {h: len(t) for h, t in told.items() if t}


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
    formats = [f for p in found if p.dates.is_day_first for f in p.dates.formats]
    return tuple(sorted(dict.fromkeys(formats), key=lambda f: -formats.count(f)))


def _last_quarter(drafts: Sequence[ExtractDraft]) -> date | None:
    """The end of the last quarter that is complete in the extracts, by the days on which events ended."""
    found = [days for d in drafts if d.holds_events and (days := _ends_of(d)) is not None]
    ended = pl.concat(found).drop_nulls().sort("day") if found else pl.DataFrame()
    if ended.is_empty():
        return None
    usual = ended.filter(pl.col("rows").cum_sum() >= _USUAL * pl.col("rows").sum())
    latest: date = usual["day"][0]
    end = month_end(latest)
    while end.month % 3 or end > latest:
        if end.month % 3 == 0 and (end - latest).days < _SHORT_OF_THE_END:
            break  # the last days of a quarter may have had no event
        end = month_end(months_later(end.replace(day=1), -1))
    return end


def _ends_of(draft: ExtractDraft) -> pl.DataFrame | None:
    """On which days events ended, `day`, and how many, `rows`."""
    header, dates = draft.column_of(END), draft.profile.dates
    if header is None or header not in dates.columns:
        return None
    patterns = [p for f in dates.of(header) if (p := pattern_of(f))]
    texts = draft.profile.column(header).texts
    return texts.select(as_date(pl.col("text"), patterns, LAST_YEAR).alias("day"), "rows")
