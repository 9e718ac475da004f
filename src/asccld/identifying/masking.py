"""Keeping values that could point at a person out of findings, reports and logs.

A field marked identifying is never shown. But people's details also turn up in the wrong column. So a value of a free
column is shown only in a form in which it can be no such detail (`shapes`); a text that no list knows, an event
reference or a header only when it looks like none and agrees with nothing that the file says of its people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, cast

import polars as pl

from asccld.identifying import HIDDEN
from asccld.identifying.patterns import nhs_check_digit_holds
from asccld.identifying.shapes import DATE, MAIL, NATIONAL_INSURANCE, POSTCODE, STREET, TITLED

SHOWN_CHARACTERS = 200
HEADER_CHARACTERS = 40
REFERENCE_CHARACTERS = 40
NAME_LETTERS = 3
"""A name of fewer letters counts only where nothing but names stands."""
ID_CHARACTERS = 5
"""In number and code columns an identifier of fewer characters is too likely to be an ordinary value."""

_BREAK = r"['’-]"
_PART = re.compile(r"[^\W_]+(?:[-/][^\W_]+)*")
_WORD = re.compile(r"[^\W\d_]+")
_JOINED = re.compile(r"(?<=[^\W\d_])(?=[^\W\d_])")
_MANY_DIGITS = re.compile(r"(?:\d.*?){6}", re.DOTALL)
_LOOKS_IDENTIFYING = re.compile(f"{DATE}|{POSTCODE}|{MAIL}|{STREET}|{TITLED}")

_TEN_DIGITS = r"(?:[0-9][^\p{L}\p{N}]{0,3}){9}[0-9]"
_USUAL_GROUPING = (
    r"^(?:[0-9]{3}[^\p{L}\p{N}]{0,3}[0-9]{3}[^\p{L}\p{N}]{0,3}[0-9]{4}|[0-9]{5}[^\p{L}\p{N}]{0,3}[0-9]{5})$"
)
"""In threes and a four, or in fives; a year and six digits are more often a reference of the council's."""
_ORDINARY = r"^\p{L}{0,24}[-/_ ]?[0-9]{1,7}$"
"""What most references are: letters that say what kind, and a number too short for a date or an NHS number."""
_WITH_COUNCIL = r"^\p{L}{1,24}[-/_ ][0-9]{3}[-/_ ][0-9]{7}$"
_TWO_WORDS = r"\p{L}[\p{L}'’-]+,?\s+\p{L}[\p{L}'’-]+"


@dataclass(frozen=True)
class People:
    """What a file says of people, to be known again in a wrong place."""

    names: pl.Series
    """First and last names, in small letters."""
    ids: pl.Series
    """Hashes of NHS numbers and of the council's person identifiers, linked ones included, in small letters."""
    births: pl.Series
    """Birth dates that are recent enough to be taken for an event's."""

    @classmethod
    def of(cls, prepared: pl.DataFrame, first_year: int) -> People:
        """What a prepared chunk says."""
        names = [prepared[c].str.to_lowercase().unique() + "" for c in _NAMES if c in prepared.columns]
        ids = [prepared[c].unique() for c in (f"same.{n}" for n in IDENTIFIERS) if c in prepared.columns]
        births = prepared["date.date_of_birth"] if "date.date_of_birth" in prepared.columns else _NO_BIRTHS
        recent = births.filter(births.dt.year() >= first_year)
        return cls(_once(names, pl.String), _once(ids, pl.UInt64), _once([recent], pl.Date))

    @classmethod
    def named(cls, names: Sequence[pl.Series], ids: Sequence[pl.Series] = ()) -> People:
        """What some columns of names and of identifiers say."""
        hashes = [i.drop_nulls().str.to_lowercase().hash() for i in ids]
        return cls(_once([n.str.to_lowercase() for n in names], pl.String), _once(hashes, pl.UInt64), _NO_BIRTHS)

    @classmethod
    def nobody(cls) -> People:
        """Nothing of anybody, for who may see everything."""
        return cls(pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.UInt64), _NO_BIRTHS)

    @classmethod
    def together(cls, parts: Sequence[People]) -> People:
        """What all parts of a file say."""
        return cls(
            _once([p.names for p in parts], pl.String),
            _once([p.ids for p in parts], pl.UInt64),
            _once([p.births for p in parts], pl.Date),
        )

    @cached_property
    def words(self) -> pl.Series:
        """The words of which the names are made; those of `O'Brien` also unbroken."""
        unbroken = self.names.filter(self.names.str.contains(_BREAK)).str.replace_all(_BREAK, "")
        return pl.concat([self.names, unbroken]).str.extract_all(r"\p{L}+").explode().drop_nulls().unique()

    def names_among(self, words: Iterable[str]) -> frozenset[str]:
        """Those of some folded words that are names."""
        asked = pl.Series(sorted(set(words)), dtype=pl.String)
        return frozenset(asked.filter(asked.is_in(self.words.implode()))) if asked.len() else frozenset()

    def are_ids(self, texts: pl.Series) -> pl.Series:
        """Which texts are the identifier of a person of the file, in whatever capitals."""
        return texts.str.to_lowercase().hash().is_in(self.ids.implode()) & texts.is_not_null()

    def ids_among(self, texts: Iterable[str]) -> frozenset[str]:
        """Those of some texts that are, or hold as a word, such an identifier, in whatever capitals."""
        parts = [(t, part) for t in texts for part in {t.strip(), *t.split(), *_PART.findall(t)}]
        if not parts:
            return frozenset()
        known = self.are_ids(pl.Series([part for _, part in parts], dtype=pl.String))
        return frozenset(t for (t, _), is_id in zip(parts, known, strict=True) if is_id)


