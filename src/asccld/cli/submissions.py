"""`asccld submissions`: the register of what was received, when, from whom, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asccld.cli.reading_options import DelimiterOption, EncodingOption, SheetOption
from asccld.cli.submissions_times import day, moment
from asccld.cli.tabular import show_json, show_table, talk
from asccld.errors import AsccldError

if TYPE_CHECKING:
    import polars as pl

    from asccld.submissions import Register

submissions_app = typer.Typer(
    add_completion=False,
    help="The register of submissions: received files, receipts, re-submissions, withdrawals.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

REJECTED = 1
DAMAGED = 1

StoreOption = Annotated[Path, typer.Option("--store", help="Folder of the store.", show_default=False)]
CatalogueOption = Annotated[
    str | None,
    typer.Option(
        "--catalogue",
        help="PostgreSQL address of the catalogue, where it is not in the store (or ASCCLD_CATALOGUE).",
        show_default=False,
    ),
]
LaOption = Annotated[str | None, typer.Option("--la", help="Code of the council, for example 503.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
IdArgument = Annotated[int, typer.Argument(metavar="ID", help="Number of the submission.", show_default=False)]
WhoOption = Annotated[str | None, typer.Option("--who", help="Who does it; default: whoever is logged in.")]


def _opened(store: Path, catalogue: str | None, *, create: bool = False) -> Register:
    from asccld.submissions import Register

    return Register.open(store, catalogue=catalogue, create=create)


@submissions_app.command("add", epilog="Example: asccld submissions add submission.csv --store store --la 503")
def add_command(  # noqa: PLR0913 - one parameter for each option
    file: Annotated[Path, typer.Argument(help="Extract: whatever asccld validate takes.", show_default=False)],
    *,
    store: StoreOption,
    la: LaOption = None,
    received: Annotated[
        str | None,
        typer.Option(
            help="When it was received: 2026-07-20, 20/07/2026 or 2026-07-20T09:30, in UTC unless it ends like +01:00."
        ),
    ] = None,
    uploader: Annotated[str | None, typer.Option(help="Who sent it; default: whoever is logged in.")] = None,
    release: Annotated[str, typer.Option(help="auto, v5, r1 or r2.")] = "auto",
    policy: Annotated[Path | None, typer.Option(help="Acceptance policy (TOML); default: the shipped one.")] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="Key file of the pseudonyms (or ASCCLD_KEY; else one is made).")
    ] = None,
    no_key: Annotated[
        bool, typer.Option("--no-key", help="Store no pseudonyms: persons cannot be told apart.")
    ] = False,
    postcodes: Annotated[Path | None, typer.Option(help="Lookup of areas by postcode, .csv or .parquet.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Judge a file again that was rejected or withdrawn before.")
    ] = False,
    sheet: SheetOption = None,
    delimiter: DelimiterOption = None,
    encoding: EncodingOption = None,
    standard: Annotated[Path | None, typer.Option(help="Overlay that 'asccld standard adopt' wrote.")] = None,
    settings: Annotated[Path | None, typer.Option(help="Settings file (default: asccld.toml here).")] = None,
    catalogue: CatalogueOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a file, keep it with its receipt, and store its events if it is accepted. Makes the store if need be.

    Exit code 0: accepted (perhaps with errors); 1: rejected, which is recorded too; 2: could not be recorded.
    """
    from asccld.intake import open_extract
    from asccld.intake.mapped import doubts, mapping_of
    from asccld.settings import load_settings, standard_for
    from asccld.submissions.keeping import key_for
    from asccld.submissions.receiving import doubt, received_at

    when = None if received is None else received_at(moment(received, "--received"))
    the_standard = standard_for(standard, load_settings(settings))
    if no_key and key:
        raise AsccldError("Both a key and none were asked for", "--key, --no-key", "Leave one of them out")
    with open_extract(file, sheet=sheet, delimiter=delimiter, encoding=encoding):
        pass  # a file that cannot be read makes no store
    with _opened(store, catalogue, create=True) as register:
        the_key, made = (None, None) if no_key else key_for(register, key)
        if made is not None:
            talk(f"Made a key for this store: {made}. Keep it secret and backed up; without it no later file fits.")
        receipt = register.add(
            file,
            la=la,
            received=when,
            uploader=uploader,
            key=the_key,
            policy=policy,
            release=release,
            standard=the_standard,
            sheet=sheet,
            delimiter=delimiter,
            encoding=encoding,
            postcodes=_postcodes(postcodes),
            again=again,
        )
    if receipt.repeated:
        talk(f"These bytes were received before: this is receipt {receipt.number}, which they had then.")
    elif said := doubt(receipt.submission):
        talk(said)
    for note in doubts(mapping_of(file, receipt.submission.sha256)):
        talk(f"Note: {note}")
    typer.echo(receipt.json if as_json else receipt.text, nl=False)
    raise typer.Exit(0 if receipt.accepted else REJECTED)


@submissions_app.command("list", epilog="Example: asccld submissions list --store store --la 503 --as-of 2026-04-30")
def list_command(
    *,
    store: StoreOption,
    la: LaOption = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Leave out what was received after this day.")] = None,
    catalogue: CatalogueOption = None,
    as_json: JsonOption = False,
) -> None:
    """List submissions with their verdict, and say which is the one in use for its period."""
    from asccld.cli import submission_views as views

    last = None if as_of is None else day(as_of, "--as-of")
    with _opened(store, catalogue) as register:
        listed = register.list(la=la, as_of=last)
    if as_json:
        show_json([views.listed_json(entry) for entry in listed])
    else:
        show_table(*views.listed(listed), as_json=False)
    for line in views.damage(listed):
        talk(line)


