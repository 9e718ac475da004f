"""`asccld process`: from the register, or a table in the national layout, to a main table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

    from asccld.processing import Processed

process_app = typer.Typer(rich_markup_mode=None, add_completion=False)

NO_FILE = 1
_EXAMPLE = (
    "Example: asccld process --mode single --start 2025-04-01 --end 2026-03-31 --as-of 2026-05-05 --store store "
    "--out main.parquet"
)
_DAY = ["%Y-%m-%d", "%d/%m/%Y"]


class Mode(StrEnum):
    """Which main table."""

    single = "single"
    joined = "joined"


class Basis(StrEnum):
    """Which reporting period of a file counts."""

    derived = "derived"
    stated = "stated"


@process_app.command(epilog=_EXAMPLE)
def process(  # noqa: PLR0913, PLR0917 - one parameter for each option
    mode: Annotated[
        Mode, typer.Option(help="single: one file per council for the whole period; joined: one per quarter.")
    ],
    start: Annotated[datetime, typer.Option(formats=_DAY, help="First day of the period.", show_default=False)],
    end: Annotated[datetime, typer.Option(formats=_DAY, help="Last day of the period.", show_default=False)],
    as_of: Annotated[
        datetime, typer.Option("--as-of", formats=_DAY, help="Files imported by this day count.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", help="The main table: .parquet or .csv.", show_default=False)],
    store: Annotated[Path | None, typer.Option("--store", help="Register of submissions.", show_default=False)] = None,
    events: Annotated[
        str | None,
        typer.Option(
            help="Table in the national layout: a file, a pattern, or a name in the engine.", show_default=False
        ),
    ] = None,
    catalogue: Annotated[
        str | None,
        typer.Option("--catalogue", help="PostgreSQL address of the register's catalogue.", show_default=False),
    ] = None,
    engine: Annotated[
        str | None, typer.Option(help="Where it is computed; default: DuckDB in this process.", show_default=False)
    ] = None,
    reference: Annotated[
        Path | None, typer.Option(help="Folder of reference tables (REF_*.csv) that replace ours.", show_default=False)
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(help="Another reading of a quirk: NAME=VALUE; may be repeated.", show_default=False),
    ] = None,
    basis: Annotated[Basis, typer.Option(help="Reporting period as the events show it, or as stated.")] = Basis.derived,
    exclude: Annotated[
        list[datetime] | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f"],
            help="Leave out the file imported at this time; may be repeated.",
            show_default=False,
        ),
    ] = None,
    steps: Annotated[
        Path | None, typer.Option("--steps", help="Folder for the table of each step.", show_default=False)
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print which file serves what and what became of the rows.")
    ] = False,
    dq_items: Annotated[
        str | None,
        typer.Option(help="The collector's data-quality table, for --dq-values (single only).", show_default=False),
    ] = None,
    dq_values: Annotated[
        Path | None,
        typer.Option(help="Write the national data-quality values table: .parquet or .csv.", show_default=False),
    ] = None,
) -> None:
    """Build the single or joined main table, as the Department builds it.

    Exit code 0: done; 1: no council has a file that serves the period; 2: could not run.
    """
    from asccld.cli import process_checks as checks
    from asccld.cli import process_views as views
    from asccld.engine import connected, named, write
    from asccld.processing import dq_values as dq_values_of
    from asccld.processing.options import chosen_options, parsed_options, refuse_without_effect
    from asccld.processing.submissions import refuse_impossible_period
    from asccld.processing.unmapped import hidden_values

    checks.refuse_wrong_input(store, events, dq_items, dq_values, joined=mode is Mode.joined)
    given = parsed_options(option or ())
    options = chosen_options(given)
    refuse_without_effect(given, mode.value)
    days = start.date(), end.date(), as_of.date()
    refuse_impossible_period(*days)
    outputs = [out, *([dq_values] if dq_values else [])]
    inputs = {"register": store, "events": Path(events) if events else None, "reference tables": reference}
    inputs["data-quality table"] = Path(dq_items) if dq_items else None
    checks.refuse_impossible_outputs(outputs, steps, out.suffix, inputs)
    with connected(engine) as con:
        items = checks.quality_items(con, dq_items) if dq_items else None
        source, excluded = _source(store, catalogue, events, days[2])
        if source is None:
            raise _no_file("The register holds no accepted submission that was received by then")
        with named(con, source):
            made = _run(con, _read(con, source), mode, days, reference, options, [*excluded, *(exclude or ())], basis)
            checks.refuse_unknown_times(exclude or (), made)
            views.tell_run(made, mode.value, days, stated=basis is Basis.stated)
            councils = _served(made)
            _refuse_repeated(made, store, events)
            write(made.main, out, con)
            lost = hidden_values(made.unmapped().to_polars())
            views.tell(made, councils, lost, out)
            if steps:
                views.write_steps(con, made, lost, steps, out.suffix, explain=explain)
            if dq_values and items is not None:
                write(dq_values_of(made.records, items), dq_values, con)
            if explain:
                views.print_explanation(made, tuple(made.explanation))


class _NoFile(typer.Exit):
    """Exit code 1, after the reason was said."""


def _no_file(what: str) -> typer.Exit:
    typer.echo(f"asccld: {what}. Nothing was written.", err=True)
    return _NoFile(NO_FILE)


def _source(
    store: Path | None,
    catalogue: str | None,
    events: str | None,
    as_of: Any,  # noqa: ANN401 - a date
) -> tuple[str | list[Path] | None, list[Any]]:
    """The collected events, None for an empty register, and the files that the register has out of selection."""
    if events is not None:
        return events, []
    from asccld.submissions import Register

    with Register.open(str(store), catalogue=catalogue) as register:
        return list(register.parquet_paths(as_of)) or None, list(register.withdrawn())


def _read(con: BaseBackend, source: str | Sequence[Path]) -> Table:
    from asccld.engine import table
    from asccld.processing.inputs import ALIASES, input_columns

    present = dict(table(con, source, aliases=ALIASES).schema().items())
    columns, optional = input_columns(present)
    return table(con, source, columns=columns, optional=optional, aliases=ALIASES)


def _run(
    con: BaseBackend,
    table: Table,
    mode: Mode,
    days: tuple[Any, Any, Any],
    reference: Path | None,
    options: dict[str, str],
    excluded: list[Any],
    basis: Basis,
) -> Processed:
    import ibis

    from asccld.engine import keeper
    from asccld.processing import Reference, process
    from asccld.processing.councils import expected_councils

    return process(
        table,
        mode=mode.value,
        start=days[0],
        end=days[1],
        as_of=days[2],
        reference=Reference.read(reference),
        options=options,
        excluded=excluded,
        basis="Stated" if basis is Basis.stated else "Derived",
        councils=ibis.memtable(expected_councils(reference, days[1])),
        hold=keeper(con),
    )


def _served(made: Processed) -> int:
    """How many councils a file serves; ends the command where there is none."""
    from asccld.cli.process_views import print_explanation

    served = made.steps["submissions"].to_polars()
    if served.is_empty():
        print_explanation(made, ("files",))
        raise _no_file("No council has a file that serves the period")
    return served["la_name"].n_unique()


def _refuse_repeated(made: Processed, store: Path | None, events: str | None) -> None:
    from asccld.processing.inputs import RepeatedRecords

    counts = made.repeated().to_pyarrow().to_pylist()[0]
    if counts["rows"] != counts["records"]:
        raise RepeatedRecords(counts["rows"], counts["records"], str(store or events), blank=counts["blank"])
