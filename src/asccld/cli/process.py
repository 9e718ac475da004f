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
    from asccld.engine import connected, write
    from asccld.processing import dq_values as dq_values_of
    from asccld.processing.options import chosen_options, parsed_options
    from asccld.processing.submissions import refuse_impossible_period

    checks.refuse_wrong_input(store, events, dq_items, dq_values, joined=mode is Mode.joined)
    options = chosen_options(parsed_options(option or ()))
    days = start.date(), end.date(), as_of.date()
    refuse_impossible_period(*days)
    outputs = [out, *([dq_values] if dq_values else [])]
    inputs = {"register": store, "events": Path(events) if events else None, "reference tables": reference}
    inputs["data-quality table"] = Path(dq_items) if dq_items else None
    checks.refuse_impossible_outputs(outputs, steps, out.suffix, inputs)
    with connected(engine) as con:
        items = checks.quality_items(con, dq_items) if dq_items else None
        table, excluded = _collected(con, store, catalogue, events, days[2])
        if table is None:
            raise _no_file("The register holds no accepted submission that was received by then")
        made = _run(con, table, mode, days, reference, options, [*excluded, *(exclude or ())], basis)
        served = made.steps["submissions"].to_polars()
        if served.is_empty():
            _print_explanation(made, ("files",))
            raise _no_file("No council has a file that serves the period")
        _refuse_repeated(made, store, events)
        write(made.main, out, con)
        lost = made.unmapped()
        _tell(made, served, lost, out)
        if steps:
            _write_steps(con, made, lost, steps, out.suffix, explain=explain)
        if dq_values and items is not None:
            write(dq_values_of(made.records, items), dq_values, con)
        if explain:
            _print_explanation(made, tuple(made.explanation))


class _NoFile(typer.Exit):
    """Exit code 1, after the reason was said."""


def _no_file(what: str) -> typer.Exit:
    typer.echo(f"asccld: {what}. Nothing was written.", err=True)
    return _NoFile(NO_FILE)


def _collected(
    con: BaseBackend,
    store: Path | None,
    catalogue: str | None,
    events: str | None,
    as_of: Any,  # noqa: ANN401 - a date
) -> tuple[Table | None, list[Any]]:
    """The collected events, None for an empty register, and the files that the register has out of selection."""
    if events is not None:
        return _read(con, events), []
    from asccld.submissions import Register

    with Register.open(str(store), catalogue=catalogue) as register:
        paths, withdrawn = register.parquet_paths(as_of), list(register.withdrawn())
    return (_read(con, paths) if paths else None), withdrawn


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


def _refuse_repeated(made: Processed, store: Path | None, events: str | None) -> None:
    from asccld.processing.inputs import RepeatedRecords

    counts = made.repeated().to_pyarrow().to_pylist()[0]
    if counts["rows"] != counts["records"]:
        raise RepeatedRecords(counts["rows"], counts["records"], str(store or events))


def _tell(made: Processed, served: Any, lost: Table, out: Path) -> None:  # noqa: ANN401 - a Polars frame
    """What was made. A value that is not mapped may be anything, so here only its field is named."""
    import polars as pl

    from asccld.cli.tabular import talk

    talk(
        f"{made.name}: {made.records.count().to_pyarrow().as_py():,} events of {served['la_name'].n_unique()} councils"
    )
    unmapped = lost.to_polars()
    if unmapped.height:
        fields = unmapped.group_by("field").agg(pl.len(), pl.col("rows").sum()).sort("rows", descending=True)
        talk(f"{unmapped.height} submitted values are not mapped, so missing from figures; --steps lists them:")
        for field, values, rows in fields.rows():
            talk(f"  {field}: {values} in {rows:,} rows")
    talk(f"Main table: {out}")


def _write_steps(con: BaseBackend, made: Processed, lost: Table, folder: Path, suffix: str, *, explain: bool) -> None:
    from asccld.engine import write

    told = {f"explanation_{name}": table for name, table in made.explanation.items()} if explain else {}
    folder.mkdir(parents=True, exist_ok=True)
    for name, step in {**made.steps, "unmapped": lost, **told}.items():
        write(step, folder / f"{name}{suffix}", con)


_TITLES = {
    "files": "Which file serves which period, and why others do not",
    "councils_without_file": "Councils without a file",
    "rows_in_period": "Rows of the chosen files on the way into the period",
    "rows_merged": "Rows in period that were cropped, kept or merged",
}


def _print_explanation(made: Processed, names: Sequence[str]) -> None:
    from asccld.cli.tabular import show_table

    for name in names:
        told = made.explanation[name].to_polars()
        keys = [c for c in ("la_name", "ref_period_start_date", "importdate", "step", "outcome") if c in told.columns]
        typer.echo(f"\n{_TITLES[name]}")
        show_table(told.columns, told.sort(keys).rows(), as_json=False)
