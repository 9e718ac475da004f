"""What `asccld measure` and `asccld explain` read: events from the register or a table, and what they are told."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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

    @property
    def settings(self) -> Settings:
        """Raises ImpossibleDates and UnknownOption."""
        from asccld.measures import settings_for

        return settings_for(self.start, self.end, self.options)

    def refuse_wrong_options(self, wanted: Sequence[str]) -> None:
        """Raise ImpossibleDates or UnknownOption, also for an option that changes nothing in these measures."""
        from asccld.measures import measure_named
        from asccld.measures.options import BEHAVIOUR
        from asccld.processing.options import UnknownOption

        _ = self.settings
        known = {BEHAVIOUR, *(n for name in wanted for n in _told(measure_named(name)))}
        for name in self.options:
            if name not in known:
                one = "this measure" if len(wanted) == 1 else "any of these measures"
                remedy = "Leave it out; asccld measures show NAME lists what applies"
                raise UnknownOption(f"Option {name} changes nothing in {one}", f"--option {name}", remedy)


def _told(measure: Measure) -> tuple[str, ...]:
    return (*measure.options, *measure.parameters)


def asked(
    start: datetime | None,
    end: datetime | None,
    option: Sequence[str] | None,
    *,
    events: str | None,
    store: Path | None,
    catalogue: str | None,
    as_of: datetime | None,
) -> Asked:
    """The options of a command together; raises AsccldError for no period, and for none or two inputs."""
    from asccld.cli.process_checks import refuse_wrong_input
    from asccld.processing.options import parsed_options

    refuse_wrong_input(store, events, None, None, joined=False)
    if start is None or end is None:
        example = "Example: --start 2023-04-01 --end 2024-03-31"
        raise AsccldError("A measure needs a period", "--start, --end", f"Give both. {example}")
    if as_of and store is None:
        raise AsccldError("Only a register knows when files were received", "--as-of", "Give --store, or leave it out")
    chosen = parsed_options(option or ())
    return Asked(start.date(), end.date(), chosen, events, store, catalogue, as_of.date() if as_of else None)


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
            remedy = "Add files with: asccld submissions add"
            raise AsccldError("The register holds no accepted submission", str(store), remedy)
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
