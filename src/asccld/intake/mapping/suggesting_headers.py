"""Which national field a header speaks of, and whether it says more than that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import polars as pl

from asccld.intake.mapping.suggesting_words import DATA, Likeness, plain
from asccld.standard import Field
from asccld.standard.tables import read_rows

EXACT: Final = 99.0
"""From here on a header is one that is known, but for endings and blanks."""
_NEARLY_EXACT: Final = 99.5
_SHORTEST: Final = 3
_CARER: Final = {"carer", "carers"}
"""Carers are people, but not those whom a row is of."""


class Headers:
    """The known headers of fields; the words of the types of event in an extract say nothing new in it."""

    def __init__(self, fields: Sequence[Field], event_type: str | None) -> None:
        texts = list(_texts(fields))
        self._like = Likeness(texts)
        self._words: dict[str, set[str]] = {}
        for text, name in texts:
            self._words.setdefault(name, set()).update(plain(spaced(text)).split())
        events = read_rows(DATA / "event_words.csv", ("event_type", "text"))
        self._events = {r["text"] for r in events}
        self._fillers = {r["text"] for r in events if r["event_type"] == event_type}
        self._fillers |= _listed("header_fillers") | (_listed("people_words") - _CARER)

    def allow_all_events(self) -> None:
        """Take the words of every type of event for fillers: the extract has a column that says which each row is."""
        self._fillers |= self._events

    def likely(self, header: str) -> list[tuple[str, float]]:
        """The fields that a header may mean; `DoB`, `D.O.B.` and `DATEOFBIRTH` are the same words."""
        best: dict[str, float] = {}
        for text in (spaced(header), spaced(header.casefold())):
            for name, score in self._like.likely(text, count=6):
                best[name] = max(score, best.get(name, 0.0))
        for text in (_without_ending(spaced(header)), header):
            if text and (found := self._like.as_one_word(text)):
                best[found] = max(_NEARLY_EXACT, best.get(found, 0.0))
        return list(best.items())

    def says_more(self, header: str, field: str) -> bool:
        """Whether a header has a word that the field has not: `Planned End` is no end."""
        known = self._words.get(field, set[str]()) | self._fillers
        return any(not _is_among(word, known) for word in plain(spaced(header)).split())


def header_words(fields: Iterable[Field]) -> set[str]:
    """The words of which usual headers are made."""
    known = {word for text, _ in _texts(list(fields)) for word in plain(spaced(text)).split()}
    return known | _listed("header_fillers") | _listed("header_endings") | _listed("people_words")


def is_official(header: str, known: Field) -> bool:
    """Whether a header is that of the standard: no other word for the field goes before it."""
    return plain(spaced(header)) in {plain(spaced(known.header)), plain(known.name.replace("_", " "))}


def is_of_people(header: str) -> bool:
    """Whether a header speaks of a person."""
    return bool(set(spaced(header).casefold().split()) & _listed("people_words"))


def is_of_names(header: str) -> bool:
    """Whether a header speaks of nothing but people and their names: `Service User Name`, but no `Service Name`."""
    words = set(re.sub(r"\bservice (?=users?\b)", "", spaced(header).casefold()).split())
    telling = _listed("name_words")
    return bool(words & telling) and words <= telling | _listed("people_words") | _listed("name_fillers")


def without_numbers(texts: pl.Series) -> pl.Series:
    """The texts of a column of names that can be some: a column of customers may hold their numbers."""
    each = texts.cast(pl.String).unique().drop_nulls()
    return each.filter(~each.str.contains("[0-9]"))


def is_open(header: str) -> bool:
    """Whether a header means one thing here and another there, so that the words below it have to tell."""
    return plain(spaced(header)) in _listed("open_headers")


def spaced(header: str) -> str:
    """`dateOfBirth`, `DATE_OF_BIRTH` and `Date of birth` are the same words."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)", " ", header)
    return re.sub(r"[_\W]+", " ", apart).strip()


def _texts(fields: Sequence[Field]) -> Iterator[tuple[str, str]]:
    names = {f.name for f in fields}
    yield from ((text, f.name) for f in fields for text in (f.header, f.name.replace("_", " ")))
    usual = read_rows(DATA / "header_words.csv", ("field", "text"))
    yield from ((r["text"], r["field"]) for r in usual if r["field"] in names)


def _without_ending(header: str) -> str:
    """A header without a last word such as `code` or `flag`, which says nothing of what it is."""
    words = plain(header)
    return next((words.removesuffix(f" {e}") for e in _listed("header_endings") if words.endswith(f" {e}")), "")


def _is_among(word: str, known: Iterable[str]) -> bool:
    """Whether a word is known, or is a short form of one that is."""
    return word.isdigit() or any(word == k or (len(word) >= _SHORTEST and k.startswith(word)) for k in known)


def _listed(name: str) -> set[str]:
    return {row["text"] for row in read_rows(DATA / f"{name}.csv", ("text",))}
