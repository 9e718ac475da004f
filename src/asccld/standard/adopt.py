"""Adopting an official workbook: its lists and mappings become a local overlay of the standard, with their provenance.

The result is proved as the standard itself is before it takes its place, and an overlay that is already there is
extended, not replaced.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from asccld.errors import AsccldError
from asccld.standard.grids import Grid, read_csv_grid, read_grids
from asccld.standard.loader import forget_standards, load_standard
from asccld.standard.merging import Difference, MergedList, StatedList, Terms, merge_list, merge_mappings, paired
from asccld.standard.model import Adoption, DefinedList, Release, Standard
from asccld.standard.names import key
from asccld.standard.overlay import is_overlay
from asccld.standard.recognise import StatedMapping, StatedValue, Statements, Unrecognised, recognise
from asccld.standard.writing import csv_text, write_whole

TEMPLATE_FILES = ("values.csv", "map.csv")


@dataclass(frozen=True)
class AdoptionReport:
    """What a source says against what we had, and where the overlay is."""

    source: str
    sheets: tuple[str, ...]
    differences: tuple[Difference, ...]
    unrecognised: tuple[Unrecognised, ...]
    notes: tuple[Unrecognised, ...]
    """What was recognised and, with a reason, left alone or read with caution."""
    out: Path | None
    """None after a dry run, or when there was nothing to adopt."""
    fingerprint: str
    """Of the standard with the overlay."""

    @property
    def conflicts(self) -> tuple[Difference, ...]:
        """Entries that disagree with a confirmed one of ours and were left alone."""
        return tuple(d for d in self.differences if d.conflict)

    @property
    def adopted(self) -> tuple[Difference, ...]:
        """Entries that the overlay now holds."""
        return tuple(d for d in self.differences if d.applied)


@dataclass(frozen=True)
class AdoptionOptions:
    """Choices of the person who adopts."""

    replace_confirmed: bool = False
    dry_run: bool = False
    release: str | None = None
    """Release of a specification sheet that does not say which it is."""
    today: date | None = None


def adopt(source: Path, out: Path | None, standard: Standard, options: AdoptionOptions | None = None) -> AdoptionReport:
    """Read a workbook, a CSV file or a template folder, and write or extend the overlay in `out`.

    Raises AsccldError, and leaves `out` as it was, when the source cannot be read, contradicts itself, or would make
    the standard contradict itself.
    """
    options = options or AdoptionOptions()
    base = _base(out, standard)
    grids, digest = _read(source)
    said = recognise(grids, base, source.name, options.release)
    terms = Terms(source.name, options.replace_confirmed)
    releases, differences, notes = _merged(base, said, terms)
    written, fingerprint = None, base.fingerprint
    if _differs(base, releases):
        on = (options.today or datetime.now(UTC).date()).isoformat()
        adoption = Adoption(source.name, digest, on, sum(d.applied for d in differences))
        adopted = replace(base, releases=releases, adoptions=(*base.adoptions, adoption))
        written, fingerprint = _place(adopted, out, options)
    return AdoptionReport(
        source.name, tuple(said.sheets), differences, tuple(said.unrecognised), notes, written, fingerprint
    )


def _differs(base: Standard, releases: Mapping[str, Release]) -> bool:
    before = base.releases
    return any(r.lists != before[i].lists or set(r.mappings) != set(before[i].mappings) for i, r in releases.items())


def _base(out: Path | None, standard: Standard) -> Standard:
    if out is None or not out.exists():
        return standard
    if is_overlay(out):
        return load_standard(out)
    if not out.is_dir() or any(out.iterdir()):
        raise AsccldError(
            what="The folder for the overlay exists and is not an overlay",
            where=str(out),
            remedy="Give --out a new folder, or one that asccld standard adopt wrote",
        )
    return standard


def _read(source: Path) -> tuple[tuple[Grid, ...], str]:
    if not source.exists():
        raise AsccldError(what="There is no such file or folder", where=str(source), remedy="Check the path")
    if source.is_file():
        return read_grids(source), _digest([source])
    files = [source / n for n in TEMPLATE_FILES if (source / n).is_file()]
    if not files:
        raise AsccldError(
            what="The folder holds neither values.csv nor map.csv",
            where=str(source),
            remedy="Write one of them as docs/how-to/adopt-the-official-workbook.md shows, or give the .xlsx file",
        )
    return tuple(read_csv_grid(f) for f in files), _digest(files)


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


# ---------------------------------------------------------------- laying it over


def _merged(
    base: Standard, said: Statements, terms: Terms
) -> tuple[dict[str, Release], tuple[Difference, ...], tuple[Unrecognised, ...]]:
    shipped = load_standard()
    mappings = _agreeing_mappings(said.mappings, terms.source)
    merged: dict[tuple[str, str], MergedList] = {}
    ignored: list[Unrecognised] = []
    for stated in _stated_lists(said, terms.source):
        ours = base.releases[stated.release].lists[stated.defined_list]
        if _is_reference(ours, stated):
            why = f"'{ours.name}' of release {stated.release} has nothing in common with our list and was left alone"
            ignored.append(Unrecognised(why, terms.source))
            continue
        if _is_partial(ours, stated):
            why = f"'{ours.name}' of release {stated.release}: most of our values are not named, so none is removed"
            ignored.append(Unrecognised(why, terms.source))
            stated = replace(stated, whole=False)  # noqa: PLW2901 - the same list, read with more caution
        theirs = shipped.releases[stated.release].lists[stated.defined_list]
        merged[stated.release, stated.defined_list] = merge_list(ours, stated, theirs, terms)
    releases, differences = _releases(base, merged, mappings, terms)
    return releases, (*(d for m in merged.values() for d in m.differences), *differences), tuple(ignored)


def _is_reference(ours: DefinedList, stated: StatedList) -> bool:
    """True for a cell like `see the list on tab 3` where a list was expected."""
    if stated.from_map or len(stated.values) > (2 if ours.values else 1):
        return False
    return not {key(t) for t in ours.texts} & {key(t) for t in stated.values}


def _is_partial(ours: DefinedList, stated: StatedList) -> bool:
    """True for a map that names fewer than half of our values: more likely an extract than a list made anew."""
    return stated.from_map and stated.whole and 2 * len(paired(ours.texts, stated.values)) < len(ours.values)


def _releases(
    base: Standard,
    merged: Mapping[tuple[str, str], MergedList],
    mappings: Iterable[StatedMapping],
    terms: Terms,
) -> tuple[dict[str, Release], tuple[Difference, ...]]:
    releases: dict[str, Release] = {}
    differences: list[Difference] = []
    mappings = tuple(mappings)
    for r in base.releases.values():
        lists = {name: merged[r.id, name].found if (r.id, name) in merged else found for name, found in r.lists.items()}
        release = replace(r, lists=lists)
        if r.previous:
            touched = {n for i, n in merged if i in (r.id, r.previous)}
            pairs = {n: (merged.get((r.previous, n)), merged.get((r.id, n))) for n in touched}
            stated = (m for m in mappings if m.release == r.id and m.defined_list in pairs)
            into, more = merge_mappings(release, releases[r.previous], pairs, stated, terms)
            release = replace(release, mappings=into)
            differences += more
        releases[r.id] = release
    return releases, tuple(differences)


def _stated_lists(said: Statements, source: str) -> Iterator[StatedList]:
    """The lists, each whole unless a map names no unchanged value anywhere: such a map may show changes only."""
    shows_all = any(m.from_value == m.to_value for m in said.mappings)
    groups: dict[tuple[str, str], dict[str, StatedValue]] = {}
    for value in said.values:
        group = groups.setdefault((value.release, value.defined_list), {})
        before = group.setdefault(key(value.value), value)
        if before.value != value.value:
            raise AsccldError(
                what=f"A value of {value.defined_list} is spelt differently here than in {before.place}",
                where=f"{source}, {value.place}",
                remedy="Make the two alike in a copy of the file",
            )
    listed = {(v.release, v.defined_list) for v in said.values if not v.from_map}
    for (release, name), group in groups.items():
        from_map = (release, name) not in listed
        texts = tuple(v.value for v in group.values())
        yield StatedList(release, name, texts, from_map, shows_all or not from_map)


def _agreeing_mappings(mappings: Iterable[StatedMapping], source: str) -> tuple[StatedMapping, ...]:
    """The mappings without repetitions; raises AsccldError when one value becomes two."""
    seen: dict[tuple[str, str, str], StatedMapping] = {}
    new: list[StatedMapping] = []
    for m in mappings:
        if m.from_value is None:
            new.append(m)
            continue
        before = seen.setdefault((m.release, m.defined_list, m.from_value), m)
        if before.to_value != m.to_value:
            raise AsccldError(
                what=f"A value of {m.defined_list} becomes something else here than in {before.place}",
                where=f"{source}, {m.place}",
                remedy="Keep the row that is right in a copy of the file",
            )
    return (*seen.values(), *new)


# ---------------------------------------------------------------- writing


def _place(adopted: Standard, out: Path | None, options: AdoptionOptions) -> tuple[Path | None, str]:
    """Write beside, prove, rename into place; a dry run stops before the last."""
    if out is None and not options.dry_run:
        raise AsccldError(what="There is no folder to write the overlay to", remedy="Give one with --out DIR")
    with tempfile.TemporaryDirectory(prefix="asccld-") as elsewhere:
        beside = (
            out.with_name(f".{out.name}.{secrets.token_hex(4)}") if out and not options.dry_run else Path(elsewhere)
        )
        try:
            for name, text in _files(adopted, load_standard()):
                write_whole(beside / name, text)
            fingerprint = load_standard(beside).fingerprint
            if out is None or options.dry_run:
                return None, fingerprint
            _swap(beside, out)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
            forget_standards()  # what was read from these folders is no longer what they hold
    return out, fingerprint


def _swap(folder: Path, out: Path) -> None:
    """Put the new folder where the old one is; the old one comes back if that fails."""
    old = folder.with_name(folder.name + "-old")
    try:
        if out.exists():
            out.rename(old)
        folder.rename(out)
    except OSError as error:
        if old.exists() and not out.exists():
            old.rename(out)
        raise AsccldError(
            what=f"The overlay cannot be put in place: {error.strerror}",
            where=str(out),
            remedy="Close programs that have the folder open, then adopt again",
        ) from error
    shutil.rmtree(old, ignore_errors=True)


def _files(adopted: Standard, shipped: Standard) -> Iterator[tuple[str, str]]:
    """The overlay's files: whatever differs from what is shipped, so that adoptions add up."""
    yield "overlay.toml", _toml(adopted.adoptions)
    for release in adopted.releases.values():
        before = shipped.releases[release.id]
        lists = [found for name, found in release.lists.items() if found != before.lists[name]]
        if lists:
            yield f"{release.id}/lists.csv", _lists(lists)
            yield f"{release.id}/values.csv", _values(lists)
        names = {m.defined_list for m in {*release.mappings} ^ {*before.mappings}}
        if names:
            yield f"{release.id}/mappings.csv", _mappings(release, names)


