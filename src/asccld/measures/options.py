"""Where the published script, its guide and good sense disagree: as the script does by default, switched by name.

Every row of `data/options.csv` is one of the differences (D..) or accidents (X..) of NHS England's methods, or a choice
of ours; the quirks (Q..) of the Department's methods come from the room of processing, and `data/option_uses.csv` says
which measures they change. `behaviour` sets them all at once; an option given by its own name wins over it. Values in
angle brackets, such as `<START..END>`, stand for a text that the user writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from asccld.measures.registry import option_rows
from asccld.processing.options import UnknownOption
from asccld.standard.names import did_you_mean

BEHAVIOUR = "behaviour"
BEHAVIOURS = ("replicate", "documented")
NOTHING = "none"
"""The default of options that add something to a table."""


@dataclass(frozen=True)
class Option:
    """One difference between what the script does and what is documented."""

    id: str
    default: str
    values: tuple[str, ...]
    """More than one where it can be switched."""
    what_it_is: str
    what_changes: str
    applies_to: tuple[str, ...]
    source: str
    same_as: str = ""
    """The option of which this is another name: two lists of the method reference tell of one thing."""

    @property
    def is_free(self) -> bool:
        """Whether its value is a text that the user writes."""
        return self.values[0].startswith("<")

    @property
    def only_adds(self) -> bool:
        """Whether it only adds columns or rows, and leaves the official figures as they are."""
        return self.default == NOTHING


@cache
def measure_options() -> tuple[Option, ...]:
    """Every difference, in the order of the method reference."""
    return tuple(
        Option(
            id=row["id"],
            default=row["default"],
            values=tuple(row["values"].split("|")),
            what_it_is=row["what_it_is"],
            what_changes=row["what_changes"],
            applies_to=tuple(row["applies_to"].split()),
            source=row["source"],
            same_as=row.get("same_as", ""),
        )
        for row in option_rows()
    )


def resolved(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The value of every option: `behaviour` first, then single options; raises UnknownOption."""
    chosen = dict(given or {})
    behaviour = chosen.pop(BEHAVIOUR, BEHAVIOURS[0])
    if behaviour not in BEHAVIOURS:
        raise _no_value(BEHAVIOUR, behaviour, BEHAVIOURS)
    known = {o.id: o for o in measure_options()}
    values = {o.id: behaviour if behaviour in o.values else o.default for o in known.values()}
    for name, value in chosen.items():
        if name not in known:
            remedy = did_you_mean(name, (BEHAVIOUR, *known)) or f"There are: {BEHAVIOUR}, {', '.join(known)}"
            raise UnknownOption(f"There is no option '{name}'", f"--option {name}", remedy)
        if value not in known[name].values and not known[name].is_free:
            raise _no_value(name, value, known[name].values)
        switch = known[name].same_as or name
        if value != chosen.get(switch, value):
            what = f"{name} and {switch} are one switch, and are given two values"
            raise UnknownOption(what, f"--option {name}={value}", "Leave one of them out")
        values[switch] = value
    return values | {o.id: values[o.same_as] for o in known.values() if o.same_as}


def _no_value(name: str, value: str, values: tuple[str, ...]) -> UnknownOption:
    remedy = f"Choose one of {', '.join(values)}" if len(values) > 1 else "It has no other reading"
    return UnknownOption(f"'{value}' is no value of option {name}", f"--option {name}={value}", remedy)
