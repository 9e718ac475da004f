"""Where the official code and its documents, or good sense, disagree: official by default, switched by `--option`.

Every quirk is a row of `data/options.csv`: what it is, what the other reading changes, and where it was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from asccld.errors import AsccldError
from asccld.processing.columns import method_table
from asccld.standard.names import did_you_mean


class UnknownOption(AsccldError):
    """An option, or a value of one, that does not exist or cannot be switched."""


@dataclass(frozen=True)
class Option:
    """One quirk of the official method."""

    id: str
    room: str
    """`processing` or `measures`: which command it belongs to."""
    switch: bool
    values: tuple[str, ...]
    default: str
    what_it_is: str
    what_changes: str
    source: str


def known_options() -> tuple[Option, ...]:
    """Every quirk, those of the measures included."""
    return tuple(
        Option(
            id=row["id"],
            room=row["room"],
            switch=row["switch"] == "yes",
            values=tuple(row["values"].split("|")),
            default=row["default"],
            what_it_is=row["what_it_is"],
            what_changes=row["what_changes"],
            source=row["source"],
        )
        for row in method_table("options")
    )


def chosen_options(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The value of every option of processing; raises UnknownOption for a name or value that there is none of."""
    known = {o.id: o for o in known_options() if o.room == "processing"}
    chosen = {o.id: o.default for o in known.values()}
    for name, value in (given or {}).items():
        _refuse_unknown(name, known)
        option = known[name]
        if value not in option.values:
            remedy = f"Choose one of {', '.join(option.values)}" if option.switch else "It has no other reading"
            raise UnknownOption(f"'{value}' is no value of option {name}", f"--option {name}={value}", remedy)
        chosen[name] = value
    return chosen


def _refuse_unknown(name: str, known: Mapping[str, Option]) -> None:
    if name in known:
        return
    elsewhere = {o.id for o in known_options()}
    if name in elsewhere:
        raise UnknownOption(
            f"Option {name} belongs to measures", f"--option {name}", "It changes nothing here: leave it"
        )
    there_are = f"There are: {', '.join(o.id for o in known.values() if o.switch)}"
    raise UnknownOption(
        f"There is no option '{name}'", f"--option {name}", did_you_mean(name, known, count=1) or there_are
    )


def refuse_without_effect(given: Iterable[str], mode: str) -> None:
    """Raise UnknownOption for an option that changes nothing in a main table of that mode."""
    if mode == "single" and "late_quarter" in set(given):
        what = "Option late_quarter belongs to joined tables"
        raise UnknownOption(what, "--option late_quarter", "It changes nothing in a single one: leave it")


def parsed_options(texts: Iterable[str]) -> dict[str, str]:
    """`NAME=VALUE` texts of the command line as a mapping."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not value:
            raise UnknownOption(f"'{text}' is not NAME=VALUE", "--option", "Example: --option q5=documented")
        if name.strip().lower() in found:
            what = f"Option {name.strip().lower()} is given twice"
            raise UnknownOption(what, f"--option {text}", "Give it once")
        found[name.strip().lower()] = value.strip().lower()
    return found
