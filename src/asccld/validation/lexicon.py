"""Recognising the values of a defined list: each distinct text is judged once, each row only looked up.

A lexicon grows with the file. It gives every distinct text of a column a small code; what the text is (a list value, a
value in other capitals, a likely slip, a value of another release) is known per code, so all further work on the column
compares small integers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Literal

import polars as pl

from asccld.standard import Field, Release, Standard
from asccld.validation.masking import SHOWN_CHARACTERS, folded_words, shown

Kind = Literal["blank", "valid", "case", "near", "earlier", "dropped", "later", "unknown"]

BLANK, OVERFLOW = 0, 1
_DISTINCT_UNKNOWN = 500
"""More distinct unknown texts than this are not a coding slip; the rest share one code and are not shown."""
_DISTINCT = 20_000
"""Room in a code; more distinct texts than this are not told apart."""
_NEAR_ENOUGH = 85.0  # of 100: an edit in about seven letters
LITERAL_NULL = "NULL"


@dataclass(frozen=True)
class Entry:
    """One distinct text of a column. `meaning` is what conditions compare with; None when nobody can say."""

    text: str
    kind: Kind
    meant: str | None
    meaning: str | None
    shown: str
    trimmed: bool = False
    literal_null: bool = False


class Lexicon:
    """The texts seen in one list column and what each is."""

    def __init__(self, field: Field, release: Release, standard: Standard, *, show_all: bool = False) -> None:
        self.field = field
        self._judge: Judge = _judge_for(field, release, standard)
        self._show_all = show_all
        self._unknown = 0
        self._answers: dict[Hashable, tuple[int, list[int]]] = {}
        self.entries: list[Entry] = [
            Entry("\0blank", "blank", None, "", ""),
            Entry("\0other", "unknown", None, None, "(more than " + str(_DISTINCT_UNKNOWN) + " different values)"),
        ]
        found = release.list_of(field.name)
        for text in found.texts if found else ():
            self.entries.append(Entry(text, "valid", None, text, text))

    def categories(self) -> pl.Enum:
        """The data type whose physical codes are the entries' positions."""
        return pl.Enum([e.text for e in self.entries])

    def learn(self, texts: pl.Series) -> None:
        """Judge texts that were not seen before."""
        known = {e.text for e in self.entries}
        for text in texts.unique(maintain_order=True).to_list():
            if text not in known:
                self._learn(text)

    def _learn(self, text: str) -> None:
        searching = self._unknown < _DISTINCT_UNKNOWN
        entry = self._entry(text, search=searching)
        needed_search = entry.kind in ("near", "unknown")
        if len(self.entries) < _DISTINCT and (searching or not needed_search):
            self.entries.append(entry)
            self._unknown += needed_search

    def _entry(self, text: str, *, search: bool) -> Entry:
        clean = text.strip()
        trimmed = clean != text
        if clean in ("", LITERAL_NULL):
            return Entry(text, "blank", None, "", "", trimmed, clean == LITERAL_NULL)
        kind, meant, meaning = self._judge(clean, search)
        safe = self._show_all or kind not in ("near", "unknown")
        return Entry(text, kind, meant, meaning, clean[:SHOWN_CHARACTERS] if safe else shown(clean), trimmed)

    @cached_property
    def usual_words(self) -> frozenset[str]:
        """The words of the list's values: as such they are nobody's name."""
        return frozenset(w for e in self.entries if e.kind == "valid" for w in folded_words(e.text))

    def codes(self, name: Hashable, where: Callable[[Entry], bool]) -> list[int]:
        """Codes of the entries for which a test holds; `name` tells it from other tests: each is asked many times."""
        seen, codes = self._answers.get(name, (0, []))
        if seen < len(self.entries):
            upto = len(self.entries)
            codes = codes + [i for i in range(seen, upto) if where(self.entries[i])]
            self._answers[name] = upto, codes
        return codes

    def of_kind(self, *kinds: Kind) -> list[int]:
        """Codes of the entries of these kinds."""
        return self.codes(kinds, lambda e: e.kind in kinds)


