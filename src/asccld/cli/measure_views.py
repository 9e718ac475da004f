"""What `asccld measure` says of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asccld.cli.tabular import talk
from asccld.counting import counted

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from asccld.measures import Computed, ComputedFromMain
    from asccld.reports.salt_figures import Tables

_MOST = 20
_TOLD_BY = {"sts002b_episodes": ("la_code", "id", "st_max_count")}
"""What tells a unit of a table that has several rows for one, as the script makes them."""
_ONE = {"people": "person", "requests": "request", "episodes": "episode", "reviews": "review"}


NO_ROW = "has no row: every figure is nought or missing"


def tell_run(made: Computed) -> str | None:
    """Which wording was found, what of it has no counterpart, and what is not as the published script has it.

    Returns why there is nothing to count, where there is not.
    """
    talk(wording(made))
    for column, rows, values in lost_values(made):
        talk(f"  {column}: {counted(values, 'value')} in {counted(rows, 'row')} without a Release 1 value")
    is_served = tell_files(made)
    other = other_readings(made)
    if other:
        talk(f"Made with {', '.join(other)}: not what NHS England's script would count")
    for late in _not_in_force(made):
        talk(late)
    if not made.source.events.count().to_pyarrow().as_py():
        return f"The table of events {NO_ROW}"
    return None if is_served else "No council has a file that serves the period: its figures are nought"


def tell_main_run(made: ComputedFromMain) -> str | None:
    """Which main table it is, which reference tables were given, and what is not as the Department has it.

    Returns why there is nothing to count, where there is not.
    """
    talk(f"From the {made.source.mode} main table: {', '.join(made)}")
    given = [file for file in made.source.reference.sources.values() if file != "shipped"]
    if given:
        talk(f"Reference tables given: {', '.join(given)}")
    other = other_readings(made)
    if other:
        talk(f"Made with {', '.join(other)}: not what the Department's script would count")
    is_empty = not made.source.rows.count().to_pyarrow().as_py()
    return f"The {made.source.mode} main table {NO_ROW}" if is_empty else None


def tell_notes(made: ComputedFromMain) -> None:
    """What was missing, and which figures are therefore blank."""
    for note in made.source.notes:
        talk(note)


def tell_files(made: Computed) -> bool:
    """Of how many councils there is a file that covers the period, where the latest one stands for all.

    Returns whether there is any, or none is needed.
    """
    from asccld.measures import measure_named

    if not any("import_after" in measure_named(name).parameters for name in made):
        return True
    settings, (number, without) = made.settings, councils_without_file(made)
    window = f"imported after {settings.import_after} and by {settings.import_by}"
    period = f"{settings.year_start} to {settings.end}"
    served = f"{number - len(without)} of {counted(number, 'council')}"
    talk(f"{served} have a file for {period}, {window}" + (f"; none: {_some(without)}" if without else ""))
    return number > len(without)


def councils_without_file(made: Computed) -> tuple[int, list[str | None]]:
    """How many councils there are, and those of which no file is the latest one that serves the period."""
    from asccld.measures.selection import latest_files
    from asccld.processing.text import folded

    settings, events = made.settings, made.source.events
    files = made.source.shared("latest_files", lambda: latest_files(events, settings))
    councils = events.filter(events.la_name.notnull()).select("la_code", name_key=folded(events.la_name)).distinct()
    without = councils.anti_join(files, "name_key").select("la_code").distinct().to_pyarrow()["la_code"].to_pylist()
    return councils.la_code.nunique().to_pyarrow().as_py(), without


def _some(codes: list[str | None]) -> str:
    listed = sorted(code or "(no code)" for code in codes)
    return ", ".join(listed[:_MOST]) + (f" and {len(listed) - _MOST} more" if len(listed) > _MOST else "")


def tell_counts(name: str, suffix: str, table: Table) -> None:
    """How many are counted, from the table that has a row for each."""
    from asccld.measures import measure_named

    output = measure_named(name).output(suffix)
    if output.id_column is None:
        return
    if keys := _TOLD_BY.get(f"{name}{suffix}"):
        table = table.select(*keys).distinct()
    councils = table.la_code.nunique() if "la_code" in table.columns else table.count() * 0
    found = table.aggregate(rows=table.count(), councils=councils).to_pyarrow().to_pylist()[0]
    units = counted(found["rows"], _ONE.get(output.unit, output.unit.removesuffix("s")), output.unit)
    talk(f"{name}{suffix}: {units} of {counted(found['councils'], 'council')}")


def tell_published() -> None:
    """What rounding does, and what it cannot see."""
    talk("Rounded for publication: counts of 1 to 4, and what would give them away, are [c] or blank")
    talk("Each table is protected by itself: compare tables of the same people before both are published")


def wording(made: Computed) -> str:
    """Which wording the events have."""
    found = made.wording
    told = {"r1": "Release 1 wording", "r2": "Release 2 wording, turned back into that of Release 1"}
    if found.used in told:
        return f"The events are in {told[found.used]}"
    files = f"{counted(found.files_r1, 'file')} in Release 1 wording, {counted(found.files_r2, 'file')} in Release 2"
    return f"The events are in two wordings: {files}, turned back into that of Release 1"


def lost_values(made: Computed) -> list[tuple[str, int, int]]:
    """Column, rows and different values that have no Release 1 value."""
    if made.wording.unmapped is None:
        return []
    rows = made.wording.unmapped.to_pyarrow().to_pylist()
    found = [(str(r["column_name"]), int(r["rows_not_mapped"]), int(r["values_not_mapped"])) for r in rows]
    return sorted((column, n, values) for column, n, values in found if n)


def other_readings(made: Computed | ComputedFromMain) -> list[str]:
    """Options that are not as by default, but for those that only add something to the official tables."""
    from asccld.measures import measure_options, resolved

    usual, added = resolved(), {o.id for o in measure_options() if o.only_adds}
    told = {name: value for name, value in made.settings.options.items() if name not in added}
    changed = {name: value for name, value in told.items() if value != usual[name]}
    if changed and changed == {n: v for n, v in resolved({"behaviour": "documented"}).items() if v != usual[n]}:
        return ["behaviour=documented"]
    return [f"{name}={value}" for name, value in changed.items()]


def _not_in_force(made: Computed) -> list[str]:
    """Which methods are those of earlier periods."""
    from asccld.measures import measure_named
    from asccld.measures.registry import no_longer_in_force

    methods = dict.fromkeys(measure_named(name).method for name in made)
    return [late for method in methods if (late := no_longer_in_force(method, made.settings.end))]


def facts(made: Computed, council: str | None, figures: Tables) -> dict[str, str]:
    """What the workbook says of the run."""
    from asccld.measures import measure_named
    from asccld.reports.salt_tables import councils_of

    settings = made.settings
    lost = sum(rows for _, rows, _ in lost_values(made))
    methods = dict.fromkeys(measure_named(name).method for name in made)
    late = _not_in_force(made)
    together = f"{counted(len(councils_of(figures)), 'council')} together: whoever two of them know counts in each"
    return {
        "Council": together if council is None else _named(council),
        "Period": f"{settings.start:%d/%m/%Y} to {settings.end:%d/%m/%Y}",
        "Method": f"NHS England's, {', '.join(methods)}",
        **({"Not in force": "; ".join(late)} if late else {}),
        "Readings": ", ".join(other_readings(made)) or "as NHS England's script counts",
        "Wording": wording(made) + (f"; {counted(lost, 'value')} could not be" if lost else ""),
    }


def _named(code: str) -> str:
    from asccld.standard import load_standard

    known = load_standard().council_by_code.get(code)
    return f"{known.name} ({code})" if known else code
