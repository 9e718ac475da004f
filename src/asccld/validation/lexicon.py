"""Recognising the values of a defined list: each distinct text is judged once, each row only looked up.

A lexicon grows with the file. It gives every distinct text of a column a small code, and knows of each code the text's
kind (a list value, one in other capitals, a likely slip, a value of another release) and its meaning. So all further
work on the column compares small integers, and what it compares them with does not depend on the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import NamedTuple

import polars as pl

from asccld.identifying.masking import SHOWN_CHARACTERS, folded_words, shown
from asccld.standard import Field, Release, Standard
from asccld.validation.kinds import KINDS, Kind

BLANK, OVERFLOW = 0, 1
_DISTINCT_UNKNOWN = 500
"""More distinct unknown texts than this are not a coding slip; the rest share one code and are not shown."""
_DISTINCT = 20_000
"""Room in a code; more distinct texts than this are not told apart."""
_NEAR_ENOUGH = 85.0  # of 100: an edit in about seven letters
LITERAL_NULL = "NULL"


@dataclass(frozen=True, slots=True)
class Entry:
    """One distinct text of a column. `meaning` is what conditions compare with; None when nobody can say."""

    text: str
    kind: Kind
    meant: str | None
    meaning: str | None
    shown: str
    trimmed: bool = False
    literal_null: bool = False


@dataclass(frozen=True)
class Lookups:
    """What every code of a lexicon stands for, by position."""

    size: int
    categories: pl.Enum
    """The data type whose physical codes are the positions."""
    kinds: pl.Series
    """UInt8: the position of the kind in KINDS."""
    meanings: pl.Series
    """UInt16: the position of the meaning in the lexicon's `meanings`."""
    same: pl.Series
    """UInt16: the first code that means the same."""
    flags: Mapping[str, pl.Series]
    """`trimmed` and `literal_null`, where any text is."""


class Lexicon:
    """The texts seen in one list column and what each is."""

    def __init__(self, field: Field, release: Release, standard: Standard, *, show_all: bool = False) -> None:
        self.field = field
        lists = _Lists.of(field, release, standard)
        self._judge: Judge = lists.judge
        self._show_all = show_all
        self._unknown = 0
        self.entries: list[Entry] = [
            Entry("\0blank", "blank", None, "", ""),
            Entry("\0other", "unknown", None, None, "(more than " + str(_DISTINCT_UNKNOWN) + " different values)"),
        ]
        self.entries += [Entry(text, "valid", None, text, text) for text in lists.texts]
        self.meanings: tuple[str | None, ...] = ("", None, *lists.meanings())
        """All that an entry may mean: nothing, nobody can say, or a text."""
        self._place = {m: i for i, m in enumerate(self.meanings)}
        self._known = {e.text for e in self.entries}
        self._lookups: Lookups | None = None
        self.translation = pl.Series([], dtype=pl.UInt16)
        """Codes by the physical value of a Categorical column, null where its text has not been seen."""

    @property
    def lookups(self) -> Lookups:
        """What the codes stand for, of all texts learnt so far."""
        if self._lookups is None or self._lookups.size < len(self.entries):
            self._lookups = self._made()
        return self._lookups

    def _made(self) -> Lookups:
        first: dict[str, int] = {}
        meant = (e.meaning if e.meaning is not None else e.meant or e.text.strip() for e in self.entries)
        flags = {"trimmed": [e.trimmed for e in self.entries], "literal_null": [e.literal_null for e in self.entries]}
        return Lookups(
            len(self.entries),
            pl.Enum([e.text for e in self.entries]),
            pl.Series([KINDS.index(e.kind) for e in self.entries], dtype=pl.UInt8),
            pl.Series([self._place[e.meaning] for e in self.entries], dtype=pl.UInt16),
            pl.Series([first.setdefault(m, i) for i, m in enumerate(meant)], dtype=pl.UInt16),
            {name: pl.Series(flag) for name, flag in flags.items() if any(flag)},
        )

    def learn(self, texts: pl.Series) -> None:
        """Judge texts that were not seen before."""
        for text in texts.unique(maintain_order=True).to_list():
            if text not in self._known:
                self._learn(text)

    def _learn(self, text: str) -> None:
        searching = self._unknown < _DISTINCT_UNKNOWN
        entry = self._entry(text, search=searching)
        needed_search = entry.kind in ("near", "unknown")
        if len(self.entries) < _DISTINCT and (searching or not needed_search):
            self.entries.append(entry)
            self._known.add(text)
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


