"""`asccld diagnose`: a zip without personal data, to send when asking for help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from asccld.cli.measure_inputs import CatalogueOption, StoreOption
from asccld.cli.reading_options import DelimiterOption, EncodingOption, SheetOption
from asccld.cli.tabular import show_json, talk

diagnose_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@diagnose_app.command(epilog="Example: asccld diagnose submission.csv --store store --out for-help.zip")
def diagnose(  # noqa: PLR0913, PLR0917 - one parameter for each option
    out: Annotated[Path, typer.Option("--out", help="The zip to write.", show_default=False)],
    file: Annotated[
        Path | None, typer.Argument(help="Extract that makes trouble, as asccld validate takes it.", show_default=False)
    ] = None,
    store: StoreOption = None,
    catalogue: CatalogueOption = None,
    la: Annotated[str | None, typer.Option("--la", help="Code of the council, for example 503.")] = None,
    release: Annotated[str, typer.Option(help="auto, v5, r1 or r2.")] = "auto",
    policy: Annotated[Path | None, typer.Option(help="Acceptance policy (TOML).", show_default=False)] = None,
    sheet: SheetOption = None,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    standard: Annotated[
        Path | None, typer.Option(help="Overlay that 'asccld standard adopt' wrote.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write a zip that tells a helper everything but the data: versions, columns, counts, rules, timings, failures.

    Exit code 0: written, also where the file or the register cannot be read; 2: could not be written.
    """
    from asccld.cli.outputs import refuse_impossible
    from asccld.reports.diagnostics import diagnose as write_bundle

    refuse_impossible([out], {"input": file, "register": store, "policy": policy, "overlay": standard}, (".zip",))
    made = write_bundle(
        out, file=file, register=store, catalogue=catalogue, standard=standard, la=la, release=release, policy=policy,
        sheet=sheet, delimiter=delimiter, encoding=encoding,
    )  # fmt: skip
    if as_json:
        show_json({"written": str(made.path), "parts": dict(made.parts), "failed": list(made.failed)})
        return
    for name, size in made.parts.items():
        typer.echo(f"{size:>9,}  {name}")
    for what in made.failed:
        talk(f"Did not work, and the bundle says where: {what}")
    talk(f"Written: {made.path}. It holds no personal data. Look into it before you send it; nothing was sent")
