"""How likely a local word means a national value: spelling, short forms, and the words of earlier releases.

A score is at most 100. It knows letters, not care: that is why nothing is applied that a person has not left in the
mapping file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from asccld.standard import Release, Standard
from asccld.standard.changes import composed_mappings
from asccld.standard.tables import read_rows

DATA: Final = Path(__file__).parent / "data"
SURE: Final = 90.0
"""From here on a suggestion stands in the draft as if it were decided; below, it has to be looked at first."""
CLEAR_OF_OTHERS: Final = 4.0
"""By how much the best has to be better than the second, to be sure."""
_NOT_EXACT: Final = 98.0
_TO_BE_LOOKED_AT: Final = 89.0
_SAME_WORD: Final = 85.0
_TOO_SHORT: Final = {0, 2}
"""Letters of a short form that is that of many words; one alone is an initial."""
_OPPOSITES: Final = {"un", "non", "in", "dis"}
_WORTH_NAMING: Final = 60.0
_FEWEST_OF_A_CODE: Final = 3
_MOST_OF_A_CODE: Final = 6
_A_HINT: Final = 70.0
_NOT: Final = {"no", "not", "non", "nothing", "without"}
_OPPOSITE: Final = 0.8
"""Weight of a likeness between two texts of which only one says no."""
ANY_FIELD: Final = "*"
_NO_WORD: Final = re.compile(r"[^\w&/+<']+|/")


class Scored(NamedTuple):
    """A national value, and how likely a local word means it."""

    value: str
    score: float


@dataclass(frozen=True)
class Guess:
    """The likeliest national values of a local word, the best first; none where nothing is like it."""

    word: str
    rows: int
    likely: tuple[Scored, ...]

    @property
    def is_sure(self) -> bool:
        """Whether the best is good and no other near."""
        if not self.likely or self.likely[0].score < SURE:
            return False
        others = self.likely[1:2]
        return not others or self.likely[0].score - others[0].score >= CLEAR_OF_OTHERS


def plain(text: str) -> str:
    """Small letters, single blanks, short forms written out."""
    words = _NO_WORD.sub(" ", text.casefold().replace("&", " and ")).split()
    means = _short_forms()
    return " ".join(means.get(w, w) for w in words).replace("not known", "unknown").replace("not recorded", "unknown")


@lru_cache(maxsize=1)
def _short_forms() -> Mapping[str, str]:
    return {row["text"]: row["means"] for row in read_rows(DATA / "short_forms.csv", ("text", "means"))}


@lru_cache(maxsize=1)
def _fillers() -> frozenset[str]:
    return frozenset(row["text"] for row in read_rows(DATA / "filler_words.csv", ("text",)))


class Likeness:
    """Compares words with a set of texts, each of which stands for a value."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        """`texts` are (text, value); the same text may stand for one value only, the first that is given."""
        self._exact: dict[str, str] = {}
        for text, value in texts:
            self._exact.setdefault(plain(text), value)
        self._known: dict[str, tuple[Scored, ...]] = {}

    @cached_property
    def _texts(self) -> list[str]:
        return list(self._exact)

    def likely(self, word: str, count: int = 3) -> tuple[Scored, ...]:
        """The values that a word may mean, the likeliest first."""
        wanted = plain(self._parted(plain(word)))
        if wanted not in self._known:
            self._known[wanted] = self._searched(wanted)
        return self._known[wanted][:count]

    @cached_property
    def _squeezed(self) -> dict[str, str]:
        return {"".join(text.split()): value for text, value in reversed(self._exact.items())}

    def as_one_word(self, word: str) -> str | None:
        """The value of a text that is the same but for blanks, points and lines; None where there is none."""
        return self._squeezed.get(re.sub(r"[\W_]+", "", plain(word)))

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(w for text in self._exact for w in text.split()) | _short_forms().keys()

    def _parted(self, wanted: str) -> str:
        """A text whose unknown words that are two known ones are written as two: `homecare` is home care."""
        known = self._vocabulary | _NOT
        return " ".join(w if w in known else _as_two(w, self._vocabulary) for w in wanted.split())

    def _searched(self, wanted: str) -> tuple[Scored, ...]:
        if wanted in self._exact:
            return (Scored(self._exact[wanted], 100.0),)
        best: dict[str, float] = {}
        most = _TO_BE_LOOKED_AT if fits_several(wanted, self._exact.items()) else _NOT_EXACT
        for text, score in [*_scores(wanted, self._texts), *_begun(wanted, self._texts)]:
            value = self._exact[text]
            best[value] = max(min(score, most, _most_for(wanted, text)), best.get(value, 0.0))
        ranked = sorted(best.items(), key=lambda item: -item[1])
        return tuple(Scored(value, score) for value, score in ranked if score >= _WORTH_NAMING)


def _most_for(wanted: str, text: str) -> float:
    """The most that two texts can be alike: another order, or a word that the text has not, may be another thing."""
    words, told = wanted.split(), text.split()
    if words != told and sorted(words) == sorted(told):
        return _TO_BE_LOOKED_AT
    says_more = any(w not in _fillers() and not any(_is_same(w, t) for t in told) for w in words)
    return _TO_BE_LOOKED_AT if says_more else _NOT_EXACT


def fits_several(wanted: str, texts: Iterable[tuple[str, str]]) -> bool:
    """Whether all that a word says is said by the texts of several values: then nothing tells which it means."""
    words = [w for w in wanted.split() if w not in _fillers()] or wanted.split()
    fit: set[str] = set()
    for text, value in texts:
        if value not in fit and all(any(_is_same(w, t) for t in text.split()) for w in words):
            fit.add(value)
    return len(fit) > 1


def _as_two(word: str, known: Collection[str]) -> str:
    """Two known words that were written as one."""
    places = range(_FEWEST_OF_A_CODE, len(word) - _FEWEST_OF_A_CODE + 1)
    return next((f"{word[:at]} {word[at:]}" for at in places if word[:at] in known and word[at:] in known), word)


def _is_same(one: str, other: str) -> bool:
    """Whether two words are one, but for a slip or an ending; `unscheduled` is not `scheduled`."""
    from rapidfuzz import fuzz

    longer, shorter = sorted((one, other), key=len, reverse=True)
    if longer.endswith(shorter) and longer.removesuffix(shorter) in _OPPOSITES:
        return False
    if shorter == "care" and longer.startswith("carer"):
        return False
    is_short_form = len(shorter) not in _TOO_SHORT and longer.startswith(shorter)
    return is_short_form or fuzz.ratio(one, other) >= _SAME_WORD


def _begun(wanted: str, texts: Sequence[str]) -> list[tuple[str, float]]:
    """The texts of which a code is the beginning of a word: a hint, never sure."""
    if " " in wanted or not _FEWEST_OF_A_CODE <= len(wanted) <= _MOST_OF_A_CODE:
        return []
    return [(text, _A_HINT) for text in texts if any(word.startswith(wanted) for word in text.split())]


def _scores(wanted: str, texts: Sequence[str]) -> list[tuple[str, float]]:
    """How alike a text is to each of many: its words in any order, and how much of one is in the other."""
    from rapidfuzz import fuzz

    found: list[tuple[str, float]] = []
    if len(wanted) < _FEWEST_OF_A_CODE + 1:
        return found  # a short code is like everything and nothing
    refuses = bool(_NOT & set(wanted.split()))
    for text in texts:
        order = fuzz.token_sort_ratio(wanted, text)
        part = fuzz.token_set_ratio(wanted, text)
        score = 0.5 * order + 0.5 * part if part > order else order
        found.append((text, score if refuses == bool(_NOT & set(text.split())) else score * _OPPOSITE))
    return found


class ValueLists:
    """The values of the fields of a release, ready to be compared with words; made when they are first asked for."""

    def __init__(self, release: Release, standard: Standard) -> None:
        self.release, self._standard = release, standard
        self._made: dict[str, Likeness] = {}

    def has(self, field: str) -> bool:
        """Whether the values of a field are known; codes of councils are no words."""
        listed = self.release.list_of(field)
        return listed is not None and bool(listed.texts) and field != "la_code"

    def of(self, field: str) -> Likeness:
        """The values of a field; of none where it has no list."""
        if field not in self._made:
            self._made[field] = Likeness(values_of(field, self.release, self._standard))
        return self._made[field]


def values_of(field: str, release: Release, standard: Standard) -> list[tuple[str, str]]:
    """The texts that may stand for the values of a field: themselves, earlier ones, usual words, their last part."""
    listed = release.list_of(field)
    if listed is None:
        return []
    values = listed.texts
    texts = [(v, v) for v in values]
    texts += [(text, v) for text, v in _usual(field) if v in values]
    current = [(plain(v), v) for v in values]
    earlier = _earlier(release.by_name[field].defined_list, release, standard)
    texts += [(text, v) for text, v in earlier if not fits_several(plain(text), current)]
    texts += [(v.split(": ", 1)[1], v) for v in values if ": " in v]
    return texts


def _usual(field: str) -> list[tuple[str, str]]:
    rows = read_rows(DATA / "value_words.csv", ("field", "value", "text"))
    own = [(r["text"], r["value"]) for r in rows if r["field"] == field]
    return own + [(r["text"], r["value"]) for r in rows if r["field"] == ANY_FIELD]


def _earlier(defined_list: str, release: Release, standard: Standard) -> list[tuple[str, str]]:
    """The values of earlier releases that became one of this."""
    ids = list(standard.releases)
    before = ids[: ids.index(release.id)]
    return [
        (m.from_value, m.to_value)
        for earlier in before
        for m in composed_mappings(standard, earlier, release.id)
        if m.defined_list == defined_list and m.from_value and m.to_value
    ]


def service_pairs() -> list[tuple[str, str]]:
    """Usual words for services, and the service type and component that they mean, joined by a tab."""
    rows = read_rows(DATA / "service_pairs.csv", ("service_type", "service_component", "text"))
    pairs = [(r["text"], f"{r['service_type']}\t{r['service_component']}") for r in rows]
    return pairs + [(f"{value.replace(chr(9), ' ')}", value) for value in dict.fromkeys(v for _, v in pairs)]
