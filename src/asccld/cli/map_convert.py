"""`asccld map convert`: a file of one release as a file of a later one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asccld.cli.chosen_standard import with_standard
from asccld.cli.reading_options import DelimiterOption, EncodingOption, SheetOption
from asccld.cli.tabular import show_table, talk
from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.standard import Standard

if TYPE_CHECKING:
    import polars as pl

    from asccld.intake.mapping.converting import Conversion
    from asccld.intake.mapping.converting_decisions import Decision, Idle

EXAMPLE = "Example: asccld map convert --to r2 release1.csv --out release2.csv --list what-became.csv"

NOT_ALL = 1
_SHOWN = 20


@with_standard
def convert(  # noqa: PLR0913 - one parameter for each option
    the_standard: Standard,
    file: Annotated[Path, typer.Argument(help="Submission of an earlier release: whatever asccld validate takes.")],
    *,
    to: Annotated[str, typer.Option(help="Release to convert to: r1 or r2.")],
    out: Annotated[Path, typer.Option(help="File to write, .csv.", show_default=False)],
    from_release: Annotated[
        str | None, typer.Option("--from", help="Release of the file; default: the one before.", show_default=False)
    ] = None,
    list_out: Annotated[
        Path | None,
        typer.Option("--list", help="Write what became of every value and column, .csv.", show_default=False),
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(help="Such a list with the column 'becomes' edited: what you decided.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was not converted as JSON.")] = False,
    sheet: SheetOption = None,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
) -> None:
    """Convert a file to a later release of the standard.

    By the release map; what could not be converted is listed, with the reason. A value that the map does not carry over
    stays as it is, for you to decide. Exit code 0: all values were
    converted; 1: some were not, the file is written all the same; 2: could not run.
    """
    from asccld.cli.outputs import refuse_impossible
    from asccld.intake import open_extract
    from asccld.intake.mapping.converting import Conversion, starting_release
    from asccld.standard.names import release_named

    outputs = [out, *([list_out] if list_out else [])]
    refuse_impossible(outputs, {"input": file, "list of decisions": decisions}, (".csv",))
    target = release_named(the_standard, to)
    with open_extract(file, sheet=sheet, delimiter=delimiter, encoding=encoding) as extract:
        start = release_named(the_standard, from_release) if from_release else None
        start = start or starting_release(extract.header, target, the_standard)
        decided, idle = _decided(decisions)
        conversion = Conversion(extract, start, target, the_standard, decided)
        if list_out and list_out.is_file() and list_out.stat().st_size:
            _refuse_losing(conversion, list_out)
        _write(conversion, out)
    listed = conversion.hiding()
    if list_out:
        _write_list(listed, list_out)
    left = _say(conversion, listed, out, list_out, as_json=as_json)
    _say_idle([*idle, *conversion.in_vain()], decisions)
    raise typer.Exit(NOT_ALL if left else 0)


def _decided(path: Path | None) -> tuple[list[Decision], list[Idle]]:
    import polars as pl

    from asccld.intake import open_extract
    from asccld.intake.mapping.converting_decisions import decisions_in

    if path is None:
        return [], []
    with open_extract(path) as extract:
        first = {name: str(at) for at, name in reversed(list(enumerate(extract.header))) if name != "row"}
        chosen = ["row", *(pl.col(at).alias(name) for name, at in first.items())]
        parts = [chunk.frame.select(chosen) for chunk in extract.chunks()]
    return decisions_in(pl.concat(parts) if parts else pl.DataFrame(schema=dict.fromkeys(first, pl.String)))


def _refuse_losing(conversion: Conversion, path: Path) -> None:
    """Refuse to replace what is no list, or a list that somebody has edited since."""
    try:
        held = conversion.new_in(_decided(path)[0])
    except AsccldError:
        what = "There is a file of this name that asccld did not write as a list"
        raise AsccldError(what, str(path), "Give another name; nothing was changed") from None
    if held:
        what = f"The list of this name holds {counted(held, 'decision')}, which would be lost"
        raise AsccldError(what, str(path), "Give it with --decisions, and the new list another name")


def _write(conversion: Conversion, out: Path) -> None:
    from asccld.reports.files import replacing

    with replacing(out) as part, part.open("wb") as file:
        conversion.empty().write_csv(file)
        for chunk in conversion.chunks():
            chunk.write_csv(file, include_header=False)


def _write_list(listed: pl.DataFrame, path: Path) -> None:
    from asccld.reports.files import replacing
    from asccld.reports.tables import neutralised

    with replacing(path) as part:
        neutralised(listed).write_csv(part, include_bom=True)


def _say(conversion: Conversion, listed: pl.DataFrame, out: Path, path: Path | None, *, as_json: bool) -> int:
    """Show what was not converted; how many values that are."""
    import polars as pl

    from asccld.intake.mapping.converting import UNCONVERTED

    left = listed.filter(pl.col("outcome").is_in(UNCONVERTED))
    values = left.filter(pl.col("outcome").is_in(("not mapped", "not in the list")))
    columns = ("outcome", "field", "value", "rows", "first_row", "why")
    rows = left.select(columns).rows() if as_json else left.head(_SHOWN).select(columns).rows()
    show_table(columns, rows, as_json=as_json)
    if left.height > len(rows):
        talk(f"and {counted(left.height - len(rows), 'more', 'more')}: see the whole list with --list FILE.csv")
    done = f"{counted(conversion.rows, 'row')} from release {conversion.start.id} to {conversion.target.id}"
    talk(f"{done}: {out}")
    if conversion.blank_rows:
        talk(f"{counted(conversion.blank_rows, 'row')} of the file without any content left out")
    if conversion.rows and not {"converted", "decided"} & set(listed["outcome"]):
        talk(f"No value had to be changed: the file seems to be of release {conversion.target.id} already")
    if values.height:
        left_over = f"{counted(values.height, 'value')} on {counted(int(values['rows'].sum()), 'row')}"
        talk(f"{left_over} could not be converted and stand as they were: {_what_next(path)}")
    return values.height


def _say_idle(idle: list[Idle], decisions: Path | None) -> None:
    """Which edited lines decided nothing, by the reason."""
    if idle:
        talk(f"{counted(len(idle), 'decision')} of {decisions} could not be applied:")
    for why in dict.fromkeys(line.why for line in idle):
        rows = sorted(line.row for line in idle if line.why == why)
        some = ", ".join(str(row) for row in rows[:_SHOWN]) + (", ..." if len(rows) > _SHOWN else "")
        talk(f"  {'row' if len(rows) == 1 else 'rows'} {some}: {why}")


def _what_next(path: Path | None) -> str:
    if path is None:
        return "write them to a file with --list, edit its column 'becomes', and give it back with --decisions"
    return f"edit the column 'becomes' in {path}, and give it back with --decisions"
