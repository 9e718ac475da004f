"""`asccld measure`: official figures, with the people behind them, as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from asccld.cli.measure_inputs import (
    AsOfOption,
    CatalogueOption,
    ChoiceOption,
    EndOption,
    EngineOption,
    EventsOption,
    StartOption,
    StoreOption,
    asked,
    computed,
)
from asccld.cli.tabular import talk
from asccld.counting import counted
from asccld.errors import AsccldError

measure_app = typer.Typer(rich_markup_mode=None, add_completion=False)

_EXAMPLE = (
    "Example: asccld measure lts001a sts001 --store store --start 2023-04-01 --end 2024-03-31 --out figures "
    "--workbook salt.xlsx"
)
EVERY = "salt"
METHOD = "nhse-2024-03"
"""The method of all measures that `salt` stands for."""


@measure_app.command(epilog=_EXAMPLE)
def measure(  # noqa: PLR0913, PLR0917 - one parameter for each option
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...", help="Measures, see asccld measures list; salt for all of them.", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the tables.", show_default=False)],
    start: StartOption = None,
    end: EndOption = None,
    events: EventsOption = None,
    store: StoreOption = None,
    catalogue: CatalogueOption = None,
    as_of: AsOfOption = None,
    option: ChoiceOption = None,
    engine: EngineOption = None,
    parquet: Annotated[bool, typer.Option("--parquet", help="Write each table as Parquet too.")] = False,
    workbook: Annotated[
        Path | None, typer.Option(help="Write the tables of the SALT return to this .xlsx.", show_default=False)
    ] = None,
    la: Annotated[
        str | None,
        typer.Option(help="Council of the workbook; default: all in the events together.", show_default=False),
    ] = None,
    rounded: Annotated[
        bool,
        typer.Option("--rounded", help="For publication: rounded, small counts suppressed, no tables of people."),
    ] = False,
) -> None:
    """Compute measures: a table of figures each, and a table of the people, requests or episodes that are counted.

    Exit code 0: done; 2: could not run.
    """
    from asccld.cli import measure_outputs as outputs
    from asccld.cli import measure_views as views
    from asccld.engine import connected

    wanted = _named(names)
    told = asked(start, end, option, events=events, store=store, catalogue=catalogue, as_of=as_of)
    told.refuse_wrong_options(wanted)
    if la and not workbook:
        raise AsccldError("Only a workbook is of one council", "--la", "Give --workbook, or leave it out")
    plan = outputs.planned(wanted, out, parquet=parquet, workbook=workbook, rounded=rounded)
    plan.prepare({"register": store, "events": Path(events) if events else None})
    with connected(engine) as con, computed(con, wanted, told) as made:
        views.tell_run(made)
        figures = outputs.written(con, made, plan)
        if workbook:
            council = outputs.council_named(la, figures)
            outputs.write_workbook(workbook, figures, views.facts(made, council, figures), council, published=rounded)
    talk(f"{counted(len(plan.files), 'table')} in {out}" + (f", workbook: {workbook}" if workbook else ""))


def _named(names: Sequence[str]) -> list[str]:
    """The measures that are meant; raises UnknownMeasure. `salt` stands for all of NHS England's."""
    from asccld.measures import measure_named, measures

    if EVERY in names:
        return [m.name for m in measures() if m.method == METHOD]
    return list(dict.fromkeys(measure_named(name).name for name in names))
