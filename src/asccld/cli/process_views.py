"""What `asccld process` says of a run, and the tables that it writes beside the main one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from asccld.counting import counted

if TYPE_CHECKING:
    import polars as pl
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

    from asccld.processing import Processed

NO_CODE = "(not known)"

EXPLAINED = {
    "files": "Which file serves which period, and why others do not",
    "councils_without_file": "Councils without a file",
    "rows_in_period": "Rows of the chosen files on the way into the period",
    "rows_merged": "Rows in period that were cropped, kept or merged",
}


def tell_run(made: Processed, mode: str, days: tuple[date, date, date], *, stated: bool) -> None:
    """What is not as usual in this run: other tables, another reading, an incomplete last quarter."""
    from asccld.cli.tabular import talk
    from asccld.processing.options import chosen_options
    from asccld.processing.submissions import reference_periods

    taken = sorted(source for source in made.reference.sources.values() if source != "shipped")
    if taken:
        talk(f"{counted(len(taken), 'reference table')} taken from the folder: {', '.join(taken)}")
    usual = chosen_options()
    other = [f"{name}={value}" for name, value in made.options.items() if value != usual[name]]
    if stated:
        other.append("--basis stated")
    if other:
        talk(f"Made with {', '.join(other)}: figures of it are not comparable with published ones")
    last = reference_periods(*days[:2])[-1][1] if mode == "joined" else days[1]
    if last < days[1]:
        talk(f"The quarter after {last} is not complete by {days[1]}: the joined table goes up to {last}")


def tell(made: Processed, councils: int, lost: pl.DataFrame, out: Path) -> None:
    """What was made. A value that is not mapped may be anything, so here only its field is named."""
    import polars as pl

    from asccld.cli.tabular import talk

    events = made.records.count().to_pyarrow().as_py()
    talk(f"{made.name}: {counted(events, 'event')} of {counted(councils, 'council')}")
    if lost.height:
        fields = lost.group_by("field").agg(pl.col("values", "rows").sum()).sort("rows", descending=True)
        values = int(lost["values"].sum())
        which = "value is" if values == 1 else "values are"
        talk(f"{values:,} submitted {which} not mapped, so missing from figures; --steps lists them:")
        for field, of_field, rows in fields.rows():
            talk(f"  {field}: {of_field:,} in {counted(rows, 'row')}")
        if hidden := int(lost.filter("hidden")["values"].sum()):
            talk(f"{counted(hidden, 'of these looks', 'of these look')} like details of a person: hidden in the list")
    talk(f"Main table: {out}")


def write_steps(
    con: BaseBackend, made: Processed, lost: pl.DataFrame, folder: Path, suffix: str, *, explain: bool
) -> None:
    """The table of each step, the values that are not mapped and, where asked for, the explanation."""
    import ibis

    from asccld.engine import write
    from asccld.processing.unmapped import UNMAPPED_COLUMNS

    told = {f"explanation_{name}": table for name, table in made.explanation.items()} if explain else {}
    unmapped = ibis.memtable(lost.select(UNMAPPED_COLUMNS))
    folder.mkdir(parents=True, exist_ok=True)
    for name, step in {**made.steps, "unmapped": unmapped, **told}.items():
        write(step, folder / f"{name}{suffix}", con)


def print_explanation(made: Processed, names: Sequence[str]) -> None:
    """Tables of the explanation on stdout."""
    from asccld.cli.tabular import show_table

    for name in names:
        told = made.explanation[name]
        columns = list(told.columns)
        keys = [c for c in ("la_name", "ref_period_start_date", "importdate", "step", "outcome") if c in columns]
        typer.echo(f"\n{EXPLAINED[name]}")
        rows = _as_text(told).sort(keys).select(f"shown_{c}" for c in columns).rows()
        show_table(columns, rows, as_json=False)


def _as_text(told: Table) -> pl.DataFrame:
    """A table with each column also as it is shown.

    The engine writes dates, because a wrong one may lie in a year that Python's calendar does not have.
    """
    import polars as pl

    shown = {
        f"shown_{c}": told[c].cast("string") if kind.is_temporal() else told[c] for c, kind in told.schema().items()
    }
    frame = told.mutate(**shown).to_polars()
    if "shown_la_code" in frame.columns:
        frame = frame.with_columns(pl.col("shown_la_code").cast(pl.String).replace("", None).fill_null(NO_CODE))
    return frame
