"""Change control: what differs between two releases, which notice each change needs, and when it can take effect.

The September 2021 newsletter names two classes: minor changes (list values, deleted items) need one month's notice,
major changes (new items) three. An item whose definition changes is named in neither; it is minor here, because no new
item has to be collected, and marked inferred.

Not a change of the standard: a different source, confidence, note or wording about an item; the place of an item that
moved only because another left; a condition that means the same once the values it names are renamed; and each single
value of a list that came or went with its item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.standard.calendar import months_later
from asccld.standard.conditions import Both, Condition, Either, Not, Test, parse
from asccld.standard.model import CalendarRules, Confidence, Field, FieldChange, Release, Standard, ValueMapping

Kind = Literal[
    "item added", "item removed", "item changed",
    "value added", "value removed", "value renamed", "value capitalised", "value merged",
]  # fmt: skip
Notice = Literal["minor", "major"]

_COMPARED = ("header", "national_name", "type", "format", "defined_list", "identifying")
_CONDITIONS = ("applicable_when", "mandatory_when")
_Value = Callable[[str, str], str | None]
"""(column, text of the release) -> text of the later release, None when the later release has no such value."""
_WEAKEST: tuple[Confidence, ...] = ("gap", "inferred", "confirmed")


@dataclass(frozen=True)
class ChangeEntry:
    """One difference between two releases."""

    kind: Kind
    notice: Notice
    subject: str
    """The header of an item, or the name of the defined list that a value belongs to."""
    before: str
    after: str
    attributes: tuple[str, ...]
    """For an item that changed: which of its attributes did."""
    confidence: Confidence
    source: str
    note: str = ""


def compare(standard: Standard, earlier: str, later: str) -> tuple[ChangeEntry, ...]:
    """Every change from one release to a later one, items first; steps over releases in between are composed."""
    path = _path(standard, earlier, later)
    if len(path) == 1:
        return ()
    return (*_item_changes(path), *_value_changes(path))


def earliest_effect(announced: date, notice: Notice, rules: CalendarRules) -> date:
    """The first day on which a change announced on a day can take effect; 31 January and a month is 28 February."""
    return months_later(announced, rules.major_months if notice == "major" else rules.minor_months)


def composed_mappings(standard: Standard, earlier: str, later: str) -> tuple[ValueMapping, ...]:
    """What every value of the earlier release becomes in the later one, and the values that are new there."""
    path = _path(standard, earlier, later)
    return _composed(path) if len(path) > 1 else ()


def _path(standard: Standard, earlier: str, later: str) -> tuple[Release, ...]:
    ids = tuple(standard.releases)
    for wanted in (earlier, later):
        if wanted not in ids:
            raise AsccldError(what=f"There is no release '{wanted}'", remedy=f"Use one of: {', '.join(ids)}")
    if ids.index(earlier) > ids.index(later):
        raise AsccldError(
            what=f"Release {earlier} is later than {later}: the standard only changes forwards",
            remedy=f"Give the earlier release first: asccld standard diff {later} {earlier}",
        )
    return tuple(standard.releases[i] for i in ids[ids.index(earlier) : ids.index(later) + 1])


# ---------------------------------------------------------------- items


def _item_changes(path: tuple[Release, ...]) -> Iterator[ChangeEntry]:
    before, after = path[0], path[-1]
    moved = _moved(before, after)
    for name in (*after.by_name, *(n for n in before.by_name if n not in after.by_name)):
        step = _last_step(path, name)
        if name not in before.by_name:
            yield _added(after, after.by_name[name], step)
        elif name not in after.by_name:
            yield _removed(after, before.by_name[name], step)
        elif attributes := _attributes(path, name, moved=name in moved):
            yield _changed(before.by_name[name], after.by_name[name], attributes)


def _last_step(path: tuple[Release, ...], name: str) -> FieldChange | None:
    steps = (c for r in reversed(path[1:]) for c in r.field_changes if c.name == name)
    return next(steps, None)


def _added(after: Release, field: Field, step: FieldChange | None) -> ChangeEntry:
    found = after.lists.get(field.defined_list)
    values = f"with a list of {counted(len(found.values), 'value')}" if found and found.values else ""
    confidence = step.confidence if step else field.confidence
    return ChangeEntry("item added", "major", field.header, "", field.header, (), confidence, field.source, values)


def _removed(after: Release, field: Field, step: FieldChange | None) -> ChangeEntry:
    replacement = after.by_name.get(step.replaced_by) if step else None
    note = f"replaced by {replacement.header}" if replacement else ""
    return ChangeEntry(
        "item removed", "minor", field.header, field.header, replacement.header if replacement else "", (),
        step.confidence if step else "inferred", step.source if step else field.source, note,
    )  # fmt: skip


def _changed(before: Field, after: Field, attributes: tuple[str, ...]) -> ChangeEntry:
    conditions_only = set(attributes) <= set(_CONDITIONS)
    both = (before.conditions_confidence, after.conditions_confidence) if conditions_only else ("inferred",)
    return ChangeEntry(
        "item changed", "minor", after.header, _wording(before, attributes), _wording(after, attributes), attributes,
        _weakest(*both), after.source, "class inferred: the newsletter names new and deleted items only",
    )  # fmt: skip


def _wording(field: Field, attributes: tuple[str, ...]) -> str:
    return "; ".join(f"{a}: {getattr(field, a)}" for a in attributes)


def _attributes(path: tuple[Release, ...], name: str, *, moved: bool) -> tuple[str, ...]:
    before, after = path[0].by_name[name], path[-1].by_name[name]
    plain = (a for a in _COMPARED if getattr(before, a) != getattr(after, a))
    conditions = (a for a in _CONDITIONS if not _same_condition(path, getattr(before, a), getattr(after, a)))
    return (*plain, *(("order",) if moved else ()), *conditions)


def _moved(before: Release, after: Release) -> frozenset[str]:
    """Items whose place among the items of both releases differs."""
    old = [f.name for f in before.fields if f.name in after.by_name]
    new = [f.name for f in after.fields if f.name in before.by_name]
    return frozenset(a for a, b in zip(old, new, strict=True) if a != b)


def _same_condition(path: tuple[Release, ...], before: str, after: str) -> bool:
    """True when both conditions let the same values through, those of the earlier release taken to the later one."""
    became: dict[tuple[str, str], str | None] = {}
    carried: set[tuple[str, str]] = set()
    for m in _composed(path):
        if m.from_value:
            became[m.defined_list, m.from_value] = m.to_value
            carried.add((m.defined_list, m.to_value or ""))

    def earlier(column: str, text: str) -> str | None:
        return became.get((path[0].by_name[column].defined_list, text))

    def later(column: str, text: str) -> str | None:
        return text if (path[-1].by_name[column].defined_list, text) in carried else None

    return _meaning(parse(before), path[0], earlier) == _meaning(parse(after), path[-1], later)


def _meaning(condition: Condition, release: Release, value: _Value) -> Condition:
    match condition:
        case Test(column) if found := release.list_of(column):
            passed = (value(column, t) for t in found.texts if _passes(condition, t))
            kept = tuple(sorted({p.casefold() for p in passed if p}))
            return condition if condition.operator in ("present", "blank") else Test(column, "in", kept)
        case Not(operand):
            return Not(_meaning(operand, release, value))
        case Both(operands):
            return Both(tuple(_meaning(o, release, value) for o in operands))
        case Either(operands):
            return Either(tuple(_meaning(o, release, value) for o in operands))
        case _:
            return condition


def _passes(test: Test, text: str) -> bool:
    operands = tuple(o.casefold() for o in test.operands)
    match test.operator:
        case "=" | "in":
            return text.casefold() in operands
        case "<>":
            return text.casefold() not in operands
        case "starts":
            return text.casefold().startswith(operands)
        case "contains":
            return operands[0] in text.casefold()
        case _:
            return True


# ---------------------------------------------------------------- values


def _value_changes(path: tuple[Release, ...]) -> Iterator[ChangeEntry]:
    common = path[0].lists.keys() & path[-1].lists.keys()
    mappings = [m for m in _composed(path) if m.defined_list in common]
    origins = Counter((m.defined_list, m.to_value or "") for m in mappings if m.from_value and m.to_value)
    for m in mappings:
        kind = _kind(m, merged=origins[m.defined_list, m.to_value or ""] > 1)
        if kind:
            yield ChangeEntry(
                kind, "minor", m.defined_list, m.from_value or "", m.to_value or "", (), m.confidence, m.source
            )


def _kind(mapping: ValueMapping, *, merged: bool) -> Kind | None:
    if merged and mapping.from_value:
        return "value merged"
    kinds: dict[str, Kind] = {
        "New": "value added",
        "Not mapped": "value removed",
        "Changed": "value renamed",
        "Changed (capitalisation only)": "value capitalised",
    }
    return kinds.get(mapping.change)


def _composed(path: tuple[Release, ...]) -> tuple[ValueMapping, ...]:
    """The mappings of all steps as one, in the order of the later lists; what became of nothing comes last."""
    step = path[1].mappings
    for release in path[2:]:
        further = {(m.defined_list, m.from_value or ""): m for m in release.mappings if m.from_value}
        step = (*(_on(m, further, release.id) for m in step), *(m for m in release.mappings if not m.from_value))
    step = tuple(replace(m, from_release=path[0].id, to_release=path[-1].id) for m in step)
    reached = {(m.defined_list, m.to_value) for m in step if m.from_value}
    return tuple(m for m in step if m.from_value or (m.to_value and (m.defined_list, m.to_value) not in reached))


def _on(mapping: ValueMapping, further: Mapping[tuple[str, str], ValueMapping], release: str) -> ValueMapping:
    """The mapping taken one release further; a value that is gone stays gone."""
    onward = further.get((mapping.defined_list, mapping.to_value or ""))
    if mapping.to_value is None or onward is None:
        return replace(mapping, to_release=release, to_value=None)
    return replace(
        mapping,
        to_release=release,
        to_value=onward.to_value,
        confidence=_weakest(mapping.confidence, onward.confidence),
        source=" then ".join(dict.fromkeys((mapping.source, onward.source))),
    )


def _weakest(*confidences: Confidence) -> Confidence:
    return min(confidences, key=_WEAKEST.index)
