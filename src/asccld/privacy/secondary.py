"""Which counts of a table with totals are suppressed, so that none of them can be worked out.

Counts are cells: a place along each dimension, or TOTAL. There are as many as a publication has figures, not rows of
data, and one decision changes the next: this is the one place that goes through them one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from typing import Final, Literal

Key = tuple[int, ...]
"""Number of the value along each dimension, or TOTAL."""

TOTAL: Final = -1
_MOST_TRIED = 120
"""Boxes that are looked at for one cell, before the best of them is taken."""
_MOST_ALONG = 8
"""Values along one dimension that are tried for one cell."""


@dataclass(frozen=True)
class Rule:
    """The thresholds of a style of publication."""

    suppress_below: int
    base: int
    change: int

    def rounded(self, count: int) -> int:
        """The nearest multiple of the base, halves up."""
        return (count + self.base // 2) // self.base * self.base

    def is_small(self, count: int) -> bool:
        """Whether a count is not shown for its own sake."""
        return 0 < count < self.suppress_below


def hidden_cells(
    counts: Mapping[Key, int], published: Collection[frozenset[int]], rule: Rule
) -> dict[Key, Literal["small", "secondary"]]:
    """The cells of published tables that must be suppressed, and why."""
    search = _Search(counts, published, rule)
    small = [key for key, count in counts.items() if rule.is_small(count) and search.is_published(key)]
    search.hidden.update(small)
    # Totals first: what is suppressed among them makes room for their parts.
    for key in sorted(small, key=lambda k: (-k.count(TOTAL), k)):
        search.hidden.update(search.needed_for(key))
    return {key: "small" if rule.is_small(counts[key]) else "secondary" for key in sorted(search.hidden)}


class _Search:
    """Finds, for a small count, the box of counts that could be otherwise at the least loss of figures."""

    def __init__(self, counts: Mapping[Key, int], published: Collection[frozenset[int]], rule: Rule) -> None:
        self.counts, self.rule = counts, rule
        self.hidden: set[Key] = set()
        self._published = published
        self._parts = _values_along(counts)

    def is_published(self, key: Key) -> bool:
        """Whether the table that a cell belongs to is shown to anybody."""
        return frozenset(place for place, value in enumerate(key) if value != TOTAL) in self._published

    def needed_for(self, key: Key) -> list[Key]:
        """The cells to suppress so that this one could be another: none, if there is such a box already."""
        best: list[Key] = []
        least = None
        for opposite in islice(self._opposites(key), _MOST_TRIED):
            for step in (self.rule.change, -self.rule.change):
                to_hide = self._to_hide(_corners(key, opposite, step))
                if to_hide is None:
                    continue
                loss = sum(self.counts[k] for k in to_hide)
                if least is None or loss < least:
                    best, least = to_hide, loss
                if not to_hide:
                    return []
        return best

    def _opposites(self, key: Key) -> Iterator[Key]:
        """The corners across, each with another value (or the total) along every dimension.

        The first is the cell's own totals, all of which could be greater with it: so there is always a box.
        """
        for inside in islice(self._parts_of(key), _MOST_ALONG):
            along = [
                [value] if own == TOTAL else [TOTAL, *self._others(inside, place)]
                for place, (own, value) in enumerate(zip(key, inside, strict=True))
            ]
            yield from product(*along)

    def _parts_of(self, key: Key) -> Iterator[Key]:
        """Cells without a total along any dimension that are counted in this one."""
        if TOTAL not in key:
            yield key
            return
        place = key.index(TOTAL)
        for value in self._parts[place].get(_without(key, place), ()):
            yield from self._parts_of((*key[:place], value, *key[place + 1 :]))

    def _others(self, inside: Key, place: int) -> list[int]:
        values = self._parts[place].get(_without(inside, place), ())
        return [value for value in islice(values, _MOST_ALONG) if value != inside[place]]

    def _to_hide(self, corners: Iterable[tuple[Key, int]]) -> list[Key] | None:
        """What else must be suppressed so that all corners can change; None where one cannot."""
        found: list[Key] = []
        for key, step in corners:
            count = self.counts.get(key, 0)
            seen = self.is_published(key)
            least = 1 if seen else 0
            if not count or count + step < least:
                return None  # nought is shown as nought, and stays so
            if seen and key not in self.hidden and not self._looks_the_same(count, count + step):
                found.append(key)
        return found

    def _looks_the_same(self, count: int, other: int) -> bool:
        return other >= self.rule.suppress_below and self.rule.rounded(count) == self.rule.rounded(other)


def _corners(key: Key, opposite: Key, step: int) -> Iterator[tuple[Key, int]]:
    """Every corner of a box with its change: of two parts one grows and one shrinks, a total changes as its part."""
    for taken in product((False, True), repeat=len(key)):
        corner = tuple(o if other else k for k, o, other in zip(key, opposite, taken, strict=True))
        turned = sum(other and TOTAL not in {k, o} for k, o, other in zip(key, opposite, taken, strict=True))
        yield corner, -step if turned % 2 else step


def _without(key: Key, place: int) -> Key:
    return (*key[:place], *key[place + 1 :])


def _values_along(counts: Mapping[Key, int]) -> list[dict[Key, list[int]]]:
    """For each dimension, the values that have a count where the other dimensions are as they are."""
    dimensions = len(next(iter(counts), ()))
    found: list[dict[Key, list[int]]] = [{} for _ in range(dimensions)]
    for key in counts:
        for place, value in enumerate(key):
            if value != TOTAL:
                found[place].setdefault(_without(key, place), []).append(value)
    return found
