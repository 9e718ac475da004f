"""`asccld key`: the key of the pseudonyms, made once and kept apart from the data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

key_app = typer.Typer(
    add_completion=False,
    help="The key of the pseudonyms: make one, or tell which one it is.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@key_app.command("new", epilog="Example: asccld key new keys/asccld.key --store store")
def new_command(
    file: Annotated[Path, typer.Argument(help="File to write the key to; it must not be there yet.")],
    store: Annotated[
        Path | None, typer.Option(help="Folder of a store: the key may not lie in it.", show_default=False)
    ] = None,
) -> None:
    """Make a new key and print its id. The key itself is never printed.

    Back it up: without it, no later file can be linked to those that were added with it.
    """
    from asccld.privacy import PseudonymKey

    key = PseudonymKey.generate()
    key.save(file, apart_from=store)
    typer.echo(key.id)


@key_app.command("id", epilog="Example: asccld key id keys/asccld.key")
def id_command(
    file: Annotated[
        Path | None, typer.Argument(help="Key file; default: the environment variable ASCCLD_KEY.", show_default=False)
    ] = None,
) -> None:
    """Print the id of a key: what a store records, so that another key is noticed."""
    from asccld.privacy import PseudonymKey

    key = PseudonymKey.from_environment() if file is None else PseudonymKey.from_file(file)
    typer.echo(key.id)
