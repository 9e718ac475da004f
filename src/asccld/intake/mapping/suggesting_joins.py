"""Which columns of extracts seem to hold the same identifiers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from asccld.intake.mapping.suggesting_columns import Column, Profile

_SHARED: Final = 0.2
"""Share of the identifiers of one side that must be on the other."""
_ASKED: Final = 0.01
"""Share of identifiers that must be in some extract of events, so that a column is a key."""
_ALIKE: Final = 70.0
_FILLED: Final = 0.8
"""Share of the rows that must have a key; the others are found by nobody."""
_OF_KEYS: Final = {"text", "number", "nhs"}
_COMPLETE: Final = 0.995


class Join(NamedTuple):
    """A column of an extract that asks for a row of another."""

    target: str
    header: str
    found: float
    """Share of the rows that find one; an empty cell finds none."""


def key_of(profile: Profile, events: Sequence[Profile], holding: Collection[str]) -> str | None:
    """The column that tells the rows of a looked-up extract apart, and that events ask for, if there is one.

    Not a column of `holding`, which are known to hold something else, such as the person somebody cares for.
    """
    filled = [c for c in profile.columns if c.filled >= _FILLED * profile.rows and c.header not in holding]
    unique = [c for c in filled if c.is_unique and c.kind in _OF_KEYS and c.has_digits and not c.is_amount]
    asked = [(max((_shared(c, own) for p in events for own in p.columns), default=0.0), c) for c in unique]
    best = max(asked, key=lambda item: item[0], default=None)
    return best[1].header if best is not None and best[0] >= _ASKED else None


def joins_of(profile: Profile, lookups: Mapping[str, tuple[Profile, str]]) -> list[Join]:
    """For each extract with a key, the column here whose identifiers are those of the key."""
    found: list[Join] = []
    for name, (target, key) in lookups.items():
        wanted = target.column(key)
        scored = [(_shared(wanted, own), own) for own in profile.columns]
        score, own = max(scored, key=lambda item: item[0])
        if score >= _SHARED:
            found.append(Join(name, own.header, _rows_found(own, wanted) / max(1, profile.rows)))
    return found


def are_of(own: Column, other: Column) -> bool:
    """Whether nearly all identifiers of one column are among those of another, larger one."""
    inside = own.texts.join(other.texts, on="text", how="semi").height
    return own.is_unique and own.texts.height < other.texts.height and inside >= _COMPLETE * own.texts.height


def are_in(own: Column, others: Sequence[Profile]) -> bool:
    """Whether some of the identifiers of a column are in any column of others."""
    return any(_shared(own, c) >= _ASKED for p in others for c in p.columns)


def is_complete(join: Join) -> bool:
    """Whether nearly every row finds its own."""
    return join.found >= _COMPLETE


def _shared(key: Column, own: Column) -> float:
    """How far two columns hold the same identifiers: the larger of both shares."""
    if own.texts.is_empty() or key.texts.is_empty() or own.kind == "date":
        return 0.0
    if key.is_numeric and _alike(key.header, own.header) < _ALIKE:
        return 0.0  # numbers of different things overlap by chance
    both = key.texts.join(own.texts, on="text", how="semi").height
    if not both:
        return 0.0
    share = both / min(key.texts.height, own.texts.height)
    return share + _alike(key.header, own.header) / 1000  # of two that are as good, the one with the likelier name


def _rows_found(own: Column, key: Column) -> int:
    return int(own.texts.join(key.texts, on="text", how="semi")["rows"].sum())


def _alike(one: str, other: str) -> float:
    from rapidfuzz import fuzz

    return fuzz.ratio(_plain(one), _plain(other))


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header).casefold()).strip()
