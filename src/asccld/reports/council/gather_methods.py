"""How the figures were made: methods and their versions, the files that were used, and what made the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from asccld.measures import measure_named, measures
from asccld.measures.references import NO_POPULATION
from asccld.measures.registry import in_force, measure_table
from asccld.reports.council.layout import column, outlines
from asccld.reports.council.model import Block, Chapter, Column, MethodNote
from asccld.reports.council.protecting import Shown, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asccld.reports.council.material import Material


def method_note(name: str, material: Material) -> MethodNote:
    """How a measure is made, and what of this run limits it."""
    measure = measure_named(name)
    row = next(r for r in measure_table("methods") if r["method"] == measure.method)
    limits = [f"In force for {row['in_force']}."]
    limits += [f"{text.rstrip('.')}." for note in material.notes if (text := _said_of(name, note))]
    return MethodNote(
        measure.title, measure.method, f"{row['publisher']}: {row['source']}", measure.page, tuple(limits)
    )


def _said_of(name: str, note: str) -> str:
    """What a note of the run says of a measure: notes of one measure begin with its name."""
    owner, text = _owned(note)
    if owner:
        return f"{text[:1].upper()}{text[1:]}" if owner == name else ""
    return note if name in note or "main table" in note else ""


def _owned(note: str) -> tuple[str, str]:
    """The measure whose name a note begins with, or nothing, and what the note says."""
    owner, colon, text = note.partition(": ")
    return (owner, text) if colon and owner in {m.name for m in measures()} else ("", note)


def overview_notes(material: Material) -> Iterator[str]:
    """What to know of the report as a whole: a note of one measure stands with that measure."""
    alike: dict[str, list[str]] = {}
    for owner, text in map(_owned, material.notes):
        if not owner:
            yield text
        elif text.startswith(NO_POPULATION):
            alike.setdefault(text.removeprefix(NO_POPULATION), []).append(owner)
    for remedy, owners in alike.items():
        titles = [o.title.partition(":")[0] for o in outlines() if o.measure in owners]
        yield f"{' and '.join(titles)} {'has' if len(titles) == 1 else 'have'} no rate: there is no population{remedy}"


def methods_chapter(material: Material) -> Chapter:
    """Methods, versions and files."""
    blocks = (_made(material), _measures(material), *_served(material), *_notes(material))
    definition = "Which methods, in which versions, made the figures of this report, of which files, and with what."
    return Chapter("methods", "methods", "Methods and versions", definition, (), blocks)


def _made(material: Material) -> Block:
    rows = pl.DataFrame(material.facts, schema={"what": pl.String, "value": pl.String}, orient="row")
    columns = (column("what"), column("value"))
    return Block(
        "made", "What made this report", "The same versions and the same files make the same figures.", columns, rows
    )


def _measures(material: Material) -> Block:
    used = {o.measure for o in outlines()}
    rows = [
        {
            "measure": m.name,
            "title": m.title,
            "method": m.method,
            "in_force": in_force(m.method),
            "page": m.page,
            "state": "not computed" if m.name in material.absent else "computed",
        }
        for m in measures()
        if m.name in used or m.name == "nhse_ascof_2c"
    ]
    names = (
        ("measure", None),
        ("title", "What it counts"),
        ("method", None),
        ("in_force", None),
        ("state", None),
        ("page", None),
    )
    columns = tuple(column(n, heading=h) for n, h in names)
    return Block("measures", "Measures and their methods", "", columns, pl.DataFrame(rows))


def _served(material: Material) -> Iterator[Block]:
    """The files behind the joined main table, on which ASCOF and waiting times stand."""
    if not material.served:
        return
    numbers = {s.import_stamp: s.number for e in material.quality.listed if (s := e.submission)}
    rows = [
        {
            "la_code": s.la_name,
            "submission": numbers.get(s.imported),
            "serves_from": s.first,
            "serves_to": s.last,
            "rows": s.rows,
        }
        for s in material.served
    ]
    frame = pl.DataFrame(rows, schema_overrides={"submission": pl.Int64, "serves_from": pl.Date, "serves_to": pl.Date})
    shown = rounded(frame, ["rows"]) if material.shareable else Shown(frame)
    columns = [column("la_code", heading="Council")] if material.several else []
    if any(r["submission"] for r in rows):
        columns.append(Column("submission", "Submission", "text"))
    columns += [column("serves_from", heading="Quarter from"), column("serves_to", heading="Quarter to")]
    columns.append(column("rows", heading="Events last seen in it"))
    note = (
        "An event counts in the last quarter whose file has it; quarters without an event of their own are not listed."
    )
    made = shown.rows.with_columns(pl.col("submission").cast(pl.String))
    yield Block("files", "The files behind ASCOF and waiting times", note, tuple(columns), made, marks=shown.marks)


def _notes(material: Material) -> Iterator[Block]:
    owned = [*map(_owned, material.notes), *material.absent.items()]
    told = [f"{measure_named(name).title}: {text}" if name else text for name, text in owned]
    if told:
        rows = pl.DataFrame({"what": told})
        yield Block("notes", "What to know of these figures", "", (column("what", heading="Note"),), rows)