@submissions_app.command("show", epilog="Example: asccld submissions show 12 --store store")
def show_command(
    number: IdArgument, *, store: StoreOption, catalogue: CatalogueOption = None, as_json: JsonOption = False
) -> None:
    """Show a submission: its receipt, how it stands now, and everything that was done with it."""
    from asccld.cli import submission_views as views

    with _opened(store, catalogue) as register:
        entry, happened = register.show(number)
        receipt = register.receipt(number)
    if as_json:
        show_json(views.listed_json(entry) | {"receipt": receipt.content, "history": views.history_json(happened)})
        return
    typer.echo(receipt.text)
    for line in views.standing(entry):
        typer.echo(line)
    typer.echo("")
    show_table(*views.history(happened), as_json=False)


@submissions_app.command("receipt", epilog="Example: asccld submissions receipt 12 --store store --json")
def receipt_command(
    number: IdArgument, *, store: StoreOption, catalogue: CatalogueOption = None, as_json: JsonOption = False
) -> None:
    """Print the receipt of a submission, as it was given."""
    with _opened(store, catalogue) as register:
        receipt = register.receipt(number)
    typer.echo(receipt.json if as_json else receipt.text, nl=False)


@submissions_app.command(
    "withdraw",
    epilog="Example: asccld submissions withdraw 12 --store store --reason 'Costs are per year, not per week'",
)
def withdraw_command(
    number: IdArgument,
    *,
    store: StoreOption,
    reason: Annotated[str, typer.Option("--reason", help="What is wrong with the file.", show_default=False)],
    who: WhoOption = None,
    catalogue: CatalogueOption = None,
) -> None:
    """Take an accepted submission out of selection. Nothing is deleted, and it can be restored."""
    with _opened(store, catalogue) as register:
        register.withdraw(number, reason, who=who)
    talk(f"Submission {number} is withdrawn; asccld submissions restore {number} takes that back")


@submissions_app.command("restore", epilog="Example: asccld submissions restore 12 --store store")
def restore_command(
    number: IdArgument,
    *,
    store: StoreOption,
    reason: Annotated[str, typer.Option("--reason", help="Why.", show_default=False)] = "",
    who: WhoOption = None,
    catalogue: CatalogueOption = None,
) -> None:
    """Take a withdrawal back."""
    with _opened(store, catalogue) as register:
        register.restore(number, reason, who=who)
    talk(f"Submission {number} is in selection again")


@submissions_app.command("compare", epilog="Example: asccld submissions compare 12 14 --store store --out changes.csv")
def compare_command(
    earlier: Annotated[int, typer.Argument(metavar="ID", help="One submission.", show_default=False)],
    later: Annotated[
        int,
        typer.Argument(metavar="ID", help="Another; the one received first counts as the earlier.", show_default=False),
    ],
    *,
    store: StoreOption,
    out: Annotated[
        Path | None, typer.Option(help="Also write every change, row by row: .csv or .parquet.", show_default=False)
    ] = None,
    show_identifiers: Annotated[
        bool, typer.Option("--show-identifiers", help="Write values that could point at a person. For your eyes only.")
    ] = False,
    catalogue: CatalogueOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what changed between two submissions of a council: events added, gone, and changed by field."""
    from asccld.cli import submission_views as views
    from asccld.cli.outputs import refuse_impossible
    from asccld.reports.files import suffix_of

    if out:
        suffix_of(out, (".csv", ".parquet"), "A table of changes")
        refuse_impossible([out], {"store": store})
    with _opened(store, catalogue) as register:
        comparison = register.compare(earlier, later)
    if out:
        from asccld.reports.tables import write_findings

        write_findings(comparison.rows(show_identifiers=show_identifiers), out, identifiers_shown=show_identifiers)
        talk(f"Every change: {out}")
    if as_json:
        show_json(views.comparison_json(comparison))
        return
    for title, table in views.comparison(comparison):
        typer.echo(title)
        if table:
            show_table(*table, as_json=False)


@submissions_app.command("check", epilog="Example: asccld submissions check --store store")
def check_command(*, store: StoreOption, catalogue: CatalogueOption = None, as_json: JsonOption = False) -> None:
    """Read every file of the store and compare it with the catalogue. Exit code 1: something is missing or damaged."""
    with _opened(store, catalogue) as register:
        wrong = register.check()
    if as_json:
        show_json({str(number): faults for number, faults in wrong.items()})
    else:
        for number, faults in wrong.items():
            typer.echo("\n".join(f"Submission {number}: {fault}" for fault in faults))
        if not wrong:
            talk("Every file is what the catalogue says")
    raise typer.Exit(DAMAGED if wrong else 0)


@submissions_app.command("sweep", epilog="Example: asccld submissions sweep --store store")
def sweep_command(
    *,
    store: StoreOption,
    silent: Annotated[
        int, typer.Option("--silent", min=0, help="Minutes without a sign of life after which an addition is dead.")
    ] = 10,
    catalogue: CatalogueOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove what additions left that were killed. Every addition does this for those before it, too."""
    with _opened(store, catalogue) as register:
        swept = register.sweep(timedelta(minutes=silent))
    if as_json:
        show_json({"removed": list(swept.removed), "strangers": list(swept.strangers)})
        return
    for path in swept.removed:
        typer.echo(path)
    for path in swept.strangers:
        talk(f"Not in the catalogue, and left: {path}")


def _postcodes(path: Path | None) -> pl.DataFrame | None:
    if path is None:
        return None
    from asccld.submissions.collected import read_postcodes

    return read_postcodes(path)
