"""The settings file `asccld.toml`: what a council would otherwise have to say with every command.

standard = "our-standard"     # folder that `asccld standard adopt` wrote, relative to this file
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path

from asccld.errors import AsccldError
from asccld.standard import Standard, load_standard
from asccld.standard.tables import read_toml

SETTINGS_FILE = "asccld.toml"


@dataclass(frozen=True)
class Settings:
    """What the settings file says; paths are absolute or relative to the working directory."""

    standard: Path | None = None
    """Overlay of the standard that every command uses unless `--standard` names another."""


def load_settings(path: Path | None = None) -> Settings:
    """The settings of a file, or of `asccld.toml` in the working directory, or none when that is not there.

    Raises AsccldError when a named file is missing, does not read, or has a key or value that is not known.
    """
    if path is None:
        path = Path(SETTINGS_FILE)
        if not path.is_file():
            return Settings()
    if not path.is_file():
        raise AsccldError(
            what="There is no such settings file",
            where=str(path),
            remedy=f"Check the path, or leave --settings out to use {SETTINGS_FILE}",
        )
    table = read_toml(path)
    for key in table:
        _known(key, path)
    standard = table.get("standard")
    if standard is None:
        return Settings()
    if not isinstance(standard, str) or not standard:
        raise AsccldError(
            what="'standard' must be the path of a folder",
            where=str(path),
            remedy='Write it like: standard = "our-standard"',
        )
    return Settings(standard=path.parent / standard)


def _known(key: str, path: Path) -> None:
    names = [f.name for f in fields(Settings)]
    if key not in names:
        near = get_close_matches(key.lower(), names, n=1)
        remedy = f"Did you mean '{near[0]}'?" if near else f"Known keys: {', '.join(names)}"
        raise AsccldError(what=f"The setting '{key}' is not known", where=str(path), remedy=remedy)


def standard_for(option: Path | None, settings: Settings) -> Standard:
    """The standard with the overlay that the option names, else the settings, else as shipped."""
    return load_standard(option or settings.standard)