_NAMES = ("value.first_name", "value.last_name")
IDENTIFIERS = ("nhs_number", "la_person_unique_identifier", *(f"adult_{n}_linked_person_id" for n in (1, 2, 3)))
"""Fields whose values stand for a person."""
_NO_BIRTHS = pl.Series([], dtype=pl.Date)


def _once(parts: Sequence[pl.Series], dtype: type[pl.DataType]) -> pl.Series:
    return pl.concat(parts).unique().drop_nulls() if parts else pl.Series([], dtype=dtype)


def shown(text: str) -> str:
    """A text that no list knows as it may be shown: cut to length, hidden when it looks identifying."""
    plain = unicodedata.normalize("NFKC", text)
    return HIDDEN if _MANY_DIGITS.search(plain) or _LOOKS_IDENTIFYING.search(plain) else text[:SHOWN_CHARACTERS]


def shown_header(text: str) -> str:
    """A header that the standard does not know; a long one is no header."""
    return shown(text) if len(text) <= HEADER_CHARACTERS else HIDDEN


def folded_words(text: str) -> list[str]:
    """The words of a text as names are compared: letters only, without regard to case, `JoBloggs` as two."""
    parts = _JOINED.sub(_between, unicodedata.normalize("NFKC", text))
    return [w.casefold() for w in _WORD.findall(parts)]


def _between(place: re.Match[str]) -> str:
    at, text = place.start(), place.string
    return " " if text[at - 1].islower() and text[at].isupper() else ""


def with_joined(text: str) -> list[str]:
    """The words of a text, and those of `McKay` also unbroken."""
    return [*folded_words(text), *(w.casefold() for w in _WORD.findall(unicodedata.normalize("NFKC", text)))]


def tells_a_name(text: str, names: frozenset[str], usual: frozenset[str]) -> bool:
    """Whether a text holds a name that is no usual word of its column, or nothing but names."""
    words = folded_words(text)
    held = any(len(w) >= NAME_LETTERS and w in names and w not in usual for w in with_joined(text))
    return held or (bool(words) and names >= set(words) and not usual >= set(words))


