"""What a person decided in the list of a conversion: the lines that say something, and those that say it in vain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import polars as pl

from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.identifying import HIDDEN
from asccld.intake.mapping.converting_values import Fates
from asccld.intake.mapping.folding import folded
from asccld.standard import Field, Release
from asccld.standard.names import did_you_mean, field_named

_WANTED: Final = ("field", "value", "becomes")
_COLUMNS: Final = (*_WANTED, "outcome")
_EMPTIED: Final = "'becomes' is empty: a cell cannot be emptied here; write a value of the later release"
_NO_VALUE: Final = "it names no value, and a column as a whole cannot be decided here"
_HIDDEN: Final = f"'value' is {HIDDEN}: write the text there that your file has in the row of 'first_row'"


@dataclass(frozen=True)
class Decision:
    """What a person decided that a value becomes, where the release map does not say."""

    field: str
    value: str
    becomes: str
    row: int = 0
    """Of the list, as a spreadsheet shows it; 0 where there is no list."""

    @property
    def place(self) -> str:
        """Where it was written, for messages."""
        return f"decisions, row {self.row}" if self.row else "decisions"


class Idle(NamedTuple):
    """A line of the list that somebody edited and that changes nothing."""

    row: int
    why: str


def decisions_in(listed: pl.DataFrame) -> tuple[list[Decision], list[Idle]]:
    """What a person wrote into the column `becomes` of a list, and the edited lines that can decide nothing.

    A line is edited where a value is to become another than itself. `row`, if it is there, is the line's number.
    """
    table = _known_columns(listed)
    value, becomes = pl.col("value"), pl.col("becomes")
    new = pl.col("outcome").fill_null("") == "value new"  # such a line has no `becomes` to begin with
    why = (
        pl.when(becomes.is_null() & value.is_not_null() & ~new)
        .then(pl.lit(_EMPTIED))
        .when(becomes.is_not_null() & value.is_null())
        .then(pl.lit(_NO_VALUE))
        .when(becomes.is_not_null() & (value == HIDDEN))
        .then(pl.lit(_HIDDEN))
    )
    edited = table.filter(becomes.ne_missing(value)).with_columns(why=why)
    made = edited.filter(pl.col("why").is_null() & becomes.is_not_null() & pl.col("field").is_not_null())
    made = made.select(*_WANTED, "row").unique(_WANTED, keep="first", maintain_order=True)
    idle = edited.select("row", "why").drop_nulls("why")
    return [Decision(**line) for line in made.iter_rows(named=True)], [Idle(*line) for line in idle.iter_rows()]


def _known_columns(listed: pl.DataFrame) -> pl.DataFrame:
    """`row` and the columns that are needed, however a spreadsheet spells their headers, without blanks around."""
    found = {folded(name): name for name in reversed(listed.columns)}
    if missing := sorted(set(_WANTED) - found.keys()):
        raise AsccldError(
            f"The decisions lack the columns {', '.join(missing)}",
            "decisions",
            "Edit the column 'becomes' of a list that asccld map convert wrote with --list",
        )
    # an apostrophe keeps a spreadsheet from running a text: it is none of the text
    plain = pl.all().cast(pl.String).str.strip_chars().str.replace(r"^'([=+@-])", "$1").replace("", None)
    texts = listed.select(
        pl.col(found[name]).alias(name) if name in found else pl.lit(None, pl.String).alias(name) for name in _COLUMNS
    ).select(plain)
    return texts.with_columns(listed["row"] if "row" in found else pl.lit(0).alias("row"))


def checked(decisions: Iterable[Decision], target: Release) -> dict[tuple[str, str], str]:
    """The decisions by field and value; raises AsccldError for those that name no field or value of the release."""
    found: dict[tuple[str, str], str] = {}
    refused: list[tuple[Decision, AsccldError]] = []
    for decision in decisions:
        try:
            _take(decision, target, found)
        except AsccldError as error:
            refused.append((decision, error))
    if refused:
        first = refused[0][1]
        rows = ", ".join(str(decision.row) for decision, _ in refused[1:])
        others = f"; {counted(len(refused) - 1, 'more line')} cannot be taken either: {rows}" if rows else ""
        raise AsccldError(first.what + others, first.where, first.remedy)
    return found


def _take(decision: Decision, target: Release, found: dict[tuple[str, str], str]) -> None:
    known = field_named(target, decision.field)
    if known is None:
        near = did_you_mean(decision.field, target.headers.values(), count=1)
        what = f"A decision is about '{decision.field}', which is no item of release {target.id}"
        raise AsccldError(what, decision.place, near)
    becomes = _value_named(target, known, decision)
    if found.setdefault((known.name, folded(decision.value)), becomes) != becomes:
        raise AsccldError(f"Two decisions about one value of {known.header}", decision.place, "Keep one of them")


def _value_named(target: Release, field: Field, decision: Decision) -> str:
    values = target.list_of(field.name)
    if values is None or not values.values:
        raise AsccldError(f"A decision is about {field.header}, which has no list", decision.place, "Leave it out")
    exact = {folded(t): t for t in values.texts}
    if folded(decision.becomes) not in exact:
        raise AsccldError(
            f"A decision gives {field.header} a value that release {target.id} does not have",
            decision.place,
            did_you_mean(decision.becomes, values.texts) or f"Its values: asccld standard show '{field.header}'",
        )
    return exact[folded(decision.becomes)]


def in_vain(
    decisions: Iterable[Decision],
    seen: Collection[tuple[str, str]],
    fates: Fates,
    columns: Collection[str],
    target: Release,
) -> Iterator[Idle]:
    """The decisions about what the file does not have; `seen` are names of fields, and texts as they were `folded`.

    One that repeats the release map is none: a list that served another file is full of them.
    """
    for decision in decisions:
        known = field_named(target, decision.field)
        if known is None or (known.name, folded(decision.value)) in seen:
            continue
        if fates.of(known.name, decision.value).outcome != "decided":
            continue
        if known.name in columns:
            yield Idle(decision.row, f"no row of the file has this value in {known.header}")
        else:
            yield Idle(decision.row, f"the file has no column {known.header}")
