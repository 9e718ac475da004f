"""A local overlay: lists and mappings that a council took from the official workbooks, laid over what is shipped.

An overlay is a folder that `asccld standard adopt` writes:

    overlay.toml              one [[adoption]] per source: source_file, sha256, adopted_on, entries
    <release>/lists.csv       defined_list, confidence, complete, note
    <release>/values.csv      defined_list, value, order, group, confidence, note, source, was
    <release>/mappings.csv    defined_list, from_value, to_value, confidence, source

A list or mapping that the overlay names replaces ours whole. `was` is the shipped text that a value replaces: wherever
else the standard speaks of that value (conditions, hierarchies, known misspellings) the new text takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from asccld.standard.conditions import parse, unparse, with_literals
from asccld.standard.model import Adoption, DefinedList, Field, Fix, HierarchyEntry, Release, Standard
from asccld.standard.overlay_tables import overlaid_lists, overlaid_mappings
from asccld.standard.tables import StandardError, read_toml

Renames = Mapping[tuple[str, str], str | None]
"""(defined list, shipped text) -> adopted text; None where the overlay dropped the value."""


def is_overlay(folder: Path) -> bool:
    """True for a folder that `adopt` wrote."""
    return (folder / "overlay.toml").is_file()


def refuse_no_overlay(folder: Path) -> None:
    """Raise StandardError for a folder that is no overlay, or not there."""
    if not is_overlay(folder):
        raise StandardError(
            what="This folder is not an overlay of the standard: it has no overlay.toml"
            if folder.is_dir()
            else "There is no such folder",
            where=str(folder),
            remedy="Make one with: asccld standard adopt FILE.xlsx --out DIR",
        )


def with_overlay(standard: Standard, folder: Path) -> Standard:
    """The standard with the overlay on top; not yet proved. Raises StandardError when the overlay cannot be read."""
    refuse_no_overlay(folder)
    releases = {k: _overlaid(r, folder / k) for k, r in standard.releases.items()}
    return with_releases(standard, releases, _adoptions(folder / "overlay.toml"))


def with_releases(standard: Standard, releases: Mapping[str, Release], adoptions: tuple[Adoption, ...]) -> Standard:
    """The shipped standard with other lists and mappings, and everything that names their values carried along."""
    renames = {k: renames_between(standard.releases[k], r) for k, r in releases.items()}
    return replace(
        standard,
        releases={k: _carried(r, renames[k]) for k, r in releases.items()},
        hierarchies=tuple(_ranked(standard, renames)),
        adoptions=adoptions,
    )


def renames_between(shipped: Release, overlaid: Release) -> Renames:
    """What became of each shipped value whose text is no longer in its list."""
    renames: dict[tuple[str, str], str | None] = {}
    for name, before in shipped.lists.items():
        after = overlaid.lists[name]
        new = {v.was: v.value for v in after.values if v.was}
        renames |= {(name, text): new.get(text) for text in before.texts if text not in after.texts}
    return renames


def _adoptions(path: Path) -> tuple[Adoption, ...]:
    try:
        return tuple(Adoption(**a) for a in read_toml(path).get("adoption", ()))
    except TypeError as error:
        raise StandardError(
            what="An [[adoption]] needs source_file, sha256, adopted_on and entries, and nothing else",
            where=str(path),
            remedy="Restore the file, or adopt the workbook again into a new folder",
        ) from error


def _overlaid(release: Release, folder: Path) -> Release:
    lists: dict[str, DefinedList] = dict(release.lists)
    mappings = release.mappings
    if (folder / "lists.csv").is_file():
        lists |= overlaid_lists(release, folder)
    if (folder / "mappings.csv").is_file() and release.previous:
        given = overlaid_mappings(release, folder)
        replaced = {m.defined_list for m in given}
        mappings = (*(m for m in mappings if m.defined_list not in replaced), *given)
    return replace(release, lists=lists, mappings=mappings)


def _carried(release: Release, renames: Renames) -> Release:
    fixes = (_fix(f, release, renames) for f in release.fixes)
    return replace(
        release,
        fields=tuple(_field(f, release, renames) for f in release.fields) if renames else release.fields,
        fixes=tuple(f for f in fixes if f is not None),
    )


def _field(field: Field, release: Release, renames: Renames) -> Field:
    def renamed(column: str, literal: str) -> str:
        found = release.by_name.get(column)
        new = {k[1].casefold(): v for k, v in renames.items() if found and k[0] == found.defined_list}
        return new.get(literal.casefold()) or literal

    return replace(
        field,
        applicable_when=unparse(with_literals(parse(field.applicable_when), renamed)),
        mandatory_when=unparse(with_literals(parse(field.mandatory_when), renamed)),
    )


def _fix(fix: Fix, release: Release, renames: Renames) -> Fix | None:
    value = renames.get((fix.defined_list, fix.value), fix.value)
    texts = {t.casefold() for t in release.lists[fix.defined_list].texts}
    return None if value is None or fix.raw.casefold() in texts else replace(fix, value=value)


def _ranked(standard: Standard, renames: Mapping[str, Renames]) -> Iterator[HierarchyEntry]:
    for entry in standard.hierarchies:
        found = standard.releases[entry.release].list_of(entry.field)
        value = renames[entry.release].get((found.name, entry.value), entry.value) if found else entry.value
        if value is not None:
            yield replace(entry, value=value)
