"""`asccld report`: a council's figures as a workbook and as pages, from a register or from one file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from asccld.cli.measure_inputs import (
    AsOfOption,
    CatalogueOption,
    ChoiceOption,
    EventsOption,
    ReferenceOption,
    StoreOption,
)

report_app = typer.Typer(rich_markup_mode=None, add_completion=False)

_DAY = ["%Y-%m-%d", "%d/%m/%Y"]


@report_app.command(epilog="Example: asccld report --store store --la 503 --end 2026-03-31 --out report")
def report(  # noqa: PLR0913, PLR0917 - one parameter for each option
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for the workbook, the pages and the tables.", show_default=False),
    ] = None,
    store: StoreOption = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="One submission that is in no register.", show_default=False)
    ] = None,
    events: EventsOption = None,
    catalogue: CatalogueOption = None,
    la: Annotated[
        str | None, typer.Option(help="Council; default: the only one, or all together.", show_default=False)
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option(
            formats=_DAY, help="Last day of the period; default: that of the newest file.", show_default=False
        ),
    ] = None,
    start: Annotated[
        datetime | None,
        typer.Option(formats=_DAY, help="First day; default: twelve months up to the last.", show_default=False),
    ] = None,
    as_of: AsOfOption = None,
    reference: ReferenceOption = None,
    published: Annotated[
        Path | None,
        typer.Option(help="Published ASCOF figures (CSV), for England's beside the council's.", show_default=False),
    ] = None,
    option: ChoiceOption = None,
    people: Annotated[
        bool, typer.Option("--people", help="Also who is counted in each figure: personal data.")
    ] = False,
    person: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Trace everything of this person; may be repeated.", show_default=False),
    ] = None,
    persons: Annotated[
        Path | None, typer.Option(help="Text file of persons to trace, one on a line.", show_default=False)
    ] = None,
    event_reference: Annotated[
        list[str] | None,
        typer.Option("--event-reference", metavar="REF", help="Trace this event; may be repeated.", show_default=False),
    ] = None,
    shareable: Annotated[
        bool,
        typer.Option("--shareable", help="To be shared: rounded, small counts suppressed, checked for identifiers."),
    ] = False,
    summary: Annotated[bool, typer.Option("--summary", help="Also print a summary; enough without --out.")] = False,
) -> None:
    """Make a workbook and pages of a council's figures: data quality, ASCOF, waiting times, SALT, activity and costs.

    Exit code 0: done; 1: written to be shared, and held back because an identifier is in it; 2: could not run.
    """
    from asccld.cli.report_making import Told, make

    told = Told(
        out=out,
        store=store,
        file=file,
        events=events,
        catalogue=catalogue,
        la=la,
        end=end.date() if end else None,
        start=start.date() if start else None,
        as_of=as_of.date() if as_of else None,
        reference=reference,
        published=published,
        options=tuple(option or ()),
        people=people,
        persons=tuple(person or ()),
        persons_file=persons,
        references=tuple(event_reference or ()),
        shareable=shareable,
        summary=summary,
    )
    if not make(told):
        raise typer.Exit(1)