def _toml(adoptions: Iterable[Adoption]) -> str:
    lines = ["# Written by: asccld standard adopt. Use it with --standard DIR, or name it in asccld.toml."]
    for a in adoptions:
        lines += ["", "[[adoption]]", f"source_file = {_quoted(a.source_file)}", f"sha256 = {_quoted(a.sha256)}"]
        lines += [f"adopted_on = {_quoted(a.adopted_on)}", f"entries = {a.entries}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string without escapes beyond U+FFFF is a TOML string


def _lists(lists: Iterable[DefinedList]) -> str:
    header = ("defined_list", "confidence", "complete", "note")
    return csv_text(header, ((v.name, v.confidence, "yes" if v.complete else "unknown", v.note) for v in lists))


def _values(lists: Iterable[DefinedList]) -> str:
    header = ("defined_list", "value", "order", "group", "confidence", "note", "source", "was")
    rows = (
        (found.name, v.value, v.order, v.group, v.confidence, v.note, v.source, v.was)
        for found in lists
        for v in found.values
    )
    return csv_text(header, rows)


def _mappings(release: Release, names: set[str]) -> str:
    header = ("defined_list", "from_value", "to_value", "confidence", "source")
    rows = (
        (m.defined_list, m.from_value or "", m.to_value or "", m.confidence, m.source)
        for m in release.mappings
        if m.defined_list in names
    )
    return csv_text(header, rows)
