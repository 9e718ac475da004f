"""What a measure is: a name, a method, the columns it needs, the tables it gives, and what may be switched."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Output:
    """One table of a measure; its file is `<measure><suffix>.csv`."""

    suffix: str
    """Blank for the main table, else `_people`, `_national` and so on."""
    title: str
    unit: str
    columns: tuple[str, ...]
    """The official columns in their order; others, such as `record_ids`, may follow."""
    id_column: str | None
    """Who is counted, in a table of single persons, requests, episodes or reviews; None in a table of counts."""
    zeros: bool
    """Whether each council has a row of zeros when nobody at all is counted."""


@dataclass(frozen=True)
class Measure:
    """One official figure, with all that is needed to ask for it."""

    name: str
    title: str
    unit: str
    """What is counted: people, requests, episodes or reviews."""
    method: str
    vocabulary: str
    """The release whose wording the method speaks."""
    needs: tuple[str, ...]
    outputs: tuple[Output, ...]
    options: tuple[str, ...]
    parameters: tuple[str, ...]
    """Dates of `Settings` that matter besides start and end."""
    input: str
    """What it works on: collected `events`, or the `joined` or `single` main table."""
    module: str
    """The module of this room that has the function of the measure's name."""
    page: str
    """The method page."""

    def output(self, suffix: str) -> Output:
        """The output with that suffix."""
        return next(o for o in self.outputs if o.suffix == suffix)


@dataclass(frozen=True)
class NotInCld:
    """A table of the old return that the data set cannot fill."""

    name: str
    title: str
    reason: str
    instead: str
