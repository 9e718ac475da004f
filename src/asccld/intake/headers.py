"""Matching the columns of an extract to the fields of a release."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NOT_ALPHANUMERIC: Final = re.compile(r"[\W_]+")
_DIGITS: Final = re.compile(r"\d+")
_MOST_TYPOS: Final = 2
_LETTERS_PER_TYPO: Final = 5
_WORTH_SUGGESTING: Final = 75.0


class UnknownColumn(NamedTuple):
    """A column that the release does not define.

    `suggestion` is the official header that was perhaps meant; `other_release_field` says that another release
    defines the column.
    """

    position: int
    text: str
    suggestion: str | None
    other_release_field: bool


@dataclass(frozen=True)
class HeaderMatch:
    """How the header cells of an extract relate to the fields of a release. Positions count from 0.

    `columns` are exact headers, or the national database's spelling of them. `assumed` are unambiguous near misses:
    errors in the header, but their cells can be checked. `unknown` holds `UnknownColumn` tuples. `duplicates` holds
    (positions, field) where several columns claim one field; the first of them is in `columns` or `assumed`.
    `missing` names the fields that no column was matched to. `blank` are the positions of blank header cells, which
    are not unknown columns as long as their cells are blank too.
    """

    columns: dict[int, str] = field(default_factory=dict)
    assumed: dict[int, str] = field(default_factory=dict)
    unknown: list[UnknownColumn] = field(default_factory=list)
    duplicates: list[tuple[tuple[int, ...], str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)


def plain_columns(header: Sequence[str], known: Mapping[str, str]) -> dict[int, str]:
    """Position -> field of the header cells that differ from a field's in nothing but case, blanks and punctuation."""
    close = _by_squashed(known)
    return {p: close[squashed] for p, text in enumerate(header) if (squashed := _squash(text)) in close}


def exact_columns(header: Sequence[str], known: Mapping[str, str]) -> dict[int, str]:
    """Position -> field of the header cells that are spelt exactly, or as the national database spells them."""
    exact = _exact_names(known)
    found = ((p, exact.get(text) or exact.get(_database_spelling(text))) for p, text in enumerate(header))
    return {position: name for position, name in found if name is not None}


def match_headers(
    header: Sequence[str], known: Mapping[str, str], all_known: Mapping[str, str] | None = None
) -> HeaderMatch:
    """Match header cells to fields.

    `known` gives the official header of each field of the release, `all_known` that of other releases' fields, so that
    a column can be said to belong to another release. Case does not matter in the database's spelling
    (`Event_Start_Date`); an official header is matched exactly.
    """
    claims: dict[str, list[int]] = defaultdict(list)
    match = HeaderMatch()
    exact, close = exact_columns(header, known), _by_squashed(known)
    undecided: list[int] = []
    for position, text in enumerate(header):
        if position in exact:
            claims[exact[position]].append(position)
        elif not text.strip():
            match.blank.append(position)
        else:
            undecided.append(position)
    exact_positions = {position for positions in claims.values() for position in positions}
    elsewhere = _by_squashed(all_known or {}).keys() - close.keys()
    for position in undecided:
        _place_undecided(match, claims, position, header[position], known, close, elsewhere)
    _settle(match, claims, exact_positions, known)
    return match


def _database_spelling(text: str) -> str:
    return "\0" + text.lower()


def _exact_names(known: Mapping[str, str]) -> dict[str, str]:
    """Official headers, and the database's spelling of them marked apart, with the field that each names."""
    names: dict[str, str] = {}
    for name, official in known.items():
        underscored = _NOT_ALPHANUMERIC.sub("_", official).strip("_")
        names[_database_spelling(name)] = name
        names[_database_spelling(underscored)] = name
    return names | {official: name for name, official in known.items()}


def _squash(text: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", text).casefold()


def _by_squashed(known: Mapping[str, str]) -> dict[str, str]:
    """Fields by letters and digits alone; what two fields would share is left out."""
    found: dict[str, str] = {}
    shared: set[str] = set()
    for name, official in known.items():
        for key in {_squash(official), _squash(name)}:
            if found.setdefault(key, name) != name:
                shared.add(key)
    return {key: name for key, name in found.items() if key not in shared}


def _place_undecided(
    match: HeaderMatch,
    claims: dict[str, list[int]],
    position: int,
    text: str,
    known: Mapping[str, str],
    close: Mapping[str, str],
    elsewhere: set[str],
) -> None:
    squashed = _squash(text)
    if (name := close.get(squashed)) is not None:
        claims[name].append(position)
    elif squashed in elsewhere:
        match.unknown.append(UnknownColumn(position, text, _suggestion(squashed, known, close), True))
    elif (name := _small_typo(squashed, close)) is not None and name not in claims:
        claims[name].append(position)
    else:
        match.unknown.append(UnknownColumn(position, text, _suggestion(squashed, known, close), False))


def _small_typo(squashed: str, close: Mapping[str, str]) -> str | None:
    """The only field within one or two wrong letters; digits must agree, so that Adult 1 is never taken for Adult 2."""
    from rapidfuzz.distance import OSA

    allowed = min(_MOST_TYPOS, len(squashed) // _LETTERS_PER_TYPO)
    digits = _DIGITS.findall(squashed)
    near = {
        name
        for key, name in close.items()
        if _DIGITS.findall(key) == digits and OSA.distance(squashed, key, score_cutoff=allowed) <= allowed
    }
    return near.pop() if len(near) == 1 else None


def _suggestion(squashed: str, known: Mapping[str, str], close: Mapping[str, str]) -> str | None:
    from rapidfuzz import fuzz, process

    best = process.extractOne(squashed, close.keys(), scorer=fuzz.ratio, score_cutoff=_WORTH_SUGGESTING)
    return known[close[best[0]]] if best is not None else None


def _settle(match: HeaderMatch, claims: Mapping[str, list[int]], exact: set[int], known: Mapping[str, str]) -> None:
    """Give each field to its first exact column, else to its first near miss."""
    for name, positions in claims.items():
        chosen = next((position for position in positions if position in exact), positions[0])
        (match.columns if chosen in exact else match.assumed)[chosen] = name
        if len(positions) > 1:
            match.duplicates.append((tuple(sorted(positions)), name))
    match.missing.extend(name for name in known if name not in claims)
