"""`asccld synth`: made-up submissions to try things on, with or without faults."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asccld.cli.chosen_standard import with_standard
from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.standard import Standard

if TYPE_CHECKING:
    from asccld.synthetic import Submission

synth_app = typer.Typer(rich_markup_mode=None, add_completion=False)


class System(StrEnum):
    """Case management systems that there are invented words for."""

    mosaic = "mosaic"
    liquidlogic = "liquidlogic"
    eclipse = "eclipse"


_EXAMPLE = "Example: asccld synth made-up --councils 2 --people 2000 --quarters 4 --faults 0.01"


@synth_app.command(epilog=_EXAMPLE)
@with_standard
def synth(  # noqa: PLR0913, PLR0917 - one parameter for each option
    the_standard: Standard,
    out: Annotated[Path, typer.Argument(help="Folder to write into; made if it is not there.")],
    councils: Annotated[int, typer.Option(help="Number of councils.", min=1)] = 1,
    people: Annotated[int, typer.Option(help="Service users and unpaid carers per council.", min=5)] = 1000,
    quarters: Annotated[int, typer.Option(help="Rolling 12-month files per council, three months apart.", min=1)] = 1,
    release: Annotated[
        str | None,
        typer.Option(
            help="v5, r1, r2, or auto: the one in force; default: r2, and auto with --deliveries.", show_default=False
        ),
    ] = None,
    faults: Annotated[
        float,
        typer.Option(
            help="Share of cells made faulty, for example 0.05; the truth goes to faults.csv.",
            min=0,
            max=0.1,
        ),
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files; another one other councils.")] = 1,
    rows: Annotated[
        int | None,
        typer.Option(help="Rows per file, instead of --people; exact for one quarter.", min=1, show_default=False),
    ] = None,
    period_end: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day of the last period, a quarter's end.", show_default=False),
    ] = None,
    deliveries: Annotated[
        bool,
        typer.Option(
            "--deliveries",
            help="Also re-submissions, a rejected and a withdrawn file, in the order that deliveries.csv tells.",
        ),
    ] = False,
    extracts: Annotated[
        System | None,
        typer.Option(
            help="Also the extracts of a case management system behind each file, in invented words, and a mapping.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make up councils' submissions: realistic people and pathways that belong to nobody.

    Prints the path of every file made: one per council and quarter, and faults.csv where there are faults; with
    --extracts a folder of the same name beside each file, from which 'asccld map' makes that file again.
    """
    from asccld.synthetic import write_submissions

    last = period_end.date() if period_end else None
    if extracts is not None and (deliveries or faults or release not in {None, "r2"}):
        raise AsccldError(
            "Extracts are made behind clean files of Release 2",
            "--extracts",
            "Leave --deliveries, --faults and --release out",
        )
    chosen = release or ("auto" if deliveries else "r2")
    if deliveries:
        if faults or rows:
            raise AsccldError(
                "Deliveries have faults and sizes of their own", "--deliveries", "Leave --faults, --rows out"
            )
        _delivered(
            out,
            councils=councils,
            people=people,
            quarters=quarters,
            release=chosen,
            seed=seed,
            last_period_end=last,
            standard=the_standard,
        )
        return
    if extracts is not None:
        _with_extracts(
            out,
            extracts.value,
            councils=councils,
            people=people,
            quarters=quarters,
            seed=seed,
            rows=rows,
            last_period_end=last,
            standard=the_standard,
        )
        return
    paths = write_submissions(
        out,
        councils=councils,
        people=people,
        quarters=quarters,
        release=chosen,
        faults=faults,
        seed=seed,
        rows=rows,
        last_period_end=last,
        standard=the_standard,
        progress=_told if sys.stderr.isatty() else None,
    )
    for path in paths:
        typer.echo(str(path))


def _delivered(out: Path, **asked: Any) -> None:  # noqa: ANN401 - what write_deliveries takes
    from asccld.synthetic import write_deliveries
    from asccld.synthetic.deliveries import DELIVERIES_FILE

    happened = write_deliveries(out, **asked)
    for path in (*dict.fromkeys(delivery.file for delivery in happened), out / DELIVERIES_FILE):
        typer.echo(str(path))


def _with_extracts(out: Path, system: str, **asked: Any) -> None:  # noqa: ANN401 - what make_councils takes
    from asccld.synthetic import make_councils, write_with_extracts

    for path in write_with_extracts(out, system, make_councils(**asked)):
        typer.echo(str(path))


def _told(submission: Submission) -> None:
    typer.echo(f"{submission.file_name}: {counted(submission.frame.height, 'row')}, {submission.la_name}", err=True)
