"""What somebody who has a report can work out: which whole numbers fit everything that its tables show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from asccld.privacy import disclosure_rule

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
    """Counts by name, sums of some that are others, and whole percentages of one in another."""

    bounds: Bounds
    sums: Sequence[tuple[str, Sequence[str]]]
    shares: Sequence[tuple[str, str, int]] = field(default_factory=list[tuple[str, str, int]])

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
