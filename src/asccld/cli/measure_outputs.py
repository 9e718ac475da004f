"""The files that `asccld measure` writes."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from asccld.cli.outputs import make_folder
from asccld.errors import AsccldError

if TYPE_CHECKING:
    import polars as pl
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

    from asccld.reports.salt_figures import Tables

_MOST_NAMED = 10


@dataclass
class Outcome:
    """What is to be said of tables that are written, and gives exit code 1."""

    failed: list[str] = field(default_factory=list[str])
    """Official checks that a table fails."""
    nothing: list[str] = field(default_factory=list[str])
    """Why there was nothing to count."""

    def took(self, reason: str | None) -> None:
        """Note why there was nothing to count, if so."""
        self.nothing += [reason] if reason else []


@dataclass(frozen=True)
class Plan:
    """What is to be written."""

    folder: Path
    tables: tuple[tuple[str, str], ...]
    """Measure and suffix of each table."""
    suffixes: tuple[str, ...]
    """Formats of each table."""
    workbook: Path | None
    rounded: bool

    @property
    def files(self) -> tuple[Path, ...]:
        """Every table's files."""
        return tuple(path for table in self.tables for path in self.paths(*table))

    def paths(self, name: str, suffix: str) -> Iterator[Path]:
        """The files of a table."""
        yield from (self.folder / f"{name}{suffix}{kind}" for kind in self.suffixes)

    @contextmanager
    def prepared(self, inputs: Mapping[str, Path | None]) -> Generator[None]:
        """The folder, made if need be; one that was made and stays empty is taken away again.

        Raises AsccldError for what could not be written, or would replace an input.
        """
        from asccld.cli.outputs import refuse_impossible

        if self.workbook and self.workbook.suffix.lower() != ".xlsx":
            raise AsccldError("A workbook is an .xlsx file", str(self.workbook), "Give it a name that ends in .xlsx")
        missing = [place for place in (self.folder, *self.folder.parents) if not place.exists()]
        make_folder(self.folder)
        try:
            refuse_impossible([*self.files, *([self.workbook] if self.workbook else [])], inputs)
            if self.rounded:
                _refuse_people_beside(self.folder)
            yield
        finally:
            with suppress(OSError):  # there is something in it
                for place in missing:
                    place.rmdir()

    def is_wanted(self, name: str, suffix: str) -> bool:
        """Whether a table of a measure must be computed."""
        return (name, suffix) in self.tables if not self.rounded else self.is_shown(name, suffix)

    def is_shown(self, name: str, suffix: str) -> bool:
        """Whether the workbook, or a table for publication, is made of it."""
        from asccld.reports.salt_tables import suffixes_needed

        return (self.rounded or self.workbook is not None) and suffix in suffixes_needed(name)


def planned(wanted: Sequence[str], folder: Path, *, parquet: bool, workbook: Path | None, rounded: bool) -> Plan:
    """All tables of the measures; for publication one of each, and none of people."""
    from asccld.measures import measure_named

    outputs = [(name, o.suffix) for name in wanted for o in measure_named(name).outputs]
    tables = [(name, "") for name in wanted] if rounded else outputs
    return Plan(folder, tuple(tables), (".csv", ".parquet") if parquet else (".csv",), workbook, rounded)


def _refuse_people_beside(folder: Path) -> None:
    """Raise AsccldError where tables of an earlier run that are not for publication would stand beside the new ones."""
    from asccld.measures import measures
    from asccld.measures.dhsc.run_plan import LATEST, PREVIOUS

    personal = {f"{m.name}{o.suffix}" for m in measures() for o in m.outputs if o.suffix or o.id_column}
    periods = ("", f"_{LATEST}", f"_{PREVIOUS}")
    names = {f"{name}{period}{kind}" for name in personal for period in periods for kind in (".csv", ".parquet")}
    beside = sorted(path.name for path in folder.iterdir() if path.name.lower() in names)
    if beside:
        more = f" and {len(beside) - _MOST_NAMED} more" if len(beside) > _MOST_NAMED else ""
        what = f"The folder holds tables of people or unrounded figures: {', '.join(beside[:_MOST_NAMED])}{more}"
        raise AsccldError(what, str(folder), "Give --out another folder: what is published stands by itself")


def written(
    con: BaseBackend, made: Mapping[str, Mapping[str, Table]], plan: Plan, failed: list[str] | None = None
) -> Tables:
    """Write the tables one after the other; return those of which the workbook is made.

    `failed` takes the official checks that a table fails.
    """
    from asccld.cli.measure_views import tell_counts, tell_published
    from asccld.engine import keeper

    keep = keeper(con)
    shown: dict[str, dict[str, pl.DataFrame]] = {}
    for name, tables in made.items():
        shown[name] = {}
        for suffix in tables:
            if not plan.is_wanted(name, suffix):
                continue
            table = keep(tables[suffix])
            tell_counts(name, suffix, table)
            if not plan.rounded:
                write_table(con, table, plan, name, suffix)
            if failed is not None:
                failed += failed_checks(f"{name}{suffix}", table)
            if plan.is_shown(name, suffix):
                shown[name][suffix] = table.to_polars()
    if plan.rounded:
        _write_published(shown, plan)
        tell_published()
    return shown


def write_table(con: BaseBackend, table: Table, plan: Plan, name: str, suffix: str) -> None:
    """Write the files of one table."""
    from asccld.engine import write

    for path in plan.paths(name, suffix):
        write(_ordered(table), path, con)


def failed_checks(name: str, table: Table) -> list[str]:
    """The official checks of ASCOF figures that a table fails, in words; nothing for any other table."""
    from asccld.counting import counted
    from asccld.measures.dhsc.checks import checks_of, failures

    if not checks_of(table):
        return []
    found = failures(table).to_pyarrow().to_pylist()
    return [f"{name}: {counted(r['rows'], 'row')} with {r['check']}" for r in found]


def only_council(figures: Tables) -> str | None:
    """The one council of the figures; None for several, or for none."""
    from asccld.reports.salt_tables import councils_of

    known = councils_of(figures)
    return known[0] if len(known) == 1 else None


def write_workbook(
    path: Path, figures: Tables, facts: Mapping[str, str], council: str | None, *, published: bool
) -> None:
    """SALT as it looked."""
    from asccld.reports.salt_workbook import write_salt_workbook

    write_salt_workbook(path, figures, facts=facts, council=council, published=published)


def _ordered(table: Table) -> Table:
    """The same rows in the same order every time."""
    return table.order_by([c for c in table.columns if not c.endswith("record_ids")])


def _write_published(shown: Tables, plan: Plan) -> None:
    from asccld.reports.files import replacing
    from asccld.reports.salt_publication import as_text, published_tables

    for name, table in published_tables(shown).items():
        for path in plan.paths(name, ""):
            with replacing(path) as part:
                if path.suffix == ".csv":
                    as_text(table).write_csv(part)
                else:
                    table.write_parquet(part)
