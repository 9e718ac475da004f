"""`asccld policy`: the shipped acceptance policy, to start one's own from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

policy_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@policy_app.command(epilog="Example: asccld policy --out policy.toml")
def policy(
    out: Annotated[
        Path | None, typer.Option(help="Write it to this file instead of printing it.", show_default=False)
    ] = None,
) -> None:
    """Print the acceptance policy as shipped: which rules reject a file. Change a copy and pass it with --policy."""
    from asccld.errors import AsccldError
    from asccld.standard.writing import write_whole
    from asccld.validation.policy import DEFAULT_POLICY

    text = DEFAULT_POLICY.read_text(encoding="utf-8")
    if out is None:
        typer.echo(text, nl=False)
    elif out.exists():
        raise AsccldError("The file is there already", str(out), "Give another name; nothing was changed")
    else:
        write_whole(out, text)
