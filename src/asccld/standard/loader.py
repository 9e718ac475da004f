"""Loading the standard: releases, councils, hierarchies, modules and calendar, with a local overlay on top."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

from asccld.standard.model import (
    Adoption,
    CalendarRules,
    Council,
    HierarchyEntry,
    Release,
    Standard,
    ValueMapping,
)
from asccld.standard.proof import prove
from asccld.standard.releases import build_release, list_of, value_of
from asccld.standard.tables import Row, StandardError, confidence, fingerprint, iso_date, read_rows, read_toml

DATA = Path(__file__).parent / "data"


@lru_cache(maxsize=8)
def load_standard(overlay: Path | None = None) -> Standard:
    """The standard as shipped, or with the overlay that `asccld standard adopt` wrote.

    Raises StandardError when the data contradict themselves (see `proof`) or the overlay cannot be read.
    """
    releases = _releases()
    adoptions: tuple[Adoption, ...] = ()
    folders = [DATA]
    if overlay is not None:
        releases, adoptions = _overlaid(releases, overlay)
        folders.append(overlay)
    standard = Standard(
        releases=releases,
        councils=_councils(),
        hierarchies=_hierarchies(),
        modules=tuple(r["module"] for r in read_rows(DATA / "modules.csv")),
        calendar=_calendar(),
        fingerprint=fingerprint(folders),
        adoptions=adoptions,
    )
    prove(standard)
    return standard


def _releases() -> dict[str, Release]:
    releases: dict[str, Release] = {}
    earlier: Release | None = None
    rows: dict[str, Row] = {}
    for meta in read_toml(DATA / "releases.toml")["release"]:
        earlier, rows = build_release(meta, DATA / meta["id"], earlier, rows)
        releases[earlier.id] = earlier
    return releases


def _overlaid(releases: dict[str, Release], overlay: Path) -> tuple[dict[str, Release], tuple[Adoption, ...]]:
    if not (overlay / "overlay.toml").is_file():
        raise StandardError(
            what="This folder is not an overlay of the standard: it has no overlay.toml",
            where=str(overlay),
            remedy="Make one with: asccld standard adopt FILE.xlsx --out DIR",
        )
    adoptions = tuple(Adoption(**a) for a in read_toml(overlay / "overlay.toml").get("adoption", ()))
    return {k: _release_overlaid(r, overlay / k) for k, r in releases.items()}, adoptions


def _release_overlaid(release: Release, folder: Path) -> Release:
    """Lists and mappings that the overlay gives replace ours whole, list by list."""
    lists = dict(release.lists)
    mappings = release.mappings
    if (folder / "lists.csv").is_file():
        rows = read_rows(folder / "values.csv", ("defined_list", "value", "order", "confidence"))
        for row in read_rows(folder / "lists.csv", ("defined_list", "confidence", "complete")):
            lists[row["defined_list"]] = list_of(row, (value_of(r) for r in rows if r["defined_list"] == row["defined_list"]))
    if (folder / "mappings.csv").is_file() and release.previous:
        given = tuple(_overlay_mapping(r, release) for r in read_rows(folder / "mappings.csv"))
        replaced = {m.defined_list for m in given}
        mappings = (*(m for m in mappings if m.defined_list not in replaced), *given)
    return replace(release, lists=lists, mappings=mappings)


def _overlay_mapping(row: Row, release: Release) -> ValueMapping:
    return ValueMapping(
        row["defined_list"],
        release.previous or "",
        row["from_value"] or None,
        release.id,
        row["to_value"] or None,
        confidence(row["confidence"], "overlay mappings.csv"),
        row["source"],
    )


def _councils() -> tuple[Council, ...]:
    successors: dict[str, list[str]] = {}
    for row in read_rows(DATA / "council_successors.csv"):
        successors.setdefault(row["predecessor"], []).append(row["successor"])
    return tuple(_council(r, successors) for r in read_rows(DATA / "councils.csv"))


def _council(row: Row, successors: dict[str, list[str]]) -> Council:
    return Council(
        la_code=row["la_code"],
        ons_code=row["ons_code"],
        name=row["name"],
        region=row["region"],
        status=cast("Literal['current', 'abolished', 'pseudo']", row["status"]),
        from_date=iso_date(row["from_date"]),
        to_date=iso_date(row["to_date"]),
        successors=tuple(successors.get(row["name"], ())),
        confidence=confidence(row["confidence"], f"councils.csv, {row['name']}"),
        note=row["note"],
        source=row["source"],
    )


def _hierarchies() -> tuple[HierarchyEntry, ...]:
    return tuple(
        HierarchyEntry(
            r["hierarchy"], r["release"], r["field"], int(r["rank"]), r["value"],
            confidence(r["confidence"], f"hierarchies.csv, {r['hierarchy']}"), r["source"],
        )
        for r in read_rows(DATA / "hierarchies.csv")
    )  # fmt: skip


def _calendar() -> CalendarRules:
    table = read_toml(DATA / "calendar.toml")
    quarterly, control = table["quarterly"], table["change_control"]
    return CalendarRules(
        covers_months=quarterly["covers_months"],
        quarter_end_months=tuple(quarterly["quarter_end_months"]),
        deadline_months_after=quarterly["deadline_months_after"],
        first_period_end=quarterly["first_period_end"],
        minor_months=control["minor_months"],
        major_months=control["major_months"],
        confidence=quarterly["confidence"],
        source=quarterly["source"],
        note=quarterly["note"],
    )
