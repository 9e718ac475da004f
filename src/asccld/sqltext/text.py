"""From expressions to one statement that a person can read: a common table expression for each step.

Ibis compiles each step; what it names t1, t2 becomes STEP_1, STEP_2 beside the step, because SQL Server takes no WITH
inside a WITH.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import ibis
import sqlglot.expressions as exp
from ibis.config import Config

from asccld.errors import AsccldError
from asccld.processing.options import chosen_options
from asccld.processing.reference import reference_columns
from asccld.sqltext.names import DIALECTS, EVENTS, NAMES, is_plain
from asccld.sqltext.reference import reference_sql
from asccld.sqltext.sqlserver import mended
from asccld.sqltext.steps import Step, steps
from asccld.version import __version__

_WITH = "with_" if "with_" in exp.Select.arg_types else "with"
_TRIED = {
    "duckdb": "Tried: this statement makes the golden tables on DuckDB.",
    "postgres": "Tried: this statement makes the golden tables on PostgreSQL.",
    "spark": "Tried: this statement makes the golden tables on Spark.",
    "tsql": "NOT TRIED on a server: no SQL Server was at hand. Compare its counts with those of 'asccld process'.",
}


class _SparkOptions(Config):
    """What Ibis looks up when it writes for Spark; the same as its own defaults."""

    treat_nan_as_null: bool = False


@dataclass(frozen=True)
class SqlRequest:
    """What the statement is for."""

    start: date
    end: date
    as_of: date
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    events: str = EVENTS
    """Name of the table of collected events in the warehouse, perhaps with a schema before it."""
    schema: str | None = None
    """Schema of the reference tables (REF_...), where it is not the default one."""


def sql(name: str, dialect: str, request: SqlRequest | None = None, *, schema: str | None = None) -> str:
    """The SQL of `main-single` or `main-joined` for a period, or of `reference`: our reference tables.

    Raises AsccldError for a name or dialect that is not known, ImpossiblePeriod, UnknownOption.
    """
    _refuse_unknown(name, dialect)
    if name == "reference":
        return reference_sql(dialect, schema)
    if request is None:
        raise AsccldError("A main table needs a period", name, "Give start, end and as-of date")
    options = chosen_options(dict(request.options))
    mode = "single" if name == "main-single" else "joined"
    made = list(steps(mode, (request.start, request.end, request.as_of), options, EVENTS))
    statement = _statement(made, dialect, request)
    return f"{_header(name, dialect, request, options)}\n{statement}\n"


def _refuse_unknown(name: str, dialect: str) -> None:
    if name not in NAMES:
        raise AsccldError(f"There is no SQL called {name}", None, f"There are: {', '.join(NAMES)}")
    if dialect not in DIALECTS:
        raise AsccldError(f"There is no dialect {dialect}", "--dialect", f"There are: {', '.join(DIALECTS)}")


def _statement(made: list[Step], dialect: str, request: SqlRequest) -> str:
    parts: list[str] = []
    for step in made:
        tree = _compiled(step, dialect)
        bodies = [*_hoisted(tree, step.name), (step.name, tree)]
        for _, body in bodies:
            _placed(body, request)
            _spelt(body, dialect)
        named = [f"{_quoted(name, dialect)} AS (\n{_text(body, dialect)}\n)" for name, body in bodies]
        parts.append(f"-- {step.purpose}\n" + ",\n".join(named))
    last = _quoted(made[-1].name, dialect)
    return "WITH\n" + ",\n".join(parts) + f"\nSELECT * FROM {last};"


def _compiled(step: Step, dialect: str) -> Any:  # noqa: ANN401 - a tree of sqlglot, whose classes differ by kind
    from ibis.backends.sql import compilers

    ours = {"tsql": "mssql", "spark": "pyspark"}.get(dialect, dialect)
    if dialect == "spark" and ibis.options.pyspark is None:  # else set when Spark itself is loaded, which text is not
        ibis.options.pyspark = _SparkOptions()
    tree = getattr(compilers, ours).compiler.to_sqlglot(step.table)
    return mended(tree) if dialect == "tsql" else tree


def _hoisted(tree: Any, step: str) -> list[tuple[str, Any]]:  # noqa: ANN401 - see above
    """Take the common table expressions out of a step, under names of their own."""
    inner: list[tuple[str, Any]] = [(cte.alias, cte.this) for cte in tree.ctes]
    names = {alias: f"{step}_{place}" for place, (alias, _) in enumerate(inner, start=1)}
    tree.set(_WITH, None)
    for node in (tree, *(body for _, body in inner)):
        for table in node.find_all(exp.Table):
            if not table.db and table.name in names:
                if not table.alias:  # columns are told by the old name
                    old: str = table.name
                    table.set("alias", exp.TableAlias(this=exp.to_identifier(old, quoted=True)))
                table.set("this", exp.to_identifier(names[table.name], quoted=True))
    return [(names[alias], body) for alias, body in inner]


def _placed(tree: Any, request: SqlRequest) -> None:  # noqa: ANN401 - see above
    """Name the tables of the warehouse as they are called there."""
    references = reference_columns()
    for table in tree.find_all(exp.Table):
        if not table.alias:
            continue
        if table.name == EVENTS:
            _renamed(table, request.events)
        elif table.name in references and request.schema:
            _renamed(table, f"{request.schema}.{table.name}")


def _renamed(table: Any, name: str) -> None:  # noqa: ANN401 - see above
    *place, last = name.split(".")
    table.set("this", exp.to_identifier(last, quoted=True))
    table.set("db", exp.to_identifier(place[-1], quoted=True) if place else None)
    table.set("catalog", exp.to_identifier(place[-2], quoted=True) if len(place) > 1 else None)


def _spelt(tree: Any, dialect: str) -> None:  # noqa: ANN401 - see above
    """Quote names as the dialect does. PostgreSQL tells capitals in quoted names, so there plain ones stay bare."""
    if dialect == "postgres":
        for identifier in tree.find_all(exp.Identifier):
            identifier.set("quoted", not is_plain(identifier.name))


def _text(tree: Any, dialect: str) -> str:  # noqa: ANN401 - see above
    lines = tree.sql(dialect=dialect, pretty=True).splitlines()
    return "\n".join(f"  {line}" for line in lines)


def _quoted(name: str, dialect: str) -> str:
    return exp.to_identifier(name, quoted=dialect != "postgres").sql(dialect=dialect)


def _header(name: str, dialect: str, request: SqlRequest, options: Mapping[str, str]) -> str:
    tables = sorted(reference_columns())
    where = f" in schema {request.schema}" if request.schema else ""
    told = [
        f"{name}: the {'single' if name == 'main-single' else 'joined'}-submission main table, one row per event.",
        f"Made by asccld {__version__} for {dialect}. {_TRIED[dialect]}",
        "",
        "Parameters (dates stand in the text below; make the statement anew to change them):",
        f"  start  {request.start}",
        f"  end    {request.end}",
        f"  as of  {request.as_of}",
        f"  options  {', '.join(f'{key}={value}' for key, value in sorted(options.items()))}",
        "",
        f"Reads {request.events} (collected events in the national layout) and{where} the reference tables",
        *(f"  {', '.join(tables[at : at + 3])}" for at in range(0, len(tables), 3)),
        "Without such tables of your own: asccld sql reference",
    ]
    return "\n".join(f"-- {line}".rstrip() for line in told)