Judgement = tuple[Kind, str | None, str | None]


Judge = Callable[[str, bool], Judgement]
"""Of a text, and whether the nearest value is worth searching."""


def _judge_for(field: Field, release: Release, standard: Standard) -> Judge:
    found = release.list_of(field.name)
    texts = found.texts if found else ()
    if not texts:
        return lambda text, _: ("valid", None, text)  # nobody has the list: any text may be right
    valid = frozenset(texts)
    folded = {t.casefold(): t for t in texts}
    fixes = {f.raw.casefold(): f.value for f in release.fixes if f.defined_list == field.defined_list}
    earlier = _earlier_values(field, release)
    later = _later_values(field, release, standard)

    def judge(text: str, search: bool) -> Judgement:
        if text in valid:
            return "valid", None, text
        if text in earlier:
            return _earlier(text, earlier[text])
        key = text.casefold()
        if key in folded:
            return "case", folded[key], folded[key]
        if key in fixes:
            return "near", fixes[key], fixes[key]
        if text in later:
            return "later", later[text], later[text]
        near = _nearest(text, texts) if search else None
        return ("near", near, None) if near else ("unknown", None, None)

    return judge


def _earlier(text: str, meant: str | None) -> Judgement:
    # a value without a successor still says what it means: a financial assessment is a financial assessment
    return ("earlier", meant, meant) if meant else ("dropped", None, text)


def _earlier_values(field: Field, release: Release) -> Mapping[str, str | None]:
    return {
        m.from_value: m.to_value
        for m in release.mappings
        if m.defined_list == field.defined_list and m.from_value and m.from_value != m.to_value
    }


def _later_values(field: Field, release: Release, standard: Standard) -> Mapping[str, str]:
    following = (r for r in standard.releases.values() if r.previous == release.id)
    return {
        m.to_value: m.from_value
        for r in following
        for m in r.mappings
        if m.defined_list == field.defined_list and m.to_value and m.from_value
    }


def _nearest(text: str, texts: tuple[str, ...]) -> str | None:
    if len(text) > 200:
        return None
    from rapidfuzz import fuzz, process, utils

    best = process.extract(
        text, texts, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_NEAR_ENOUGH, limit=2
    )
    if not best or (len(best) > 1 and best[0][1] == best[1][1]):
        return None
    return best[0][0]


_FEW = 3  # so many comparisons are cheaper than a look-up


def is_one_of(code: pl.Expr, codes: Sequence[int]) -> pl.Expr:
    """Whether a code is among some."""
    if not codes:
        return pl.lit(value=False)
    return code.is_in(list(codes)) if len(codes) > _FEW else reduce(lambda a, b: a | b, (code == c for c in codes))


def encode(frame: pl.DataFrame, lexicons: Mapping[str, Lexicon]) -> list[pl.Series]:
    """`code.<name>` (UInt16) of each list column present."""
    names = [n for n in lexicons if n in frame.columns]
    codes = frame.select(pl.col(n).cast(lexicons[n].categories(), strict=False).to_physical() for n in names)
    return [_complete(codes[n].cast(pl.UInt16), frame[n], lexicons[n]).alias(f"code.{n}") for n in names]


def _complete(codes: pl.Series, texts: pl.Series, lexicon: Lexicon) -> pl.Series:
    """The codes with those of texts that were new to the lexicon; blank cells have BLANK."""
    if codes.null_count() > texts.null_count():
        new = (codes.is_null() & texts.is_not_null()).arg_true()
        words = texts.gather(new)
        lexicon.learn(words)
        learnt = words.cast(lexicon.categories(), strict=False).to_physical().cast(pl.UInt16).fill_null(OVERFLOW)
        codes = codes.scatter(new, learnt)
    return codes.fill_null(BLANK)