Judgement = tuple[Kind, str | None, str | None]


Judge = Callable[[str, bool], Judgement]
"""Of a text, and whether the nearest value is worth searching."""


@dataclass(frozen=True)
class _Lists:
    """What the standard says of a field's values."""

    texts: tuple[str, ...]
    fixes: Mapping[str, str]
    earlier: Mapping[str, str | None]
    """Values of the release before, with their successors."""
    later: Mapping[str, str]
    """Values of the release after, with what they replace."""

    @classmethod
    def of(cls, field: Field, release: Release, standard: Standard) -> _Lists:
        found = release.list_of(field.name)
        fixes = {f.raw.casefold(): f.value for f in release.fixes if f.defined_list == field.defined_list}
        texts = found.texts if found else ()
        return cls(texts, fixes, _earlier_values(field, release), _later_values(field, release, standard))

    def meanings(self) -> tuple[str, ...]:
        """Every text that a judgement may give as the meaning."""
        earlier = (meant or text for text, meant in self.earlier.items())
        return tuple(dict.fromkeys((*self.texts, *self.fixes.values(), *earlier, *self.later.values())))

    @cached_property
    def _folded(self) -> Mapping[str, str]:
        return {t.casefold(): t for t in self.texts}

    @cached_property
    def _valid(self) -> frozenset[str]:
        return frozenset(self.texts)

    def judge(self, text: str, search: bool) -> Judgement:
        """The kind of a text, the value meant, and what conditions compare with."""
        if text in self._valid:
            return "valid", None, text
        if text in self.earlier:
            return _earlier(text, self.earlier[text])
        key = text.casefold()
        if key in self._folded:
            return "case", self._folded[key], self._folded[key]
        if key in self.fixes:
            return "near", self.fixes[key], self.fixes[key]
        if text in self.later:
            return "later", self.later[text], self.later[text]
        near = _nearest(text, self.texts) if search else None
        return ("near", near, None) if near else ("unknown", None, None)


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


class Coded(NamedTuple):
    """A list column of a chunk: the code of each cell, and what the codes stand for."""

    codes: pl.Series
    lookups: Lookups


def encode(frame: pl.DataFrame, lexicons: Mapping[str, Lexicon]) -> list[Coded]:
    """The list columns present, each named for its field. Learns new texts: one chunk after the other."""
    coded: list[Coded] = []
    for name in (n for n in lexicons if n in frame.columns):
        codes = _codes(frame[name], lexicons[name])
        coded.append(Coded(codes.alias(name), lexicons[name].lookups))
    return coded


def looked_up(coded: Iterable[Coded], *, compared: Iterable[str] = ()) -> list[pl.Series]:
    """Of each list column `code.` (UInt16), `kind.` (UInt8), `meaning.` (UInt16), and `same.` if `compared`.

    Where any text of a column is, also `trimmed.` and `literal_null.`.
    """
    also = frozenset(compared)
    found: list[pl.Series] = []
    for codes, known in coded:
        name, at = codes.name, codes.cast(pl.UInt32)
        tables = {"kind": known.kinds, "meaning": known.meanings, **known.flags}
        if name in also:
            tables["same"] = known.same
        found.append(codes.alias(f"code.{name}"))
        found += [table[at].alias(f"{what}.{name}") for what, table in tables.items()]
    return found


def _codes(texts: pl.Series, lexicon: Lexicon) -> pl.Series:
    """The code of each cell; texts that are new to the lexicon are learnt in the order of the file."""
    if not isinstance(texts.dtype, pl.Categorical):
        texts = texts.cast(pl.Categorical(pl.Categories.random()))
        lexicon.translation = lexicon.translation.clear()
    physical = texts.to_physical()
    seen, highest = lexicon.translation, physical.max()
    if isinstance(highest, int) and highest >= seen.len():
        seen = seen.extend_constant(None, highest + 1 - seen.len())
    codes = seen[physical]
    if codes.null_count() > texts.null_count():
        new = texts.filter(codes.is_null() & texts.is_not_null()).unique(maintain_order=True)
        words = new.cast(pl.String)
        lexicon.learn(words)
        learnt = words.cast(lexicon.lookups.categories, strict=False).to_physical().cast(pl.UInt16)
        seen = seen.scatter(new.to_physical(), learnt.fill_null(OVERFLOW))
        codes = seen[physical]
    lexicon.translation = seen
    return codes.fill_null(BLANK)
