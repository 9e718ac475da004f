"""What `asccld measure` and `asccld explain` read: events or a main table, reference tables, and what they are told."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asccld.errors import AsccldError

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

    from asccld.measures import Computed, Measure, Settings

_DAY = ["%Y-%m-%d", "%d/%m/%Y"]
_TYPES = {"text": "string", "date": "date", "timestamp": "timestamp", "integer": "int64", "number": "float64"}

EventsOption = Annotated[
    str | None,
    typer.Option(help="Table of events: a file, a pattern, or a name in the engine.", show_default=False),
]
StoreOption = Annotated[Path | None, typer.Option("--store", help="Register of submissions.", show_default=False)]
CatalogueOption = Annotated[
    str | None, typer.Option("--catalogue", help="PostgreSQL address of the register's catalogue.", show_default=False)
]
EngineOption = Annotated[
    str | None, typer.Option(help="Where it is computed; default: DuckDB in this process.", show_default=False)
]
StartOption = Annotated[
    datetime | None, typer.Option(formats=_DAY, help="First day of the period.", show_default=False)
]
EndOption = Annotated[datetime | None, typer.Option(formats=_DAY, help="Last day of the period.", show_default=False)]
AsOfOption = Annotated[
    datetime | None,
    typer.Option(
        "--as-of", formats=_DAY, help="Files that the register received by this day count.", show_default=False
    ),
]
MainOption = Annotated[
    str | None,
    typer.Option("--main", help="Main table, joined or single, as asccld process makes it.", show_default=False),
]
ReferenceOption = Annotated[
    Path | None,
    typer.Option(help="Folder of reference tables: councils, populations, hospital episodes.", show_default=False),
]
ChoiceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--option", help="NAME=VALUE: behaviour, another reading, a date; may be repeated.", show_default=False
    ),
]


@dataclass(frozen=True)
class Asked:
    """A period, what else is told of it, and where the events are."""

    start: date
    end: date
    options: Mapping[str, str]
    events: str | None
    store: Path | None
    catalogue: str | None
    as_of: date | None
    main: str | None = None
    reference: Path | None = None
    quality: str | None = None
    of_main: Mapping[str, str] = field(default_factory=dict[str, str])
    """Options of the main table, where it is built first."""

    @property
    def settings(self) -> Settings:
        """Raises ImpossibleDates and UnknownOption."""
        from asccld.measures import settings_for

        return settings_for(self.start, self.end, self.options)

    def refuse_wrong_input(self, wanted: Sequence[str]) -> None:
        """Raise AsccldError for an input that these measures do not work on, and for one that changes nothing."""
        from asccld.measures import measure_named
        from asccld.measures.run import INPUTS, WrongInput

        of_events = [name for name in wanted if measure_named(name).input == "events"]
        of_main = [name for name in wanted if name not in of_events]
        if self.main and of_events:
            what = f"{of_events[0]} works on {INPUTS['events']}, and --main gives a main table"
            raise WrongInput(what, "--main", "Give --events or --store")
        if not self.main and of_main and self.as_of is None:
            remedy = "Give --as-of, the day by which files count, or a main table with --main"
            raise AsccldError(f"{of_main[0]} works on a main table, which is of a day", "--as-of", remedy)
        if self.as_of and self.store is None and (self.main or not of_main):
            what = "Only a register knows when files were received"
            raise AsccldError(what, "--as-of", "Give --store, or leave it out")
        for option, value in {"--reference": self.reference, "--dq": self.quality}.items():
            if value and not of_main:
                raise AsccldError(f"{option} changes nothing in measures of collected events", option, "Leave it out")

    def refuse_wrong_options(self, wanted: Sequence[str]) -> None:
        """Raise ImpossibleDates or UnknownOption, also for an option that changes nothing in these measures."""
        from asccld.measures import measure_named
        from asccld.measures.options import BEHAVIOUR
        from asccld.processing.options import UnknownOption

        _ = self.settings
        known = {BEHAVIOUR, *(n for name in wanted for n in _told(measure_named(name)))}
        if self.of_main and (self.main or all(measure_named(name).input == "events" for name in wanted)):
            remedy = "Give it to asccld process" if self.main else "Leave it out"
            raise UnknownOption("This option belongs to main tables", f"--option {next(iter(self.of_main))}", remedy)
        for name in self.options:
            if name not in known:
                one = "this measure" if len(wanted) == 1 else "any of these measures"
                remedy = "Leave it out; asccld measures show NAME lists what applies"
                raise UnknownOption(f"Option {name} changes nothing in {one}", f"--option {name}", remedy)


def _told(measure: Measure) -> tuple[str, ...]:
    return (*measure.options, *measure.parameters)


def asked(  # noqa: PLR0913 - one parameter for each option
    start: datetime | None,
    end: datetime | None,
    option: Sequence[str] | None,
    *,
    events: str | None,
    store: Path | None,
    catalogue: str | None,
    as_of: datetime | None,
    main: str | None = None,
    reference: Path | None = None,
    quality: str | None = None,
) -> Asked:
    """The options of a command together; raises AsccldError for no period, and for none or two inputs."""
    from asccld.cli.measure_main import MAIN_START
    from asccld.cli.process_checks import refuse_wrong_input
    from asccld.processing.options import known_options, parsed_options

    if main is None:
        refuse_wrong_input(store, events, None, None, joined=False)
    elif store or events:
        raise AsccldError("There are two inputs", "--main, --store, --events", "Give one of them")
    if start is None or end is None:
        example = "Example: --start 2023-04-01 --end 2024-03-31"
        raise AsccldError("A measure needs a period", "--start, --end", f"Give both. {example}")
    chosen = parsed_options(option or ())
    ours = {MAIN_START, *(o.id for o in known_options() if o.room == "processing")}
    return Asked(
        start=start.date(),
        end=end.date(),
        options={name: value for name, value in chosen.items() if name not in ours},
        events=events,
        store=store,
        catalogue=catalogue,
        as_of=as_of.date() if as_of else None,
        main=main,
        reference=reference,
        quality=quality,
        of_main={name: value for name, value in chosen.items() if name in ours},
    )


@contextmanager
def computed(con: BaseBackend, wanted: Sequence[str], told: Asked) -> Generator[Computed]:
    """The measures of the events that were asked for, while the engine reads them."""
    from asccld.engine import keeper, named
    from asccld.measures import compute

    settings = told.settings
    source, withdrawn = source_of(told.events, told.store, told.catalogue, told.as_of)
    with named(con, source):
        events = read_events(con, source, wanted, withdrawn)
        refuse_repeated(events, str(told.events or told.store))
        yield compute(wanted, events, settings, hold=keeper(con))


def source_of(
    events: str | None, store: Path | None, catalogue: str | None, as_of: date | None = None
) -> tuple[str | list[Path], list[tuple[str, datetime]]]:
    """Where the events are, and which files of the register do not count any more."""
    if events is not None:
        return events, []
    from asccld.submissions import Register

    with Register.open(str(store), catalogue=catalogue) as register:
        paths = list(register.parquet_paths(as_of))
        if not paths:
            by_then = f" that was received by {as_of}" if as_of else ""
            remedy = (
                "Choose a later --as-of, or add files" if as_of else "Add files"
            ) + " with: asccld submissions add"
            raise AsccldError(f"The register holds no accepted submission{by_then}", str(store), remedy)
        return paths, list(register.withdrawn())


def read_events(
    con: BaseBackend,
    source: str | Sequence[Path],
    wanted: Iterable[str],
    withdrawn: Sequence[tuple[str, datetime]] = (),
) -> Table:
    """The columns of the events that these measures need, as far as they are there: the measures say what is not."""
    from asccld.engine import table
    from asccld.measures import needed_columns
    from asccld.processing.inputs import ALIASES

    kinds = {name: _TYPES[kind] for name, kind in needed_columns(wanted).items()}
    if withdrawn:
        kinds |= {"la_name": "string", "importdate": "timestamp"}
    events = table(con, source, columns=kinds, optional=tuple(kinds), aliases=ALIASES)
    return _without(events, withdrawn)


def refuse_repeated(events: Table, where: str) -> None:
    """Raise RepeatedRecords where a record id stands twice: the same file was loaded twice."""
    from asccld.measures.source import RECORD
    from asccld.processing.inputs import RepeatedRecords

    if RECORD not in events.columns:
        return
    ids: Any = events[RECORD]
    counts = events.aggregate(rows=events.count(), records=ids.nunique(), blank=ids.isnull().sum().fill_null(0))
    found = counts.to_pyarrow().to_pylist()[0]
    if found["rows"] != found["records"]:
        raise RepeatedRecords(found["rows"], found["records"], where, blank=found["blank"])


def _without(events: Table, withdrawn: Sequence[tuple[str, datetime]]) -> Table:
    import ibis

    from asccld.processing.text import folded, folded_text

    if not withdrawn:
        return events
    gone = [(folded(events.la_name) == folded_text(name)) & (events.importdate == time) for name, time in withdrawn]
    return events.filter(~ibis.or_(*gone).fill_null(False))
