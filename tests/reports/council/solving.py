"""What somebody who has a report can work out: which whole numbers fit everything that its tables show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from asccld.privacy import disclosure_rule
from asccld.reports.council.judging import tells

RULE = disclosure_rule()
MOST = 10**7
Bounds = Mapping[str, tuple[int, int]]


def around(shown: int | None) -> tuple[int, int]:
    """Between which numbers the true one is: None is a count that is not shown, and not nought."""
    if shown is None:
        return 1, MOST
    if shown == 0:
        return 0, 0
    half = RULE.base // 2
    return max(shown - half, RULE.suppress_below), shown + half


@dataclass(frozen=True)
class System:
    """Counts by name, sums of some that are others, whole percentages of one in another, and which changes are told."""

    bounds: Bounds
    sums: Sequence[tuple[str, Sequence[str]]]
    shares: Sequence[tuple[str, str, int]] = field(default_factory=list[tuple[str, str, int]])

    moves: Sequence[tuple[tuple[str, str, str, str], int, bool]] = field(
        default_factory=list[tuple[tuple[str, str, str, str], int, bool]]
    )
    """Part and whole of two periods, how the percentages shown differ, and whether that is told."""

    def small(self) -> set[str]:
        """Counts that are suppressed, or would be, and can be one number only."""
        solved = self._solved([])
        assert solved is not None, "the figures contradict each other"
        return {name for name, (low, high) in solved.items() if low == high and 0 < low < RULE.suppress_below}

    def given_away(self, splits: Iterable[str] = ()) -> set[str]:
        """Counts that are not shown and can be one number only; of `splits` every value is tried."""
        solved = self._solved(list(splits))
        assert solved is not None, "the figures contradict each other"
        return {name for name, (low, high) in solved.items() if self.bounds[name][1] == MOST and low == high}

    def _solved(self, splits: Sequence[str]) -> Bounds | None:
        bounds = self._narrowed()
        if bounds is None or not splits:
            return bounds
        first, *others = splits
        low, high = bounds[first]
        if high - low > 4 * RULE.base:
            return bounds
        tried = (replace(self, bounds={**bounds, first: (n, n)})._solved(others) for n in range(low, high + 1))
        found = [b for b in tried if b is not None]
        if not found:
            return None
        return {name: (min(b[name][0] for b in found), max(b[name][1] for b in found)) for name in bounds}

    def _narrowed(self) -> Bounds | None:
        bounds = dict(self.bounds)
        while True:
            before = dict(bounds)
            for total, parts in self.sums:
                _sum(bounds, total, parts)
            for part, whole, percent in self.shares:
                if not _share(bounds, part, whole, percent):
                    return None
            if not all(_move(bounds, *move) for move in self.moves):
                return None
            if any(low > high for low, high in bounds.values()):
                return None
            if bounds == before:
                return bounds


def _sum(bounds: dict[str, tuple[int, int]], total: str, parts: Sequence[str]) -> None:
    low, high = sum(bounds[p][0] for p in parts), sum(bounds[p][1] for p in parts)
    bounds[total] = max(bounds[total][0], low), min(bounds[total][1], high)
    for part in parts:
        mine = bounds[part]
        bounds[part] = (
            max(mine[0], bounds[total][0] - (high - mine[1])),
            min(mine[1], bounds[total][1] - (low - mine[0])),
        )


def _share(bounds: dict[str, tuple[int, int]], part: str, whole: str, percent: int) -> bool:
    if MOST in {bounds[part][1], bounds[whole][1]}:
        return True
    pairs = [
        (p, w)
        for w in range(bounds[whole][0], bounds[whole][1] + 1)
        for p in range(bounds[part][0], min(bounds[part][1], w) + 1)
        if w and int(100 * p / w + 0.5) == percent
    ]
    if not pairs:
        return False
    for name, values in zip((part, whole), zip(*pairs, strict=True), strict=True):
        bounds[name] = min(values), max(values)
    return True


def _move(bounds: dict[str, tuple[int, int]], names: tuple[str, str, str, str], change: int, is_told: bool) -> bool:
    if MOST in {bounds[name][1] for name in names}:
        return True
    fitting = [
        (a, b, c, d)
        for a, b, c, d in product(*(range(bounds[n][0], bounds[n][1] + 1) for n in names))
        if a <= b and c <= d and b and d and tells(change, 100 * (a / b - c / d)) is is_told
    ]
    if not fitting:
        return False
    for name, values in zip(names, zip(*fitting, strict=True), strict=True):
        bounds[name] = min(values), max(values)
    return True
