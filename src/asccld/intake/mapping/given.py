"""The extracts that somebody names when the mapping is run, by the name that the mapping gives each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path

from asccld.errors import AsccldError
from asccld.intake.mapping.extracts import found_file, near_in_folder
from asccld.intake.mapping.plan import Plan
from asccld.standard.names import did_you_mean

_NAMED = re.compile(r"([A-Za-z0-9_-]+)=(.+)", re.DOTALL)
"""`people=export.csv`; a drive of Windows has a colon instead."""


def given_files(plan: Plan, given: Sequence[str]) -> dict[str, Path]:
    """Name of extract -> path of `NAME=PATH`, of a folder, or of a file that the mapping knows by its name.

    Raises AsccldError for a path that belongs to no extract, or two for one.
    """
    wanted = {name: e.spec.file for name, e in plan.extracts.items() if e.spec.file}
    found: dict[str, Path] = {}
    for text in given:
        for name, path in _extracts_of(text, wanted, plan).items():
            if found.setdefault(name, path) != path:
                raise AsccldError(f"Two files for the extract '{name}'", str(path), "Give each extract once")
    return found


def _extracts_of(text: str, wanted: Mapping[str, str], plan: Plan) -> dict[str, Path]:
    named = _NAMED.fullmatch(text)
    if named and not Path(text).exists():
        if named[1] not in plan.extracts:
            remedy = did_you_mean(named[1], plan.extracts, 1) or f"The extracts are: {', '.join(plan.extracts)}"
            raise AsccldError(f"The mapping has no extract '{named[1]}'", text, remedy)
        return {named[1]: Path(named[2])}
    path = Path(text)
    if not path.exists():
        raise AsccldError("There is no such file or folder", str(path), near_in_folder(path))
    if path.is_dir():
        return {name: found_file(path, Path(file).name) for name, file in wanted.items()}
    fitting = [name for name, file in wanted.items() if _fits(path.name, Path(file).name)]
    if fitting:
        return dict.fromkeys(fitting, path)
    if len(wanted) == 1:
        return {next(iter(wanted)): path}
    files = ", ".join(f"{name} ({file})" for name, file in wanted.items())
    remedy = f"Say which it is, for example {next(iter(plan.extracts))}={path.name}; the extracts are: {files}"
    raise AsccldError("The mapping does not say which extract this file is", path.name, remedy)


def _fits(name: str, pattern: str) -> bool:
    """Whether a file has the name of the mapping, in which only * and ? stand for something else."""
    return fnmatch(name.lower(), pattern.lower().replace("[", "[[]"))
