"""`asccld sql`: the main tables as SQL, for the analyst's own warehouse."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from asccld.errors import AsccldError

sql_app = typer.Typer(rich_markup_mode=None, add_completion=False)

_DAY = ["%Y-%m-%d", "%d/%m/%Y"]
_EXAMPLE = "Example: asccld sql main-single --dialect postgres --start 2025-04-01 --end 2026-03-31 --as-of 2026-05-05"


class Name(StrEnum):
    """What is written."""

    main_single = "main-single"
    main_joined = "main-joined"
    reference = "reference"


class Dialect(StrEnum):
    """For which database."""

    tsql = "tsql"
    spark = "spark"
    postgres = "postgres"
    duckdb = "duckdb"


@sql_app.command(epilog=_EXAMPLE)
def sql(  # noqa: PLR0913, PLR0917 - one parameter for each option
    name: Annotated[Name, typer.Argument(help="A main table, or our reference tables as statements that make them.")],
    dialect: Annotated[Dialect, typer.Option(help="tsql is not tried on a server.", show_default=False)],
    start: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="First day of the period.", show_default=False)
    ] = None,
    end: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Last day of the period.", show_default=False)
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=_DAY, help="Files imported by this day count.", show_default=False),
    ] = None,
    events: Annotated[
        str, typer.Option(help="Name of the table of collected events, perhaps SCHEMA.NAME.")
    ] = "collected_events",
    schema: Annotated[str | None, typer.Option(help="Schema of the reference tables.", show_default=False)] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(help="Another reading of a quirk: NAME=VALUE; may be repeated.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write to this file; default: to the screen.", show_default=False)
    ] = None,
) -> None:
    """Write the same steps as SQL text: one statement, a named part for each step.

    Exit code 0: done; 2: could not run.
    """
    from asccld.processing.options import parsed_options
    from asccld.sqltext import SqlRequest
    from asccld.sqltext import sql as written

    request = None
    if name is not Name.reference:
        if start is None or end is None or as_of is None:
            raise AsccldError("A main table needs a period", "--start, --end, --as-of", f"Give all three. {_EXAMPLE}")
        chosen = parsed_options(option or ())
        request = SqlRequest(start.date(), end.date(), as_of.date(), chosen, events, schema)
    text = written(name.value, dialect.value, request, schema=schema)
    if out is None:
        typer.echo(text, nl=False)
        return
    from asccld.reports.files import write_text

    write_text(out, text)
    typer.echo(f"SQL: {out}", err=True)
