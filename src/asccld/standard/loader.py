"""Loading the standard: releases, councils, hierarchies, modules and calendar, with a local overlay on top."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

from asccld.standard.model import (
    CalendarRules,
    Council,
    HierarchyEntry,
    Release,
    Standard,
)
from asccld.standard.overlay import refuse_no_overlay, with_overlay
from asccld.standard.proof import prove
from asccld.standard.releases import build_release
from asccld.standard.tables import Row, confidence, fingerprint, iso_date, read_rows, read_toml

DATA = Path(__file__).parent / "data"


def load_standard(overlay: Path | None = None) -> Standard:
    """The standard as shipped, or with the overlay that `asccld standard adopt` wrote.

    Read once per folder and kept. Raises StandardError when the data contradict themselves (see `proof`) or the overlay
    cannot be read.
    """
    return _loaded(overlay.resolve() if overlay else None)


def forget_standards() -> None:
    """Read the standard and overlays anew when next asked for: for whoever has changed their files."""
    _loaded.cache_clear()


@lru_cache(maxsize=8)
def _loaded(overlay: Path | None) -> Standard:
    if overlay is not None:
        refuse_no_overlay(overlay)  # before reading whatever else is in that folder
    standard = Standard(
        releases=_releases(),
        councils=_councils(),
        hierarchies=_hierarchies(),
        modules=tuple(r["module"] for r in read_rows(DATA / "modules.csv")),
        calendar=_calendar(),
        fingerprint=fingerprint([DATA] if overlay is None else [DATA, overlay]),
    )
    if overlay is not None:
        standard = with_overlay(standard, overlay)
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
