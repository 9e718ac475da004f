"""`asccld compare`: figures that were made beside those that were published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asccld.cli.outputs import make_folder
from asccld.cli.tabular import show_table, talk
from asccld.counting import counted
from asccld.errors import AsccldError

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

compare_app = typer.Typer(rich_markup_mode=None, add_completion=False)

_EXAMPLE = "Example: asccld compare ascof_2e --from figures --published ours-last-year.csv --out differences"
_MOST = 20


@compare_app.command(epilog=_EXAMPLE)
def compare(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A measure.", show_default=False)],
    made: Annotated[Path, typer.Option("--from", help="Folder that asccld measure wrote.", show_default=False)],
    published: Annotated[
        Path,
        typer.Option(
            help="Published figures: a table with la_code (of ASCOF 2D area) and numbers.", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the comparison.", show_default=False)],
    before: Annotated[
        Path | None,
        typer.Option(
            help="Folder that was written when they were published: who has changed since.", show_default=False
        ),
    ] = None,
) -> None:
    """Compare figures with published ones, and find who has changed since.

    Exit code 0: done, whether or not they differ; 1: no figure is in both tables; 2: could not run.
    """
    from asccld.cli.outputs import refuse_impossible
    from asccld.engine import connected, table, write
    from asccld.measures import measure_named
    from asccld.measures.comparing import compared

    measure = measure_named(name)
    units = [o for o in measure.outputs if o.id_column] if before else []
    targets = {o.suffix: out / f"{measure.name}{o.suffix}_changed.csv" for o in units}
    figures = out / f"{measure.name}_compared.csv"
    make_folder(out)
    refuse_impossible([figures, *targets.values()], {"published figures": published})
    with connected(None) as con:
        ours = _table(con, made, measure.name, _figure_suffix(con, made, measure.name))
        shared = dict.fromkeys(ours.columns, "string")
        cells = compared(ours, table(con, published, columns=shared, optional=tuple(shared)))
        write(cells, figures, con)
        in_both = _tell(table(con, figures))
        for output in units:
            found = _changed(con, (made, before or made), f"{measure.name}{output.suffix}", output.id_column or "")
            write(found, targets[output.suffix], con)
            number = table(con, targets[output.suffix]).count().to_pyarrow().as_py()
            talk(f"{measure.name}{output.suffix}: {counted(number, 'row')} changed since the earlier run")
    talk(f"Comparison in {out}")
    if not in_both:
        talk("Nothing was compared: no figure is in both tables. Are they of the same measure, period and councils?")
        raise typer.Exit(1)


def _figure_suffix(con: BaseBackend, folder: Path, name: str) -> str:
    """The table of figures: the first that has numbers of councils, else the main one."""
    from asccld.measures import measure_named
    from asccld.measures.comparing import COUNCILS

    outputs = [o for o in measure_named(name).outputs if not o.id_column]
    if not outputs:
        raise AsccldError(f"{name} has no table of figures", "NAME", "asccld measures show lists its tables")
    there = [o.suffix for o in outputs if _path(folder, name, o.suffix)]
    of_councils = (s for s in there if not set(COUNCILS).isdisjoint(_table(con, folder, name, s).columns))
    return next(of_councils, there[0] if there else outputs[0].suffix)


def _path(folder: Path, name: str, suffix: str) -> Path | None:
    paths = (folder / f"{name}{suffix}{kind}" for kind in (".parquet", ".csv"))
    return next((p for p in paths if p.is_file()), None)


def _table(con: BaseBackend, folder: Path, name: str, suffix: str) -> Table:
    from asccld.engine import table

    path = _path(folder, name, suffix)
    if path is None:
        remedy = f"Make it with: asccld measure {name} --out FOLDER"
        raise AsccldError(f"There is no {name}{suffix}.csv in the folder", str(folder), remedy)
    return table(con, path).rename(str.lower)


def _changed(con: BaseBackend, folders: tuple[Path, Path], stem: str, id_column: str) -> Table:
    from asccld.measures.comparing import changed_units

    now, then = (_table(con, folder, stem, "") for folder in folders)
    return changed_units(now, then, id_column)


def _tell(cells: Table) -> bool:
    """Say how many cells agree and show which do not; whether any cell is in both tables."""
    from asccld.measures.comparing import NOT_SHOWN, ONLY_OURS, ONLY_PUBLISHED, SAME, STATUSES

    rows = cells.to_pyarrow().to_pylist()
    counts = {status: sum(row["status"] == status for row in rows) for status in STATUSES}
    talk(", ".join(f"{counted(number, 'figure')} {status}" for status, number in counts.items() if number))
    in_both = any(number for status, number in counts.items() if status not in {ONLY_OURS, ONLY_PUBLISHED})
    unlike = [row for row in rows if row["status"] not in {SAME, NOT_SHOWN} and not _is_nought(row)]
    if in_both and unlike:
        show_table(list(unlike[0]), [list(row.values()) for row in unlike[:_MOST]], as_json=False)
        if len(unlike) > _MOST:
            talk(f"{len(unlike) - _MOST} more in the file")
    return in_both


def _is_nought(row: dict[str, object]) -> bool:
    """Whether nobody is counted on either side: a council that has a row in one of the tables only."""
    from asccld.measures.comparing import is_number

    numbers = [v for c, v in row.items() if is_number(c.removeprefix("published_"))]
    return not any(v and float(str(v)) for v in numbers)
