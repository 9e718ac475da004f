"""What is wrong with a command as it was typed, in one line; imported only when something is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from asccld.errors import AsccldError
from asccld.standard.names import did_you_mean

# What the parser says, and how a person would say it.
_CLEARER = (
    (r"does not match the formats? .*%d/%m/%Y.*", "is not a date like 2026-07-31 or 31/07/2026"),
    (r"does not match the formats? .*%Y-%m-%d.*", "is not a date like 2026-07-31"),
    (r"is not a valid int(eger)?( range)?\b", "is not a whole number"),
    (r"is not a valid float( range)?\b", "is not a number"),
    (r"is not in the range x>=(\S+?)\.?$", r"is too small: \1 is the least"),
    (r"is not in the range (\S+?)<=x<=(\S+?)\.?$", r"is not between \1 and \2"),
)
_NO_COMMAND = re.compile(r"No such command '(.*?)'\.")
_EXTRA = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)")


def explained(error: Any) -> AsccldError:  # noqa: ANN401 - the parser's errors, whose classes move between its versions
    """The parser's complaint as an error of ours: what, where, and the nearest right name or where to read on."""
    context = getattr(error, "ctx", None)
    command: str = context.command_path if context is not None else "asccld"
    read_on = f"See: {command} --help"
    if hasattr(error, "possibilities"):
        name = str(error.option_name)
        return AsccldError(f"There is no option '{name}'", command, _nearest(name, _options(context), read_on))
    text = str(error.format_message())
    if context is not None and (missing := _NO_COMMAND.match(text)):
        names = context.command.list_commands(context)
        known = f"Commands: {', '.join(names)}"
        return AsccldError(f"There is no command '{missing[1]}'", command, _nearest(missing[1], names, known))
    if extra := _EXTRA.match(text):
        remedy = f"Put a name that has blanks into quotation marks. {read_on}"
        return AsccldError(f"There is more than the command takes: {extra[1]}", command, remedy)
    if getattr(error, "param", None) is not None:
        return _about_value(error, command, read_on)
    return AsccldError(text, command, read_on)


def _about_value(error: Any, command: str, read_on: str) -> AsccldError:  # noqa: ANN401 - see `explained`
    hint = str(error.param.get_error_hint(error.ctx)).strip("'")
    if hasattr(error, "param_type"):
        return AsccldError(f"'{hint}' is missing", command, read_on)
    what = str(error.message)
    for pattern, clearer in _CLEARER:
        what = re.sub(pattern, clearer, what)
    value = re.match(r"'([^']*)' is not one of (.*)", what)
    if value:
        return AsccldError(what, hint, _nearest(value[1], re.findall(r"'([^']*)'", value[2]), read_on))
    return AsccldError(what, hint, read_on)


def _options(context: Any) -> list[str]:  # noqa: ANN401 - see `explained`
    return [name for option in context.command.get_params(context) for name in option.opts if name.startswith("--")]


def _nearest(name: str, known: Iterable[str], otherwise: str) -> str:
    return did_you_mean(name, known, count=1) or otherwise
