"""`asccld map`: from the extracts of a case management system to a submission, by a mapping file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from asccld.cli import map_convert, map_suggest
from asccld.cli.chosen_standard import with_standard
from asccld.cli.tabular import show_json, talk
from asccld.counting import counted
from asccld.standard import Standard
from asccld.standard.names import nearest

if TYPE_CHECKING:
    from asccld.intake.mapping.plan import Plan
    from asccld.intake.mapping.report import Report

FINDINGS = 1
_RUN = "run"
_REPORTS = (".json", ".csv")
_EXAMPLE = "Example: asccld map extracts --mapping mapping.toml --out submission.csv"


class _RunUnlessNamed(TyperGroup):
    """`asccld map EXTRACT` is `asccld map run EXTRACT`: the usual job needs no second word."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - the type is private to typer
        """The words as typed, with `run` before them where no command is named."""
        if args and args[0] not in self.commands and args[0] != "--help" and not self._is_slip(args[0]):
            args = [_RUN, *args]
        return super().parse_args(ctx, args)

    def _is_slip(self, word: str) -> bool:
        """Whether a word is a command misspelt, rather than an extract."""
        return word.isalpha() and not Path(word).exists() and bool(nearest(word, self.commands, 1))


map_app = typer.Typer(
    cls=_RunUnlessNamed,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="From the extracts of a case management system to a submission: map EXTRACT... --mapping FILE --out FILE.",
    epilog=_EXAMPLE,
)

ExtractsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="EXTRACT...",
        help="Folder of the extracts, or files: by the names that the mapping gives them, or as NAME=FILE. "
        "Left out: where the mapping says.",
        show_default=False,
    ),
]
MappingOption = Annotated[Path, typer.Option("--mapping", help="Mapping file (TOML).", show_default=False)]
ReportOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--report",
        help="Write what became of every row and local value: .json (all of it), .csv (the local values); may be "
        "repeated.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


@map_app.command(_RUN, epilog=_EXAMPLE)
@with_standard
def run_command(
    the_standard: Standard,
    extracts: ExtractsArgument = None,
    *,
    mapping: MappingOption,
    out: Annotated[Path, typer.Option(help="Submission to write, .csv.", show_default=False)],
    report: ReportOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the submission that a mapping makes of extracts.

    Every row of the extracts is in it, or left out for a reason that is told. Beside the submission stands its report,
    FILE.map.json, by which validate and submissions know the mapping.
    Exit code 0: everything has its place; 1: there are findings, the file is written all the same; 2: could not run.
    """
    from asccld.cli.map_views import refuse_strangers
    from asccld.cli.outputs import refuse_impossible
    from asccld.intake.mapping.extracts import paths_in_use
    from asccld.intake.mapping.sidecar import sidecar_of, write_sidecar
    from asccld.reports.files import suffix_of

    suffix_of(out, (".csv",), "A submission")
    plan, files = _prepared(the_standard, mapping, extracts or [])
    outputs = [out, sidecar_of(out), *(report or [])]
    refuse_impossible(outputs, paths_in_use(plan, files), (".csv", ".json"))
    refuse_strangers(report or [])
    result = _mapped(plan, out, files)
    write_sidecar(result, out)
    _told(result, report or [], as_json=as_json, out=out)


@map_app.command("check", epilog="Example: asccld map check extracts --mapping mapping.toml --report values.csv")
@with_standard
def check_command(
    the_standard: Standard,
    extracts: ExtractsArgument = None,
    *,
    mapping: MappingOption,
    report: ReportOption = None,
    every: Annotated[
        bool, typer.Option("--all", help="Show every local value, not only those with a finding.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say where every local value goes, and what has no place.

    Each is told with its count and the first of its rows. Writes no submission. Exit code 0: everything has its place;
    1: there are findings; 2: could not run.
    """
    from asccld.cli.map_views import refuse_strangers
    from asccld.cli.outputs import refuse_impossible
    from asccld.intake.mapping.extracts import paths_in_use

    plan, files = _prepared(the_standard, mapping, extracts or [])
    refuse_impossible(report or [], paths_in_use(plan, files), _REPORTS)
    refuse_strangers(report or [])
    _told(_mapped(plan, None, files), report or [], as_json=as_json, every=every)


@map_app.command("schema", epilog="Example: asccld map schema > mapping.schema.json")
def schema_command() -> None:
    """Print the JSON Schema of mapping files, for editors."""
    from asccld.intake.mapping.model import json_schema

    show_json(json_schema())


map_app.command("suggest", epilog=map_suggest.EXAMPLE)(map_suggest.suggest)
map_app.command("convert", epilog=map_convert.EXAMPLE)(map_convert.convert)


def _prepared(standard: Standard, mapping: Path, extracts: Sequence[str]) -> tuple[Plan, dict[str, Path]]:
    from asccld.intake.mapping.given import given_files
    from asccld.intake.mapping.loading import read_mapping
    from asccld.intake.mapping.proving import prove

    plan = prove(read_mapping(mapping), standard)
    return plan, given_files(plan, extracts)


def _mapped(plan: Plan, out: Path | None, files: dict[str, Path]) -> Report:
    from asccld.intake.mapping.running import map_extracts

    def show(events: int) -> None:
        sys.stderr.write(f"\rMapped {counted(events, 'event')} ")
        sys.stderr.flush()

    on_terminal = sys.stderr.isatty()
    result = map_extracts(plan, out, files, show if on_terminal else None)
    if on_terminal:
        sys.stderr.write("\n")
    return result


def _told(
    result: Report, reports: Sequence[Path], *, as_json: bool, out: Path | None = None, every: bool = False
) -> None:
    from asccld.cli import map_views

    for path in reports:
        map_views.write(result, path)
        talk(f"Report: {path}")
    if as_json:
        show_json(result.content)
    else:
        map_views.show(result, out=out, every=every)
    raise typer.Exit(FINDINGS if result.findings.height else 0)
