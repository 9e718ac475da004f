"""What must hold of the standard's data before anything is checked against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from asccld.counting import counted, times
from asccld.standard.conditions import columns_of, parse
from asccld.standard.model import Release, Standard
from asccld.standard.tables import StandardError

DERIVED_COLUMNS = frozenset({"age_at_period_end"})
"""Columns that conditions may use although no file submits them."""

NOT_MAPPED = "Release 1 specification only: Not mapped"
"""The national label for an earlier value without a successor; it has a rank of its own in the hierarchy."""


def prove(standard: Standard) -> None:
    """Raise StandardError listing every contradiction found; silence is proof."""
    problems = [p for check in _CHECKS for p in check(standard)]
    if problems:
        raise StandardError(
            what=f"The standard contradicts itself in {counted(len(problems), 'place')}: {'; '.join(problems[:5])}",
            remedy="Correct the tables named (standard data, or the overlay given with --standard)",
        )


def _repeated(keys: Iterable[object], what: str) -> Iterator[str]:
    return (f"{what} {key} occurs {times(n)}" for key, n in Counter(keys).items() if n > 1)


def keys_are_unique(standard: Standard) -> Iterator[str]:
    """Field names, headers and orders; list values; councils; hierarchy ranks."""
    for r in standard.releases.values():
        yield from _repeated((f.header for f in r.fields), f"{r.id}: header")
        yield from _repeated((f.order for f in r.fields), f"{r.id}: field order")
        yield from _repeated(((v.name, t.casefold()) for v in r.lists.values() for t in v.texts), f"{r.id}: value")
        yield from _repeated(
            ((m.defined_list, m.from_value) for m in r.mappings if m.from_value), f"{r.id}: mapping of"
        )
    yield from _repeated((c.la_code for c in standard.councils if c.la_code), "council code")
    yield from _repeated((c.ons_code for c in standard.councils), "council ONS code")
    yield from _repeated(((h.hierarchy, h.rank) for h in standard.hierarchies), "hierarchy rank")


def lists_exist(standard: Standard) -> Iterator[str]:
    """Every list that a field uses is there; only a list that is a gap may be empty."""
    for r in standard.releases.values():
        for f in r.fields:
            if f.defined_list and f.defined_list != "LA codes" and f.defined_list not in r.lists:
                yield f"{r.id}: {f.name} uses the list '{f.defined_list}', which is not there"
        for found in r.lists.values():
            if bool(found.values) == (found.confidence == "gap"):
                yield f"{r.id}: the list '{found.name}' must have values, or be a gap"


def conditions_read(standard: Standard) -> Iterator[str]:
    """Every condition parses and looks only at columns of its release."""
    for r in standard.releases.values():
        known = r.by_name.keys() | DERIVED_COLUMNS
        for f in r.fields:
            used = columns_of(parse(f.applicable_when)) | columns_of(parse(f.mandatory_when))
            if used - known:
                yield f"{r.id}: the conditions of {f.name} use {', '.join(sorted(used - known))}"


def mappings_hold(standard: Standard) -> Iterator[str]:
    """Both ends of every mapping exist, and every earlier value is mapped or declared not mapped."""
    for r in standard.releases.values():
        if r.previous:
            yield from _mapping_ends(r, standard.releases[r.previous])
            yield from _unmapped(r, standard.releases[r.previous])


def _mapping_ends(release: Release, earlier: Release) -> Iterator[str]:
    for m in release.mappings:
        if m.from_value and (
            m.defined_list not in earlier.lists or m.from_value not in earlier.lists[m.defined_list].texts
        ):
            yield f"{release.id}: maps '{m.from_value}', which {earlier.id} does not have in {m.defined_list}"
        if m.to_value and (
            m.defined_list not in release.lists or m.to_value not in release.lists[m.defined_list].texts
        ):
            yield f"{release.id}: maps to '{m.to_value}', which is not in {m.defined_list}"


def _unmapped(release: Release, earlier: Release) -> Iterator[str]:
    mapped = {(m.defined_list, m.from_value) for m in release.mappings}
    for found in earlier.lists.values():
        if found.name in release.lists and release.lists[found.name].confidence != "gap":
            for text in found.texts:
                if (found.name, text) not in mapped:
                    yield f"{release.id}: does not say what becomes of '{text}' in {found.name}"


def fixes_land(standard: Standard) -> Iterator[str]:
    """A fix ends on a value of its list, starts from none, and no spelling has two meanings."""
    for r in standard.releases.values():
        yield from _repeated(((f.defined_list, f.raw.casefold()) for f in r.fixes), f"{r.id}: fix of")
        for f in r.fixes:
            texts = r.lists[f.defined_list].texts if f.defined_list in r.lists else ()
            if f.value not in texts:
                yield f"{r.id}: the fix of '{f.raw}' ends on '{f.value}', which is not in {f.defined_list}"
            if f.raw.casefold() in {t.casefold() for t in texts}:
                yield f"{r.id}: '{f.raw}' is both a value of {f.defined_list} and a misspelling"


def hierarchies_rank_values(standard: Standard) -> Iterator[str]:
    """A hierarchy ranks values of its release's list (or the national label for "not mapped")."""
    for h in standard.hierarchies:
        found = standard.releases[h.release].list_of(h.field)
        if found is None or (h.value not in found.texts and h.value != NOT_MAPPED and found.confidence == "confirmed"):
            yield f"hierarchy {h.hierarchy}: '{h.value}' is not a value of {h.field} in {h.release}"


def councils_succeed(standard: Standard) -> Iterator[str]:
    """Successors are councils themselves, and 153 councils are current."""
    names = {c.name for c in standard.councils}
    for c in standard.councils:
        yield from (f"{c.name} is followed by '{s}', which is no council" for s in c.successors if s not in names)
    current = sum(c.status == "current" for c in standard.councils)
    if current != 153:  # the number in scope after April 2023
        yield f"{counted(current, 'council')} {'is' if current == 1 else 'are'} current, not 153"


def modules_known(standard: Standard) -> Iterator[str]:
    """Every field of the national data-quality table belongs to a known module."""
    for r in standard.releases.values():
        for f in r.fields:
            if f.module and f.module not in standard.modules:
                yield f"{r.id}: {f.name} belongs to the module '{f.module}', which is not known"


_CHECKS: tuple[Callable[[Standard], Iterator[str]], ...] = (
    keys_are_unique,
    lists_exist,
    conditions_read,
    mappings_hold,
    fixes_land,
    hierarchies_rank_values,
    councils_succeed,
    modules_known,
)