class References(NamedTuple):
    """Event references, and what tells whether they point at a person: they are the way back to the record.

    `seen` has `text`, its `hash` in small letters, the hash of the ten digits behind a council's code (`number`) and
    whether it is more than a number after some letters (`odd`); `prefixes` are the letters before numbers, each once.
    """

    seen: pl.DataFrame
    prefixes: pl.Series

    @classmethod
    def of(cls, texts: pl.Series) -> References:
        """What some references show."""
        r = pl.col("r")
        grouped = r.str.contains(_WITH_COUNCIL)
        seen = texts.to_frame("r").select(
            text=r,
            hash=r.str.to_lowercase().hash(),
            number=pl.when(grouped).then((r.str.slice(-11, 3) + r.str.slice(-7)).hash()),
            odd=(~r.str.contains(_ORDINARY) & ~grouped).fill_null(value=False),
        )
        return cls(seen, _prefixes(texts))

    @classmethod
    def as_they_are(cls, texts: pl.Series) -> References:
        """References that are shown whatever they hold."""
        return cls(texts.to_frame("text"), pl.Series([], dtype=pl.String))

    @classmethod
    def together(cls, parts: Sequence[References]) -> References:
        """Those of all parts of a file, in order."""
        return cls(pl.concat(p.seen for p in parts), pl.concat(p.prefixes for p in parts).unique())

    @property
    def texts(self) -> pl.Series:
        """The references as submitted."""
        return self.seen["text"]

    def shown(self, people: People) -> pl.Series:
        """The references as they may be shown."""
        known = people.ids.implode()
        # ten digits behind a council's code are grouped as no NHS number is: one only where the file says so
        told = pl.any_horizontal((pl.col(c).is_in(known) & pl.col("text").is_not_null()) for c in ("hash", "number"))
        hidden = self.seen.select(told.fill_null(value=False)).to_series()
        if named := _telling(self.prefixes, people):
            hidden |= self.texts.str.extract(r"^(\p{L}+)").is_in(named).fill_null(value=False)
        odd = self.seen["odd"].arg_true()
        if odd.len():
            hidden = hidden.scatter(odd, hidden.gather(odd) | _odd_references(self.texts.gather(odd), people))
        return self.texts.set(hidden, HIDDEN) if hidden.any() else self.texts


def _prefixes(texts: pl.Series) -> pl.Series:
    """The letters with which texts begin, each once; most are told by the first few characters."""
    heads = texts.str.head(_HEAD)
    long = heads.unique().drop_nulls()
    long = long.filter(long.str.contains(r"^\p{L}+$"))
    some = [heads.unique(), texts.filter(heads.is_in(long.implode()).fill_null(value=False))]
    return pl.concat(s.str.extract(r"^(\p{L}+)").unique() for s in some).unique()


_HEAD = 4


def _telling(prefixes: pl.Series, people: People) -> list[str]:
    """The words before numbers that tell a name."""
    texts = cast("list[str]", prefixes.drop_nulls().unique().to_list())
    names = people.names_among(w for t in texts for w in with_joined(t))
    return [t for t in texts if tells_a_name(t, names, frozenset())]


def _odd_references(references: pl.Series, people: People) -> pl.Series:
    """Which of the references that are not just a number after some letters point at a person."""
    plain = references.str.normalize("NFKC")
    identifying = f"{DATE}|{POSTCODE}|{MAIL}|{NATIONAL_INSURANCE}|{_TWO_WORDS}"
    hidden = plain.str.contains(identifying) | ~plain.str.contains("[0-9]")  # without a number it may be any word
    hidden |= references.str.len_chars() > REFERENCE_CHARACTERS
    words = plain.to_frame("r").with_row_index("at").select("at", word=pl.col("r").str.extract_all(r"\p{L}+"))
    words = words.explode("word").drop_nulls()
    named = words.filter(words["word"].is_in(_telling(words["word"], people)))["at"]
    return _mark(_mark(hidden, named), _nhs_numbers(plain, people)["at"])


def _nhs_numbers(texts: pl.Series, people: People) -> pl.DataFrame:
    """Places of texts with an NHS number: its usual grouping and check digit, or one of the file in any grouping."""
    ten = texts.to_frame("r").with_row_index("at").filter(pl.col("r").str.contains(_TEN_DIGITS))
    number = pl.col("r").str.extract_all(_TEN_DIGITS)
    ten = ten.with_columns(number=number, usual=number.list.eval(pl.element().str.contains(_USUAL_GROUPING)))
    ten = ten.explode("number", "usual").with_columns(pl.col("number").str.replace_all(r"[^0-9]", ""))
    holds = pl.col("usual") & nhs_check_digit_holds(pl.col("number").cast(pl.UInt64))
    return ten.filter(holds | people.are_ids(ten["number"]))


def _mark(flags: pl.Series, at: pl.Series) -> pl.Series:
    return flags.scatter(at, pl.repeat(True, at.len(), eager=True)) if at.len() else flags
