"""`asccld measure`: official figures, with the people behind them, as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asccld.cli.measure_inputs import (
    AsOfOption,
    CatalogueOption,
    ChoiceOption,
    EndOption,
    EngineOption,
    EventsOption,
    MainOption,
    ReferenceOption,
    StartOption,
    StoreOption,
    asked,
)
from asccld.cli.tabular import talk
from asccld.counting import counted
from asccld.errors import AsccldError

if TYPE_CHECKING:
    from asccld.cli.measure_outputs import Outcome

measure_app = typer.Typer(rich_markup_mode=None, add_completion=False)

_EXAMPLE = (
    "Example: asccld measure lts001a sts001 --store store --start 2023-04-01 --end 2024-03-31 --out figures "
    "--workbook salt.xlsx"
)
EVERY = "salt"
METHOD = "nhse-2024-03"
"""The method of all measures that `salt` stands for."""
LOOK_AT_THEM = 1
EVERY_ASCOF = "ascof"
"""Stands for the Department's ASCOF measures."""


@measure_app.command(epilog=_EXAMPLE)
def measure(  # noqa: PLR0913, PLR0917 - one parameter for each option
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...",
            help="Measures, see asccld measures list; salt or ascof for all of a kind.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the tables.", show_default=False)],
    plan: Annotated[
        bool,
        typer.Option("--plan", help="With ascof: the official run plan, for the year up to --end and the one before."),
    ] = False,
    start: StartOption = None,
    end: EndOption = None,
    events: EventsOption = None,
    store: StoreOption = None,
    catalogue: CatalogueOption = None,
    main: MainOption = None,
    as_of: AsOfOption = None,
    reference: ReferenceOption = None,
    dq: Annotated[
        str | None, typer.Option("--dq", help="The collector's data-quality table, for dq_values.", show_default=False)
    ] = None,
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

    Exit code 0: done; 1: written, but figures fail an official check or there was nothing to count; 2: could not run.
    """
    from asccld.cli import measure_outputs as outputs
    from asccld.cli import measure_plan as of_plan
    from asccld.cli.measure_checks import refuse_lacking
    from asccld.cli.measure_run import run_measures
    from asccld.engine import connected

    wanted = of_plan.planned_measures(names) if plan else of_plan.possible(_named(names), names, reference)
    begin = of_plan.first_day(start, end) if plan else start
    told = asked(
        begin, end, option, events=events, store=store, catalogue=catalogue, as_of=as_of, main=main,
        reference=reference, quality=dq,
    )  # fmt: skip
    told.refuse_wrong_input(wanted)
    told.refuse_wrong_options(wanted)
    if la and not workbook:
        raise AsccldError("Only a workbook is of one council", "--la", "Give --workbook, or leave it out")
    refuse_lacking([] if plan else wanted, told)
    _refuse_without_salt(wanted, {"--workbook": bool(workbook), "--rounded": rounded})
    files = outputs.planned(wanted, out, parquet=parquet, workbook=workbook, rounded=rounded)
    if plan:
        files = of_plan.planned_files(files)
    inputs = {"register": store, "events": _path(events), "main table": _path(main), "reference tables": reference}
    inputs["data-quality table"] = _path(dq)
    with files.prepared(inputs), connected(engine) as con:
        found = of_plan.run_planned(con, told, files) if plan else run_measures(con, wanted, told, files, la)
    if not plan:
        talk(f"{counted(len(files.files), 'table')} in {out}" + (f", workbook: {workbook}" if workbook else ""))
    _tell_outcome(found)


def _tell_outcome(found: Outcome) -> None:
    """Leave with exit code 1 where there was nothing to count, or figures fail an official check."""
    for reason in found.nothing:
        talk(reason)
    if found.failed:
        talk("Figures fail the official checks; look at them before you use them:")
        for line in found.failed:
            talk(f"  {line}")
    if found.nothing or found.failed:
        raise typer.Exit(LOOK_AT_THEM)


def _path(source: str | None) -> Path | None:
    return Path(source) if source else None


def _refuse_without_salt(wanted: Sequence[str], asked_for: Mapping[str, bool]) -> None:
    """Only NHS England's tables have a workbook, and a way in which they are published."""
    from asccld.measures import measure_named

    others = [name for name in wanted if measure_named(name).method != METHOD]
    for option, is_given in asked_for.items():
        if is_given and others:
            remedy = f"Leave {option} out"
            if len(others) < len(wanted):
                remedy = f"Leave {', '.join(others)} out, and run that by itself without {option}"
            raise AsccldError(f"{option} is for the tables of SALT, and {others[0]} is none of them", option, remedy)


def _named(names: Sequence[str]) -> list[str]:
    """The measures that are meant; raises UnknownMeasure.

    `salt` stands for all of NHS England's, `ascof` for the Department's.
    """
    from asccld.measures import measure_named, measures

    every = {
        EVERY: [m.name for m in measures() if m.method == METHOD],
        EVERY_ASCOF: [m.name for m in measures() if m.name.startswith(f"{EVERY_ASCOF}_2") or m.name == "ascof_3d"],
    }
    meant = (every.get(name.strip().lower()) or [measure_named(name).name] for name in names)
    return list(dict.fromkeys(name for listed in meant for name in listed))
