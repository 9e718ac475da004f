"""`asccld explain`: from a figure to those who are counted in it, and to the records behind them."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asccld.cli.measure_inputs import (
    Asked,
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
    computed,
)
from asccld.errors import AsccldError

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

    from asccld.measures import Measure

explain_app = typer.Typer(rich_markup_mode=None, add_completion=False)

_EXAMPLE = (
    "Example: asccld explain lts001a --from figures "
    '--cell "la_code=506,table=1a,primary_support_reason=Mental Health Support"'
)


@explain_app.command(epilog=_EXAMPLE)
def explain(  # noqa: PLR0913, PLR0917 - one parameter for each option
    name: Annotated[str, typer.Argument(metavar="NAME", help="A measure.", show_default=False)],
    cell: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=VALUE[,...]", help="The figure; may be repeated.", show_default=False),
    ] = None,
    person: Annotated[
        str | None, typer.Option(metavar="ID", help="A person's pseudonym: where do they count?", show_default=False)
    ] = None,
    made: Annotated[
        Path | None,
        typer.Option("--from", help="Folder that asccld measure wrote; else computed anew.", show_default=False),
    ] = None,
    events: EventsOption = None,
    store: StoreOption = None,
    catalogue: CatalogueOption = None,
    main: MainOption = None,
    as_of: AsOfOption = None,
    reference: ReferenceOption = None,
    start: StartOption = None,
    end: EndOption = None,
    option: ChoiceOption = None,
    engine: EngineOption = None,
    limit: Annotated[int, typer.Option(help="How many of those who are counted to show; 0: all.", min=0)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show who is counted in a figure, in which category, and the records that put them there.

    With --from and an input (--events, --store or --main) the records themselves are shown too.
    Exit code 0: done; 2: could not run.
    """
    from asccld.cli import explain_views as views
    from asccld.engine import connected
    from asccld.measures import measure_named
    from asccld.measures.explaining import cell_of, unit_outputs

    measure = measure_named(name)
    if (not cell) == (person is None):
        what = "Nothing to explain" if person is None else "A figure and a person are two questions"
        raise AsccldError(what, "--cell, --person", f"Give one of them. {_EXAMPLE}")
    question = views.Question(measure, cell_of(cell or ()), person, limit)
    with connected(engine) as con:
        if made is not None:
            with _records(con, measure, events or main, store, catalogue) as records:
                answers = views.explained(question, _made_before(con, measure, made), records)
        else:
            told = asked(
                start, end, option, events=events, store=store, catalogue=catalogue, as_of=as_of, main=main,
                reference=reference,
            )  # fmt: skip
            told.refuse_wrong_input([measure.name])
            told.refuse_wrong_options([measure.name])
            with _found(con, measure, told) as (tables, records):
                units = {o.suffix: tables[o.suffix] for o in unit_outputs(measure)}
                answers = views.explained(question, units, records)
    views.show(answers, as_json=as_json)


@contextmanager
def _found(con: BaseBackend, measure: Measure, told: Asked) -> Generator[tuple[Mapping[str, Table], Table]]:
    """The tables of the measure, computed anew, and the rows that it works on."""
    from asccld.cli.measure_main import computed_from_main

    if measure.input == "events":
        with computed(con, [measure.name], told) as made:
            yield made[measure.name], made.source.events
        return
    with computed_from_main(con, [measure.name], told) as runs:
        yield runs[0][measure.name], runs[0].source.rows


def _made_before(con: BaseBackend, measure: Measure, folder: Path) -> Mapping[str, Table]:
    """The tables of a folder, from Parquet where there is one."""
    from asccld.engine import table
    from asccld.measures.explaining import unit_outputs

    found: dict[str, Table] = {}
    for output in unit_outputs(measure):
        paths = [folder / f"{measure.name}{output.suffix}{kind}" for kind in (".parquet", ".csv")]
        path = next((p for p in paths if p.is_file()), None)
        if path is None:
            remedy = f"Make it with: asccld measure {measure.name} --out FOLDER, without --rounded"
            raise AsccldError(f"There is no {paths[1].name} in the folder", str(folder), remedy)
        found[output.suffix] = table(con, path)
    return found


@contextmanager
def _records(
    con: BaseBackend, measure: Measure, events: str | None, store: Path | None, catalogue: str | None
) -> Generator[Table | None]:
    """The events, if they were named, to look the records up in."""
    from asccld.cli.measure_inputs import read_events, source_of
    from asccld.cli.measure_main import given_main
    from asccld.engine import named

    if events is None and store is None:
        yield None
        return
    if events is not None and store is not None:
        raise AsccldError("There are two inputs", "--store, --events", "Give one of them, or none")
    source, withdrawn = source_of(events, store, catalogue)
    with named(con, source):
        if measure.input != "events" and events is not None:
            yield given_main(con, events, [measure.name])
            return
        yield read_events(con, source, [measure.name], withdrawn)
