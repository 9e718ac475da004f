"""Laying stated values and mappings over a release, entry by entry, and saying what that changes.

What we have as confirmed stands unless the caller replaces it; everything else gives way. A list that is confirmed and
complete also takes no further value. When the text of a value changes, the mappings from and to it follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from asccld.standard.model import Confidence, DefinedList, Release, Value, ValueMapping
from asccld.standard.names import key
from asccld.standard.recognise import StatedMapping

_ALIKE = 88.0  # of 100: two texts nearer than this are one value spelt differently

DifferenceKind = Literal["equal", "spelling", "added", "removed", "mapping equal", "mapping added", "mapping changed"]


@dataclass(frozen=True)
class Difference:
    """One entry of the source against ours."""

    kind: DifferenceKind
    release: str
    defined_list: str
    ours: str
    theirs: str
    our_confidence: Confidence
    applied: bool
    """True when the overlay holds the entry as the source states it, where before it was inferred, a gap or absent."""
    conflict: bool = False
    """True when it disagrees with an entry of ours that is confirmed."""
    value: str = ""
    """For a mapping: the earlier value that it is about."""


@dataclass(frozen=True)
class StatedList:
    """The values of one list of one release, in the order of the source."""

    release: str
    defined_list: str
    values: tuple[str, ...]
    from_map: bool
    """True when only a release map names the values."""
    whole: bool
    """False when the source may name only some of the values: then nothing of ours is removed."""


@dataclass(frozen=True)
class Terms:
    """How entries are adopted."""

    source: str
    replace_confirmed: bool


@dataclass(frozen=True)
class MergedList:
    """A list after adoption; `became` is the text of each value of ours, None when it is gone."""

    found: DefinedList
    became: Mapping[str, str | None]
    meant: Mapping[str, str]
    """Stated text -> text in the merged list; a stated value that was not taken is missing."""
    differences: tuple[Difference, ...]


def merge_list(ours: DefinedList, stated: StatedList, shipped: DefinedList, terms: Terms) -> MergedList:
    """Our list with the stated values laid over it. `shipped` is the list before any overlay."""
    pairs = paired(ours.texts, stated.values)
    mine = {v.value: v for v in ours.values}
    closed = ours.complete and ours.confidence == "confirmed" and not terms.replace_confirmed
    taken: dict[str, Value] = {}
    differences: list[Difference] = []
    for text in stated.values:
        before = mine.get(pairs.get(text, ""))
        value, difference = _entry(before, text, closed, stated, terms, shipped)
        differences.append(difference)
        if value is not None:
            taken[text] = value
    kept, removed = _unstated(ours, set(pairs.values()), stated, terms)
    # A map follows the order of the earlier release; only a listing says the order of its own.
    values = _in_our_order(ours, taken, kept, pairs) if stated.from_map else [*taken.values(), *kept]
    differences += removed
    found = _with_values(ours, values, stated, terms, conflict=any(d.conflict for d in differences))
    became = dict.fromkeys(ours.texts) | {v.value: v.value for v in kept}
    became |= {pairs[s]: v.value for s, v in taken.items() if s in pairs}
    return MergedList(found, became, {s: v.value for s, v in taken.items()}, tuple(differences))


def paired(ours: Sequence[str], theirs: Sequence[str]) -> dict[str, str]:
    """Stated text -> our text of the same value: equal, alike but for case and punctuation, or mutually the nearest."""
    pairs = {t: t for t in theirs if t in ours}
    free = [o for o in ours if o not in pairs]
    for text in theirs:
        alike = [o for o in free if key(o) == key(text)]
        if text not in pairs and alike:
            pairs[text] = alike[0]
            free.remove(alike[0])
    return pairs | _nearest_pairs(free, [t for t in theirs if t not in pairs])


def _nearest_pairs(ours: Sequence[str], theirs: Sequence[str]) -> dict[str, str]:
    from rapidfuzz import fuzz

    def score(a: str, b: str) -> float:
        return fuzz.ratio(key(a), key(b))

    best = {t: max(ours, key=lambda o: score(o, t)) for t in theirs} if ours else {}
    return {
        t: o for t, o in best.items() if score(o, t) >= _ALIKE and max(theirs, key=lambda other: score(o, other)) == t
    }


def _entry(
    before: Value | None, text: str, closed: bool, stated: StatedList, terms: Terms, shipped: DefinedList
) -> tuple[Value | None, Difference]:
    about = (stated.release, stated.defined_list)
    if before is None:
        difference = Difference("added", *about, "", text, "confirmed" if closed else "gap", not closed, closed)
        return (None if closed else Value(text, 0, "", "confirmed", "", terms.source)), difference
    confirmed = before.confidence == "confirmed"
    if before.value == text:
        value = before if confirmed else replace(before, confidence="confirmed", note="", source=terms.source)
        return value, Difference("equal", *about, text, text, before.confidence, not confirmed)
    conflict = confirmed and not terms.replace_confirmed
    difference = Difference("spelling", *about, before.value, text, before.confidence, not conflict, conflict)
    if conflict:
        return before, difference
    was = before.was or (before.value if before.value in shipped.texts else "")
    value = replace(
        before, value=text, confidence="confirmed", note="", source=terms.source, was="" if was == text else was
    )
    return value, difference


def _unstated(
    ours: DefinedList, found: set[str], stated: StatedList, terms: Terms
) -> tuple[list[Value], list[Difference]]:
    """Values of ours that the source does not have: those that stay, and what is said about them."""
    unstated = [v for v in ours.values if v.value not in found]
    if not stated.whole:
        return unstated, []
    stays = {v.value for v in unstated if v.confidence == "confirmed" and not terms.replace_confirmed}
    return [v for v in unstated if v.value in stays], [
        Difference(
            "removed", stated.release, stated.defined_list, v.value, "", v.confidence,
            v.value not in stays, v.value in stays,
        )
        for v in unstated
    ]  # fmt: skip


def _in_our_order(
    ours: DefinedList, taken: Mapping[str, Value], kept: Iterable[Value], pairs: Mapping[str, str]
) -> list[Value]:
    by_ours = {pairs[s]: v for s, v in taken.items() if s in pairs} | {v.value: v for v in kept}
    added = [v for s, v in taken.items() if s not in pairs]
    return [*(by_ours[text] for text in ours.texts if text in by_ours), *added]


def _with_values(
    ours: DefinedList, values: list[Value], stated: StatedList, terms: Terms, *, conflict: bool
) -> DefinedList:
    ordered = tuple(replace(v, order=i) for i, v in enumerate(values, 1))
    if [(v.value, v.confidence) for v in ordered] == [(v.value, v.confidence) for v in ours.values] and (
        ours.complete or conflict or not stated.whole
    ):
        return ours
    complete = (stated.whole or ours.complete) and not conflict
    weakest: Confidence = (
        "inferred" if any(v.confidence != "confirmed" for v in ordered) or not complete else "confirmed"
    )
    return replace(ours, values=ordered, confidence=weakest, complete=complete, note=f"Adopted from {terms.source}")


# ---------------------------------------------------------------- mappings


def merge_mappings(
    release: Release, earlier: Release, lists: Mapping[str, tuple[MergedList | None, MergedList | None]],
    stated: Iterable[StatedMapping], terms: Terms,
) -> tuple[tuple[ValueMapping, ...], tuple[Difference, ...]]:  # fmt: skip
    """The mappings into a release whose lists, and those of the earlier one, are already merged."""
    carried: dict[tuple[str, str], ValueMapping] = {}
    news: list[ValueMapping] = []
    for m in release.mappings:
        before, after = lists.get(m.defined_list, (None, None))
        moved = _carried(m, before, after)
        if moved is not None and moved.from_value:
            carried[moved.defined_list, moved.from_value] = moved
        elif moved is not None:
            news.append(moved)
    stated = tuple(stated)
    differences = tuple(
        d for s in stated if s.from_value and (d := _stated(s, carried, release, earlier, lists, terms)) is not None
    )
    _complete(carried, news, release, earlier, {*lists})
    news = [_stated_new(m, stated, terms) for m in news]
    reached = {(m.defined_list, m.to_value) for m in carried.values()}
    kept_news = (m for m in news if (m.defined_list, m.to_value) not in reached)
    return (*carried.values(), *kept_news), differences


def _stated_new(m: ValueMapping, stated: Iterable[StatedMapping], terms: Terms) -> ValueMapping:
    said = any(s.from_value is None and (s.defined_list, s.to_value) == (m.defined_list, m.to_value) for s in stated)
    return replace(m, confidence="confirmed", source=terms.source) if said and m.confidence != "confirmed" else m


def _carried(m: ValueMapping, before: MergedList | None, after: MergedList | None) -> ValueMapping | None:
    from_value = before.became.get(m.from_value) if before and m.from_value else m.from_value
    to_value = after.became.get(m.to_value) if after and m.to_value else m.to_value
    guess = (before or after) and m.confidence == "gap"  # ours, for want of a source: made anew from the new lists
    if guess or (m.from_value and not from_value) or (not from_value and not to_value):
        return None
    if m.to_value and not to_value:
        return replace(m, from_value=from_value, to_value=None, confidence="inferred", source="its successor is gone")
    return replace(m, from_value=from_value, to_value=to_value)


def _stated(
    s: StatedMapping,
    carried: dict[tuple[str, str], ValueMapping],
    release: Release,
    earlier: Release,
    lists: Mapping[str, tuple[MergedList | None, MergedList | None]],
    terms: Terms,
) -> Difference | None:
    before, after = lists[s.defined_list]
    from_value = before.meant.get(s.from_value or "") if before else None
    to_value = after.meant.get(s.to_value or "") if after else None
    if from_value is None or (s.to_value and to_value is None):
        return None  # an end was not taken: already reported as a conflict of its list
    mine = carried.get((s.defined_list, from_value))
    about = (release.id, s.defined_list, (mine.to_value if mine else None) or "", to_value or "")
    new = ValueMapping(s.defined_list, earlier.id, from_value, release.id, to_value, "confirmed", terms.source)
    if mine is None:
        carried[s.defined_list, from_value] = new
        return Difference("mapping added", *about, "gap", applied=True, value=from_value)
    confirmed = mine.confidence == "confirmed"
    if mine.to_value == to_value:
        if not confirmed:
            carried[s.defined_list, from_value] = new
        return Difference("mapping equal", *about, mine.confidence, not confirmed, value=from_value)
    conflict = confirmed and not terms.replace_confirmed
    if not conflict:
        carried[s.defined_list, from_value] = new
    return Difference("mapping changed", *about, mine.confidence, not conflict, conflict, from_value)


def _complete(
    carried: dict[tuple[str, str], ValueMapping],
    news: list[ValueMapping],
    release: Release,
    earlier: Release,
    touched: set[str],
) -> None:
    """Say something about every value of a touched list: mapped to the one alike, else not mapped; or new."""
    reached = {(m.defined_list, m.to_value) for m in (*carried.values(), *news)}
    for name in (n for n in earlier.lists if n in touched and n in release.lists and release.lists[n].values):
        alike = {key(t): t for t in release.lists[name].texts}
        for text in earlier.lists[name].texts:
            if (name, text) not in carried:
                to_value = alike.get(key(text))
                confidence: Confidence = "inferred" if to_value else "gap"
                carried[name, text] = ValueMapping(
                    name, earlier.id, text, release.id, to_value, confidence, "no source says what becomes of it"
                )
                reached.add((name, to_value))
        news += [
            ValueMapping(name, earlier.id, None, release.id, t, "inferred", "absent from the earlier list")
            for t in release.lists[name].texts
            if (name, t) not in reached
        ]
