"""The two options by which a command learns which standard it works with, written once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec

import typer

if TYPE_CHECKING:
    from asccld.standard import Standard

StandardOption = Annotated[
    Path | None, typer.Option("--standard", help="Overlay that 'asccld standard adopt' wrote.", show_default=False)
]
SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="Settings file (default: asccld.toml here).", show_default=False)
]

_P = ParamSpec("_P")
_OPTIONS = {"standard": StandardOption, "settings": SettingsOption}


def with_standard(command: Callable[Concatenate[Standard, _P], None]) -> Callable[..., None]:
    """The command with `--standard` and `--settings` as its last options; it is given the standard that they choose."""

    @wraps(command)
    def chosen(*arguments: Any, standard: Path | None = None, settings: Path | None = None, **named: Any) -> None:  # noqa: ANN401 - whatever the command takes
        command(_found(standard, settings), *arguments, **named)

    _, *own = inspect.signature(command, eval_str=True).parameters.values()
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=option)
        for name, option in _OPTIONS.items()
    ]
    # The parser reads the options from the signature and from the annotations.
    chosen.__dict__["__signature__"] = inspect.Signature([*own, *added])
    chosen.__annotations__ = {p.name: p.annotation for p in (*own, *added)}
    return chosen


def _found(standard: Path | None, settings: Path | None) -> Standard:
    from asccld.cli.tabular import talk
    from asccld.counting import counted
    from asccld.settings import load_settings, standard_for

    found = standard_for(standard, load_settings(settings))
    if found.adoptions:
        talk(f"Standard {found.fingerprint}, with {counted(len(found.adoptions), 'local adoption')}")
    return found
