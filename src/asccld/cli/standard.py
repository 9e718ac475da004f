"""`asccld standard`: look at the standard, compare releases, export, adopt the official workbook, see what is due."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from asccld.cli import standard_views as views
from asccld.cli.chosen_standard import with_standard
from asccld.cli.tabular import show_json, show_table, talk
from asccld.errors import AsccldError
from asccld.standard import Standard

standard_app = typer.Typer(
    add_completion=False,
    help="The standard: what a file must hold, in every release.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ReleaseOption = Annotated[str | None, typer.Option("--release", help="v5, r1 or r2.", show_default=False)]


class Listed(StrEnum):
    """What `list` can list."""

    releases = "releases"
    items = "items"
    lists = "lists"
    values = "values"
    councils = "councils"
    hierarchies = "hierarchies"


class Covered(StrEnum):
    """What a file covers."""

    rolling = "rolling"
    quarter = "quarter"
    year_to_date = "year-to-date"
    month = "month"
    previous_year = "previous-year"
    any = "any"


def _day(text: str, name: str) -> date:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise AsccldError(what=f"'{text}' is not a date", where=name, remedy="Write it like 2026-07-31 or 31/07/2026")


@standard_app.command(
    "list", epilog="Example: asccld standard list values --release r2, or: asccld standard list --gaps"
)
@with_standard
def list_command(
    found: Standard,
    what: Annotated[Listed, typer.Argument(help="What to list.")] = Listed.releases,
    *,
    release: ReleaseOption = None,
    gaps: Annotated[bool, typer.Option("--gaps", help="Everything that is inferred or a gap.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List releases, items, lists, values, councils or hierarchies."""
    header, rows = views.gaps(found, release) if gaps else views.listed(found, what.value, release)
    show_table(header, rows, as_json=as_json)


@standard_app.command("show", epilog="Example: asccld standard show 'Request: Route of Access' --release r2")
@with_standard
def show_command(
    found: Standard,
    name: Annotated[str, typer.Argument(help="Header, national name, column, or a council's code or name.")],
    *,
    release: ReleaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one item with its conditions, list and release maps, or one council."""
    view = views.shown(found, name, release)
    if as_json:
        show_json(view.as_json())
        return
    show_table(("", view.title), view.facts, as_json=False)
    for title, header, rows in view.tables:
        typer.echo("")
        typer.echo(title)
        show_table(header, rows, as_json=False)


@standard_app.command("diff", epilog="Example: asccld standard diff r1 r2 --announced 2025-05-01")
@with_standard
def diff_command(
    found: Standard,
    earlier: Annotated[str, typer.Argument(help="The earlier release.")],
    later: Annotated[str, typer.Argument(help="The later release.")],
    *,
    announced: Annotated[
        str | None, typer.Option(help="Day of the announcement: adds the day each change can take effect.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what changes between two releases, which notice it needs and when it can take effect."""
    day = _day(announced, "--announced") if announced else None
    header, rows, summary = views.compared(found, earlier.lower(), later.lower(), day)
    show_table(header, rows, as_json=as_json)
    for line in summary:
        talk(line)


@standard_app.command("export", epilog="Example: asccld standard export build/standard --release r2")
@with_standard
def export_command(
    found: Standard,
    directory: Annotated[Path, typer.Argument(help="Folder to write to.", show_default=False)],
    *,
    release: ReleaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write Table Schema, JSON Schema, CSV tables and a data dictionary page for each release."""
    from asccld.standard.export import export
    from asccld.standard.names import release_named

    releases = [release_named(found, release)] if release else list(found.releases.values())
    paths = dict.fromkeys(p for r in releases for p in export(found, r, directory))
    if as_json:
        show_json([str(p) for p in paths])
    else:
        typer.echo("\n".join(str(p) for p in paths))


@standard_app.command("adopt", epilog="Example: asccld standard adopt mapping.xlsx --out our-standard --dry-run")
@with_standard
def adopt_command(
    found: Standard,
    source: Annotated[
        Path, typer.Argument(help="Official workbook, CSV file, or template folder.", show_default=False)
    ],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the overlay; one that is there is extended.")
    ] = None,
    replace_confirmed: Annotated[bool, typer.Option(help="Also replace entries that we hold as confirmed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference and write nothing.")] = False,
    release: Annotated[
        str | None, typer.Option("--release", help="Release of a specification that does not say it.")
    ] = None,
    all_rows: Annotated[bool, typer.Option("--all", help="Also show entries that are equal.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take lists and release maps from an official workbook into a local overlay of the standard."""
    from asccld.standard.adopt import AdoptionOptions, adopt
    from asccld.standard.names import release_named

    named = release_named(found, release).id if release else None
    if out is None and not dry_run:
        raise AsccldError(what="No folder is named for the overlay", remedy="Add --out DIR, or --dry-run to only look")
    report = adopt(source, out, found, AdoptionOptions(replace_confirmed, dry_run, named))
    header, rows = views.differences(report, equal=all_rows)
    show_table(header, rows, as_json=as_json)
    for line in views.adoption_summary(report, dry_run=dry_run):
        talk(line)


_CALENDAR = b"BEGIN:VCALENDAR"


def _refuse_no_calendar(path: Path) -> None:
    """Raise AsccldError where something else than a calendar would be replaced."""
    if path.is_dir():
        raise AsccldError("There is a folder of this name", str(path), "Give the calendar the name of a file")
    if path.is_file():
        with path.open("rb") as file:
            if file.read(len(_CALENDAR)) == _CALENDAR:
                return
    if path.exists():
        remedy = "Give another name, for example deadlines.ics; nothing was changed"
        raise AsccldError("The file is there already, and is no calendar", str(path), remedy)


@standard_app.command("calendar", epilog="Example: asccld standard calendar 2026-07-20 --next 4 --ics deadlines.ics")
@with_standard
def calendar_command(
    found: Standard,
    day: Annotated[str, typer.Argument(metavar="DATE", help="The day to look from.", show_default=False)],
    *,
    covers: Annotated[Covered, typer.Option(help="What the file covers.")] = Covered.rolling,
    count: Annotated[int, typer.Option("--next", min=1, max=40, help="How many files.")] = 1,
    ics: Annotated[Path | None, typer.Option("--ics", help="Also write the deadlines as an iCalendar file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show which file is due, what it covers, by when, and in which release."""
    from asccld.standard.calendar import submissions_due

    if ics:
        _refuse_no_calendar(ics)
    start = _day(day, "DATE")
    due = submissions_due(found, start, covers.value, count)
    show_table(*views.calendar(due), as_json=as_json)
    if ics:
        from asccld.standard.icalendar import to_icalendar
        from asccld.standard.writing import write_whole

        # The stamp is the day asked about, so that the same question writes the same file.
        stamp = datetime(start.year, start.month, start.day, tzinfo=UTC)
        talk(f"Wrote {write_whole(ics, to_icalendar(due, stamp))}")
