"""What `asccld standard` prints, as tables of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.standard import Council, Field, Release, Standard, ValueMapping
from asccld.standard.calendar import Submission
from asccld.standard.changes import compare, earliest_effect
from asccld.standard.names import did_you_mean, field_named, key, release_named
from asccld.standard.wording import in_words

if TYPE_CHECKING:
    from asccld.standard.adopt import AdoptionReport
    from asccld.standard.merging import Difference

Rows = list[tuple[object, ...]]
Table = tuple[tuple[str, ...], Rows]


@dataclass(frozen=True)
class View:
    """One thing in full: facts about it, and tables."""

    title: str
    facts: Rows
    tables: tuple[tuple[str, tuple[str, ...], Rows], ...] = ()

    def as_json(self) -> dict[str, object]:
        """The same as one JSON object."""
        tables = {title: [dict(zip(header, row, strict=True)) for row in rows] for title, header, rows in self.tables}
        return {"title": self.title, **{str(k): v for k, v in self.facts}, **tables}


# ---------------------------------------------------------------- list


def listed(standard: Standard, what: str, release: str | None) -> Table:
    """The table for `asccld standard list WHAT`."""
    chosen = _chosen(standard, release)
    match what:
        case "releases":
            return _releases(chosen)
        case "items":
            return _items(chosen)
        case "lists":
            return _lists(chosen)
        case "values":
            return _values(chosen)
        case "councils":
            return _councils(standard)
        case _:
            return _hierarchies(standard, {r.id for r in chosen})


def _chosen(standard: Standard, release: str | None) -> list[Release]:
    return [release_named(standard, release)] if release else list(standard.releases.values())


def _releases(chosen: Iterable[Release]) -> Table:
    header = ("release", "title", "valid_from", "valid_to", "items", "lists", "confidence")
    return header, [
        (r.id, r.title, r.valid_from, r.valid_to, len(r.fields), len(r.lists), r.confidence) for r in chosen
    ]


def _items(chosen: Iterable[Release]) -> Table:
    header = ("release", "order", "header", "column", "type", "format", "defined_list", "confidence")
    return header, [
        (r.id, f.order, f.header, f.name, f.type, f.format, f.defined_list, f.confidence)
        for r in chosen
        for f in r.fields
    ]


def _lists(chosen: Iterable[Release]) -> Table:
    header = ("release", "defined_list", "values", "confidence", "complete", "note")
    return header, [
        (r.id, v.name, len(v.values), v.confidence, "yes" if v.complete else "unknown", v.note)
        for r in chosen
        for v in r.lists.values()
    ]


def _values(chosen: Iterable[Release]) -> Table:
    header = ("release", "defined_list", "order", "value", "group", "confidence")
    return header, [
        (r.id, found.name, v.order, v.value, v.group, v.confidence)
        for r in chosen
        for found in r.lists.values()
        for v in found.values
    ]


def _councils(standard: Standard) -> Table:
    header = ("la_code", "name", "region", "status", "successors", "confidence")
    return header, [
        (c.la_code, c.name, c.region, c.status, "; ".join(c.successors), c.confidence) for c in standard.councils
    ]


def _hierarchies(standard: Standard, releases: set[str]) -> Table:
    header = ("hierarchy", "release", "field", "rank", "value", "confidence")
    return header, [
        (h.hierarchy, h.release, h.field, h.rank, h.value, h.confidence)
        for h in standard.hierarchies
        if h.release in releases
    ]


def gaps(standard: Standard, release: str | None) -> Table:
    """Everything that no public source confirms."""
    rows: Rows = []
    for r in _chosen(standard, release):
        rows += [(r.id, "item", f.header, "", f.confidence, f.note) for f in r.fields if f.confidence != "confirmed"]
        rows += [
            (r.id, "conditions", f.header, "", f.conditions_confidence, "")
            for f in r.fields
            if f.conditions_confidence != "confirmed"
        ]
        rows += [(r.id, "list", v.name, "", v.confidence, v.note) for v in r.lists.values() if not v.values]
        rows += [
            (r.id, "value", found.name, v.value, v.confidence, v.note)
            for found in r.lists.values()
            for v in found.values
            if v.confidence != "confirmed"
        ]
        rows += [
            (r.id, "mapping", m.defined_list, _arrow(m), m.confidence, "")
            for m in r.mappings
            if m.confidence != "confirmed"
        ]
    rows += [("", "council", c.name, c.la_code, c.confidence, c.note) for c in standard.councils if not _sure(c)]
    return ("release", "kind", "subject", "entry", "confidence", "note"), rows


def _sure(council: Council) -> bool:
    return council.confidence == "confirmed"


def _arrow(m: ValueMapping) -> str:
    return f"{m.from_value or '(new)'} -> {m.to_value or '(not mapped)'}"


# ---------------------------------------------------------------- show


def shown(standard: Standard, name: str, release: str | None) -> View:
    """An item of the release given, else of the newest release that has it, or a council."""
    chosen = _chosen(standard, release)
    for r in reversed(chosen):
        field = field_named(r, name)
        if field is not None:
            return _item_view(standard, r, field)
    council = next((c for c in standard.councils if key(name) in {key(c.la_code), key(c.ons_code), key(c.name)}), None)
    if council is not None and key(name):
        return _council_view(council)
    names = {f.header for r in chosen for f in r.fields} | {c.name for c in standard.councils}
    raise AsccldError(
        what=f"Nothing is called '{name}'{f' in release {release}' if release else ''}",
        remedy=did_you_mean(name, names) or "See all items with: asccld standard list items",
    )


def _item_view(standard: Standard, release: Release, field: Field) -> View:
    facts: Rows = [
        ("Release", f"{release.id}: {release.title}"),
        ("Header", field.header),
        ("Column", field.name),
        ("National name", field.national_name),
        ("Place in the file", field.order),
        ("Type", field.type + (f", {field.format}" if field.format else "")),
        ("Module", field.module or "none"),
        ("Meaning", field.description),
        ("Status", field.status),
        ("Applies to", in_words(field.applicable_when, release)),
        ("Mandatory for", in_words(field.mandatory_when, release)),
        ("Conditions are", field.conditions_confidence),
        ("In releases", ", ".join(r.id for r in standard.releases.values() if field.name in r.by_name)),
        ("Confidence", field.confidence),
        ("Note", field.note),
        ("Source", field.source),
    ]
    found = release.list_of(field.name)
    if found is None:
        return View(field.header, facts)
    facts.append(("Defined list", f"{found.name}: {found.confidence}{', complete' if found.complete else ''}"))
    if found.note:
        facts.append(("About the list", found.note))
    values: Rows = [(v.order, v.value, v.group, v.confidence, v.note) for v in found.values]
    tables: list[tuple[str, tuple[str, ...], Rows]] = [
        ("Values", ("order", "value", "group", "confidence", "note"), values)
    ]
    for r in standard.releases.values():
        if release.id in (r.id, r.previous):
            rows = _mapping_rows(r, found.name)
            if rows:
                tables.append((f"{r.previous} to {r.id}", ("before", "after", "comparison", "confidence"), rows))
    return View(field.header, facts, tuple(tables))


def _mapping_rows(release: Release, defined_list: str) -> Rows:
    return [
        (m.from_value, m.to_value, m.change, m.confidence) for m in release.mappings if m.defined_list == defined_list
    ]


def _council_view(council: Council) -> View:
    facts: Rows = [
        ("LA code", council.la_code or "(no public source)"),
        ("ONS code", council.ons_code),
        ("Region", council.region),
        ("Status", council.status),
        ("From", council.from_date or ""),
        ("To", council.to_date or ""),
        ("Successors", "; ".join(council.successors)),
        ("Confidence", council.confidence),
        ("Note", council.note),
        ("Source", council.source),
    ]
    return View(council.name, [f for f in facts if f[1]])


# ---------------------------------------------------------------- diff, adopt, calendar


def compared(
    standard: Standard, earlier: str, later: str, announced: date | None
) -> tuple[tuple[str, ...], Rows, list[str]]:
    """The table for `diff`, and what to say about it."""
    changes = compare(standard, earlier, later)
    header = ["kind", "notice", "subject", "before", "after", "attributes", "confidence", "note"]
    rows: Rows = []
    for c in changes:
        effect = (earliest_effect(announced, c.notice, standard.calendar),) if announced else ()
        rows.append(
            (c.kind, c.notice, *effect, c.subject, c.before, c.after, ", ".join(c.attributes), c.confidence, c.note)
        )
    if announced:
        header.insert(2, "earliest_effect")
    counts = Counter(c.notice for c in changes)
    found = counted(len(changes), "change")
    summary = [f"{found} from {earlier} to {later}: {counts['major']} major, {counts['minor']} minor"]
    if announced and changes:
        effects = {c.notice: earliest_effect(announced, c.notice, standard.calendar) for c in changes}
        summary += [
            f"A {notice} change announced on {announced.isoformat()} can take effect on {day.isoformat()}"
            for notice, day in sorted(effects.items())
        ]
    return tuple(header), rows, summary


def differences(report: AdoptionReport, *, equal: bool) -> Table:
    """What the workbook says against what we had."""
    header = ("entry", "release", "defined_list", "value", "ours", "theirs", "our_confidence", "outcome")
    return header, [
        (
            d.kind,
            d.release,
            d.defined_list,
            d.value or d.ours or d.theirs,
            d.ours,
            d.theirs,
            d.our_confidence,
            _outcome(d),
        )
        for d in report.differences
        if equal or not d.kind.endswith("equal")
    ]


def _outcome(difference: Difference) -> str:
    if difference.conflict:
        return "kept ours: confirmed"
    return "adopted" if difference.applied else "nothing to do"


def adoption_summary(report: AdoptionReport, *, dry_run: bool) -> list[str]:
    """What to say after an adoption."""
    counts = Counter(d.kind for d in report.differences)
    kinds = ", ".join(f"{n} {kind}" for kind, n in counts.items())
    lines = [f"{report.source}: read {', '.join(report.sheets)}: {kinds}"]
    lines += [f"Not recognised: {u.what} ({u.place})" for u in report.unrecognised]
    lines += [f"Note: {n.what} ({n.place})" for n in report.notes]
    if report.conflicts:
        lines.append(
            f"Left alone, for they disagree with confirmed ones: {counted(len(report.conflicts), 'entry', 'entries')}; "
            "look at them, then add --replace-confirmed if the workbook is right"
        )
    if dry_run:
        lines.append(f"Dry run: {_adopted(report)} would be adopted; nothing was written")
    elif report.out is None:
        lines.append("Nothing to adopt: the standard already says all of this")
    else:
        lines.append(f"{_adopted(report)} adopted into {report.out}, standard {report.fingerprint}")
        lines.append(f'Use it with: --standard {report.out}, or in asccld.toml: standard = "{report.out.as_posix()}"')
    return lines


def _adopted(report: AdoptionReport) -> str:
    count, alike = len(report.adopted), sum(d.kind.endswith("equal") for d in report.adopted)
    entries = counted(count, "entry", "entries")
    return f"{entries} ({alike} as we had it, now confirmed: --all shows them)" if alike else entries


def calendar(due: Sequence[Submission]) -> Table:
    """The table for `calendar`."""
    header = ("due_for", "covers", "period_start", "period_end", "deadline", "release")
    return header, [
        (s.quarter, s.covers, s.period_start or "any", s.period_end or "any", s.deadline, s.release) for s in due
    ]
