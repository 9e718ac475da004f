"""`asccld measures`: which measures there are, and all that is to be known of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from asccld.measures import Measure

measures_app = typer.Typer(
    add_completion=False,
    help="Which measures there are, and what each needs, gives and can be told.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@measures_app.command("list", epilog="Example: asccld measures list")
def list_command(as_json: JsonOption = False) -> None:
    """List the measures, and the tables of the old return that Client Level Data cannot fill."""
    from asccld.cli.tabular import show_table
    from asccld.measures import measures, not_in_cld
    from asccld.measures.registry import in_force

    rows = [(m.name, m.title, m.unit, m.method, m.vocabulary, m.input, in_force(m.method)) for m in measures()]
    rows += [(missing.name, missing.title, "not in CLD", "", "", "", "") for missing in not_in_cld()]
    show_table(("name", "title", "counts", "method", "vocabulary", "works_on", "in_force"), rows, as_json=as_json)


@measures_app.command("show", epilog="Example: asccld measures show lts001a")
def show_command(
    name: Annotated[str, typer.Argument(help="Name of a measure.", show_default=False)], as_json: JsonOption = False
) -> None:
    """Show what a measure counts, the columns that it needs, its tables, its dates and its options."""
    from asccld.cli.tabular import show_json
    from asccld.measures import measure_named, not_in_cld

    for missing in not_in_cld():
        if missing.name == name.strip().lower():
            told = {"name": missing.name, "title": missing.title, "not in CLD": missing.reason}
            told["instead"] = missing.instead
            show_json(told) if as_json else _show_facts(told)
            return
    measure = measure_named(name)
    if as_json:
        show_json(_as_json(measure))
    else:
        _show_facts(_facts(measure))
        _show_tables(measure)


@measures_app.command("template", epilog="Example: asccld measures template REF_ONS_Pop_Gender_Pub_Age_Bands")
def template_command(
    name: Annotated[str | None, typer.Argument(help="Name of a reference table.", show_default=False)] = None,
    as_json: JsonOption = False,
) -> None:
    """Print an example of a reference table as CSV, to be filled in; without a name, list the tables."""
    from asccld.cli.tabular import show_table
    from asccld.errors import AsccldError
    from asccld.measures.references import reference_tables
    from asccld.standard.names import did_you_mean

    known = {t.name.lower(): t for t in reference_tables()}
    if name is None:
        rows = [(t.name, " ".join(t.columns), t.what_it_is) for t in known.values()]
        show_table(("name", "columns", "holds"), rows, as_json=as_json)
        return
    wanted = name.strip().lower()
    if wanted not in known:
        near = did_you_mean(wanted, known) or f"There are: {', '.join(t.name for t in known.values())}"
        raise AsccldError(f"There is no reference table '{name}'", None, near)
    typer.echo(known[wanted].template.read_text(encoding="utf-8"), nl=False)


def _facts(measure: Measure) -> dict[str, str]:
    from asccld.measures.registry import in_force
    from asccld.measures.run import INPUTS

    return {
        "name": measure.name,
        "title": measure.title,
        "counts": measure.unit,
        "works on": INPUTS[measure.input],
        "method": f"{measure.method}, in the wording of {measure.vocabulary}",
        "in force": in_force(measure.method),
        "method page": measure.page,
        "needs": ", ".join(measure.needs),
    }


def _show_facts(facts: dict[str, str]) -> None:
    width = max(map(len, facts))
    for term, fact in facts.items():
        typer.echo(f"{term.ljust(width)}  {fact}")


def _show_tables(measure: Measure) -> None:
    from asccld.cli.tabular import show_table

    typer.echo("\nTables that it gives")
    outputs = [(f"{measure.name}{o.suffix}", o.title, " ".join(o.columns)) for o in measure.outputs]
    show_table(("file", "holds", "columns"), outputs, as_json=False)
    typer.echo("\nDates that may be given with --option, and what they are without")
    show_table(("option", "default"), _dates(measure), as_json=False)
    typer.echo("\nWhere the published script differs from its guide or from what was meant: behaviour sets all at once")
    show_table(("option", "values", "the script", "otherwise"), _options(measure), as_json=False)


def _dates(measure: Measure) -> list[tuple[str, str]]:
    from asccld.measures.registry import measure_table

    rows = measure_table("period_parameters")
    told = {name: [_default(r) for r in rows if r["parameter"] == name] for name in measure.parameters}
    return [(name, "; ".join(words) or "9999-01-01: stands for open ends") for name, words in told.items()]


def _default(row: dict[str, str]) -> str:
    from asccld.counting import counted

    moved = [(int(row[unit]), unit.removesuffix("s")) for unit in ("years", "months", "days")]
    parts = [f"{'plus' if n > 0 else 'minus'} {counted(abs(n), unit)}" for n, unit in moved if n]
    when = "" if row["when"] == "always" else f" ({row['when']})"
    return " ".join([row["from"], *parts]) + when


def _options(measure: Measure) -> list[tuple[str, str, str, str]]:
    from asccld.measures import measure_options

    known = {o.id: o for o in measure_options()}
    mine = [known[name] for name in measure.options]
    return [(o.id, "|".join(o.values), o.what_it_is, o.what_changes or "(cannot be switched)") for o in mine]


def _as_json(measure: Measure) -> dict[str, object]:
    outputs = [
        {"file": f"{measure.name}{o.suffix}", "title": o.title, "unit": o.unit, "columns": o.columns}
        for o in measure.outputs
    ]
    options = [dict(zip(("option", "values", "script", "otherwise"), row, strict=True)) for row in _options(measure)]
    facts: dict[str, object] = {**_facts(measure), "needs": measure.needs}
    return {**facts, "tables": outputs, "dates": dict(_dates(measure)), "options": options}
